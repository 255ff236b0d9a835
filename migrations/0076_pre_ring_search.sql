-- The worker looks for rings of trades by itself: what a business unit's market was when it last looked.
create view units.public_management_unit as
select organization_id, id, business_unit_id, division_id, settings, active from units.management_unit;

create table trades.ring_search (
  organization_id text not null,
  business_unit_id text not null,
  market text not null,
  looked_at timestamptz not null,
  searched_at timestamptz not null,
  primary key (organization_id, business_unit_id)
);
-- Rings that came to nothing free their offers: what ended last says whether the market changed.
create index cycle_ended on trades.cycle (organization_id, business_unit_id, changed_at)
  where state in ('Declined', 'Denied', 'Void', 'Expired');

alter table notices.notice drop constraint notice_kind_check;
alter table notices.notice add constraint notice_kind_check
  check (kind in ('TimeOffRequest', 'ShiftTrade', 'AdherenceExplanation', 'ShiftTradeRing'));
