-- name: insert_schedule
insert into schedule.schedule
  (organization_id, id, business_unit_id, week_date, week_count, description, published, short_term_forecast,
   created_by, created_at, changed_by, changed_at)
values (%(organization_id)s, %(id)s, %(business_unit_id)s, %(week_date)s, %(week_count)s, %(description)s, %(published)s,
        %(short_term_forecast)s::jsonb, %(by)s, %(now)s, %(by)s, %(now)s)
on conflict (organization_id, id) do nothing
returning id, business_unit_id, week_date, week_count, description, published, version, created_by, created_at,
          changed_by, changed_at, short_term_forecast;

-- name: revise_schedule
update schedule.schedule
set description = %(description)s, published = %(published)s, active = %(active)s, version = version + 1,
    short_term_forecast = coalesce(%(short_term_forecast)s::jsonb, short_term_forecast),
    changed_by = %(by)s, changed_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s
returning id, business_unit_id, week_date, week_count, description, published, version, created_by, created_at,
          changed_by, changed_at, short_term_forecast;

-- name: find_schedule
select id, business_unit_id, week_date, week_count, description, published, version, created_by, created_at,
       changed_by, changed_at, short_term_forecast
from schedule.schedule
where organization_id = %(organization_id)s and id = %(id)s and active;

-- name: list_schedules
select id, business_unit_id, week_date, week_count, description, published, version, created_by, created_at,
       changed_by, changed_at, short_term_forecast
from schedule.schedule
where organization_id = %(organization_id)s and business_unit_id = %(business_unit_id)s and active
  and weeks && daterange(%(first_day)s::date, %(end_day)s::date)
  and (published or not %(only_published)s::boolean)
order by week_date, published desc, created_at, id;

-- name: list_published
-- What is in force in any business unit and touches a span of days.
select id, business_unit_id, week_date, week_count, description, published, version, created_by, created_at,
       changed_by, changed_at, short_term_forecast
from schedule.schedule
where organization_id = %(organization_id)s and published and active
  and (%(business_unit_id)s::text is null or business_unit_id = %(business_unit_id)s::text)
  and weeks && daterange(%(first_day)s::date, %(end_day)s::date)
order by week_date, id;

-- name: lock_schedules
-- Always in the order of the ids: two writers that need the same schedules wait, and never for each other.
select id, business_unit_id, week_date, week_count, description, published, version, created_by, created_at,
       changed_by, changed_at, short_term_forecast
from schedule.schedule
where organization_id = %(organization_id)s and active
  and (id = any(%(ids)s::text[])
       or (published and business_unit_id = %(business_unit_id)s::text
           and weeks && daterange(%(first_day)s::date, %(end_day)s::date)))
order by id
for no key update;

-- name: insert_revision
insert into schedule.revision
  (organization_id, schedule_id, number, kind, published, description, reason, restores, accepted, by, at)
values (%(organization_id)s, %(schedule_id)s, %(number)s, %(kind)s, %(published)s, %(description)s, %(reason)s,
        %(restores)s, %(accepted)s::jsonb, %(by)s, %(now)s);

-- name: list_revisions
select number, kind, published, description, by, at, reason, restores, accepted
from schedule.revision
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s
  and (%(number)s::int is null or number = %(number)s::int)
order by number desc;

-- name: find_revisions
select number, kind, published, description, by, at, reason, restores, accepted
from schedule.revision
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and number = any(%(numbers)s::int[]);

-- name: was_ever_published
select exists (
  select from schedule.revision
  where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and published) as published;

-- name: next_shift_keys
select nextval('schedule.shift_key') as key from generate_series(1, %(count)s::int);

-- name: copy_shifts
copy schedule.shift
  (organization_id, shift_key, schedule_id, agent_id, id, from_revision, book, in_force, span, wall_start, wall_end,
   zone, start_disambiguation, end_disambiguation, start_offset_seconds, end_offset_seconds, tzdata, paid_minutes,
   is_swap, swap_reason, skill_ids, manually_edited, work_plan_id, work_plan_shift_id,
   activity_starts, activity_code_ids, activity_paid, activity_payable_minutes, activity_details)
from stdin;

-- name: close_shifts
update schedule.shift
set to_revision = %(number)s, in_force = in_force * tstzmultirange(tstzrange(null, %(now)s))
where organization_id = %(organization_id)s and shift_key = any(%(keys)s::bigint[]) and to_revision is null;

-- name: put_in_force
update schedule.shift
set book = 'published', in_force = in_force + tstzmultirange(tstzrange(%(now)s, null))
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and to_revision is null
  and book <> 'published';

-- name: set_aside
update schedule.shift
set book = schedule_id, in_force = in_force * tstzmultirange(tstzrange(null, %(now)s))
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and to_revision is null
  and book = 'published';

-- name: read_shifts
-- The shifts of a schedule at a revision (null: now), those of some agents (null: all).
select shift_key, schedule_id, agent_id, id, lower(span) as starts_at, upper(span) as ends_at, wall_start, wall_end,
       zone, start_disambiguation, end_disambiguation, start_offset_seconds, end_offset_seconds, tzdata, paid_minutes,
       is_swap, swap_reason, skill_ids, manually_edited, work_plan_id, work_plan_shift_id,
       activity_starts, activity_code_ids, activity_paid, activity_payable_minutes, activity_details
from schedule.shift
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s
  and (%(agent_ids)s::text[] is null or agent_id = any(%(agent_ids)s::text[]))
  and case when %(number)s::int is null then to_revision is null
           else from_revision <= %(number)s::int and (to_revision is null or to_revision > %(number)s::int) end
order by agent_id, span;

-- name: read_shift_history
-- Every row that an agent ever had in a schedule.
select shift_key, schedule_id, agent_id, id, lower(span) as starts_at, upper(span) as ends_at, wall_start, wall_end,
       zone, start_disambiguation, end_disambiguation, start_offset_seconds, end_offset_seconds, tzdata, paid_minutes,
       is_swap, swap_reason, skill_ids, manually_edited, work_plan_id, work_plan_shift_id,
       activity_starts, activity_code_ids, activity_paid, activity_payable_minutes, activity_details,
       from_revision, to_revision
from schedule.shift
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and agent_id = %(agent_id)s
order by from_revision, span;

-- name: search_shifts
-- What is in force for some agents (null: all of the named schedules) and overlaps a span.
select shift_key, schedule_id, agent_id, id, lower(span) as starts_at, upper(span) as ends_at, wall_start, wall_end,
       zone, start_disambiguation, end_disambiguation, start_offset_seconds, end_offset_seconds, tzdata, paid_minutes,
       is_swap, swap_reason, skill_ids, manually_edited, work_plan_id, work_plan_shift_id,
       activity_starts, activity_code_ids, activity_paid, activity_payable_minutes, activity_details
from schedule.shift
where organization_id = %(organization_id)s and book = 'published' and to_revision is null
  and (%(agent_ids)s::text[] is null or agent_id = any(%(agent_ids)s::text[]))
  and (%(schedule_ids)s::text[] is null or schedule_id = any(%(schedule_ids)s::text[]))
  and span && tstzrange(%(start)s, %(end)s)
  -- A shift lasts two days at most: this bound lets the index find the rows.
  and lower(span) > %(start)s::timestamptz - interval '2 days' and lower(span) < %(end)s::timestamptz
order by agent_id, span;

-- name: find_neighbours
select agent_id, schedule_id, lower(span) as starts_at, upper(span) as ends_at
from schedule.shift
where organization_id = %(organization_id)s and book = 'published' and to_revision is null
  and agent_id = any(%(agent_ids)s::text[]) and not schedule_id = any(%(schedule_ids)s::text[])
  and lower(span) > %(start)s::timestamptz - interval '2 days' and lower(span) < %(end)s::timestamptz
order by agent_id, span;

-- name: read_parts
select agent_id, version, work_plan_id, work_plan_ids_per_week, created_by, created_at, changed_by, changed_at
from schedule.agent_schedule
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s
  and (%(agent_ids)s::text[] is null or agent_id = any(%(agent_ids)s::text[]))
  and case when %(number)s::int is null then to_revision is null
           else from_revision <= %(number)s::int and (to_revision is null or to_revision > %(number)s::int) end
order by agent_id;

-- name: read_part_history
select agent_id, from_revision, to_revision, version
from schedule.agent_schedule
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and agent_id = %(agent_id)s
order by from_revision;

-- name: list_touched_agents
-- Whose part of a schedule differs in any way between two revisions.
select distinct agent_id
from schedule.agent_schedule
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s
  and (from_revision > %(low)s::int and from_revision <= %(high)s::int
       or to_revision > %(low)s::int and to_revision <= %(high)s::int);

-- name: close_parts
update schedule.agent_schedule set to_revision = %(number)s
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and to_revision is null
  and agent_id = any(%(agent_ids)s::text[]);

-- name: insert_parts
-- A version never repeats, not even after the part was deleted and made again.
insert into schedule.agent_schedule
  (organization_id, schedule_id, agent_id, from_revision, version, work_plan_id, work_plan_ids_per_week,
   created_by, created_at, changed_by, changed_at)
select %(organization_id)s::text, %(schedule_id)s::text, p.agent_id, %(number)s::int, coalesce(old.version, 0) + 1,
       p.work_plan_id, case when p.per_week is null then null else string_to_array(p.per_week, ',') end,
       coalesce(old.created_by, %(by)s::text), coalesce(old.created_at, %(now)s::timestamptz),
       %(by)s::text, %(now)s::timestamptz
from unnest(%(agent_ids)s::text[], %(work_plan_ids)s::text[], %(per_week)s::text[])
  as p (agent_id, work_plan_id, per_week)
left join lateral (
  select a.version, a.created_by, a.created_at
  from schedule.agent_schedule a
  where a.organization_id = %(organization_id)s::text and a.schedule_id = %(schedule_id)s::text
    and a.agent_id = p.agent_id
  order by a.from_revision desc limit 1) old on true;

-- name: close_days
update schedule.full_day f set to_revision = %(number)s
from unnest(%(agent_ids)s::text[], %(days)s::date[]) as gone (agent_id, day)
where f.organization_id = %(organization_id)s and f.schedule_id = %(schedule_id)s and f.to_revision is null
  and f.agent_id = gone.agent_id and f.day = gone.day;

-- name: insert_day
insert into schedule.full_day
  (organization_id, schedule_id, agent_id, day, from_revision, activity_code_id, paid, length_minutes, payable_minutes,
   start_offset_minutes, end_offset_minutes, description, time_off_request_id, time_off_request_sync_version)
values (%(organization_id)s, %(schedule_id)s, %(agent_id)s, %(day)s, %(number)s, %(code_id)s, %(paid)s,
        %(length_minutes)s, %(payable_minutes)s, %(start_offset_minutes)s, %(end_offset_minutes)s, %(description)s,
        %(time_off_request_id)s, %(time_off_request_sync_version)s);

-- name: read_days
select agent_id, day, activity_code_id as code_id, paid, length_minutes, payable_minutes, start_offset_minutes,
       end_offset_minutes, description, time_off_request_id, time_off_request_sync_version
from schedule.full_day
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s
  and (%(agent_ids)s::text[] is null or agent_id = any(%(agent_ids)s::text[]))
  and case when %(number)s::int is null then to_revision is null
           else from_revision <= %(number)s::int and (to_revision is null or to_revision > %(number)s::int) end
order by agent_id, day;

-- name: read_day_history
select agent_id, day, activity_code_id as code_id, paid, length_minutes, payable_minutes, start_offset_minutes,
       end_offset_minutes, description, time_off_request_id, time_off_request_sync_version, from_revision, to_revision
from schedule.full_day
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and agent_id = %(agent_id)s
order by from_revision, day;

-- name: search_days
select schedule_id, agent_id, day, activity_code_id as code_id, paid, length_minutes, payable_minutes,
       start_offset_minutes, end_offset_minutes, description, time_off_request_id, time_off_request_sync_version
from schedule.full_day
where organization_id = %(organization_id)s and to_revision is null and schedule_id = any(%(schedule_ids)s::text[])
  and (%(agent_ids)s::text[] is null or agent_id = any(%(agent_ids)s::text[]))
  and day >= %(first_day)s::date and day < %(end_day)s::date
order by agent_id, day;

-- name: summarize_agents
-- Who is in a schedule, with the span of their shifts.
select p.agent_id, s.starts_at, s.ends_at
from schedule.agent_schedule p
left join lateral (
  select min(lower(s.span)) as starts_at, max(upper(s.span)) as ends_at
  from schedule.shift s
  where s.organization_id = p.organization_id and s.schedule_id = p.schedule_id and s.agent_id = p.agent_id
    and s.to_revision is null) s on true
where p.organization_id = %(organization_id)s and p.schedule_id = %(schedule_id)s and p.to_revision is null
order by p.agent_id;

-- name: insert_upload
insert into schedule.upload
  (organization_id, id, address_digest, purpose, business_unit_id, week_date, schedule_id, size_bytes, created_by,
   expires_at)
values (%(organization_id)s, %(id)s, %(address_digest)s, %(purpose)s, %(business_unit_id)s, %(week_date)s,
        %(schedule_id)s, %(size_bytes)s, %(by)s, %(expires_at)s);

-- name: find_upload_by_address
select id, purpose, business_unit_id, week_date, schedule_id, size_bytes, created_by, expires_at,
       content is not null or operation_id is not null as filled
from schedule.upload
where organization_id = %(organization_id)s and address_digest = %(address_digest)s;

-- name: fill_upload
update schedule.upload set content = %(content)s
where organization_id = %(organization_id)s and id = %(id)s and content is null and operation_id is null
returning id;

-- name: lock_upload
select id, purpose, business_unit_id, week_date, schedule_id, size_bytes, created_by, expires_at, content, operation_id
from schedule.upload
where organization_id = %(organization_id)s and id = %(id)s
for update;

-- name: assign_upload
-- The content stays only for the worker.
update schedule.upload
set operation_id = %(operation_id)s, content = case when %(keep)s::boolean then content end
where organization_id = %(organization_id)s and id = %(id)s;

-- name: forget_uploads
delete from schedule.upload where expires_at < %(real_now)s;

-- name: insert_operation
insert into schedule.operation
  (organization_id, id, kind, status, business_unit_id, schedule_id, started_by, started_at, ended_at)
values (%(organization_id)s, %(id)s, %(kind)s, %(status)s, %(business_unit_id)s, %(schedule_id)s, %(by)s, %(now)s,
        case when %(status)s::text = 'Processing' then null else %(now)s::timestamptz end);

-- name: end_operation
update schedule.operation
set status = %(status)s, schedule_id = coalesce(%(schedule_id)s::text, schedule_id), message = %(message)s,
    problems = %(problems)s::jsonb, ended_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s and status = 'Processing';

-- name: find_operation
select id, kind, status, business_unit_id, schedule_id, message, problems, started_by, started_at, ended_at
from schedule.operation
where organization_id = %(organization_id)s and id = %(id)s;

-- name: read_starts
select agent_id, lower(span) as starts_at
from schedule.shift
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and to_revision is null
order by agent_id, span;

-- name: find_skills
select id from routing.public_skill
where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);

-- name: list_superseded
-- What was in force over a schedule's weeks at some time, other than itself.
select s.id, s.business_unit_id, s.week_date, s.week_count, s.description, s.published, s.version, s.created_by,
       s.created_at, s.changed_by, s.changed_at, s.short_term_forecast
from schedule.schedule s
where s.organization_id = %(organization_id)s and s.business_unit_id = %(business_unit_id)s and s.id <> %(id)s
  and s.weeks && daterange(%(first_day)s::date, %(end_day)s::date)
  and exists (select from schedule.revision r
              where r.organization_id = s.organization_id and r.schedule_id = s.id and r.published)
order by s.created_at, s.id;

-- name: find_outdated
-- Schedules with current shifts yet to end that were resolved by another tzdata, in every organization.
select distinct organization_id, schedule_id
from schedule.shift
where to_revision is null and (tzdata < %(tzdata)s::text or tzdata > %(tzdata)s::text)
  and upper(span) > %(now)s::timestamptz;

-- name: list_outdated_agents
select distinct agent_id
from schedule.shift
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and to_revision is null
  and tzdata <> %(tzdata)s::text and upper(span) > %(now)s::timestamptz;

-- name: mark_tzdata
-- The same instants by the present tzdata.
update schedule.shift set tzdata = %(tzdata)s
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and to_revision is null
  and tzdata <> %(tzdata)s::text and upper(span) > %(now)s::timestamptz;

-- name: learn_sizes
select schedule.learn_sizes();

-- name: queue_publication
-- Publications of a unit wait for approvals of time off in it, and these for publications: neither misses the other.
select pg_advisory_xact_lock(hashtextextended(%(organization_id)s || ' ' || %(business_unit_id)s, 31));

-- name: queue_approval
select pg_advisory_xact_lock_shared(hashtextextended(%(organization_id)s || ' ' || %(business_unit_id)s, 31));

-- name: save_time_off
insert into schedule.time_off
  (organization_id, request_id, agent_id, business_unit_id, sync_version, status, span, absences)
values (%(organization_id)s, %(request_id)s, %(agent_id)s, %(business_unit_id)s, %(sync_version)s, %(status)s,
        tstzrange(%(start)s, %(end)s), %(absences)s::jsonb)
on conflict (organization_id, request_id) do update
set agent_id = excluded.agent_id, business_unit_id = excluded.business_unit_id, sync_version = excluded.sync_version,
    status = excluded.status, span = excluded.span, absences = excluded.absences;

-- name: find_time_off
select request_id, agent_id, business_unit_id, sync_version, status, absences
from schedule.time_off
where organization_id = %(organization_id)s and request_id = any(%(request_ids)s::text[]);

-- name: list_approved
-- Approved time off that touches a span: of some agents, and of everybody of a business unit (null: of nobody else).
select request_id, agent_id, business_unit_id, sync_version, status, absences
from schedule.time_off
where organization_id = %(organization_id)s and status = 'APPROVED' and span && tstzrange(%(start)s, %(end)s)
  and (agent_id = any(%(agent_ids)s::text[]) or business_unit_id = %(business_unit_id)s::text)
order by lower(span), request_id;

-- name: list_carrying
-- What is in force over days, in the business unit of an agent or with a part of theirs.
select s.id, s.business_unit_id, s.week_date, s.week_count, s.description, s.published, s.version, s.created_by,
       s.created_at, s.changed_by, s.changed_at, s.short_term_forecast
from schedule.schedule s
where s.organization_id = %(organization_id)s and s.published and s.active
  and s.weeks && daterange(%(first_day)s::date, %(end_day)s::date)
  and (s.business_unit_id = %(business_unit_id)s
       or exists (select from schedule.agent_schedule a
                  where a.organization_id = s.organization_id and a.schedule_id = s.id and a.agent_id = %(agent_id)s
                    and a.to_revision is null))
order by s.week_date, s.id;

-- name: list_marked_agents
-- Whose parts of a schedule carry marks of time-off requests now, or cover something for them.
select agent_id from schedule.full_day
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and to_revision is null
  and time_off_request_id is not null
union
select agent_id from schedule.shift
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and to_revision is null
  and activity_details @? '$[*].time_off_request_id'
union
select agent_id from schedule.covered
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and to_revision is null;

-- name: read_covered
select agent_id, content
from schedule.covered
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s
  and agent_id = any(%(agent_ids)s::text[])
  and case when %(number)s::int is null then to_revision is null
           else from_revision <= %(number)s::int and (to_revision is null or to_revision > %(number)s::int) end
order by agent_id, id;

-- name: close_covered
update schedule.covered c set to_revision = %(number)s
from unnest(%(agent_ids)s::text[], %(ids)s::text[]) as gone (agent_id, id)
where c.organization_id = %(organization_id)s and c.schedule_id = %(schedule_id)s and c.to_revision is null
  and c.agent_id = gone.agent_id and c.id = gone.id;

-- name: insert_covered
insert into schedule.covered (organization_id, schedule_id, agent_id, id, from_revision, content)
values (%(organization_id)s, %(schedule_id)s, %(agent_id)s, %(id)s, %(number)s, %(content)s::jsonb);
