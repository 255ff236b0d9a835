"""How many minutes of work on queue each quarter of an hour has. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from shiftline.foundation.time import MINUTE
from shiftline.workforce.schedule.model import Activity, Shift
from shiftline.workforce.units.model import ActivityCategory, ActivityCode

QUARTER_MINUTES = 15
QUARTER = timedelta(minutes=QUARTER_MINUTES)

Load: TypeAlias = "Counter[datetime]"
"""Agent-minutes on queue by the start of their quarter, in UTC."""


def floor_quarter(instant: datetime) -> datetime:
    """The start of the quarter of an hour that an instant lies in."""
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return utc.replace(minute=utc.minute // QUARTER_MINUTES * QUARTER_MINUTES, second=0, microsecond=0)


def quarters(start: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
    """The quarters that [start, end) touches, each with the whole minutes that lie in it."""
    quarter = floor_quarter(start)
    while quarter < end:
        minutes = (min(end, quarter + QUARTER) - max(start, quarter)) // MINUTE
        if minutes:
            yield quarter, minutes
        quarter += QUARTER


def is_on_queue(activity: Activity, codes: Mapping[str, ActivityCode]) -> bool:
    """Whether an activity is work on queue."""
    code = codes.get(activity.code_id)
    return code is not None and code.category is ActivityCategory.ON_QUEUE_WORK


def count_on_queue(shifts: Iterable[Shift], codes: Mapping[str, ActivityCode]) -> Load:
    """What shifts give each quarter."""
    load: Load = Counter()
    for shift in shifts:
        for activity in shift.activities:
            if is_on_queue(activity, codes):
                load.update(dict(quarters(activity.start, activity.end)))
    return load


def find_difference(before: Load, after: Load) -> dict[datetime, int]:
    """By how many minutes each quarter differs, in order; equal ones are left out."""
    changed = {quarter: after[quarter] - before[quarter] for quarter in before.keys() | after.keys()}
    return {quarter: changed[quarter] for quarter in sorted(changed) if changed[quarter]}
