-- name: add_spread
-- To what the node counted in that minute before: a program that was started again goes on with its minute.
insert into signalling.propagation as p (node, minute, counts, largest, last_seen, reading_since)
values (%(node)s, %(minute)s, %(counts)s::int[], %(largest)s, clock_timestamp(),
        coalesce(%(reading_since)s::timestamptz, clock_timestamp()))
on conflict (node, minute) do update set
  counts = array(select coalesce(a, 0) + coalesce(b, 0)
                 from unnest(p.counts, excluded.counts) with ordinality as u (a, b, place) order by place),
  largest = greatest(p.largest, excluded.largest),
  last_seen = excluded.last_seen,
  reading_since = excluded.reading_since
returning reading_since;

-- name: read_spreads
-- Of the installation, not of an organization: how soon news arrives tells nothing of what it is.
select node, counts, largest, last_seen, extract(epoch from clock_timestamp() - last_seen)::float8 as silent_seconds
from signalling.propagation
where minute > clock_timestamp() - %(minutes)s::int * interval '1 minute'
order by node, minute;

-- name: end_reading
update signalling.propagation set reading_since = null
where node = %(node)s and minute = (select max(minute) from signalling.propagation where node = %(node)s);

-- name: add_arrivals
-- What was written already, and not known to be, is written again.
insert into signalling.arrival (event_id, node, lag, sessions)
select event_id, %(node)s, lag, sessions
from unnest(%(event_ids)s::int8[], %(lags)s::float4[], %(sessions)s::int4[]) as a (event_id, lag, sessions)
on conflict do nothing;

-- name: list_followers
-- Each node as it spoke last, and the instant that it is.
select distinct on (node) node, reading_since, last_seen, clock_timestamp() as now
from signalling.propagation
order by node, minute desc;

-- name: read_arrivals
-- Of events that the caller read of their own organization.
select event_id, node, lag, sessions from signalling.arrival
where event_id = any(%(event_ids)s::int8[]) order by node, event_id;

-- name: forget_old
with arrivals as (
  delete from signalling.arrival where at < clock_timestamp() - interval '1 day'
)
delete from signalling.propagation where minute < clock_timestamp() - interval '1 day';
