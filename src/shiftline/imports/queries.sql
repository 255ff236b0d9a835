-- name: insert_import
insert into imports.import (organization_id, id, folder, zone, organization_ids, reason, repair, state, started_by, started_at)
values (%(organization_id)s, %(id)s, %(folder)s, %(zone)s, %(organization_ids)s::text[], %(reason)s, %(repair)s, 'running', %(by)s, %(now)s);

-- name: find_import
select i.*, c.*
from imports.import i
cross join lateral (
  select count(*)::int as received, (count(*) filter (where t.state = 'adopted'))::int as adopted,
         (select count(*) from imports.refusal r where r.organization_id = i.organization_id and r.import_id = i.id)::int as refused
  from imports.item t where t.organization_id = i.organization_id and t.import_id = i.id
) c
where i.organization_id = %(organization_id)s and i.id = %(id)s;

-- name: list_imports
select i.*, c.*, count(*) over ()::int as entities
from imports.import i
cross join lateral (
  select count(*)::int as received, (count(*) filter (where t.state = 'adopted'))::int as adopted,
         (select count(*) from imports.refusal r where r.organization_id = i.organization_id and r.import_id = i.id)::int as refused
  from imports.item t where t.organization_id = i.organization_id and t.import_id = i.id
) c
where i.organization_id = %(organization_id)s
order by i.started_at desc, i.id
limit %(limit)s::int offset %(offset)s::int;

-- name: advance_import
update imports.import set total = %(total)s, done = %(done)s
where organization_id = %(organization_id)s and id = %(id)s and state = 'running';

-- name: end_import
update imports.import set state = %(state)s, ended_at = %(now)s, problem = %(problem)s
where organization_id = %(organization_id)s and id = %(id)s and state = 'running';

-- name: try_running
select pg_try_advisory_lock(hashtextextended('imports ' || %(organization_id)s::text, 0)) as mine;

-- name: give_up_running
select pg_advisory_unlock(hashtextextended('imports ' || %(organization_id)s::text, 0));

-- name: insert_refusal
insert into imports.refusal (organization_id, import_id, path, sentence)
values (%(organization_id)s, %(import_id)s, %(path)s, %(sentence)s)
on conflict do nothing;

-- name: list_refusals
select path, sentence from imports.refusal where organization_id = %(organization_id)s and import_id = %(import_id)s order by path;

-- name: known_contents
select path, content from imports.item
where organization_id = %(organization_id)s and path = any(%(paths)s::text[]);

-- name: supersede
update imports.item set state = 'superseded'
where organization_id = %(organization_id)s and path = %(path)s and state = 'waiting' and content <> %(content)s;

-- name: insert_item
insert into imports.item
  (organization_id, id, import_id, path, content, recording_id, conversation_id, folder_hour, metadata, metadata_sha256, media_sha256,
   media_size, media_type, container, codec, duration_ms, packets, truncated, object_key, stored_sha256, stored_size, key_id, wrapped_key,
   state, problems, rules, before, received_at)
values
  (%(organization_id)s, %(id)s, %(import_id)s, %(path)s, %(content)s, %(recording_id)s, %(conversation_id)s, %(folder_hour)s,
   %(metadata)s, %(metadata_sha256)s, %(media_sha256)s, %(media_size)s, %(media_type)s, %(container)s, %(codec)s, %(duration_ms)s,
   %(packets)s, %(truncated)s, %(object_key)s, %(stored_sha256)s, %(stored_size)s, %(key_id)s, %(wrapped_key)s, 'waiting',
   %(problems)s, %(rules)s::text[], %(before)s, %(now)s);

-- name: adopt_item
update imports.item
set state = 'adopted', wrapped_key = null, problems = %(problems)s, after = %(after)s, corrections = %(corrections)s,
    repaired_at = %(now)s, repaired_by = %(by)s, repair_reason = %(reason)s
where organization_id = %(organization_id)s and id = %(id)s and state = 'waiting';

-- name: find_item
select * from imports.item where organization_id = %(organization_id)s and id = %(id)s;

-- name: lock_item
select * from imports.item where organization_id = %(organization_id)s and id = %(id)s for update;

-- name: list_items
select i.*, count(*) over ()::int as entities from imports.item i
where i.organization_id = %(organization_id)s
  and (%(import_id)s::text is null or i.import_id = %(import_id)s::text)
  and (%(state)s::text is null or i.state = %(state)s::text)
  and (%(rule)s::text is null or %(rule)s::text = any(i.rules))
order by i.path, i.received_at, i.id
limit %(limit)s::int offset %(offset)s::int;

-- name: list_items_after
select * from imports.item
where organization_id = %(organization_id)s and import_id = %(import_id)s and (path, id) > (%(after_path)s::text, %(after_id)s::text)
order by path, id
limit %(limit)s::int;

-- name: known_people
select id, name from identity.public_person where organization_id = %(organization_id)s;

-- name: known_queues
select id, name from routing.public_queue where organization_id = %(organization_id)s;

-- name: known_divisions
select id, home from "authorization".public_division where organization_id = %(organization_id)s;

-- name: known_media
-- Of recordings, and of items that may become some.
select sha256, recording_id from recordings.public_media_digest
where organization_id = %(organization_id)s and sha256 = any(%(digests)s::bytea[])
union all
select media_sha256, recording_id from imports.item
where organization_id = %(organization_id)s and media_sha256 = any(%(digests)s::bytea[]) and state = 'waiting';

-- name: list_revisions
select r.recording_id, r.difference::text as difference, r.reason, r.at
from recordings.public_revision r
where r.organization_id = %(organization_id)s and r.revision > 1 and r.at >= %(start)s::timestamptz and r.at < %(until)s::timestamptz
order by r.at, r.recording_id, r.revision
limit %(limit)s::int;

-- name: list_other_keys
-- Items whose key another than the newest key-encryption key wraps, of every organization, by their ids.
select organization_id, id, recording_id, key_id, wrapped_key from imports.item
where wrapped_key is not null and key_id <> %(newest)s and (organization_id, id) > (%(after_organization)s::text, %(after_id)s::text)
order by organization_id, id
limit %(limit)s::int;

-- name: set_wrapped_key
-- Unless it was adopted or wrapped anew meanwhile.
update imports.item set key_id = %(key_id)s, wrapped_key = %(wrapped_key)s
where organization_id = %(organization_id)s and id = %(id)s and wrapped_key = %(former)s;
