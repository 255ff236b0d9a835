-- name: authenticate
-- One read for each request: the token, who it stands for, and what they hold now.
select t.organization_id, t.person_id, t.client_id, t.expires_at <= clock_timestamp() as expired,
       t.revoked_at, t.revoke_reason,
       o.name as organization_name, o.active as organization_active, o.since as organization_since,
       o.changed_by as organization_changed_by,
       p.name as person_name, p.state as person_state, p.division_id, p.since as person_since,
       p.changed_by as person_changed_by, c.state as client_state, c.name as client_name,
       (select coalesce(jsonb_agg(jsonb_build_array(h.division_id, to_jsonb(h.permissions))), '[]')
        from "authorization".public_holding h
        where h.organization_id = t.organization_id and h.subject_id = coalesce(t.person_id, t.client_id)) as holdings
from identity.token t
join identity.organization o on o.organization_id = t.organization_id
left join identity.person p on p.organization_id = t.organization_id and p.id = t.person_id
left join identity.client c on c.organization_id = t.organization_id and c.id = t.client_id
where t.digest = %(digest)s and t.kind = 'access';

-- name: insert_token
insert into identity.token (organization_id, digest, kind, person_id, client_id, family, issued_at, expires_at)
values (%(organization_id)s, %(digest)s, %(kind)s, %(person_id)s, %(client_id)s, %(family)s, %(issued_at)s,
        clock_timestamp() + %(lifetime)s::interval)
returning issued_real, expires_at;

-- name: revoke_tokens
update identity.token
set revoked_at = %(now)s, revoked_real = clock_timestamp(), revoke_reason = %(reason)s
where organization_id = %(organization_id)s and revoked_at is null
  and (%(digest)s::bytea is null or digest = %(digest)s::bytea)
  and (%(person_id)s::text is null or person_id = %(person_id)s::text)
  and (%(client_id)s::text is null or client_id = %(client_id)s::text)
  and (%(family)s::bytea is null or family = %(family)s::bytea)
returning digest, coalesce(person_id, client_id) as holder;

-- name: find_token
select organization_id, digest, kind, person_id, client_id, family, issued_real, expires_at, revoked_at,
       expires_at <= clock_timestamp() as expired
from identity.token where digest = %(digest)s;

-- name: find_standing
-- What decides whether somebody may have a token at all: the organization and, when it is a person's, the person.
select o.organization_id, o.name as organization_name, o.active as organization_active, o.since as organization_since,
       o.changed_by as organization_changed_by, p.id as person_id,
       p.name as person_name, p.state as person_state, p.since as person_since, p.changed_by as person_changed_by
from identity.organization o
left join identity.person p on p.organization_id = o.organization_id and p.id = %(person_id)s::text
where o.organization_id = %(organization_id)s;

-- name: insert_organization
insert into identity.organization (organization_id, name, domain, since, changed_by)
values (%(id)s, %(name)s, %(domain)s, %(now)s, %(by)s)
returning organization_id as id, name, domain, active, default_language, default_country_code, support_uri, version,
          since, changed_by;

-- name: find_organization
select organization_id as id, name, domain, active, default_language, default_country_code, support_uri, version,
       since, changed_by
from identity.organization where organization_id = %(organization_id)s;

-- name: find_organization_and_webrtc
-- For what shows an organization with its one feature, in one read.
select o.organization_id as id, o.name, o.domain, o.active, o.default_language, o.default_country_code, o.support_uri, o.version,
       o.since, o.changed_by, s.webrtc_enabled
from identity.organization o
join identity.tenant_settings s on s.organization_id = o.organization_id
where o.organization_id = %(organization_id)s;

-- name: list_organizations
select organization_id as id, name, domain, active, default_language, default_country_code, support_uri, version,
       since, changed_by
from identity.organization order by organization_id;

-- name: update_organization
update identity.organization
set name = %(name)s, default_language = %(default_language)s, default_country_code = %(default_country_code)s,
    support_uri = %(support_uri)s, active = %(active)s, version = version + 1, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and version = %(version)s
returning organization_id as id, name, domain, active, default_language, default_country_code, support_uri, version,
          since, changed_by;

-- name: insert_tenant_settings
insert into identity.tenant_settings (organization_id, since, changed_by) values (%(organization_id)s, %(now)s, %(by)s);

-- name: find_tenant_settings
select webrtc_enabled, persistent_connection_required, softphone_within_shift, shift_margin_minutes, version,
       coalesce(shift_grace_before_minutes, shift_margin_minutes) as shift_grace_before_minutes,
       coalesce(shift_grace_after_minutes, shift_margin_minutes) as shift_grace_after_minutes,
       shift_override_default_minutes, shift_override_most_minutes,
       coalesce(shift_rule_since, since) as shift_rule_since, coalesce(shift_rule_by, changed_by) as shift_rule_by
from identity.tenant_settings where organization_id = %(organization_id)s;

-- name: lock_tenant_settings
select from identity.tenant_settings where organization_id = %(organization_id)s for update;

-- name: update_tenant_settings
update identity.tenant_settings
set webrtc_enabled = coalesce(%(webrtc_enabled)s::boolean, webrtc_enabled),
    persistent_connection_required =
      coalesce(%(persistent_connection_required)s::boolean, persistent_connection_required),
    softphone_within_shift = coalesce(%(softphone_within_shift)s::boolean, softphone_within_shift),
    shift_margin_minutes = coalesce(%(shift_margin_minutes)s::int, shift_margin_minutes),
    shift_grace_before_minutes = coalesce(%(shift_grace_before_minutes)s::int, shift_grace_before_minutes),
    shift_grace_after_minutes = coalesce(%(shift_grace_after_minutes)s::int, shift_grace_after_minutes),
    shift_override_default_minutes = coalesce(%(shift_override_default_minutes)s::int, shift_override_default_minutes),
    shift_override_most_minutes = coalesce(%(shift_override_most_minutes)s::int, shift_override_most_minutes),
    shift_rule_since = case when %(softphone_within_shift)s::boolean <> softphone_within_shift then %(now)s
                            else coalesce(shift_rule_since, since) end,
    shift_rule_by = case when %(softphone_within_shift)s::boolean <> softphone_within_shift then %(by)s
                         else coalesce(shift_rule_by, changed_by) end,
    version = version + 1, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s
returning webrtc_enabled, persistent_connection_required, softphone_within_shift, shift_margin_minutes, version,
          coalesce(shift_grace_before_minutes, shift_margin_minutes) as shift_grace_before_minutes,
          coalesce(shift_grace_after_minutes, shift_margin_minutes) as shift_grace_after_minutes,
          shift_override_default_minutes, shift_override_most_minutes,
          coalesce(shift_rule_since, since) as shift_rule_since, coalesce(shift_rule_by, changed_by) as shift_rule_by;

-- name: insert_person
insert into identity.person
  (organization_id, id, name, email, title, department, division_id, state, jabber_id, addresses, since, changed_by)
values (%(organization_id)s, %(id)s, %(name)s, %(email)s, %(title)s, %(department)s, %(division_id)s, %(state)s,
        %(jabber_id)s, %(addresses)s, %(now)s, %(by)s)
on conflict (organization_id, id) do nothing
returning id, name, email, title, department, preferred_name, division_id, state, state_reason, jabber_id, addresses,
          profile_skills, manager_id, acd_auto_answer, version, since, changed_by;

-- name: find_people
select id, name, email, title, department, preferred_name, division_id, state, state_reason, jabber_id, addresses,
       profile_skills, manager_id, acd_auto_answer, version, since, changed_by
from identity.person where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);

-- name: lock_person
select id, name, email, title, department, preferred_name, division_id, state, state_reason, jabber_id, addresses,
       profile_skills, manager_id, acd_auto_answer, version, since, changed_by
from identity.person where organization_id = %(organization_id)s and id = %(id)s for no key update;

-- name: list_people
select id, name, email, title, department, preferred_name, division_id, state, state_reason, jabber_id, addresses,
       profile_skills, manager_id, acd_auto_answer, version, since, changed_by, count(*) over () as total
from identity.person
where organization_id = %(organization_id)s
  and state = any(%(states)s::text[])
  and (%(ids)s::text[] is null or id = any(%(ids)s::text[]))
  and (%(jabber_ids)s::text[] is null or jabber_id = any(%(jabber_ids)s::text[]))
order by case when %(descending)s::boolean then lower(name) end desc,
         case when not %(descending)s::boolean then lower(name) end, id
limit %(limit)s offset %(offset)s;

-- name: list_people_after
select id, name, email, title, department, preferred_name, division_id, state, state_reason, jabber_id, addresses,
       profile_skills, manager_id, acd_auto_answer, version, since, changed_by
from identity.person
where organization_id = %(organization_id)s and state in ('active', 'inactive')
  and (%(name)s::text is null or (lower(name), id) > (lower(%(name)s::text), %(id)s::text))
order by lower(name), id
limit %(limit)s;

-- name: search_people
-- Every condition of "every" holds, none of "none" does, and one of "some" when there are any.
select p.id, p.name, p.email, p.title, p.department, p.preferred_name, p.division_id, p.state, p.state_reason,
       p.jabber_id, p.addresses, p.profile_skills, p.manager_id, p.acd_auto_answer, p.version, p.since, p.changed_by,
       count(*) over () as total
from identity.person p
where p.organization_id = %(organization_id)s and (p.state <> 'deleted' or %(with_deleted)s::boolean)
  and not exists (
    select from jsonb_to_recordset(%(every)s::jsonb) as c (fields text[], kind text, words text[])
    where not identity.matches(p, c.fields, c.kind, c.words))
  and not exists (
    select from jsonb_to_recordset(%(none)s::jsonb) as c (fields text[], kind text, words text[])
    where identity.matches(p, c.fields, c.kind, c.words))
  and (jsonb_array_length(%(some)s::jsonb) = 0 or exists (
    select from jsonb_to_recordset(%(some)s::jsonb) as c (fields text[], kind text, words text[])
    where identity.matches(p, c.fields, c.kind, c.words)))
order by case when %(descending)s::boolean then lower(to_jsonb(p) ->> %(sort_by)s::text) end desc nulls last,
         case when not %(descending)s::boolean then lower(to_jsonb(p) ->> %(sort_by)s::text) end, lower(p.name), p.id
limit %(limit)s offset %(offset)s;

-- name: update_person
update identity.person
set name = %(name)s, email = %(email)s, title = %(title)s, department = %(department)s,
    preferred_name = %(preferred_name)s, division_id = %(division_id)s, state = %(state)s,
    state_reason = %(state_reason)s, addresses = %(addresses)s, profile_skills = %(profile_skills)s,
    manager_id = %(manager_id)s, acd_auto_answer = %(acd_auto_answer)s,
    version = version + 1, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s
returning id, name, email, title, department, preferred_name, division_id, state, state_reason, jabber_id, addresses,
          profile_skills, manager_id, acd_auto_answer, version, since, changed_by;

-- name: set_password
insert into identity.password (organization_id, person_id, hash, changed_at)
values (%(organization_id)s, %(person_id)s, %(hash)s, %(now)s)
on conflict (organization_id, person_id) do update set hash = excluded.hash, changed_at = excluded.changed_at;

-- name: find_credentials
select p.organization_id, p.id as person_id, p.name as person_name, p.state as person_state, p.since as person_since,
       p.changed_by as person_changed_by, w.hash,
       o.name as organization_name, o.active as organization_active, o.since as organization_since,
       o.changed_by as organization_changed_by
from identity.person p
join identity.password w on w.organization_id = p.organization_id and w.person_id = p.id
join identity.organization o on o.organization_id = p.organization_id
where lower(p.email) = lower(%(email)s) and p.state <> 'deleted'
  and (%(organization_id)s::text is null or p.organization_id = %(organization_id)s::text)
order by lower(o.name), p.organization_id
limit 10;

-- name: hold_sign_in_key
-- One attempt at a time for a key: those that come together are counted one after the other.
select pg_advisory_xact_lock(hashtextextended(%(key)s::text, 0));

-- name: find_sign_in_block
-- When the failure that fills the limit leaves the window, or no row.
select at + %(window)s::interval as until, clock_timestamp() as real_now
from identity.sign_in_attempt
where key = %(key)s and at > clock_timestamp() - %(window)s::interval
order by at desc
offset %(limit)s::int - 1 limit 1;

-- name: insert_sign_in_attempt
insert into identity.sign_in_attempt (key, attempt_id) values (%(key)s, %(attempt_id)s);

-- name: forget_sign_in_attempts
-- After a success: the e-mail address starts afresh, the network address only loses this attempt.
delete from identity.sign_in_attempt
where key = %(email_key)s or (key = %(address_key)s and attempt_id = %(attempt_id)s);

-- name: forget_old_sign_in_attempts
with codes as (
  delete from identity.authorization_code where expires_at < clock_timestamp() - interval '1 day'
)
delete from identity.sign_in_attempt where at < clock_timestamp() - interval '1 day';

-- name: insert_client
insert into identity.client
  (organization_id, id, name, description, secret_digest, grant_type, redirect_uris, token_seconds, since, changed_by)
values (%(organization_id)s, %(id)s, %(name)s, %(description)s, %(secret_digest)s, %(grant_type)s, %(redirect_uris)s,
        %(token_seconds)s, %(now)s, %(by)s)
returning id, name, description, grant_type, redirect_uris, token_seconds, state, version, since, changed_by;

-- name: list_clients
select id, name, description, grant_type, redirect_uris, token_seconds, state, version, since, changed_by
from identity.client
where organization_id = %(organization_id)s and state <> 'deleted'
  and (%(id)s::text is null or id = %(id)s::text)
order by lower(name), id;

-- name: update_client
update identity.client
set name = coalesce(%(name)s::text, name), description = coalesce(%(description)s::text, description),
    secret_digest = coalesce(%(secret_digest)s::bytea, secret_digest),
    redirect_uris = coalesce(%(redirect_uris)s::text[], redirect_uris),
    token_seconds = coalesce(%(token_seconds)s::int, token_seconds), state = coalesce(%(state)s::text, state),
    version = version + 1, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s and state <> 'deleted'
returning id, name, description, grant_type, redirect_uris, token_seconds, state, version, since, changed_by;

-- name: find_client_secret
-- A client's id alone names it: the caller is not known yet.
select c.organization_id, c.id, c.name, c.description, c.grant_type, c.redirect_uris, c.token_seconds, c.state,
       c.version, c.since, c.changed_by, c.secret_digest
from identity.client c
where c.id = %(id)s and c.state <> 'deleted'
order by c.organization_id;

-- name: insert_code
insert into identity.authorization_code
  (organization_id, digest, person_id, client_id, redirect_uri, challenge, expires_at)
values (%(organization_id)s, %(digest)s, %(person_id)s, %(client_id)s, %(redirect_uri)s, %(challenge)s,
        clock_timestamp() + %(lifetime)s::interval);

-- name: find_code
select organization_id, person_id, client_id, redirect_uri, challenge, used, expires_at <= clock_timestamp() as expired
from identity.authorization_code where digest = %(digest)s;

-- name: use_code
update identity.authorization_code set used = true
where organization_id = %(organization_id)s and digest = %(digest)s and not used
returning digest;
