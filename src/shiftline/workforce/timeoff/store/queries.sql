-- name: insert_request
insert into timeoff.request
  (organization_id, id, person_id, business_unit_id, management_unit_id, zone, tzdata, activity_code_id, paid,
   days, starts, ends, minutes, payable_minutes, earliest_start_offsets, latest_end_offsets, span, content,
   status, substatus, notes, marked_as_read, submitted_by, submitted_at, reviewed_by, reviewed_at,
   modified_by, modified_at, sync_version, version, since, charged_on)
values
  (%(organization_id)s, %(id)s, %(person_id)s, %(business_unit_id)s, %(management_unit_id)s, %(zone)s, %(tzdata)s,
   %(activity_code_id)s, %(paid)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[],
   %(minutes)s::int[], %(payable_minutes)s::int[], %(earliest_start_offsets)s::int[], %(latest_end_offsets)s::int[],
   (select range_agg(tstzrange(s, e)) from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as p (s, e)),
   %(content)s, %(status)s, %(substatus)s, %(notes)s, %(marked_as_read)s, %(submitted_by)s, %(submitted_at)s,
   %(reviewed_by)s, %(reviewed_at)s, %(modified_by)s, %(modified_at)s, %(sync_version)s, %(version)s, %(now)s, %(charged_on)s::date[])
on conflict (organization_id, person_id, content) where status in ('PENDING', 'APPROVED') do nothing;

-- name: update_request
update timeoff.request set
  business_unit_id = %(business_unit_id)s, management_unit_id = %(management_unit_id)s, zone = %(zone)s,
  tzdata = %(tzdata)s, activity_code_id = %(activity_code_id)s, paid = %(paid)s, days = %(days)s::date[],
  starts = %(starts)s::timestamptz[], ends = %(ends)s::timestamptz[], minutes = %(minutes)s::int[],
  payable_minutes = %(payable_minutes)s::int[], earliest_start_offsets = %(earliest_start_offsets)s::int[],
  latest_end_offsets = %(latest_end_offsets)s::int[],
  span = (select range_agg(tstzrange(s, e))
          from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as p (s, e)),
  content = %(content)s, status = %(status)s, substatus = %(substatus)s, notes = %(notes)s,
  marked_as_read = %(marked_as_read)s, reviewed_by = %(reviewed_by)s, reviewed_at = %(reviewed_at)s,
  modified_by = %(modified_by)s, modified_at = %(modified_at)s, sync_version = %(sync_version)s,
  version = %(version)s, since = %(now)s, charged_on = %(charged_on)s::date[]
where organization_id = %(organization_id)s and id = %(id)s;

-- name: lock_request
select r.*, u.code as ruling_code, u.sentence as ruling_sentence, u.plan_id as ruling_plan_id, u.status as ruling_status,
       u.substatus as ruling_substatus
from timeoff.request r
left join timeoff.ruling u on u.organization_id = r.organization_id and u.request_id = r.id
where r.organization_id = %(organization_id)s and r.id = %(id)s
for update of r;

-- name: find_request
select r.*, u.code as ruling_code, u.sentence as ruling_sentence, u.plan_id as ruling_plan_id, u.status as ruling_status,
       u.substatus as ruling_substatus
from timeoff.request r
left join timeoff.ruling u on u.organization_id = r.organization_id and u.request_id = r.id
where r.organization_id = %(organization_id)s and r.id = %(id)s;

-- name: find_equal_request
-- The one that awaits or has approval comes first; with any_state also the latest that was denied or canceled.
select r.*, u.code as ruling_code, u.sentence as ruling_sentence, u.plan_id as ruling_plan_id, u.status as ruling_status,
       u.substatus as ruling_substatus
from timeoff.request r
left join timeoff.ruling u on u.organization_id = r.organization_id and u.request_id = r.id
where r.organization_id = %(organization_id)s and r.person_id = %(person_id)s and r.content = %(content)s
  and (%(any_state)s or r.status in ('PENDING', 'APPROVED'))
order by r.status in ('PENDING', 'APPROVED') desc, r.submitted_at desc, r.id
limit 1;

-- name: queue_approvals
-- One approval of a person after the other: two that overlap would otherwise deadlock in the constraint. In the order of
-- the array, which is sorted. Whoever holds all approvals of the organization holds these too.
with together as materialized (
  select pg_advisory_xact_lock_shared(hashtextextended(%(organization_id)s::text, 35)) as held
)
select pg_advisory_xact_lock(hashtextextended(%(organization_id)s::text || ' ' || p.person_id, 32))
from together cross join unnest(%(person_ids)s::text[]) as p (person_id);

-- name: queue_all_approvals
-- For changes of thousands of people at once: as many locks of their own would not find room.
select pg_advisory_xact_lock(hashtextextended(%(organization_id)s::text, 35));

-- name: find_approved_overlap
select r.*, u.code as ruling_code, u.sentence as ruling_sentence, u.plan_id as ruling_plan_id, u.status as ruling_status,
       u.substatus as ruling_substatus
from timeoff.request r
left join timeoff.ruling u on u.organization_id = r.organization_id and u.request_id = r.id
where r.organization_id = %(organization_id)s and r.person_id = %(person_id)s and r.status = 'APPROVED' and r.id <> %(id)s
  and r.span && (select range_agg(tstzrange(s, e))
               from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as p (s, e))
order by lower(r.span)
limit 1;

-- name: list_open_offers
select id, lower(span) as starts_at, upper(span) as ends_at
from trades.public_open_offer
where organization_id = %(organization_id)s and person_id = %(person_id)s and expires_at > %(now)s::timestamptz
  and span && (select range_agg(tstzrange(s, e))
               from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as p (s, e))
order by lower(span), id;

-- name: list_requests
-- An agent's requests are their present management unit's business; who left every unit stays with the last one.
select r.*, count(*) over () as total, u.code as ruling_code, u.sentence as ruling_sentence, u.plan_id as ruling_plan_id, u.status as ruling_status,
       u.substatus as ruling_substatus
from timeoff.request r
left join timeoff.ruling u on u.organization_id = r.organization_id and u.request_id = r.id
left join units.public_agent a on a.organization_id = r.organization_id and a.person_id = r.person_id
where r.organization_id = %(organization_id)s
  and (%(management_unit_id)s::text is null
       or coalesce(a.management_unit_id, r.management_unit_id) = %(management_unit_id)s::text)
  and (%(ids)s::text[] is null or r.id = any(%(ids)s::text[]))
  and (%(person_ids)s::text[] is null or r.person_id = any(%(person_ids)s::text[]))
  and (%(statuses)s::text[] is null or r.status = any(%(statuses)s::text[]))
  and (%(substatuses)s::text[] is null or r.substatus = any(%(substatuses)s::text[]))
  and (%(from)s::timestamptz is null or r.span && tstzrange(%(from)s::timestamptz, %(until)s::timestamptz))
order by lower(r.span), r.id
limit %(limit)s offset %(offset)s;

-- name: queue_places
-- One change of what is granted in a management unit after the other: two that take the last place would miss each other.
-- In the order of the array, which is sorted.
select pg_advisory_xact_lock(hashtextextended(%(organization_id)s::text || ' ' || m.id, 33))
from unnest(%(management_unit_ids)s::text[]) as m (id);

-- name: save_ruling
insert into timeoff.ruling (organization_id, request_id, plan_id, status, substatus, code, sentence, at)
values (%(organization_id)s, %(request_id)s, %(plan_id)s, %(status)s, %(substatus)s, %(code)s, %(sentence)s, %(now)s)
on conflict (organization_id, request_id) do update
set plan_id = excluded.plan_id, status = excluded.status, substatus = excluded.substatus, code = excluded.code,
    sentence = excluded.sentence, at = excluded.at;

-- name: list_counted
select r.*, u.code as ruling_code, u.sentence as ruling_sentence, u.plan_id as ruling_plan_id, u.status as ruling_status,
       u.substatus as ruling_substatus
from timeoff.request r
left join timeoff.ruling u on u.organization_id = r.organization_id and u.request_id = r.id
where r.organization_id = %(organization_id)s and r.management_unit_id = %(management_unit_id)s
  and r.status in ('PENDING', 'APPROVED')
  and case when %(approved)s then r.status = 'APPROVED' else r.status = 'PENDING' and r.substatus = 'Waitlisted' end
  and r.activity_code_id = any(%(codes)s::text[])
  and r.span && tstzmultirange(tstzrange(%(from)s::timestamptz, %(until)s::timestamptz))
order by u.place, r.id;

-- name: list_waiting
select r.*, u.code as ruling_code, u.sentence as ruling_sentence, u.plan_id as ruling_plan_id, u.status as ruling_status,
       u.substatus as ruling_substatus
from timeoff.request r
left join timeoff.ruling u on u.organization_id = r.organization_id and u.request_id = r.id
where r.organization_id = %(organization_id)s and r.management_unit_id = %(management_unit_id)s
  and r.status = 'PENDING' and r.substatus = 'Waitlisted'
order by u.place, r.id;

-- name: list_overdue
select r.organization_id, r.management_unit_id, r.id
from timeoff.request r
join timeoff.ruling u on u.organization_id = r.organization_id and u.request_id = r.id
left join timeoff.plan p on p.organization_id = u.organization_id and p.id = u.plan_id
where r.status = 'PENDING' and r.substatus = 'Waitlisted'
  and lower(r.span) - make_interval(hours => 24 * coalesce(p.days_before_start, 0)) <= %(now)s::timestamptz
order by lower(r.span), r.id
limit %(limit)s::int;

-- name: find_plans
select id, business_unit_id, name, activity_code_ids, auto_approval_rule, days_before_start, restricted_activity_code_ids,
       override_dates, override_types, enabled, counts_against_limits, owned_by_management_unit, management_unit_ids,
       hris_time_off_type, version, created_by, created_at, changed_by, since
from timeoff.plan
where organization_id = %(organization_id)s and active
  and (%(business_unit_id)s::text is null or business_unit_id = %(business_unit_id)s::text)
  and (%(id)s::text is null or id = %(id)s::text)
order by lower(name), id;

-- name: lock_plans
-- A business unit's plans are judged against each other, hence changed one after the other.
select pg_advisory_xact_lock(hashtextextended(%(organization_id)s::text || ' ' || %(business_unit_id)s::text, 34));

-- name: insert_plan
insert into timeoff.plan
  (organization_id, id, business_unit_id, name, activity_code_ids, auto_approval_rule, days_before_start,
   restricted_activity_code_ids, override_dates, override_types, enabled, counts_against_limits,
   owned_by_management_unit, management_unit_ids, hris_time_off_type, created_by, created_at, changed_by, since)
values (%(organization_id)s, %(id)s, %(business_unit_id)s, %(name)s, %(activity_code_ids)s::text[],
        %(auto_approval_rule)s, %(days_before_start)s, %(restricted_activity_code_ids)s::text[],
        %(override_dates)s::date[], %(override_types)s::text[], %(enabled)s, %(counts_against_limits)s,
        %(owned_by_management_unit)s, %(management_unit_ids)s::text[], %(hris_time_off_type)s::jsonb, %(by)s, %(now)s, %(by)s, %(now)s);

-- name: update_plan
update timeoff.plan
set name = %(name)s, activity_code_ids = %(activity_code_ids)s::text[], auto_approval_rule = %(auto_approval_rule)s,
    days_before_start = %(days_before_start)s, restricted_activity_code_ids = %(restricted_activity_code_ids)s::text[],
    override_dates = %(override_dates)s::date[], override_types = %(override_types)s::text[], enabled = %(enabled)s,
    counts_against_limits = %(counts_against_limits)s, owned_by_management_unit = %(owned_by_management_unit)s,
    management_unit_ids = %(management_unit_ids)s::text[], hris_time_off_type = %(hris_time_off_type)s::jsonb,
    active = %(active)s, version = version + 1,
    changed_by = %(by)s, since = %(now)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_limits
select id, business_unit_id, management_unit_id, granularity, full_day_start, version, created_by, created_at, changed_by,
       since
from timeoff.time_off_limit
where organization_id = %(organization_id)s and active
  and (%(business_unit_id)s::text is null or business_unit_id = %(business_unit_id)s::text)
  and (%(management_unit_ids)s::text[] is null or management_unit_id = any(%(management_unit_ids)s::text[]))
  and (%(id)s::text is null or id = %(id)s::text)
order by management_unit_id, id;

-- name: insert_limit
insert into timeoff.time_off_limit
  (organization_id, id, business_unit_id, management_unit_id, granularity, full_day_start, created_by, created_at,
   changed_by, since)
values (%(organization_id)s, %(id)s, %(business_unit_id)s, %(management_unit_id)s, %(granularity)s, %(full_day_start)s,
        %(by)s, %(now)s, %(by)s, %(now)s);

-- name: update_limit
update timeoff.time_off_limit
set active = %(active)s, version = version + 1, changed_by = %(by)s, since = %(now)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: convert_limit
update timeoff.time_off_limit
set granularity = %(granularity)s, full_day_start = %(full_day_start)s, version = version + 1, changed_by = %(by)s,
    since = %(now)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: insert_conversion
insert into timeoff.conversion (organization_id, id, limit_id, granularity, days, first_day, last_day, started_by, at)
values (%(organization_id)s, %(id)s, %(limit_id)s, %(granularity)s, %(days)s, %(first_day)s, %(last_day)s, %(by)s, %(now)s);

-- name: list_conversions
select id, granularity, days, first_day, last_day from timeoff.conversion
where organization_id = %(organization_id)s and limit_id = %(limit_id)s
order by at desc, id;

-- name: find_limit_values
select day, minutes from timeoff.limit_value
where organization_id = %(organization_id)s and limit_id = %(limit_id)s
  and day between %(first_day)s::date and %(last_day)s::date
order by day;

-- name: put_limit_value
insert into timeoff.limit_value (organization_id, limit_id, day, minutes, changed_by, since)
values (%(organization_id)s, %(limit_id)s, %(day)s, %(minutes)s::int[], %(by)s, %(now)s)
on conflict (organization_id, limit_id, day) do update
set minutes = excluded.minutes, changed_by = excluded.changed_by, since = excluded.since
where limit_value.minutes <> excluded.minutes;

-- name: find_balances
select person_id, activity_code_id, first_day, last_day, granted_minutes, taken_minutes, accrual, carry_at_most_minutes,
       carry_expires_on, carried_minutes, lost_minutes, version, created_by, created_at, changed_by, since
from timeoff.balance
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[]) and active
  and (%(codes)s::text[] is null or activity_code_id = any(%(codes)s::text[]))
order by person_id, activity_code_id, first_day;

-- name: lock_balances
select person_id, activity_code_id, first_day, last_day, granted_minutes, taken_minutes, accrual, carry_at_most_minutes,
       carry_expires_on, carried_minutes, lost_minutes, version, created_by, created_at, changed_by, since
from timeoff.balance
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[]) and active
  and (%(codes)s::text[] is null or activity_code_id = any(%(codes)s::text[]))
order by person_id, activity_code_id, first_day
for no key update;

-- name: save_balance
-- A period that was removed comes back under the next version.
insert into timeoff.balance
  (organization_id, person_id, activity_code_id, first_day, last_day, granted_minutes, taken_minutes, accrual,
   carry_at_most_minutes, carry_expires_on, carried_minutes, lost_minutes, active, created_by, created_at, changed_by, since)
values (%(organization_id)s, %(person_id)s, %(activity_code_id)s, %(first_day)s, %(last_day)s, %(granted_minutes)s,
        %(taken_minutes)s, %(accrual)s, %(carry_at_most_minutes)s, %(carry_expires_on)s, %(carried_minutes)s,
        %(lost_minutes)s, %(active)s, %(by)s, %(now)s, %(by)s, %(now)s)
on conflict (organization_id, person_id, activity_code_id, first_day) do update
set last_day = excluded.last_day, granted_minutes = excluded.granted_minutes, taken_minutes = excluded.taken_minutes,
    accrual = excluded.accrual, carry_at_most_minutes = excluded.carry_at_most_minutes,
    carry_expires_on = excluded.carry_expires_on, carried_minutes = excluded.carried_minutes,
    lost_minutes = excluded.lost_minutes, active = excluded.active, version = balance.version + 1,
    changed_by = excluded.changed_by, since = excluded.since;

-- name: list_takings
select person_id, activity_code_id, day, sum(minutes)::int as minutes
from timeoff.charge
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[])
  and (%(codes)s::text[] is null or activity_code_id = any(%(codes)s::text[]))
group by person_id, activity_code_id, day;

-- name: insert_job
insert into timeoff.job (organization_id, id, started_by, at, body)
values (%(organization_id)s, %(id)s, %(by)s, %(now)s, %(body)s::jsonb);

-- name: find_job
select body from timeoff.job where organization_id = %(organization_id)s and id = %(id)s and started_by = %(started_by)s;

-- name: forget_jobs
delete from timeoff.job where at < %(now)s::timestamptz - interval '1 day';
