-- name: insert_query
-- Asked now: the answer holds what is committed now. Questions older than a week are forgotten.
with old as (
  delete from audit.query where started_real < clock_timestamp() - interval '7 days'
)
insert into audit.query
  (organization_id, id, starts_at, ends_at, service, filters, descending, last_id, started_at, started_by)
select %(organization_id)s, %(id)s, %(starts_at)s, %(ends_at)s, %(service)s, %(filters)s, %(descending)s,
       coalesce((select max(a.id) from foundation.public_audit a where a.organization_id = %(organization_id)s), 0),
       %(now)s, %(by)s
returning id, starts_at, ends_at, service, filters, descending, last_id, started_at, started_by;

-- name: find_query
select id, starts_at, ends_at, service, filters, descending, last_id, started_at, started_by
from audit.query where organization_id = %(organization_id)s and id = %(id)s;

-- name: list_newest
select id, at, actor_id, actor_kind, client_id, remote_address, correlation_id, service, entity_type, entity_id, action,
       event, body
from foundation.public_audit
where organization_id = %(organization_id)s and at >= %(starts_at)s and at < %(ends_at)s
  and (%(last_id)s::bigint is null or id <= %(last_id)s::bigint)
  and (%(service)s::text is null or service = %(service)s::text)
  and (%(actor_ids)s::text[] is null or actor_id = any(%(actor_ids)s::text[]))
  and (%(client_ids)s::text[] is null or client_id = any(%(client_ids)s::text[]))
  and (%(actions)s::text[] is null or action = any(%(actions)s::text[]))
  and (%(entity_types)s::text[] is null or entity_type = any(%(entity_types)s::text[]))
  and (%(entity_ids)s::text[] is null or entity_id = any(%(entity_ids)s::text[]))
  and (%(after_at)s::timestamptz is null or (at, id) < (%(after_at)s::timestamptz, %(after_id)s::bigint))
order by at desc, id desc
limit %(limit)s offset %(offset)s;

-- name: list_oldest
select id, at, actor_id, actor_kind, client_id, remote_address, correlation_id, service, entity_type, entity_id, action,
       event, body
from foundation.public_audit
where organization_id = %(organization_id)s and at >= %(starts_at)s and at < %(ends_at)s
  and (%(last_id)s::bigint is null or id <= %(last_id)s::bigint)
  and (%(service)s::text is null or service = %(service)s::text)
  and (%(actor_ids)s::text[] is null or actor_id = any(%(actor_ids)s::text[]))
  and (%(client_ids)s::text[] is null or client_id = any(%(client_ids)s::text[]))
  and (%(actions)s::text[] is null or action = any(%(actions)s::text[]))
  and (%(entity_types)s::text[] is null or entity_type = any(%(entity_types)s::text[]))
  and (%(entity_ids)s::text[] is null or entity_id = any(%(entity_ids)s::text[]))
  and (%(after_at)s::timestamptz is null or (at, id) > (%(after_at)s::timestamptz, %(after_id)s::bigint))
order by at, id
limit %(limit)s offset %(offset)s;

-- name: count_entries
select count(*)::int as total
from foundation.public_audit
where organization_id = %(organization_id)s and at >= %(starts_at)s and at < %(ends_at)s
  and (%(service)s::text is null or service = %(service)s::text)
  and (%(actor_ids)s::text[] is null or actor_id = any(%(actor_ids)s::text[]))
  and (%(client_ids)s::text[] is null or client_id = any(%(client_ids)s::text[]))
  and (%(actions)s::text[] is null or action = any(%(actions)s::text[]))
  and (%(entity_types)s::text[] is null or entity_type = any(%(entity_types)s::text[]))
  and (%(entity_ids)s::text[] is null or entity_id = any(%(entity_ids)s::text[]));
