-- name: queue_offers
-- One offer of an agent after the other: two for the same shift, or past the weekly limit, would else both pass.
select pg_advisory_xact_lock(hashtextextended(%(organization_id)s || ' ' || %(person_id)s, 34));

-- name: find_shift
select s.shift_id, s.schedule_id, p.week_date as schedule_week_date, s.agent_id, s.starts_at, s.ends_at
from schedule.public_published_shift s
join schedule.public_schedule p on p.organization_id = s.organization_id and p.id = s.schedule_id
where s.organization_id = %(organization_id)s and s.schedule_id = %(schedule_id)s and s.shift_id = %(shift_id)s
  and upper_inf(s.valid)
limit 1;

-- name: list_shifts_of
select s.shift_id, s.schedule_id, p.week_date as schedule_week_date, s.agent_id, s.starts_at, s.ends_at
from schedule.public_published_shift s
join schedule.public_schedule p on p.organization_id = s.organization_id and p.id = s.schedule_id
where s.organization_id = %(organization_id)s and s.agent_id = %(person_id)s and upper_inf(s.valid)
  and s.span && tstzrange(%(from)s::timestamptz, null)
order by s.span;

-- name: list_held_skills
select person_id, skill_id from routing.public_person_skill
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[]);

-- name: list_queues
select person_id, queue_id from routing.public_queue_member
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[]);

-- name: list_time_off
select r.person_id, lower(piece) as starts_at, upper(piece) as ends_at
from timeoff.public_request r cross join lateral unnest(r.span) as piece
where r.organization_id = %(organization_id)s and r.person_id = any(%(person_ids)s::text[]) and r.status = 'APPROVED'
  and upper(r.span) > %(from)s::timestamptz;

-- name: find_open_trade
select * from trades.trade
where organization_id = %(organization_id)s
  and ((schedule_id = %(schedule_id)s and shift_id = %(shift_id)s and state in ('Unmatched', 'Matched'))
       or (receiving_schedule_id = %(schedule_id)s and receiving_shift_id = %(shift_id)s and state = 'Matched'))
for update;

-- name: list_given_twice
-- Offered shifts that stand in another undecided trade, given for what is offered there.
select mine.id, other.id as other_id
from trades.trade mine join trades.trade other
  on other.organization_id = mine.organization_id and other.state = 'Matched'
  and other.receiving_schedule_id = mine.schedule_id and other.receiving_shift_id = mine.shift_id
where mine.organization_id = %(organization_id)s and mine.id = any(%(ids)s::text[]);

-- name: lock_trades
select * from trades.trade
where organization_id = %(organization_id)s and id = any(%(ids)s::text[]) order by id for update;

-- name: find_other_trade
select id from trades.trade
where organization_id = %(organization_id)s and id <> %(id)s
  and ((schedule_id = %(schedule_id)s and shift_id = %(shift_id)s and state in ('Unmatched', 'Matched'))
       or (receiving_schedule_id = %(schedule_id)s and receiving_shift_id = %(shift_id)s and state = 'Matched'))
limit 1;

-- name: count_week_offers
select count(*)::int as offers from trades.trade
where organization_id = %(organization_id)s and person_id = %(person_id)s and week_date = %(week_date)s
  and state <> 'Canceled';

-- name: insert_trade
insert into trades.trade
  (organization_id, id, state, business_unit_id, management_unit_id, person_id, shift_id, schedule_id,
   schedule_week_date, week_date, span, acceptable_starts, acceptable_ends, target_person_id, expires_at, review_note,
   created_by, created_at, changed_by, changed_at, version)
values
  (%(organization_id)s, %(id)s, %(state)s, %(business_unit_id)s, %(management_unit_id)s, %(person_id)s, %(shift_id)s,
   %(schedule_id)s, %(schedule_week_date)s, %(week_date)s,
   tstzrange(%(starts_at)s::timestamptz, %(ends_at)s::timestamptz), %(acceptable_starts)s::timestamptz[],
   %(acceptable_ends)s::timestamptz[], %(target_person_id)s, %(expires_at)s, %(review_note)s, %(created_by)s,
   %(created_at)s, %(changed_by)s, %(changed_at)s, %(version)s);

-- name: update_trade
update trades.trade
set state = %(state)s, receiving_person_id = %(receiving_person_id)s,
    receiving_management_unit_id = %(receiving_management_unit_id)s, receiving_shift_id = %(receiving_shift_id)s,
    receiving_schedule_id = %(receiving_schedule_id)s,
    receiving_schedule_week_date = %(receiving_schedule_week_date)s, receiving_week_date = %(receiving_week_date)s,
    receiving_span = case when %(receiving_shift_id)s::text is not null
      then tstzrange(%(receiving_starts_at)s::timestamptz, %(receiving_ends_at)s::timestamptz) end,
    matched_at = %(matched_at)s, reviewed_by = %(reviewed_by)s, reviewed_at = %(reviewed_at)s,
    ruling_code = %(ruling_code)s, ruling_sentence = %(ruling_sentence)s, changed_by = %(changed_by)s,
    changed_at = %(changed_at)s, version = %(version)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: change_offer
update trades.trade
set acceptable_starts = %(acceptable_starts)s::timestamptz[], acceptable_ends = %(acceptable_ends)s::timestamptz[],
    target_person_id = %(target_person_id)s, expires_at = %(expires_at)s, review_note = %(review_note)s,
    changed_by = %(changed_by)s, changed_at = %(changed_at)s, version = %(version)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_trade
select * from trades.trade where organization_id = %(organization_id)s and id = %(id)s;

-- name: lock_trade
select * from trades.trade where organization_id = %(organization_id)s and id = %(id)s for update;

-- name: list_trades
select t.* from trades.trade t
where t.organization_id = %(organization_id)s
  and (%(business_unit_id)s::text is null or t.business_unit_id = %(business_unit_id)s::text)
  and (%(management_unit_ids)s::text[] is null or t.management_unit_id = any(%(management_unit_ids)s::text[])
       or t.receiving_management_unit_id = any(%(management_unit_ids)s::text[]))
  and (%(week_dates)s::date[] is null or t.week_date = any(%(week_dates)s::date[])
       or t.schedule_week_date = any(%(week_dates)s::date[])
       or t.receiving_week_date = any(%(week_dates)s::date[]))
  and (%(person_ids)s::text[] is null or t.person_id = any(%(person_ids)s::text[])
       or t.target_person_id = any(%(person_ids)s::text[])
       or t.receiving_person_id = any(%(person_ids)s::text[]))
  and (%(states)s::text[] is null or t.state = any(%(states)s::text[]))
  and (not %(only_open)s::bool or (t.state = 'Unmatched' and t.expires_at > %(now)s::timestamptz and exists (
         select from schedule.public_published_shift s
         where s.organization_id = t.organization_id and s.agent_id = t.person_id and s.schedule_id = t.schedule_id
           and s.shift_id = t.shift_id and s.span = t.span and upper_inf(s.valid))))
order by lower(t.span), t.created_at, t.id
limit %(limit)s::int;

-- name: lock_due
select organization_id, id from trades.trade
where (state = 'Unmatched' and expires_at <= %(now)s::timestamptz)
   or (state = 'Matched' and least(lower(span), lower(receiving_span)) <= %(now)s::timestamptz)
order by expires_at
limit %(limit)s::int
for update skip locked;

-- name: insert_job
insert into trades.job (organization_id, id, kind, started_by, at, body)
values (%(organization_id)s, %(id)s, %(kind)s, %(started_by)s, %(now)s, %(body)s);

-- name: update_job
update trades.job set body = %(body)s where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_job
select id, kind, body from trades.job
where organization_id = %(organization_id)s and id = %(id)s and kind = %(kind)s and started_by = %(started_by)s;

-- name: forget_jobs
delete from trades.job where real_at < clock_timestamp() - interval '1 day';
