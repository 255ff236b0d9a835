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

-- name: count_plan_uses
select
  (select count(distinct o.person_id) from workplans.agent_override o
   where o.organization_id = %(organization_id)s and o.work_plan_id = %(id)s and o.active
     and o.start_date + 7 * o.week_count > %(today)s::date) as agents,
  (select count(*) from workplans.rotation r
   where r.organization_id = %(organization_id)s and r.active and %(id)s = any(r.work_plan_ids)) as rotations;

-- name: find_agent_plans
-- Whose plan, override or rotation is of another management unit than their own has none of it.
select a.person_id, a.management_unit_settings,
  (select h.work_plan_id from workplans.agent_plan h
   join workplans.work_plan p on p.organization_id = h.organization_id and p.id = h.work_plan_id
   where h.organization_id = a.organization_id and h.person_id = a.person_id and p.active
     and p.management_unit_id = a.management_unit_id) as own,
  coalesce((select jsonb_agg(jsonb_build_object('start', o.start_date, 'weeks', o.week_count, 'work_plan_id', o.work_plan_id)
                             order by o.start_date)
   from workplans.agent_override o
   join workplans.work_plan p on p.organization_id = o.organization_id and p.id = o.work_plan_id
   where o.organization_id = a.organization_id and o.person_id = a.person_id and o.active
     and p.management_unit_id = a.management_unit_id), '[]') as overrides,
  coalesce((select jsonb_agg(jsonb_build_object(
       'rotation_id', t.rotation_id, 'position', t.position, 'work_plan_ids', r.work_plan_ids,
       'days', jsonb_build_object('start', t.start_date, 'end', t.end_date),
       'within', jsonb_build_object('start', r.start_date, 'end', r.end_date)) order by t.start_date)
   from workplans.rotation_agent t
   join workplans.rotation r on r.organization_id = t.organization_id and r.id = t.rotation_id
   where t.organization_id = a.organization_id and t.person_id = a.person_id and t.active and r.active and r.enabled
     and r.management_unit_id = a.management_unit_id), '[]') as turns
from units.public_agent a
where a.organization_id = %(organization_id)s and a.person_id = any(%(person_ids)s::text[]);

-- name: put_agent_plans
insert into workplans.agent_plan (organization_id, person_id, work_plan_id, since, changed_by)
select %(organization_id)s::text, g.person_id, %(work_plan_id)s::text, %(now)s::timestamptz, %(by)s::text
from unnest(%(person_ids)s::text[]) as g (person_id)
order by g.person_id
on conflict (organization_id, person_id) do update
  set work_plan_id = excluded.work_plan_id, since = excluded.since, changed_by = excluded.changed_by
  where agent_plan.work_plan_id is distinct from excluded.work_plan_id
returning person_id;

-- name: hold_agents
-- An agent's first override has no row to lock yet: changes of one agent's overrides go one after the other by this.
select count(pg_advisory_xact_lock(hashtextextended(%(organization_id)s::text || ' ' || p.person_id, 79))) as locked
from (select person_id from unnest(%(person_ids)s::text[]) as g (person_id) order by person_id offset 0) as p;

-- name: find_overrides
-- Those of other management units are there, too: they give way.
select o.person_id, o.start_date, o.week_count, o.work_plan_id, p.management_unit_id
from workplans.agent_override o
join workplans.work_plan p on p.organization_id = o.organization_id and p.id = o.work_plan_id
where o.organization_id = %(organization_id)s and o.person_id = any(%(person_ids)s::text[]) and o.active
order by o.person_id, o.start_date;

-- name: drop_overrides
update workplans.agent_override
set active = false, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and person_id = %(person_id)s and active and start_date = any(%(starts)s::date[]);

-- name: put_overrides
insert into workplans.agent_override (organization_id, person_id, start_date, week_count, work_plan_id, since, changed_by)
select %(organization_id)s::text, %(person_id)s::text, g.start_date, g.week_count, g.work_plan_id, %(now)s::timestamptz, %(by)s::text
from unnest(%(starts)s::date[], %(weeks)s::int[], %(work_plan_ids)s::text[]) as g (start_date, week_count, work_plan_id)
order by g.start_date
on conflict (organization_id, person_id, start_date) do update
  set week_count = excluded.week_count, work_plan_id = excluded.work_plan_id, active = true, since = excluded.since,
      changed_by = excluded.changed_by;
