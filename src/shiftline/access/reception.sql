-- name: read_reception
-- What decides who is offered calls, in one read. Without "at" what stands now; with it, what stood then.
select
  (select coalesce(jsonb_agg(jsonb_build_object('transport', l.transport, 'since', lower(l.valid)) order by lower(l.valid)), '[]')
   from presence.public_session_lease l
   where l.organization_id = %(organization_id)s and l.person_id = %(person_id)s
     -- A lease ends in real time; of another instant it is told by the application's clock.
     and case when %(at)s::timestamptz is null then l.closed_at is null and l.expires_at > %(real_now)s::timestamptz
              else l.valid @> %(at)s::timestamptz end
  ) as sessions,
  (select jsonb_build_object('at', upper(l.valid), 'reason', l.close_reason)
   from presence.public_session_lease l
   where l.organization_id = %(organization_id)s and l.person_id = %(person_id)s and l.transport = 'xmpp'
     and upper(l.valid) <= %(moment)s::timestamptz
   order by upper(l.valid) desc limit 1
  ) as left,
  (select jsonb_build_object('presence', p.system_presence, 'since', p.since, 'by', p.changed_by)
   from presence.public_presence_timeline p
   where p.organization_id = %(organization_id)s and p.person_id = %(person_id)s
     and case when %(at)s::timestamptz is null then upper_inf(p.valid) else p.valid @> %(at)s::timestamptz end
   limit 1
  ) as presence,
  (select jsonb_build_object('status', s.status, 'started_at', s.started_at, 'since', s.since, 'by', s.changed_by)
   from presence.public_routing_status_timeline s
   where s.organization_id = %(organization_id)s and s.person_id = %(person_id)s
     and case when %(at)s::timestamptz is null then upper_inf(s.valid) else s.valid @> %(at)s::timestamptz end
  ) as status,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'queue_id', m.queue_id, 'queue', q.name, 'active', m.active, 'joined', m.joined,
            'ring_number', m.ring_number, 'since', m.since, 'by', m.changed_by) order by q.name collate "C", q.id collate "C"), '[]')
   from routing.public_membership_timeline m
   join routing.public_queue_timeline q on q.organization_id = m.organization_id and q.id = m.queue_id and upper_inf(q.valid)
   where m.organization_id = %(organization_id)s and m.person_id = %(person_id)s
     and (m.active or m.queue_id = %(queue_id)s::text)
     and case when %(at)s::timestamptz is null then upper_inf(m.valid) else m.valid @> %(at)s::timestamptz end
  ) as memberships,
  (select coalesce(jsonb_agg(jsonb_build_object('skill_id', k.skill_id, 'proficiency', k.proficiency)), '[]')
   from routing.public_person_skill_timeline k
   where k.organization_id = %(organization_id)s and k.person_id = %(person_id)s
     and case when %(at)s::timestamptz is null then upper_inf(k.valid) else k.valid @> %(at)s::timestamptz end
  ) as skills,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'conversation_id', h.conversation_id, 'medium', h.medium, 'queue', q.name, 'since', h.assigned_at,
            'wrapping_up', exists (
              select from conversations.public_participant c
              where c.organization_id = %(organization_id)s and c.conversation_id = h.conversation_id
                and c.person_id = %(person_id)s and c.acw_started_at <= %(moment)s::timestamptz
                and (c.acw_ended_at is null or c.acw_ended_at > %(moment)s::timestamptz))) order by h.assigned_at), '[]')
   from (
     select i.conversation_id, i.medium, i.queue_id, i.assigned_at
     from routing.public_interaction i
     where i.organization_id = %(organization_id)s and i.person_id = %(person_id)s and i.state = 'assigned'
       and %(at)s::timestamptz is null
     union all
     select i.conversation_id, i.medium, i.queue_id, i.assigned_at
     from routing.public_offer o
     join routing.public_interaction i on i.organization_id = o.organization_id and i.id = o.interaction_id
     where o.organization_id = %(organization_id)s and o.person_id = %(person_id)s and o.state = 'accepted'
       -- Nothing is handled for longer: these bounds let the index find a person's offers of the time.
       and o.offered_at > %(at)s::timestamptz - interval '2 days' and o.offered_at <= %(at)s::timestamptz
       and i.person_id = %(person_id)s and i.assigned_at <= %(at)s::timestamptz
       and (i.ended_at is null or i.ended_at > %(at)s::timestamptz)
   ) as h
   left join routing.public_queue_timeline q
     on q.organization_id = %(organization_id)s and q.id = h.queue_id and upper_inf(q.valid)
  ) as handled,
  (select jsonb_build_object('offer_id', o.id, 'conversation_id', o.conversation_id, 'queue', q.name, 'offered_at', o.offered_at)
   from routing.public_offer o
   left join routing.public_queue_timeline q
     on q.organization_id = o.organization_id and q.id = o.queue_id and upper_inf(q.valid)
   where o.organization_id = %(organization_id)s and o.person_id = %(person_id)s
     and case when %(at)s::timestamptz is null then o.state = 'alerting'
              else o.offered_at <= %(at)s::timestamptz and o.offered_at > %(at)s::timestamptz - interval '1 day'
               and (o.settled_at is null or o.settled_at > %(at)s::timestamptz) end
   order by o.offered_at desc limit 1
  ) as alert,
  (select jsonb_build_object('offer_id', o.id, 'conversation_id', o.conversation_id, 'queue', q.name, 'offered_at', o.offered_at,
                             'settled_at', o.settled_at)
   from routing.public_offer o
   left join routing.public_queue_timeline q
     on q.organization_id = o.organization_id and q.id = o.queue_id and upper_inf(q.valid)
   where o.organization_id = %(organization_id)s and o.person_id = %(person_id)s and o.state in ('missed', 'failed')
     and o.settled_at <= %(moment)s::timestamptz
   order by o.offered_at desc limit 1
  ) as missed,
  (select s.utilization from routing.public_settings_timeline s
   where s.organization_id = %(organization_id)s
     and case when %(at)s::timestamptz is null then upper_inf(s.valid) else s.valid @> %(at)s::timestamptz end
  ) as utilization,
  (select jsonb_build_object('id', q.id, 'name', q.name, 'settings', q.settings)
   from routing.public_queue_timeline q
   where q.organization_id = %(organization_id)s and q.id = %(queue_id)s::text and q.active
     and case when %(at)s::timestamptz is null then upper_inf(q.valid) else q.valid @> %(at)s::timestamptz end
  ) as queue,
  (select jsonb_build_object('id', s.id, 'name', s.name) from stations.public_station s
   where s.organization_id = %(organization_id)s and s.person_id = %(person_id)s
   order by s.name collate "C", s.id collate "C" limit 1
  ) as own_station;

-- name: read_queueing
-- What became of a conversation in queues until a moment, as one person sees it: of the others who were passed over, nothing.
select
  (exists (select from conversations.public_conversation c
           where c.organization_id = %(organization_id)s and c.id = %(conversation_id)s)
   or exists (select from routing.public_interaction i
              where i.organization_id = %(organization_id)s and i.conversation_id = %(conversation_id)s)) as known,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'id', i.id, 'queue_id', i.queue_id, 'queue', q.name, 'settings', q.settings, 'medium', i.medium,
            'skill_ids', i.skill_ids, 'language_id', i.language_id, 'enqueued_at', i.enqueued_at,
            'assigned_at', i.assigned_at, 'ended_at', i.ended_at, 'end_reason', i.end_reason,
            'seen_at', i.evidence ->> 'at',
            'passed', (select p.passed -> 'hindrances' from jsonb_array_elements(i.evidence -> 'passed') as p (passed)
                       where p.passed -> 'person_ids' ? %(person_id)s::text limit 1)) order by i.enqueued_at, i.id collate "C"), '[]')
   from routing.public_interaction i
   join routing.public_queue_timeline q on q.organization_id = i.organization_id and q.id = i.queue_id and upper_inf(q.valid)
   where i.organization_id = %(organization_id)s and i.conversation_id = %(conversation_id)s
     and i.enqueued_at <= %(moment)s::timestamptz
     and (%(queue_id)s::text is null or i.queue_id = %(queue_id)s::text)
  ) as lines,
  (select coalesce(jsonb_agg(to_jsonb(offered) order by offered.offered_at, offered.id collate "C"), '[]')
   from (
     select o.id, o.interaction_id as line_id, q.name as queue, o.person_id, p.name, p.division_id, o.state, o.offered_at,
            o.settled_at, o.reason,
            (select e.passed -> 'hindrances' from jsonb_array_elements(o.evidence -> 'passed') as e (passed)
             where e.passed -> 'person_ids' ? %(person_id)s::text limit 1) as passed,
            mine.status, mine.started_at as status_since
     from routing.public_offer o
     join routing.public_queue_timeline q on q.organization_id = o.organization_id and q.id = o.queue_id and upper_inf(q.valid)
     left join identity.public_person p on p.organization_id = o.organization_id and p.id = o.person_id
     -- What the person asked about was doing just before, for how long; why they were passed over was written then.
     left join presence.public_routing_status_timeline mine
       on mine.organization_id = o.organization_id and mine.person_id = %(person_id)s
          and mine.valid @> (o.offered_at - interval '1 microsecond')
     where o.organization_id = %(organization_id)s and o.conversation_id = %(conversation_id)s
       and o.offered_at <= %(moment)s::timestamptz
       and (%(queue_id)s::text is null or o.queue_id = %(queue_id)s::text)
     order by o.offered_at desc, o.id collate "C" limit %(limit)s::int
   ) as offered
  ) as offers,
  (select coalesce(jsonb_agg(jsonb_build_object(
            'purpose', c.purpose, 'started_at', c.started_at, 'connected_at', c.connected_at, 'ended_at', c.ended_at)
            order by c.position), '[]')
   from conversations.public_participant c
   where c.organization_id = %(organization_id)s and c.conversation_id = %(conversation_id)s
     and c.person_id = %(person_id)s and c.started_at <= %(moment)s::timestamptz
  ) as parts,
  (select coalesce(jsonb_object_agg(k.id, k.name), '{}')
   from routing.public_skill_timeline k
   where k.organization_id = %(organization_id)s and upper_inf(k.valid)
     and k.id in (select unnest(array_append(i.skill_ids, i.language_id)) from routing.public_interaction i
                  where i.organization_id = %(organization_id)s and i.conversation_id = %(conversation_id)s)
  ) as skills,
  coalesce((select u.business_unit_time_zone from units.public_agent u
            where u.organization_id = %(organization_id)s and u.person_id = %(person_id)s limit 1), 'UTC') as zone;
