-- name: add_spread
-- To what the node counted in that minute before: a program that was started again goes on with its minute.
insert into signalling.propagation as p (node, minute, counts, largest, last_seen)
values (%(node)s, %(minute)s, %(counts)s::int[], %(largest)s, clock_timestamp())
on conflict (node, minute) do update set
  counts = array(select coalesce(a, 0) + coalesce(b, 0)
                 from unnest(p.counts, excluded.counts) with ordinality as u (a, b, place) order by place),
  largest = greatest(p.largest, excluded.largest),
  last_seen = excluded.last_seen;

-- name: read_spreads
-- Of the installation, not of an organization: how soon news arrives tells nothing of what it is.
select node, counts, largest, last_seen
from signalling.propagation
where minute > clock_timestamp() - %(minutes)s::int * interval '1 minute'
order by node, minute;

-- name: forget_spreads
delete from signalling.propagation where minute < clock_timestamp() - interval '1 day';
