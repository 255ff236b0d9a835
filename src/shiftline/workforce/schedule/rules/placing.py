"""The best instant for an activity that may be put anywhere in a window, agent by agent. Pure.

It goes over work only: never over meals, breaks, meetings, training or time off. Of the instants on whole quarters that are
possible, the one that takes the least share of what is on queue at its worst quarter is best; then the least share in
all; then the earliest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shiftline.foundation.time import MINUTE, Interval
from shiftline.workforce.schedule.model import Activity, Shift
from shiftline.workforce.schedule.rules.coverage import QUARTER, Load, floor_quarter, is_on_queue, quarters
from shiftline.workforce.units.model import ActivityCategory, ActivityCode

WORK = (ActivityCategory.ON_QUEUE_WORK, ActivityCategory.OFF_QUEUE_WORK)


@dataclass(frozen=True, slots=True)
class Opening:
    """What is looked for: so many minutes in a window, none of it in the blocked spans."""

    window: Interval
    minutes: int
    blocked: tuple[Interval, ...]
    codes: Mapping[str, ActivityCode]


def choose_start(shifts: Iterable[Shift], opening: Opening, load: Load) -> datetime | None:
    """The best start for an agent with these shifts; None when there is no room."""
    found = [_cost(start, shift, opening, load) for shift in shifts for start in _starts(shift, opening)]
    return min(found)[2] if found else None


def take_from(load: Load, taken: Sequence[Activity], span: Interval, codes: Mapping[str, ActivityCode]) -> None:
    """Note that a span of these activities is on queue no more."""
    for activity in taken:
        first, last = max(activity.start, span.start), min(activity.end, span.end)
        if first < last and is_on_queue(activity, codes):
            load.subtract(dict(quarters(first, last)))


def _starts(shift: Shift, opening: Opening) -> list[datetime]:
    """Where in a shift it can be: on whole quarters, and where work begins."""
    starts: list[datetime] = []
    if shift.end <= opening.window.start or opening.window.end <= shift.start:
        return starts
    for stretch in _work(shift, opening):
        start = stretch.start
        while start + opening.minutes * MINUTE <= stretch.end:
            starts.append(start)
            start = floor_quarter(start) + QUARTER
    return starts


def _work(shift: Shift, opening: Opening) -> list[Interval]:
    """The stretches of the window in which nothing but work is planned."""
    stretches: list[Interval] = []
    for activity in shift.activities:
        first, last = max(activity.start, opening.window.start), min(activity.end, opening.window.end)
        if first >= last or not _is_work(activity, opening.codes):
            continue
        if stretches and stretches[-1].end == first:
            stretches[-1] = Interval(stretches[-1].start, last)
        else:
            stretches.append(Interval(first, last))
    for blocked in opening.blocked:
        stretches = [piece for stretch in stretches for piece in _without(stretch, blocked)]
    return stretches


def _is_work(activity: Activity, codes: Mapping[str, ActivityCode]) -> bool:
    code = codes.get(activity.code_id)
    bound = activity.external_activity_id is not None or activity.time_off_request_id is not None
    return code is not None and code.category in WORK and not bound


def _without(stretch: Interval, blocked: Interval) -> list[Interval]:
    if not stretch.overlaps(blocked):
        return [stretch]
    pieces: list[Interval] = []
    if stretch.start < blocked.start:
        pieces.append(Interval(stretch.start, blocked.start))
    if blocked.end < stretch.end:
        pieces.append(Interval(blocked.end, stretch.end))
    return pieces


def _cost(start: datetime, shift: Shift, opening: Opening, load: Load) -> tuple[float, float, datetime]:
    end = start + opening.minutes * MINUTE
    taken: dict[datetime, int] = {}
    for activity in shift.activities:
        if activity.start < end and start < activity.end and is_on_queue(activity, opening.codes):
            for quarter, minutes in quarters(max(activity.start, start), min(activity.end, end)):
                taken[quarter] = taken.get(quarter, 0) + minutes
    shares = [minutes / max(load[quarter], minutes) for quarter, minutes in taken.items()]
    return max(shares, default=0.0), sum(shares), start
