-- Media nodes and the legs they carry. What a leg shall be stands here; the node that a leg names makes it so.
create schema calls;

-- A media process of the installation, not of a tenant. Real time. A slot is a place that one process at a time fills:
-- whoever registers there ends its predecessor.
create table calls.media_node (
  id text primary key,
  slot text not null,
  started_at timestamptz not null,
  renewed_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create unique index media_node_slot on calls.media_node (slot) where ended_at is null;

-- One media session of a softphone or a web caller. conversation_id null: a persistent connection between calls.
-- Real time: due_at (when the present state is given up). The application's clock: everything else.
create table calls.leg (
  organization_id text not null,
  id text not null,
  kind text not null check (kind in ('softphone', 'web')),
  conversation_id text,
  participant_id text,
  person_id text,
  offer_id text,
  node_id text,
  generation int not null default 1,
  session_id text not null,
  former_session_id text,
  session_conversation_id text,
  jid text,
  state text not null check (state in ('proposed', 'requested', 'offered', 'answered', 'connected', 'lost', 'ended')),
  auto_answer boolean not null default false,
  persistent boolean not null default false,
  reinvite boolean not null default false,
  local_sdp text,
  remote_sdp text,
  remote_candidates jsonb not null default '[]',
  ice_offer text,
  ice_answer text,
  remote_address text,
  wish jsonb not null default '{}',
  secret_digest bytea,
  digits text not null default '',
  made_at timestamptz not null,
  connected_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  due_at timestamptz,
  stats jsonb,
  version int not null default 1,
  primary key (organization_id, id),
  check ((conversation_id is null) = (participant_id is null)),
  check ((state = 'ended') = (ended_at is not null)),
  check ((state = 'ended') = (end_reason is not null)),
  check (kind = 'web' or person_id is not null)
);
create unique index leg_session on calls.leg (organization_id, session_id);
create index leg_of_conversation on calls.leg (organization_id, conversation_id);
create index leg_of_person on calls.leg (organization_id, person_id) where state <> 'ended';
create index leg_of_node on calls.leg (node_id) where state <> 'ended';
create index leg_due on calls.leg (due_at) where state <> 'ended' and due_at is not null;
create index leg_of_web on calls.leg (id) where kind = 'web';
create index leg_of_address on calls.leg (remote_address) where kind = 'web' and state <> 'ended';
create unique index leg_persistent on calls.leg (organization_id, person_id) where persistent and state <> 'ended';

-- An agent asks somebody before a transfer. One at a time in a conversation; kept when it is over.
create table calls.consultation (
  organization_id text not null,
  id text not null,
  conversation_id text not null,
  initiator_id text not null,
  object_id text not null,
  destination_id text not null,
  speak_to text not null check (speak_to in ('DESTINATION', 'OBJECT', 'BOTH')),
  began_at timestamptz not null,
  ended_at timestamptz,
  outcome text check (outcome in ('transferred', 'conference', 'cancelled', 'left')),
  primary key (organization_id, id),
  check ((ended_at is null) = (outcome is null))
);
create unique index consultation_live on calls.consultation (organization_id, conversation_id) where ended_at is null;

create view calls.public_leg as
select organization_id, id, kind, conversation_id, participant_id, person_id, state, persistent, made_at, connected_at, ended_at, end_reason
from calls.leg;
