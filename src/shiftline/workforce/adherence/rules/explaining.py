"""What may be explained, and what may be decided of it. Pure."""

from datetime import datetime, timedelta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import MINUTE, Interval, to_instant
from shiftline.workforce.adherence.model import ExplanationDraft

LONGEST_MINUTES = 24 * 60
BACK = timedelta(weeks=26)
AHEAD = timedelta(days=7)


def check_explanation(draft: ExplanationDraft, now: datetime) -> Interval:
    """The time that is explained. Raises Invalid naming the field: for no time, more than a day, the distant past or future."""
    start = to_instant(draft.start, "startDate")
    if not 1 <= draft.length_minutes <= LONGEST_MINUTES:
        sentence = f"is {draft.length_minutes}; an explanation covers 1 to {LONGEST_MINUTES} minutes."
        raise Invalid(Problem("lengthMinutes", sentence))
    if start < now - BACK:
        raise Invalid(Problem("startDate", f"lies more than {BACK.days} days back; explain what happened since."))
    if start > now + AHEAD:
        raise Invalid(Problem("startDate", f"lies more than {AHEAD.days} days ahead; ask for time off instead."))
    return Interval(start, start + draft.length_minutes * MINUTE)
