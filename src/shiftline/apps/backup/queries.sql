-- name: list_ledgers
select l.organization_id, l.origin, c.size, c.note
from ledger.public_log l
join lateral (
  select size, note from ledger.public_checkpoint c where c.organization_id = l.organization_id order by size desc limit 1
) c on true
order by l.organization_id;

-- name: list_key_ids
select key_id from recordings.public_stored_object where key_id is not null
union
select key_id from imports.public_stored_object where key_id is not null
order by key_id;

-- name: list_recordings
select organization_id, recording_id, object_key, stored_size, encode(stored_sha256, 'hex') as sha256
from recordings.public_stored_object;

-- name: list_quarantined
select organization_id, recording_id, object_key, stored_size, encode(stored_sha256, 'hex') as sha256
from imports.public_stored_object;

-- name: list_contents
select organization_id, object_key, encode(sha256, 'hex') as sha256 from messaging.public_stored_object;

-- name: sample_recordings
select organization_id, recording_id from recordings.public_stored_object
order by md5(recording_id || %(salt)s::text) limit %(limit)s::int;
