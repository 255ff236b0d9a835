-- name: find_work_plans
select p.id, p.management_unit_id, p.name, p.enabled, p.consistent, p.terms, p.shifts, p.version, p.created_by, p.created_at,
       p.changed_by, p.since,
       array(select h.person_id
             from workplans.agent_plan h
             join units.public_agent a on a.organization_id = h.organization_id and a.person_id = h.person_id
             where h.organization_id = p.organization_id and h.work_plan_id = p.id
               and a.management_unit_id = p.management_unit_id
             order by h.person_id) as agent_ids
from workplans.work_plan p
where p.organization_id = %(organization_id)s and p.active
  and (%(management_unit_id)s::text is null or p.management_unit_id = %(management_unit_id)s::text)
  and (%(ids)s::text[] is null or p.id = any(%(ids)s::text[]))
order by lower(p.name), p.id;

-- name: lock_work_plan
select id from workplans.work_plan
where organization_id = %(organization_id)s and id = %(id)s and management_unit_id = %(management_unit_id)s and active
for no key update;

-- name: hold_work_plans
-- Who gives a plan to agents keeps it from being deleted meanwhile.
select id from workplans.work_plan
where organization_id = %(organization_id)s and management_unit_id = %(management_unit_id)s and active
  and id = any(%(ids)s::text[])
order by id for share;

-- name: insert_work_plan
insert into workplans.work_plan
  (organization_id, id, management_unit_id, name, enabled, consistent, terms, shifts, created_by, created_at, changed_by, since)
values (%(organization_id)s, %(id)s, %(management_unit_id)s, %(name)s, %(enabled)s, %(consistent)s, %(terms)s::jsonb,
        %(shifts)s::jsonb, %(by)s, %(now)s, %(by)s, %(now)s);

-- name: update_work_plan
update workplans.work_plan
set name = %(name)s, enabled = %(enabled)s, consistent = %(consistent)s, terms = %(terms)s::jsonb, shifts = %(shifts)s::jsonb,
    active = %(active)s, version = version + 1, changed_by = %(by)s, since = %(now)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_agent_plans
-- Whose plan is of another management unit than their own has none.
select h.person_id, h.work_plan_id
from workplans.agent_plan h
join units.public_agent a on a.organization_id = h.organization_id and a.person_id = h.person_id
join workplans.work_plan p on p.organization_id = h.organization_id and p.id = h.work_plan_id
where h.organization_id = %(organization_id)s and h.person_id = any(%(person_ids)s::text[])
  and p.active and a.management_unit_id = p.management_unit_id
order by h.person_id;

-- name: put_agent_plans
insert into workplans.agent_plan (organization_id, person_id, work_plan_id, since, changed_by)
select %(organization_id)s::text, g.person_id, %(work_plan_id)s::text, %(now)s::timestamptz, %(by)s::text
from unnest(%(person_ids)s::text[]) as g (person_id)
order by g.person_id
on conflict (organization_id, person_id) do update
  set work_plan_id = excluded.work_plan_id, since = excluded.since, changed_by = excluded.changed_by
  where agent_plan.work_plan_id is distinct from excluded.work_plan_id
returning person_id;
