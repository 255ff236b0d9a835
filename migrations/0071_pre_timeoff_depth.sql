-- Time off in depth: plans decide by themselves, limits bound what they grant, and balances are never overdrawn.

-- Which time off is decided how, in which management units. Never deleted from the table: rulings name it.
create table timeoff.plan (
  organization_id text not null,
  id text not null,
  business_unit_id text not null,
  name text not null check (name <> ''),
  activity_code_ids text[] not null,
  auto_approval_rule text not null
    check (auto_approval_rule in ('Never', 'Always', 'CheckLimits', 'CheckActivityCodes', 'CheckLimitsAndActivityCodes')),
  days_before_start int not null check (days_before_start between 0 and 366),
  restricted_activity_code_ids text[] not null,
  override_dates date[] not null,
  override_types text[] not null check (override_types <@ array['Blocked', 'ManualReview']),
  enabled boolean not null,
  counts_against_limits boolean not null,
  owned_by_management_unit boolean not null,
  management_unit_ids text[] not null check (management_unit_ids <> '{}'),
  active boolean not null default true,
  version int not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  since timestamptz not null,
  primary key (organization_id, id),
  check (cardinality(override_dates) = cardinality(override_types))
);
create unique index plan_by_name on timeoff.plan (organization_id, business_unit_id, lower(name)) where active;
call foundation.track('timeoff.plan', array['organization_id', 'id']);

-- How much time off a management unit bears at once. full_day_start: minutes from midnight, of limits by the quarter hour.
create table timeoff.time_off_limit (
  organization_id text not null,
  id text not null,
  business_unit_id text not null,
  management_unit_id text not null,
  granularity text not null check (granularity in ('Daily', 'FifteenMinutes')),
  full_day_start int check (full_day_start between 0 and 1439),
  active boolean not null default true,
  version int not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  since timestamptz not null,
  primary key (organization_id, id),
  check (full_day_start is null or granularity = 'FifteenMinutes')
);
create unique index limit_of_unit on timeoff.time_off_limit (organization_id, management_unit_id) where active;
call foundation.track('timeoff.time_off_limit', array['organization_id', 'id']);

-- The minutes of a local day, one for each of its intervals: a day of 23 hours has 92 quarters. No row: nothing is free.
create table timeoff.limit_value (
  organization_id text not null,
  limit_id text not null,
  day date not null,
  minutes int[] not null check (cardinality(minutes) between 1 and 104 and 0 <= all (minutes)),
  changed_by text not null,
  since timestamptz not null,
  primary key (organization_id, limit_id, day),
  foreign key (organization_id, limit_id) references timeoff.time_off_limit (organization_id, id)
);
call foundation.track('timeoff.limit_value', array['organization_id', 'limit_id', 'day']);

-- What plans decided of a request last, and why. "place" orders who waits: who came first has the lower one.
create table timeoff.ruling (
  organization_id text not null,
  request_id text not null,
  plan_id text,
  status text not null,
  substatus text not null,
  code text not null,
  sentence text not null,
  place bigint not null generated always as identity,
  at timestamptz not null,
  primary key (organization_id, request_id),
  foreign key (organization_id, request_id) references timeoff.request (organization_id, id)
);
create index request_that_waits on timeoff.request (organization_id, management_unit_id)
  where status = 'PENDING' and substatus = 'Waitlisted';
create index request_by_unit_time on timeoff.request using gist (organization_id, management_unit_id, span)
  where status in ('PENDING', 'APPROVED');

-- What an agent has of a kind of time off, in payable minutes. "taken" is what is approved, past and to come.
create table timeoff.balance (
  organization_id text not null,
  person_id text not null,
  activity_code_id text not null,
  granted_minutes int not null,
  taken_minutes int not null,
  version int not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  since timestamptz not null,
  primary key (organization_id, person_id, activity_code_id),
  constraint balance_never_negative check (taken_minutes between 0 and granted_minutes)
);
call foundation.track('timeoff.balance', array['organization_id', 'person_id', 'activity_code_id']);

-- And it agrees with the requests at every commit, whoever wrote them.
create function timeoff.refuse_wrong_balance(of_organization text, of_person text, of_code text) returns void
language plpgsql as $$
begin
  if exists (select from timeoff.balance b
             where b.organization_id = of_organization and b.person_id = of_person and b.activity_code_id = of_code
               and b.taken_minutes <> (
                 select coalesce(sum(piece.minutes), 0)
                 from timeoff.request r cross join lateral unnest(r.payable_minutes) as piece (minutes)
                 where r.organization_id = of_organization and r.status = 'APPROVED' and r.person_id = of_person
                   and r.activity_code_id = of_code)) then
    raise exception 'the balance of activity code % of % is not what its approved requests take', of_code, of_person
      using errcode = 'check_violation', constraint = 'balance_agrees_with_requests';
  end if;
end
$$;

create function timeoff.judge_balance_of_request() returns trigger language plpgsql as $$
begin
  perform timeoff.refuse_wrong_balance(new.organization_id, new.person_id, new.activity_code_id);
  if tg_op = 'UPDATE' and old.activity_code_id <> new.activity_code_id then
    perform timeoff.refuse_wrong_balance(old.organization_id, old.person_id, old.activity_code_id);
  end if;
  return null;
end
$$;
create constraint trigger balance_agrees_with_requests
  after insert or update of status, activity_code_id, payable_minutes on timeoff.request
  deferrable initially deferred for each row execute function timeoff.judge_balance_of_request();

create function timeoff.judge_balance() returns trigger language plpgsql as $$
begin
  perform timeoff.refuse_wrong_balance(new.organization_id, new.person_id, new.activity_code_id);
  return null;
end
$$;
create constraint trigger balance_agrees_with_requests after insert or update on timeoff.balance
  deferrable initially deferred for each row execute function timeoff.judge_balance();

-- Answers on balances, kept for a day.
create table timeoff.job (
  organization_id text not null,
  id text not null,
  started_by text not null,
  at timestamptz not null,
  body jsonb not null,
  primary key (organization_id, id)
);
create index job_by_time on timeoff.job (at);
