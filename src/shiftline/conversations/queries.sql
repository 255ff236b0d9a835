-- name: insert_conversation
insert into conversations.conversation
  (organization_id, id, direction, started_at, ended_at, address, division_ids, external_tag, recording_state, medium,
   subject, imported, version, changed_at, changed_by)
values (%(organization_id)s, %(id)s, %(direction)s, %(started_at)s, %(ended_at)s, %(address)s, %(division_ids)s,
        %(external_tag)s, %(recording_state)s, %(medium)s, %(subject)s, %(imported)s, %(version)s, %(now)s,
        %(by)s);

-- name: update_conversation
update conversations.conversation
set started_at = %(started_at)s, ended_at = %(ended_at)s, division_ids = %(division_ids)s, external_tag = %(external_tag)s,
    recording_state = %(recording_state)s, version = %(version)s, changed_at = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: put_participants
insert into conversations.participant
  (organization_id, conversation_id, id, position, communication_id, purpose, direction, state, person_id, queue_id,
   queue_name, name, address, muted, held, confined, recording, started_at, alerted_at, connected_at, held_at, ended_at,
   disconnect_type, error, consult_participant_id, wrapup_required, wrapup_prompt, wrapup_timeout_ms, wrapup,
   wrapup_skipped, acw_started_at, acw_ended_at, acw_due_at, attributes, alerting_timeout_ms, messages, changed_version)
select %(organization_id)s, %(conversation_id)s, p.id, p.position, p.communication_id, p.purpose, p.direction, p.state,
       p.person_id, p.queue_id, p.queue_name, p.name, p.address, p.muted, p.held, p.confined, p.recording, p.started_at,
       p.alerted_at, p.connected_at, p.held_at, p.ended_at, p.disconnect_type, p.error, p.consult_participant_id,
       p.wrapup_required, p.wrapup_prompt, p.wrapup_timeout_ms, p.wrapup, p.wrapup_skipped, p.acw_started_at,
       p.acw_ended_at, p.acw_due_at, p.attributes, p.alerting_timeout_ms, p.messages, p.changed_version
from jsonb_to_recordset(%(participants)s::jsonb) as p (
  id text, position int, communication_id text, purpose text, direction text, state text, person_id text, queue_id text,
  queue_name text, name text, address text, muted boolean, held boolean, confined boolean, recording boolean,
  started_at timestamptz, alerted_at timestamptz, connected_at timestamptz, held_at timestamptz, ended_at timestamptz,
  disconnect_type text, error text, consult_participant_id text, wrapup_required boolean, wrapup_prompt text,
  wrapup_timeout_ms bigint, wrapup jsonb, wrapup_skipped boolean, acw_started_at timestamptz, acw_ended_at timestamptz,
  acw_due_at timestamptz, attributes jsonb, alerting_timeout_ms bigint, messages jsonb,
  changed_version int)
on conflict (organization_id, conversation_id, id) do update
set state = excluded.state, muted = excluded.muted, held = excluded.held, confined = excluded.confined,
    recording = excluded.recording, started_at = excluded.started_at, alerted_at = excluded.alerted_at,
    connected_at = excluded.connected_at, held_at = excluded.held_at, ended_at = excluded.ended_at, disconnect_type = excluded.disconnect_type,
    error = excluded.error, consult_participant_id = excluded.consult_participant_id,
    wrapup_required = excluded.wrapup_required, wrapup_prompt = excluded.wrapup_prompt,
    wrapup_timeout_ms = excluded.wrapup_timeout_ms, wrapup = excluded.wrapup, wrapup_skipped = excluded.wrapup_skipped,
    acw_started_at = excluded.acw_started_at, acw_ended_at = excluded.acw_ended_at, acw_due_at = excluded.acw_due_at,
    attributes = excluded.attributes, messages = excluded.messages, changed_version = excluded.changed_version;

-- name: lock_conversation
-- Who waits here reads the participants afterwards, in a statement of its own: this one's snapshot is older than the wait.
select id from conversations.conversation
where organization_id = %(organization_id)s and id = %(id)s for update;

-- name: lock_past
-- Two legs of one conversation may come in at once, before there is a row to lock.
select pg_advisory_xact_lock(hashtextextended('conversations.past ' || %(organization_id)s::text || ' ' || %(id)s::text, 0));

-- name: find_conversations
-- A row a participant, each with its conversation: one snapshot of both.
select c.organization_id, c.id as conversation_id, c.direction as conversation_direction,
       c.started_at as conversation_started_at, c.ended_at as conversation_ended_at, c.address as conversation_address,
       c.division_ids, c.external_tag, c.recording_state, c.medium, c.subject, c.imported, c.version,
       p.id, p.communication_id, p.purpose, p.direction, p.state, p.person_id, p.queue_id, p.queue_name, p.name, p.address,
       p.muted, p.held, p.confined, p.recording, p.started_at, p.alerted_at, p.connected_at, p.held_at, p.ended_at,
       p.disconnect_type, p.error, p.consult_participant_id, p.wrapup_required, p.wrapup_prompt, p.wrapup_timeout_ms,
       p.wrapup, p.wrapup_skipped, p.acw_started_at, p.acw_ended_at, p.attributes, p.alerting_timeout_ms,
       p.messages, p.changed_version
from conversations.conversation c
join conversations.participant p on p.organization_id = c.organization_id and p.conversation_id = c.id
where c.organization_id = %(organization_id)s and c.id = any(%(ids)s::text[])
order by c.started_at, c.id, p.position;

-- name: live_of
select distinct conversation_id from conversations.participant
where organization_id = %(organization_id)s and person_id = %(person_id)s and ended_at is null;

-- name: active_of
-- The live ones, and those whose after-call work the person has not ended.
select conversation_id from conversations.participant
where organization_id = %(organization_id)s and person_id = %(person_id)s and ended_at is null
union
select conversation_id from conversations.participant
where organization_id = %(organization_id)s and person_id = %(person_id)s
  and acw_started_at is not null and acw_ended_at is null;

-- name: due_wrapups
-- Across organizations: for the program that ends what is over.
select p.organization_id, p.conversation_id, p.id, p.acw_due_at from conversations.participant p
join conversations.conversation c on c.organization_id = p.organization_id and c.id = p.conversation_id
where p.acw_due_at <= %(now)s and c.medium = any(%(media)s::text[])
order by p.acw_due_at, p.organization_id, p.conversation_id, p.id limit %(limit)s::int;

-- name: find_queues
select id, name, division_id, settings -> 'acw' ->> 'wrapup_prompt' as wrapup_prompt,
       (settings -> 'acw' ->> 'timeout_ms')::bigint as wrapup_timeout_ms
from routing.public_queue where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);

-- name: find_persons
select id, name, division_id from identity.public_person
where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);

-- name: list_orphans
-- Across organizations, or one conversation: interactions of conversations that are over or not there, which wait or alert
-- (then person_id is null), and those assigned to somebody who has no part in the conversation any more.
select i.organization_id, i.conversation_id, case when i.state = 'assigned' then i.person_id end as person_id
from routing.public_interaction i
left join conversations.conversation c on c.organization_id = i.organization_id and c.id = i.conversation_id
where i.state in ('waiting', 'offered', 'assigned') and coalesce(i.assigned_at, i.enqueued_at) <= %(before)s
  and (%(organization_id)s::text is null
       or (i.organization_id = %(organization_id)s::text and i.conversation_id = %(conversation_id)s::text))
  and case when i.state = 'assigned' then not exists (
             select from conversations.participant p
             where p.organization_id = i.organization_id and p.conversation_id = i.conversation_id and p.person_id = i.person_id
               and (p.ended_at is null or (p.acw_started_at is not null and p.acw_ended_at is null)))
           else c.id is null or c.ended_at is not null end
order by i.enqueued_at limit %(limit)s::int;

-- name: list_idle_communicating
-- Across organizations, or one person: whose routing status says that they are in a call of their own, and there is none.
select s.organization_id, s.person_id
from presence.public_routing_status s
where s.status = 'COMMUNICATING' and s.started_at <= %(before)s
  and (%(organization_id)s::text is null or (s.organization_id = %(organization_id)s::text and s.person_id = %(person_id)s::text))
  and not exists (select from conversations.participant p
                  where p.organization_id = s.organization_id and p.person_id = s.person_id and p.ended_at is null)
order by s.started_at limit %(limit)s::int;
