-- name: lock_routing
-- One router at a time chooses in an organization.
select pg_advisory_xact_lock(hashtextextended('routing.offers ' || %(organization_id)s::text, 0));

-- name: find_demand
-- In which queues something waits, of which media.
select queue_id, array_agg(distinct medium) as media from routing.interaction
where organization_id = %(organization_id)s and state = 'waiting' group by queue_id;

-- name: find_queue_settings
select id, settings from routing.queue
where organization_id = %(organization_id)s and active and id = any(%(queue_ids)s::text[]);

-- name: read_waiting
select id, conversation_id, queue_id, medium, skill_ids, language_id, priority, enqueued_at, last_agent_id
from routing.interaction
where organization_id = %(organization_id)s and state = 'waiting' and queue_id = any(%(queue_ids)s::text[]);

-- name: read_free
-- Members of queues whom something could be offered: idle, or handling only what leaves room for more ("shareable" media). What
-- hinders them else is told, not filtered.
with free as (
  select s.person_id, s.status, s.started_at
  from presence.public_routing_status s
  where s.organization_id = %(organization_id)s and s.status = 'IDLE'
  union all
  select s.person_id, s.status, s.started_at
  from presence.public_routing_status s
  where s.organization_id = %(organization_id)s and s.status = 'INTERACTING' and cardinality(%(shareable)s::text[]) > 0
    and s.person_id in (select i.person_id from routing.interaction i
                        where i.organization_id = %(organization_id)s and i.state = 'assigned'
                        group by i.person_id having bool_and(i.medium = any(%(shareable)s::text[])))
)
select free.person_id, free.status, free.started_at, p.state = 'active' as active, p.acd_auto_answer as auto_answer,
       (select a.station_id from stations.public_association a
        where a.organization_id = p.organization_id and a.person_id = p.id) as station_id,
       exists (select from "authorization".public_holding h
               where h.organization_id = p.organization_id and h.subject_id = p.id
                 and h.division_id in ('*', p.division_id) and h.permissions && %(softphone)s::text[]) as permitted,
       (select bool_or(l.transport = 'xmpp') from presence.public_session_lease l
        where l.organization_id = p.organization_id and l.person_id = p.id and l.closed_at is null
          and l.expires_at > %(real_now)s) as reachable,
       exists (select from routing.offer o where o.organization_id = p.organization_id and o.person_id = p.id
                                             and o.state = 'alerting') as alerted,
       (select jsonb_object_agg(l.medium, l.held) from (
          select i.medium, count(*) as held from routing.interaction i
          where i.organization_id = p.organization_id and i.person_id = p.id and i.state = 'assigned'
          group by i.medium) l) as load,
       (select jsonb_object_agg(k.skill_id, k.proficiency) from routing.person_skill k
        where k.organization_id = p.organization_id and k.person_id = p.id and k.active) as skills,
       (select jsonb_object_agg(m.queue_id, m.ring_number) from routing.queue_member m
        where m.organization_id = p.organization_id and m.person_id = p.id and m.active and m.joined
          and m.queue_id = any(%(queue_ids)s::text[])) as rings,
       null::jsonb as left_queues
from free
join identity.public_person p on p.organization_id = %(organization_id)s and p.id = free.person_id
where exists (select from routing.queue_member m
              where m.organization_id = p.organization_id and m.person_id = p.id and m.active and m.joined
                and m.queue_id = any(%(queue_ids)s::text[]));

-- name: read_members
-- All members of queues, whatever they do: of whom it is told why they did not get an interaction.
with leases as (
  select l.person_id, bool_or(l.transport = 'xmpp') as reachable from presence.public_session_lease l
  where l.organization_id = %(organization_id)s and l.closed_at is null and l.expires_at > %(real_now)s
  group by l.person_id
), holders as (
  select h.subject_id, array_agg(h.division_id) as divisions from "authorization".public_holding h
  where h.organization_id = %(organization_id)s and h.permissions && %(softphone)s::text[] group by h.subject_id
), loads as (
  select person_id, jsonb_object_agg(medium, held) as load from (
    select i.person_id, i.medium, count(*) as held from routing.interaction i
    where i.organization_id = %(organization_id)s and i.state = 'assigned' group by i.person_id, i.medium) each
  group by person_id
), alerted as (
  select distinct o.person_id from routing.offer o where o.organization_id = %(organization_id)s and o.state = 'alerting'
), members as (
  select m.person_id,
         jsonb_object_agg(m.queue_id, m.ring_number) filter (where m.joined) as rings,
         jsonb_object_agg(m.queue_id, m.ring_number) filter (where not m.joined) as left_queues
  from routing.queue_member m
  where m.organization_id = %(organization_id)s and m.active and m.queue_id = any(%(queue_ids)s::text[])
  group by m.person_id
), skills as (
  select k.person_id, jsonb_object_agg(k.skill_id, k.proficiency) as skills from routing.person_skill k
  where k.organization_id = %(organization_id)s and k.active
    and k.skill_id = any(%(skill_ids)s::text[])
  group by k.person_id
)
select m.person_id, coalesce(s.status, 'OFF_QUEUE') as status, s.started_at, p.state = 'active' as active,
       p.acd_auto_answer as auto_answer, a.station_id,
       coalesce(p.division_id = any(holders.divisions) or '*' = any(holders.divisions), false) as permitted,
       leases.reachable, alerted.person_id is not null as alerted, loads.load, skills.skills, m.rings, m.left_queues
from members m
join identity.public_person p on p.organization_id = %(organization_id)s and p.id = m.person_id and p.state <> 'deleted'
left join presence.public_routing_status s on s.organization_id = %(organization_id)s and s.person_id = m.person_id
left join stations.public_association a on a.organization_id = %(organization_id)s and a.person_id = m.person_id
left join leases on leases.person_id = m.person_id
left join holders on holders.subject_id = m.person_id
left join loads on loads.person_id = m.person_id
left join alerted on alerted.person_id = m.person_id
left join skills on skills.person_id = m.person_id
order by m.person_id;

-- name: read_refusals
select interaction_id, person_id, state from routing.offer
where organization_id = %(organization_id)s and interaction_id in (
    select i.id from routing.interaction i
    where i.organization_id = %(organization_id)s and i.state = 'waiting' and i.queue_id = any(%(queue_ids)s::text[]))
  and state in ('declined', 'missed', 'failed')
  and settled_at > case when state = 'declined' then %(declined_since)s::timestamptz else %(missed_since)s::timestamptz end;

-- name: hold_agents
-- Whoever changes just now is left for the next time; who stays is kept from changing until the offer stands.
select s.person_id, s.status from presence.public_routing_status s
where s.organization_id = %(organization_id)s and s.person_id = any(%(person_ids)s::text[])
order by s.person_id for share of s skip locked;

-- name: take_waiting
update routing.interaction set state = 'offered'
where organization_id = %(organization_id)s and id in (
  select id from routing.interaction
  where organization_id = %(organization_id)s and id = any(%(ids)s::text[]) and state = 'waiting'
  order by id for update skip locked)
returning id;

-- name: insert_offers
insert into routing.offer
  (organization_id, id, interaction_id, conversation_id, queue_id, medium, person_id, auto_answer, offered_at, expires_at,
   evidence)
select %(organization_id)s, o.id, o.interaction_id, o.conversation_id, o.queue_id, o.medium, o.person_id, o.auto_answer,
       o.offered_at, o.expires_at, o.evidence
from jsonb_to_recordset(%(offers)s::jsonb) as o (
  id text, interaction_id text, conversation_id text, queue_id text, medium text, person_id text, auto_answer boolean,
  offered_at timestamptz, expires_at timestamptz, evidence jsonb);

-- name: find_offer
select id, interaction_id, conversation_id, queue_id, medium, person_id, state, auto_answer, offered_at, expires_at, settled_at,
       reason
from routing.offer where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_alerting
select id, interaction_id, conversation_id, queue_id, medium, person_id, state, auto_answer, offered_at, expires_at, settled_at,
       reason
from routing.offer where organization_id = %(organization_id)s and interaction_id = %(interaction_id)s and state = 'alerting';

-- name: settle_offer
update routing.offer set state = %(state)s, settled_at = %(now)s, reason = %(reason)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: expired_offers
-- Across organizations, in real time: for the router.
select organization_id, id from routing.offer where state = 'alerting' and expires_at <= %(real_now)s
order by expires_at limit %(limit)s::int;

-- name: list_of_conversation
select id, interaction_id, conversation_id, queue_id, medium, person_id, state, auto_answer, offered_at, expires_at, settled_at,
       reason, evidence
from routing.offer where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s
order by offered_at, id;

-- name: is_looked_at
-- Whether what waits was looked at since an instant.
select exists (select from routing.shortage where organization_id = %(organization_id)s and checked_at > %(since)s) as looked;

-- name: put_shortages
-- "at" is when it became so; who looks again and sees the same changes only when it was seen last.
insert into routing.shortage as s (organization_id, queue_id, need, ring, oldest, newest, at, checked_at, evidence)
select %(organization_id)s, n.queue_id, n.need, n.ring, n.oldest, n.newest, %(now)s, %(now)s, n.evidence
from jsonb_to_recordset(%(shortages)s::jsonb) as n (
  queue_id text, need text, ring int, oldest timestamptz, newest timestamptz, evidence jsonb)
order by n.queue_id, n.need, n.ring
on conflict (organization_id, queue_id, need, ring) do update
set at = case when s.evidence -> 'passed' = excluded.evidence -> 'passed' then s.at else excluded.at end,
    oldest = excluded.oldest, newest = excluded.newest, checked_at = excluded.checked_at, evidence = excluded.evidence;
