-- name: insert_interaction
-- One that waits already stays: the index on queued conversations says so.
insert into routing.interaction
  (organization_id, id, conversation_id, queue_id, medium, skill_ids, language_id, need, priority, last_agent_id, enqueued_at)
values (%(organization_id)s, %(id)s, %(conversation_id)s, %(queue_id)s, %(medium)s, %(skill_ids)s, %(language_id)s, %(need)s,
        %(priority)s, %(last_agent_id)s, %(now)s)
on conflict (organization_id, conversation_id) where state in ('waiting', 'offered') do nothing
returning id;

-- name: find_known_skills
select id from routing.skill
where organization_id = %(organization_id)s and active and id = any(%(ids)s::text[]);

-- name: lock_queued
select * from routing.interaction
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and state in ('waiting', 'offered')
for update;

-- name: lock_assigned
select * from routing.interaction
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and person_id = %(person_id)s
  and state = 'assigned'
for update;

-- name: lock_offered
-- Whoever settles an offer holds its interaction: one lock for both.
select * from routing.interaction
where organization_id = %(organization_id)s
  and id = (select o.interaction_id from routing.offer o
            where o.organization_id = %(organization_id)s and o.id = %(offer_id)s)
for update;

-- name: put_back
update routing.interaction set state = 'waiting', person_id = null, assigned_at = null
where organization_id = %(organization_id)s and id = %(id)s;

-- name: assign
update routing.interaction set state = 'assigned', person_id = %(person_id)s, assigned_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: end_interaction
-- One that nobody took keeps why nobody was free when the router saw it last.
update routing.interaction i
set state = 'ended', ended_at = %(now)s, end_reason = %(reason)s,
    evidence = case when i.person_id is null then (
      select s.evidence from routing.shortage s
      where s.organization_id = i.organization_id and s.queue_id = i.queue_id and s.need = i.need
        and i.enqueued_at between s.oldest and s.newest
      order by s.checked_at desc limit 1) end
where i.organization_id = %(organization_id)s and i.id = %(id)s;

-- name: count_assigned
select count(*)::int as assigned from routing.interaction
where organization_id = %(organization_id)s and person_id = %(person_id)s and state = 'assigned';

-- name: count_queued
select count(*)::int as queued from routing.interaction
where organization_id = %(organization_id)s and queue_id = %(queue_id)s and state in ('waiting', 'offered');

-- name: list_of_conversation
select i.*, p.evidence as seen, q.name as queue_name
from routing.interaction i
join routing.public_interaction p on p.organization_id = i.organization_id and p.id = i.id
join routing.queue q on q.organization_id = i.organization_id and q.id = i.queue_id
where i.organization_id = %(organization_id)s and i.conversation_id = %(conversation_id)s
order by i.enqueued_at, i.id;

-- name: organizations_waiting
-- Across organizations: for the router.
select distinct organization_id from routing.interaction where state = 'waiting';

-- name: list_waiting
-- In line: by the queue's scoring method (rules.lines), then by the instant of entering it, then by id.
with line as (
  select i.*, row_number() over (
           order by case when q.settings ->> 'scoring_method' = 'PriorityOnly' then -i.priority::float8
                         else extract(epoch from i.enqueued_at)::float8 - 60 * i.priority::float8 end,
                    i.enqueued_at, i.id)::int as position
  from routing.interaction i
  join routing.queue q on q.organization_id = i.organization_id and q.id = i.queue_id
  where i.organization_id = %(organization_id)s and i.queue_id = %(queue_id)s and i.state in ('waiting', 'offered')
)
select line.*, counted.total
from (select count(*)::int as total from line) counted
left join (select * from line order by position limit %(limit)s::int offset %(offset)s::bigint) line on true
order by line.position;

-- name: find_place
-- The place in line of a conversation (as list_waiting counts), who is there to serve the queue, and its latest handle times.
with mine as (
  select i.*, q.settings ->> 'scoring_method' = 'PriorityOnly' as by_priority
  from routing.interaction i
  join routing.queue q on q.organization_id = i.organization_id and q.id = i.queue_id
  where i.organization_id = %(organization_id)s and i.conversation_id = %(conversation_id)s
    and i.state in ('waiting', 'offered')
)
select (
    select 1 + count(*)::int from routing.interaction o
    where o.organization_id = mine.organization_id and o.queue_id = mine.queue_id and o.state in ('waiting', 'offered')
      and (case when mine.by_priority then -o.priority::float8
                else extract(epoch from o.enqueued_at)::float8 - 60 * o.priority::float8 end, o.enqueued_at, o.id)
        < (case when mine.by_priority then -mine.priority::float8
                else extract(epoch from mine.enqueued_at)::float8 - 60 * mine.priority::float8 end, mine.enqueued_at, mine.id)
  ) as position,
  (
    select count(*)::int from routing.queue_member m
    join presence.public_routing_status s on s.organization_id = m.organization_id and s.person_id = m.person_id
    where m.organization_id = mine.organization_id and m.queue_id = mine.queue_id and m.active and m.joined
      and s.status in ('IDLE', 'INTERACTING')
  ) as agents,
  (
    select coalesce(array_agg(h.handled), '{}') from (
      select extract(epoch from d.ended_at - d.assigned_at)::float8 as handled from routing.interaction d
      where d.organization_id = mine.organization_id and d.queue_id = mine.queue_id and d.state = 'ended'
        and d.assigned_at is not null and d.ended_at > mine.enqueued_at - %(within)s::interval
      order by d.ended_at desc limit %(latest)s::int) h
  ) as handled
from mine;
