-- name: lock_targets
-- In order of ids, as everybody who locks several does.
select id, conversation_id, medium, division_ids, state, held_by, destroyed_at, key_id, wrapped_key, sha256, size, stored_sha256, object_key
from recordings.recording
where organization_id = %(organization_id)s and id = any(%(ids)s::text[])
order by id for no key update;

-- name: insert_deletion
insert into recordings.deletion
  (organization_id, id, recording_id, cause, reason, marked_at, asked_by, due_at, state)
values
  (%(organization_id)s, %(id)s, %(recording_id)s, %(cause)s, %(reason)s, %(now)s, %(asked_by)s, %(due_at)s, 'marked');

-- name: find_deletions
select d.*, r.conversation_id, r.division_ids from recordings.deletion d
join recordings.recording r on r.organization_id = d.organization_id and r.id = d.recording_id
where d.organization_id = %(organization_id)s and d.id = any(%(ids)s::text[])
order by d.id;

-- name: list_deletions
select d.*, r.conversation_id, r.division_ids, count(*) over ()::int as total from recordings.deletion d
join recordings.recording r on r.organization_id = d.organization_id and r.id = d.recording_id
where d.organization_id = %(organization_id)s
  and (%(division_ids)s::text[] is null or r.division_ids && %(division_ids)s::text[])
  and (%(state)s::text is null or d.state = %(state)s::text)
  and (not %(waiting)s::bool or (d.state = 'marked' and d.approved_at is null))
order by d.due_at, d.id
limit %(limit)s::int offset %(offset)s::int;

-- name: latest_deletions
select distinct on (d.recording_id) d.*, r.conversation_id, r.division_ids from recordings.deletion d
join recordings.recording r on r.organization_id = d.organization_id and r.id = d.recording_id
where d.organization_id = %(organization_id)s and d.recording_id = any(%(ids)s::text[])
order by d.recording_id, (d.state = 'marked') desc, d.marked_at desc, d.id;

-- name: approve
update recordings.deletion set approved_at = %(now)s, approved_by = %(by)s
where organization_id = %(organization_id)s and id = any(%(ids)s::text[]) and state = 'marked' and approved_at is null;

-- name: end_deletions
update recordings.deletion set state = %(state)s, ended_at = %(now)s, ended_by = %(by)s, ended_why = %(why)s
where organization_id = %(organization_id)s and id = any(%(ids)s::text[]) and state = 'marked';

-- name: list_due
select d.organization_id, d.id, d.recording_id from recordings.deletion d
join recordings.recording r on r.organization_id = d.organization_id and r.id = d.recording_id
where d.state = 'marked' and d.approved_at is not null and d.due_at <= %(now)s and r.held_by = 0
order by d.due_at, d.id
limit %(limit)s::int;

-- name: destroy_key
-- The wrapped key is overwritten: what lies in the objects opens for nobody any more.
update recordings.recording
set state = 'destroyed', destroyed_at = %(now)s, wrapped_key = null, key_id = null, object_key = null, changed_at = %(now)s,
    changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: delete_peaks
-- A waveform tells of the sound.
delete from recordings.peaks where organization_id = %(organization_id)s and recording_id = %(id)s;

-- name: insert_tombstone
insert into recordings.tombstone
  (organization_id, recording_id, deletion_id, destroyed_at, cause, reason, asked_by, asked_at, approved_by, approved_at, sha256, size,
   stored_sha256, key_id, key_digest, object_key)
values
  (%(organization_id)s, %(recording_id)s, %(deletion_id)s, %(destroyed_at)s, %(cause)s, %(reason)s, %(asked_by)s, %(asked_at)s,
   %(approved_by)s, %(approved_at)s, %(sha256)s, %(size)s, %(stored_sha256)s, %(key_id)s, %(key_digest)s, %(object_key)s);

-- name: find_tombstones
select recording_id, deletion_id, destroyed_at, cause, reason, asked_by, asked_at, approved_by, approved_at, sha256, size,
       stored_sha256, key_id, key_digest, object_key, object_gone_at
from recordings.tombstone where organization_id = %(organization_id)s and recording_id = any(%(ids)s::text[]);

-- name: list_left
select t.organization_id, t.recording_id, t.object_key, r.conversation_id from recordings.tombstone t
join recordings.recording r on r.organization_id = t.organization_id and r.id = t.recording_id
where t.object_gone_at is null
order by t.destroyed_at, t.recording_id
limit %(limit)s::int;

-- name: object_gone
update recordings.tombstone set object_gone_at = %(now)s
where organization_id = %(organization_id)s and recording_id = %(id)s and object_gone_at is null;

-- name: list_expired
-- Whose date came, unless somebody withdrew the deletion that its date had made. Who set it: the last who changed the date, else
-- whose policy it was.
select r.organization_id, r.id, r.conversation_id, r.delete_at,
       coalesce((select v.by from recordings.revision v
                 where v.organization_id = r.organization_id and v.recording_id = r.id and v.difference @> '[{"field": "delete_at"}]'
                 order by v.revision desc limit 1), r.delete_set_by, r.changed_by) as set_by
from recordings.recording r
where r.state = 'sealed' and r.delete_at <= %(now)s and r.held_by = 0
  and not exists (select from recordings.deletion d
                  where d.organization_id = r.organization_id and d.recording_id = r.id
                    and (d.state = 'marked'
                         or (d.state = 'withdrawn' and d.cause = 'retention' and d.marked_at >= r.delete_at)))
order by r.delete_at
limit %(limit)s::int;

-- name: list_to_archive
select organization_id, id, conversation_id, archive_at from recordings.recording
where state = 'sealed' and archived_at is null and archive_at <= %(now)s
order by archive_at
limit %(limit)s::int;

-- name: archive
update recordings.recording set archived_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s and state = 'sealed' and archived_at is null and archive_at <= %(now)s;

-- name: restore
update recordings.recording set archived_at = null
where organization_id = %(organization_id)s and id = %(id)s and archived_at is not null;

-- name: set_expiry_author
update recordings.recording set delete_set_by = %(set_by)s where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_grace
select grace_days from recordings.deletion_settings where organization_id = %(organization_id)s;

-- name: set_grace
insert into recordings.deletion_settings (organization_id, grace_days, changed_at, changed_by)
values (%(organization_id)s, %(grace_days)s, %(now)s, %(by)s)
on conflict (organization_id) do update
set grace_days = excluded.grace_days, changed_at = excluded.changed_at, changed_by = excluded.changed_by;

-- name: list_policies
select queue_id, archive_days, delete_days, since, changed_by from recordings.retention_policy
where organization_id = %(organization_id)s order by queue_id;

-- name: set_policy
insert into recordings.retention_policy (organization_id, queue_id, archive_days, delete_days, since, changed_by)
values (%(organization_id)s, %(queue_id)s, %(archive_days)s, %(delete_days)s, %(now)s, %(by)s)
on conflict (organization_id, queue_id) do update
set archive_days = excluded.archive_days, delete_days = excluded.delete_days, since = excluded.since,
    changed_by = excluded.changed_by
where (retention_policy.archive_days, retention_policy.delete_days) is distinct from (excluded.archive_days, excluded.delete_days);

-- name: known_queues
select id from routing.public_queue where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);
