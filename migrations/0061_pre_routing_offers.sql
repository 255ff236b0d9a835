-- Interactions that wait in queues, and their offers to agents. Nothing here is ever deleted: who was offered what, and why
-- not the others, is answered from these rows.

-- enqueued_at is the place in the queue: it stays when an offer comes to nothing. person_id, assigned_at: who took it.
-- evidence: why nobody had been free, of one that ended without anybody; until then routing.shortage has it.
create table routing.interaction (
  organization_id text not null,
  id text not null,
  conversation_id text not null,
  queue_id text not null,
  medium text not null check (medium in ('call', 'callback', 'chat', 'email', 'message')),
  skill_ids text[] not null,
  language_id text,
  need text not null,
  priority int not null,
  last_agent_id text,
  state text not null default 'waiting' check (state in ('waiting', 'offered', 'assigned', 'ended')),
  enqueued_at timestamptz not null,
  person_id text,
  assigned_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  evidence jsonb,
  primary key (organization_id, id),
  foreign key (organization_id, queue_id) references routing.queue,
  check ((state = 'ended') = (ended_at is not null)),
  check ((ended_at is null) = (end_reason is null)),
  check ((person_id is null) = (assigned_at is null)),
  check (state <> 'assigned' or person_id is not null),
  check (state not in ('waiting', 'offered') or person_id is null)
);
-- A conversation has one place in one queue.
create unique index interaction_queued on routing.interaction (organization_id, conversation_id)
  where state in ('waiting', 'offered');
create index interaction_waiting on routing.interaction (organization_id, queue_id, enqueued_at) where state = 'waiting';
create index interaction_assigned on routing.interaction (organization_id, person_id) where state = 'assigned';
create index interaction_handled on routing.interaction (organization_id, queue_id, ended_at)
  where state = 'ended' and assigned_at is not null;
create index interaction_by_conversation on routing.interaction (organization_id, conversation_id, enqueued_at);

-- An offer is a lease: expires_at is real time, the other instants are the application's.
create table routing.offer (
  organization_id text not null,
  id text not null,
  interaction_id text not null,
  conversation_id text not null,
  queue_id text not null,
  medium text not null,
  person_id text not null,
  state text not null default 'alerting'
    check (state in ('alerting', 'accepted', 'declined', 'missed', 'withdrawn', 'failed')),
  auto_answer boolean not null,
  offered_at timestamptz not null,
  expires_at timestamptz not null,
  settled_at timestamptz,
  reason text,
  evidence jsonb not null,
  primary key (organization_id, id),
  foreign key (organization_id, interaction_id) references routing.interaction,
  check ((state = 'alerting') = (settled_at is null))
);
-- What no fault of a program may bring about: two offers of one interaction at a time, two of one medium to one person,
-- an interaction that two people took.
create unique index offer_of_interaction on routing.offer (organization_id, interaction_id) where state = 'alerting';
create unique index offer_to_person on routing.offer (organization_id, person_id, medium) where state = 'alerting';
create unique index offer_accepted on routing.offer (organization_id, interaction_id) where state = 'accepted';
create index offer_expiring on routing.offer (expires_at) where state = 'alerting';
create index offer_by_interaction on routing.offer (organization_id, interaction_id, offered_at);
create index offer_by_conversation on routing.offer (organization_id, conversation_id, offered_at);
create index offer_by_person on routing.offer (organization_id, person_id, offered_at);

-- Why nobody was free for what waits in a queue with the same need and the same ring reached, as the router saw it last: of those
-- that came into the queue from oldest to newest.
create table routing.shortage (
  organization_id text not null,
  queue_id text not null,
  need text not null,
  ring int not null,
  oldest timestamptz not null,
  newest timestamptz not null,
  at timestamptz not null,
  checked_at timestamptz not null,
  evidence jsonb not null,
  primary key (organization_id, queue_id, need, ring)
);

create view routing.public_interaction as
select i.organization_id, i.id, i.conversation_id, i.queue_id, i.medium, i.skill_ids, i.language_id, i.priority, i.state,
       i.enqueued_at, i.person_id, i.assigned_at, i.ended_at, i.end_reason,
       coalesce(i.evidence, seen.evidence) as evidence
from routing.interaction i
left join lateral (
  select s.evidence from routing.shortage s
  where i.state = 'waiting' and s.organization_id = i.organization_id and s.queue_id = i.queue_id and s.need = i.need
    and i.enqueued_at between s.oldest and s.newest
  order by s.checked_at desc limit 1
) seen on true;

create view routing.public_offer as
select organization_id, id, interaction_id, conversation_id, queue_id, medium, person_id, state, auto_answer,
       offered_at, expires_at, settled_at, reason, evidence
from routing.offer;

-- What a router reads of agents, as it stands now.
create view presence.public_routing_status as
select organization_id, person_id, status, started_at from presence.routing_status;
create index routing_status_by_status on presence.routing_status (organization_id, status);

create view stations.public_association as
select a.organization_id, a.person_id, s.id as station_id
from stations.association a
join stations.station s on s.organization_id = a.organization_id and s.id = coalesce(a.station_id, a.default_station_id)
where s.active;

create or replace view identity.public_person as
select organization_id, id, name, email, division_id, state, jabber_id, version, acd_auto_answer from identity.person;
