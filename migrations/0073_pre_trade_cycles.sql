-- Rings of trades: proposals found among open offers, what each of their people has said, and who would work more.
create table trades.cycle (
  organization_id text not null,
  id text not null,
  search_id text not null,
  business_unit_id text not null,
  week_date date not null,
  state text not null
    check (state in ('Proposed', 'Accepted', 'Approved', 'Denied', 'Declined', 'Void', 'Expired')),
  expires_at timestamptz not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  changed_by text not null,
  changed_at timestamptz not null,
  version int not null,
  ruling_code text,
  ruling_sentence text,
  primary key (organization_id, id),
  check ((ruling_code is null) = (ruling_sentence is null))
);
create index cycle_by_week on trades.cycle (organization_id, business_unit_id, week_date);
create index cycle_due on trades.cycle (expires_at) where state in ('Proposed', 'Accepted');

-- Each gets the shift of the next place, the last that of the first. Without an offer: they only take.
create table trades.cycle_member (
  organization_id text not null,
  cycle_id text not null,
  place int not null check (place between 0 and 3),
  person_id text not null,
  management_unit_id text not null,
  trade_id text,
  trade_version int,
  shift_id text,
  schedule_id text,
  schedule_week_date date,
  week_date date,
  span tstzrange check (not isempty(span)),
  answer text not null check (answer in ('Waiting', 'Accepted', 'Declined')),
  answered_at timestamptz,
  held boolean not null default false,
  primary key (organization_id, cycle_id, place),
  foreign key (organization_id, cycle_id) references trades.cycle on delete cascade,
  unique (organization_id, cycle_id, person_id),
  check (num_nulls(trade_id, trade_version, shift_id, schedule_id, schedule_week_date, week_date, span) in (0, 7)),
  check ((answer = 'Waiting') = (answered_at is null))
);
create index cycle_member_by_person on trades.cycle_member (organization_id, person_id);
create index cycle_member_by_trade on trades.cycle_member (organization_id, trade_id) where trade_id is not null;
-- An offer is used by one ring: one that all have accepted (it waits for its review), or that was applied.
create unique index cycle_member_held_once on trades.cycle_member (organization_id, trade_id) where held;

create table trades.wanted (
  organization_id text not null,
  person_id text not null,
  week_date date not null,
  business_unit_id text not null,
  starts timestamptz[] not null,
  ends timestamptz[] not null,
  changed_at timestamptz not null,
  primary key (organization_id, person_id, week_date),
  check (cardinality(starts) = cardinality(ends))
);
create index wanted_by_week on trades.wanted (organization_id, business_unit_id, week_date);
