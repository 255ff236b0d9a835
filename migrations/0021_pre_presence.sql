-- What people are doing, whether routing may give them work, and their live sessions.
create schema presence;

-- System definitions have the same ids in every organization: clients of the vendor know them by heart.
create table presence.definition (
  organization_id text not null,
  id text not null,
  kind text not null check (kind in ('System', 'User')),
  system_presence text not null check (system_presence in ('Available', 'Away', 'Busy', 'Offline', 'Idle', 'OnQueue',
                                                           'Meal', 'Training', 'Meeting', 'Break')),
  labels jsonb not null,
  division_id text not null default '*',
  active boolean not null default true,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id)
);

-- Where else presences come from. A registered source sets them in bulk only.
create table presence.source (
  organization_id text not null,
  id text not null,
  name text not null,
  description text,
  active boolean not null default true,
  created_at timestamptz not null,
  created_by text not null,
  primary key (organization_id, id)
);
create unique index source_by_name on presence.source (organization_id, lower(name));

-- One row a person and source; no row: Offline. The primary one is what the person is doing.
create table presence.agent_presence (
  organization_id text not null,
  person_id text not null,
  source_id text not null,
  definition_id text not null,
  system_presence text not null,
  message text not null default '',
  is_primary boolean not null,
  modified_at timestamptz not null,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, person_id, source_id),
  foreign key (organization_id, definition_id) references presence.definition
);
create index agent_presence_primary on presence.agent_presence (organization_id, person_id) where is_primary;
create index agent_presence_definition on presence.agent_presence (organization_id, definition_id);
call foundation.track('presence.agent_presence', array['organization_id', 'person_id', 'source_id']);

-- One row a person, locked first by whatever changes their presence or status; no row: off queue.
create table presence.routing_status (
  organization_id text not null,
  person_id text not null,
  status text not null check (status in ('OFF_QUEUE', 'IDLE', 'INTERACTING', 'NOT_RESPONDING', 'COMMUNICATING')),
  started_at timestamptz,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, person_id)
);
call foundation.track('presence.routing_status', array['organization_id', 'person_id']);

-- A live session. Real time: opened_at, expires_at, closed_at; the application's clock: valid, which "why" asks.
create table presence.session_lease (
  organization_id text not null,
  id text not null,
  person_id text not null,
  channel_id text not null,
  node text not null,
  transport text not null check (transport in ('xmpp', 'json')),
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  closed_at timestamptz,
  close_reason text,
  valid tstzrange not null,
  primary key (organization_id, id),
  check ((closed_at is null) = (close_reason is null)),
  check ((closed_at is null) = upper_inf(valid))
);
create index session_lease_live on presence.session_lease (organization_id, person_id) where closed_at is null;
create index session_lease_of_node on presence.session_lease (node) where closed_at is null;
create index session_lease_expiring on presence.session_lease (expires_at) where closed_at is null;
create index session_lease_by_person on presence.session_lease (organization_id, person_id, opened_at);

-- Whose last session ended, and when (real time) they are taken to be offline unless they come back.
create table presence.absence (
  organization_id text not null,
  person_id text not null,
  left_at timestamptz not null,
  due_at timestamptz not null,
  primary key (organization_id, person_id)
);
create index absence_due on presence.absence (due_at);

create view presence.public_presence_timeline as
select organization_id, person_id, source_id, definition_id, system_presence, message, since, changed_by, valid
from presence.agent_presence_timeline where is_primary;

create view presence.public_routing_status_timeline as
select organization_id, person_id, status, started_at, since, changed_by, valid from presence.routing_status_timeline;

create view presence.public_session_lease as
select organization_id, id, person_id, channel_id, node, transport, opened_at, expires_at, closed_at, close_reason, valid
from presence.session_lease;
