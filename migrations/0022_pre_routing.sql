-- Queues and who works them, skills and who has them, wrap-up codes. What decides who may receive keeps its past.
create schema routing;

-- A language is a skill of its own kind. division_id null: everybody may see it.
create table routing.skill (
  organization_id text not null,
  id text not null,
  kind text not null check (kind in ('skill', 'language')),
  name text not null,
  division_id text,
  active boolean not null default true,
  version int not null default 1,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id)
);
create unique index skill_by_name on routing.skill (organization_id, kind, lower(name)) where active;
call foundation.track('routing.skill', array['organization_id', 'id']);

create table routing.person_skill (
  organization_id text not null,
  person_id text not null,
  skill_id text not null,
  proficiency double precision not null check (proficiency between 0 and 5),
  active boolean not null default true,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, person_id, skill_id),
  foreign key (organization_id, skill_id) references routing.skill
);
create index person_skill_by_skill on routing.person_skill (organization_id, skill_id, person_id) where active;
call foundation.track('routing.person_skill', array['organization_id', 'person_id', 'skill_id']);

create table routing.queue (
  organization_id text not null,
  id text not null,
  name text not null,
  description text,
  division_id text not null,
  settings jsonb not null,
  active boolean not null default true,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id)
);
create unique index queue_by_name on routing.queue (organization_id, lower(name)) where active;
call foundation.track('routing.queue', array['organization_id', 'id']);

-- Joined: takes interactions of the queue. Not joined: still a member, who left it for a while.
create table routing.queue_member (
  organization_id text not null,
  queue_id text not null,
  person_id text not null,
  joined boolean not null,
  ring_number int not null default 1 check (ring_number between 1 and 6),
  active boolean not null default true,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, queue_id, person_id),
  foreign key (organization_id, queue_id) references routing.queue,
  check (active or not joined)
);
create index queue_member_by_person on routing.queue_member (organization_id, person_id, queue_id) where active;
call foundation.track('routing.queue_member', array['organization_id', 'queue_id', 'person_id']);

-- division_id '*': for every division.
create table routing.wrapup_code (
  organization_id text not null,
  id text not null,
  name text not null,
  description text,
  division_id text not null,
  active boolean not null default true,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id)
);
create unique index wrapup_code_by_name on routing.wrapup_code (organization_id, lower(name)) where active;

create table routing.queue_wrapup_code (
  organization_id text not null,
  queue_id text not null,
  wrapup_code_id text not null,
  primary key (organization_id, queue_id, wrapup_code_id),
  foreign key (organization_id, queue_id) references routing.queue,
  foreign key (organization_id, wrapup_code_id) references routing.wrapup_code
);
create index queue_wrapup_code_by_code on routing.queue_wrapup_code (organization_id, wrapup_code_id);

-- How much of each medium one person handles at a time. No row: the defaults of the model.
create table routing.settings (
  organization_id text primary key,
  reset_agent_score_on_presence_change boolean not null,
  utilization jsonb not null,
  version int not null default 1,
  since timestamptz not null,
  changed_by text not null
);
call foundation.track('routing.settings', array['organization_id']);

create view routing.public_skill as
select organization_id, id, kind, name, division_id from routing.skill where active;

create view routing.public_person_skill as
select p.organization_id, p.person_id, p.skill_id, s.kind, s.name as skill_name, p.proficiency, p.since, p.changed_by
from routing.person_skill p
join routing.skill s on s.organization_id = p.organization_id and s.id = p.skill_id
where p.active and s.active;

create view routing.public_queue as
select organization_id, id, name, division_id, settings, since, changed_by from routing.queue where active;

create view routing.public_queue_member as
select m.organization_id, m.queue_id, q.name as queue_name, m.person_id, m.joined, m.ring_number, m.since, m.changed_by
from routing.queue_member m
join routing.queue q on q.organization_id = m.organization_id and q.id = m.queue_id
where m.active and q.active;

-- The same for any instant: who had which skill, and who was in which queue.
create view routing.public_person_skill_timeline as
select organization_id, person_id, skill_id, proficiency, since, changed_by, valid
from routing.person_skill_timeline where active;

create view routing.public_queue_member_timeline as
select organization_id, queue_id, person_id, joined, ring_number, since, changed_by, valid
from routing.queue_member_timeline where active;
