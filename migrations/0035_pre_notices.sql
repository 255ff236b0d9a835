-- What people are told of time off and trades. Nobody is told twice of one version of a subject.
create schema notices;

create table notices.notice (
  organization_id text not null,
  id text not null,
  person_id text not null,
  kind text not null check (kind in ('TimeOffRequest', 'ShiftTrade')),
  subject_id text not null,
  subject_version int not null,
  at timestamptz not null,
  for_agent boolean not null,
  marked_as_read boolean not null default false,
  facts jsonb not null,
  primary key (organization_id, id),
  unique (organization_id, person_id, kind, subject_id, subject_version)
);
create index notice_by_person on notices.notice (organization_id, person_id, at desc);
create index notice_by_age on notices.notice (at);
