-- What was tried, whom it would have turned, and what is asserted of access whatever anybody changes.
create table access.simulation (
  organization_id text not null,
  id text not null,
  at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  by text not null,
  trial jsonb not null,
  rule jsonb,
  result jsonb not null,
  primary key (organization_id, id)
);
create index simulation_by_time on access.simulation (organization_id, real_at);

create table access.assertion (
  organization_id text not null,
  id text not null,
  name text not null,
  action text not null check (action in ('sign-in', 'connect', 'receive')),
  person_ids text[] not null check (cardinality(person_ids) > 0),
  expected boolean not null,
  blocks boolean not null,
  -- Either one instant, or each week on some days (1: Monday) at a time of the clock on the wall of a zone.
  at timestamptz,
  weekdays int[],
  wall_time time,
  zone text,
  version int not null default 1,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id),
  check ((at is null) = (wall_time is not null and zone is not null and cardinality(weekdays) > 0))
);
