-- Organizations, people, tenant settings, credentials, tokens. What access reads keeps its past.
create schema identity;

create table identity.organization (
  organization_id text primary key,
  name text not null,
  domain text not null,
  active boolean not null default true,
  default_language text not null default 'en-us',
  default_country_code text not null default 'US',
  support_uri text,
  version int not null default 1,
  since timestamptz not null,
  changed_by text not null
);
create unique index organization_domain on identity.organization (organization_id, lower(domain));
call foundation.track('identity.organization', array['organization_id']);

create table identity.tenant_settings (
  organization_id text primary key,
  webrtc_enabled boolean not null default true,
  persistent_connection_required boolean not null default false,
  softphone_within_shift boolean not null default false,
  shift_margin_minutes int not null default 15 check (shift_margin_minutes between 0 and 1440),
  version int not null default 1,
  since timestamptz not null,
  changed_by text not null
);
call foundation.track('identity.tenant_settings', array['organization_id']);

create table identity.person (
  organization_id text not null,
  id text not null,
  name text not null,
  email text not null,
  title text,
  department text,
  preferred_name text,
  division_id text not null,
  state text not null default 'active' check (state in ('active', 'inactive', 'deleted')),
  state_reason text,
  jabber_id text not null,
  addresses jsonb not null default '[]',
  profile_skills text[] not null default '{}',
  manager_id text,
  acd_auto_answer boolean not null default false,
  version int not null default 1,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id)
);
create unique index person_by_email on identity.person (organization_id, lower(email)) where state <> 'deleted';
create unique index person_by_jabber_id on identity.person (organization_id, jabber_id);
create index person_sign_in on identity.person (lower(email));
create index person_by_name on identity.person (organization_id, lower(name), id);
call foundation.track('identity.person', array['organization_id', 'id']);

-- Whether one of the person's fields matches one of the words: for searches that combine conditions freely.
create function identity.matches(person identity.person, fields text[], kind text, words text[]) returns boolean
language sql stable return exists (
  select from unnest(fields) as field, unnest(words) as word,
    lateral (select lower(to_jsonb(person) ->> field) as value, lower(word) as wanted) as pair
  where case kind
    when 'EXACT' then value = wanted
    when 'STARTS_WITH' then starts_with(value, wanted)
    when 'CONTAINS' then position(wanted in value) > 0
    when 'PRESENT' then value is not null
  end
);

create table identity.password (
  organization_id text not null,
  person_id text not null,
  hash text not null,
  changed_at timestamptz not null,
  primary key (organization_id, person_id)
);

create table identity.client (
  organization_id text not null,
  id text not null,
  name text not null,
  description text,
  secret_digest bytea not null,
  grant_type text not null check (grant_type in ('CLIENT-CREDENTIALS', 'CODE')),
  redirect_uris text[] not null default '{}',
  token_seconds int not null default 86400,
  state text not null default 'active' check (state in ('active', 'inactive', 'deleted')),
  version int not null default 1,
  since timestamptz not null,
  changed_by text not null,
  primary key (organization_id, id)
);
create index client_by_id on identity.client (id);

-- issued_at and revoked_at are the application's clock (why asks by it); expires_at is real time. family joins the tokens
-- that came from one authorization code (its digest), so that they end together.
create table identity.token (
  organization_id text not null,
  digest bytea not null,
  kind text not null default 'access' check (kind in ('access', 'refresh')),
  person_id text,
  client_id text not null,
  family bytea,
  issued_at timestamptz not null,
  issued_real timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_real timestamptz,
  revoke_reason text,
  primary key (organization_id, digest)
);
create index token_by_digest on identity.token (digest);
create index token_by_family on identity.token (organization_id, family) where family is not null;
create index token_by_client on identity.token (organization_id, client_id);
create index token_by_person on identity.token (organization_id, person_id, issued_at);

create table identity.authorization_code (
  organization_id text not null,
  digest bytea not null,
  person_id text not null,
  client_id text not null,
  redirect_uri text not null,
  challenge text,
  expires_at timestamptz not null,
  used boolean not null default false,
  primary key (organization_id, digest)
);
create index authorization_code_by_digest on identity.authorization_code (digest);

-- Attempts to sign in by e-mail and by address, to slow guessing down; one that succeeds is taken out again. Real time.
create table identity.sign_in_attempt (
  key text not null,
  at timestamptz not null default clock_timestamp(),
  attempt_id text not null,
  primary key (key, at, attempt_id)
);

create view identity.public_person as
select organization_id, id, name, email, division_id, state, jabber_id, version from identity.person;
create view identity.public_person_timeline as
select organization_id, id, name, division_id, state, state_reason, since, changed_by, valid from identity.person_timeline;
create view identity.public_organization_timeline as
select organization_id, name, active, since, changed_by, valid from identity.organization_timeline;
create view identity.public_tenant_settings_timeline as
select organization_id, webrtc_enabled, softphone_within_shift, shift_margin_minutes, since, changed_by, valid
from identity.tenant_settings_timeline;
create view identity.public_token as
select organization_id, digest, person_id, client_id, issued_at, issued_real, expires_at, revoked_at, revoked_real, revoke_reason
from identity.token where kind = 'access';
