-- name: queue_judgements
-- One judgement of an agent after the other: what is read and what is written must be of one moment. Always in the same
-- order, so that two who judge the same agents never embrace; and none for the whole tenant, since whoever changes what
-- they do would wait then for hundreds who are judged because of a new schedule.
select count(pg_advisory_xact_lock(hashtextextended(%(organization_id)s::text || ' ' || p.person_id, 70))) as locked
from (select person_id from unnest(%(person_ids)s::text[]) as x (person_id) order by person_id offset 0) as p;

-- name: find_standings
select person_id, management_unit_id, business_unit_id, scheduled_code_id, scheduled_category, system_presence,
       definition_id, presence_at, routing_status, actual_category, state, state_at, impact, verdict, verdict_at, severe,
       explanation_id, explanation_version, removed
from adherence.standing
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[]);

-- name: find_agents
select a.person_id, a.management_unit_id, a.business_unit_id, a.since as joined_at,
       a.management_unit_settings -> 'adherence' as settings, p.system_presence, p.definition_id,
       p.modified_at as presence_at, r.status as routing_status, r.started_at as routing_at
from units.public_agent a
left join presence.public_presence p on p.organization_id = a.organization_id and p.person_id = a.person_id
left join presence.public_routing_status r on r.organization_id = a.organization_id and r.person_id = a.person_id
where a.organization_id = %(organization_id)s and a.person_id = any(%(person_ids)s::text[]);

-- name: find_work
-- Shifts around an instant. One agent at a time: with all at once the index of spans was read from end to end, for each
-- single change of a presence. A shift lasts two days at most.
select s.agent_id, upper(s.span) as ends_at, s.activity_starts, s.activity_code_ids
from unnest(%(person_ids)s::text[]) as a (person_id)
cross join lateral (
  select agent_id, span, activity_starts, activity_code_ids
  from schedule.public_work
  where organization_id = %(organization_id)s and agent_id = a.person_id
    and span && tstzrange(%(from)s::timestamptz, %(until)s::timestamptz)
    and lower(span) > %(from)s::timestamptz - interval '2 days' and lower(span) < %(until)s::timestamptz
  offset 0
) as s
order by s.agent_id, s.span;

-- name: find_codes
select business_unit_id, id, name, category, secondary_presence_ids
from units.public_activity_code
where organization_id = %(organization_id)s and business_unit_id = any(%(business_unit_ids)s::text[]);

-- name: list_agents_of
select person_id from units.public_agent
where organization_id = %(organization_id)s
  and (%(management_unit_id)s::text is null or management_unit_id = %(management_unit_id)s::text)
  and (%(business_unit_id)s::text is null or business_unit_id = %(business_unit_id)s::text)
order by person_id;

-- name: put_standings
insert into adherence.standing
  (organization_id, person_id, management_unit_id, business_unit_id, scheduled_code_id, scheduled_category,
   system_presence, definition_id, presence_at, routing_status, actual_category, state, state_at, impact, verdict,
   verdict_at, severe, explanation_id, explanation_version, removed, since, changed_by)
select %(organization_id)s::text, s.person_id, s.management_unit_id, s.business_unit_id, s.scheduled_code_id,
       s.scheduled_category, s.system_presence, s.definition_id, s.presence_at, s.routing_status, s.actual_category,
       s.state, s.state_at, s.impact, s.verdict, s.verdict_at, s.severe, s.explanation_id, s.explanation_version,
       s.removed, %(now)s::timestamptz, %(by)s::text
from jsonb_to_recordset(%(standings)s::text::jsonb) as s (
  person_id text, management_unit_id text, business_unit_id text, scheduled_code_id text, scheduled_category text,
  system_presence text, definition_id text, presence_at timestamptz, routing_status text, actual_category text,
  state text, state_at timestamptz, impact text, verdict text, verdict_at timestamptz, severe boolean,
  explanation_id text, explanation_version int, removed boolean)
on conflict (organization_id, person_id) do update
set management_unit_id = excluded.management_unit_id, business_unit_id = excluded.business_unit_id,
    scheduled_code_id = excluded.scheduled_code_id, scheduled_category = excluded.scheduled_category,
    system_presence = excluded.system_presence, definition_id = excluded.definition_id,
    presence_at = excluded.presence_at, routing_status = excluded.routing_status,
    actual_category = excluded.actual_category, state = excluded.state, state_at = excluded.state_at,
    impact = excluded.impact, verdict = excluded.verdict, verdict_at = excluded.verdict_at, severe = excluded.severe,
    explanation_id = excluded.explanation_id, explanation_version = excluded.explanation_version,
    removed = excluded.removed, since = excluded.since, changed_by = excluded.changed_by;

-- name: set_timers
-- A null instant takes the timer away.
with wanted as (
  select * from unnest(%(person_ids)s::text[], %(due_at)s::timestamptz[]) as w (person_id, due_at)
), gone as (
  delete from adherence.timer t using wanted w
  where t.organization_id = %(organization_id)s and t.person_id = w.person_id and w.due_at is null
)
insert into adherence.timer (organization_id, person_id, due_at)
select %(organization_id)s::text, person_id, due_at from wanted where due_at is not null
on conflict (organization_id, person_id) do update set due_at = excluded.due_at
where timer.due_at <> excluded.due_at;

-- name: find_due
select organization_id, person_id from adherence.timer
where due_at <= %(now)s::timestamptz
order by organization_id, due_at
limit %(limit)s::int;

-- name: list_unjudged
-- Agents without a standing: those of units that are older than this room.
select a.organization_id, a.person_id from units.public_agent a
where not exists (select from adherence.standing s
                  where s.organization_id = a.organization_id and s.person_id = a.person_id)
limit %(limit)s::int;

-- name: find_explanations_at
-- What is explained around an instant, for judging it.
select e.*
from unnest(%(person_ids)s::text[]) as a (person_id)
cross join lateral (
  select id, person_id, management_unit_id, business_unit_id, type, status, lower(span) as starts_at,
         upper(span) as ends_at, notes, submitted_by, submitted_at, reviewed_by, reviewed_at, version
  from adherence.explanation
  where organization_id = %(organization_id)s and person_id = a.person_id
    and span && tstzrange(%(from)s::timestamptz, %(until)s::timestamptz) and status <> 'Denied'
  offset 0
) as e
order by e.person_id, e.starts_at;

-- name: list_explanations
select id, person_id, management_unit_id, business_unit_id, type, status, lower(span) as starts_at,
       upper(span) as ends_at, notes, submitted_by, submitted_at, reviewed_by, reviewed_at, version
from adherence.explanation
where organization_id = %(organization_id)s
  and span && tstzrange(%(from)s::timestamptz, %(until)s::timestamptz)
  and (%(business_unit_id)s::text is null or business_unit_id = %(business_unit_id)s::text)
  and (%(management_unit_ids)s::text[] is null or management_unit_id = any(%(management_unit_ids)s::text[]))
  and (%(person_ids)s::text[] is null or person_id = any(%(person_ids)s::text[]))
order by lower(span), id
limit %(limit)s::int;

-- name: find_explanation
select id, person_id, management_unit_id, business_unit_id, type, status, lower(span) as starts_at,
       upper(span) as ends_at, notes, submitted_by, submitted_at, reviewed_by, reviewed_at, version
from adherence.explanation
where organization_id = %(organization_id)s and id = %(id)s;

-- name: lock_explanation
select id, person_id, management_unit_id, business_unit_id, type, status, lower(span) as starts_at,
       upper(span) as ends_at, notes, submitted_by, submitted_at, reviewed_by, reviewed_at, version
from adherence.explanation
where organization_id = %(organization_id)s and id = %(id)s
for update;

-- name: queue_explanations
-- One explanation of an agent after the other, so that who comes second is told of the first.
select pg_advisory_xact_lock(hashtextextended(%(organization_id)s || ' ' || %(person_id)s, 71));

-- name: insert_explanation
insert into adherence.explanation
  (organization_id, id, person_id, management_unit_id, business_unit_id, type, status, span, notes, submitted_by,
   submitted_at, reviewed_by, reviewed_at, since, changed_by)
values (%(organization_id)s, %(id)s, %(person_id)s, %(management_unit_id)s, %(business_unit_id)s, %(type)s, %(status)s,
        tstzrange(%(start)s::timestamptz, %(end)s::timestamptz), %(notes)s, %(submitted_by)s, %(submitted_at)s,
        %(reviewed_by)s, %(reviewed_at)s, %(now)s, %(by)s);

-- name: decide_explanation
update adherence.explanation
set status = %(status)s, reviewed_by = %(by)s, reviewed_at = %(now)s, version = version + 1, since = %(now)s,
    changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: insert_job
insert into adherence.job
  (organization_id, id, kind, status, started_by, started_at, key, request, result, error)
values (%(organization_id)s, %(id)s, %(kind)s, %(status)s, %(started_by)s, %(started_at)s, %(key)s, %(request)s,
        %(result)s, %(error)s);

-- name: find_job
select id, kind, status, started_by, started_at, key, request, result, parts, error
from adherence.job
where organization_id = %(organization_id)s and id = %(id)s
  and (%(started_by)s::text is null or started_by = %(started_by)s::text)
  and kind = any(%(kinds)s::text[]);

-- name: end_job
update adherence.job set status = %(status)s, result = %(result)s, parts = %(parts)s, error = %(error)s
where organization_id = %(organization_id)s and id = %(id)s and status = 'Processing';

-- name: insert_part
insert into adherence.job_part (organization_id, job_id, number, content)
values (%(organization_id)s, %(job_id)s, %(number)s, %(content)s);

-- name: find_part
-- By the secret in its address alone: whoever was given it is let in.
select p.content
from adherence.job j
join adherence.job_part p on p.organization_id = j.organization_id and p.job_id = j.id and p.number = %(number)s::int
where j.key = %(key)s;

-- name: forget_jobs
delete from adherence.job where real_at < clock_timestamp() - interval '1 day';

-- name: list_members
-- Who worked in a management unit at some time of a span: those of the present and those of the past.
select distinct person_id from units.public_agent_timeline
where organization_id = %(organization_id)s and management_unit_id = %(management_unit_id)s
  and valid && tstzrange(%(from)s::timestamptz, %(until)s::timestamptz)
union
select person_id from units.public_agent
where organization_id = %(organization_id)s and management_unit_id = %(management_unit_id)s
order by person_id;

-- name: read_past
-- Each agent's past as JSON lists of whole seconds since the epoch, in order of time. A row for each stretch, read one by
-- one, took most of the time that ten thousand agents' days may take. Of routing statuses only those count here in which
-- somebody on queue is not there.
select a.person_id, w.scheduled, p.presences, r.routing, e.explained
from unnest(%(person_ids)s::text[]) as a (person_id)
left join lateral (
  select json_agg(json_build_array(
           date_part('epoch', x.starts_at)::bigint,
           date_part('epoch', least(coalesce(s.activity_starts[x.number + 1], upper(s.span)), %(until)s::timestamptz))::bigint,
           x.code_id) order by x.starts_at)::text as scheduled
  from schedule.public_work s
  cross join lateral unnest(s.activity_starts, s.activity_code_ids) with ordinality as x (starts_at, code_id, number)
  where s.organization_id = %(organization_id)s and s.agent_id = a.person_id
    and s.span && tstzrange(%(from)s::timestamptz, %(until)s::timestamptz)
    and lower(s.span) > %(from)s::timestamptz - interval '2 days' and lower(s.span) < %(until)s::timestamptz
    and x.starts_at < %(until)s::timestamptz
    and coalesce(s.activity_starts[x.number + 1], upper(s.span)) > %(from)s::timestamptz
) as w on true
left join lateral (
  select json_agg(json_build_array(
           floor(date_part('epoch', lower(t.valid)))::bigint,
           floor(date_part('epoch', coalesce(upper(t.valid), %(until)s::timestamptz)))::bigint,
           t.system_presence, t.definition_id) order by lower(t.valid))::text as presences
  from presence.public_presence_timeline t
  where t.organization_id = %(organization_id)s and t.person_id = a.person_id
    and lower(t.valid) < %(until)s::timestamptz
    and (upper(t.valid) > %(from)s::timestamptz or upper_inf(t.valid))
) as p on true
left join lateral (
  select json_agg(json_build_array(
           floor(date_part('epoch', lower(t.valid)))::bigint,
           floor(date_part('epoch', coalesce(upper(t.valid), %(until)s::timestamptz)))::bigint,
           t.status) order by lower(t.valid))::text as routing
  from presence.public_routing_status_timeline t
  where t.organization_id = %(organization_id)s and t.person_id = a.person_id
    and t.status = any(%(statuses)s::text[]) and lower(t.valid) < %(until)s::timestamptz
    and (upper(t.valid) > %(from)s::timestamptz or upper_inf(t.valid))
) as r on true
left join lateral (
  -- An explanation and an adjustment may cover the same minutes: they are joined to spans that do not meet.
  select json_agg(json_build_array(
           date_part('epoch', lower(x.span))::bigint, date_part('epoch', upper(x.span))::bigint)
           order by lower(x.span))::text as explained
  from unnest((
    select range_agg(o.span) from (
      select span from adherence.explanation
      where organization_id = %(organization_id)s and person_id = a.person_id and status = 'Approved'
        and span && tstzrange(%(from)s::timestamptz, %(until)s::timestamptz)
      union all
      select span from adjustments.public_approved
      where organization_id = %(organization_id)s and person_id = a.person_id
        and span && tstzrange(%(from)s::timestamptz, %(until)s::timestamptz)
    ) as o
  )) as x (span)
) as e on true;
