-- Schedules changed by small edits: a revision of its own kind, with the rules that its author broke knowingly.
alter table schedule.revision
  drop constraint revision_kind_check,
  add constraint revision_kind_check check (kind in
    ('create', 'import', 'copy', 'update', 'edit', 'publish', 'swap', 'republish', 'supersede', 'delete')),
  add column accepted jsonb not null default '[]'; -- [{"code", "agent_id", "sentence"}]

-- An agent's calendar subscription: whoever has its secret address reads the agent's shifts in force. One each; a new one
-- ends the one before.
create table schedule.calendar_feed (
  organization_id text not null,
  person_id text not null,
  address_digest bytea not null,
  created_at timestamptz not null,
  primary key (organization_id, person_id),
  unique (organization_id, address_digest)
);
