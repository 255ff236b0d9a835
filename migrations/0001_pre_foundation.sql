-- The extensions and the tables that every room stands on.
create extension if not exists btree_gist;
create schema if not exists foundation;

create table foundation.audit (
  id bigint generated always as identity,
  organization_id text not null,
  at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  actor_id text not null,
  actor_kind text not null,
  client_id text,
  remote_address text,
  correlation_id text not null,
  service text not null,
  entity_type text not null,
  entity_id text not null,
  action text not null,
  event text not null,
  body jsonb not null,
  primary key (organization_id, id)
);
create index audit_by_time on foundation.audit (organization_id, at, id);
create index audit_by_entity on foundation.audit (organization_id, entity_type, entity_id, at);

create table foundation.outbox (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  organization_id text not null,
  name text not null,
  version int not null,
  at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  actor_id text not null,
  correlation_id text not null,
  body jsonb not null
);
create index outbox_by_transaction on foundation.outbox (xid, id);
create index outbox_by_time on foundation.outbox using brin (real_at);

create table foundation.outbox_cursor (
  consumer text primary key,
  snapshot pg_snapshot not null
);

create table foundation.idempotency (
  organization_id text not null,
  actor_id text not null,
  key text not null,
  at timestamptz not null,
  real_at timestamptz not null default clock_timestamp(),
  request_hash text,
  status int,
  content_type text,
  answer bytea,
  primary key (organization_id, actor_id, key)
);

-- A tracked table keeps its past: each update moves the former row to <table>_past with the span in which it was true.
-- <table>_timeline shows both with "valid". "since" comes from the writer (the application's clock), never from here.
create function foundation.keep_past() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'rows of %.% are never deleted: their past is evidence', tg_table_schema, tg_table_name;
  end if;
  if new.since <= old.since then
    new.since := old.since + interval '1 microsecond';
  end if;
  execute format(
    'insert into %1$I.%2$I select * from jsonb_populate_record(null::%1$I.%2$I, to_jsonb($1) || $2)',
    tg_table_schema, tg_table_name || '_past'
  ) using old, jsonb_build_object('valid', tstzrange(old.since, new.since));
  return new;
end
$$;

create procedure foundation.track(tracked regclass, key_columns text[]) language plpgsql as $$
declare
  schema_name text; table_name text; column_list text; key_list text;
begin
  select n.nspname, c.relname into schema_name, table_name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = tracked;
  select string_agg(quote_ident(attname), ', ' order by attnum) into column_list
  from pg_attribute where attrelid = tracked and attnum > 0 and not attisdropped;
  select string_agg(quote_ident(k), ', ') into key_list from unnest(key_columns) k;
  execute format('create table %I.%I (like %s, valid tstzrange not null)', schema_name, table_name || '_past', tracked);
  execute format('create index on %I.%I (%s, lower(valid))', schema_name, table_name || '_past', key_list);
  execute format('create trigger keep_past before update or delete on %s for each row execute function foundation.keep_past()', tracked);
  execute format(
    'create view %1$I.%2$I as select %3$s, tstzrange(since, null) as valid from %4$s union all select %3$s, valid from %1$I.%5$I',
    schema_name, table_name || '_timeline', column_list, tracked, table_name || '_past');
end
$$;
