-- Conversations by message and e-mail, and what is written in them.
alter table conversations.conversation
  add column medium text not null default 'call' check (medium in ('call', 'callback', 'chat', 'email', 'message')),
  add column subject text;
-- The latest messages of a participant, as [{id, at, status, files}]: clients are told of them with the conversation.
alter table conversations.participant add column messages jsonb not null default '[]' check (jsonb_typeof(messages) = 'array');
-- Whose time is over is looked for by medium.
create or replace view conversations.public_conversation as
select organization_id, id, direction, started_at, ended_at, address, division_ids, external_tag, recording_state, version,
       medium, subject
from conversations.conversation;

create schema messaging;

-- Where guests write to: a queue that is opened to messages from the web. An id is unheard of in other organizations.
create table messaging.deployment (
  organization_id text not null,
  id text not null unique,
  name text not null check (name <> ''),
  queue_id text not null,
  allowed_origins text[] not null,
  enabled boolean not null,
  version int not null check (version > 0),
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id)
);
create unique index deployment_name on messaging.deployment (organization_id, lower(name));

-- A browser that may write: whoever knows its secret. conversation_id: the one that its next message belongs to.
create table messaging.guest (
  organization_id text not null,
  id text not null unique,
  deployment_id text not null,
  secret_digest bytea not null check (octet_length(secret_digest) = 32),
  name text not null,
  remote_address text,
  conversation_id text,
  participant_id text,
  made_at timestamptz not null,
  seen_at timestamptz not null,
  primary key (organization_id, id),
  foreign key (organization_id, deployment_id) references messaging.deployment,
  check ((conversation_id is null) = (participant_id is null))
);
create index guest_of_address on messaging.guest (remote_address, made_at);
create index guest_of_conversation on messaging.guest (organization_id, conversation_id) where conversation_id is not null;

-- A file, checked when it came and kept as an object by its digest. message_id: with which message it was sent; null: with none yet.
create table messaging.attachment (
  organization_id text not null,
  id text not null,
  conversation_id text,
  guest_id text,
  person_id text,
  message_id text,
  name text not null check (name <> ''),
  media_type text not null,
  size bigint not null check (size >= 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  made_at timestamptz not null,
  primary key (organization_id, id),
  check (message_id is null or conversation_id is not null)
);
create index attachment_of_guest on messaging.attachment (organization_id, guest_id) where message_id is null;
create index attachment_of_conversation on messaging.attachment (organization_id, conversation_id);

-- What was written, in order and for good: the transcript. digest is the SHA-256 of the former message's digest and this one's
-- canonical content, so that a change would show in all that follow. sent_at: the application's clock; utc_offset_seconds: of
-- the zone at that instant. raw_sha256: an e-mail as it came or went, an object by its digest.
create table messaging.message (
  organization_id text not null,
  conversation_id text not null,
  position int not null check (position > 0),
  former int generated always as (nullif(position - 1, 0)) stored,
  id text not null,
  medium text not null check (medium in ('message', 'email')),
  direction text not null check (direction in ('inbound', 'outbound')),
  participant_id text not null,
  communication_id text not null,
  purpose text not null,
  person_id text,
  author text not null,
  queue_id text,
  client_id text,
  sent_at timestamptz not null check (isfinite(sent_at)),
  real_at timestamptz not null,
  zone text not null check (zone <> ''),
  utc_offset_seconds int not null check (utc_offset_seconds between -86400 and 86400),
  tzdata_version text not null,
  text text not null,
  mail jsonb check (jsonb_typeof(mail) = 'object'),
  attachments jsonb not null check (jsonb_typeof(attachments) = 'array'),
  raw_sha256 bytea check (octet_length(raw_sha256) = 32),
  former_digest bytea not null check (octet_length(former_digest) = 32),
  digest bytea not null check (octet_length(digest) = 32),
  primary key (organization_id, conversation_id, position),
  unique (organization_id, id),
  unique (organization_id, conversation_id, position, digest),
  -- Each follows the one before it, and the first follows nothing.
  foreign key (organization_id, conversation_id, former, former_digest)
    references messaging.message (organization_id, conversation_id, position, digest),
  check (former is not null or former_digest = decode(repeat('00', 32), 'hex')),
  check ((medium = 'email') = (mail is not null)),
  check (text <> '' or jsonb_array_length(attachments) > 0 or mail is not null)
);
-- A repeat is the same message.
create unique index message_once on messaging.message (organization_id, conversation_id, participant_id, client_id)
  where client_id is not null;

create function messaging.keep_transcript() returns trigger language plpgsql as $$
begin
  raise exception 'rows of %.% are never changed: they are evidence', tg_table_schema, tg_table_name;
end
$$;
create trigger keep_transcript before update or delete on messaging.message
for each row execute function messaging.keep_transcript();
