-- Discovery's exports: what was asked for, what was frozen, each object that is handed over, and how far it came.
create schema discovery;

create function discovery.keep() returns trigger language plpgsql as $$
begin
  raise exception 'rows of %.% are never changed: they are evidence', tg_table_schema, tg_table_name;
end
$$;

-- One export. step: what was reached last; run: who may go on, counted up by each who begins; alive_at: real time at which
-- they last said so. frozen: what it is, fixed at the freeze; ledger: the checkpoint that its proofs are under.
create table discovery.export (
  organization_id text not null check (organization_id <> ''),
  id text not null check (id <> ''),
  matter_id text check (matter_id <> ''),
  matter_name text not null check (matter_name <> ''),
  reason text not null check (reason <> ''),
  selection jsonb not null check (jsonb_typeof(selection) = 'object'),
  destination jsonb not null check (jsonb_typeof(destination) = 'object'),
  vendor_media boolean not null,
  operator_id text not null check (operator_id <> ''),
  operator_name text not null check (operator_name <> ''),
  status text not null check (status in ('running', 'paused', 'failed', 'cancelled', 'sealed')),
  step text not null check (step in ('draft', 'frozen', 'proven', 'planned', 'stored', 'logged', 'manifested', 'stamped',
                                     'tagged', 'timestamped', 'anchored', 'sealed')),
  problem jsonb check (jsonb_typeof(problem) = 'object'),
  run int not null default 0,
  alive_at timestamptz,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  changed_by text not null,
  frozen_at timestamptz,
  frozen bytea,
  frozen_entry_id text,
  ledger bytea,
  attestation_key bytea,
  planned_until int not null default 0,
  total_objects bigint not null default 0,
  total_bytes bigint not null default 0,
  stored_objects bigint not null default 0,
  stored_bytes bigint not null default 0,
  root bytea check (octet_length(root) = 32),
  sealed_at timestamptz,
  primary key (organization_id, id),
  check ((step = 'draft') = (frozen is null)),
  check ((frozen is null) = (frozen_at is null)),
  constraint export_sealed_whole check ((status = 'sealed') = (step = 'sealed') and (status <> 'sealed' or (root is not null
    and sealed_at is not null and stored_objects = total_objects and stored_bytes = total_bytes)))
);
-- One at a time goes on with a matter.
create unique index export_of_matter on discovery.export (organization_id, matter_id)
where matter_id is not null and status in ('running', 'paused');
create index export_by_time on discovery.export (organization_id, created_at desc, id);
create index export_running on discovery.export (alive_at) where status = 'running';

create function discovery.keep_frozen() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.status = 'sealed' then
    raise exception 'the export % is kept as it is: it is evidence', old.id;
  end if;
  if (old.organization_id, old.id, old.matter_id, old.matter_name, old.reason, old.selection, old.destination, old.vendor_media,
      old.operator_id, old.operator_name, old.created_at)
     is distinct from
     (new.organization_id, new.id, new.matter_id, new.matter_name, new.reason, new.selection, new.destination, new.vendor_media,
      new.operator_id, new.operator_name, new.created_at)
     or (old.frozen is not null and (old.frozen, old.frozen_at, old.frozen_entry_id)
         is distinct from (new.frozen, new.frozen_at, new.frozen_entry_id))
     or (old.ledger is not null and old.ledger is distinct from new.ledger)
     or (old.attestation_key is not null and old.attestation_key is distinct from new.attestation_key)
     or new.run < old.run or (old.status = 'cancelled' and new.status <> 'cancelled') then
    raise exception 'what the export % is was fixed before', old.id;
  end if;
  return new;
end
$$;
create trigger keep_frozen before update or delete on discovery.export for each row execute function discovery.keep_frozen();

-- The conversations of an export as they were at the freeze, in the order of their documents' numbers; proofs come once the
-- ledger has given the freeze its place.
create table discovery.conversation (
  organization_id text not null,
  export_id text not null,
  position int not null check (position > 0),
  conversation_id text not null,
  facts bytea not null,
  proofs bytea,
  primary key (organization_id, export_id, position),
  unique (organization_id, export_id, conversation_id),
  foreign key (organization_id, export_id) references discovery.export
);
create function discovery.keep_conversation() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (old.organization_id, old.export_id, old.position, old.conversation_id, old.facts)
     is distinct from (new.organization_id, new.export_id, new.position, new.conversation_id, new.facts)
     or (old.proofs is not null and old.proofs is distinct from new.proofs) then
    raise exception 'what was frozen is never changed: it is evidence';
  end if;
  return new;
end
$$;
create trigger keep before update or delete on discovery.conversation
for each row execute function discovery.keep_conversation();

-- Which recordings are in which export.
create table discovery.recording (
  organization_id text not null,
  export_id text not null,
  recording_id text not null,
  number int not null check (number > 0),
  revision int not null check (revision > 0),
  primary key (organization_id, export_id, recording_id),
  foreign key (organization_id, export_id) references discovery.export
);
create index recording_in_exports on discovery.recording (organization_id, recording_id);
create trigger keep before update or delete on discovery.recording for each row execute function discovery.keep();

-- Each file of the package: where it goes, and its hash, fixed before it is stored. previous: the hash of the object before it.
create table discovery.object (
  organization_id text not null,
  export_id text not null,
  sequence int not null check (sequence > 0),
  path text collate "C" not null check (path <> ''),
  phase text not null check (phase in ('payload', 'log', 'tag', 'anchor')),
  position int,
  media_type text not null,
  number int,
  conversation_id text,
  agent_ids text[] not null,
  schema text,
  size bigint not null check (size >= 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  previous bytea not null check (octet_length(previous) = 32),
  stored_at timestamptz,
  attempts int not null default 0 check (attempts >= 0),
  conflicts int not null default 0 check (conflicts >= 0),
  refusals text[] not null default '{}',
  before int generated always as (nullif(sequence, 1) - 1) stored,
  primary key (organization_id, export_id, sequence),
  constraint object_path_once unique (organization_id, export_id, path),
  foreign key (organization_id, export_id) references discovery.export,
  constraint object_without_gap foreign key (organization_id, export_id, before)
    references discovery.object (organization_id, export_id, sequence)
);
create index object_waiting on discovery.object (organization_id, export_id, sequence) where stored_at is null;
create index object_of_agent on discovery.object using gin (agent_ids) where phase = 'payload';
create function discovery.keep_object() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (old.organization_id, old.export_id, old.sequence, old.path, old.phase, old.position, old.size, old.sha256,
      old.previous)
     is distinct from (new.organization_id, new.export_id, new.sequence, new.path, new.phase, new.position, new.size, new.sha256,
      new.previous)
     or (old.stored_at is not null and new.stored_at is null) then
    raise exception 'what was planned of % is never changed', old.path;
  end if;
  return new;
end
$$;
create trigger keep before update or delete on discovery.object for each row execute function discovery.keep_object();

-- The tokens of a timestamp authority: whole responses of RFC 3161, each over the SHA-256 of one file.
create table discovery.token (
  organization_id text not null,
  export_id text not null,
  path text not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  response bytea not null,
  at timestamptz not null,
  issuer text not null,
  roots bytea not null,
  primary key (organization_id, export_id, path),
  foreign key (organization_id, export_id) references discovery.export
);
create trigger keep before update or delete on discovery.token for each row execute function discovery.keep();

-- What became of an export, line by line.
create table discovery.step (
  organization_id text not null,
  export_id text not null,
  ordinal bigint not null generated always as identity,
  run int not null,
  what text not null check (what <> ''),
  sentence text not null check (sentence <> ''),
  by text not null,
  at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  primary key (organization_id, export_id, ordinal),
  foreign key (organization_id, export_id) references discovery.export
);
create trigger keep before update or delete on discovery.step for each row execute function discovery.keep();

create view discovery.public_export as
select organization_id, id, matter_id, matter_name, status, step, frozen_at, sealed_at, created_at from discovery.export;
create view discovery.public_recording as
select organization_id, export_id, recording_id, number, revision from discovery.recording;
