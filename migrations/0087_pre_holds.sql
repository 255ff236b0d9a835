-- Matters and what they hold; how recordings are deleted, in two steps; when they are archived and deleted.
alter table recordings.recording
  add column held_by int not null default 0 check (held_by >= 0),
  add column archived_at timestamptz check (isfinite(archived_at)),
  add column destroyed_at timestamptz check (isfinite(destroyed_at)),
  add column delete_set_by text check (delete_set_by <> ''),
  drop constraint recording_state_check,
  add constraint recording_state_check check (state in ('open', 'stopping', 'sealed', 'lost', 'destroyed')),
  -- A hold wins at any time before the destruction, whoever forgets to look.
  add constraint recording_held_is_kept check (destroyed_at is null or held_by = 0),
  add constraint recording_destroyed_whole check ((state = 'destroyed') = (destroyed_at is not null)),
  add constraint recording_destroyed_has_no_key check (state <> 'destroyed' or (wrapped_key is null and object_key is null)),
  add constraint recording_archived_was_sealed check (archived_at is null or state in ('sealed', 'destroyed'));

create function recordings.keep_destroyed() returns trigger language plpgsql as $$
begin
  raise exception 'recording % was destroyed, and never comes back', old.id;
end
$$;
create trigger keep_destroyed before update on recordings.recording
for each row when (old.state = 'destroyed' and new.state <> 'destroyed') execute function recordings.keep_destroyed();
create trigger keep_recording before delete on recordings.recording
for each row execute function recordings.keep_history();

create index recording_to_delete on recordings.recording (delete_at) where state = 'sealed' and delete_at is not null;
create index recording_to_archive on recordings.recording (archive_at)
where state = 'sealed' and archive_at is not null and archived_at is null;
create index recording_by_key on recordings.recording (key_id, organization_id, id) where wrapped_key is not null;

-- A matter keeps what it holds until it is closed. protection: the one by which the vendor's clients protect conversations.
create table recordings.matter (
  organization_id text not null check (organization_id <> ''),
  id text not null check (id <> ''),
  name text not null check (name <> ''),
  description text not null,
  kind text not null check (kind in ('matter', 'protection')),
  state text not null check (state in ('open', 'closing', 'closed')),
  opened_at timestamptz not null,
  opened_by text not null,
  closed_at timestamptz,
  closed_by text,
  close_reason text check (close_reason <> ''),
  primary key (organization_id, id),
  check ((state = 'open') = (closed_at is null)),
  check ((closed_at is null) = (closed_by is null) and (closed_at is null) = (close_reason is null)),
  check (kind = 'matter' or state = 'open')
);
create unique index matter_name_once on recordings.matter (organization_id, lower(name));
create unique index matter_protection_once on recordings.matter (organization_id) where kind = 'protection';
create index matter_closing on recordings.matter (organization_id, id) where state = 'closing';

-- What was asked to be held. until: where it stands, in order of (started_at, id). standing: what is sealed later, too.
create table recordings.hold (
  organization_id text not null,
  id text not null check (id <> ''),
  matter_id text not null,
  selection jsonb not null check (jsonb_typeof(selection) = 'object'),
  reason text not null check (reason <> ''),
  standing boolean not null,
  division_ids text[],
  state text not null check (state in ('running', 'paused', 'done')),
  total int not null check (total >= 0),
  taken int not null default 0,
  already int not null default 0,
  refused int not null default 0,
  refusals jsonb not null default '[]',
  until_started_at timestamptz,
  until_id text,
  placed_at timestamptz not null,
  placed_by text not null,
  ended_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, matter_id) references recordings.matter,
  check ((state = 'done') = (ended_at is not null)),
  check ((until_started_at is null) = (until_id is null))
);
create index hold_of_matter on recordings.hold (organization_id, matter_id, placed_at);
create index hold_running on recordings.hold (placed_at) where state = 'running';
create index hold_standing on recordings.hold (organization_id, matter_id) where standing;

-- Which recordings a matter holds, or held. One row at a time is in force; rows are released once, and stay.
create table recordings.held (
  organization_id text not null,
  number bigint not null generated always as identity,
  recording_id text not null,
  matter_id text not null,
  hold_id text not null,
  since timestamptz not null,
  by text not null,
  released_at timestamptz,
  released_by text,
  release_reason text check (release_reason <> ''),
  primary key (organization_id, number),
  foreign key (organization_id, recording_id) references recordings.recording,
  foreign key (organization_id, matter_id) references recordings.matter,
  foreign key (organization_id, hold_id) references recordings.hold,
  check ((released_at is null) = (released_by is null) and (released_at is null) = (release_reason is null))
);
create unique index held_once on recordings.held (organization_id, recording_id, matter_id) where released_at is null;
create index held_by_matter on recordings.held (organization_id, matter_id, recording_id) where released_at is null;
create index held_by_hold on recordings.held (organization_id, hold_id, recording_id);

create function recordings.keep_held() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.released_at is not null or new.released_at is null
     or to_jsonb(new) - '{released_at,released_by,release_reason}'::text[]
        is distinct from to_jsonb(old) - '{released_at,released_by,release_reason}'::text[] then
    raise exception 'rows of %.% are released once and never changed else: they are evidence', tg_table_schema, tg_table_name;
  end if;
  return new;
end
$$;
create trigger keep_held before update or delete on recordings.held for each row execute function recordings.keep_held();

-- held_by counts the rows in force; with recording_held_is_kept it makes hold and destruction exclude each other.
create function recordings.count_held() returns trigger language plpgsql as $$
begin
  update recordings.recording r set held_by = r.held_by + case tg_op when 'INSERT' then c.rows else -c.rows end
  from (select organization_id, recording_id, count(*)::int as rows from changed group by 1, 2) c
  where r.organization_id = c.organization_id and r.id = c.recording_id;
  return null;
end
$$;
create trigger count_held after insert on recordings.held
referencing new table as changed for each statement execute function recordings.count_held();
create trigger count_released after update on recordings.held
referencing new table as changed for each statement execute function recordings.count_held();

-- Deletions, marked first. approved: by another than who asked for it. held: a hold ended it. due_at: the end of the grace.
create table recordings.deletion (
  organization_id text not null,
  id text not null check (id <> ''),
  recording_id text not null,
  cause text not null check (cause in ('retention', 'person')),
  reason text not null check (reason <> ''),
  marked_at timestamptz not null,
  asked_by text not null check (asked_by <> ''),
  due_at timestamptz not null check (isfinite(due_at)),
  state text not null check (state in ('marked', 'withdrawn', 'held', 'destroyed')),
  approved_at timestamptz,
  approved_by text,
  ended_at timestamptz,
  ended_by text,
  ended_why text,
  primary key (organization_id, id),
  foreign key (organization_id, recording_id) references recordings.recording,
  check ((approved_at is null) = (approved_by is null)),
  constraint deletion_two_people check (approved_by <> asked_by),
  constraint deletion_destroyed_was_approved check (state <> 'destroyed' or approved_at is not null),
  check ((state = 'marked') = (ended_at is null)),
  check ((ended_at is null) = (ended_by is null))
);
create unique index deletion_once on recordings.deletion (organization_id, recording_id) where state = 'marked';
create index deletion_of_recording on recordings.deletion (organization_id, recording_id, marked_at);
create index deletion_waiting on recordings.deletion (organization_id, state, due_at, id);
create index deletion_due on recordings.deletion (due_at) where state = 'marked' and approved_at is not null;

-- What is left of a destroyed recording's sound: its hashes, whose key it was, who, when and why. The object goes after the key.
create table recordings.tombstone (
  organization_id text not null,
  recording_id text not null,
  deletion_id text not null,
  destroyed_at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  cause text not null,
  reason text not null check (reason <> ''),
  asked_by text not null,
  asked_at timestamptz not null,
  approved_by text not null,
  approved_at timestamptz not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  size bigint not null,
  stored_sha256 bytea not null check (octet_length(stored_sha256) = 32),
  key_id text not null,
  key_digest bytea not null check (octet_length(key_digest) = 32),
  object_key text not null,
  object_gone_at timestamptz,
  primary key (organization_id, recording_id),
  foreign key (organization_id, recording_id) references recordings.recording,
  foreign key (organization_id, deletion_id) references recordings.deletion,
  constraint tombstone_two_people check (asked_by <> approved_by)
);
create index tombstone_object_left on recordings.tombstone (destroyed_at) where object_gone_at is null;

create function recordings.keep_tombstone() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.object_gone_at is not null
     or to_jsonb(new) - 'object_gone_at' is distinct from to_jsonb(old) - 'object_gone_at' then
    raise exception 'rows of %.% are never changed: they are evidence', tg_table_schema, tg_table_name;
  end if;
  return new;
end
$$;
create trigger keep_tombstone before update or delete on recordings.tombstone
for each row execute function recordings.keep_tombstone();

create table recordings.deletion_settings (
  organization_id text primary key check (organization_id <> ''),
  grace_days int not null check (grace_days between 0 and 3650),
  changed_at timestamptz not null,
  changed_by text not null
);

-- How many days after its end a recording is archived and deleted: of a queue, or ('') of all that have none of their own.
create table recordings.retention_policy (
  organization_id text not null check (organization_id <> ''),
  queue_id text not null,
  archive_days int check (archive_days between 0 and 36500),
  delete_days int check (delete_days between 0 and 36500),
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, queue_id),
  check (archive_days <= delete_days)
);

create view recordings.public_matter as
select organization_id, id, name, description, kind, state, opened_at, opened_by, closed_at, closed_by, close_reason
from recordings.matter;

create view recordings.public_held as
select organization_id, recording_id, matter_id, hold_id, since, by, released_at, released_by, release_reason
from recordings.held;

create view recordings.public_tombstone as
select organization_id, recording_id, destroyed_at, cause, reason, asked_by, asked_at, approved_by, approved_at, sha256, size,
       object_gone_at
from recordings.tombstone;
