-- name: insert_swap
insert into publishing.swap (organization_id, id, agent_id, schedule_id, reason, by, at, request, outcome)
values (%(organization_id)s, %(id)s, %(agent_id)s, %(schedule_id)s, %(reason)s, %(by)s, %(at)s, %(request)s,
        %(outcome)s);

-- name: list_known_skills
select s.id from routing.public_skill s where s.organization_id = %(organization_id)s and s.id = any(%(ids)s::text[]);

-- name: list_held_skills
select s.skill_id from routing.public_person_skill s
where s.organization_id = %(organization_id)s and s.person_id = %(person_id)s;

-- name: list_swaps
select id, agent_id, schedule_id, reason, by, at, outcome
from publishing.swap
where organization_id = %(organization_id)s and agent_id = %(agent_id)s
order by at desc, id limit %(limit)s;
