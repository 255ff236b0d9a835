-- The ledger: an append-only transparency log an organization (RFC 9162's tree, C2SP's tiles and checkpoints).
create schema ledger;

create function ledger.keep() returns trigger language plpgsql as $$
begin
  raise exception 'rows of %.% are never changed: they are evidence', tg_table_schema, tg_table_name;
end
$$;

-- How an organization's log is called, for ever; its lock makes one writer of all who give places.
create table ledger.log (
  organization_id text primary key check (organization_id <> ''),
  origin text not null unique check (origin <> ''),
  since timestamptz not null
);
create trigger keep before update or delete on ledger.log for each row execute function ledger.keep();

-- The public keys that signed checkpoints of a log, as C2SP verifier keys.
create table ledger.verifier_key (
  organization_id text not null references ledger.log,
  verifier_key text not null check (verifier_key <> ''),
  since timestamptz not null,
  primary key (organization_id, verifier_key)
);
create trigger keep before update or delete on ledger.verifier_key for each row execute function ledger.keep();

-- What happened, in the transaction in which it happened. body is what the leaf's hash is of; the other columns say the same
-- for those who look for it. facts: RFC 8785 JSON, whose SHA-256 stands in the body.
create table ledger.entry (
  organization_id text not null check (organization_id <> ''),
  id text not null check (id <> ''),
  kind text not null check (kind <> ''),
  subject_id text not null check (subject_id <> ''),
  conversation_id text check (conversation_id <> ''),
  at timestamptz not null check (isfinite(at)),
  real_at timestamptz not null default clock_timestamp(),
  body bytea not null check (octet_length(body) between 1 and 65535),
  facts bytea not null,
  primary key (organization_id, id)
);
create index entry_by_subject on ledger.entry (organization_id, subject_id, at);
create index entry_by_kind on ledger.entry (organization_id, kind, at);
create trigger keep before update or delete on ledger.entry for each row execute function ledger.keep();

-- Entries without a place yet. The only rows here that ever go, in the transaction that gives the place.
create table ledger.pending (
  organization_id text not null,
  ordinal bigint not null generated always as identity,
  entry_id text not null,
  primary key (organization_id, ordinal)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_insert_threshold = -1);

-- An entry and its place. previous: a place without one before it cannot be.
create table ledger.leaf (
  organization_id text not null,
  leaf_index bigint not null check (leaf_index >= 0),
  entry_id text not null,
  hash bytea not null check (octet_length(hash) = 32),
  previous bigint generated always as (nullif(leaf_index, 0) - 1) stored,
  primary key (organization_id, leaf_index),
  constraint leaf_of_entry_once unique (organization_id, entry_id),
  foreign key (organization_id, entry_id) references ledger.entry,
  constraint leaf_without_gap foreign key (organization_id, previous) references ledger.leaf (organization_id, leaf_index)
);
create trigger keep before update or delete on ledger.leaf for each row execute function ledger.keep();

-- Full tiles. root: their hash in the tile above. What is not full is read from these roots, or from the leaves.
create table ledger.tile (
  organization_id text not null,
  level int not null check (level between 0 and 6),
  number bigint not null check (number >= 0),
  hashes bytea not null check (octet_length(hashes) = 8192),
  root bytea not null check (octet_length(root) = 32),
  last_leaf bigint generated always as (((number + 1) << (8 * (level + 1))) - 1) stored,
  primary key (organization_id, level, number),
  foreign key (organization_id, last_leaf) references ledger.leaf (organization_id, leaf_index)
);
alter table ledger.tile alter column hashes set storage external;
create trigger keep before update or delete on ledger.tile for each row execute function ledger.keep();

-- What was signed, and never is contradicted.
create table ledger.checkpoint (
  organization_id text not null references ledger.log,
  size bigint not null check (size > 0),
  root bytea not null check (octet_length(root) = 32),
  at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  note text not null check (note <> ''),
  last_leaf bigint generated always as (size - 1) stored,
  primary key (organization_id, size),
  foreign key (organization_id, last_leaf) references ledger.leaf (organization_id, leaf_index)
);
create trigger keep before update or delete on ledger.checkpoint for each row execute function ledger.keep();

create view ledger.public_entry as
select e.organization_id, e.id, e.kind, e.subject_id, e.conversation_id, e.at, l.leaf_index
from ledger.entry e left join ledger.leaf l on l.organization_id = e.organization_id and l.entry_id = e.id;
