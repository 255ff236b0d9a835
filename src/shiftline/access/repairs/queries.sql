-- name: list_repairs
-- The newest first. The events of repairs, and no others, end so: an index has them.
select a.id, a.at, a.event, a.entity_type, a.entity_id, a.body ->> 'person_id' as person_id, p.name as person,
       a.body ->> 'fault' as fault, (a.body ->> 'since')::timestamptz as since, a.body ->> 'wrong' as wrong,
       a.body ->> 'done' as done
from foundation.public_audit a
left join identity.public_person p on p.organization_id = a.organization_id and p.id = a.body ->> 'person_id'
where a.organization_id = %(organization_id)s and a.event like '%%.repaired'
  and a.at >= %(start)s and a.at < %(end)s
  and (%(person_id)s::text is null or a.body ->> 'person_id' = %(person_id)s::text)
order by a.at desc, a.id desc limit %(limit)s::int;
