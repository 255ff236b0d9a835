-- What a backup must hold beside the database: every object that some row names, with its digest where that is known.
create view recordings.public_stored_object as
select organization_id, id as recording_id, object_key, stored_size, stored_sha256, key_id
from recordings.recording where object_key is not null;

create view messaging.public_stored_object as
select organization_id, 'messaging/' || organization_id || '/' || left(digest, 2) || '/' || digest as object_key, decode(digest, 'hex') as sha256
from (
  select organization_id, encode(sha256, 'hex') as digest from messaging.attachment
  union
  select organization_id, encode(raw_sha256, 'hex') from messaging.message where raw_sha256 is not null
) content;

create view ledger.public_log as select organization_id, origin, since from ledger.log;

create view ledger.public_checkpoint as select organization_id, size, root, at, note from ledger.checkpoint;
