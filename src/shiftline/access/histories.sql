-- name: read_setting
-- What stood of the organization at any instant of a span.
select
  (select coalesce(jsonb_agg(jsonb_build_object('start', lower(o.valid), 'end', upper(o.valid), 'fact',
            jsonb_build_object('name', o.name, 'active', o.active, 'since', o.since, 'by', o.changed_by)) order by o.valid), '[]')
   from identity.public_organization_timeline o
   where o.organization_id = %(organization_id)s and o.valid && tstzrange(%(since)s, %(until)s, '[]')
  ) as organizations,
  (select coalesce(jsonb_agg(jsonb_build_object('start', lower(s.valid), 'end', upper(s.valid), 'fact',
            jsonb_build_object('webrtc_enabled', s.webrtc_enabled, 'softphone_within_shift', s.softphone_within_shift,
                               'shift_margin_minutes', s.shift_margin_minutes,
                               'shift_grace_before_minutes', s.shift_grace_before_minutes,
                               'shift_grace_after_minutes', s.shift_grace_after_minutes,
                               'shift_override_most_minutes', s.shift_override_most_minutes,
                               'since', s.since, 'by', s.changed_by)) order by s.valid), '[]')
   from identity.public_tenant_settings_timeline s
   where s.organization_id = %(organization_id)s and s.valid && tstzrange(%(since)s, %(until)s, '[]')
  ) as tenants,
  (select coalesce(jsonb_agg(jsonb_build_object('start', lower(e.valid), 'end', upper(e.valid), 'fact',
            jsonb_build_object('exception_id', e.id, 'kind', e.kind, 'subject_id', e.subject_id, 'reason', e.reason,
                               'ends_at', e.ends_at, 'since', e.since, 'by', e.changed_by,
                               'subject_name', (select d.name from "authorization".public_division d
                                                where d.organization_id = e.organization_id and d.id = e.subject_id
                                                  and e.kind = 'division'))) order by e.kind collate "C", e.subject_id collate "C"), '[]')
   from access.shift_exception_timeline e
   where e.organization_id = %(organization_id)s and e.active and e.valid && tstzrange(%(since)s, %(until)s, '[]')
  ) as exceptions;

-- name: read_histories
-- What stood of some people at any instant of a span; what they held before tells what they lost.
select wanted.id as person_id,
  (select coalesce(jsonb_agg(jsonb_build_object('start', lower(p.valid), 'end', upper(p.valid), 'fact',
            jsonb_build_object('name', p.name, 'state', p.state, 'division_id', p.division_id, 'since', p.since,
                               'by', p.changed_by)) order by p.valid), '[]')
   from identity.public_person_timeline p
   where p.organization_id = %(organization_id)s and p.id = wanted.id and p.valid && tstzrange(%(since)s, %(until)s, '[]')
  ) as persons,
  (select coalesce(jsonb_agg(jsonb_build_object('start', lower(h.valid), 'end', upper(h.valid), 'fact',
            jsonb_build_object(
              'role_id', h.role_id, 'role', h.role_name, 'division_id', h.division_id, 'permissions', to_jsonb(h.permissions),
              'active', h.active, 'since', h.since, 'by', h.changed_by,
              'by_name', case when not h.active then coalesce(
                (select p.name from identity.public_person p
                 where p.organization_id = h.organization_id and p.id = h.changed_by),
                (select c.name from identity.public_client c
                 where c.organization_id = h.organization_id and c.id = h.changed_by)) end)) order by h.valid), '[]')
   from "authorization".public_holding_timeline h
   where h.organization_id = %(organization_id)s and h.subject_id = wanted.id and not isempty(h.valid)
     and lower(h.valid) <= %(until)s and (h.active or h.valid && tstzrange(%(since)s, %(until)s, '[]'))
  ) as holdings,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'issued_at', t.issued_at, 'expires_at', t.issued_at + (t.expires_at - t.issued_real),
            'revoked_at', t.revoked_at, 'revoke_reason', t.revoke_reason) order by t.issued_at), '[]')
   from identity.public_token t
   where t.organization_id = %(organization_id)s and t.person_id = wanted.id and t.issued_at <= %(until)s
  ) as tokens,
  (select coalesce(jsonb_agg(jsonb_build_object('start', lower(standing), 'end', upper(standing), 'fact',
            jsonb_build_object('starts_at', lower(s.span), 'ends_at', upper(s.span),
                               'wall_start', to_char(s.wall_start, 'YYYY-MM-DD HH24:MI'),
                               'wall_end', to_char(s.wall_end, 'HH24:MI'), 'zone', s.zone, 'is_swap', s.is_swap,
                               'swap_reason', s.swap_reason, 'schedule_id', s.schedule_id)) order by s.span), '[]')
   from schedule.public_shift s, unnest(s.in_force) as standing
   where s.organization_id = %(organization_id)s and s.agent_id = wanted.id
     and s.span && tstzrange(%(since)s::timestamptz - interval '7 days', %(until)s::timestamptz + interval '8 days')
     and lower(s.span) > %(since)s::timestamptz - interval '9 days'
     and lower(s.span) < %(until)s::timestamptz + interval '8 days'
     and standing && tstzrange(%(since)s, %(until)s, '[]')
  ) as shifts,
  (select coalesce(jsonb_agg(jsonb_build_object('start', lower(r.valid), 'end', upper(r.valid), 'fact',
            jsonb_build_object('request_id', r.id, 'status', r.status, 'starts_at', lower(piece), 'ends_at', upper(piece),
                               'since', r.since)) order by piece), '[]')
   from timeoff.public_request_timeline r, unnest(r.span) as piece
   where r.organization_id = %(organization_id)s and r.person_id = wanted.id and r.status in ('PENDING', 'APPROVED')
     and piece && tstzrange(%(since)s::timestamptz - interval '7 days', %(until)s::timestamptz + interval '60 days')
     and r.valid && tstzrange(%(since)s, %(until)s, '[]')
  ) as time_off,
  (select coalesce(jsonb_agg(jsonb_build_object('start', lower(a.valid), 'end', upper(a.valid), 'fact',
            jsonb_build_object('id', a.station_id, 'name', a.station_name)) order by a.valid), '[]')
   from stations.public_association_timeline a
   where a.organization_id = %(organization_id)s and a.person_id = wanted.id and a.valid && tstzrange(%(since)s, %(until)s, '[]')
  ) as stations,
  (select coalesce(jsonb_agg(jsonb_build_object('start', lower(m.valid), 'end', upper(m.valid), 'fact',
            jsonb_build_object('queue_id', m.queue_id, 'queue', q.name, 'active', m.active, 'joined', m.joined,
                               'ring_number', m.ring_number, 'since', m.since, 'by', m.changed_by)) order by q.name collate "C", q.id collate "C", m.valid), '[]')
   from routing.public_membership_timeline m
   join routing.public_queue_timeline q on q.organization_id = m.organization_id and q.id = m.queue_id and upper_inf(q.valid)
   where m.organization_id = %(organization_id)s and m.person_id = wanted.id and m.valid && tstzrange(%(since)s, %(until)s, '[]')
  ) as memberships,
  (select coalesce(jsonb_agg(jsonb_build_object('start', lower(v.valid), 'end', upper(v.valid), 'fact',
            jsonb_build_object(
              'override_id', v.id, 'reason', v.reason, 'starts_at', v.starts_at, 'ends_at', v.ends_at, 'since', v.since,
              'by', v.granted_by, 'by_name', coalesce(
                (select p.name from identity.public_person p
                 where p.organization_id = v.organization_id and p.id = v.granted_by),
                (select c.name from identity.public_client c
                 where c.organization_id = v.organization_id and c.id = v.granted_by)))) order by v.ends_at, v.id collate "C"), '[]')
   from access.shift_override_timeline v
   where v.organization_id = %(organization_id)s and v.person_id = wanted.id and v.ended_at is null
     and v.ends_at > %(since)s and v.valid && tstzrange(%(since)s, %(until)s, '[]')
  ) as overrides
from unnest(%(ids)s::text[]) as wanted (id);

-- name: list_happened
-- What happened to a person, or to all of their organization, in some spans of time, oldest first.
select a.id, a.at, a.event, a.entity_type, a.entity_id, a.action, a.actor_id as by, coalesce(p.name, c.name) as by_name,
       p.division_id as by_division_id, a.correlation_id, a.body, a.real_at
from foundation.public_audit a
left join identity.public_person p on p.organization_id = a.organization_id and p.id = a.actor_id
left join identity.public_client c on c.organization_id = a.organization_id and c.id = a.actor_id
where a.organization_id = %(organization_id)s
  and a.at >= lower(%(whole)s::tstzrange) and a.at <= upper(%(whole)s::tstzrange)
  and a.at <@ %(spans)s::tstzmultirange
  and (a.entity_id = %(person_id)s or a.body ->> 'person_id' = %(person_id)s or a.body -> 'person_ids' ? %(person_id)s
       or a.body -> 'agents' ? %(person_id)s or a.entity_type in ('Organization', 'TenantSettings')
       or a.entity_type = 'ShiftException' and a.body ->> 'person_id' is null
       or a.entity_type = 'Role' and a.entity_id = any(%(role_ids)s::text[]))
order by a.at, a.id limit %(limit)s::int;

-- name: list_reception_instants
-- When anything changed, in a span, that decides who is offered calls, beside what decides of connecting.
select distinct each.at from (
  select unnest(array[lower(l.valid), upper(l.valid)]) as at from presence.public_session_lease l
  where l.organization_id = %(organization_id)s and l.person_id = %(person_id)s
  union all
  select lower(p.valid) from presence.public_presence_timeline p
  where p.organization_id = %(organization_id)s and p.person_id = %(person_id)s
  union all
  select lower(s.valid) from presence.public_routing_status_timeline s
  where s.organization_id = %(organization_id)s and s.person_id = %(person_id)s
  union all
  select lower(m.valid) from routing.public_membership_timeline m
  where m.organization_id = %(organization_id)s and m.person_id = %(person_id)s
  union all
  select lower(k.valid) from routing.public_person_skill_timeline k
  where k.organization_id = %(organization_id)s and k.person_id = %(person_id)s
  union all
  select lower(u.valid) from routing.public_settings_timeline u where u.organization_id = %(organization_id)s
  union all
  select lower(q.valid) from routing.public_queue_timeline q
  where q.organization_id = %(organization_id)s and q.id = %(queue_id)s::text
  union all
  select lower(r.valid) from recordings.public_policy_timeline r where r.organization_id = %(organization_id)s
  union all
  select unnest(array[o.offered_at, o.settled_at]) from routing.public_offer o
  where o.organization_id = %(organization_id)s and o.person_id = %(person_id)s
    and o.offered_at > %(since)s::timestamptz - interval '1 day' and o.offered_at <= %(until)s::timestamptz
) as each
where each.at > %(since)s::timestamptz and each.at <= %(until)s::timestamptz
order by each.at limit %(limit)s::int;
