-- name: find_rotations
select r.id, r.management_unit_id, r.name, r.enabled, r.start_date, r.end_date, r.work_plan_ids, r.version, r.created_by,
       r.created_at, r.changed_by, r.since,
       coalesce((select jsonb_agg(jsonb_build_object('person_id', t.person_id, 'position', t.position,
                         'days', jsonb_build_object('start', t.start_date, 'end', t.end_date)) order by t.person_id)
         from workplans.rotation_agent t
         join units.public_agent a on a.organization_id = t.organization_id and a.person_id = t.person_id
         where t.organization_id = r.organization_id and t.rotation_id = r.id and t.active
           and a.management_unit_id = r.management_unit_id), '[]') as members
from workplans.rotation r
where r.organization_id = %(organization_id)s and r.management_unit_id = %(management_unit_id)s and r.active
  and (%(id)s::text is null or r.id = %(id)s::text)
order by lower(r.name), r.id;

-- name: lock_rotation
select id from workplans.rotation
where organization_id = %(organization_id)s and id = %(id)s and management_unit_id = %(management_unit_id)s and active
for no key update;

-- name: insert_rotation
insert into workplans.rotation
  (organization_id, id, management_unit_id, name, enabled, start_date, end_date, work_plan_ids, created_by, created_at,
   changed_by, since)
values (%(organization_id)s, %(id)s, %(management_unit_id)s, %(name)s, %(enabled)s, %(start_date)s, %(end_date)s,
        %(work_plan_ids)s::text[], %(by)s, %(now)s, %(by)s, %(now)s);

-- name: update_rotation
update workplans.rotation
set name = %(name)s, enabled = %(enabled)s, start_date = %(start_date)s, end_date = %(end_date)s,
    work_plan_ids = %(work_plan_ids)s::text[], active = %(active)s, version = version + 1, changed_by = %(by)s, since = %(now)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: drop_members
update workplans.rotation_agent
set active = false, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and rotation_id = %(id)s and active and person_id = any(%(person_ids)s::text[]);

-- name: leave_other_rotations
-- Who has moved leaves the rotations of their former management unit.
update workplans.rotation_agent t
set active = false, since = %(now)s, changed_by = %(by)s
from workplans.rotation r
where t.organization_id = %(organization_id)s and t.active and t.person_id = any(%(person_ids)s::text[])
  and r.organization_id = t.organization_id and r.id = t.rotation_id
  and r.management_unit_id <> %(management_unit_id)s;

-- name: put_members
insert into workplans.rotation_agent
  (organization_id, rotation_id, person_id, start_date, end_date, position, since, changed_by)
select %(organization_id)s::text, %(id)s::text, g.person_id, g.start_date, g.end_date, g.position, %(now)s::timestamptz, %(by)s::text
from unnest(%(person_ids)s::text[], %(starts)s::date[], %(ends)s::date[], %(positions)s::int[])
  as g (person_id, start_date, end_date, position)
order by g.person_id
on conflict (organization_id, rotation_id, person_id) do update
  set start_date = excluded.start_date, end_date = excluded.end_date, position = excluded.position, active = true,
      since = excluded.since, changed_by = excluded.changed_by;

-- name: find_busy
-- Which of these people are in another rotation of the management unit on some of the days.
select t.person_id, r.name
from unnest(%(person_ids)s::text[], %(starts)s::date[], %(ends)s::date[]) as g (person_id, start_date, end_date)
join workplans.rotation_agent t on t.organization_id = %(organization_id)s and t.person_id = g.person_id and t.active
  and t.rotation_id <> %(id)s and daterange(t.start_date, t.end_date, '[]') && daterange(g.start_date, g.end_date, '[]')
join workplans.rotation r on r.organization_id = t.organization_id and r.id = t.rotation_id
order by t.person_id;
