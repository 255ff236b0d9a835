-- name: read_policies
-- What was decided of recording, and of which queues it is asked. Without "at" what stands now; with it, what stood then.
select
  (select coalesce(jsonb_agg(jsonb_build_object(
            'queue_id', nullif(p.queue_id, ''), 'record', p.record, 'since', p.since, 'by', p.changed_by,
            'direction', nullif(p.direction, ''), 'snippet', p.snippet,
            'by_name', coalesce(
              (select i.name from identity.public_person i
               where i.organization_id = p.organization_id and i.id = p.changed_by),
              (select c.name from identity.public_client c
               where c.organization_id = p.organization_id and c.id = p.changed_by)))), '[]')
   from recordings.public_policy_timeline p
   where p.organization_id = %(organization_id)s
     and case when %(at)s::timestamptz is null then upper_inf(p.valid) else p.valid @> %(at)s::timestamptz end
  ) as policies,
  (select jsonb_build_object('id', q.id, 'name', q.name)
   from routing.public_queue_timeline q
   where q.organization_id = %(organization_id)s and q.id = %(queue_id)s::text and q.active
     and case when %(at)s::timestamptz is null then upper_inf(q.valid) else q.valid @> %(at)s::timestamptz end
  ) as named,
  (select coalesce(jsonb_agg(jsonb_build_object('id', q.id, 'name', q.name) order by q.name collate "C", q.id collate "C"), '[]')
   from routing.public_membership_timeline m
   join routing.public_queue_timeline q on q.organization_id = m.organization_id and q.id = m.queue_id and upper_inf(q.valid)
   where m.organization_id = %(organization_id)s and m.person_id = %(person_id)s and m.active and m.joined
     and case when %(at)s::timestamptz is null then upper_inf(m.valid) else m.valid @> %(at)s::timestamptz end
  ) as joined;

-- name: read_recorded
-- Who was connected in a conversation until a moment, and what was recorded of each, or why not.
select
  exists (select from conversations.public_conversation c
          where c.organization_id = %(organization_id)s and c.id = %(conversation_id)s) as known,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'id', p.id, 'purpose', p.purpose, 'person_id', p.person_id, 'name', coalesce(i.name, p.name),
            'division_id', i.division_id, 'connected_at', p.connected_at, 'ended_at', p.ended_at) order by p.position), '[]')
   from conversations.public_participant p
   left join identity.public_person i on i.organization_id = p.organization_id and i.id = p.person_id
   where p.organization_id = %(organization_id)s and p.conversation_id = %(conversation_id)s
     and p.connected_at <= %(moment)s::timestamptz and p.purpose <> 'acd'
  ) as speakers,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'id', r.id, 'participant_id', r.participant_id, 'leg_id', r.leg_id, 'state', r.state, 'reason', r.reason,
            'started_at', r.started_at, 'ended_at', r.ended_at, 'ended_by', r.ended_by, 'duration_ms', r.duration_ms,
            'packets', r.packets, 'lost', r.lost, 'size', r.size, 'sha256', encode(r.sha256, 'hex'), 'revision', r.revision,
            'queue_id', r.queue_id,
            'why_lost', (select a.body ->> 'why' from foundation.public_audit a
                         where a.organization_id = r.organization_id and a.entity_type = 'Recording' and a.entity_id = r.id
                           and a.event = %(lost)s order by a.id limit 1)) order by r.started_at, r.id collate "C"), '[]')
   from recordings.public_recording r
   where r.organization_id = %(organization_id)s and r.conversation_id = %(conversation_id)s
     and r.started_at <= %(moment)s::timestamptz
  ) as recordings,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'participant_id', a.body ->> 'participant_id', 'leg_id', a.body ->> 'leg_id', 'at', a.at,
            'codes', a.body -> 'codes', 'sentence', a.body ->> 'sentence',
            'queue_id', (select p.queue_id from conversations.public_participant p
                         where p.organization_id = a.organization_id and p.conversation_id = a.entity_id
                           and (p.id = a.body ->> 'participant_id' or p.purpose = 'agent') and p.queue_id is not null
                         order by p.id = a.body ->> 'participant_id' desc, p.position desc limit 1)) order by a.at, a.id), '[]')
   from foundation.public_audit a
   where a.organization_id = %(organization_id)s and a.entity_type = 'Conversation' and a.entity_id = %(conversation_id)s
     and a.event = %(not_made)s and a.at <= %(moment)s::timestamptz
  ) as not_made,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'from_at', s.from_at, 'from_by', s.from_by, 'from_name', f.name, 'from_division_id', f.division_id,
            'until_at', s.until_at, 'until_by', s.until_by, 'until_name', u.name, 'until_division_id', u.division_id)
            order by s.from_at, s.id collate "C"), '[]')
   from recordings.public_pause s
   left join identity.public_person f on f.organization_id = s.organization_id and f.id = s.from_by
   left join identity.public_person u on u.organization_id = s.organization_id and u.id = s.until_by
   where s.organization_id = %(organization_id)s and s.conversation_id = %(conversation_id)s
     and s.from_at <= %(moment)s::timestamptz
  ) as pauses,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'queue_id', nullif(p.queue_id, ''), 'record', p.record, 'since', lower(p.valid), 'until', upper(p.valid),
            'by', p.changed_by, 'direction', nullif(p.direction, ''), 'channel', p.channel, 'snippet', p.snippet,
            'by_name', coalesce(
              (select i.name from identity.public_person i
               where i.organization_id = p.organization_id and i.id = p.changed_by),
              (select c.name from identity.public_client c
               where c.organization_id = p.organization_id and c.id = p.changed_by)))), '[]')
   from recordings.public_channel_policy_timeline p
   join conversations.public_conversation c on c.organization_id = p.organization_id and c.id = %(conversation_id)s
   where p.organization_id = %(organization_id)s and p.channel = c.medium and lower(p.valid) <= %(moment)s::timestamptz
  ) as policies,
  coalesce((select c.direction from conversations.public_conversation c
            where c.organization_id = %(organization_id)s and c.id = %(conversation_id)s), 'inbound') as direction,
  coalesce((select c.medium from conversations.public_conversation c
            where c.organization_id = %(organization_id)s and c.id = %(conversation_id)s), 'call') as channel,
  coalesce((select u.business_unit_time_zone from units.public_agent u
            where u.organization_id = %(organization_id)s and u.person_id = %(person_id)s limit 1), 'UTC') as zone;
