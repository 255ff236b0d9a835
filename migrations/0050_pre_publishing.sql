-- Swaps as they were asked for and what they did: beside the revisions they made.
create schema publishing;

create table publishing.swap (
  organization_id text not null,
  id text not null,
  agent_id text not null,
  schedule_id text not null,
  reason text,
  by text not null,
  at timestamptz not null,
  request jsonb not null,
  outcome jsonb not null,
  primary key (organization_id, id)
);
create index swap_by_agent on publishing.swap (organization_id, agent_id, at);
