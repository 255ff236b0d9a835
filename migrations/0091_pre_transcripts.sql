-- What is written is recorded, too: a conversation's transcript is a recording like a call's sound, kept, held, revised and heard of alike.
alter table recordings.recording add column medium text not null default 'call' check (medium in ('call', 'message', 'email'));
alter table recordings.recording drop constraint recording_codec_check, drop constraint recording_container_check;
alter table recordings.recording add constraint recording_form check (
  (medium = 'call' and codec = 'opus' and container = 'ogg') or (medium <> 'call' and codec = 'transcript' and container = 'json'));
create index recording_unsealed_transcript on recordings.recording (opened_real) where state = 'stopping' and medium <> 'call';
create index recording_open_transcript on recordings.recording (organization_id, conversation_id) where state = 'open' and medium <> 'call';
