-- Shift trades: who takes an offer and what they give for it, who decided, and by which rule.
alter table trades.trade
  drop constraint trade_state_check,
  add column receiving_person_id text,
  add column receiving_management_unit_id text,
  add column receiving_shift_id text,
  add column receiving_schedule_id text,
  add column receiving_schedule_week_date date,
  add column receiving_week_date date,
  add column receiving_span tstzrange check (not isempty(receiving_span)),
  add column matched_at timestamptz,
  add column reviewed_by text,
  add column reviewed_at timestamptz,
  add column ruling_code text,
  add column ruling_sentence text,
  add constraint trade_state_check
    check (state in ('Unmatched', 'Matched', 'Approved', 'Denied', 'Expired', 'Canceled')),
  -- Nobody has taken what is open; whoever is decided about has been matched.
  add constraint trade_is_matched check (
    case state when 'Unmatched' then receiving_person_id is null
               when 'Matched' then receiving_person_id is not null
               when 'Approved' then receiving_person_id is not null
               when 'Denied' then receiving_person_id is not null
               else true end),
  add constraint trade_match_is_whole check (
    (receiving_person_id is null) = (matched_at is null)
    and (receiving_person_id is null) = (receiving_management_unit_id is null)
    and (receiving_shift_id is null) = (receiving_span is null)
    and (receiving_shift_id is null) = (receiving_schedule_id is null)
    and (receiving_shift_id is null) = (receiving_schedule_week_date is null)
    and (receiving_shift_id is null) = (receiving_week_date is null)
    and (receiving_shift_id is null or receiving_person_id is not null)
    and (ruling_code is null) = (ruling_sentence is null)
    and (reviewed_by is null) = (reviewed_at is null));

-- A shift stands in one trade at a time, offered or given for another.
drop index trades.trade_open_once;
create unique index trade_open_once on trades.trade (organization_id, schedule_id, shift_id)
  where state in ('Unmatched', 'Matched');
create unique index trade_given_once on trades.trade (organization_id, receiving_schedule_id, receiving_shift_id)
  where state = 'Matched';
create index trade_by_receiver on trades.trade (organization_id, receiving_person_id)
  where receiving_person_id is not null;
-- A matched trade that nobody has decided ends when the first of its shifts starts.
create index trade_undecided on trades.trade (least(lower(span), lower(receiving_span))) where state = 'Matched';
