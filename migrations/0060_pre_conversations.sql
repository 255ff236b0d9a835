-- Conversations and who takes part in them. Rows are never deleted: an ended participant stays.
create schema conversations;

-- Whoever changes a conversation or one of its participants locks this row first.
create table conversations.conversation (
  organization_id text not null,
  id text not null,
  direction text not null check (direction in ('inbound', 'outbound')),
  started_at timestamptz not null,
  ended_at timestamptz,
  address text,
  division_ids text[] not null,
  external_tag text,
  recording_state text not null check (recording_state in ('none', 'active', 'paused')),
  version int not null,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id),
  check (ended_at >= started_at)
);
create index conversation_by_time on conversations.conversation (organization_id, started_at desc, id);
create index conversation_live on conversations.conversation (organization_id, started_at, id) where ended_at is null;

-- Instants are the application's clock. acw_due_at: when after-call work is over by itself.
create table conversations.participant (
  organization_id text not null,
  conversation_id text not null,
  id text not null,
  position int not null,
  communication_id text not null,
  purpose text not null check (purpose in ('customer', 'acd', 'agent', 'user', 'external')),
  direction text not null check (direction in ('inbound', 'outbound')),
  state text not null
    check (state in ('offering', 'contacting', 'alerting', 'dialing', 'connected', 'disconnected', 'terminated')),
  person_id text,
  queue_id text,
  queue_name text,
  name text,
  address text,
  muted boolean not null,
  held boolean not null,
  confined boolean not null,
  recording boolean not null,
  started_at timestamptz not null,
  alerted_at timestamptz,
  connected_at timestamptz,
  held_at timestamptz,
  ended_at timestamptz,
  disconnect_type text,
  error text,
  consult_participant_id text,
  wrapup_required boolean not null,
  wrapup_prompt text check (wrapup_prompt in ('mandatory', 'optional', 'agentRequested', 'timeout', 'forcedTimeout')),
  wrapup_timeout_ms bigint check (wrapup_timeout_ms >= 0),
  wrapup jsonb,
  wrapup_skipped boolean not null,
  acw_started_at timestamptz,
  acw_ended_at timestamptz,
  acw_due_at timestamptz,
  attributes jsonb not null,
  alerting_timeout_ms bigint,
  changed_version int not null,
  primary key (organization_id, conversation_id, id),
  foreign key (organization_id, conversation_id) references conversations.conversation,
  unique (organization_id, conversation_id, position),
  unique (organization_id, communication_id),
  check ((ended_at is null) = (state not in ('disconnected', 'terminated'))),
  check ((ended_at is null) = (disconnect_type is null)),
  check (held = (held_at is not null)),
  check (ended_at is null or not recording),
  check (wrapup is null or ended_at is not null),
  check (acw_started_at >= ended_at),
  check (acw_started_at is null or ended_at is not null),
  check (acw_ended_at is null or acw_ended_at >= acw_started_at),
  check (acw_ended_at is null or acw_started_at is not null),
  check (acw_due_at is null or (acw_started_at is not null and acw_ended_at is null))
);
create index participant_live on conversations.participant (organization_id, person_id) where ended_at is null;
create index participant_wrapping_up on conversations.participant (organization_id, person_id)
  where acw_started_at is not null and acw_ended_at is null;
create index participant_acw_due on conversations.participant (acw_due_at) where acw_due_at is not null;
create index participant_by_person on conversations.participant (organization_id, person_id, started_at desc)
  where person_id is not null;
create index participant_by_queue on conversations.participant (organization_id, queue_id, started_at desc)
  where queue_id is not null;

create view conversations.public_conversation as
select organization_id, id, direction, started_at, ended_at, address, division_ids, external_tag, recording_state, version
from conversations.conversation;

create view conversations.public_participant as
select organization_id, conversation_id, id, position, communication_id, purpose, direction, state, person_id, queue_id,
       queue_name, name, address, muted, held, confined, recording, started_at, alerted_at, connected_at, held_at, ended_at,
       disconnect_type, consult_participant_id, wrapup_required, wrapup_prompt, wrapup_timeout_ms, wrapup, wrapup_skipped,
       acw_started_at, acw_ended_at, acw_due_at, attributes, changed_version
from conversations.participant;
