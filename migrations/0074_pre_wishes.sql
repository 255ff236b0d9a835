-- What agents wish of every day for a while, and whether a unit takes wishes at all.
create table preferences.standing_wish (
  organization_id text not null,
  id text not null,
  person_id text not null,
  kind text not null check (kind in ('DaysOfWeek', 'StartTimes', 'Partners')),
  level text not null check (level in ('StronglyPrefer', 'Prefer', 'Avoid', 'StronglyAvoid')),
  valid_from date not null,
  valid_until date,
  days text[] not null default '{}',
  earliest_start_minutes int,
  latest_start_minutes int,
  partner_ids text[] not null default '{}',
  notes text,
  version int not null default 1,
  changed_by text not null,
  changed_at timestamptz not null,
  removed_at timestamptz,
  primary key (organization_id, id),
  constraint standing_wish_validity check (valid_until is null or valid_until >= valid_from),
  constraint standing_wish_kind check (
    (kind = 'DaysOfWeek') = (days <> '{}')
    and (kind = 'StartTimes') = (earliest_start_minutes is not null)
    and (kind = 'StartTimes') = (latest_start_minutes is not null)
    and (kind = 'Partners') = (partner_ids <> '{}'))
);
create index standing_wish_of on preferences.standing_wish (organization_id, person_id) where removed_at is null;

-- Of a business unit for preferences, of a management unit for unavailable times.
create table preferences.unit_setting (
  organization_id text not null,
  unit_id text not null,
  family text not null check (family in ('preferences', 'unavailable times')),
  enabled boolean not null,
  conflicts text not null check (conflicts in ('Allow', 'Flag', 'Refuse')),
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (organization_id, unit_id, family)
);

-- Until when an agent is a minor (their eighteenth birthday, say); null: they are none, or nobody said so.
alter table units.agent add column minor_until date;
alter table units.agent_past add column minor_until date;
