-- What is written is recorded, too: a conversation's transcript is a recording like a call's sound, kept, held, revised and heard of alike.
alter table recordings.recording add column medium text not null default 'call' check (medium in ('call', 'message', 'email'));
alter table recordings.recording drop constraint recording_codec_check, drop constraint recording_container_check;
alter table recordings.recording
  add constraint recording_codec_check check (codec in ('opus', 'pcm', 'pcma', 'pcmu', 'adpcm', 'gsm', 'mp3', 'transcript')),
  add constraint recording_container_check check (container in ('ogg', 'wav', 'mp3', 'json')),
  add constraint recording_form check ((medium = 'call') = (container <> 'json') and (codec = 'transcript') = (container = 'json'));
create index recording_unsealed_transcript on recordings.recording (opened_real) where state = 'stopping' and medium <> 'call';
create index recording_open_transcript on recordings.recording (organization_id, conversation_id) where state = 'open' and medium <> 'call';
create index recording_destroyed_of_conversation on recordings.recording (organization_id, conversation_id) where state = 'destroyed';

-- Where such a recording is destroyed, what was written goes here, too; places, instants and digests stay.
alter table messaging.message add column destroyed_at timestamptz check (isfinite(destroyed_at));
alter table messaging.message drop constraint message_check2;
alter table messaging.message add constraint message_says_something check (
  text <> '' or jsonb_array_length(attachments) > 0 or mail is not null or destroyed_at is not null);
alter table messaging.message add constraint message_destroyed_says_nothing check (
  destroyed_at is null or (text = '' and author = '' and attachments = '[]' and raw_sha256 is null));
create or replace function messaging.keep_transcript() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.destroyed_at is null and new.destroyed_at is not null
     -- former is computed after this.
     and to_jsonb(new) - '{destroyed_at,text,author,mail,attachments,raw_sha256,former}'::text[]
         = to_jsonb(old) - '{destroyed_at,text,author,mail,attachments,raw_sha256,former}'::text[] then
    return new;
  end if;
  raise exception 'rows of %.% are never changed: they are evidence', tg_table_schema, tg_table_name;
end
$$;
create index message_of_content on messaging.message (organization_id, raw_sha256) where raw_sha256 is not null;
create index attachment_of_content on messaging.attachment (organization_id, sha256);

-- Contents that are to go with a destroyed transcript, until they are gone.
create table messaging.purge (
  organization_id text not null,
  conversation_id text not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  since timestamptz not null,
  primary key (organization_id, conversation_id, sha256)
);
