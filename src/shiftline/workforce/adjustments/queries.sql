-- name: list_codes
select id, business_unit_id, name, state, version, created_by, created_at, changed_by, since
from adjustments.reason_code
where organization_id = %(organization_id)s and business_unit_id = %(business_unit_id)s and state <> 'Deleted'
  and (%(ids)s::text[] is null or id = any(%(ids)s::text[]))
order by lower(name), id;

-- name: lock_codes
select id from adjustments.reason_code
where organization_id = %(organization_id)s and business_unit_id = %(business_unit_id)s and id = any(%(ids)s::text[])
order by id for no key update;

-- name: insert_code
insert into adjustments.reason_code
  (organization_id, id, business_unit_id, name, state, created_by, created_at, changed_by, since)
values (%(organization_id)s, %(id)s, %(business_unit_id)s, %(name)s, %(state)s, %(by)s, %(now)s, %(by)s, %(now)s);

-- name: update_code
update adjustments.reason_code
set name = %(name)s, state = %(state)s, version = version + 1, changed_by = %(by)s, since = %(now)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: find_setting
select range_days, version, changed_by, since from adjustments.setting
where organization_id = %(organization_id)s and business_unit_id = %(business_unit_id)s;

-- name: put_setting
-- Nothing comes back when somebody else changed it meanwhile. version 0: nobody has stated it yet.
insert into adjustments.setting (organization_id, business_unit_id, range_days, changed_by, since)
select %(organization_id)s, %(business_unit_id)s, %(days)s, %(by)s, %(now)s where %(version)s::int = 0
on conflict do nothing
returning version;

-- name: change_setting
update adjustments.setting set range_days = %(days)s, version = version + 1, changed_by = %(by)s, since = %(now)s
where organization_id = %(organization_id)s and business_unit_id = %(business_unit_id)s and version = %(version)s
returning version;

-- name: queue_adjustments
-- One adjustment of an agent after the other, so that who comes second is told of the first.
select pg_advisory_xact_lock(hashtextextended(%(organization_id)s || ' ' || %(person_id)s, 80));

-- name: find_adjustments
select id, person_id, management_unit_id, business_unit_id, reason_code_id, status, lower(span) as starts_at,
       upper(span) as ends_at, submitter_notes, reviewer_notes, reviewed_by, reviewed_at, version, created_by, created_at,
       changed_by, since
from adjustments.adjustment a
where organization_id = %(organization_id)s and active and span && tstzrange(%(start)s::timestamptz, %(end)s::timestamptz)
  and (%(person_ids)s::text[] is null or person_id = any(%(person_ids)s::text[]))
  and (%(management_unit_ids)s::text[] is null or management_unit_id = any(%(management_unit_ids)s::text[]))
  and (%(business_unit_id)s::text is null or business_unit_id = %(business_unit_id)s::text)
  and (%(reason_code_ids)s::text[] is null or reason_code_id = any(%(reason_code_ids)s::text[]))
  and (%(statuses)s::text[] is null or status = any(%(statuses)s::text[]))
  and (%(after)s::text is null or (lower(span), id) >
       (select lower(b.span), b.id from adjustments.adjustment b
        where b.organization_id = a.organization_id and b.id = %(after)s::text))
  and (%(before)s::text is null or (lower(span), id) <
       (select lower(b.span), b.id from adjustments.adjustment b
        where b.organization_id = a.organization_id and b.id = %(before)s::text))
order by case when %(before)s::text is null then lower(span) end,
         case when %(before)s::text is null then id end,
         lower(span) desc, id desc
limit %(limit)s;

-- name: read_adjustments
select id, person_id, management_unit_id, business_unit_id, reason_code_id, status, lower(span) as starts_at,
       upper(span) as ends_at, submitter_notes, reviewer_notes, reviewed_by, reviewed_at, version, created_by, created_at,
       changed_by, since
from adjustments.adjustment
where organization_id = %(organization_id)s and active and id = any(%(ids)s::text[])
order by lower(span), id;

-- name: insert_adjustment
insert into adjustments.adjustment
  (organization_id, id, person_id, management_unit_id, business_unit_id, reason_code_id, status, span, submitter_notes,
   created_by, created_at, changed_by, since)
values (%(organization_id)s, %(id)s, %(person_id)s, %(management_unit_id)s, %(business_unit_id)s, %(reason_code_id)s,
        %(status)s, tstzrange(%(start)s::timestamptz, %(end)s::timestamptz), %(submitter_notes)s, %(by)s, %(now)s, %(by)s,
        %(now)s);

-- name: update_adjustment
update adjustments.adjustment
set reason_code_id = %(reason_code_id)s, status = %(status)s, span = tstzrange(%(start)s::timestamptz, %(end)s::timestamptz),
    submitter_notes = %(submitter_notes)s, reviewer_notes = %(reviewer_notes)s, reviewed_by = %(reviewed_by)s,
    reviewed_at = %(reviewed_at)s, active = %(active)s, version = version + 1, changed_by = %(by)s, since = %(now)s
where organization_id = %(organization_id)s and id = %(id)s;
