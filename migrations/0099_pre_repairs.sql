-- What was mended by itself is looked for in the audit by its events, which are few of many.
create index audit_repairs on foundation.audit (organization_id, at, id) where event like '%.repaired';

-- Who is on queue is looked for every few seconds.
create index agent_presence_on_queue on presence.agent_presence (since) where is_primary and system_presence = 'OnQueue';
