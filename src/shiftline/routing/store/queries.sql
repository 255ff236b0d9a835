-- name: find_division
-- A division by id; with null the home division.
select id, name from "authorization".public_division
where organization_id = %(organization_id)s
  and case when %(id)s::text is null then home else id = %(id)s::text end;

-- name: insert_skill
insert into routing.skill (organization_id, id, kind, name, division_id, since, changed_by)
values (%(organization_id)s, %(id)s, %(kind)s, %(name)s, %(division_id)s, %(now)s, %(by)s)
on conflict do nothing
returning id;

-- name: list_skills
-- "visible_in": null for every division. What has no division is everybody's.
with found as (
  select s.*, d.name as division_name
  from routing.skill s
  left join "authorization".public_division d on d.organization_id = s.organization_id and d.id = s.division_id
  where s.organization_id = %(organization_id)s and s.active and s.kind = %(kind)s
    and (%(name)s::text is null or lower(s.name) like lower(%(name)s::text))
    and (%(ids)s::text[] is null or s.id = any(%(ids)s::text[]))
    and (%(visible_in)s::text[] is null or s.division_id is null or s.division_id = any(%(visible_in)s::text[]))
)
select found.*, counted.total
from (select count(*)::int as total from found) counted
left join (select * from found order by lower(name), id limit %(limit)s::int offset %(offset)s::bigint) found on true
order by lower(found.name), found.id;

-- name: find_skill_by_name
select id from routing.skill
where organization_id = %(organization_id)s and kind = %(kind)s and lower(name) = lower(%(name)s) and active;

-- name: lock_skills
-- Held so that none is deleted meanwhile.
select id from routing.skill
where organization_id = %(organization_id)s and kind = %(kind)s and active and id = any(%(ids)s::text[])
order by id for share;

-- name: retire_skill
update routing.skill set active = false, version = version + 1, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s and kind = %(kind)s and active
returning name, version;

-- name: remove_skill_from_all
update routing.person_skill set active = false, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and skill_id = %(id)s and active;

-- name: lock_person
-- Two who change the skills of one person wait for each other.
select pg_advisory_xact_lock(hashtextextended('routing.person ' || %(organization_id)s::text || ' ' || %(person_id)s::text, 0));

-- name: find_person_skills
select p.person_id, p.skill_id, s.kind, s.name, p.proficiency
from routing.person_skill p
join routing.skill s on s.organization_id = p.organization_id and s.id = p.skill_id
where p.organization_id = %(organization_id)s and p.person_id = any(%(person_ids)s::text[])
  and p.active and s.active and s.kind = %(kind)s
order by p.person_id, lower(s.name), s.id;

-- name: assign_skill
insert into routing.person_skill (organization_id, person_id, skill_id, proficiency, since, changed_by)
values (%(organization_id)s, %(person_id)s, %(skill_id)s, %(proficiency)s, %(now)s, %(by)s)
on conflict (organization_id, person_id, skill_id) do update
set proficiency = excluded.proficiency, active = true, since = excluded.since, changed_by = excluded.changed_by;

-- name: remove_skill
update routing.person_skill set active = false, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and person_id = %(person_id)s and skill_id = %(skill_id)s and active;

-- name: insert_queue
insert into routing.queue
  (organization_id, id, name, description, division_id, settings, created_at, created_by, since, changed_by)
values (%(organization_id)s, %(id)s, %(name)s, %(description)s, %(division_id)s, %(settings)s,
        %(now)s, %(by)s, %(now)s, %(by)s)
on conflict do nothing
returning id;

-- name: lock_queue
select id, version, division_id from routing.queue
where organization_id = %(organization_id)s and id = %(id)s and active for update;

-- name: hold_queue
-- Held so that it is not deleted meanwhile; members come and go beside each other.
select id from routing.queue
where organization_id = %(organization_id)s and id = %(id)s and active for share;

-- name: find_queue_by_name
select id from routing.queue where organization_id = %(organization_id)s and lower(name) = lower(%(name)s) and active;

-- name: update_queue
update routing.queue
set name = %(name)s, description = %(description)s, division_id = %(division_id)s, settings = %(settings)s,
    active = %(active)s, version = version + 1, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s
returning id;

-- name: list_queues
-- "person_id": the queues of one member, with "joined" as that member has it.
with found as (
  select q.*, d.name as division_name, mine.joined
  from routing.queue q
  join "authorization".public_division d on d.organization_id = q.organization_id and d.id = q.division_id
  left join routing.queue_member mine
    on mine.organization_id = q.organization_id and mine.queue_id = q.id and mine.person_id = %(person_id)s::text
    and mine.active
  where q.organization_id = %(organization_id)s and q.active
    and (%(name)s::text is null or lower(q.name) like lower(%(name)s::text))
    and (%(ids)s::text[] is null or q.id = any(%(ids)s::text[]))
    and (%(division_ids)s::text[] is null or q.division_id = any(%(division_ids)s::text[]))
    and (%(visible_in)s::text[] is null or q.division_id = any(%(visible_in)s::text[]))
    and (%(peer_ids)s::text[] is null or q.settings ->> 'peer_id' = any(%(peer_ids)s::text[]))
    and (%(has_peer)s::boolean is null or (q.settings ->> 'peer_id' is not null) = %(has_peer)s::boolean)
    and (%(person_id)s::text is null or mine.person_id is not null)
    and (%(joined)s::boolean is null or mine.joined = %(joined)s::boolean)
)
select found.*, counted.total, members.member_count, members.joined_count
from (select count(*)::int as total from found) counted
left join (select * from found order by lower(name), id limit %(limit)s::int offset %(offset)s::bigint) found on true
left join lateral (
  select count(*)::int as member_count, count(*) filter (where m.joined)::int as joined_count
  from routing.queue_member m
  join identity.public_person p on p.organization_id = m.organization_id and p.id = m.person_id and p.state <> 'deleted'
  where m.organization_id = found.organization_id and m.queue_id = found.id and m.active
) members on true
order by lower(found.name), found.id;

-- name: add_members
-- Who is a member already stays as they are.
insert into routing.queue_member as m (organization_id, queue_id, person_id, joined, since, changed_by)
select %(organization_id)s, %(queue_id)s, person_id, true, %(now)s::timestamptz, %(by)s
from unnest(%(person_ids)s::text[]) person_id
order by person_id
on conflict (organization_id, queue_id, person_id) do update
set active = true, joined = true, ring_number = 1, since = excluded.since, changed_by = excluded.changed_by
where not m.active
returning m.person_id, m.joined, m.ring_number;

-- name: remove_members
-- null for all of them.
update routing.queue_member set active = false, joined = false, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and queue_id = %(queue_id)s and active
  and (%(person_ids)s::text[] is null or person_id = any(%(person_ids)s::text[]))
returning person_id, joined, ring_number;

-- name: lock_members
select person_id, joined, ring_number from routing.queue_member
where organization_id = %(organization_id)s and queue_id = %(queue_id)s and active
  and person_id = any(%(person_ids)s::text[])
order by person_id for update;

-- name: update_member
update routing.queue_member
set joined = %(joined)s, ring_number = %(ring_number)s, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and queue_id = %(queue_id)s and person_id = %(person_id)s and active;

-- name: list_members
with found as (
  select m.*, p.name, p.email
  from routing.queue_member m
  join identity.public_person p on p.organization_id = m.organization_id and p.id = m.person_id and p.state <> 'deleted'
  where m.organization_id = %(organization_id)s and m.queue_id = %(queue_id)s and m.active
    and (%(name)s::text is null or lower(p.name) like lower(%(name)s::text))
    and (%(joined)s::boolean is null or m.joined = %(joined)s::boolean)
    and (%(person_ids)s::text[] is null or m.person_id = any(%(person_ids)s::text[]))
)
select found.*, counted.total
from (select count(*)::int as total from found) counted
left join (select * from found order by lower(name), person_id limit %(limit)s::int offset %(offset)s::bigint) found on true
order by lower(found.name), found.person_id;

-- name: insert_wrapup_code
insert into routing.wrapup_code
  (organization_id, id, name, description, division_id, created_at, created_by, changed_at, changed_by)
values (%(organization_id)s, %(id)s, %(name)s, %(description)s, %(division_id)s, %(now)s, %(by)s, %(now)s, %(by)s)
on conflict do nothing
returning id;

-- name: find_wrapup_code_by_name
select id from routing.wrapup_code
where organization_id = %(organization_id)s and lower(name) = lower(%(name)s) and active;

-- name: list_wrapup_codes
with found as (
  select w.*, d.name as division_name
  from routing.wrapup_code w
  left join "authorization".public_division d on d.organization_id = w.organization_id and d.id = w.division_id
  where w.organization_id = %(organization_id)s and w.active
    and (%(name)s::text is null or lower(w.name) like lower(%(name)s::text))
    and (%(ids)s::text[] is null or w.id = any(%(ids)s::text[]))
    and (%(division_ids)s::text[] is null or w.division_id = any(%(division_ids)s::text[]))
    and (%(visible_in)s::text[] is null or w.division_id = '*' or w.division_id = any(%(visible_in)s::text[]))
    and (%(queue_id)s::text is null or exists (
      select from routing.queue_wrapup_code u
      where u.organization_id = w.organization_id and u.queue_id = %(queue_id)s::text and u.wrapup_code_id = w.id))
)
select found.*, counted.total
from (select count(*)::int as total from found) counted
left join (select * from found order by lower(name), id limit %(limit)s::int offset %(offset)s::bigint) found on true
order by lower(found.name), found.id;

-- name: add_queue_wrapup_codes
insert into routing.queue_wrapup_code (organization_id, queue_id, wrapup_code_id)
select %(organization_id)s, %(queue_id)s, code_id from unnest(%(ids)s::text[]) code_id order by code_id
on conflict do nothing
returning wrapup_code_id;

-- name: remove_queue_wrapup_code
delete from routing.queue_wrapup_code
where organization_id = %(organization_id)s and queue_id = %(queue_id)s and wrapup_code_id = %(id)s;

-- name: find_settings
select reset_agent_score_on_presence_change, utilization, version, since, changed_by
from routing.settings where organization_id = %(organization_id)s;

-- name: lock_settings
select pg_advisory_xact_lock(hashtextextended('routing.settings ' || %(organization_id)s::text, 0));

-- name: put_settings
insert into routing.settings as s
  (organization_id, reset_agent_score_on_presence_change, utilization, since, changed_by)
values (%(organization_id)s, %(reset_agent_score_on_presence_change)s, %(utilization)s, %(now)s, %(by)s)
on conflict (organization_id) do update
set reset_agent_score_on_presence_change = excluded.reset_agent_score_on_presence_change,
    utilization = excluded.utilization, version = s.version + 1, since = excluded.since, changed_by = excluded.changed_by
returning s.version;
