-- name: take_snapshot
set transaction isolation level repeatable read;

-- name: hold_freeze
-- One at a time freezes an export; while it does, nobody believes that it was abandoned.
select pg_try_advisory_xact_lock(hashtextextended('discovery.freeze ' || %(organization_id)s::text || ' ' || %(id)s::text, 0))
  as held;

-- name: select_conversations
-- Conversations of which something is kept, in the order of their documents. All that is given must hold.
select c.id, c.started_at from conversations.public_conversation c
where c.organization_id = %(organization_id)s
  and (%(conversation_ids)s::text[] is null or c.id = any(%(conversation_ids)s::text[]))
  and (%(media)s::text[] is null or c.medium = any(%(media)s::text[]))
  and (%(until)s::timestamptz is null or c.started_at < %(until)s::timestamptz)
  and (%(since)s::timestamptz is null or c.started_at >= %(since)s::timestamptz or c.ended_at is null
       or c.ended_at > %(since)s::timestamptz)
  and (%(agent_ids)s::text[] is null
       or exists (select from conversations.public_participant p where p.organization_id = c.organization_id
                  and p.conversation_id = c.id and p.person_id = any(%(agent_ids)s::text[]))
       or exists (select from recordings.public_recording r where r.organization_id = c.organization_id
                  and r.conversation_id = c.id and r.person_id = any(%(agent_ids)s::text[])))
  and (%(queue_ids)s::text[] is null
       or exists (select from conversations.public_participant p where p.organization_id = c.organization_id
                  and p.conversation_id = c.id and p.queue_id = any(%(queue_ids)s::text[]))
       or exists (select from recordings.public_recording r where r.organization_id = c.organization_id
                  and r.conversation_id = c.id and r.queue_id = any(%(queue_ids)s::text[])))
  and (%(held_by)s::text is null
       or exists (select from recordings.public_recording r
                  join recordings.public_held h on h.organization_id = r.organization_id and h.recording_id = r.id
                  where r.organization_id = c.organization_id and r.conversation_id = c.id
                    and h.matter_id = %(held_by)s::text and h.released_at is null))
  and (c.medium in ('message', 'email')
       or exists (select from recordings.public_recording r where r.organization_id = c.organization_id
                  and r.conversation_id = c.id))
  and (%(after_started_at)s::timestamptz is null
       or (c.started_at, c.id) > (%(after_started_at)s::timestamptz, %(after_id)s::text))
order by c.started_at, c.id
limit %(limit)s::int;

-- name: known_agents
select id from identity.public_person where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);

-- name: known_queues
select id from routing.public_queue where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);

-- name: find_matter
select id, name from recordings.public_matter where organization_id = %(organization_id)s and id = %(id)s and kind = 'matter';

-- name: known_conversations
select id from conversations.public_conversation where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);

-- name: conversations_of
select id, medium, direction, started_at, ended_at, division_ids, subject from conversations.public_conversation
where organization_id = %(organization_id)s and id = any(%(ids)s::text[])
order by started_at, id;

-- name: participants_of
select p.conversation_id, p.id, p.purpose, p.person_id, p.queue_id, coalesce(i.name, p.name, p.queue_name) as name, p.address,
       p.started_at, p.ended_at
from conversations.public_participant p
left join identity.public_person i on i.organization_id = p.organization_id and i.id = p.person_id
where p.organization_id = %(organization_id)s and p.conversation_id = any(%(ids)s::text[])
order by p.conversation_id, p.position;

-- name: recordings_of
select id, conversation_id, state, container, revision, archive_at, delete_at from recordings.public_recording
where organization_id = %(organization_id)s and conversation_id = any(%(ids)s::text[])
order by conversation_id, started_at, id;

-- name: revisions_of
select recording_id, revision, metadata::text as metadata, difference::text as difference, reason, by, at, digest
from recordings.public_revision
where organization_id = %(organization_id)s and recording_id = any(%(ids)s::text[])
order by recording_id, revision;

-- name: accesses_of
select id, recording_id, at, actor_id, actor_kind, client_id, address, what, by_ticket, first_byte, last_byte, allowed, code
from recordings.public_access
where organization_id = %(organization_id)s and recording_id = any(%(ids)s::text[])
order by recording_id, at, id;

-- name: holds_of
-- What keeps recordings now.
select h.recording_id, h.matter_id, m.name as matter_name, h.since
from recordings.public_held h
join recordings.public_matter m on m.organization_id = h.organization_id and m.id = h.matter_id
where h.organization_id = %(organization_id)s and h.recording_id = any(%(ids)s::text[]) and h.released_at is null
order by h.recording_id, h.since, h.matter_id;

-- name: names_of
select id, name from identity.public_person where organization_id = %(organization_id)s and id = any(%(ids)s::text[]);

-- name: insert_export
insert into discovery.export
  (organization_id, id, matter_id, matter_name, reason, selection, destination, vendor_media, operator_id, operator_name,
   status, step, run, created_at, changed_at, changed_by)
values
  (%(organization_id)s, %(id)s, %(matter_id)s, %(matter_name)s, %(reason)s, %(selection)s, %(destination)s, %(vendor_media)s,
   %(by)s, %(operator_name)s, 'running', 'draft', 1, %(now)s, %(now)s, %(by)s);

-- name: find_export
select * from discovery.export where organization_id = %(organization_id)s and id = %(id)s;

-- name: lock_export
select * from discovery.export where organization_id = %(organization_id)s and id = %(id)s for update;

-- name: lock_matter
select pg_advisory_xact_lock(hashtextextended('discovery.matter ' || %(organization_id)s::text || ' ' || %(matter_id)s::text, 0));

-- name: find_of_matter
select * from discovery.export
where organization_id = %(organization_id)s and matter_id = %(matter_id)s and status in ('running', 'paused');

-- name: list_exports
select *, count(*) over ()::int as total from discovery.export
where organization_id = %(organization_id)s
order by created_at desc, id
limit %(limit)s::int offset %(offset)s::int;

-- name: set_status
update discovery.export
set status = %(status)s, problem = %(problem)s, run = run + %(more_runs)s::int, alive_at = null, changed_at = %(now)s,
    changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s and status = any(%(from)s::text[])
returning run;

-- name: keep_alive
-- Whether the run may go on: nobody paused, cancelled or took over.
update discovery.export set alive_at = clock_timestamp()
where organization_id = %(organization_id)s and id = %(id)s and run = %(run)s and status = 'running'
returning id;

-- name: list_abandoned
-- Exports that nobody goes on with: whose run never began, or did not say for a while that it lives. Real time.
select organization_id, id, run from discovery.export
where status = 'running' and coalesce(alive_at, '-infinity') < clock_timestamp() - %(age)s::interval
  and pg_try_advisory_xact_lock(hashtextextended('discovery.freeze ' || organization_id || ' ' || id, 0))
order by alive_at nulls first limit 100;

-- name: advance
update discovery.export set step = %(step)s, problem = null, alive_at = clock_timestamp(), changed_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s and run = %(run)s and status = 'running' and step = %(from)s
returning id;

-- name: set_problem
update discovery.export set problem = %(problem)s, changed_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s and run = %(run)s and status = 'running';

-- name: freeze_export
update discovery.export
set step = 'frozen', frozen = %(frozen)s, frozen_at = %(frozen_at)s, frozen_entry_id = %(entry_id)s,
    attestation_key = %(attestation_key)s, alive_at = clock_timestamp(), changed_at = %(now)s
where organization_id = %(organization_id)s and id = %(id)s and run = %(run)s and status = 'running' and step = 'draft'
returning id;

-- name: find_frozen
select frozen, ledger, frozen_entry_id from discovery.export where organization_id = %(organization_id)s and id = %(id)s;

-- name: set_ledger
update discovery.export set ledger = %(ledger)s
where organization_id = %(organization_id)s and id = %(id)s and ledger is null;

-- name: insert_conversations
insert into discovery.conversation (organization_id, export_id, position, conversation_id, facts)
select %(organization_id)s, %(id)s, c.position, c.conversation_id, c.facts
from unnest(%(positions)s::int[], %(conversation_ids)s::text[], %(facts)s::bytea[]) as c (position, conversation_id, facts);

-- name: insert_recordings
insert into discovery.recording (organization_id, export_id, recording_id, number, revision)
select %(organization_id)s, %(id)s, r.recording_id, r.number, r.revision
from unnest(%(recording_ids)s::text[], %(numbers)s::int[], %(revisions)s::int[]) as r (recording_id, number, revision);

-- name: exports_of_recording
select e.* from discovery.recording r
join discovery.export e on e.organization_id = r.organization_id and e.id = r.export_id
where r.organization_id = %(organization_id)s and r.recording_id = %(recording_id)s
order by e.created_at, e.id;

-- name: list_conversations
select position, facts, proofs from discovery.conversation
where organization_id = %(organization_id)s and export_id = %(id)s and position > %(after)s
order by position limit %(limit)s::int;

-- name: find_conversations
select position, facts, proofs from discovery.conversation
where organization_id = %(organization_id)s and export_id = %(id)s and position = any(%(positions)s::int[])
order by position;

-- name: list_unproven
select position, conversation_id, facts from discovery.conversation
where organization_id = %(organization_id)s and export_id = %(id)s and proofs is null
order by position limit %(limit)s::int;

-- name: set_proofs
update discovery.conversation c set proofs = p.proofs
from unnest(%(positions)s::int[], %(proofs)s::bytea[]) as p (position, proofs)
where c.organization_id = %(organization_id)s and c.export_id = %(id)s and c.position = p.position and c.proofs is null;

-- name: last_object
select sequence, sha256 from discovery.object where organization_id = %(organization_id)s and export_id = %(id)s
order by sequence desc limit 1;

-- name: insert_objects
insert into discovery.object
  (organization_id, export_id, sequence, path, phase, position, media_type, number, conversation_id, agent_ids, schema, size,
   sha256, previous)
select %(organization_id)s, %(id)s, o.sequence, o.path, o.phase, o.position, o.media_type, o.number, o.conversation_id,
       array(select jsonb_array_elements_text(o.agent_ids)), o.schema, o.size, decode(o.sha256, 'hex'), decode(o.previous, 'hex')
from jsonb_to_recordset(%(objects)s) as o (sequence int, path text, phase text, position int, media_type text, number int,
  conversation_id text, agent_ids jsonb, schema text, size bigint, sha256 text, previous text);

-- name: look_at_objects
-- Of a table that was empty PostgreSQL expects a single row, until it looks by itself a minute later: each object's reference to the
-- one before would be looked for among all of them.
select discovery.look_at_objects();

-- name: count_planned
update discovery.export
set total_objects = total_objects + %(objects)s, total_bytes = total_bytes + %(bytes)s, planned_until = %(until)s,
    alive_at = clock_timestamp()
where organization_id = %(organization_id)s and id = %(id)s and run = %(run)s and status = 'running'
returning total_objects;

-- name: has_phase
select exists (select from discovery.object
               where organization_id = %(organization_id)s and export_id = %(id)s and phase = %(phase)s) as there;

-- name: claim_objects
-- The next objects that wait; each is tried once more from now on. By their bounds: of a table that was filled a moment ago
-- PostgreSQL expects a single row, and would look at all of them.
with bounds as materialized (
  select min(sequence) as first, max(sequence) as last from (
    select sequence from discovery.object
    where organization_id = %(organization_id)s and export_id = %(id)s and stored_at is null and sequence > %(after)s
    order by sequence limit %(limit)s::int) as next
)
update discovery.object o set attempts = o.attempts + 1
where o.organization_id = %(organization_id)s and o.export_id = %(id)s and o.stored_at is null
  and o.sequence between (select first from bounds) and (select last from bounds)
  and exists (select from discovery.export e where e.organization_id = %(organization_id)s and e.id = %(id)s
              and e.run = %(run)s and e.status = 'running')
returning o.*;

-- name: settle_objects
with settled as (
  select * from unnest(%(sequences)s::int[], %(more_attempts)s::int[], %(conflicts)s::int[], %(refusals)s::jsonb[],
                       %(stored)s::boolean[])
    as s (sequence, more_attempts, conflicts, refusals, stored)
)
update discovery.object o
set attempts = o.attempts + s.more_attempts, conflicts = o.conflicts + s.conflicts,
    refusals = o.refusals || array(select jsonb_array_elements_text(s.refusals)),
    stored_at = case when s.stored then coalesce(o.stored_at, %(now)s::timestamptz) end
from settled s
where o.organization_id = %(organization_id)s and o.export_id = %(id)s and o.sequence = s.sequence and o.stored_at is null
  and o.sequence between %(first)s::int and %(last)s::int;  -- for the same reason

-- name: count_stored
update discovery.export
set stored_objects = stored_objects + %(objects)s, stored_bytes = stored_bytes + %(bytes)s, alive_at = clock_timestamp()
where organization_id = %(organization_id)s and id = %(id)s and run = %(run)s and status = 'running'
returning id;

-- name: list_objects
-- In the order of custody.
select * from discovery.object
where organization_id = %(organization_id)s and export_id = %(id)s and sequence > %(after)s
  and (%(stored_only)s::bool is not true or stored_at is not null)
order by sequence limit %(limit)s::int;

-- name: list_payload
-- In the order of the paths' bytes.
select * from discovery.object
where organization_id = %(organization_id)s and export_id = %(id)s and phase in ('payload', 'log')
  and stored_at is not null and path > %(after)s
  and (%(agent_id)s::text is null or agent_ids @> array[%(agent_id)s::text])
order by path limit %(limit)s::int;

-- name: list_paths
select path, size from discovery.object
where organization_id = %(organization_id)s and export_id = %(id)s and path > %(after)s
order by path limit %(limit)s::int;

-- name: list_tags
select * from discovery.object
where organization_id = %(organization_id)s and export_id = %(id)s and phase = 'tag'
order by path;

-- name: total_payload
select count(*)::bigint as files, coalesce(sum(size), 0)::bigint as size, coalesce(sum(attempts), 0)::bigint as attempts,
       coalesce(sum(conflicts), 0)::bigint as conflicts, coalesce(sum(cardinality(refusals)), 0)::bigint as refusals
from discovery.object
where organization_id = %(organization_id)s and export_id = %(id)s and phase in ('payload', 'log');

-- name: find_object
select * from discovery.object where organization_id = %(organization_id)s and export_id = %(id)s and path = %(path)s;

-- name: page_objects
select *, count(*) over ()::int as total from discovery.object
where organization_id = %(organization_id)s and export_id = %(id)s
  and (%(agent_id)s::text is null or agent_ids @> array[%(agent_id)s::text])
  and (not %(refused_only)s::bool or refusals <> '{}' or conflicts > 0)
order by sequence limit %(limit)s::int offset %(offset)s::int;

-- name: insert_token
insert into discovery.token (organization_id, export_id, path, sha256, response, at, issuer, roots)
values (%(organization_id)s, %(id)s, %(path)s, decode(%(sha256)s::text, 'hex'), %(response)s, %(at)s, %(issuer)s, %(roots)s)
on conflict (organization_id, export_id, path) do nothing;

-- name: find_token
select path, encode(sha256, 'hex') as sha256, response, at, issuer, roots from discovery.token
where organization_id = %(organization_id)s and export_id = %(id)s and path = %(path)s;

-- name: insert_step
insert into discovery.step (organization_id, export_id, run, what, sentence, by, at)
values (%(organization_id)s, %(id)s, %(run)s, %(what)s, %(sentence)s, %(by)s, %(now)s);

-- name: list_steps
select run, what, sentence, by, at, real_at from discovery.step
where organization_id = %(organization_id)s and export_id = %(id)s
order by ordinal desc limit 1000;

-- name: seal_export
update discovery.export
set status = 'sealed', step = 'sealed', problem = null, root = decode(%(root)s::text, 'hex'), sealed_at = %(now)s,
    changed_at = %(now)s, alive_at = null
where organization_id = %(organization_id)s and id = %(id)s and run = %(run)s and status = 'running' and step = 'anchored'
returning id;

-- name: attestation_keys
-- By what packages of an organization were signed, the latest first.
select attestation_key from discovery.export
where organization_id = %(organization_id)s and attestation_key is not null
group by attestation_key order by max(frozen_at) desc;
