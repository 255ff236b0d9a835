-- Time-off requests. Their past is kept: what was pending at an instant is evidence for every question about access.
create schema timeoff;

-- The pieces stand in arrays of one length: days is null for parts of days. starts and ends are the resolved instants
-- (a whole day's bounds in "zone", by the tzdata named); span is their union.
create table timeoff.request (
  organization_id text not null,
  id text not null,
  person_id text not null,
  business_unit_id text not null,
  management_unit_id text not null,
  zone text not null,
  tzdata text not null,
  activity_code_id text not null,
  paid boolean not null,
  days date[],
  starts timestamptz[] not null,
  ends timestamptz[] not null,
  minutes int[] not null,
  payable_minutes int[] not null,
  earliest_start_offsets int[],
  latest_end_offsets int[],
  span tstzmultirange not null,
  content bytea not null,
  status text not null check (status in ('PENDING', 'APPROVED', 'DENIED', 'CANCELED')),
  substatus text,
  notes text,
  marked_as_read boolean not null,
  submitted_by text not null,
  submitted_at timestamptz not null,
  reviewed_by text,
  reviewed_at timestamptz,
  modified_by text not null,
  modified_at timestamptz not null,
  sync_version int not null,
  version int not null,
  since timestamptz not null,
  primary key (organization_id, id),
  check (cardinality(starts) between 1 and 366),
  check (cardinality(ends) = cardinality(starts) and cardinality(minutes) = cardinality(starts)),
  check (cardinality(payable_minutes) = cardinality(starts)),
  check (days is null or cardinality(days) = cardinality(starts)),
  check (0 < all (minutes) and 0 <= all (payable_minutes)),
  -- Nobody is approved off twice at once.
  constraint request_approved_once
    exclude using gist (organization_id with =, person_id with =, span with &&) where (status = 'APPROVED')
);
-- The natural key: an equal request (activity, pay, times) that awaits or has approval is the same request.
create unique index request_once on timeoff.request (organization_id, person_id, content)
  where status in ('PENDING', 'APPROVED');
create index request_by_content on timeoff.request (organization_id, person_id, content, submitted_at);
create index request_by_time on timeoff.request using gist (organization_id, span);
create index request_by_status on timeoff.request (organization_id, status, person_id);
call foundation.track('timeoff.request', array['organization_id', 'id']);
create index request_past_by_person on timeoff.request_past (organization_id, person_id);

create view timeoff.public_request as
select organization_id, id, person_id, business_unit_id, management_unit_id, zone, activity_code_id, paid, days, span,
       lower(span) as starts_at, upper(span) as ends_at, status, substatus, submitted_by, submitted_at, modified_by,
       sync_version, version, since
from timeoff.request;

create view timeoff.public_request_timeline as
select organization_id, id, person_id, business_unit_id, management_unit_id, zone, activity_code_id, paid, days, span,
       lower(span) as starts_at, upper(span) as ends_at, status, substatus, submitted_by, submitted_at, modified_by,
       sync_version, version, since, valid
from timeoff.request_timeline;

-- One row for each span of a request (adjacent days are one span), for whoever asks what lay at a time.
create view timeoff.public_request_span_timeline as
select r.organization_id, r.person_id, r.id as request_id, r.status, piece.span, r.zone, r.since, r.modified_by as changed_by, r.valid
from timeoff.request_timeline r cross join lateral unnest(r.span) as piece (span);
