-- name: insert_site
insert into stations.site
  (organization_id, id, name, description, caller_id, caller_name, force_turn, is_default,
   created_at, created_by, changed_at, changed_by)
values (%(organization_id)s, %(id)s, %(name)s, %(description)s, %(caller_id)s, %(caller_name)s, %(force_turn)s,
        %(is_default)s, %(now)s, %(by)s, %(now)s, %(by)s)
on conflict do nothing
returning *;

-- name: list_sites
with found as (
  select * from stations.site
  where organization_id = %(organization_id)s
    and (%(id)s::text is null or id = %(id)s::text)
    and (%(name)s::text is null or lower(name) like lower(%(name)s::text))
)
select found.*, counted.total
from (select count(*)::int as total from found) counted
left join (select * from found order by lower(name), id limit %(limit)s::int offset %(offset)s::bigint) found on true
order by lower(found.name), found.id;

-- name: find_default_site
select * from stations.site where organization_id = %(organization_id)s and is_default;

-- name: insert_phone_base
insert into stations.phone_base
  (organization_id, id, name, description, properties, capabilities, line_id, line_name, line_properties, is_default,
   created_at, created_by, changed_at, changed_by)
values (%(organization_id)s, %(id)s, %(name)s, %(description)s, %(properties)s, %(capabilities)s, %(line_id)s,
        %(line_name)s, %(line_properties)s, %(is_default)s, %(now)s, %(by)s, %(now)s, %(by)s)
on conflict do nothing
returning *;

-- name: lock_phone_base
select * from stations.phone_base where organization_id = %(organization_id)s and id = %(id)s for update;

-- name: find_default_phone_base
select * from stations.phone_base where organization_id = %(organization_id)s and is_default;

-- name: update_phone_base
update stations.phone_base
set name = %(name)s, description = %(description)s, properties = %(properties)s, capabilities = %(capabilities)s,
    line_name = %(line_name)s, line_properties = %(line_properties)s,
    version = version + 1, changed_at = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s
returning *;

-- name: list_phone_bases
with found as (
  select * from stations.phone_base
  where organization_id = %(organization_id)s
    and (%(id)s::text is null or id = %(id)s::text)
    and (%(name)s::text is null or lower(name) like lower(%(name)s::text))
)
select found.*, counted.total
from (select count(*)::int as total from found) counted
left join (select * from found order by lower(name), id limit %(limit)s::int offset %(offset)s::bigint) found on true
order by lower(found.name), found.id;

-- name: insert_phone
insert into stations.phone
  (organization_id, id, name, description, site_id, phone_base_id, person_id, properties, capabilities,
   line_id, line_name, line_properties, created_at, created_by, changed_at, changed_by)
values (%(organization_id)s, %(id)s, %(name)s, %(description)s, %(site_id)s, %(phone_base_id)s, %(person_id)s,
        %(properties)s, %(capabilities)s, %(line_id)s, %(line_name)s, %(line_properties)s,
        %(now)s, %(by)s, %(now)s, %(by)s)
on conflict do nothing
returning *;

-- name: lock_phone
select * from stations.phone where organization_id = %(organization_id)s and id = %(id)s and active for update;

-- name: find_phone_of_person
select * from stations.phone where organization_id = %(organization_id)s and person_id = %(person_id)s and active;

-- name: update_phone
update stations.phone
set name = %(name)s, description = %(description)s, site_id = %(site_id)s, phone_base_id = %(phone_base_id)s,
    person_id = %(person_id)s, properties = %(properties)s, capabilities = %(capabilities)s,
    line_name = %(line_name)s, line_properties = %(line_properties)s, active = %(active)s,
    version = version + 1, changed_at = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s
returning *;

-- name: list_phones
with found as (
  select * from stations.phone
  where organization_id = %(organization_id)s and active
    and (%(id)s::text is null or id = %(id)s::text)
    and (%(name)s::text is null or lower(name) like lower(%(name)s::text))
    and (%(person_id)s::text is null or person_id = %(person_id)s::text)
    and (%(phone_base_id)s::text is null or phone_base_id = %(phone_base_id)s::text)
    and (%(site_id)s::text is null or site_id = %(site_id)s::text)
)
select found.*, counted.total
from (select count(*)::int as total from found) counted
left join (select * from found order by lower(name), id limit %(limit)s::int offset %(offset)s::bigint) found on true
order by lower(found.name), found.id;

-- name: phones_of_base
select * from stations.phone
where organization_id = %(organization_id)s and phone_base_id = %(phone_base_id)s and active
order by person_id for update;

-- name: put_station
-- A phone's station as it shall be; no row when it is so already: only a change moves "since".
insert into stations.station as s
  (organization_id, id, phone_id, line_id, name, person_id, persistent, force_turn, call_appearances, media_dscp,
   require_media_helper, since, changed_by)
values (%(organization_id)s, %(id)s, %(phone_id)s, %(line_id)s, %(name)s, %(person_id)s, %(persistent)s,
        %(force_turn)s, %(call_appearances)s, %(media_dscp)s, %(require_media_helper)s, %(now)s, %(by)s)
on conflict (organization_id, phone_id) do update
set name = excluded.name, person_id = excluded.person_id, persistent = excluded.persistent,
    force_turn = excluded.force_turn, call_appearances = excluded.call_appearances, media_dscp = excluded.media_dscp,
    require_media_helper = excluded.require_media_helper, since = excluded.since, changed_by = excluded.changed_by
where (s.name, s.person_id, s.persistent, s.force_turn, s.call_appearances, s.media_dscp, s.require_media_helper)
   is distinct from
      (excluded.name, excluded.person_id, excluded.persistent, excluded.force_turn, excluded.call_appearances,
       excluded.media_dscp, excluded.require_media_helper)
returning s.id;

-- name: change_stations
-- How many phones' stations behave; the people of those that changed: only a change moves "since".
update stations.station s
set persistent = w.persistent, force_turn = w.force_turn, call_appearances = w.call_appearances,
    media_dscp = w.media_dscp, require_media_helper = w.require_media_helper, since = %(now)s, changed_by = %(by)s
from jsonb_to_recordset(%(stations)s::jsonb)
  as w(phone_id text, persistent bool, force_turn bool, call_appearances int, media_dscp int, require_media_helper bool)
where s.organization_id = %(organization_id)s and s.phone_id = w.phone_id
  and (s.persistent, s.force_turn, s.call_appearances, s.media_dscp, s.require_media_helper)
      is distinct from (w.persistent, w.force_turn, w.call_appearances, w.media_dscp, w.require_media_helper)
returning s.person_id;

-- name: retire_station
update stations.station set active = false, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and id = %(id)s;

-- name: station_of_phone
select id from stations.station where organization_id = %(organization_id)s and phone_id = %(phone_id)s;

-- name: find_stations
select s.*, a.person_id as associated_person_id
from stations.station s
left join stations.association a on a.organization_id = s.organization_id and a.station_id = s.id
where s.organization_id = %(organization_id)s and s.active and s.id = any(%(ids)s::text[]);

-- name: find_shown_station
select s.*, a.person_id as associated_person_id, coalesce(t.persistent_connection_required, false) as all_persistent
from stations.station s
left join stations.association a on a.organization_id = s.organization_id and a.station_id = s.id
left join identity.public_tenant_settings_timeline t on t.organization_id = s.organization_id and upper_inf(t.valid)
where s.organization_id = %(organization_id)s and s.active and s.id = %(id)s;

-- name: list_stations
with found as (
  select s.*, a.person_id as associated_person_id
  from stations.station s
  left join stations.association a on a.organization_id = s.organization_id and a.station_id = s.id
  where s.organization_id = %(organization_id)s and s.active
    and (%(ids)s::text[] is null or s.id = any(%(ids)s::text[]))
    and (%(name)s::text is null or lower(s.name) like lower(%(name)s::text))
    and (%(person_id)s::text is null or s.person_id = %(person_id)s::text)
    and (%(line_id)s::text is null or s.line_id = %(line_id)s::text)
)
select found.*, counted.total
from (select count(*)::int as total from found) counted
left join (select * from found order by lower(name), id limit %(limit)s::int offset %(offset)s::bigint) found on true
order by lower(found.name), found.id;

-- name: begin_association
insert into stations.association (organization_id, person_id, since, changed_by)
values (%(organization_id)s, %(person_id)s, %(now)s, %(by)s)
on conflict (organization_id, person_id) do nothing;

-- name: lock_association
select person_id, station_id, associated_at, default_station_id, last_station_id
from stations.association where organization_id = %(organization_id)s and person_id = %(person_id)s for update;

-- name: lock_associations
select person_id, station_id, associated_at, default_station_id, last_station_id
from stations.association where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[])
order by person_id for update;

-- name: list_people_under_tenant_switch
select a.person_id
from stations.association a
join stations.station s
  on s.organization_id = a.organization_id and s.id = coalesce(a.station_id, a.default_station_id)
where a.organization_id = %(organization_id)s and a.person_id > %(after)s and s.active and not s.persistent
order by a.person_id limit %(limit)s::int;

-- name: find_associations
select person_id, station_id, associated_at, default_station_id, last_station_id
from stations.association where organization_id = %(organization_id)s and person_id = any(%(person_ids)s::text[]);

-- name: update_association
update stations.association
set station_id = %(station_id)s, associated_at = %(associated_at)s, default_station_id = %(default_station_id)s,
    last_station_id = %(last_station_id)s, since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and person_id = %(person_id)s;

-- name: list_stale_associations
-- Across organizations, or of one person: stations that are gone or another's, or whose person is gone.
select a.organization_id, a.person_id, s.id as station_id,
       case when p.state = 'deleted' then 'station.person_gone'
            when not s.active then 'station.gone'
            else 'station.of_another' end as fault,
       greatest(a.since, s.since) as since
from stations.association a
join stations.station s on s.organization_id = a.organization_id and s.id in (a.station_id, a.default_station_id)
left join identity.public_person p on p.organization_id = a.organization_id and p.id = a.person_id
where (%(organization_id)s::text is null or (a.organization_id = %(organization_id)s::text and a.person_id = %(person_id)s::text))
  and (not s.active or s.person_id <> a.person_id or p.state = 'deleted')
order by a.since, a.person_id, s.id limit %(limit)s::int;

-- name: drop_station
update stations.association
set station_id = nullif(station_id, %(station_id)s), default_station_id = nullif(default_station_id, %(station_id)s),
    last_station_id = nullif(last_station_id, %(station_id)s),
    associated_at = case when station_id = %(station_id)s then null else associated_at end,
    since = %(now)s, changed_by = %(by)s
where organization_id = %(organization_id)s and person_id = %(person_id)s;
