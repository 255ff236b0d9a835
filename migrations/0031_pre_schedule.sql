-- Schedules, their revisions, and the shifts that belong to revisions.
create schema schedule;

-- A schedule's version is the number of its latest revision.
create table schedule.schedule (
  organization_id text not null,
  id text not null,
  business_unit_id text not null,
  week_date date not null,
  week_count int not null check (week_count between 1 and 6),
  weeks daterange not null generated always as (daterange(week_date, week_date + week_count * 7)) stored,
  description text not null,
  published boolean not null default false,
  active boolean not null default true,
  version int not null default 1,
  short_term_forecast jsonb,
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (organization_id, id),
  constraint schedule_one_in_force
    exclude using gist (organization_id with =, business_unit_id with =, weeks with &&) where (published and active)
);
create index schedule_by_week on schedule.schedule using gist (organization_id, business_unit_id, weeks);

create table schedule.revision (
  organization_id text not null,
  schedule_id text not null,
  number int not null,
  kind text not null check (kind in
    ('create', 'import', 'copy', 'update', 'publish', 'swap', 'republish', 'supersede', 'delete')),
  published boolean not null,
  description text not null,
  reason text,
  restores int,
  by text not null,
  at timestamptz not null,
  primary key (organization_id, schedule_id, number),
  foreign key (organization_id, schedule_id) references schedule.schedule (organization_id, id)
);

-- An agent's part of a schedule from one revision up to another (null: current). Its version never repeats.
create table schedule.agent_schedule (
  organization_id text not null,
  schedule_id text not null,
  agent_id text not null,
  from_revision int not null,
  to_revision int,
  version int not null,
  work_plan_id text,
  work_plan_ids_per_week text[],
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (organization_id, schedule_id, agent_id, from_revision)
);
create unique index agent_schedule_current on schedule.agent_schedule (organization_id, schedule_id, agent_id)
  where to_revision is null;

-- Whether instants follow each other: the activities of a shift are kept as the instants at which each begins.
create function schedule.ascends(starts timestamptz[]) returns boolean
language plpgsql immutable strict parallel safe as $$
begin
  for i in 2 .. cardinality(starts) loop
    if starts[i] <= starts[i - 1] then
      return false;
    end if;
  end loop;
  return true;
end
$$;

create sequence schedule.shift_key as bigint;

-- A shift from one revision up to another (null: current). An edit closes the row and inserts another, so that every
-- revision stays readable. "book" is 'published' for what is in force and the schedule's id for what is not; "in_force"
-- has the spans of the application's time in which the row was in force, also after it was closed.
--
-- Activities partition their shift by construction: each ends where the next begins, the last with the shift. As rows of
-- a table of their own under "without overlaps" the same 60,000 took 4.2 s to load instead of 0.1 s.
create table schedule.shift (
  organization_id text not null,
  shift_key bigint not null,
  schedule_id text not null,
  agent_id text not null,
  id text not null,
  from_revision int not null,
  to_revision int,
  book text not null,
  in_force tstzmultirange not null,
  span tstzrange not null,
  wall_start timestamp not null,
  wall_end timestamp not null,
  zone text not null,
  start_disambiguation text not null,
  end_disambiguation text not null,
  start_offset_seconds int not null,
  end_offset_seconds int not null,
  tzdata text not null,
  paid_minutes int not null,
  is_swap boolean not null,
  swap_reason text,
  skill_ids text[] not null,
  manually_edited boolean not null,
  work_plan_id text,
  work_plan_shift_id text,
  activity_starts timestamptz[] not null,
  activity_code_ids text[] not null,
  activity_paid boolean[] not null,
  activity_payable_minutes int[] not null,
  activity_details jsonb, -- of those that have any: [{"index", "description", "timeOffRequestId", ...}]
  primary key (organization_id, shift_key),
  check (not isempty(span)),
  constraint shift_is_partitioned check (
    activity_starts[1] = lower(span)
    and activity_starts[cardinality(activity_starts)] < upper(span)
    and cardinality(activity_code_ids) = cardinality(activity_starts)
    and cardinality(activity_paid) = cardinality(activity_starts)
    and cardinality(activity_payable_minutes) = cardinality(activity_starts)
    and schedule.ascends(activity_starts)),
  -- Nobody works twice at once: neither within a draft, nor within all that is in force (over the week's boundary).
  constraint shift_overlap exclude using gist
    (agent_id with =, organization_id with =, book with =, span with &&) where (to_revision is null)
);
create index shift_by_schedule on schedule.shift (organization_id, schedule_id, agent_id);
create index shift_by_agent on schedule.shift (organization_id, agent_id, lower(span));
-- What was resolved by another tzdata than the present one is found at once, in every organization.
create index shift_by_tzdata on schedule.shift (tzdata) where to_revision is null;

-- A whole day off in an agent's part of a schedule; days are the business unit's.
create table schedule.full_day (
  organization_id text not null,
  schedule_id text not null,
  agent_id text not null,
  day date not null,
  from_revision int not null,
  to_revision int,
  activity_code_id text not null,
  paid boolean not null,
  length_minutes int not null,
  payable_minutes int not null,
  start_offset_minutes int,
  end_offset_minutes int,
  description text,
  time_off_request_id text,
  time_off_request_sync_version int,
  primary key (organization_id, schedule_id, agent_id, day, from_revision)
);
create unique index full_day_current on schedule.full_day (organization_id, schedule_id, agent_id, day)
  where to_revision is null;

-- For what asks which shifts are, were or will be in force: access, adherence.
create view schedule.public_shift as
select organization_id, agent_id, schedule_id, id, span, wall_start, wall_end, zone, is_swap, swap_reason, skill_ids,
       in_force, book = 'published' and to_revision is null as in_force_now
from schedule.shift;

-- Single-use places to put a file; found by the digest of an unguessable key in their address. Once worked on, the
-- content goes and the operation stays: a repeated request gets the same answer until the place expires.
create table schedule.upload (
  organization_id text not null,
  id text not null,
  address_digest bytea not null,
  purpose text not null check (purpose in ('Import', 'Update')),
  business_unit_id text not null,
  week_date date not null,
  schedule_id text,
  size_bytes int not null,
  content bytea,
  operation_id text,
  created_by text not null,
  expires_at timestamptz not null, -- real time
  primary key (organization_id, id),
  unique (organization_id, address_digest)
);
alter table schedule.upload alter column content set storage external; -- it is compressed already

-- Long work: what became of it, for whoever asks later.
create table schedule.operation (
  organization_id text not null,
  id text not null,
  kind text not null,
  status text not null check (status in ('Processing', 'Complete', 'Canceled', 'Error')),
  business_unit_id text not null,
  schedule_id text,
  message text,
  problems jsonb not null default '[]',
  started_by text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  primary key (organization_id, id)
);

-- What is or was in force, for access and whoever else asks what stood at an instant.
create view schedule.public_published_shift as
select s.organization_id, s.agent_id, s.schedule_id, s.id as shift_id, s.span, lower(s.span) as starts_at,
       upper(s.span) as ends_at, s.wall_start, s.wall_end, s.zone, s.is_swap, s.swap_reason, s.skill_ids, s.paid_minutes,
       piece.valid
from schedule.shift s cross join lateral unnest(s.in_force) as piece (valid);

-- The activities of what is in force now, a row each.
create view schedule.public_published_activity as
select s.organization_id, s.agent_id, s.schedule_id, s.id as shift_id, a.activity_code_id, a.paid, a.payable_minutes,
       tstzrange(a.starts_at, coalesce(s.activity_starts[a.number + 1], upper(s.span))) as span
from schedule.shift s
cross join lateral unnest(s.activity_starts, s.activity_code_ids, s.activity_paid, s.activity_payable_minutes)
  with ordinality as a (starts_at, activity_code_id, paid, payable_minutes, number)
where s.book = 'published' and s.to_revision is null;

create view schedule.public_schedule as
select organization_id, id, business_unit_id, week_date, week_count, description, published, version, changed_by,
       changed_at
from schedule.schedule where active;
