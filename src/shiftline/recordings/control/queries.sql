-- name: find_policies
select queue_id, direction, channel, record, snippet, pause, announce, reason_required, since, changed_by
from recordings.policy
where organization_id = %(organization_id)s and active
order by channel, queue_id, direction;

-- name: lock_policy
select queue_id, direction, channel, record, snippet, pause, announce, reason_required, since, changed_by, active
from recordings.policy
where organization_id = %(organization_id)s and queue_id = %(queue_id)s and direction = %(direction)s and channel = %(channel)s
for update;

-- name: put_policy
insert into recordings.policy
  (organization_id, queue_id, direction, channel, record, snippet, pause, announce, reason_required, active, since, changed_by)
values
  (%(organization_id)s, %(queue_id)s, %(direction)s, %(channel)s, %(record)s, %(snippet)s, %(pause)s, %(announce)s,
   %(reason_required)s, true, %(now)s, %(by)s)
on conflict (organization_id, queue_id, direction, channel) do update
set record = excluded.record, snippet = excluded.snippet, pause = excluded.pause, announce = excluded.announce,
    reason_required = excluded.reason_required, active = true, since = excluded.since, changed_by = excluded.changed_by
where (policy.record, policy.snippet, policy.pause, policy.announce, policy.reason_required, policy.active)
  is distinct from (excluded.record, excluded.snippet, excluded.pause, excluded.announce, excluded.reason_required, true);

-- name: create_policy
-- One that was taken away may be made again; one that holds stays.
insert into recordings.policy
  (organization_id, queue_id, direction, channel, record, snippet, pause, announce, reason_required, active, since, changed_by)
values
  (%(organization_id)s, %(queue_id)s, %(direction)s, %(channel)s, %(record)s, %(snippet)s, %(pause)s, %(announce)s,
   %(reason_required)s, true, %(now)s, %(by)s)
on conflict (organization_id, queue_id, direction, channel) do update
set record = excluded.record, snippet = excluded.snippet, pause = excluded.pause, announce = excluded.announce,
    reason_required = excluded.reason_required, active = true, since = excluded.since, changed_by = excluded.changed_by
where not policy.active;

-- name: remove_policy
update recordings.policy set active = false, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and queue_id = %(queue_id)s and direction = %(direction)s and channel = %(channel)s
  and active
returning record, snippet, pause, announce, reason_required;

-- name: begin_pause
insert into recordings.pause (organization_id, id, conversation_id, from_at, from_by)
values (%(organization_id)s, %(id)s, %(conversation_id)s, %(now)s, %(by)s)
on conflict (organization_id, conversation_id) where until_at is null do nothing
returning id;

-- name: end_pause
update recordings.pause set until_at = greatest(%(now)s::timestamptz, from_at), until_by = %(by)s
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and until_at is null
returning id, conversation_id, from_at, from_by, until_at, until_by;

-- name: find_pause
select id, conversation_id, from_at, from_by, until_at, until_by from recordings.pause
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and until_at is null;

-- name: say_silent
insert into recordings.pause_silence (organization_id, pause_id, recording_id, silent_from)
values (%(organization_id)s, %(pause_id)s, %(recording_id)s, %(at)s)
on conflict (organization_id, pause_id, recording_id) do nothing;

-- name: say_heard
update recordings.pause_silence set silent_until = greatest(%(at)s::timestamptz, silent_from)
where organization_id = %(organization_id)s and pause_id = %(pause_id)s and recording_id = %(recording_id)s
  and silent_until is null;

-- name: count_unconfirmed
-- Recordings of a conversation that are written and of which nobody has said that they keep nothing of a pause.
select count(*)::int as missing from recordings.recording r
where r.organization_id = %(organization_id)s and r.conversation_id = %(conversation_id)s and r.state = 'open'
  and not exists (
    select from recordings.pause_silence s
    where s.organization_id = r.organization_id and s.recording_id = r.id and s.pause_id = %(pause_id)s);

-- name: list_open
select id from recordings.recording
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and state = 'open'
order by id;

-- name: list_pauses
-- The pauses of recordings' conversations that fall into them, each with what its own recording says.
select r.id as recording_id, p.id, p.conversation_id, p.from_at, p.from_by, p.until_at, p.until_by, s.silent_from, s.silent_until
from recordings.recording r
join recordings.pause p on p.organization_id = r.organization_id and p.conversation_id = r.conversation_id
left join recordings.pause_silence s
  on s.organization_id = p.organization_id and s.pause_id = p.id and s.recording_id = r.id
where r.organization_id = %(organization_id)s and r.id = any(%(recording_ids)s::text[])
  and (p.until_at is null or p.until_at >= r.started_at)
  and (r.ended_at is null or p.from_at <= r.ended_at)
order by p.from_at, p.id;

-- name: begin_snippet
insert into recordings.snippet (organization_id, id, conversation_id, kind, from_at, from_by)
values (%(organization_id)s, %(id)s, %(conversation_id)s, %(kind)s, %(now)s, %(by)s)
on conflict (organization_id, conversation_id) where until_at is null do nothing
returning id;

-- name: end_snippet
update recordings.snippet set until_at = greatest(%(now)s::timestamptz, from_at), until_by = %(by)s
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and until_at is null
returning id, conversation_id, kind, from_at, from_by, until_at, until_by;

-- name: find_snippet
select id, conversation_id, kind, from_at, from_by, until_at, until_by from recordings.snippet
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s and until_at is null;

-- name: insert_announcement
insert into recordings.announcement (organization_id, conversation_id, prompt, from_at, until_at)
values (%(organization_id)s, %(conversation_id)s, %(prompt)s, %(from_at)s, %(until_at)s)
on conflict (organization_id, conversation_id) do nothing
returning conversation_id;

-- name: find_announcement
select conversation_id, prompt, from_at, until_at from recordings.announcement
where organization_id = %(organization_id)s and conversation_id = %(conversation_id)s;

-- name: list_reasons
select code, name from recordings.access_reason where organization_id = %(organization_id)s order by position, code;

-- name: drop_reasons
delete from recordings.access_reason where organization_id = %(organization_id)s;

-- name: insert_reasons
insert into recordings.access_reason (organization_id, code, name, position, changed_at, changed_by)
select %(organization_id)s, r.code, r.name, r.position, %(now)s, %(by)s
from jsonb_to_recordset(%(reasons)s::jsonb) as r (code text, name text, position int);

-- name: insert_annotation
insert into recordings.annotation
  (organization_id, id, recording_id, kind, name, description, reason, location_ms, duration_ms, made_at, made_by, changed_at,
   changed_by)
values
  (%(organization_id)s, %(id)s, %(recording_id)s, %(kind)s, %(name)s, %(description)s, %(reason)s, %(location_ms)s,
   %(duration_ms)s, %(now)s, %(by)s, %(now)s, %(by)s);

-- name: update_annotation
update recordings.annotation
set kind = %(kind)s, name = %(name)s, description = %(description)s, reason = %(reason)s, location_ms = %(location_ms)s,
    duration_ms = %(duration_ms)s, changed_at = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and recording_id = %(recording_id)s and id = %(id)s and deleted_at is null
returning id;

-- name: delete_annotation
update recordings.annotation set deleted_at = %(now)s, changed_at = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and recording_id = %(recording_id)s and id = %(id)s and deleted_at is null
returning id;

-- name: list_annotations
select id, recording_id, kind, name, description, reason, location_ms, duration_ms, made_at, made_by, changed_at, changed_by
from recordings.annotation
where organization_id = %(organization_id)s and recording_id = any(%(recording_ids)s::text[]) and deleted_at is null
  and (%(id)s::text is null or id = %(id)s::text)
order by location_ms, made_at, id;

-- name: list_versions
-- The conversation as it was from each instant on: what the audit keeps of it, in the order in which it changed.
select a.at, a.actor_id, a.actor_kind, a.body::text as body
from foundation.public_audit a
where a.organization_id = %(organization_id)s and a.entity_type = 'Conversation' and a.entity_id = %(conversation_id)s
  and a.event = %(event)s
order by a.id
limit %(limit)s::int;
