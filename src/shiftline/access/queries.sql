-- name: read_snapshot
-- Every fact of a decision in one read. Without "at" the rows that stand now; with it, those that stood then.
select
  (select jsonb_build_object('name', p.name, 'state', p.state, 'division_id', p.division_id,
                             'since', p.since, 'by', p.changed_by)
   from identity.public_person_timeline p
   where p.organization_id = %(organization_id)s and p.id = %(person_id)s
     and case when %(at)s::timestamptz is null then upper_inf(p.valid) else p.valid @> %(at)s::timestamptz end
  ) as person,
  (select jsonb_build_object('name', o.name, 'active', o.active, 'since', o.since, 'by', o.changed_by)
   from identity.public_organization_timeline o
   where o.organization_id = %(organization_id)s
     and case when %(at)s::timestamptz is null then upper_inf(o.valid) else o.valid @> %(at)s::timestamptz end
  ) as organization,
  (select jsonb_build_object('webrtc_enabled', s.webrtc_enabled, 'softphone_within_shift', s.softphone_within_shift,
                             'shift_margin_minutes', s.shift_margin_minutes, 'since', s.since, 'by', s.changed_by,
                             'shift_grace_before_minutes', s.shift_grace_before_minutes,
                             'shift_grace_after_minutes', s.shift_grace_after_minutes,
                             'shift_override_most_minutes', s.shift_override_most_minutes)
   from identity.public_tenant_settings_timeline s
   where s.organization_id = %(organization_id)s
     and case when %(at)s::timestamptz is null then upper_inf(s.valid) else s.valid @> %(at)s::timestamptz end
  ) as tenant,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'role_id', h.role_id, 'role', h.role_name, 'division_id', h.division_id,
            'permissions', to_jsonb(h.permissions), 'active', h.active, 'since', h.since, 'by', h.changed_by,
            -- Whoever took a role away is told of by name.
            'by_name', case when not h.active then coalesce(
              (select p.name from identity.public_person p
               where p.organization_id = h.organization_id and p.id = h.changed_by),
              (select c.name from identity.public_client c
               where c.organization_id = h.organization_id and c.id = h.changed_by)) end)
          order by h.since), '[]')
   from "authorization".public_holding_timeline h
   where h.organization_id = %(organization_id)s and h.subject_id = %(person_id)s
     and case when %(at)s::timestamptz is null then upper_inf(h.valid) else h.valid @> %(at)s::timestamptz end
  ) as holdings,
  (select coalesce(jsonb_agg(to_jsonb(former)), '[]')
   from (select h.role_id, h.role_name as role, h.division_id, to_jsonb(h.permissions) as permissions, h.active,
                h.since, h.changed_by as by, upper(h.valid) as until
         from "authorization".public_holding_timeline h
         where h.organization_id = %(organization_id)s and h.subject_id = %(person_id)s and h.active
           and upper(h.valid) <= %(moment)s::timestamptz and not isempty(h.valid)
         order by upper(h.valid) desc limit 10) as former
  ) as former_holdings,
  (select jsonb_build_object(
            -- A token ends in real time. Now, that is as far away on either clock; the application's may have been set anew
            -- since it was issued. Of another instant it is told by the clock that it was issued under.
            'issued_at', t.issued_at,
            'expires_at', case when %(at)s::timestamptz is null
                               then %(moment)s::timestamptz + (t.expires_at - clock_timestamp())
                               else t.issued_at + (t.expires_at - t.issued_real) end,
            'revoked_at', t.revoked_at, 'revoke_reason', t.revoke_reason)
   from identity.public_token t
   where t.organization_id = %(organization_id)s and t.person_id = %(person_id)s
     and (%(token_digest)s::bytea is null or t.digest = %(token_digest)s::bytea)
     and (t.issued_at <= %(moment)s::timestamptz or %(token_digest)s::bytea is not null)
   order by (t.revoked_at is null or t.revoked_at > %(moment)s::timestamptz) desc, t.issued_at desc
   limit 1
  ) as token,
  (select jsonb_build_object('id', a.station_id, 'name', a.station_name)
   from stations.public_association_timeline a
   where a.organization_id = %(organization_id)s and a.person_id = %(person_id)s
     and case when %(at)s::timestamptz is null then upper_inf(a.valid) else a.valid @> %(at)s::timestamptz end
   limit 1
  ) as station,
  (select coalesce(jsonb_agg(to_jsonb(shift)), '[]')
   from (select lower(s.span) as starts_at, upper(s.span) as ends_at, to_char(s.wall_start, 'YYYY-MM-DD HH24:MI') as wall_start,
                to_char(s.wall_end, 'HH24:MI') as wall_end, s.zone, s.is_swap,
                s.swap_reason, s.schedule_id
         from schedule.public_shift s
         where s.organization_id = %(organization_id)s and s.agent_id = %(person_id)s
           and s.span && tstzrange(%(moment)s::timestamptz - interval '7 days',
                                   %(moment)s::timestamptz + interval '8 days')
           -- A shift lasts two days at most: these bounds let the index find an agent's rows of the span among years.
           and lower(s.span) > %(moment)s::timestamptz - interval '9 days'
           and lower(s.span) < %(moment)s::timestamptz + interval '8 days'
           and case when %(at)s::timestamptz is null then s.in_force_now else s.in_force @> %(at)s::timestamptz end
         order by s.span limit 60) as shift
  ) as shifts,
  (select coalesce(jsonb_agg(to_jsonb(off)), '[]')
   from (select r.id as request_id, r.status, lower(piece) as starts_at, upper(piece) as ends_at, r.since
         from timeoff.public_request_timeline r, unnest(r.span) as piece
         where r.organization_id = %(organization_id)s and r.person_id = %(person_id)s
           and r.status in ('PENDING', 'APPROVED')
           and piece && tstzrange(%(moment)s::timestamptz - interval '7 days',
                                  %(moment)s::timestamptz + interval '60 days')
           and case when %(at)s::timestamptz is null then upper_inf(r.valid) else r.valid @> %(at)s::timestamptz end
         order by piece limit 60) as off
  ) as time_off,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'exception_id', e.id, 'kind', e.kind, 'subject_id', e.subject_id, 'reason', e.reason, 'ends_at', e.ends_at,
            'since', e.since, 'by', e.changed_by,
            'subject_name', (select d.name from "authorization".public_division d
                             where d.organization_id = e.organization_id and d.id = e.subject_id and e.kind = 'division'))
          order by e.kind collate "C", e.subject_id collate "C"), '[]')
   from access.shift_exception_timeline e
   where e.organization_id = %(organization_id)s and (e.kind <> 'person' or e.subject_id = %(person_id)s)
     and e.active and (e.ends_at is null or e.ends_at > %(moment)s::timestamptz)
     and case when %(at)s::timestamptz is null then upper_inf(e.valid) else e.valid @> %(at)s::timestamptz end
     -- Only where the rule is on, which is looked at once: what excepts from a rule that is off is read by no decision.
     and exists (select from identity.public_tenant_settings_timeline s
                 where s.organization_id = %(organization_id)s and s.softphone_within_shift
                   and case when %(at)s::timestamptz is null then upper_inf(s.valid) else s.valid @> %(at)s::timestamptz end)
  ) as exceptions,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'override_id', v.id, 'reason', v.reason, 'starts_at', v.starts_at, 'ends_at', v.ends_at, 'since', v.since,
            'by', v.granted_by, 'by_name', coalesce(
              (select p.name from identity.public_person p
               where p.organization_id = v.organization_id and p.id = v.granted_by),
              (select c.name from identity.public_client c
               where c.organization_id = v.organization_id and c.id = v.granted_by)))
          order by v.ends_at, v.id collate "C"), '[]')
   from access.shift_override_timeline v
   where v.organization_id = %(organization_id)s and v.person_id = %(person_id)s
     and v.ended_at is null and v.ends_at > %(moment)s::timestamptz
     and case when %(at)s::timestamptz is null then upper_inf(v.valid) else v.valid @> %(at)s::timestamptz end
     and exists (select from identity.public_tenant_settings_timeline s
                 where s.organization_id = %(organization_id)s and s.softphone_within_shift
                   and case when %(at)s::timestamptz is null then upper_inf(s.valid) else s.valid @> %(at)s::timestamptz end)
  ) as overrides;

-- name: insert_attempt
insert into access.attempt (organization_id, decision_id, person_id, action, purpose, at, allowed, decision, evidence)
values (%(organization_id)s, %(decision_id)s, %(person_id)s, %(action)s, %(purpose)s, %(at)s, %(allowed)s,
        %(decision)s, %(evidence)s)
on conflict (organization_id, decision_id) do nothing;

-- name: find_attempt
select decision_id, person_id, action, purpose, at, real_at, allowed, decision, evidence
from access.attempt where organization_id = %(organization_id)s and decision_id = %(decision_id)s;

-- name: list_attempts
select decision_id, person_id, action, purpose, at, real_at, allowed, decision, evidence
from access.attempt
where organization_id = %(organization_id)s and person_id = %(person_id)s and purpose <> 'why'
  and at between %(from)s and %(to)s
order by at desc limit %(limit)s;

-- name: insert_trace
insert into access.client_trace (organization_id, person_id, at, body)
select %(organization_id)s, %(person_id)s, %(at)s, %(body)s
where (select count(*) from access.client_trace t
       where t.organization_id = %(organization_id)s and t.person_id = %(person_id)s
         and t.real_at > clock_timestamp() - interval '1 day') < %(most_a_day)s::int;

-- name: list_traces
select at, body from access.client_trace
where organization_id = %(organization_id)s and person_id = %(person_id)s and at between %(from)s and %(to)s
order by at, id limit 50;

-- name: forget_old
with traces as (delete from access.client_trace where real_at < clock_timestamp() - interval '7 days'),
  -- A day after a simulation nothing refers to it any more: the shift rule asks for one of the last day.
  simulations as (delete from access.simulation where real_at < clock_timestamp() - interval '30 days')
delete from access.attempt where purpose = 'why' and real_at < clock_timestamp() - interval '30 days';
