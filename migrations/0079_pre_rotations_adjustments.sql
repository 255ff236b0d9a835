-- Which work plan an agent has in single weeks, and plans that take turns.
-- An override holds for whole weeks from its first day on; two of one agent never meet.
create table workplans.agent_override (
  organization_id text not null,
  person_id text not null,
  start_date date not null,
  week_count int not null check (week_count > 0),
  work_plan_id text not null,
  active boolean not null default true,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, person_id, start_date),
  foreign key (organization_id, work_plan_id) references workplans.work_plan (organization_id, id),
  constraint agent_override_overlap exclude using gist
    (organization_id with =, person_id with =, daterange(start_date, start_date + 7 * week_count) with &&)
    where (active)
);
create index agent_override_by_plan on workplans.agent_override (organization_id, work_plan_id);
call foundation.track('workplans.agent_override', array['organization_id', 'person_id', 'start_date']);

-- Plans of a management unit in the order in which they follow each other, a week each. Both ends are included.
create table workplans.rotation (
  organization_id text not null,
  id text not null,
  management_unit_id text not null,
  name text not null check (name <> ''),
  enabled boolean not null,
  start_date date not null,
  end_date date check (end_date >= start_date),
  work_plan_ids text[] not null check (cardinality(work_plan_ids) > 0),
  active boolean not null default true,
  version int not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  since timestamptz not null,
  primary key (organization_id, id)
);
create unique index rotation_by_name
  on workplans.rotation (organization_id, management_unit_id, lower(name)) where active;
call foundation.track('workplans.rotation', array['organization_id', 'id']);

-- position: which plan of the rotation the agent's first week in it has. Nobody is in two rotations on one day.
create table workplans.rotation_agent (
  organization_id text not null,
  rotation_id text not null,
  person_id text not null,
  start_date date not null,
  end_date date check (end_date >= start_date),
  position int not null check (position >= 0),
  active boolean not null default true,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, rotation_id, person_id),
  foreign key (organization_id, rotation_id) references workplans.rotation (organization_id, id),
  constraint rotation_agent_overlap exclude using gist
    (organization_id with =, person_id with =, daterange(start_date, end_date, '[]') with &&)
    where (active)
);
call foundation.track('workplans.rotation_agent', array['organization_id', 'rotation_id', 'person_id']);

-- Adherence adjustments: time of the past that counts as adherent once somebody approves of the reason.
create schema adjustments;

create table adjustments.reason_code (
  organization_id text not null,
  id text not null,
  business_unit_id text not null,
  name text not null check (name <> ''),
  state text not null check (state in ('Active', 'Inactive', 'Deleted')),
  version int not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  since timestamptz not null,
  primary key (organization_id, id)
);
create unique index reason_code_by_name
  on adjustments.reason_code (organization_id, business_unit_id, lower(name)) where state <> 'Deleted';
call foundation.track('adjustments.reason_code', array['organization_id', 'id']);

create table adjustments.setting (
  organization_id text not null,
  business_unit_id text not null,
  range_days int not null check (range_days >= 0),
  version int not null default 1,
  changed_by text not null,
  since timestamptz not null,
  primary key (organization_id, business_unit_id)
);
call foundation.track('adjustments.setting', array['organization_id', 'business_unit_id']);

create table adjustments.adjustment (
  organization_id text not null,
  id text not null,
  person_id text not null,
  management_unit_id text not null,
  business_unit_id text not null,
  reason_code_id text not null,
  status text not null check (status in ('Pending', 'Approved', 'Denied')),
  span tstzrange not null check (not isempty(span)),
  submitter_notes text,
  reviewer_notes text,
  reviewed_by text,
  reviewed_at timestamptz,
  active boolean not null default true,
  version int not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  since timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, reason_code_id) references adjustments.reason_code (organization_id, id),
  check ((reviewed_by is null) = (reviewed_at is null)),
  check ((status = 'Pending') = (reviewed_by is null)),
  -- A minute is adjusted once, unless that was denied.
  constraint adjustment_overlap exclude using gist
    (organization_id with =, person_id with =, span with &&) where (active and status <> 'Denied')
);
create index adjustment_by_unit on adjustments.adjustment (organization_id, business_unit_id, lower(span)) where active;
call foundation.track('adjustments.adjustment', array['organization_id', 'id']);

create view adjustments.public_approved as
select organization_id, person_id, span from adjustments.adjustment where active and status = 'Approved';
