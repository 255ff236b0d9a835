-- name: find_approvers
-- Active people who hold one pattern of each group of patterns in the division where an agent works (or everywhere).
select p.id
from units.public_agent a
join identity.public_person p on p.organization_id = a.organization_id and p.state = 'active'
where a.organization_id = %(organization_id)s and a.person_id = %(agent_id)s
  and not exists (
    select from jsonb_array_elements(%(groups)s::jsonb) as wanted
    where not exists (
      select from "authorization".public_holding h
      where h.organization_id = p.organization_id and h.subject_id = p.id
        and h.division_id in ('*', a.division_id)
        and h.permissions && array(select jsonb_array_elements_text(wanted))))
order by p.id;

-- name: insert_notice
insert into notices.notice
  (organization_id, id, person_id, kind, subject_id, subject_version, at, for_agent, facts)
values (%(organization_id)s, %(id)s, %(person_id)s, %(kind)s, %(subject_id)s, %(subject_version)s, %(at)s,
        %(for_agent)s, %(facts)s)
on conflict (organization_id, person_id, kind, subject_id, subject_version) do nothing;

-- name: list_notices
select id, person_id, kind, subject_id, subject_version, at, for_agent, marked_as_read, facts
from notices.notice
where organization_id = %(organization_id)s and person_id = %(person_id)s
order by at desc, id
limit 500;

-- name: lock_notices
select id, person_id, kind, subject_id, subject_version, at, for_agent, marked_as_read, facts
from notices.notice
where organization_id = %(organization_id)s and person_id = %(person_id)s and id = any(%(ids)s::text[])
order by id
for update;

-- name: mark_notices
update notices.notice set marked_as_read = %(read)s
where organization_id = %(organization_id)s and person_id = %(person_id)s and id = any(%(ids)s::text[]);

-- name: forget_notices
delete from notices.notice where at < %(before)s;
