-- Access decisions as they were made, with their evidence, and what clients saw.
create schema access;

create table access.attempt (
  organization_id text not null,
  decision_id text not null,
  person_id text not null,
  action text not null,
  purpose text not null check (purpose in ('enforce', 'why', 'session')),
  at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  allowed boolean,
  decision jsonb not null,
  evidence jsonb not null default '{}',
  primary key (organization_id, decision_id)
);
create index attempt_by_person on access.attempt (organization_id, person_id, at);
create index attempt_by_time on access.attempt using brin (real_at);

create table access.client_trace (
  organization_id text not null,
  id bigint generated always as identity,
  person_id text not null,
  at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  body jsonb not null,
  primary key (organization_id, id)
);
create index client_trace_by_person on access.client_trace (organization_id, person_id, at);
create index client_trace_by_time on access.client_trace using brin (real_at);
