-- name: insert_swap
insert into publishing.swap (organization_id, id, agent_id, schedule_id, reason, by, at, request, outcome)
values (%(organization_id)s, %(id)s, %(agent_id)s, %(schedule_id)s, %(reason)s, %(by)s, %(at)s, %(request)s,
        %(outcome)s);

-- name: list_known_skills
select s.id from routing.public_skill s where s.organization_id = %(organization_id)s and s.id = any(%(ids)s::text[]);

-- name: list_held_skills
select s.skill_id from routing.public_person_skill s
where s.organization_id = %(organization_id)s and s.person_id = %(person_id)s;

-- name: list_skills_of
-- The skills that people have.
select s.person_id, s.skill_id from routing.public_person_skill s
where s.organization_id = %(organization_id)s and s.person_id = any(%(person_ids)s::text[]);

-- name: list_unavailable
-- When people cannot work, within a span.
select w.person_id, lower(w.span) as starts_at, upper(w.span) as ends_at
from preferences.public_wish w
where w.organization_id = %(organization_id)s and w.person_id = any(%(person_ids)s::text[]) and w.level = 'Unavailable'
  and w.span && tstzrange(%(start)s, %(end)s)
order by w.person_id, w.span;

-- name: list_swaps
select id, agent_id, schedule_id, reason, by, at, outcome
from publishing.swap
where organization_id = %(organization_id)s and agent_id = %(agent_id)s
order by at desc, id limit %(limit)s;
