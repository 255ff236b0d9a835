-- Reviewers are told of a claim of an open shift, and its agent of what became of it.
alter table notices.notice drop constraint notice_kind_check;
alter table notices.notice add constraint notice_kind_check
  check (kind in ('TimeOffRequest', 'ShiftTrade', 'AdherenceExplanation', 'ShiftTradeRing', 'OpenShift'));
