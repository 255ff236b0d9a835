-- name: insert_job
insert into discovery.recording_job
  (organization_id, id, action, query, integration_id, state, created_by, created_at, division_ids)
values
  (%(organization_id)s, %(id)s, %(action)s, %(query)s, %(integration_id)s, 'PENDING', %(by)s, %(now)s, %(division_ids)s::text[]);

-- name: find_job
select * from discovery.recording_job where organization_id = %(organization_id)s and id = %(id)s and not hidden;

-- name: lock_job
select * from discovery.recording_job where organization_id = %(organization_id)s and id = %(id)s and not hidden for update;

-- name: list_jobs
select j.*, count(*) over ()::int as total from discovery.recording_job j
where j.organization_id = %(organization_id)s and not j.hidden
  and (%(state)s::text is null or j.state = %(state)s::text)
  and (%(action)s::text is null or j.action = %(action)s::text)
  and (%(created_by)s::text is null or j.created_by = %(created_by)s::text)
order by j.created_at desc, j.id
limit %(limit)s::int offset %(offset)s::int;

-- name: list_unfinished
-- Jobs of all organizations that something is to be done for now, oldest first. retry_at is real time.
select * from discovery.recording_job
where state = %(state)s::text and state in ('PENDING', 'PROCESSING') and (retry_at is null or retry_at <= clock_timestamp())
order by created_real
limit %(limit)s::int;

-- name: move_job
update discovery.recording_job
set state = %(state)s, problem = %(problem)s, wanted = %(wanted)s, started_by = %(started_by)s, started_at = %(started_at)s,
    division_ids = %(division_ids)s::text[], ended_at = %(ended_at)s, obstacle = null, obstacle_since = null, retry_at = null,
    hidden = %(hidden)s
where organization_id = %(organization_id)s and id = %(id)s
returning *;

-- name: advance_selection
update discovery.recording_job
set until_started_at = %(until_started_at)s, until_id = %(until_id)s, conversations = conversations + %(conversations)s,
    recordings = recordings + %(recordings)s, skipped = skipped + %(skipped)s
where organization_id = %(organization_id)s and id = %(id)s and state = 'PENDING'
returning *;

-- name: list_conversations
-- In order of (started_at, id) from a place on; participants as jsonb, in their order.
select c.id, c.medium, c.direction, c.started_at, c.ended_at, c.division_ids, c.external_tag,
       coalesce((
         select jsonb_agg(jsonb_build_object(
           'id', p.id, 'purpose', p.purpose, 'direction', p.direction, 'person_id', p.person_id, 'queue_id', p.queue_id,
           'name', p.name, 'address', p.address, 'disconnect_type', p.disconnect_type, 'wrapup_code', p.wrapup ->> 'code_id',
           'started_at', p.started_at, 'ended_at', p.ended_at) order by p.position)
         from conversations.public_participant p
         where p.organization_id = c.organization_id and p.conversation_id = c.id), '[]') as participants
from conversations.public_conversation c
where c.organization_id = %(organization_id)s and c.started_at >= %(began_from)s and c.started_at < %(began_until)s
  and (%(ids)s::text[] is null or c.id = any(%(ids)s::text[]))
  and (%(after_started_at)s::timestamptz is null
       or (c.started_at, c.id) > (%(after_started_at)s::timestamptz, %(after_id)s::text))
order by c.started_at, c.id
limit %(limit)s::int;

-- name: list_recordings_of
select id, conversation_id, participant_id, started_at from recordings.public_recording
where organization_id = %(organization_id)s and conversation_id = any(%(conversation_ids)s::text[])
  and (%(division_ids)s::text[] is null or division_ids && %(division_ids)s::text[])
order by conversation_id, started_at, id;

-- name: insert_items
insert into discovery.recording_job_item
  (organization_id, job_id, position, conversation_id, recording_id, due_at, outcome, problem, at)
select %(organization_id)s, %(job_id)s, %(first)s::int + place, conversation_id, recording_id, due_at,
       case when problem is not null then 'skipped' end, problem, case when problem is not null then %(now)s::timestamptz end
from unnest(%(conversation_ids)s::text[], %(recording_ids)s::text[], %(due)s::timestamptz[], %(problems)s::text[])
  with ordinality as chosen (conversation_id, recording_id, due_at, problem, place);

-- name: list_waiting
select * from discovery.recording_job_item
where organization_id = %(organization_id)s and job_id = %(job_id)s and outcome is null and due_at <= %(now)s::timestamptz
  and position > %(after)s::int
order by position
limit %(limit)s::int;

-- name: begin_items
update discovery.recording_job_item set attempts = attempts + 1
where organization_id = %(organization_id)s and job_id = %(job_id)s and position = any(%(positions)s::int[]) and outcome is null;

-- name: settle_item
update discovery.recording_job_item
set outcome = %(outcome)s, problem = %(problem)s, at = %(now)s, object_key = %(object_key)s, object_sha256 = %(object_sha256)s,
    object_size = %(object_size)s
where organization_id = %(organization_id)s and job_id = %(job_id)s and position = %(position)s and outcome is null;

-- name: count_outcomes
-- Counted, not added up: whoever settles the same again changes nothing.
update discovery.recording_job j
set processed = c.processed, skipped = c.skipped, failed = c.failed, obstacle = null, obstacle_since = null, retry_at = null
from (select count(*) filter (where outcome = 'processed')::int as processed,
             count(*) filter (where outcome = 'skipped')::int as skipped,
             count(*) filter (where outcome = 'failed')::int as failed
      from discovery.recording_job_item where organization_id = %(organization_id)s and job_id = %(job_id)s) c
where j.organization_id = %(organization_id)s and j.id = %(job_id)s
returning j.*;

-- name: meet_obstacle
update discovery.recording_job
set obstacle = %(obstacle)s, obstacle_since = coalesce(obstacle_since, %(now)s::timestamptz),
    retry_at = clock_timestamp() + %(pause)s::interval
where organization_id = %(organization_id)s and id = %(id)s and state = 'PROCESSING'
returning *;

-- name: pause_until
-- Nothing is due before then.
update discovery.recording_job set retry_at = clock_timestamp() + %(pause)s::interval
where organization_id = %(organization_id)s and id = %(id)s and state = 'PROCESSING';

-- name: find_next_due
select min(due_at) as due_at from discovery.recording_job_item
where organization_id = %(organization_id)s and job_id = %(job_id)s and outcome is null;

-- name: list_items
select i.*, count(*) over ()::int as total from discovery.recording_job_item i
where i.organization_id = %(organization_id)s and i.job_id = %(job_id)s
  and (%(outcome)s::text is null or i.outcome = %(outcome)s::text)
order by i.position
limit %(limit)s::int offset %(offset)s::int;
