-- What a backup must hold beside the database: every object that some row names, with its digest where that is known.
create view recordings.public_stored_object as
select organization_id, id as recording_id, object_key, stored_size, stored_sha256, key_id
from recordings.recording where object_key is not null;

create view messaging.public_stored_object as
select organization_id, 'messaging/' || organization_id || '/' || left(digest, 2) || '/' || digest as object_key, decode(digest, 'hex') as sha256
from (
  select organization_id, encode(sha256, 'hex') as digest from messaging.attachment
  union
  select organization_id, encode(raw_sha256, 'hex') from messaging.message where raw_sha256 is not null
) content;

create view ledger.public_log as select organization_id, origin, since from ledger.log;

create view ledger.public_checkpoint as select organization_id, size, root, at, note from ledger.checkpoint;

-- What was imported is kept as it came.
alter table recordings.recording drop constraint recording_codec_check, drop constraint recording_container_check,
  add constraint recording_codec_check check (codec in ('opus', 'pcm', 'pcma', 'pcmu', 'adpcm', 'gsm', 'mp3')),
  add constraint recording_container_check check (container in ('ogg', 'wav', 'mp3'));

create view recordings.public_media_digest as
select organization_id, id as recording_id, sha256 from recordings.recording where state = 'sealed';
create index recording_by_sha256 on recordings.recording (organization_id, sha256) where sha256 is not null;

-- Recordings that were exported elsewhere, as they came, until somebody or the file itself says what is right.
create schema imports;

create table imports.import (
  organization_id text not null check (organization_id <> ''),
  id text not null check (id <> ''),
  folder text not null check (folder <> ''),
  zone text,
  organization_ids text[] not null,
  reason text not null check (reason <> ''),
  repair boolean not null,
  state text not null check (state in ('running', 'done', 'failed')),
  started_by text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  total int not null default 0,
  done int not null default 0,
  problem text,
  primary key (organization_id, id),
  check (done between 0 and total),
  check ((state = 'running') = (ended_at is null)),
  check ((state = 'failed') = (problem is not null))
);
create index import_by_time on imports.import (organization_id, started_at desc, id);

-- What was not kept: nothing of it is here but where it was and why.
create table imports.refusal (
  organization_id text not null,
  import_id text not null,
  path text not null,
  sentence text not null,
  primary key (organization_id, import_id, path),
  foreign key (organization_id, import_id) references imports.import
);

-- An item in quarantine. metadata: the file's bytes. content: the SHA-256 of what came, so that the same is never kept twice. The key of its
-- object moves to the recording that it becomes, and is then destroyed with that one's.
create table imports.item (
  organization_id text not null check (organization_id <> ''),
  id text not null check (id <> ''),
  import_id text not null,
  path text not null check (path <> ''),
  content bytea not null check (octet_length(content) = 32),
  recording_id text not null check (recording_id <> ''),
  conversation_id text,
  folder_hour timestamptz,
  metadata bytea,
  metadata_sha256 bytea check (octet_length(metadata_sha256) = 32),
  media_sha256 bytea check (octet_length(media_sha256) = 32),
  media_size bigint check (media_size >= 0),
  media_type text,
  container text,
  codec text,
  duration_ms bigint check (duration_ms >= 0),
  packets bigint check (packets >= 0),
  truncated boolean not null,
  object_key text,
  stored_sha256 bytea check (octet_length(stored_sha256) = 32),
  stored_size bigint,
  key_id text,
  wrapped_key bytea,
  state text not null check (state in ('waiting', 'adopted', 'superseded')),
  problems jsonb not null check (jsonb_typeof(problems) = 'array'),
  rules text[] not null,
  before jsonb not null,
  after jsonb,
  corrections jsonb not null default '{}',
  received_at timestamptz not null,
  repaired_at timestamptz,
  repaired_by text,
  repair_reason text,
  primary key (organization_id, id),
  foreign key (organization_id, import_id) references imports.import,
  constraint item_once unique (organization_id, path, content),
  check ((metadata is null) = (metadata_sha256 is null)),
  check ((object_key is null) = (media_sha256 is null)),
  check ((object_key is null) = (stored_sha256 is null)),
  check (state <> 'waiting' or (object_key is null) = (wrapped_key is null)),
  constraint item_adopted_whole check ((state = 'adopted') = (after is not null and repaired_at is not null and repair_reason is not null)),
  constraint item_adopted_without_key check (state <> 'adopted' or wrapped_key is null)
);
create index item_by_import on imports.item (organization_id, import_id, path);
create index item_by_state on imports.item (organization_id, state, path);
create index item_by_recording on imports.item (organization_id, recording_id);
create index item_by_media on imports.item (organization_id, media_sha256) where media_sha256 is not null;

-- What came is evidence: only how it is repaired may be written.
create function imports.keep_original() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (old.organization_id, old.id, old.path, old.content, old.recording_id, old.metadata, old.metadata_sha256, old.media_sha256,
      old.media_size, old.object_key, old.stored_sha256, old.stored_size, old.before, old.received_at)
    is distinct from (new.organization_id, new.id, new.path, new.content, new.recording_id, new.metadata, new.metadata_sha256, new.media_sha256,
      new.media_size, new.object_key, new.stored_sha256, new.stored_size, new.before, new.received_at) or old.state <> 'waiting' then
    raise exception 'what was received into quarantine is never changed: it is evidence';
  end if;
  return new;
end
$$;
create trigger keep_original before update or delete on imports.item for each row execute function imports.keep_original();

create view imports.public_stored_object as
select organization_id, recording_id, object_key, stored_size, stored_sha256, key_id
from imports.item where object_key is not null and state <> 'adopted';
