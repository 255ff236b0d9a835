-- Shift trades: offers, and the answers of operations that were asked to answer later.
create schema trades;

-- The shift is kept as it was offered; whether it still stands is read from what is published.
create table trades.trade (
  organization_id text not null,
  id text not null,
  state text not null check (state in ('Unmatched', 'Expired', 'Canceled')),
  business_unit_id text not null,
  management_unit_id text not null,
  person_id text not null,
  shift_id text not null,
  schedule_id text not null,
  schedule_week_date date not null,
  week_date date not null,
  span tstzrange not null check (not isempty(span)),
  acceptable_starts timestamptz[] not null,
  acceptable_ends timestamptz[] not null,
  target_person_id text,
  expires_at timestamptz not null,
  review_note text,
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  changed_at timestamptz not null,
  version int not null,
  primary key (organization_id, id),
  check (cardinality(acceptable_starts) = cardinality(acceptable_ends)),
  check (expires_at <= lower(span))
);
-- A shift stands in one open offer at a time.
create unique index trade_open_once on trades.trade (organization_id, schedule_id, shift_id) where state = 'Unmatched';
create index trade_by_week on trades.trade (organization_id, business_unit_id, week_date);
create index trade_by_person on trades.trade (organization_id, person_id, week_date);
create index trade_by_target on trades.trade (organization_id, target_person_id) where target_person_id is not null;
create index trade_due on trades.trade (expires_at) where state = 'Unmatched';

create table trades.job (
  organization_id text not null,
  id text not null,
  kind text not null,
  started_by text not null,
  at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  body jsonb not null,
  primary key (organization_id, id)
);
create index job_by_age on trades.job using brin (real_at);
