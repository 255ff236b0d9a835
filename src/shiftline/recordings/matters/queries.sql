-- name: insert_matter
insert into recordings.matter (organization_id, id, name, description, kind, state, opened_at, opened_by)
values (%(organization_id)s, %(id)s, %(name)s, %(description)s, %(kind)s, 'open', %(now)s, %(by)s);

-- name: find_matter
select m.*, (select count(*) from recordings.held h
             where h.organization_id = m.organization_id and h.matter_id = m.id and h.released_at is null)::int as held
from recordings.matter m where m.organization_id = %(organization_id)s and m.id = %(id)s;

-- name: lock_matter
select m.*, 0 as held from recordings.matter m where m.organization_id = %(organization_id)s and m.id = %(id)s for no key update;

-- name: share_matter
select m.*, 0 as held from recordings.matter m where m.organization_id = %(organization_id)s and m.id = %(id)s for share;

-- name: find_protection
select id from recordings.matter where organization_id = %(organization_id)s and kind = 'protection';

-- name: list_matters
select m.*, count(*) over ()::int as total,
       (select count(*) from recordings.held h
        where h.organization_id = m.organization_id and h.matter_id = m.id and h.released_at is null)::int as held
from recordings.matter m
where m.organization_id = %(organization_id)s
  and (%(open)s::bool is null or (m.state = 'open') = %(open)s::bool)
order by m.opened_at desc, m.id
limit %(limit)s::int offset %(offset)s::int;

-- name: count_matters
select count(*)::int as total from recordings.matter m
where m.organization_id = %(organization_id)s and (%(open)s::bool is null or (m.state = 'open') = %(open)s::bool);

-- name: close_matter
update recordings.matter
set state = 'closing', closed_at = %(now)s, closed_by = %(by)s, close_reason = %(reason)s
where organization_id = %(organization_id)s and id = %(id)s and state = 'open';

-- name: end_closing
update recordings.matter m set state = 'closed'
where m.organization_id = %(organization_id)s and m.id = %(id)s and m.state = 'closing'
  and not exists (select from recordings.held h
                  where h.organization_id = m.organization_id and h.matter_id = m.id and h.released_at is null);

-- name: guard_standing
-- Whoever seals, or changes what a hold looks at, shares it; whoever places or ends a standing hold has it alone.
select pg_advisory_xact_lock_shared(hashtextextended('recordings.holds ' || %(organization_id)s::text, 0));

-- name: change_standing
select pg_advisory_xact_lock(hashtextextended('recordings.holds ' || %(organization_id)s::text, 0));

-- name: insert_hold
insert into recordings.hold
  (organization_id, id, matter_id, selection, reason, standing, division_ids, state, total, placed_at, placed_by)
values
  (%(organization_id)s, %(id)s, %(matter_id)s, %(selection)s, %(reason)s, %(standing)s, %(division_ids)s::text[], 'running',
   %(total)s, %(now)s, %(by)s);

-- name: find_hold
select h.*, (select count(*) from recordings.held x
             where x.organization_id = h.organization_id and x.hold_id = h.id)::int as took
from recordings.hold h where h.organization_id = %(organization_id)s and h.id = %(id)s;

-- name: find_matter_of
select matter_id from recordings.hold where organization_id = %(organization_id)s and id = %(id)s;

-- name: lock_hold
select h.*, h.taken as took from recordings.hold h where h.organization_id = %(organization_id)s and h.id = %(id)s for no key update;

-- name: list_holds
select h.*, count(*) over ()::int as listed,
       (select count(*) from recordings.held x where x.organization_id = h.organization_id and x.hold_id = h.id)::int as took
from recordings.hold h
where h.organization_id = %(organization_id)s and h.matter_id = %(matter_id)s
order by h.placed_at desc, h.id
limit %(limit)s::int offset %(offset)s::int;

-- name: advance_hold
update recordings.hold
set taken = taken + %(taken)s, already = already + %(already)s, refused = refused + %(refused)s,
    refusals = refusals || %(refusals)s, until_started_at = %(until_started_at)s, until_id = %(until_id)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: set_hold_state
update recordings.hold
set state = %(state)s, ended_at = case when %(state)s = 'done' then %(now)s::timestamptz end
where organization_id = %(organization_id)s and id = %(id)s and state <> 'done';

-- name: end_holds
update recordings.hold set state = 'done', ended_at = %(now)s
where organization_id = %(organization_id)s and matter_id = %(matter_id)s and state <> 'done';

-- name: list_unfinished
select organization_id, id, placed_by as by, false as closing from recordings.hold where state = 'running'
union all
select organization_id, id, closed_by as by, true as closing from recordings.matter where state = 'closing'
order by organization_id, id
limit %(limit)s::int;

-- name: list_matching
select r.id, r.started_at from recordings.recording r
where r.organization_id = %(organization_id)s
  and (%(division_ids)s::text[] is null or r.division_ids && %(division_ids)s::text[])
  and (%(recording_ids)s::text[] is null or r.id = any(%(recording_ids)s::text[]))
  and (%(conversation_ids)s::text[] is null or r.conversation_id = any(%(conversation_ids)s::text[]))
  and (%(person_ids)s::text[] is null or r.person_id = any(%(person_ids)s::text[]))
  and (%(queue_ids)s::text[] is null or r.queue_id = any(%(queue_ids)s::text[]))
  and (%(started_from)s::timestamptz is null or r.started_at >= %(started_from)s::timestamptz)
  and (%(started_until)s::timestamptz is null or r.started_at < %(started_until)s::timestamptz)
  and (%(after_started_at)s::timestamptz is null
       or (r.started_at, r.id) > (%(after_started_at)s::timestamptz, %(after_id)s::text))
order by r.started_at, r.id
limit %(limit)s::int;

-- name: count_matching
select count(*)::int as total from recordings.recording r
where r.organization_id = %(organization_id)s
  and (%(division_ids)s::text[] is null or r.division_ids && %(division_ids)s::text[])
  and (%(recording_ids)s::text[] is null or r.id = any(%(recording_ids)s::text[]))
  and (%(conversation_ids)s::text[] is null or r.conversation_id = any(%(conversation_ids)s::text[]))
  and (%(person_ids)s::text[] is null or r.person_id = any(%(person_ids)s::text[]))
  and (%(queue_ids)s::text[] is null or r.queue_id = any(%(queue_ids)s::text[]))
  and (%(started_from)s::timestamptz is null or r.started_at >= %(started_from)s::timestamptz)
  and (%(started_until)s::timestamptz is null or r.started_at < %(started_until)s::timestamptz);

-- name: unknown_ids
select 'userIds' as field, i.id from unnest(%(person_ids)s::text[]) i (id)
where not exists (select from identity.public_person p where p.organization_id = %(organization_id)s and p.id = i.id)
union all
select 'queueIds', i.id from unnest(%(queue_ids)s::text[]) i (id)
where not exists (select from routing.public_queue q where q.organization_id = %(organization_id)s and q.id = i.id)
union all
select 'conversationIds', i.id from unnest(%(conversation_ids)s::text[]) i (id)
where not exists (select from conversations.public_conversation c where c.organization_id = %(organization_id)s and c.id = i.id)
union all
select 'recordingIds', i.id from unnest(%(recording_ids)s::text[]) i (id)
where not exists (select from recordings.recording r where r.organization_id = %(organization_id)s and r.id = i.id)
limit 5;

-- name: lock_candidates
-- In order of ids, as everybody who locks several does. Who hears one meanwhile does not wait.
select id as recording_id, conversation_id, destroyed_at from recordings.recording
where organization_id = %(organization_id)s and id = any(%(ids)s::text[])
order by id for no key update;

-- name: insert_held
insert into recordings.held (organization_id, recording_id, matter_id, hold_id, since, by)
select %(organization_id)s, i.id, %(matter_id)s, %(hold_id)s, %(now)s, %(by)s from unnest(%(ids)s::text[]) i (id)
on conflict (organization_id, recording_id, matter_id) where released_at is null do nothing
returning recording_id;

-- name: release_held
update recordings.held set released_at = %(now)s, released_by = %(by)s, release_reason = %(reason)s
where organization_id = %(organization_id)s and matter_id = %(matter_id)s and recording_id = any(%(ids)s::text[])
  and released_at is null
returning recording_id, hold_id;

-- name: list_held_ids
select recording_id as id from recordings.held
where organization_id = %(organization_id)s and matter_id = %(matter_id)s and released_at is null
  and (%(ids)s::text[] is null or recording_id = any(%(ids)s::text[]))
order by recording_id
limit %(limit)s::int;

-- name: held_of_conversations
select h.recording_id as id, r.conversation_id, r.division_ids from recordings.recording r
left join recordings.held h on h.organization_id = r.organization_id and h.recording_id = r.id and h.released_at is null
  and h.matter_id = %(matter_id)s::text
where r.organization_id = %(organization_id)s and r.conversation_id = any(%(conversation_ids)s::text[]);

-- name: recordings_of_conversations
select id, conversation_id, division_ids, state = 'destroyed' as gone, destroyed_at from recordings.recording
where organization_id = %(organization_id)s and conversation_id = any(%(ids)s::text[])
order by started_at, id;

-- name: list_standing
-- Holds that take a recording as it is now: not those from which it was released by name.
select h.id as hold_id, h.matter_id, m.name as matter_name from recordings.hold h
join recordings.matter m on m.organization_id = h.organization_id and m.id = h.matter_id and m.state = 'open'
join recordings.recording r on r.organization_id = h.organization_id and r.id = %(recording_id)s
where h.organization_id = %(organization_id)s and h.standing
  and (h.division_ids is null or h.division_ids && r.division_ids)
  and (h.selection -> 'recording_ids' in ('null'::jsonb) or h.selection -> 'recording_ids' ? r.id)
  and (h.selection -> 'conversation_ids' in ('null'::jsonb) or h.selection -> 'conversation_ids' ? r.conversation_id)
  and (h.selection -> 'person_ids' in ('null'::jsonb) or coalesce(h.selection -> 'person_ids' ? r.person_id, false))
  and (h.selection -> 'queue_ids' in ('null'::jsonb) or coalesce(h.selection -> 'queue_ids' ? r.queue_id, false))
  and (h.selection -> 'started' in ('null'::jsonb)
       or (r.started_at >= (h.selection #>> '{started,start}')::timestamptz
           and r.started_at < (h.selection #>> '{started,end}')::timestamptz))
  and not exists (select from recordings.held x
                  where x.organization_id = h.organization_id and x.recording_id = r.id and x.hold_id = h.id)
order by h.placed_at, h.id;

-- name: stop_deletions
-- A hold wins: what was marked for deletion is not any more, whoever approved it.
update recordings.deletion d
set state = 'held', ended_at = %(now)s, ended_by = %(by)s, ended_why = %(why)s
from recordings.recording r
where d.organization_id = %(organization_id)s and d.recording_id = any(%(ids)s::text[]) and d.state = 'marked'
  and r.organization_id = d.organization_id and r.id = d.recording_id
returning d.id as deletion_id, d.recording_id, r.conversation_id, d.asked_by, d.marked_at;

-- name: list_held
select h.recording_id, r.conversation_id, r.person_id, r.queue_id, r.started_at, r.state, h.hold_id, h.since
from recordings.held h
join recordings.recording r on r.organization_id = h.organization_id and r.id = h.recording_id
where h.organization_id = %(organization_id)s and h.matter_id = %(matter_id)s and h.released_at is null
  and (%(after_started_at)s::timestamptz is null
       or (r.started_at, r.id) > (%(after_started_at)s::timestamptz, %(after_id)s::text))
order by r.started_at, r.id
limit %(limit)s::int;

-- name: page_held
select h.recording_id, r.conversation_id, r.person_id, r.queue_id, r.started_at, r.state, h.hold_id, h.since,
       count(*) over ()::int as total
from recordings.held h
join recordings.recording r on r.organization_id = h.organization_id and r.id = h.recording_id
where h.organization_id = %(organization_id)s and h.matter_id = %(matter_id)s and h.released_at is null
order by r.started_at desc, r.id
limit %(limit)s::int offset %(offset)s::int;

-- name: list_holders
select h.recording_id, h.matter_id, m.name as matter_name, h.hold_id, h.since
from recordings.held h
join recordings.matter m on m.organization_id = h.organization_id and m.id = h.matter_id
where h.organization_id = %(organization_id)s and h.recording_id = any(%(ids)s::text[]) and h.released_at is null
order by h.recording_id, h.since, h.number;
