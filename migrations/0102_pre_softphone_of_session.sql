-- Which softphone a session is: a call's leg names it, and whose right its call rests on is found when the session is gone.
alter table presence.session_lease add column jid text;

create or replace view presence.public_session_lease as
select organization_id, id, person_id, channel_id, node, transport, opened_at, expires_at, closed_at, close_reason, valid, jid
from presence.session_lease;
