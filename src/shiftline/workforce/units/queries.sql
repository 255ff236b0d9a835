-- name: insert_business_unit
insert into units.business_unit
  (organization_id, id, name, division_id, time_zone, start_day_of_week, settings,
   created_by, created_at, changed_by, changed_at, codes_changed_by, codes_changed_at)
values (%(organization_id)s, %(id)s, %(name)s, %(division_id)s, %(time_zone)s, %(start_day_of_week)s, %(settings)s::jsonb,
        %(by)s, %(now)s, %(by)s, %(now)s, %(by)s, %(now)s)
on conflict (organization_id, id) do nothing
returning id;

-- name: update_business_unit
update units.business_unit
set name = %(name)s, division_id = %(division_id)s, time_zone = %(time_zone)s,
    start_day_of_week = %(start_day_of_week)s, settings = %(settings)s::jsonb, active = %(active)s,
    version = version + 1, changed_by = %(by)s, changed_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_business_units
select id, name, division_id, time_zone, start_day_of_week, settings, version, created_by, created_at,
       changed_by, changed_at
from units.business_unit
where organization_id = %(organization_id)s and active and (%(id)s::text is null or id = %(id)s::text)
order by lower(name), id;

-- name: lock_business_unit
select id, name, division_id, time_zone, start_day_of_week, settings, version, created_by, created_at,
       changed_by, changed_at
from units.business_unit
where organization_id = %(organization_id)s and id = %(id)s and active for no key update;

-- name: insert_management_unit
insert into units.management_unit
  (organization_id, id, business_unit_id, name, division_id, time_zone, start_day_of_week, settings,
   created_by, created_at, changed_by, changed_at)
values (%(organization_id)s, %(id)s, %(business_unit_id)s, %(name)s, %(division_id)s, %(time_zone)s,
        %(start_day_of_week)s, %(settings)s::jsonb, %(by)s, %(now)s, %(by)s, %(now)s)
on conflict (organization_id, id) do nothing
returning id;

-- name: update_management_unit
update units.management_unit
set name = %(name)s, division_id = %(division_id)s, time_zone = %(time_zone)s,
    start_day_of_week = %(start_day_of_week)s, settings = %(settings)s::jsonb, active = %(active)s,
    version = version + 1, changed_by = %(by)s, changed_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_management_units
select m.id, m.business_unit_id, m.name, m.division_id, m.time_zone, m.start_day_of_week, m.settings, m.version,
       m.created_by, m.created_at, m.changed_by, m.changed_at,
       (select count(*) from units.agent a
        where a.organization_id = m.organization_id and a.management_unit_id = m.id)::int as agent_count
from units.management_unit m
where m.organization_id = %(organization_id)s and m.active
  and (%(id)s::text is null or m.id = %(id)s::text)
  and (%(business_unit_id)s::text is null or m.business_unit_id = %(business_unit_id)s::text)
order by lower(m.name), m.id;

-- name: lock_management_unit
select id, business_unit_id, name, division_id, time_zone, start_day_of_week, settings, version,
       created_by, created_at, changed_by, changed_at,
       (select count(*) from units.agent a
        where a.organization_id = m.organization_id and a.management_unit_id = m.id)::int as agent_count
from units.management_unit m
where organization_id = %(organization_id)s and id = %(id)s and active for no key update;

-- name: find_agents
select a.person_id, a.management_unit_id, m.business_unit_id, m.division_id, m.time_zone,
       b.time_zone as business_unit_time_zone, a.schedulable, a.since, m.settings as management_unit_settings,
       a.minor_until
from units.agent a
join units.management_unit m on m.organization_id = a.organization_id and m.id = a.management_unit_id
join units.business_unit b on b.organization_id = m.organization_id and b.id = m.business_unit_id
where a.organization_id = %(organization_id)s
  and (%(person_ids)s::text[] is null or a.person_id = any(%(person_ids)s::text[]))
  and (%(management_unit_id)s::text is null or a.management_unit_id = %(management_unit_id)s::text)
  and (%(business_unit_id)s::text is null or m.business_unit_id = %(business_unit_id)s::text)
order by a.person_id;

-- name: lock_agents
select person_id, management_unit_id from units.agent
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[])
order by person_id for no key update;

-- name: put_agents
insert into units.agent (organization_id, person_id, management_unit_id, since, changed_by)
select %(organization_id)s::text, p.person_id, %(management_unit_id)s::text, %(now)s::timestamptz, %(by)s::text
from unnest(%(person_ids)s::text[]) as p (person_id)
on conflict (organization_id, person_id) do update
  set management_unit_id = excluded.management_unit_id, since = excluded.since, changed_by = excluded.changed_by,
      version = agent.version + 1;

-- name: change_agent
update units.agent
set schedulable = coalesce(%(schedulable)s::bool, schedulable),
    minor_until = case when %(sets_minor)s::bool then %(minor_until)s::date else minor_until end,
    since = %(now)s, changed_by = %(by)s, version = version + 1
where organization_id = %(organization_id)s and person_id = %(person_id)s
  and management_unit_id = %(management_unit_id)s
  and (schedulable <> coalesce(%(schedulable)s::bool, schedulable)
       or (%(sets_minor)s::bool and minor_until is distinct from %(minor_until)s::date));

-- name: insert_activity_code
insert into units.activity_code
  (organization_id, business_unit_id, id, name, category, default_code, length_minutes, counts_as_paid, counts_as_work,
   agent_time_off_selectable, counts_toward_shrinkage, planned_shrinkage, interruptible, secondary_presence_ids,
   planning_group_ids, background_color, text_color_theme)
values (%(organization_id)s, %(business_unit_id)s, %(id)s, %(name)s, %(category)s, %(default_code)s,
        %(length_minutes)s, %(counts_as_paid)s, %(counts_as_work)s, %(agent_time_off_selectable)s,
        %(counts_toward_shrinkage)s, %(planned_shrinkage)s, %(interruptible)s, %(secondary_presence_ids)s::text[],
        %(planning_group_ids)s::text[], %(background_color)s, %(text_color_theme)s);

-- name: update_activity_code
update units.activity_code
set name = %(name)s, category = %(category)s, active = %(active)s, length_minutes = %(length_minutes)s,
    counts_as_paid = %(counts_as_paid)s, counts_as_work = %(counts_as_work)s,
    agent_time_off_selectable = %(agent_time_off_selectable)s, counts_toward_shrinkage = %(counts_toward_shrinkage)s,
    planned_shrinkage = %(planned_shrinkage)s, interruptible = %(interruptible)s,
    secondary_presence_ids = %(secondary_presence_ids)s::text[], planning_group_ids = %(planning_group_ids)s::text[],
    background_color = %(background_color)s, text_color_theme = %(text_color_theme)s
where organization_id = %(organization_id)s and business_unit_id = %(business_unit_id)s and id = %(id)s;

-- name: find_activity_codes
select id, name, category, default_code, active, length_minutes, counts_as_paid, counts_as_work,
       agent_time_off_selectable, counts_toward_shrinkage, planned_shrinkage, interruptible, secondary_presence_ids,
       planning_group_ids, background_color, text_color_theme
from units.activity_code
where organization_id = %(organization_id)s and business_unit_id = %(business_unit_id)s
order by default_code desc, length(id), id;

-- name: find_codes_stamp
select codes_version as version, created_by, created_at, codes_changed_by as changed_by, codes_changed_at as changed_at
from units.business_unit
where organization_id = %(organization_id)s and id = %(id)s and active;

-- name: lock_codes_stamp
select codes_version as version, created_by, created_at, codes_changed_by as changed_by, codes_changed_at as changed_at
from units.business_unit
where organization_id = %(organization_id)s and id = %(id)s and active for no key update;

-- name: raise_codes_version
update units.business_unit
set codes_version = codes_version + 1, codes_changed_by = %(by)s, codes_changed_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s
returning codes_version as version, created_by, created_at, codes_changed_by as changed_by,
          codes_changed_at as changed_at;
