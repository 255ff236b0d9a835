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
                               'shift_margin_minutes', s.shift_margin_minutes, 'since', s.since, 'by', s.changed_by))
            order by s.valid), '[]')
   from identity.public_tenant_settings_timeline s
   where s.organization_id = %(organization_id)s and s.valid && tstzrange(%(since)s, %(until)s, '[]')
  ) as tenants;

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
  ) as stations
from unnest(%(ids)s::text[]) as wanted (id);
