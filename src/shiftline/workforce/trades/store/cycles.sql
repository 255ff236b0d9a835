-- name: insert_cycle
insert into trades.cycle
  (organization_id, id, search_id, business_unit_id, week_date, state, expires_at, proposed_by, proposed_at, changed_by,
   changed_at, version, open_shift_id, open_shift_version)
values
  (%(organization_id)s, %(id)s, %(search_id)s, %(business_unit_id)s, %(week_date)s, %(state)s, %(expires_at)s,
   %(proposed_by)s, %(proposed_at)s, %(changed_by)s, %(changed_at)s, %(version)s, %(open_shift_id)s,
   %(open_shift_version)s);

-- name: insert_member
insert into trades.cycle_member
  (organization_id, cycle_id, place, person_id, management_unit_id, trade_id, trade_version, shift_id, schedule_id,
   schedule_week_date, week_date, span, answer)
values
  (%(organization_id)s, %(cycle_id)s, %(place)s, %(person_id)s, %(management_unit_id)s, %(trade_id)s,
   %(trade_version)s, %(shift_id)s, %(schedule_id)s, %(schedule_week_date)s, %(week_date)s,
   case when %(shift_id)s::text is not null
     then tstzrange(%(starts_at)s::timestamptz, %(ends_at)s::timestamptz) end, %(answer)s);

-- name: lock_cycle
select * from trades.cycle where organization_id = %(organization_id)s and id = %(id)s for update;

-- name: find_cycle
select * from trades.cycle where organization_id = %(organization_id)s and id = %(id)s;

-- name: list_cycles
select c.* from trades.cycle c
where c.organization_id = %(organization_id)s and c.business_unit_id = %(business_unit_id)s
  and c.week_date = any(%(week_dates)s::date[]) and (%(state)s::text is null or c.state = %(state)s::text)
  and (%(person_id)s::text is null or exists (
         select from trades.cycle_member m
         where m.organization_id = c.organization_id and m.cycle_id = c.id and m.person_id = %(person_id)s::text))
order by c.proposed_at, c.id
limit %(limit)s::int;

-- name: list_busy
select m.trade_id, m.person_id, m.held, c.open_shift_id from trades.cycle c
join trades.cycle_member m on m.organization_id = c.organization_id and m.cycle_id = c.id
where c.organization_id = %(organization_id)s and c.business_unit_id = %(business_unit_id)s
  and c.state in ('Proposed', 'Accepted');

-- name: list_like
-- Rings of some offers that were proposed before and are not over by themselves.
select c.* from trades.cycle c
where c.organization_id = %(organization_id)s and c.state in ('Proposed', 'Accepted', 'Declined', 'Denied')
  and (c.open_shift_id = any(%(open_shift_ids)s::text[]) or exists (
    select from trades.cycle_member m
    where m.organization_id = c.organization_id and m.cycle_id = c.id and m.trade_id = any(%(trade_ids)s::text[])));

-- name: list_members
select * from trades.cycle_member
where organization_id = %(organization_id)s and cycle_id = any(%(cycle_ids)s::text[]) order by cycle_id, place;

-- name: update_cycle
update trades.cycle
set state = %(state)s, changed_by = %(changed_by)s, changed_at = %(changed_at)s, version = %(version)s,
    ruling_code = %(ruling_code)s, ruling_sentence = %(ruling_sentence)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: update_member
update trades.cycle_member
set answer = %(answer)s, answered_at = %(answered_at)s, held = %(held)s and trade_id is not null
where organization_id = %(organization_id)s and cycle_id = %(cycle_id)s and place = %(place)s;

-- name: find_holder
select cycle_id from trades.cycle_member
where organization_id = %(organization_id)s and held and trade_id = any(%(trade_ids)s::text[])
  and cycle_id <> %(id)s
union all
select id as cycle_id from trades.cycle
where organization_id = %(organization_id)s and open_shift_id = any(%(open_shift_ids)s::text[])
  and state in ('Accepted', 'Approved') and id <> %(id)s
limit 1;

-- name: find_holder_of
select c.* from trades.cycle_member m
join trades.cycle c on c.organization_id = m.organization_id and c.id = m.cycle_id
where m.organization_id = %(organization_id)s and m.trade_id = %(trade_id)s and m.held and c.state = 'Accepted';

-- name: find_holder_of_open_shift
select * from trades.cycle
where organization_id = %(organization_id)s and open_shift_id = %(open_shift_id)s and state = 'Accepted';

-- name: list_held
-- Which of some offers and open shifts a ring uses that waits for its review, and until when.
select m.trade_id as id, c.expires_at from trades.cycle_member m
join trades.cycle c on c.organization_id = m.organization_id and c.id = m.cycle_id
where m.organization_id = %(organization_id)s and m.trade_id = any(%(ids)s::text[]) and m.held
  and c.state = 'Accepted' and c.expires_at > %(now)s::timestamptz
union all
select open_shift_id as id, expires_at from trades.cycle
where organization_id = %(organization_id)s and open_shift_id = any(%(ids)s::text[])
  and state = 'Accepted' and expires_at > %(now)s::timestamptz;

-- name: list_over_with
select c.id from trades.cycle_member m
join trades.cycle c on c.organization_id = m.organization_id and c.id = m.cycle_id
join trades.trade t on t.organization_id = m.organization_id and t.id = m.trade_id
where m.organization_id = %(organization_id)s and m.trade_id = %(trade_id)s and c.state in ('Proposed', 'Accepted')
  and (t.state <> 'Unmatched' or t.version <> m.trade_version)
order by c.id;

-- name: lock_over
-- Proposals whose time is over, or of whose offers one, or whose open shift, is no longer as it was.
select c.organization_id, c.id from trades.cycle c
where c.state in ('Proposed', 'Accepted')
  and (c.expires_at <= %(now)s::timestamptz or exists (
    select from trades.cycle_member m join trades.trade t on t.organization_id = m.organization_id and t.id = m.trade_id
    where m.organization_id = c.organization_id and m.cycle_id = c.id
      and (t.state <> 'Unmatched' or t.version <> m.trade_version))
    or exists (
    select from schedule.public_open_shift o
    where o.organization_id = c.organization_id and o.id = c.open_shift_id
      and (o.state <> 'Open' or o.version <> c.open_shift_version)))
order by c.expires_at
limit %(limit)s::int
for update of c skip locked;

-- name: find_moved
select t.id from trades.cycle_member m
join trades.trade t on t.organization_id = m.organization_id and t.id = m.trade_id
where m.organization_id = %(organization_id)s and m.cycle_id = %(id)s
  and (t.state <> 'Unmatched' or t.version <> m.trade_version)
order by t.id limit 1;

-- name: find_moved_open_shift
select o.id, case o.state when 'Open' then 'changed' else lower(o.state) end as state from trades.cycle c
join schedule.public_open_shift o on o.organization_id = c.organization_id and o.id = c.open_shift_id
where c.organization_id = %(organization_id)s and c.id = %(id)s
  and (o.state <> 'Open' or o.version <> c.open_shift_version);

-- name: put_wanted
insert into trades.wanted (organization_id, person_id, week_date, business_unit_id, starts, ends, changed_at)
values (%(organization_id)s, %(person_id)s, %(week_date)s, %(business_unit_id)s, %(starts)s::timestamptz[],
        %(ends)s::timestamptz[], %(now)s)
on conflict (organization_id, person_id, week_date) do update
set business_unit_id = excluded.business_unit_id, starts = excluded.starts, ends = excluded.ends,
    changed_at = excluded.changed_at;

-- name: list_wanted
select person_id, week_date, starts, ends from trades.wanted
where organization_id = %(organization_id)s and business_unit_id = %(business_unit_id)s
  and week_date = any(%(week_dates)s::date[]) and cardinality(starts) > 0
  and (%(person_id)s::text is null or person_id = %(person_id)s::text)
order by person_id, week_date;
