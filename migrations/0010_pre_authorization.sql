-- Who may do what, and where. Roles and grants keep their past: access explains itself from what was true then.
create schema "authorization";

create table "authorization".division (
  organization_id text not null,
  id text not null,
  name text not null,
  description text,
  home boolean not null default false,
  version int not null default 1,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id)
);
create unique index division_by_name on "authorization".division (organization_id, lower(name));
create unique index division_home on "authorization".division (organization_id) where home;

create table "authorization".role (
  organization_id text not null,
  id text not null,
  name text not null,
  description text,
  default_role_id text,
  permissions text[] not null,
  active boolean not null default true,
  version int not null default 1,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id)
);
create unique index role_by_name on "authorization".role (organization_id, lower(name)) where active;
call foundation.track('"authorization".role', array['organization_id', 'id']);

-- division_id '*' stands for every division.
create table "authorization".role_grant (
  organization_id text not null,
  subject_id text not null,
  role_id text not null,
  division_id text not null,
  active boolean not null default true,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, subject_id, role_id, division_id)
);
call foundation.track('"authorization".role_grant', array['organization_id', 'subject_id', 'role_id', 'division_id']);

-- What a subject held and when: a grant and its role, for the span in which both stood.
create view "authorization".public_holding_timeline as
select g.organization_id, g.subject_id, g.division_id, g.role_id, r.name as role_name, r.permissions,
       greatest(g.since, r.since) as since,
       case when r.since > g.since then r.changed_by else g.changed_by end as changed_by,
       g.active and r.active as active, g.valid * r.valid as valid
from "authorization".role_grant_timeline g
join "authorization".role_timeline r
  on r.organization_id = g.organization_id and r.id = g.role_id and r.valid && g.valid;

-- The same for now alone, which every request reads.
create view "authorization".public_holding as
select g.organization_id, g.subject_id, g.division_id, r.permissions
from "authorization".role_grant g
join "authorization".role r on r.organization_id = g.organization_id and r.id = g.role_id
where g.active and r.active;

create view "authorization".public_division as
select organization_id, id, name, home from "authorization".division;
