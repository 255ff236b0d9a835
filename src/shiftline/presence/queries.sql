-- name: insert_definition
insert into presence.definition
  (organization_id, id, kind, system_presence, labels, division_id, active,
   created_at, created_by, changed_at, changed_by)
values (%(organization_id)s, %(id)s, %(kind)s, %(system_presence)s, %(labels)s, %(division_id)s, %(active)s,
        %(now)s, %(by)s, %(now)s, %(by)s)
on conflict (organization_id, id) do nothing
returning id, kind, system_presence, labels, division_id, active, created_at, created_by, changed_at, changed_by;

-- name: update_definition
update presence.definition
set labels = %(labels)s, division_id = %(division_id)s, active = %(active)s,
    version = version + 1, changed_at = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s
returning id, kind, system_presence, labels, division_id, active, created_at, created_by, changed_at, changed_by;

-- name: list_definitions
select id, kind, system_presence, labels, division_id, active, created_at, created_by, changed_at, changed_by
from presence.definition
where organization_id = %(organization_id)s and (%(id)s::text is null or id = %(id)s::text)
order by kind, system_presence, created_at, id;

-- name: lock_definitions
-- Two that make the same definition wait for each other.
select pg_advisory_xact_lock(hashtextextended('presence.definition:' || %(organization_id)s::text, 0));

-- name: insert_source
insert into presence.source (organization_id, id, name, description, created_at, created_by)
values (%(organization_id)s, %(id)s, %(name)s, %(description)s, %(now)s, %(by)s)
on conflict do nothing
returning id, name, description, active;

-- name: list_sources
select id, name, description, active from presence.source
where organization_id = %(organization_id)s order by lower(name), id;

-- name: begin_standing
insert into presence.routing_status (organization_id, person_id, status, since, changed_by)
values (%(organization_id)s, %(person_id)s, 'OFF_QUEUE', %(now)s, %(by)s)
on conflict (organization_id, person_id) do nothing;

-- name: lock_standing
select person_id, status, started_at from presence.routing_status
where organization_id = %(organization_id)s and person_id = %(person_id)s
for update;

-- name: find_statuses
select person_id, status, started_at from presence.routing_status
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[]);

-- name: find_presences
select person_id, source_id, definition_id, system_presence, message, is_primary, modified_at
from presence.agent_presence
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[])
order by person_id, source_id;

-- name: put_presence
insert into presence.agent_presence
  (organization_id, person_id, source_id, definition_id, system_presence, message, is_primary, modified_at,
   since, changed_by)
values (%(organization_id)s, %(person_id)s, %(source_id)s, %(definition_id)s, %(system_presence)s, %(message)s,
        %(is_primary)s, %(modified_at)s, %(now)s, %(by)s)
on conflict (organization_id, person_id, source_id) do update
set definition_id = excluded.definition_id, system_presence = excluded.system_presence, message = excluded.message,
    is_primary = excluded.is_primary, modified_at = excluded.modified_at,
    since = excluded.since, changed_by = excluded.changed_by;

-- name: update_status
update presence.routing_status
set status = %(status)s, started_at = %(started_at)s, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and person_id = %(person_id)s;

-- name: insert_leases
-- One that is there already was written by a try whose answer got lost.
insert into presence.session_lease
  (organization_id, id, person_id, channel_id, node, transport, opened_at, expires_at, valid, jid)
select %(organization_id)s, o.id, o.person_id, o.channel_id, o.node, o.transport, %(real_now)s,
       %(real_now)s::timestamptz + %(lifetime)s::interval, tstzrange(%(now)s, null), o.jid
from jsonb_to_recordset(%(openings)s::jsonb)
  as o (id text, person_id text, channel_id text, node text, transport text, jid text)
on conflict (organization_id, id) do nothing
returning id, person_id, channel_id, node, transport, opened_at, expires_at, closed_at, close_reason;

-- name: find_lease
select id, person_id, channel_id, node, transport, opened_at, expires_at, closed_at, close_reason
from presence.session_lease where organization_id = %(organization_id)s and id = %(id)s;

-- name: lock_live_leases
-- All of the owners'. Of two that close a person's last two sessions at once, the second one sees that it closes the last.
select l.id, l.person_id, l.channel_id, l.node, l.transport, l.opened_at, l.expires_at, l.closed_at, l.close_reason
from presence.session_lease l
where l.organization_id = %(organization_id)s and l.closed_at is null
  and l.person_id in (select o.person_id from presence.session_lease o
                      where o.organization_id = %(organization_id)s and o.id = any(%(ids)s::text[]))
order by l.id for update of l;

-- name: find_live_leases
select id, person_id, channel_id, node, transport, opened_at, expires_at, closed_at, close_reason
from presence.session_lease
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[])
  and closed_at is null and expires_at > %(real_now)s
order by opened_at, id;

-- name: renew_leases
-- By a node for all that it holds, whatever organization: what comes back is what still lives.
update presence.session_lease
set expires_at = %(real_now)s::timestamptz + %(lifetime)s::interval
where node = %(node)s and closed_at is null
returning id;

-- name: close_leases
update presence.session_lease
set closed_at = %(real_now)s, close_reason = %(reason)s,
    valid = tstzrange(lower(valid), greatest(lower(valid), %(now)s))
where organization_id = %(organization_id)s and id = any(%(ids)s::text[]) and closed_at is null;

-- name: leases_of_node
select organization_id, id from presence.session_lease where node = %(node)s and closed_at is null
order by organization_id, id limit %(limit)s::int;

-- name: expired_leases
-- Across organizations: for the job that closes what nobody renews.
select organization_id, id from presence.session_lease
where closed_at is null and expires_at < %(before)s
order by expires_at limit %(limit)s::int;

-- name: begin_absences
insert into presence.absence (organization_id, person_id, left_at, due_at)
select %(organization_id)s, person_id, %(real_now)s, %(real_now)s::timestamptz + %(grace)s::interval
from unnest(%(person_ids)s::text[]) as person_id order by person_id
on conflict (organization_id, person_id) do update set left_at = excluded.left_at, due_at = excluded.due_at;

-- name: end_absences
delete from presence.absence
where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[])
  and (%(due)s::timestamptz is null or due_at <= %(due)s::timestamptz);

-- name: due_absences
-- Across organizations: for the job that takes them to be offline.
select organization_id, person_id from presence.absence where due_at <= %(real_now)s
order by due_at limit %(limit)s::int;

-- name: list_ghosts
-- Across organizations, or one person: on queue, without a session that lives or lived since, and without an absence to wait for.
-- Who never had a session says by other means what they do, and is left alone.
select p.organization_id, p.person_id, greatest(p.since, ended.at) as since
from presence.agent_presence p
cross join lateral (
  select max(upper(l.valid)) as at from presence.session_lease l
  where l.organization_id = p.organization_id and l.person_id = p.person_id
) ended
where p.is_primary and p.system_presence = 'OnQueue' and p.since <= %(before)s
  and ended.at <= %(before)s
  and (%(organization_id)s::text is null or (p.organization_id = %(organization_id)s::text and p.person_id = %(person_id)s::text))
  and not exists (select from presence.session_lease l
                  where l.organization_id = p.organization_id and l.person_id = p.person_id and l.closed_at is null)
  and not exists (select from presence.absence a where a.organization_id = p.organization_id and a.person_id = p.person_id)
order by p.since limit %(limit)s::int;
