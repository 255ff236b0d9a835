-- Business units, management units, agents' membership and activity codes.
create schema units;

create table units.business_unit (
  organization_id text not null,
  id text not null,
  name text not null,
  division_id text not null,
  time_zone text not null,
  start_day_of_week text not null,
  settings jsonb not null default '{}',
  active boolean not null default true,
  version int not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  changed_at timestamptz not null,
  -- Activity codes are versioned as one list.
  codes_version int not null default 1,
  codes_changed_by text not null,
  codes_changed_at timestamptz not null,
  primary key (organization_id, id)
);
create unique index business_unit_by_name on units.business_unit (organization_id, lower(name)) where active;

create table units.management_unit (
  organization_id text not null,
  id text not null,
  business_unit_id text not null,
  name text not null,
  division_id text not null,
  time_zone text not null,
  start_day_of_week text not null,
  settings jsonb not null default '{}',
  active boolean not null default true,
  version int not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, business_unit_id) references units.business_unit (organization_id, id)
);
create unique index management_unit_by_name
  on units.management_unit (organization_id, business_unit_id, lower(name)) where active;

-- Which management unit a person works in; null: in none any more. Its past says where they worked then.
create table units.agent (
  organization_id text not null,
  person_id text not null,
  management_unit_id text,
  schedulable boolean not null default true,
  version int not null default 1,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, person_id),
  foreign key (organization_id, management_unit_id) references units.management_unit (organization_id, id)
);
create index agent_by_unit on units.agent (organization_id, management_unit_id);
call foundation.track('units.agent', array['organization_id', 'person_id']);

create table units.activity_code (
  organization_id text not null,
  business_unit_id text not null,
  id text not null,
  name text not null,
  category text not null,
  default_code boolean not null default false,
  active boolean not null default true,
  length_minutes int not null,
  counts_as_paid boolean not null,
  counts_as_work boolean not null,
  agent_time_off_selectable boolean not null default false,
  counts_toward_shrinkage boolean not null default false,
  planned_shrinkage boolean not null default false,
  interruptible boolean not null default false,
  secondary_presence_ids text[] not null default '{}',
  planning_group_ids text[] not null default '{}',
  background_color text,
  text_color_theme text,
  primary key (organization_id, business_unit_id, id),
  foreign key (organization_id, business_unit_id) references units.business_unit (organization_id, id)
);

create view units.public_agent as
select a.organization_id, a.person_id, a.management_unit_id, m.business_unit_id, m.division_id, m.time_zone,
       m.settings as management_unit_settings, b.time_zone as business_unit_time_zone, a.schedulable, a.since
from units.agent a
join units.management_unit m on m.organization_id = a.organization_id and m.id = a.management_unit_id
join units.business_unit b on b.organization_id = m.organization_id and b.id = m.business_unit_id;

create view units.public_agent_timeline as
select a.organization_id, a.person_id, a.management_unit_id, m.business_unit_id, a.since, a.changed_by, a.valid
from units.agent_timeline a
left join units.management_unit m on m.organization_id = a.organization_id and m.id = a.management_unit_id;

create view units.public_business_unit as
select organization_id, id, name, division_id, time_zone, start_day_of_week, settings, active
from units.business_unit;

create view units.public_activity_code as
select organization_id, business_unit_id, id, name, category, active, counts_as_paid, counts_as_work,
       agent_time_off_selectable
from units.activity_code;
