-- When agents would like to work, would rather not, and cannot. A removed wish stays, so that its id is known.
create schema preferences;

create table preferences.wish (
  organization_id text not null,
  id text not null,
  person_id text not null,
  span tstzrange not null check (not isempty(span) and not lower_inf(span) and not upper_inf(span)),
  level text not null check (level in ('StronglyPrefer', 'Prefer', 'Avoid', 'StronglyAvoid', 'Unavailable')),
  notes text,
  changed_by text not null,
  changed_at timestamptz not null,
  removed_at timestamptz,
  primary key (organization_id, id),
  -- Preferences do not overlap, nor do unavailable times; one of each may.
  constraint wish_without_overlap
    exclude using gist (organization_id with =, person_id with =, ((level = 'Unavailable')::int) with =, span with &&)
    where (removed_at is null)
);

create view preferences.public_wish as
select organization_id, id, person_id, span, level, notes from preferences.wish where removed_at is null;
