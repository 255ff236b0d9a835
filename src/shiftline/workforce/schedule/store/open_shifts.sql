-- name: insert_open_shift
insert into schedule.open_shift
  (organization_id, id, schedule_id, schedule_week_date, business_unit_id, management_unit_id, week_date, shift_id, span,
   zone, paid_minutes, activities, skill_ids, queue_ids, former_agent_id, reason, state, opened_by, opened_at,
   changed_by, changed_at, version)
values
  (%(organization_id)s, %(id)s, %(schedule_id)s, %(schedule_week_date)s, %(business_unit_id)s, %(management_unit_id)s,
   %(week_date)s, %(shift_id)s, tstzrange(%(starts_at)s::timestamptz, %(ends_at)s::timestamptz), %(zone)s,
   %(paid_minutes)s, %(activities)s, %(skill_ids)s::text[], %(queue_ids)s::text[], %(former_agent_id)s, %(reason)s,
   %(state)s, %(opened_by)s, %(opened_at)s, %(changed_by)s, %(changed_at)s, %(version)s);

-- name: update_open_shift
update schedule.open_shift
set management_unit_id = %(management_unit_id)s, week_date = %(week_date)s,
    span = tstzrange(%(starts_at)s::timestamptz, %(ends_at)s::timestamptz), zone = %(zone)s,
    paid_minutes = %(paid_minutes)s, activities = %(activities)s, skill_ids = %(skill_ids)s::text[],
    queue_ids = %(queue_ids)s::text[], reason = %(reason)s, state = %(state)s, taker_id = %(taker_id)s,
    taker_management_unit_id = %(taker_management_unit_id)s, claimed_at = %(claimed_at)s,
    taken_revision = %(taken_revision)s, ruling_code = %(ruling_code)s, ruling_sentence = %(ruling_sentence)s,
    changed_by = %(changed_by)s, changed_at = %(changed_at)s, version = %(version)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: list_open_shifts
select o.*, exists (
         select from schedule.schedule s
         where s.organization_id = o.organization_id and s.id = o.schedule_id and s.published and s.active)
       and not exists (
         select from schedule.shift h
         where h.organization_id = o.organization_id and h.schedule_id = o.schedule_id and h.id = o.shift_id
           and h.to_revision is null)
       and not exists (
         select from schedule.covered c
         where c.organization_id = o.organization_id and c.schedule_id = o.schedule_id and c.id = o.shift_id
           and c.to_revision is null) as in_force
from schedule.open_shift o
where o.organization_id = %(organization_id)s
  and (%(ids)s::text[] is null or o.id = any(%(ids)s::text[]))
  and (%(schedule_id)s::text is null or o.schedule_id = %(schedule_id)s::text)
  and (%(business_unit_id)s::text is null or o.business_unit_id = %(business_unit_id)s::text)
  and (%(management_unit_ids)s::text[] is null or o.management_unit_id = any(%(management_unit_ids)s::text[]))
  and (%(week_dates)s::date[] is null or o.week_date = any(%(week_dates)s::date[]))
  and (%(states)s::text[] is null or o.state = any(%(states)s::text[]))
  and (%(from)s::timestamptz is null or lower(o.span) > %(from)s::timestamptz)
order by lower(o.span), o.opened_at, o.id
limit %(limit)s::int;

-- name: lock_open_shifts
-- Always in the order of the ids.
select o.id from schedule.open_shift o
where o.organization_id = %(organization_id)s and o.id = any(%(ids)s::text[])
order by o.id
for update;

-- name: lock_due_open_shifts
select organization_id, id from schedule.open_shift
where state in ('Open', 'Claimed') and lower(span) <= %(now)s::timestamptz
order by lower(span)
limit %(limit)s::int
for update skip locked;

-- name: find_standing_shift
-- Also beneath time off, from where it comes back.
select agent_id from schedule.shift
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and id = %(shift_id)s
  and to_revision is null
union all
select agent_id from schedule.covered
where organization_id = %(organization_id)s and schedule_id = %(schedule_id)s and id = %(shift_id)s
  and to_revision is null
limit 1;

-- name: list_known_queues
select id from routing.public_queue where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);
