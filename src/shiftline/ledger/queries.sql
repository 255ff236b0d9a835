-- name: insert_entry
with entered as (
  insert into ledger.entry (organization_id, id, kind, subject_id, conversation_id, at, body, facts)
  values (%(organization_id)s, %(id)s, %(kind)s, %(subject_id)s, %(conversation_id)s, %(at)s, %(body)s, %(facts)s)
  returning organization_id, id
)
insert into ledger.pending (organization_id, entry_id) select organization_id, id from entered;

-- name: list_waiting
select distinct organization_id from ledger.pending order by organization_id;

-- name: count_pending
select count(*)::bigint as total from ledger.pending where organization_id = %(organization_id)s;

-- name: insert_log
insert into ledger.log (organization_id, origin, since) values (%(organization_id)s, %(origin)s, %(now)s)
on conflict do nothing;

-- name: lock_log
-- Whoever gives places holds this until its transaction ends; a second one waits, and finds the places given.
select origin from ledger.log where organization_id = %(organization_id)s for update;

-- name: find_log
select origin from ledger.log where organization_id = %(organization_id)s;

-- name: list_logs
select organization_id from ledger.log order by organization_id;

-- name: insert_verifier_key
insert into ledger.verifier_key (organization_id, verifier_key, since)
select %(organization_id)s, k.verifier_key, %(now)s from unnest(%(keys)s::text[]) as k (verifier_key)
on conflict (organization_id, verifier_key) do nothing;

-- name: list_verifier_keys
select verifier_key from ledger.verifier_key where organization_id = %(organization_id)s order by since, verifier_key;

-- name: take_pending
-- In the order in which they were entered. An entry that is not there any more shows as a null.
with chosen as (
  select ordinal from ledger.pending where organization_id = %(organization_id)s order by ordinal limit %(limit)s
), taken as (
  delete from ledger.pending p using chosen c
  where p.organization_id = %(organization_id)s and p.ordinal = c.ordinal
  returning p.ordinal, p.entry_id
)
select t.entry_id, e.body
from taken t
left join ledger.entry e on e.organization_id = %(organization_id)s and e.id = t.entry_id
order by t.ordinal;

-- name: insert_leaves
insert into ledger.leaf (organization_id, leaf_index, entry_id, hash)
select %(organization_id)s, %(first)s::bigint + l.nth - 1, l.entry_id, l.hash
from unnest(%(entry_ids)s::text[], %(hashes)s::bytea[]) with ordinality as l (entry_id, hash, nth);

-- name: insert_tiles
insert into ledger.tile (organization_id, level, number, hashes, root)
select %(organization_id)s, t.level, t.number, t.hashes, t.root
from unnest(%(levels)s::int[], %(numbers)s::bigint[], %(hashes)s::bytea[], %(roots)s::bytea[])
  as t (level, number, hashes, root);

-- name: insert_checkpoint
insert into ledger.checkpoint (organization_id, size, root, at, note)
values (%(organization_id)s, %(size)s, %(root)s, %(at)s, %(note)s);

-- name: latest_checkpoint
select size, root, at, note from ledger.checkpoint
where organization_id = %(organization_id)s order by size desc limit 1;

-- name: find_checkpoint
select size, root, at, note from ledger.checkpoint where organization_id = %(organization_id)s and size = %(size)s;

-- name: list_checkpoints
select size, root, at, note from ledger.checkpoint
where organization_id = %(organization_id)s and size > %(after)s and size <= %(until)s
order by size;

-- name: read_tiles
select t.level, t.number, t.hashes, t.root
from unnest(%(levels)s::int[], %(numbers)s::bigint[]) as w (level, number)
join ledger.tile t on t.organization_id = %(organization_id)s and t.level = w.level and t.number = w.number;

-- name: read_roots
-- The hashes of a tile that is not full: the roots of the tiles below it.
select root as hash from ledger.tile
where organization_id = %(organization_id)s and level = %(level)s and number >= %(first)s and number < %(until)s
order by number;

-- name: read_leaves
select hash from ledger.leaf
where organization_id = %(organization_id)s and leaf_index >= %(first)s and leaf_index < %(until)s
order by leaf_index;

-- name: read_bodies
select e.body
from ledger.leaf l join ledger.entry e on e.organization_id = l.organization_id and e.id = l.entry_id
where l.organization_id = %(organization_id)s and l.leaf_index >= %(first)s and l.leaf_index < %(until)s
order by l.leaf_index;

-- name: check_leaves
select l.leaf_index, l.entry_id, l.hash, e.kind, e.subject_id, e.conversation_id, e.at, e.body, e.facts
from ledger.leaf l left join ledger.entry e on e.organization_id = l.organization_id and e.id = l.entry_id
where l.organization_id = %(organization_id)s and l.leaf_index >= %(first)s
order by l.leaf_index limit %(limit)s;

-- name: count_tiles
select count(*)::bigint as total from ledger.tile where organization_id = %(organization_id)s and last_leaf < %(size)s;

-- name: find_stray
-- An entry that neither waits nor has a place: somebody removed one or the other.
select e.id from ledger.entry e
where e.organization_id = %(organization_id)s
  and not exists (select from ledger.leaf l where l.organization_id = e.organization_id and l.entry_id = e.id)
  and not exists (select from ledger.pending p where p.organization_id = e.organization_id and p.entry_id = e.id)
order by e.id limit 1;

-- name: find_entries
select e.id, e.body, e.facts, l.leaf_index
from ledger.entry e left join ledger.leaf l on l.organization_id = e.organization_id and l.entry_id = e.id
where e.organization_id = %(organization_id)s and e.id = any(%(ids)s::text[]);

-- name: list_entries
select e.id, e.body, e.facts, l.leaf_index
from ledger.entry e left join ledger.leaf l on l.organization_id = e.organization_id and l.entry_id = e.id
left join ledger.pending p on p.organization_id = e.organization_id and p.entry_id = e.id
where e.organization_id = %(organization_id)s
  and (%(subject_ids)s::text[] is null or e.subject_id = any(%(subject_ids)s::text[]))
  and (%(kinds)s::text[] is null or e.kind = any(%(kinds)s::text[]))
  and (%(since)s::timestamptz is null or e.at >= %(since)s::timestamptz)
  and (%(until)s::timestamptz is null or e.at < %(until)s::timestamptz)
order by l.leaf_index nulls last, p.ordinal
limit %(limit)s::int offset %(offset)s::int;

-- name: list_placed
select e.id, e.body, e.facts, l.leaf_index
from ledger.leaf l join ledger.entry e on e.organization_id = l.organization_id and e.id = l.entry_id
where l.organization_id = %(organization_id)s and l.leaf_index > %(after)s and l.leaf_index < %(below)s
  and (%(subject_ids)s::text[] is null or e.subject_id = any(%(subject_ids)s::text[]))
  and (%(kinds)s::text[] is null or e.kind = any(%(kinds)s::text[]))
  and (%(since)s::timestamptz is null or e.at >= %(since)s::timestamptz)
  and (%(until)s::timestamptz is null or e.at < %(until)s::timestamptz)
order by l.leaf_index
limit %(limit)s::int;

-- name: count_entries
select count(*)::int as total
from ledger.entry e
where e.organization_id = %(organization_id)s
  and (%(subject_ids)s::text[] is null or e.subject_id = any(%(subject_ids)s::text[]))
  and (%(kinds)s::text[] is null or e.kind = any(%(kinds)s::text[]))
  and (%(since)s::timestamptz is null or e.at >= %(since)s::timestamptz)
  and (%(until)s::timestamptz is null or e.at < %(until)s::timestamptz);
