-- name: insert_request
insert into timeoff.request
  (organization_id, id, person_id, business_unit_id, management_unit_id, zone, tzdata, activity_code_id, paid,
   days, starts, ends, minutes, payable_minutes, earliest_start_offsets, latest_end_offsets, span, content,
   status, substatus, notes, marked_as_read, submitted_by, submitted_at, reviewed_by, reviewed_at,
   modified_by, modified_at, sync_version, version, since)
values
  (%(organization_id)s, %(id)s, %(person_id)s, %(business_unit_id)s, %(management_unit_id)s, %(zone)s, %(tzdata)s,
   %(activity_code_id)s, %(paid)s, %(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[],
   %(minutes)s::int[], %(payable_minutes)s::int[], %(earliest_start_offsets)s::int[], %(latest_end_offsets)s::int[],
   (select range_agg(tstzrange(s, e)) from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as p (s, e)),
   %(content)s, %(status)s, %(substatus)s, %(notes)s, %(marked_as_read)s, %(submitted_by)s, %(submitted_at)s,
   %(reviewed_by)s, %(reviewed_at)s, %(modified_by)s, %(modified_at)s, %(sync_version)s, %(version)s, %(now)s)
on conflict (organization_id, person_id, content) where status in ('PENDING', 'APPROVED') do nothing;

-- name: update_request
update timeoff.request set
  business_unit_id = %(business_unit_id)s, management_unit_id = %(management_unit_id)s, zone = %(zone)s,
  tzdata = %(tzdata)s, activity_code_id = %(activity_code_id)s, paid = %(paid)s, days = %(days)s::date[],
  starts = %(starts)s::timestamptz[], ends = %(ends)s::timestamptz[], minutes = %(minutes)s::int[],
  payable_minutes = %(payable_minutes)s::int[], earliest_start_offsets = %(earliest_start_offsets)s::int[],
  latest_end_offsets = %(latest_end_offsets)s::int[],
  span = (select range_agg(tstzrange(s, e))
          from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as p (s, e)),
  content = %(content)s, status = %(status)s, substatus = %(substatus)s, notes = %(notes)s,
  marked_as_read = %(marked_as_read)s, reviewed_by = %(reviewed_by)s, reviewed_at = %(reviewed_at)s,
  modified_by = %(modified_by)s, modified_at = %(modified_at)s, sync_version = %(sync_version)s,
  version = %(version)s, since = %(now)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: lock_request
select * from timeoff.request where organization_id = %(organization_id)s and id = %(id)s for update;

-- name: find_request
select * from timeoff.request where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_equal_request
-- The one that awaits or has approval comes first; with any_state also the latest that was denied or canceled.
select * from timeoff.request
where organization_id = %(organization_id)s and person_id = %(person_id)s and content = %(content)s
  and (%(any_state)s or status in ('PENDING', 'APPROVED'))
order by status in ('PENDING', 'APPROVED') desc, submitted_at desc, id
limit 1;

-- name: queue_approvals
-- One approval of a person after the other: two that overlap would otherwise deadlock in the constraint. In the order of
-- the array, which is sorted.
select pg_advisory_xact_lock(hashtextextended(%(organization_id)s::text || ' ' || p.person_id, 32))
from unnest(%(person_ids)s::text[]) as p (person_id);

-- name: find_approved_overlap
select * from timeoff.request
where organization_id = %(organization_id)s and person_id = %(person_id)s and status = 'APPROVED' and id <> %(id)s
  and span && (select range_agg(tstzrange(s, e))
               from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as p (s, e))
order by lower(span)
limit 1;

-- name: list_open_offers
select id, lower(span) as starts_at, upper(span) as ends_at
from trades.public_open_offer
where organization_id = %(organization_id)s and person_id = %(person_id)s and expires_at > %(now)s::timestamptz
  and span && (select range_agg(tstzrange(s, e))
               from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as p (s, e))
order by lower(span), id;

-- name: list_requests
-- An agent's requests are their present management unit's business; who left every unit stays with the last one.
select r.*, count(*) over () as total
from timeoff.request r
left join units.public_agent a on a.organization_id = r.organization_id and a.person_id = r.person_id
where r.organization_id = %(organization_id)s
  and (%(management_unit_id)s::text is null
       or coalesce(a.management_unit_id, r.management_unit_id) = %(management_unit_id)s::text)
  and (%(ids)s::text[] is null or r.id = any(%(ids)s::text[]))
  and (%(person_ids)s::text[] is null or r.person_id = any(%(person_ids)s::text[]))
  and (%(statuses)s::text[] is null or r.status = any(%(statuses)s::text[]))
  and (%(substatuses)s::text[] is null or r.substatus = any(%(substatuses)s::text[]))
  and (%(from)s::timestamptz is null or r.span && tstzrange(%(from)s::timestamptz, %(until)s::timestamptz))
order by lower(r.span), r.id
limit %(limit)s offset %(offset)s;
