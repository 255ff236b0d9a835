-- Questions about what happened. The answers stay in the foundation's audit, which is only ever added to.
create schema audit;

-- last_id freezes the answer: what happens later is not part of it, however late its pages are read.
create table audit.query (
  organization_id text not null,
  id text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  service text,
  filters jsonb not null,
  descending boolean not null,
  last_id bigint not null,
  started_at timestamptz not null,
  started_by text not null,
  started_real timestamptz not null default clock_timestamp(),
  primary key (organization_id, id)
);

create view foundation.public_audit as
select organization_id, id, at, actor_id, actor_kind, client_id, remote_address, correlation_id, service, entity_type,
       entity_id, action, event, body
from foundation.audit;
