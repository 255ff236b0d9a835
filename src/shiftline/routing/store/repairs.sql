-- name: list_idle_interacting
-- Across organizations, or one person: whose routing status says that they handle an interaction, and there is none.
select s.organization_id, s.person_id
from presence.public_routing_status s
where s.status = 'INTERACTING' and s.started_at <= %(before)s
  and (%(organization_id)s::text is null or (s.organization_id = %(organization_id)s::text and s.person_id = %(person_id)s::text))
  and not exists (select from routing.interaction i
                  where i.organization_id = s.organization_id and i.person_id = s.person_id and i.state = 'assigned')
order by s.started_at limit %(limit)s::int;
