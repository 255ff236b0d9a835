-- name: insert_batch
insert into discovery.batch (organization_id, id, requested_by, requested_at, division_ids, expected)
values (%(organization_id)s, %(id)s, %(by)s, %(now)s, %(division_ids)s::text[], %(expected)s);

-- name: count_results
-- How many results what is asked for comes to: each recording of a conversation that may be heard, or one that says there is none.
select count(*)::int as expected
from unnest(%(conversation_ids)s::text[], %(recording_ids)s::text[]) as asked (conversation_id, recording_id)
left join recordings.public_recording r
  on r.organization_id = %(organization_id)s and r.conversation_id = asked.conversation_id
  and (asked.recording_id is null or r.id = asked.recording_id)
  and (%(division_ids)s::text[] is null or r.division_ids && %(division_ids)s::text[]);

-- name: insert_results
insert into discovery.batch_result (organization_id, batch_id, position, conversation_id, recording_id, known)
select %(organization_id)s, %(id)s, row_number() over (order by asked.place, r.started_at, r.id), asked.conversation_id,
       coalesce(r.id, asked.recording_id), r.id is not null
from unnest(%(conversation_ids)s::text[], %(recording_ids)s::text[]) with ordinality as asked (conversation_id, recording_id, place)
left join recordings.public_recording r
  on r.organization_id = %(organization_id)s and r.conversation_id = asked.conversation_id
  and (asked.recording_id is null or r.id = asked.recording_id)
  and (%(division_ids)s::text[] is null or r.division_ids && %(division_ids)s::text[]);

-- name: find_batch
select * from discovery.batch where organization_id = %(organization_id)s and id = %(id)s;

-- name: list_batches
select b.*, count(*) over ()::int as total from discovery.batch b
where b.organization_id = %(organization_id)s
order by b.requested_at desc, b.id
limit %(limit)s::int offset %(offset)s::int;

-- name: list_unfinished
select * from discovery.batch where ended_at is null order by requested_real limit %(limit)s::int;

-- name: list_waiting
select position, conversation_id, recording_id, known, settled, problem from discovery.batch_result
where organization_id = %(organization_id)s and batch_id = %(id)s and not settled and position > %(after)s::int
order by position
limit %(limit)s::int;

-- name: settle_results
update discovery.batch_result b set settled = true, problem = s.problem
from unnest(%(positions)s::int[], %(problems)s::text[]) as s (position, problem)
where b.organization_id = %(organization_id)s and b.batch_id = %(id)s and b.position = s.position and not b.settled;

-- name: advance_batch
-- Counted, not added up: whoever settles the same again changes nothing.
update discovery.batch b
set results = c.results, errors = c.errors, ended_at = case when c.results = b.expected then %(now)s::timestamptz end
from (select count(*) filter (where settled)::int as results, count(problem)::int as errors
      from discovery.batch_result where organization_id = %(organization_id)s and batch_id = %(id)s) c
where b.organization_id = %(organization_id)s and b.id = %(id)s and b.ended_at is null
returning b.*;

-- name: lock_batch
select id from discovery.batch where organization_id = %(organization_id)s and id = %(id)s and ended_at is null for update;

-- name: list_results
select b.position, b.conversation_id, b.recording_id, b.known, b.settled, b.problem, r.state, coalesce(r.container, '') as container,
       coalesce(r.division_ids, '{}') as division_ids
from discovery.batch_result b
left join recordings.public_recording r on r.organization_id = b.organization_id and r.id = b.recording_id and b.known
where b.organization_id = %(organization_id)s and b.batch_id = %(id)s and b.settled
order by b.position;
