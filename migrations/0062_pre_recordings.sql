-- Recordings: what was recorded and how complete that is known. Media are objects, encrypted; keys here are wrapped.
create schema recordings;

-- Whether calls are recorded: of the organization (queue_id '') and of queues that differ. No row: they are.
create table recordings.policy (
  organization_id text not null,
  queue_id text not null,
  record boolean not null,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, queue_id)
);
call foundation.track('recordings.policy', array['organization_id', 'queue_id']);

create table recordings.settings (
  organization_id text primary key,
  settings jsonb not null,
  version int not null,
  changed_at timestamptz not null,
  changed_by text not null
);

-- One row a recorded leg. Instants are the application's clock, except opened_real. offsets: where the zone's offset from
-- UTC changes while it is recorded. The key is made by the node that writes it. stop_at: when its end was asked for; ended_at: when it ended.
create table recordings.recording (
  organization_id text not null check (organization_id <> ''),
  id text not null check (id <> ''),
  conversation_id text not null check (conversation_id <> ''),
  participant_id text not null check (participant_id <> ''),
  leg_id text not null check (leg_id <> ''),
  person_id text check (person_id <> ''),
  queue_id text check (queue_id <> ''),
  direction text not null check (direction in ('inbound', 'outbound')),
  division_ids text[] not null check (cardinality(division_ids) > 0 and array_position(division_ids, null) is null),
  reason text not null check (reason <> ''),
  started_at timestamptz not null check (isfinite(started_at)),
  opened_real timestamptz not null default clock_timestamp(),
  zone text not null check (zone ~ '^[A-Za-z][A-Za-z0-9_+/-]*$'),
  utc_offset_seconds int not null check (utc_offset_seconds between -64800 and 64800),
  tzdata_version text not null check (tzdata_version ~ '^\d{4}\w*$'),
  participants jsonb not null check (jsonb_typeof(participants) = 'array'),
  codec text not null check (codec in ('opus')),
  container text not null check (container in ('ogg')),
  key_id text check (key_id <> ''),
  wrapped_key bytea check (octet_length(wrapped_key) between 40 and 200),
  state text not null check (state in ('open', 'stopping', 'sealed', 'lost')),
  stop_at timestamptz check (isfinite(stop_at)),
  stop_by text check (stop_by in ('call', 'policy', 'crash')),
  ended_at timestamptz check (isfinite(ended_at)),
  ended_by text check (ended_by in ('call', 'policy', 'crash')),
  offsets jsonb,
  duration_ms bigint check (duration_ms >= 0),
  packets bigint check (packets >= 0),
  lost bigint check (lost >= 0),
  sha256 bytea check (octet_length(sha256) = 32),
  size bigint check (size >= 0),
  object_key text check (object_key <> ''),
  stored_sha256 bytea check (octet_length(stored_sha256) = 32),
  stored_size bigint check (stored_size > 0),
  archive_at timestamptz check (isfinite(archive_at)),
  delete_at timestamptz check (isfinite(delete_at)),
  revision int not null default 0 check (revision >= 0),
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id),
  check ((key_id is null) = (wrapped_key is null)),
  check ((stop_at is null) = (stop_by is null)),
  check (stop_at >= started_at),
  check (state <> 'stopping' or stop_at is not null),
  check ((ended_at is null) = (ended_by is null)),
  check ((ended_at is null) = (state in ('open', 'stopping'))),
  check (ended_at >= started_at),
  check (archive_at >= started_at and delete_at >= started_at),
  constraint recording_sealed_whole check (state <> 'sealed' or (
    duration_ms is not null and packets is not null and lost is not null and sha256 is not null and size is not null
    and wrapped_key is not null and object_key is not null and stored_sha256 is not null and stored_size is not null and revision > 0
    and offsets is not null and jsonb_typeof(offsets) = 'array' and jsonb_array_length(offsets) > 0)),
  constraint recording_object_of_sealed check (state = 'sealed' or object_key is null)
);
-- A leg is recorded once at a time.
create unique index recording_open_once on recordings.recording (organization_id, leg_id) where state = 'open';
create index recording_by_conversation on recordings.recording (organization_id, conversation_id, started_at);
create index recording_by_person on recordings.recording (organization_id, person_id, started_at desc) where person_id is not null;
create index recording_by_queue on recordings.recording (organization_id, queue_id, started_at desc) where queue_id is not null;
create index recording_by_time on recordings.recording (organization_id, started_at desc, id);
create index recording_unsealed on recordings.recording (opened_real) where state in ('open', 'stopping');

-- The metadata as it was known, from the sealing on. Rows are never changed: digest is the SHA-256 of the former one's
-- digest and this one's content, so that a change would show in all that follow.
create table recordings.revision (
  organization_id text not null,
  recording_id text not null,
  revision int not null check (revision > 0),
  metadata jsonb not null check (jsonb_typeof(metadata) = 'object'),
  difference jsonb not null check (jsonb_typeof(difference) = 'array'),
  reason text not null check (reason <> ''),
  by text not null,
  at timestamptz not null,
  digest bytea not null check (octet_length(digest) = 32),
  primary key (organization_id, recording_id, revision),
  foreign key (organization_id, recording_id) references recordings.recording,
  check (revision = 1 or jsonb_array_length(difference) > 0)
);

create function recordings.keep_history() returns trigger language plpgsql as $$
begin
  raise exception 'rows of %.% are never changed: they are evidence', tg_table_schema, tg_table_name;
end
$$;
create trigger keep_history before update or delete on recordings.revision
for each row execute function recordings.keep_history();

-- Who heard what, or was refused. first_byte and last_byte: the part that was asked for, null for all of it.
create table recordings.access_log (
  organization_id text not null,
  id text not null,
  recording_id text not null,
  at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  actor_id text not null,
  actor_kind text not null,
  client_id text,
  address text,
  what text not null check (what in ('media', 'head', 'peaks')),
  by_ticket boolean not null,
  first_byte bigint,
  last_byte bigint,
  allowed boolean not null,
  code text not null,
  correlation_id text not null,
  primary key (organization_id, id),
  foreign key (organization_id, recording_id) references recordings.recording,
  check (last_byte >= first_byte)
);
create index access_log_of_recording on recordings.access_log (organization_id, recording_id, at, id);
create trigger keep_history before update or delete on recordings.access_log
for each row execute function recordings.keep_history();

-- Waveforms, computed once: signed bytes, lowest and highest of each pixel.
create table recordings.peaks (
  organization_id text not null,
  recording_id text not null,
  sample_rate int not null check (sample_rate > 0),
  samples_per_pixel int not null check (samples_per_pixel > 0),
  data bytea not null check (octet_length(data) % 2 = 0),
  primary key (organization_id, recording_id),
  foreign key (organization_id, recording_id) references recordings.recording
);

-- A refresh of more recordings than one answer waits for. until: where it stands, in order of (started_at, id).
create table recordings.refresh (
  organization_id text not null,
  id text not null,
  selection jsonb not null,
  reason text not null,
  started_by text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  state text not null check (state in ('running', 'done', 'failed')),
  division_ids text[],
  total int not null,
  revised int not null default 0,
  unchanged int not null default 0,
  skipped int not null default 0,
  failed int not null default 0,
  until_started_at timestamptz,
  until_id text,
  problems jsonb not null default '[]',
  primary key (organization_id, id),
  check ((state = 'running') = (ended_at is null))
);

create view recordings.public_recording as
select organization_id, id, conversation_id, participant_id, leg_id, person_id, queue_id, direction, division_ids, reason, started_at,
       zone, utc_offset_seconds, tzdata_version, offsets, participants, state, ended_at, ended_by, duration_ms, packets, lost,
       sha256, size, codec, container, archive_at, delete_at, revision
from recordings.recording;

create view recordings.public_policy as
select organization_id, queue_id, record, since, changed_by from recordings.policy;

create view recordings.public_policy_timeline as
select organization_id, queue_id, record, since, changed_by, valid from recordings.policy_timeline;

create view recordings.public_revision as
select organization_id, recording_id, revision, metadata, difference, reason, by, at, digest from recordings.revision;

create view recordings.public_access as
select organization_id, id, recording_id, at, actor_id, actor_kind, client_id, address, what, by_ticket, first_byte, last_byte,
       allowed, code
from recordings.access_log;
