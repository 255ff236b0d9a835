-- Adherence: how what people do agrees with what they are scheduled for, now and in the past; explanations; kept results.
create schema adherence;

-- One row an agent, as it was judged last. Its past is the history of what the board showed. "verdict" is the judgement
-- without grace, "verdict_at" since when; "state" is what is shown, "state_at" since when. "removed": in no unit any more.
create table adherence.standing (
  organization_id text not null,
  person_id text not null,
  management_unit_id text not null,
  business_unit_id text not null,
  scheduled_code_id text,
  scheduled_category text not null,
  system_presence text not null,
  definition_id text not null,
  presence_at timestamptz,
  routing_status text not null,
  actual_category text not null,
  state text not null check (state in
    ('InAdherence', 'OutOfAdherence', 'Unscheduled', 'Unknown', 'Ignored', 'Explained')),
  state_at timestamptz not null,
  impact text not null check (impact in ('Positive', 'Negative', 'Neutral', 'Unknown')),
  verdict text not null check (verdict in
    ('InAdherence', 'OutOfAdherence', 'Unscheduled', 'Unknown', 'Ignored', 'Explained')),
  verdict_at timestamptz not null,
  severe boolean not null,
  explanation_id text,
  explanation_version int,
  removed boolean not null default false,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, person_id)
);
create index standing_by_unit on adherence.standing (organization_id, management_unit_id) where not removed;
call foundation.track('adherence.standing', array['organization_id', 'person_id']);

-- When an agent is to be judged again though nothing happens: the next activity, the end of a grace, of an explanation.
-- Apart from the standing, whose past would else have a row for each.
create table adherence.timer (
  organization_id text not null,
  person_id text not null,
  due_at timestamptz not null,
  primary key (organization_id, person_id)
);
create index timer_due on adherence.timer (due_at);

create table adherence.explanation (
  organization_id text not null,
  id text not null,
  person_id text not null,
  management_unit_id text not null,
  business_unit_id text not null,
  type text not null check (type in ('Late')),
  status text not null check (status in ('Pending', 'Approved', 'Denied')),
  span tstzrange not null check (not isempty(span)),
  notes text,
  submitted_by text not null,
  submitted_at timestamptz not null,
  reviewed_by text,
  reviewed_at timestamptz,
  version int not null default 1,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id),
  check ((reviewed_by is null) = (reviewed_at is null)),
  -- A minute has one explanation, unless it was denied.
  constraint explanation_overlap exclude using gist
    (organization_id with =, person_id with =, span with &&) where (status <> 'Denied')
);
create index explanation_by_unit on adherence.explanation (organization_id, business_unit_id, lower(span));
call foundation.track('adherence.explanation', array['organization_id', 'id']);

-- Work that was asked for, and its result for whoever asked. "key" is the secret in the address of the download.
create table adherence.job (
  organization_id text not null,
  id text not null,
  kind text not null,
  status text not null check (status in ('Processing', 'Complete', 'Error')),
  started_by text not null,
  started_at timestamptz not null,
  request jsonb not null default '{}',
  result bytea,
  parts int not null default 0,
  error jsonb,
  key text not null unique,
  real_at timestamptz not null default clock_timestamp(),
  primary key (organization_id, id)
);
create index job_by_age on adherence.job (real_at);

-- One part for each download of a job.
create table adherence.job_part (
  organization_id text not null,
  job_id text not null,
  number int not null,
  content bytea not null,
  primary key (organization_id, job_id, number),
  foreign key (organization_id, job_id) references adherence.job (organization_id, id) on delete cascade
);
alter table adherence.job_part alter column content set storage external; -- it is compressed already

-- What people are doing now: the primary source's word.
create view presence.public_presence as
select organization_id, person_id, definition_id, system_presence, modified_at
from presence.agent_presence where is_primary;

create or replace view units.public_activity_code as
select organization_id, business_unit_id, id, name, category, active, counts_as_paid, counts_as_work,
       agent_time_off_selectable, secondary_presence_ids
from units.activity_code;

-- Shifts in force now with their activities, each of which ends where the next begins.
create view schedule.public_work as
select organization_id, agent_id, schedule_id, id as shift_id, span, activity_starts, activity_code_ids
from schedule.shift where book = 'published' and to_revision is null;

alter table notices.notice drop constraint notice_kind_check;
alter table notices.notice add constraint notice_kind_check
  check (kind in ('TimeOffRequest', 'ShiftTrade', 'AdherenceExplanation'));
