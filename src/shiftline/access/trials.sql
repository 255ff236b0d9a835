-- name: list_person_ids
select id from identity.public_person where organization_id = %(organization_id)s and state <> 'deleted'
order by id limit %(limit)s::int;

-- name: insert_simulation
insert into access.simulation (organization_id, id, at, by, trial, rule, result)
values (%(organization_id)s, %(id)s, %(at)s, %(by)s, %(trial)s, %(rule)s, %(result)s);

-- name: find_simulation
select id, at, by, trial, result from access.simulation
where organization_id = %(organization_id)s and id = %(id)s;

-- name: was_simulated
-- Whether somebody looked, in the last day of real time, at what exactly these switches would do.
select exists (
  select from access.simulation
  where organization_id = %(organization_id)s and real_at > clock_timestamp() - interval '1 day'
    and rule = %(rule)s::jsonb
) as simulated;

-- name: list_assertions
select id, name, action, person_ids, expected, blocks, at, weekdays, wall_time, zone, version, since, changed_by
from access.assertion where organization_id = %(organization_id)s order by name, id limit %(limit)s::int;

-- name: find_assertion
select id, name, action, person_ids, expected, blocks, at, weekdays, wall_time, zone, version, since, changed_by
from access.assertion where organization_id = %(organization_id)s and id = %(id)s;

-- name: put_assertion
insert into access.assertion (organization_id, id, name, action, person_ids, expected, blocks, at, weekdays, wall_time, zone,
                              since, changed_by)
values (%(organization_id)s, %(id)s, %(name)s, %(action)s, %(person_ids)s, %(expected)s, %(blocks)s, %(at)s, %(weekdays)s,
        %(wall_time)s, %(zone)s, %(now)s, %(by)s)
on conflict (organization_id, id) do update
set name = excluded.name, action = excluded.action, person_ids = excluded.person_ids, expected = excluded.expected,
    blocks = excluded.blocks, at = excluded.at, weekdays = excluded.weekdays, wall_time = excluded.wall_time,
    zone = excluded.zone, version = access.assertion.version + 1, since = excluded.since, changed_by = excluded.changed_by
returning id, name, action, person_ids, expected, blocks, at, weekdays, wall_time, zone, version, since, changed_by;

-- name: delete_assertion
delete from access.assertion where organization_id = %(organization_id)s and id = %(id)s;
