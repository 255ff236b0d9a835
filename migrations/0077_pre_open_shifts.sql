-- Open shifts: work of a published week that belongs to nobody, until somebody takes it.
create table schedule.open_shift (
  organization_id text not null,
  id text not null,
  schedule_id text not null,
  schedule_week_date date not null,
  business_unit_id text not null,
  management_unit_id text not null,
  week_date date not null, -- the business unit's week in which it starts
  shift_id text not null, -- the shift's own id, which it keeps whoever works it
  span tstzrange not null check (not isempty(span)),
  zone text not null,
  paid_minutes int not null,
  activities jsonb not null,
  skill_ids text[] not null,
  queue_ids text[] not null,
  former_agent_id text, -- from whom it was taken, if from anybody
  reason text,
  state text not null check (state in ('Open', 'Claimed', 'Taken', 'Withdrawn', 'Expired')),
  taker_id text,
  taker_management_unit_id text,
  claimed_at timestamptz,
  taken_revision int,
  ruling_code text,
  ruling_sentence text,
  opened_by text not null,
  opened_at timestamptz not null,
  changed_by text not null,
  changed_at timestamptz not null,
  version int not null default 1,
  primary key (organization_id, id),
  check ((state in ('Claimed', 'Taken')) = (taker_id is not null)),
  check (num_nulls(taker_id, taker_management_unit_id, claimed_at) in (0, 3)),
  check ((state = 'Taken') = (taken_revision is not null)),
  check ((ruling_code is null) = (ruling_sentence is null))
);
create index open_shift_by_schedule on schedule.open_shift (organization_id, schedule_id);
create index open_shift_by_week on schedule.open_shift (organization_id, business_unit_id, week_date);
create index open_shift_due on schedule.open_shift (lower(span)) where state in ('Open', 'Claimed');
-- A shift of a schedule is open once at a time.
create unique index open_shift_once on schedule.open_shift (organization_id, schedule_id, shift_id)
  where state in ('Open', 'Claimed');

create view schedule.public_open_shift as
select organization_id, id, schedule_id, business_unit_id, management_unit_id, week_date, span, state, version
from schedule.open_shift;

-- A chain may begin with an open shift: the last of its people gets it, the first gives nothing.
alter table trades.cycle
  add column open_shift_id text,
  add column open_shift_version int,
  add constraint cycle_open_shift_whole check (num_nulls(open_shift_id, open_shift_version) in (0, 2));
create unique index cycle_open_shift_held_once on trades.cycle (organization_id, open_shift_id)
  where open_shift_id is not null and state in ('Accepted', 'Approved');
