-- name: known_queues
select id from routing.public_queue where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);

-- name: find_settings
select settings, version, changed_at, changed_by from recordings.settings where organization_id = %(organization_id)s;

-- name: set_settings
insert into recordings.settings (organization_id, settings, version, changed_at, changed_by)
values (%(organization_id)s, %(settings)s, 1, %(now)s, %(by)s)
on conflict (organization_id) do update
set settings = excluded.settings, version = settings.version + 1, changed_at = excluded.changed_at,
    changed_by = excluded.changed_by;

-- name: insert_recording
-- Who may hear it follows the conversation's divisions, else the home division.
insert into recordings.recording
  (organization_id, id, conversation_id, participant_id, leg_id, person_id, queue_id, direction, division_ids, reason, started_at,
   zone, utc_offset_seconds, tzdata_version, participants, codec, container, medium, state, changed_at, changed_by)
values
  (%(organization_id)s, %(id)s, %(conversation_id)s, %(participant_id)s, %(leg_id)s, %(person_id)s, %(queue_id)s,
   %(direction)s,
   coalesce(
     (select nullif(c.division_ids, '{}') from conversations.public_conversation c
      where c.organization_id = %(organization_id)s and c.id = %(conversation_id)s),
     (select array_agg(d.id) from "authorization".public_division d
      where d.organization_id = %(organization_id)s and d.home)),
   %(reason)s, %(started_at)s, %(zone)s, %(utc_offset_seconds)s, %(tzdata_version)s, %(participants)s, %(codec)s, %(container)s,
   %(medium)s, 'open', %(now)s, %(by)s)
on conflict (organization_id, leg_id) where state = 'open' do nothing
returning id;

-- name: find_open
select id, leg_id, organization_id from recordings.recording
where organization_id = %(organization_id)s and leg_id = any(%(leg_ids)s::text[]) and state = 'open'
order by started_at, id;

-- name: find_recording
select * from recordings.recording where organization_id = %(organization_id)s and id = %(id)s;

-- name: known_recordings
select id from recordings.recording where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);

-- name: lock_recording
select * from recordings.recording where organization_id = %(organization_id)s and id = %(id)s for update;

-- name: list_unsealed_transcripts
-- What was written in conversations that are over, in all organizations: nothing of it can get lost, it is only not sealed yet.
select organization_id, id, conversation_id from recordings.recording
where state = 'stopping' and medium <> 'call' and opened_real < clock_timestamp() - %(age)s::interval
order by opened_real
limit %(limit)s::int;

-- name: open_transcript_of
select id from recordings.recording
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and medium <> 'call' and state = 'open';

-- name: settle_transcript
-- Whose it is and where they work is known once somebody answers; a call's recording knows it when it begins.
update recordings.recording
set person_id = %(person_id)s, queue_id = coalesce(%(queue_id)s, queue_id), zone = %(zone)s,
    utc_offset_seconds = %(utc_offset_seconds)s
where organization_id = %(organization_id)s and id = %(id)s and state in ('open', 'stopping') and medium <> 'call';

-- name: set_key
update recordings.recording set key_id = %(key_id)s, wrapped_key = %(wrapped_key)s
where organization_id = %(organization_id)s and id = %(id)s and wrapped_key is null;

-- name: list_recordings
select r.*, count(*) over ()::int as total from recordings.recording r
where r.organization_id = %(organization_id)s
  and (%(division_ids)s::text[] is null or r.division_ids && %(division_ids)s::text[])
  and (%(conversation_ids)s::text[] is null or r.conversation_id = any(%(conversation_ids)s::text[]))
  and (%(person_ids)s::text[] is null or r.person_id = any(%(person_ids)s::text[]))
  and (%(queue_ids)s::text[] is null or r.queue_id = any(%(queue_ids)s::text[]))
  and (%(started_from)s::timestamptz is null or r.started_at >= %(started_from)s::timestamptz)
  and (%(started_until)s::timestamptz is null or r.started_at < %(started_until)s::timestamptz)
  and (not %(sealed_only)s::bool or r.state = 'sealed')
order by r.started_at desc, r.id
limit %(limit)s::int offset %(offset)s::int;

-- name: list_recordings_after
select r.* from recordings.recording r
where r.organization_id = %(organization_id)s
  and (%(division_ids)s::text[] is null or r.division_ids && %(division_ids)s::text[])
  and (%(conversation_ids)s::text[] is null or r.conversation_id = any(%(conversation_ids)s::text[]))
  and (%(person_ids)s::text[] is null or r.person_id = any(%(person_ids)s::text[]))
  and (%(queue_ids)s::text[] is null or r.queue_id = any(%(queue_ids)s::text[]))
  and (%(started_from)s::timestamptz is null or r.started_at >= %(started_from)s::timestamptz)
  and (%(started_until)s::timestamptz is null or r.started_at < %(started_until)s::timestamptz)
  and (%(after_started_at)s::timestamptz is null
       or (r.started_at, r.id) > (%(after_started_at)s::timestamptz, %(after_id)s::text))
order by r.started_at, r.id
limit %(limit)s::int;

-- name: count_recordings
select count(*)::int as total from recordings.recording r
where r.organization_id = %(organization_id)s
  and (%(division_ids)s::text[] is null or r.division_ids && %(division_ids)s::text[])
  and (%(conversation_ids)s::text[] is null or r.conversation_id = any(%(conversation_ids)s::text[]))
  and (%(person_ids)s::text[] is null or r.person_id = any(%(person_ids)s::text[]))
  and (%(queue_ids)s::text[] is null or r.queue_id = any(%(queue_ids)s::text[]))
  and (%(started_from)s::timestamptz is null or r.started_at >= %(started_from)s::timestamptz)
  and (%(started_until)s::timestamptz is null or r.started_at < %(started_until)s::timestamptz);

-- name: stop_recording
update recordings.recording
set state = 'stopping', stop_at = greatest(%(stop_at)s::timestamptz, started_at), stop_by = %(stop_by)s, changed_at = %(now)s,
    changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s and state = 'open'
returning conversation_id, leg_id, stop_at;

-- name: lose_recording
update recordings.recording
set state = 'lost', ended_at = greatest(%(ended_at)s::timestamptz, started_at), ended_by = 'crash', changed_at = %(now)s,
    changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s and state in ('open', 'stopping')
returning conversation_id, ended_at;

-- name: update_recording
update recordings.recording
set state = %(state)s, person_id = %(person_id)s, queue_id = %(queue_id)s, division_ids = %(division_ids)s::text[],
    utc_offset_seconds = %(utc_offset_seconds)s, tzdata_version = %(tzdata_version)s, participants = %(participants)s,
    ended_at = %(ended_at)s, ended_by = %(ended_by)s, offsets = %(offsets)s, duration_ms = %(duration_ms)s, packets = %(packets)s,
    lost = %(lost)s, sha256 = %(sha256)s, size = %(size)s, object_key = %(object_key)s, stored_sha256 = %(stored_sha256)s,
    stored_size = %(stored_size)s, archive_at = %(archive_at)s, delete_at = %(delete_at)s, revision = %(revision)s,
    pauses = %(pauses)s,
    changed_at = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_facts
-- Whoever was in the conversation while it was recorded; a person's name is the one they have, a queue's the one it had.
select p.id, p.purpose, p.person_id, p.queue_id, coalesce(i.name, p.name, p.queue_name) as name, p.address,
       p.id = %(participant_id)s::text as mine, c.division_ids
from conversations.public_participant p
join conversations.public_conversation c on c.organization_id = p.organization_id and c.id = p.conversation_id
left join identity.public_person i on i.organization_id = p.organization_id and i.id = p.person_id
where p.organization_id = %(organization_id)s and p.conversation_id = %(conversation_id)s
  and (p.id = %(participant_id)s::text
       or (p.started_at <= %(ended_at)s::timestamptz and (p.ended_at is null or p.ended_at >= %(started_at)s::timestamptz)))
order by p.position;

-- name: conversation_people
select distinct person_id from conversations.public_participant
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and person_id is not null
order by person_id;

-- name: insert_revision
insert into recordings.revision (organization_id, recording_id, revision, metadata, difference, reason, by, at, digest)
values (%(organization_id)s, %(recording_id)s, %(revision)s, %(metadata)s, %(difference)s, %(reason)s, %(by)s, %(at)s, %(digest)s);

-- name: list_revisions
select recording_id, revision, metadata::text as metadata, difference::text as difference, reason, by, at, digest
from recordings.revision
where organization_id = %(organization_id)s and recording_id = %(recording_id)s
order by revision;

-- name: latest_revision
select recording_id, revision, metadata::text as metadata, difference::text as difference, reason, by, at, digest
from recordings.revision
where organization_id = %(organization_id)s and recording_id = %(recording_id)s
order by revision desc limit 1;

-- name: insert_access
insert into recordings.access_log
  (organization_id, id, recording_id, at, actor_id, actor_kind, client_id, address, what, by_ticket, first_byte, last_byte, allowed,
   code, reason, correlation_id)
values
  (%(organization_id)s, %(id)s, %(recording_id)s, %(at)s, %(actor_id)s, %(actor_kind)s, %(client_id)s, %(address)s, %(what)s,
   %(by_ticket)s, %(first_byte)s, %(last_byte)s, %(allowed)s, %(code)s, %(reason)s, %(correlation_id)s);

-- name: list_accesses
select id, recording_id, at, actor_id, actor_kind, client_id, address, what, by_ticket, first_byte, last_byte, allowed, code, reason,
       count(*) over ()::int as total
from recordings.access_log
where organization_id = %(organization_id)s and recording_id = %(recording_id)s
order by at desc, id
limit %(limit)s::int offset %(offset)s::int;

-- name: find_peaks
select sample_rate, samples_per_pixel, data from recordings.peaks
where organization_id = %(organization_id)s and recording_id = %(recording_id)s;

-- name: insert_peaks
insert into recordings.peaks (organization_id, recording_id, sample_rate, samples_per_pixel, data)
values (%(organization_id)s, %(recording_id)s, %(sample_rate)s, %(samples_per_pixel)s, %(data)s)
on conflict (organization_id, recording_id) do nothing;

-- name: insert_refresh
insert into recordings.refresh
  (organization_id, id, selection, reason, started_by, started_at, state, division_ids, total)
values
  (%(organization_id)s, %(id)s, %(selection)s, %(reason)s, %(started_by)s, %(now)s, 'running', %(division_ids)s::text[], %(total)s);

-- name: find_refresh
select * from recordings.refresh where organization_id = %(organization_id)s and id = %(id)s;

-- name: advance_refresh
update recordings.refresh
set revised = revised + %(revised)s, unchanged = unchanged + %(unchanged)s, skipped = skipped + %(skipped)s,
    failed = failed + %(failed)s, until_started_at = %(until_started_at)s, until_id = %(until_id)s,
    problems = problems || %(problems)s
where organization_id = %(organization_id)s and id = %(id)s and state = 'running';

-- name: end_refresh
update recordings.refresh set state = %(state)s, ended_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s and state = 'running';

-- name: list_unbegun
-- No key was ever made, so no byte was written: there is no spool file to wait for.
select r.organization_id, r.id from recordings.recording r
where r.state = 'stopping' and r.medium = 'call' and r.wrapped_key is null and r.stop_at < %(before)s::timestamptz
  and r.opened_real < clock_timestamp() - %(age)s::interval
order by r.opened_real
limit %(limit)s::int;

-- name: list_stale
-- Whose end was asked for long ago, or which are open in a conversation that is over, and nobody sealed them. Real time.
select r.organization_id, r.id from recordings.recording r
left join conversations.public_conversation c on c.organization_id = r.organization_id and c.id = r.conversation_id
where r.state in ('open', 'stopping') and r.medium = 'call' and r.opened_real < clock_timestamp() - %(age)s::interval
  and r.changed_at < %(before)s::timestamptz
  and (r.state = 'stopping' or c.ended_at < %(before)s::timestamptz)
order by r.opened_real
limit %(limit)s::int;

-- name: count_other_keys
select count(*)::int as total from recordings.recording where wrapped_key is not null and key_id <> %(key_id)s;

-- name: next_other_key
select organization_id from recordings.recording where wrapped_key is not null and key_id <> %(key_id)s limit 1;

-- name: lock_other_keys
select id, key_id, wrapped_key from recordings.recording
where organization_id = %(organization_id)s and wrapped_key is not null and key_id <> %(key_id)s
order by id
limit %(limit)s::int for no key update;

-- name: set_wrapped_key
update recordings.recording set key_id = %(key_id)s, wrapped_key = %(wrapped_key)s
where organization_id = %(organization_id)s and id = %(id)s and wrapped_key is not null;
