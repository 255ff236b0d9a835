-- How long news takes to the live sessions: counts by class of span, by node and minute, kept a day.
create table signalling.propagation (
  node text not null,
  minute timestamptz not null,
  counts int[] not null,
  largest double precision not null,
  last_seen timestamptz not null,
  primary key (node, minute)
);
create index propagation_by_minute on signalling.propagation (minute);
