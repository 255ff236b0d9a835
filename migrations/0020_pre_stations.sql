-- Sites, phones and their settings, the stations they make, and who is at which station. The last two keep their past.
create schema stations;

create table stations.site (
  organization_id text not null,
  id text not null,
  name text not null,
  description text,
  caller_id text,
  caller_name text,
  force_turn boolean not null default false,
  is_default boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id)
);
create unique index site_by_name on stations.site (organization_id, lower(name));
create unique index site_default on stations.site (organization_id) where is_default;

-- What many phones have in common. The line is part of it: a softphone has exactly one.
create table stations.phone_base (
  organization_id text not null,
  id text not null,
  name text not null,
  description text,
  properties jsonb not null default '{}',
  capabilities jsonb not null default '{}',
  line_id text not null,
  line_name text not null,
  line_properties jsonb not null default '{}',
  is_default boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id)
);
create unique index phone_base_by_name on stations.phone_base (organization_id, lower(name));
create unique index phone_base_default on stations.phone_base (organization_id) where is_default;

create table stations.phone (
  organization_id text not null,
  id text not null,
  name text not null,
  description text,
  site_id text not null,
  phone_base_id text not null,
  person_id text not null,
  properties jsonb not null default '{}',
  capabilities jsonb not null default '{}',
  line_id text not null,
  line_name text not null,
  line_properties jsonb not null default '{}',
  active boolean not null default true,
  version int not null default 1,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id),
  foreign key (organization_id, site_id) references stations.site,
  foreign key (organization_id, phone_base_id) references stations.phone_base
);
create unique index phone_by_name on stations.phone (organization_id, lower(name)) where active;
create unique index phone_by_person on stations.phone (organization_id, person_id) where active;

create table stations.station (
  organization_id text not null,
  id text not null,
  phone_id text not null,
  line_id text not null,
  name text not null,
  person_id text not null,
  persistent boolean not null,
  force_turn boolean not null,
  call_appearances int not null check (call_appearances between 1 and 50),
  media_dscp int not null check (media_dscp between 0 and 63),
  require_media_helper boolean not null,
  active boolean not null default true,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id),
  unique (organization_id, phone_id),
  foreign key (organization_id, phone_id) references stations.phone
);
create index station_by_person on stations.station (organization_id, person_id) where active;
call foundation.track('stations.station', array['organization_id', 'id']);

-- One row a person, made when they first have anything to do with a station.
create table stations.association (
  organization_id text not null,
  person_id text not null,
  station_id text,
  associated_at timestamptz,
  default_station_id text,
  last_station_id text,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, person_id),
  foreign key (organization_id, station_id) references stations.station,
  foreign key (organization_id, default_station_id) references stations.station,
  check ((station_id is null) = (associated_at is null))
);
create unique index association_by_station on stations.association (organization_id, station_id) where station_id is not null;
call foundation.track('stations.association', array['organization_id', 'person_id']);

create view stations.public_station as
select organization_id, id, name, person_id, persistent, force_turn, call_appearances, since, changed_by
from stations.station where active;

-- Which station a person had and when: the associated one, else the default one. No row: none.
create view stations.public_association_timeline as
select a.organization_id, a.person_id, s.id as station_id, s.name as station_name, s.persistent,
       a.station_id as associated_station_id, a.default_station_id,
       a.since, a.changed_by, a.valid * s.valid as valid
from stations.association_timeline a
join stations.station_timeline s
  on s.organization_id = a.organization_id and s.id = coalesce(a.station_id, a.default_station_id) and s.valid && a.valid
where s.active;
