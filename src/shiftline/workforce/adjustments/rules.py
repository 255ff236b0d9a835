"""What may be adjusted, and what becomes of an adjustment. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import DAY, MINUTE, Interval, to_instant
from shiftline.workforce.adjustments.errors import AdjustmentClosed
from shiftline.workforce.adjustments.model import Adjustment, Change, CodeState, ReasonCode, Status

LONGEST_MINUTES = 24 * 60
LONGEST_QUERY = timedelta(days=366)


def check_query(start: datetime, end: datetime) -> Interval:
    """The span of a query. Raises Invalid naming the field."""
    first, last = to_instant(start, "startDate"), to_instant(end, "endDate")
    if last <= first:
        raise Invalid(Problem("endDate", "must be after startDate."))
    if last - first > LONGEST_QUERY:
        raise Invalid(Problem("endDate", f"must be at most {LONGEST_QUERY.days} days after startDate."))
    return Interval(first, last)


def span_of(start: datetime, minutes: int, now: datetime, at: str) -> Interval:
    """The minutes that are adjusted: only what is over can be. Raises Invalid naming the field."""
    first = to_instant(start, f"{at}startDate")
    if not 1 <= minutes <= LONGEST_MINUTES:
        sentence = f"is {minutes}; an adjustment covers 1 to {LONGEST_MINUTES} minutes."
        raise Invalid(Problem(f"{at}lengthMinutes", sentence, "adjustment.length"))
    if first > now - minutes * MINUTE:
        sentence = "with lengthMinutes reaches into the future; adherence is adjusted when it is over."
        raise Invalid(Problem(f"{at}startDate", sentence, "adjustment.future"))
    return Interval(first, first + minutes * MINUTE)


def check_range(span: Interval, days: int, now: datetime) -> None:
    """An agent goes back no farther than their business unit allows. Raises Invalid."""
    if span.start < now - days * DAY:
        sentence = f"lies more than {days} days back, as far as agents of the business unit may adjust."
        raise Invalid(Problem("startDate", sentence, "adjustment.range"))


def check_code(code: ReasonCode | None, code_id: str, at: str) -> None:
    """The reason is one of the business unit that can be chosen. Raises Invalid."""
    if code is None or code.state is not CodeState.ACTIVE:
        what = "there is no reason code" if code is None or code.state is CodeState.DELETED else "is inactive:"
        raise Invalid(Problem(f"{at}reasonCodeId", f"{what} {code_id} in the business unit.", "adjustment.reason"))


def is_expired(adjustment: Adjustment, days: int, now: datetime) -> bool:
    """Whether it waits for a decision, and its agent may change it no more."""
    return adjustment.status is Status.PENDING and adjustment.start < now - days * DAY


def check_open(adjustment: Adjustment, days: int, now: datetime) -> None:
    """Its agent may still change it. Raises AdjustmentClosed."""
    if adjustment.status is not Status.PENDING or is_expired(adjustment, days, now):
        raise AdjustmentClosed(adjustment, days)


def apply_change(adjustment: Adjustment, change: Change, now: datetime, by: str) -> Adjustment:
    """The adjustment as a request wants it: a decision says by whom and when. Raises Invalid naming the field."""
    span = adjustment.span
    if change.start is not None or change.length_minutes is not None:
        minutes = adjustment.length_minutes if change.length_minutes is None else change.length_minutes
        span = span_of(change.start or adjustment.start, minutes, now, change.field)
    changed = replace(
        adjustment,
        reason_code_id=change.reason_code_id or adjustment.reason_code_id,
        start=span.start,
        end=span.end,
        submitter_notes=adjustment.submitter_notes if change.submitter_notes is None else change.submitter_notes,
        reviewer_notes=adjustment.reviewer_notes if change.reviewer_notes is None else change.reviewer_notes,
    )
    if change.status is not None and change.status is not adjustment.status:
        if change.status is Status.PENDING:
            sentence = f"Pending is no decision (it is {adjustment.status.value} now); say Approved or Denied."
            raise Invalid(Problem(f"{change.field}status", sentence, "adjustment.status"))
        changed = replace(changed, status=change.status, reviewed_by=by, reviewed_at=now)
    return changed
