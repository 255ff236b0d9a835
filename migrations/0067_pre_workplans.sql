-- Work plans: what agents' shifts may be like, and who has which plan.
create schema workplans;

-- A plan is read and written whole; its terms and shifts are the model's, by their names. Never deleted: schedules name it.
create table workplans.work_plan (
  organization_id text not null,
  id text not null,
  management_unit_id text not null,
  name text not null check (name <> ''),
  enabled boolean not null,
  consistent boolean not null,
  terms jsonb not null check (jsonb_typeof(terms) = 'object'),
  shifts jsonb not null check (jsonb_typeof(shifts) = 'array'),
  active boolean not null default true,
  version int not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  since timestamptz not null,
  primary key (organization_id, id)
);
create unique index work_plan_by_name
  on workplans.work_plan (organization_id, management_unit_id, lower(name)) where active;
call foundation.track('workplans.work_plan', array['organization_id', 'id']);

-- Null: none any more. A plan holds while its agent is in the plan's management unit.
create table workplans.agent_plan (
  organization_id text not null,
  person_id text not null,
  work_plan_id text,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, person_id),
  foreign key (organization_id, work_plan_id) references workplans.work_plan (organization_id, id)
);
create index agent_plan_by_plan on workplans.agent_plan (organization_id, work_plan_id) where work_plan_id is not null;
call foundation.track('workplans.agent_plan', array['organization_id', 'person_id']);
