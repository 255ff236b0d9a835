-- name: conversations_of_people
-- What people take part in now, or did until a moment ago.
select p.person_id, p.conversation_id
from conversations.public_participant p
where p.organization_id = %(organization_id)s and p.person_id = any(%(person_ids)s::text[]) and p.ended_at is null
union
select p.person_id, p.conversation_id
from conversations.public_participant p
where p.organization_id = %(organization_id)s and p.person_id = any(%(person_ids)s::text[])
  and p.started_at > %(since)s::timestamptz - interval '1 day' and p.ended_at > %(since)s
order by conversation_id, person_id;
