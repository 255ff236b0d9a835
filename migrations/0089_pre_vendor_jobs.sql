-- The vendor's bulk operations over recordings: batch requests, integrations that recordings are stored into, recording jobs.
create schema if not exists discovery;

-- A batch request. expected is fixed with it: clients of the vendor wait until there are as many results. division_ids: where
-- whoever asked may hear, null for everywhere.
create table discovery.batch (
  organization_id text not null check (organization_id <> ''),
  id text not null check (id <> ''),
  requested_by text not null,
  requested_at timestamptz not null,
  requested_real timestamptz not null default clock_timestamp(),
  division_ids text[],
  expected int not null check (expected > 0),
  results int not null default 0,
  errors int not null default 0,
  ended_at timestamptz,
  primary key (organization_id, id),
  check (errors between 0 and results and results <= expected),
  check ((ended_at is not null) = (results = expected))
);
create index batch_unfinished on discovery.batch (requested_real) where ended_at is null;
create index batch_by_time on discovery.batch (organization_id, requested_at desc, id);

-- One result of a batch: a recording that was asked for, by its id or with its conversation. known: there is such a recording.
create table discovery.batch_result (
  organization_id text not null,
  batch_id text not null,
  position int not null check (position > 0),
  conversation_id text not null check (conversation_id <> ''),
  recording_id text check (recording_id <> ''),
  known boolean not null,
  settled boolean not null default false,
  problem text check (problem <> ''),
  primary key (organization_id, batch_id, position),
  foreign key (organization_id, batch_id) references discovery.batch on delete cascade,
  check (not known or recording_id is not null),
  check (settled or problem is null)
);
create index batch_result_waiting on discovery.batch_result (organization_id, batch_id, position) where not settled;

-- Secrets of integrations: sealed by a key of their own, which is wrapped as recordings' keys are.
create table discovery.credential (
  organization_id text not null check (organization_id <> ''),
  id text not null check (id <> ''),
  name text not null check (name <> ''),
  type text not null check (type <> ''),
  key_id text not null check (key_id <> ''),
  wrapped_key bytea not null check (octet_length(wrapped_key) between 40 and 200),
  sealed bytea not null check (octet_length(sealed) > 28),
  version int not null check (version > 0),
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id)
);
create unique index credential_name on discovery.credential (organization_id, lower(name));

-- Where recordings are stored: a bucket. credentials: name -> credential's id. reported_*: what the last probe found.
create table discovery.integration (
  organization_id text not null check (organization_id <> ''),
  id text not null check (id <> ''),
  name text not null check (name <> ''),
  type text not null check (type <> ''),
  notes text,
  enabled boolean not null default false,
  config_name text,
  config_notes text,
  config_version int not null default 1 check (config_version > 0),
  properties jsonb not null default '{}' check (jsonb_typeof(properties) = 'object'),
  credentials jsonb not null default '{}' check (jsonb_typeof(credentials) = 'object'),
  works boolean,
  reported text check (reported <> ''),
  reported_at timestamptz,
  deleted boolean not null default false,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id),
  check ((works is null) = (reported is null) and (works is null) = (reported_at is null)),
  check (not (enabled and deleted))
);
create unique index integration_name on discovery.integration (organization_id, lower(name)) where not deleted;

-- A recording job. Its selection is frozen as items while it is PENDING, in order of conversations from until_* on, of what had
-- begun by created_at. wanted: whoever asked wants it begun as soon as it is READY. obstacle*: why nothing goes on right now.
create table discovery.recording_job (
  organization_id text not null check (organization_id <> ''),
  id text not null check (id <> ''),
  action text not null check (action in ('EXPORT', 'DELETE', 'ARCHIVE')),
  query jsonb not null check (jsonb_typeof(query) = 'object'),
  integration_id text check (integration_id <> ''),
  state text not null check (state in ('PENDING', 'READY', 'PROCESSING', 'FULFILLED', 'CANCELLED', 'FAILED')),
  wanted boolean not null default false,
  created_by text not null,
  created_at timestamptz not null,
  created_real timestamptz not null default clock_timestamp(),
  division_ids text[],
  started_by text,
  started_at timestamptz,
  ended_at timestamptz,
  until_started_at timestamptz,
  until_id text,
  conversations int not null default 0 check (conversations >= 0),
  recordings int not null default 0 check (recordings >= 0),
  processed int not null default 0,
  skipped int not null default 0,
  failed int not null default 0,
  problem text check (problem <> ''),
  obstacle text check (obstacle <> ''),
  obstacle_since timestamptz,
  retry_at timestamptz,
  hidden boolean not null default false,
  primary key (organization_id, id),
  foreign key (organization_id, integration_id) references discovery.integration,
  check ((action = 'EXPORT') = (integration_id is not null)),
  check ((started_at is null) = (started_by is null)),
  check ((ended_at is not null) = (state in ('FULFILLED', 'CANCELLED', 'FAILED'))),
  check ((obstacle is null) = (obstacle_since is null)),
  check (state <> 'FAILED' or problem is not null),
  check (not hidden or ended_at is not null),
  check (processed >= 0 and skipped >= 0 and failed >= 0 and processed + skipped + failed <= recordings),
  constraint recording_job_whole check (state <> 'FULFILLED' or processed + skipped + failed = recordings)
);
create index recording_job_by_time on discovery.recording_job (organization_id, created_at desc, id) where not hidden;
create index recording_job_unfinished on discovery.recording_job (created_real) where state in ('PENDING', 'PROCESSING');

-- What a job is for, each once: a recording, or (recording_id null) a conversation that has none and says why it is skipped.
-- object_key, object_sha256, object_size: what was stored of it, attempts: how often that was begun.
create table discovery.recording_job_item (
  organization_id text not null,
  job_id text not null,
  position int not null check (position > 0),
  conversation_id text not null check (conversation_id <> ''),
  recording_id text check (recording_id <> ''),
  due_at timestamptz not null,
  outcome text check (outcome in ('processed', 'skipped', 'failed')),
  problem text check (problem <> ''),
  at timestamptz,
  object_key text check (object_key <> ''),
  object_sha256 bytea check (octet_length(object_sha256) = 32),
  object_size bigint check (object_size >= 0),
  attempts int not null default 0 check (attempts >= 0),
  primary key (organization_id, job_id, position),
  foreign key (organization_id, job_id) references discovery.recording_job,
  check ((outcome is null) = (at is null)),
  check ((problem is not null) = (outcome is not null and outcome <> 'processed')),
  check (recording_id is not null or outcome = 'skipped')
);
create unique index recording_job_item_once on discovery.recording_job_item (organization_id, job_id, recording_id)
  where recording_id is not null;
create index recording_job_item_waiting on discovery.recording_job_item (organization_id, job_id, position) where outcome is null;
create index recording_job_item_failed on discovery.recording_job_item (organization_id, job_id, position) where outcome = 'failed';
