-- name: lock_routing
-- One router at a time chooses in an organization. Its statements are planned once: planning them for each choice anew took half
-- of PostgreSQL's time for it (4.4 ms with, 2.8 ms without, for the members of a queue of 150).
select pg_advisory_xact_lock(hashtextextended('routing.offers ' || %(organization_id)s::text, 0)),
       set_config('plan_cache_mode', 'force_generic_plan', true);

-- name: read_free
-- What waits (in which queues, of which media), how much one person handles, when it was looked last why nobody is free; the members
-- of those queues whom something could be offered: idle, or handling only what leaves room for more (what hinders them else is told,
-- not filtered; they are few of many: by index, one after another); and of their queues what read_line reads. One row, JSON.
with recursive waits_for (queue_id, medium) as (
  -- From one queue and medium to the next by the index, not through all that waits.
  (select i.queue_id, i.medium from routing.interaction i
   where i.organization_id = %(organization_id)s and i.state = 'waiting'
   order by i.queue_id, i.medium limit 1)
  union all
  select next.queue_id, next.medium from waits_for w
  cross join lateral (
    select i.queue_id, i.medium from routing.interaction i
    where i.organization_id = %(organization_id)s and i.state = 'waiting' and (i.queue_id, i.medium) > (w.queue_id, w.medium)
    order by i.queue_id, i.medium limit 1) next
), demand as materialized (
  select array_agg(distinct w.queue_id) as queue_ids, array_agg(distinct w.medium) as media from waits_for w
), allowed as materialized (
  select coalesce((select s.utilization from routing.settings s where s.organization_id = %(organization_id)s),
                  %(default_utilization)s::jsonb) as utilization
), shareable as materialized (
  select array_agg(u.key) as media from allowed, demand, jsonb_each(allowed.utilization) u
  where u.key = any(demand.media) and (u.value ->> 'maximum_capacity')::int > 1
     or exists (select from jsonb_array_elements_text(u.value -> 'interruptable_media_types') t where t = any(demand.media))
), free as (
  select s.person_id, s.status, s.started_at
  from presence.public_routing_status s
  where s.organization_id = %(organization_id)s and s.status = 'IDLE'
  union all
  select s.person_id, s.status, s.started_at
  from presence.public_routing_status s
  where s.organization_id = %(organization_id)s and s.status = 'INTERACTING' and (select media from shareable) is not null
    and s.person_id in (select i.person_id from routing.interaction i
                        where i.organization_id = %(organization_id)s and i.state = 'assigned'
                        group by i.person_id having bool_and(i.medium = any((select media from shareable)::text[])))
), tenant as materialized (
  -- Where the organization is switched off, or its WebRTC, nobody is offered a call (held by tests/store/access/test_agreement.py).
  select o.active, s.webrtc_enabled
  from identity.public_organization_timeline o
  join identity.public_tenant_settings_timeline s on s.organization_id = o.organization_id and upper_inf(s.valid)
  where o.organization_id = %(organization_id)s and upper_inf(o.valid)
), agent as materialized (
  select free.person_id, free.status, coalesce(free.started_at, %(now)s) as since,
         p.state = 'active' and exists (select from tenant where tenant.active) as active,
         p.acd_auto_answer as auto_answer,
         (select a.station_id from stations.public_association a
          where a.organization_id = p.organization_id and a.person_id = p.id) as station_id,
         exists (select from "authorization".public_holding h
                 where h.organization_id = p.organization_id and h.subject_id = p.id
                   and h.division_id in ('*', p.division_id) and h.permissions && %(softphone)s::text[])
           and exists (select from tenant where tenant.webrtc_enabled) as permitted,
         coalesce(l.reachable, false) as reachable, l.reachable is not null as connected,
         exists (select from routing.offer o where o.organization_id = p.organization_id and o.person_id = p.id
                                               and o.state = 'alerting') as alerted,
         coalesce((select json_object_agg(held.medium, held.count) from (
                     select i.medium, count(*) from routing.interaction i
                     where i.organization_id = p.organization_id and i.person_id = p.id and i.state = 'assigned'
                     group by i.medium) held), '{}') as load,
         coalesce((select json_object_agg(k.skill_id, k.proficiency) from routing.person_skill k
                   where k.organization_id = p.organization_id and k.person_id = p.id and k.active), '{}') as skills,
         place.places
  from free
  join identity.public_person p on p.organization_id = %(organization_id)s and p.id = free.person_id
  cross join lateral (
    select json_object_agg(m.queue_id, json_build_object('joined', true, 'ring_number', m.ring_number)) as places
    from routing.queue_member m
    where m.organization_id = p.organization_id and m.person_id = p.id and m.active and m.joined
      and m.queue_id = any((select queue_ids from demand)::text[])) place
  cross join lateral (
    select bool_or(l.transport = 'xmpp') as reachable from presence.public_session_lease l
    where l.organization_id = p.organization_id and l.person_id = p.id and l.closed_at is null
      and l.expires_at > %(real_now)s) l
  where place.places is not null
), served as materialized (
  select distinct place.key as queue_id from agent, json_each(agent.places) as place
), line as materialized (
  select q.id, q.settings, q.settings ->> 'scoring_method' = 'PriorityOnly' as by_priority,
         (select array_agg(passed.seconds order by passed.number) from (
            select r.number, sum(extract(epoch from (r.ring ->> 'timeout')::interval)) over (order by r.number)::float8 as seconds
            from jsonb_array_elements(q.settings -> 'rings') with ordinality as r (ring, number)) passed) as until
  from routing.queue q
  where q.organization_id = %(organization_id)s and q.active and q.id in (select served.queue_id from served)
), waits as (
  select i.*, line.by_priority,
         case when line.until is null or extract(epoch from %(now)s - i.enqueued_at)::float8 >= line.until[cardinality(line.until)]
              then 0 else 1 + width_bucket(extract(epoch from %(now)s - i.enqueued_at)::float8, line.until) end as ring
  from routing.interaction i
  join line on line.id = i.queue_id
  where i.organization_id = %(organization_id)s and i.state = 'waiting'
), refused as materialized (
  select o.interaction_id, o.person_id, o.state = 'declined' as declined
  from routing.offer o
  join routing.interaction i on i.organization_id = o.organization_id and i.id = o.interaction_id and i.state = 'waiting'
  where o.organization_id = %(organization_id)s and o.state in ('declined', 'missed', 'failed')
    and o.settled_at > %(refused_since)s and i.queue_id in (select served.queue_id from served)
), placed as (
  select waits.*,
         row_number() over (
           partition by waits.queue_id, waits.need, waits.ring
           order by case when waits.by_priority then -waits.priority::float8
                         else extract(epoch from waits.enqueued_at)::float8 - 60 * waits.priority::float8 end,
                    waits.enqueued_at, waits.id) as place,
         min(waits.enqueued_at) over alike as oldest, max(waits.enqueued_at) over alike as newest
  from waits
  window alike as (partition by waits.queue_id, waits.need, waits.ring)
)
select demand.queue_ids, allowed.utilization::text as utilization,
       (select max(s.checked_at) from routing.shortage s where s.organization_id = %(organization_id)s) as looked_at,
       (select json_agg(agent) from agent)::text as agents,
  (select json_object_agg(line.id, line.settings) from line)::text as queues,
  (select json_agg(json_build_object(
            'id', p.id, 'conversation_id', p.conversation_id, 'queue_id', p.queue_id, 'priority', p.priority,
            'enqueued_at', p.enqueued_at, 'last_agent_id', p.last_agent_id, 'oldest', p.oldest, 'newest', p.newest,
            'need', json_build_object('medium', p.medium, 'skill_ids', p.skill_ids, 'language_id', p.language_id)))
   from placed p where p.place <= (select count(*) from agent) + (select count(*) from refused)
  )::text as waiting,
  (select json_agg(refused) from refused)::text as refusals
from demand, allowed;

-- name: read_line
-- Settings of queues; of what waits in them with one need at one ring, the first few, as many as "most" and lately refused offers
-- (an agent passes over at most those that they refused), with the span in which all of these came; and the refused offers. Rings
-- and order are those of the rules (rules.rings, rules.lines). One row, JSON.
with line as materialized (
  select q.id, q.settings, q.settings ->> 'scoring_method' = 'PriorityOnly' as by_priority,
         (select array_agg(passed.seconds order by passed.number) from (
            select r.number, sum(extract(epoch from (r.ring ->> 'timeout')::interval)) over (order by r.number)::float8 as seconds
            from jsonb_array_elements(q.settings -> 'rings') with ordinality as r (ring, number)) passed) as until
  from routing.queue q
  where q.organization_id = %(organization_id)s and q.active and q.id = any(%(queue_ids)s::text[])
), waits as (
  select i.*, line.by_priority,
         case when line.until is null or extract(epoch from %(now)s - i.enqueued_at)::float8 >= line.until[cardinality(line.until)]
              then 0 else 1 + width_bucket(extract(epoch from %(now)s - i.enqueued_at)::float8, line.until) end as ring
  from routing.interaction i
  join line on line.id = i.queue_id
  where i.organization_id = %(organization_id)s and i.state = 'waiting'
), refused as materialized (
  select o.interaction_id, o.person_id, o.state = 'declined' as declined
  from routing.offer o
  join routing.interaction i on i.organization_id = o.organization_id and i.id = o.interaction_id and i.state = 'waiting'
  where o.organization_id = %(organization_id)s and o.state in ('declined', 'missed', 'failed')
    and o.settled_at > %(refused_since)s and i.queue_id = any(%(queue_ids)s::text[])
), placed as (
  select waits.*,
         row_number() over (
           partition by waits.queue_id, waits.need, waits.ring
           order by case when waits.by_priority then -waits.priority::float8
                         else extract(epoch from waits.enqueued_at)::float8 - 60 * waits.priority::float8 end,
                    waits.enqueued_at, waits.id) as place,
         min(waits.enqueued_at) over alike as oldest, max(waits.enqueued_at) over alike as newest
  from waits
  window alike as (partition by waits.queue_id, waits.need, waits.ring)
)
select
  (select json_object_agg(line.id, line.settings) from line)::text as queues,
  (select json_agg(json_build_object(
            'id', p.id, 'conversation_id', p.conversation_id, 'queue_id', p.queue_id, 'priority', p.priority,
            'enqueued_at', p.enqueued_at, 'last_agent_id', p.last_agent_id, 'oldest', p.oldest, 'newest', p.newest,
            'need', json_build_object('medium', p.medium, 'skill_ids', p.skill_ids, 'language_id', p.language_id)))
   from placed p where p.place <= %(most)s::int + (select count(*) from refused)
  )::text as waiting,
  (select json_agg(refused) from refused)::text as refusals;

-- name: read_members
-- All members of queues, whatever they do: of whom it is told why they did not get an interaction. One row, JSON.
with tenant as (
  -- Where the organization is switched off, or its WebRTC, nobody is offered a call.
  select o.active, s.webrtc_enabled
  from identity.public_organization_timeline o
  join identity.public_tenant_settings_timeline s on s.organization_id = o.organization_id and upper_inf(s.valid)
  where o.organization_id = %(organization_id)s and upper_inf(o.valid)
), place as (
  select m.person_id,
         json_object_agg(m.queue_id, json_build_object('joined', m.joined, 'ring_number', m.ring_number)) as places
  from routing.queue_member m
  where m.organization_id = %(organization_id)s and m.active and m.queue_id = any(%(queue_ids)s::text[])
  group by m.person_id
), lease as (
  select l.person_id, bool_or(l.transport = 'xmpp') as reachable from presence.public_session_lease l
  where l.organization_id = %(organization_id)s and l.closed_at is null and l.expires_at > %(real_now)s
    and l.person_id in (select place.person_id from place)
  group by l.person_id
), holder as (
  select h.subject_id, array_agg(h.division_id) as divisions from "authorization".public_holding h
  where h.organization_id = %(organization_id)s and h.permissions && %(softphone)s::text[]
    and h.subject_id in (select place.person_id from place)
  group by h.subject_id
), held as (
  select each.person_id, json_object_agg(each.medium, each.count) as load from (
    select i.person_id, i.medium, count(*) from routing.interaction i
    where i.organization_id = %(organization_id)s and i.state = 'assigned'
      and i.person_id in (select place.person_id from place)
    group by i.person_id, i.medium) each
  group by each.person_id
), alert as (
  select distinct o.person_id from routing.offer o where o.organization_id = %(organization_id)s and o.state = 'alerting'
), skill as (
  select k.person_id, json_object_agg(k.skill_id, k.proficiency) as skills from routing.person_skill k
  where k.organization_id = %(organization_id)s and k.active and k.skill_id = any(%(skill_ids)s::text[])
    and k.person_id in (select place.person_id from place)
  group by k.person_id
), agent as (
  select place.person_id, coalesce(s.status, 'OFF_QUEUE') as status, coalesce(s.started_at, %(now)s) as since,
         p.state = 'active' and exists (select from tenant where tenant.active) as active,
         p.acd_auto_answer as auto_answer, a.station_id,
         coalesce(p.division_id = any(holder.divisions) or '*' = any(holder.divisions), false)
           and exists (select from tenant where tenant.webrtc_enabled) as permitted,
         coalesce(lease.reachable, false) as reachable, lease.reachable is not null as connected,
         alert.person_id is not null as alerted, coalesce(held.load, '{}') as load, coalesce(skill.skills, '{}') as skills,
         place.places
  from place
  join identity.public_person p on p.organization_id = %(organization_id)s and p.id = place.person_id and p.state <> 'deleted'
  left join presence.public_routing_status s on s.organization_id = %(organization_id)s and s.person_id = place.person_id
  left join stations.public_association a on a.organization_id = %(organization_id)s and a.person_id = place.person_id
  left join lease on lease.person_id = place.person_id
  left join holder on holder.subject_id = place.person_id
  left join held on held.person_id = place.person_id
  left join alert on alert.person_id = place.person_id
  left join skill on skill.person_id = place.person_id
)
select json_agg(agent)::text as agents from agent;

-- name: insert_offers
-- What waits is offered, if its agent does still what they did. What somebody changes just now, agent or interaction, is left for the
-- next time; whoever stays is kept so until the offer stands. The offers that were made.
with chosen as (
  select * from jsonb_to_recordset(%(offers)s::jsonb) as o (
    id text, interaction_id text, conversation_id text, queue_id text, medium text, person_id text, auto_answer boolean,
    offered_at timestamptz, expires_at timestamptz, evidence jsonb, status text)
), agent as (
  select s.person_id, s.status from presence.public_routing_status s
  where s.organization_id = %(organization_id)s and s.person_id = any(%(person_ids)s::text[])
  order by s.person_id for share of s skip locked
), waits as (
  select i.id from routing.interaction i
  where i.organization_id = %(organization_id)s and i.state = 'waiting' and i.id in (
    select chosen.interaction_id from chosen join agent using (person_id, status))
  order by i.id for update of i skip locked
), taken as (
  update routing.interaction i set state = 'offered' from waits
  where i.organization_id = %(organization_id)s and i.id = waits.id
  returning i.id
)
insert into routing.offer
  (organization_id, id, interaction_id, conversation_id, queue_id, medium, person_id, auto_answer, offered_at, expires_at,
   evidence)
select %(organization_id)s, o.id, o.interaction_id, o.conversation_id, o.queue_id, o.medium, o.person_id, o.auto_answer,
       o.offered_at, o.expires_at, o.evidence
from chosen o join taken on taken.id = o.interaction_id
returning id;

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
  and medium = any(%(media)s::text[])
order by expires_at limit %(limit)s::int;

-- name: list_of_conversation
select id, interaction_id, conversation_id, queue_id, medium, person_id, state, auto_answer, offered_at, expires_at, settled_at,
       reason, evidence
from routing.offer where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s
order by offered_at, id;

-- name: find_overlooked
-- Of queues that something waits in, the one that was looked at longest ago, if that is long ago or somebody came since.
select d.queue_id from unnest(%(queue_ids)s::text[]) as d (queue_id)
cross join lateral (
  select max(s.checked_at) as looked_at, max(s.newest) as newest from routing.shortage s
  where s.organization_id = %(organization_id)s and s.queue_id = d.queue_id) seen
cross join lateral (
  select max(i.enqueued_at) as newest from routing.interaction i
  where i.organization_id = %(organization_id)s and i.queue_id = d.queue_id and i.state = 'waiting') came
where seen.looked_at is null or seen.looked_at < %(before)s or came.newest > seen.newest
order by seen.looked_at nulls first, d.queue_id limit 1;

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
