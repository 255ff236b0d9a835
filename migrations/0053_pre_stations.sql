-- The station that a person was taken from because they lost their access; it is theirs again with their next session.
create table stations.taken (
  organization_id text not null,
  person_id text not null,
  station_id text not null,
  reason text not null,
  at timestamptz not null,
  primary key (organization_id, person_id)
);
