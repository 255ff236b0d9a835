-- When each node had each event, kept a day: `lag` in seconds from its writing, `sessions` how many live ones it concerned there.
create table signalling.arrival (
  event_id bigint not null,
  node text not null,
  lag real not null,
  sessions int not null,
  at timestamptz not null default clock_timestamp(),
  primary key (event_id, node)
);
create index arrival_by_time on signalling.arrival using brin (at);

-- From when on the program reads that wrote last: of what was written before it need not know. Null: it said that it ends.
alter table signalling.propagation add column reading_since timestamptz;

create or replace view foundation.public_audit as
select organization_id, id, at, actor_id, actor_kind, client_id, remote_address, correlation_id, service, entity_type,
       entity_id, action, event, body, real_at
from foundation.audit;

-- An event has one id, that of its audit row: so what a node says of the news that it read is found from what happened. Programs of
-- an older release give none: their outbox rows draw from the same sequence, so that none is there twice. Whoever writes an event
-- waits for this lock before it draws.
lock table foundation.outbox in access exclusive mode;
select setval('foundation.audit_id_seq', greatest(
  (select last_value from foundation.audit_id_seq), (select last_value from foundation.outbox_id_seq)) + 1);
alter table foundation.outbox alter column id drop identity;
alter table foundation.outbox alter column id set default nextval('foundation.audit_id_seq');
