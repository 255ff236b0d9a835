-- The tenant's shift rule, complete: grace before and after, whom it does not concern, and who was let in all the same.

-- A null grace: the margin counts, which sets both. "shift_rule_since": since when the rule is on or off, and by whom.
alter table identity.tenant_settings
  add column shift_grace_before_minutes int check (shift_grace_before_minutes between 0 and 1440),
  add column shift_grace_after_minutes int check (shift_grace_after_minutes between 0 and 1440),
  add column shift_override_default_minutes int not null default 120 check (shift_override_default_minutes between 1 and 1440),
  add column shift_override_most_minutes int not null default 480 check (shift_override_most_minutes between 1 and 1440),
  add column shift_rule_since timestamptz,
  add column shift_rule_by text;
alter table identity.tenant_settings_past
  add column shift_grace_before_minutes int,
  add column shift_grace_after_minutes int,
  add column shift_override_default_minutes int not null default 120,
  add column shift_override_most_minutes int not null default 480,
  add column shift_rule_since timestamptz,
  add column shift_rule_by text;

create or replace view identity.tenant_settings_timeline as
select organization_id, webrtc_enabled, persistent_connection_required, softphone_within_shift, shift_margin_minutes, version,
       since, changed_by, tstzrange(since, null) as valid, shift_grace_before_minutes, shift_grace_after_minutes,
       shift_override_default_minutes, shift_override_most_minutes, shift_rule_since, shift_rule_by
from identity.tenant_settings
union all
select organization_id, webrtc_enabled, persistent_connection_required, softphone_within_shift, shift_margin_minutes, version,
       since, changed_by, valid, shift_grace_before_minutes, shift_grace_after_minutes,
       shift_override_default_minutes, shift_override_most_minutes, shift_rule_since, shift_rule_by
from identity.tenant_settings_past;

create or replace view identity.public_tenant_settings_timeline as
select organization_id, webrtc_enabled, softphone_within_shift, shift_margin_minutes, since, changed_by, valid,
       coalesce(shift_grace_before_minutes, shift_margin_minutes) as shift_grace_before_minutes,
       coalesce(shift_grace_after_minutes, shift_margin_minutes) as shift_grace_after_minutes,
       shift_override_most_minutes
from identity.tenant_settings_timeline;

-- Whom the rule does not concern: one row a subject, whose past is kept. It ends at an instant, or when somebody ends it.
create table access.shift_exception (
  organization_id text not null,
  id text not null,
  kind text not null check (kind in ('person', 'role', 'division')),
  subject_id text not null,
  reason text not null check (reason <> ''),
  ends_at timestamptz,
  active boolean not null default true,
  version int not null default 1,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id),
  constraint shift_exception_of unique (organization_id, kind, subject_id)
);
call foundation.track('access.shift_exception', array['organization_id', 'id']);

-- Somebody was let in outside a shift, by somebody else, for a bounded time. "ended_at": it was ended early.
create table access.shift_override (
  organization_id text not null,
  id text not null,
  person_id text not null,
  reason text not null check (reason <> ''),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  granted_by text not null check (granted_by <> person_id),
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id),
  check (starts_at < ends_at and ends_at <= starts_at + interval '1 day')
);
create index shift_override_of on access.shift_override (organization_id, person_id, ends_at);
create index shift_override_by_time on access.shift_override (organization_id, starts_at desc, id);
call foundation.track('access.shift_override', array['organization_id', 'id']);
create index shift_override_past_of on access.shift_override_past (organization_id, person_id);

create view "authorization".public_role as
select organization_id, id, name, active from "authorization".role;

-- Who acts in an organization: its active people, and the active clients that act for themselves.
create view identity.public_acting as
select organization_id, id, name from identity.person where state = 'active'
union all
select organization_id, id, name from identity.client where state = 'active' and grant_type = 'CLIENT-CREDENTIALS';
