-- Notification channels: unguessable, bound to one token, outliving sockets and restarts.
create schema signalling;

create table signalling.channel (
  organization_id text not null,
  id text not null,
  person_id text,
  client_id text not null,
  token_digest bytea not null,
  topics text[] not null default '{}',
  created_at timestamptz not null,
  last_used timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null default clock_timestamp() + interval '1 day',
  primary key (organization_id, id)
);
create index channel_by_id on signalling.channel (id);
create index channel_by_owner on signalling.channel (organization_id, coalesce(person_id, client_id), client_id, last_used);
create index channel_by_expiry on signalling.channel (expires_at);
