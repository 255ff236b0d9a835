-- Who is recorded by queue, direction and channel; pauses, snippets, announcements, reasons of access, annotations.

-- A policy had a queue, or none, and was of calls in both directions: '' stays for "any". Rows are never deleted: one that is
-- taken away is not active any more.
alter table recordings.policy
  add column direction text not null default '' check (direction in ('', 'inbound', 'outbound')),
  add column channel text not null default 'call' check (channel in ('call', 'message', 'email')),
  add column snippet boolean not null default false,
  add column pause boolean not null default true,
  add column announce boolean not null default false,
  add column reason_required boolean not null default false,
  add column active boolean not null default true,
  add constraint policy_one_way check (not (record and snippet)),
  add constraint policy_announces_calls check (not announce or channel = 'call'),
  drop constraint policy_pkey,
  add primary key (organization_id, queue_id, direction, channel);
alter table recordings.policy_past
  add column direction text not null default '',
  add column channel text not null default 'call',
  add column snippet boolean not null default false,
  add column pause boolean not null default true,
  add column announce boolean not null default false,
  add column reason_required boolean not null default false,
  add column active boolean not null default true;

create or replace view recordings.policy_timeline as
select organization_id, queue_id, record, since, changed_by, tstzrange(since, null) as valid, direction, channel, snippet, pause,
       announce, reason_required, active
from recordings.policy
union all
select organization_id, queue_id, record, since, changed_by, valid, direction, channel, snippet, pause, announce, reason_required,
       active
from recordings.policy_past;

create or replace view recordings.public_policy as
select organization_id, queue_id, record, since, changed_by, direction, snippet from recordings.policy
where channel = 'call' and active;

create or replace view recordings.public_policy_timeline as
select organization_id, queue_id, record, since, changed_by, valid, direction, snippet from recordings.policy_timeline
where channel = 'call' and active;

-- While one is open, nothing of the conversation is recorded. Instants are the application's clock.
create table recordings.pause (
  organization_id text not null check (organization_id <> ''),
  id text not null check (id <> ''),
  conversation_id text not null check (conversation_id <> ''),
  from_at timestamptz not null check (isfinite(from_at)),
  from_by text not null,
  until_at timestamptz check (isfinite(until_at)),
  until_by text,
  primary key (organization_id, id),
  check ((until_at is null) = (until_by is null)),
  check (until_at >= from_at)
);
create unique index pause_open_once on recordings.pause (organization_id, conversation_id) where until_at is null;
create index pause_of_conversation on recordings.pause (organization_id, conversation_id, from_at);

-- From when to when one recording holds nothing because of a pause, as the media node that writes it says.
create table recordings.pause_silence (
  organization_id text not null,
  pause_id text not null,
  recording_id text not null,
  silent_from timestamptz not null check (isfinite(silent_from)),
  silent_until timestamptz check (isfinite(silent_until)),
  primary key (organization_id, pause_id, recording_id),
  foreign key (organization_id, pause_id) references recordings.pause,
  foreign key (organization_id, recording_id) references recordings.recording,
  check (silent_until >= silent_from)
);
create index pause_silence_of_recording on recordings.pause_silence (organization_id, recording_id);

create function recordings.keep_span() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (to_jsonb(old) ->> tg_argv[0]) is not null
     or to_jsonb(old) - array['until_at', 'until_by', 'silent_until'] <> to_jsonb(new) - array['until_at', 'until_by', 'silent_until'] then
    raise exception 'a row of %.% is ended once, and never changed or deleted: it is evidence', tg_table_schema, tg_table_name;
  end if;
  return new;
end
$$;
create trigger keep_span before update or delete on recordings.pause
for each row execute function recordings.keep_span('until_at');
create trigger keep_span before update or delete on recordings.pause_silence
for each row execute function recordings.keep_span('silent_until');

-- The pauses that lie in a sealed recording: what its metadata tell of them.
alter table recordings.recording add column pauses jsonb not null default '[]' check (jsonb_typeof(pauses) = 'array');

-- Somebody records by hand, where a policy leaves it to them. kind: the vendor's word for it.
create table recordings.snippet (
  organization_id text not null check (organization_id <> ''),
  id text not null check (id <> ''),
  conversation_id text not null check (conversation_id <> ''),
  kind text not null check (kind in ('snippet', 'adhoc')),
  from_at timestamptz not null check (isfinite(from_at)),
  from_by text not null,
  until_at timestamptz check (isfinite(until_at)),
  until_by text,
  primary key (organization_id, id),
  check ((until_at is null) = (until_by is null)),
  check (until_at >= from_at)
);
create unique index snippet_open_once on recordings.snippet (organization_id, conversation_id) where until_at is null;
create trigger keep_span before update or delete on recordings.snippet
for each row execute function recordings.keep_span('until_at');

-- That a call is recorded was said in it, once.
create table recordings.announcement (
  organization_id text not null check (organization_id <> ''),
  conversation_id text not null check (conversation_id <> ''),
  prompt text not null check (prompt <> ''),
  from_at timestamptz not null check (isfinite(from_at)),
  until_at timestamptz not null check (isfinite(until_at)),
  primary key (organization_id, conversation_id),
  check (until_at > from_at)
);
create trigger keep_history before update or delete on recordings.announcement
for each row execute function recordings.keep_history();

-- Why somebody may hear a recording. Without rows an organization has the usual ones.
create table recordings.access_reason (
  organization_id text not null check (organization_id <> ''),
  code text not null check (code ~ '^[a-z0-9][a-z0-9._-]*$'),
  name text not null check (name <> ''),
  position int not null,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (organization_id, code)
);
alter table recordings.access_log add column reason text check (reason <> '');

-- What people note on a recording. location and duration: milliseconds of its sound.
create table recordings.annotation (
  organization_id text not null,
  id text not null check (id <> ''),
  recording_id text not null,
  kind text not null check (kind <> ''),
  name text,
  description text,
  reason text check (reason in ('Hold', 'SecurePause', 'FlowOrQueue', 'Pause')),
  location_ms bigint not null check (location_ms >= 0),
  duration_ms bigint not null check (duration_ms >= 0),
  made_at timestamptz not null,
  made_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  deleted_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, recording_id) references recordings.recording
);
create index annotation_of_recording on recordings.annotation (organization_id, recording_id, location_ms, id) where deleted_at is null;

create view recordings.public_pause as
select p.organization_id, p.id, p.conversation_id, p.from_at, p.from_by, p.until_at, p.until_by from recordings.pause p;
