-- What came is evidence: how it is repaired may be written while it waits, and by which key its own is wrapped at any time.
create or replace function imports.keep_original() returns trigger language plpgsql as $$
declare
  rewrap constant text[] := '{key_id,wrapped_key}';
begin
  if tg_op = 'UPDATE' and (
       (old.state = 'waiting' and (old.organization_id, old.id, old.path, old.content, old.recording_id, old.metadata, old.metadata_sha256,
          old.media_sha256, old.media_size, old.object_key, old.stored_sha256, old.stored_size, old.before, old.received_at)
          is not distinct from (new.organization_id, new.id, new.path, new.content, new.recording_id, new.metadata, new.metadata_sha256,
          new.media_sha256, new.media_size, new.object_key, new.stored_sha256, new.stored_size, new.before, new.received_at))
       or (old.wrapped_key is not null and new.wrapped_key is not null and to_jsonb(new) - rewrap = to_jsonb(old) - rewrap)) then
    return new;
  end if;
  raise exception 'what was received into quarantine is never changed: it is evidence';
end
$$;
create index item_by_key on imports.item (key_id) where wrapped_key is not null;
