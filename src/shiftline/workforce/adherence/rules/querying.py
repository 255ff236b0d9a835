"""What of the past may be asked for. Pure."""

from datetime import datetime, timedelta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import Interval, to_instant

LONGEST = timedelta(days=31)


def check_span(start: datetime, end: datetime | None, now: datetime, fields: tuple[str, str]) -> Interval:
    """The span of a query of the past, until now at most. Raises Invalid naming the field.

    ``fields``: where the two ends stand in the request.
    """
    first = to_instant(start, fields[0])
    last = now if end is None else to_instant(end, fields[1])
    if first >= now:
        raise Invalid(Problem(fields[0], "lies in the future, of which there is no adherence yet."))
    if last <= first:
        raise Invalid(Problem(fields[1], f"must be after {fields[0]}."))
    if last - first > LONGEST + timedelta(hours=1):  # a month in which clocks go back is an hour longer
        raise Invalid(Problem(fields[1], f"must be at most {LONGEST.days} days after {fields[0]}."))
    if first.year < 1990:  # noqa: PLR2004 - the years that schedules can be in
        raise Invalid(Problem(fields[0], "the year must be 1990 or later."))
    return Interval(first, min(last, now))


def check_explained_span(start: datetime, end: datetime) -> Interval:
    """The span of a query of explanations. Raises Invalid naming the field."""
    first, last = to_instant(start, "startDate"), to_instant(end, "endDate")
    if last <= first:
        raise Invalid(Problem("endDate", "must be after startDate."))
    if last - first > timedelta(days=366):
        raise Invalid(Problem("endDate", "must be at most 366 days after startDate."))
    return Interval(first, last)
