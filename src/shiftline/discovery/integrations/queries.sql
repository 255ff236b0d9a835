-- name: insert_credential
insert into discovery.credential
  (organization_id, id, name, type, key_id, wrapped_key, sealed, version, created_at, created_by, changed_at, changed_by)
values
  (%(organization_id)s, %(id)s, %(name)s, %(type)s, %(key_id)s, %(wrapped_key)s, %(sealed)s, 1, %(now)s, %(by)s, %(now)s, %(by)s)
on conflict (organization_id, lower(name)) do nothing
returning *;

-- name: update_credential
update discovery.credential
set name = %(name)s, key_id = %(key_id)s, wrapped_key = %(wrapped_key)s, sealed = %(sealed)s, version = version + 1,
    changed_at = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s
  and not exists (select from discovery.credential o where o.organization_id = %(organization_id)s
                  and lower(o.name) = lower(%(name)s) and o.id <> %(id)s)
returning *;

-- name: delete_credential
delete from discovery.credential where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_credentials
select * from discovery.credential where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);

-- name: lock_credential
select * from discovery.credential where organization_id = %(organization_id)s and id = %(id)s for update;

-- name: list_credentials
select *, count(*) over ()::int as total from discovery.credential
where organization_id = %(organization_id)s
order by lower(name), id
limit %(limit)s::int offset %(offset)s::int;

-- name: insert_integration
insert into discovery.integration (organization_id, id, name, type, created_at, created_by, changed_at, changed_by)
values (%(organization_id)s, %(id)s, %(name)s, %(type)s, %(now)s, %(by)s, %(now)s, %(by)s)
on conflict (organization_id, lower(name)) where not deleted do nothing
returning *;

-- name: find_integration
select * from discovery.integration where organization_id = %(organization_id)s and id = %(id)s;

-- name: lock_integration
select * from discovery.integration where organization_id = %(organization_id)s and id = %(id)s and not deleted for update;

-- name: name_taken
select id from discovery.integration
where organization_id = %(organization_id)s and lower(name) = lower(%(name)s) and id <> %(id)s and not deleted;

-- name: update_integration
update discovery.integration
set name = %(name)s, notes = %(notes)s, enabled = %(enabled)s, config_name = %(config_name)s, config_notes = %(config_notes)s,
    config_version = %(config_version)s, properties = %(properties)s, credentials = %(credentials)s, works = %(works)s,
    reported = %(reported)s, reported_at = %(reported_at)s, deleted = %(deleted)s, changed_at = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s
returning *;

-- name: report_probe
-- Only of the configuration that was probed.
update discovery.integration set works = %(works)s, reported = %(reported)s, reported_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s and config_version = %(config_version)s and not deleted
returning *;

-- name: list_integrations
select *, count(*) over ()::int as total from discovery.integration
where organization_id = %(organization_id)s and not deleted
  and (%(ids)s::text[] is null or id = any(%(ids)s::text[]))
  and (%(type)s::text is null or type = %(type)s::text)
  and (%(state)s::text is null or %(state)s::text = case
       when not enabled then 'INACTIVE' when works is null then 'ACTIVATING' when works then 'ACTIVE' else 'ERROR' end)
  and (%(credential_id)s::text is null or exists (
       select from jsonb_each_text(credentials) c where c.value = %(credential_id)s::text))
order by lower(name), id
limit %(limit)s::int offset %(offset)s::int;

-- name: list_other_keys
-- Of all organizations: credentials whose key another key-encryption key wrapped.
select organization_id, id, key_id, wrapped_key from discovery.credential where key_id <> %(key_id)s order by organization_id, id;

-- name: set_wrapped_key
update discovery.credential set key_id = %(key_id)s, wrapped_key = %(wrapped_key)s
where organization_id = %(organization_id)s and id = %(id)s and key_id = %(former)s and wrapped_key = %(former_wrapped)s;
