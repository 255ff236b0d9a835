-- What was decided of recording, of every channel: which policy decided of a conversation is told afterwards, too.
create view recordings.public_channel_policy_timeline as
select organization_id, queue_id, direction, channel, record, snippet, since, changed_by, valid
from recordings.policy_timeline where active;
