-- Balances of time off have periods, with accrual and carry-over; plans know the HRIS time off type; limits of the import.

-- On which day each piece of a request counts: its own, or the local day on which a part of a day starts. Null (rows from
-- before): computed where it is read.
alter table timeoff.request add column charged_on date[];
alter table timeoff.request_past add column charged_on date[];
alter table timeoff.request add constraint request_charged
  check (charged_on is null or cardinality(charged_on) = cardinality(starts)) not valid;

-- What approved time off takes, by day.
create view timeoff.charge as
select r.organization_id, r.person_id, r.activity_code_id, r.id as request_id,
       coalesce(piece.charged, piece.day, (piece.start at time zone r.zone)::date) as day, piece.minutes
from timeoff.request r
cross join lateral unnest(r.payable_minutes, r.starts, r.days, r.charged_on) as piece (minutes, start, day, charged)
where r.status = 'APPROVED';

-- A balance is a chain of periods that do not overlap; one from 0001-01-01 to 9999-12-31 is for good. "carried" is what the
-- period before leaves (as approved now), "lost" what of it lapses unused. What this one leaves goes on up to
-- "carry_at_most_minutes" and can be taken until "carry_expires_on" (null: as long as the next period lasts).
alter table timeoff.balance
  add column first_day date not null default '0001-01-01',
  add column last_day date not null default '9999-12-31',
  add column accrual text not null default 'AtOnce' check (accrual in ('AtOnce', 'Weekly', 'Monthly')),
  add column carry_at_most_minutes int not null default 0 check (carry_at_most_minutes >= 0),
  add column carry_expires_on date,
  add column carried_minutes int not null default 0,
  add column lost_minutes int not null default 0,
  add column active boolean not null default true;
alter table timeoff.balance_past
  add column first_day date not null default '0001-01-01',
  add column last_day date not null default '9999-12-31',
  add column accrual text not null default 'AtOnce',
  add column carry_at_most_minutes int not null default 0,
  add column carry_expires_on date,
  add column carried_minutes int not null default 0,
  add column lost_minutes int not null default 0,
  add column active boolean not null default true;
alter table timeoff.balance
  drop constraint balance_pkey,
  add primary key (organization_id, person_id, activity_code_id, first_day),
  add check (first_day <= last_day and carry_expires_on > last_day),
  add check (0 <= lost_minutes and lost_minutes <= carried_minutes),
  add constraint balance_periods_apart
    exclude using gist (organization_id with =, person_id with =, activity_code_id with =,
                        daterange(first_day, last_day, '[]') with &&) where (active),
  drop constraint balance_never_negative,
  add constraint balance_never_negative
    check (taken_minutes >= 0 and taken_minutes + lost_minutes <= granted_minutes + carried_minutes);

-- And it agrees with the requests and with the period before at every commit, whoever wrote them.
create or replace function timeoff.refuse_wrong_balance(of_organization text, of_person text, of_code text) returns void
language plpgsql as $$
begin
  if exists (
    with chain as (
      select b.*,
             lag(b.granted_minutes + b.carried_minutes - b.lost_minutes - b.taken_minutes) over w as before_left,
             lag(b.carry_at_most_minutes) over w as before_at_most, lag(b.carry_expires_on) over w as expires_on
      from timeoff.balance b
      where b.organization_id = of_organization and b.person_id = of_person and b.activity_code_id = of_code and b.active
      window w as (order by b.first_day)
    )
    select from chain c
    cross join lateral (
      select coalesce(sum(g.minutes), 0) as minutes, coalesce(sum(g.minutes) filter (where g.day <= c.expires_on), 0) as early
      from timeoff.charge g
      where g.organization_id = of_organization and g.person_id = of_person and g.activity_code_id = of_code
        and g.day between c.first_day and c.last_day) taken
    where c.taken_minutes <> taken.minutes
      or c.carried_minutes <> case when c.before_left is null or c.expires_on < c.first_day then 0
                                   else least(c.before_left, c.before_at_most) end
      or c.lost_minutes <> case when c.expires_on < c.last_day then greatest(c.carried_minutes - taken.early, 0) else 0 end) then
    raise exception 'the balance of activity code % of % is not what its approved requests take and its periods carry',
      of_code, of_person
      using errcode = 'check_violation', constraint = 'balance_agrees_with_requests';
  end if;
end
$$;

-- The vendor's HrisTimeOffType of a plan, as it was sent: which time off of an HRIS the plan's activity codes stand for.
alter table timeoff.plan add column hris_time_off_type jsonb;
alter table timeoff.plan_past add column hris_time_off_type jsonb;

-- A request that moves from one period to another takes from other balances, though no minute changes.
drop trigger balance_agrees_with_requests on timeoff.request;
create constraint trigger balance_agrees_with_requests
  after insert or update of status, activity_code_id, payable_minutes, charged_on, starts, days on timeoff.request
  deferrable initially deferred for each row execute function timeoff.judge_balance_of_request();

-- Conversions of a limit between days and quarter hours; "days" is how many days had values, from the first to the last.
create table timeoff.conversion (
  organization_id text not null,
  id text not null,
  limit_id text not null,
  granularity text not null check (granularity in ('Daily', 'FifteenMinutes')),
  days int not null,
  first_day date,
  last_day date,
  started_by text not null,
  at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, limit_id) references timeoff.time_off_limit (organization_id, id)
);
create index conversion_by_limit on timeoff.conversion (organization_id, limit_id, at);

-- Validations of unavailable times, kept for a day for whoever asked.
create table preferences.validation (
  organization_id text not null,
  id text not null,
  person_id text not null,
  at timestamptz not null,
  body jsonb not null,
  primary key (organization_id, id)
);
create index validation_by_time on preferences.validation (at);
