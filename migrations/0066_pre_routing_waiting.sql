-- The router looks into which queues something waits, of which medium, before it looks at anything else: from one to the next by
-- this index, however many wait.
drop index routing.interaction_waiting;
create index interaction_waiting on routing.interaction (organization_id, queue_id, medium, enqueued_at) where state = 'waiting';
