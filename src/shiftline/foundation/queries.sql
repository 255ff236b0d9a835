-- name: record_events
-- An event has one id, in the audit and in the outbox.
with happened as materialized (
  select nextval('foundation.audit_id_seq') as id, e.event
  from jsonb_array_elements(%(events)s::text::jsonb) with ordinality as e (event, ordinal) order by ordinal
), audited as (
  insert into foundation.audit
    (id, organization_id, at, actor_id, actor_kind, client_id, remote_address, correlation_id,
     service, entity_type, entity_id, action, event, body)
  overriding system value
  select id, event ->> 'organization_id', %(at)s::timestamptz, %(actor_id)s::text, %(actor_kind)s::text,
         %(client_id)s::text, %(remote_address)s::text, %(correlation_id)s::text,
         event ->> 'service', event ->> 'entity_type', event ->> 'entity_id', event ->> 'action',
         event ->> 'name', event -> 'body'
  from happened order by id
)
insert into foundation.outbox (id, organization_id, name, version, at, actor_id, correlation_id, body)
select id, event ->> 'organization_id', event ->> 'name', (event ->> 'version')::int, %(at)s::timestamptz,
       %(actor_id)s::text, %(correlation_id)s::text, event -> 'body'
from happened order by id;

-- name: claim_idempotency_key
insert into foundation.idempotency (organization_id, actor_id, key, at)
values (%(organization_id)s, %(actor_id)s, %(key)s, %(at)s)
on conflict (organization_id, actor_id, key) do nothing;

-- name: read_outbox
-- What became visible since a snapshot: rows of transactions that began after it, or were open in it; and the snapshot of this
-- very statement, with no row if there are none. Of some events only, by name, or of all. By transaction first: the index gives them without a look at any other.
select now.snapshot::text as snapshot, o.id, o.xid::text as xid, o.organization_id, o.name, o.version, o.at, o.actor_id,
       o.correlation_id, o.body::text as body, extract(epoch from clock_timestamp() - o.real_at)::float8 as age_seconds
from (select pg_current_snapshot() as snapshot) as now
left join (
  (select * from foundation.outbox
   where xid >= pg_snapshot_xmax(%(since)s::text::pg_snapshot)
     and (%(names)s::text[] is null or name = any(%(names)s::text[])) order by xid, id limit %(limit)s::int)
  union all
  (select * from foundation.outbox
   where xid = any(array(select pg_snapshot_xip(%(since)s::text::pg_snapshot)))
     and (%(names)s::text[] is null or name = any(%(names)s::text[])) order by xid, id limit %(limit)s::int)
) as o on true
order by o.xid, o.id
limit %(limit)s::int;

-- name: present_snapshot
select pg_current_snapshot()::text as snapshot;

-- name: present_position
-- A server's place in the write-ahead log, in bytes: what the primary has on its disk, what a replica has replayed. Where commits do
-- not wait for the disk, all that was written.
select ((case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
              when current_setting('synchronous_commit') = 'off' then pg_current_wal_insert_lsn()
              else pg_current_wal_flush_lsn() end) - '0/0'::pg_lsn)::int8 as position;

-- name: load_cursor
select snapshot::text as snapshot from foundation.outbox_cursor where consumer = %(consumer)s;

-- name: save_cursor
-- Without waiting for the disk: a place that is lost with the power is an older one, from which all is handled once more.
with quick as (select set_config('synchronous_commit', 'off', true))
insert into foundation.outbox_cursor (consumer, snapshot)
select %(consumer)s, %(snapshot)s::text::pg_snapshot from quick
on conflict (consumer) do update set snapshot = excluded.snapshot
returning consumer;

-- name: find_idempotent_answer
select request_hash, status, content_type, answer
from foundation.idempotency
where organization_id = %(organization_id)s and actor_id = %(actor_id)s and key = %(key)s;

-- name: keep_idempotent_answer
update foundation.idempotency
set request_hash = %(request_hash)s, status = %(status)s, content_type = %(content_type)s, answer = %(answer)s
where organization_id = %(organization_id)s and actor_id = %(actor_id)s and key = %(key)s;

-- name: forget_old
-- The outbox is news, not history: a day covers every reader that is alive; the audit keeps what happened.
with news as (
  delete from foundation.outbox where real_at < clock_timestamp() - interval '1 day'
)
delete from foundation.idempotency where real_at < clock_timestamp() - interval '1 day';

-- name: is_alive
select 1 as alive;

-- name: defer_job
select procrastinate_defer_jobs_v1(array[
  row('shiftline', %(task)s::text, 0, %(lock)s::text, null, %(arguments)s::jsonb, null)
  ::procrastinate_job_to_defer_v1]) as ids;

-- name: try_lead
select pg_try_advisory_lock(%(lock)s::bigint) as leads;

-- name: give_up_lead
select pg_advisory_unlock(%(lock)s::bigint) as gave_up;
