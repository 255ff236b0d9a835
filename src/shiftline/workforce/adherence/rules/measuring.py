"""Adherence over a past span: each stretch in which nothing changes is judged as the present would be. Pure, whole seconds.

Ten thousand agents' days go through here at once, so stretches are plain numbers and each kind of stretch is judged once
for all agents of a unit (``Judge``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from typing import NamedTuple, TypeAlias, TypeVar

from shiftline.foundation.time import Interval, Zone, day_bounds, days_touched
from shiftline.presence.model import SYSTEM_DEFINITIONS, RoutingState, SystemPresence
from shiftline.workforce.adherence.model import (
    Code,
    Deviation,
    Impact,
    Measured,
    Past,
    PresenceRow,
    RoutingRow,
    ScheduledRow,
    Settings,
    SpanRow,
    State,
    Totals,
    Window,
)
from shiftline.workforce.adherence.rules.actual import WORKED
from shiftline.workforce.adherence.rules.judging import ON_QUEUE, category_of, judge

R = TypeVar("R", ScheduledRow, PresenceRow, RoutingRow, SpanRow)

OFFLINE: PresenceRow = (0, 0, SystemPresence.OFFLINE.value, SYSTEM_DEFINITIONS[SystemPresence.OFFLINE])
"""Whoever never said anything is offline."""

_USUAL: Mapping[str, str] = {
    each.value: (RoutingState.IDLE if each is SystemPresence.ON_QUEUE else RoutingState.OFF_QUEUE).value
    for each in SystemPresence
}
"""The routing status of a presence, as far as the past is read: only those that keep somebody off the queue are."""


class Kind(NamedTuple):
    """What is known of one kind of stretch. ``number`` stands for it among those of its judge."""

    number: int
    out: bool
    impact: Impact
    scheduled: bool
    scheduled_category: str
    actual_category: str
    judged: bool
    on_queue_scheduled: bool
    on_queue: bool
    worked: bool


class Judge:
    """Judges kinds of stretches under one unit's codes and settings, each once."""

    def __init__(self, codes: Mapping[str, Code], settings: Settings) -> None:
        self.settings = settings
        self.kinds: list[Kind] = []
        self._codes = codes
        self._known: dict[tuple[str | None, str, str, str], Kind] = {}

    def see(self, what: tuple[str | None, str, str, str]) -> Kind:
        """The verdict on a kind of stretch, without explanations: an activity code id, and presence, definition and routing
        status.
        """
        known = self._known.get(what)
        if known is None:
            known = self._known[what] = self._judge(*what)
            self.kinds.append(known)
        return known

    def _judge(self, code_id: str | None, system_presence: str, definition_id: str, routing_status: str) -> Kind:
        code = None if code_id is None else self._codes.get(code_id)
        verdict = judge(code_id, code, self.settings, (system_presence, definition_id, routing_status))
        return Kind(
            number=len(self.kinds),
            out=verdict.state is State.OUT,
            impact=verdict.impact,
            scheduled=code_id is not None,
            scheduled_category=category_of(code_id, code),
            actual_category=verdict.actual_category,
            judged=code is not None and verdict.state is not State.IGNORED,
            on_queue_scheduled=code is not None and code.category == ON_QUEUE,
            on_queue=verdict.actual_category == ON_QUEUE,
            worked=verdict.actual_category in WORKED,
        )


def make_window(start: datetime, end: datetime, zone: Zone) -> Window:
    """The window of a span with the parts of its wall days in a zone, of 23, 24 or 25 hours."""
    first, last = int(start.timestamp()), int(end.timestamp())
    days: list[tuple[int, int]] = []
    for day in days_touched(Interval(start, end), zone):
        bounds = day_bounds(day, zone)
        opens, closes = max(first, int(bounds.start.timestamp())), min(last, int(bounds.end.timestamp()))
        if closes > opens:
            days.append((opens, closes))
    return Window(first, last, tuple(days))


What: TypeAlias = tuple[str | None, str, str, str]
"""An activity code id, a presence, its definition, a routing status."""
Stretch: TypeAlias = tuple[int, int, int, What, bool]
"""Start, end, number of the day, what was scheduled and done, whether it is explained: a time in which nothing changed."""
Run: TypeAlias = list[tuple[Stretch, Kind]]


def measure(past: Past, window: Window, judge: Judge, *, actuals: bool = False) -> Measured:
    """An agent's adherence over a window. Exceptions are the stretches out of adherence, explained time left out, that
    last together at least the unit's threshold and more than no time; each belongs to the day on which it begins.
    """
    days = tuple(Totals() for _ in window.days)
    seconds: list[dict[int, int]] = [{} for _ in window.days]
    runs: list[Run] = []
    run: Run = []
    found: list[tuple[int, int, str, str]] = []
    for stretch in _stretches(past, window):
        start, end, day, what, is_explained = stretch
        kind = judge.see(what)
        spent = seconds[day]
        spent[kind.number] = spent.get(kind.number, 0) + end - start
        if kind.out and not is_explained:
            run.append((stretch, kind))
        elif run:
            runs.append(run)
            run = []
        if actuals:
            _extend(found, start, end, kind.actual_category, what[2])
    if run:
        runs.append(run)
    deviations = _deviate(runs, judge.settings, days)
    total = Totals()
    for totals, spent in zip(days, seconds, strict=True):
        for number, length in spent.items():
            _count(totals, length, judge.kinds[number])
        total.add(totals)
    return Measured(past.person_id, total, days, deviations, tuple(found), tuple(past.scheduled))


def _count(totals: Totals, length: int, kind: Kind) -> None:
    if kind.scheduled:
        totals.schedule += length
        if kind.judged:
            totals.adherence_schedule += length
        if kind.on_queue_scheduled:
            totals.conformance_schedule += length
    if kind.on_queue:
        totals.conformance_actual += length
    if kind.worked:
        totals.actual += length


def _extend(found: list[tuple[int, int, str, str]], start: int, end: int, category: str, definition_id: str) -> None:
    if found and found[-1][1] == start and found[-1][2:] == (category, definition_id):
        start = found.pop()[0]
    found.append((start, end, category, definition_id))


def _deviate(runs: Sequence[Run], settings: Settings, days: Sequence[Totals]) -> tuple[Deviation, ...]:
    """The exceptions among runs out of adherence: those that are not shorter than the threshold."""
    threshold = settings.threshold.total_seconds()
    deviations: list[Deviation] = []
    for run in runs:
        if run[-1][0][1] - run[0][0][0] >= threshold:
            _add_run(run, days, deviations)
    return tuple(deviations)


def _add_run(run: Run, days: Sequence[Totals], deviations: list[Deviation]) -> None:
    last: Deviation | None = None
    alike: tuple[str | None, str, str] | None = None
    for (start, end, day, what, _), kind in run:
        totals, length = days[day], end - start
        totals.exception_seconds += length
        if kind.impact is not Impact.NEUTRAL:
            totals.impact += length if kind.impact is Impact.POSITIVE else -length
        code_id, system_presence, definition_id, routing_status = what
        same = (code_id, definition_id, kind.actual_category)
        if last is not None and same == alike:
            last.end = end
            continue
        totals.exceptions += 1
        alike, last = (
            same,
            Deviation(
                start,
                end,
                code_id or "",
                kind.scheduled_category,
                kind.actual_category,
                system_presence,
                definition_id,
                routing_status,
                kind.impact,
            ),
        )
        deviations.append(last)


def _stretches(past: Past, window: Window) -> Iterator[Stretch]:
    """The window cut wherever a day, an activity, a presence, a routing status or an explanation begins or ends."""
    cuts = {window.start, window.end}
    for rows in (past.scheduled, past.presences, past.routing, past.explained, window.days):
        for row in rows:
            cuts.add(row[0])
            cuts.add(row[1])
    places = [cut for cut in sorted(cuts) if window.start <= cut <= window.end]
    ends = [end for _, end in window.days]
    day = 0
    for start, end, activity, presence, status, explanation in zip(
        places,
        places[1:],
        _rows_at(past.scheduled, places),
        _rows_at(past.presences, places),
        _rows_at(past.routing, places),
        _rows_at(past.explained, places),
        strict=False,
    ):
        while ends[day] <= start:
            day += 1
        _, _, system_presence, definition_id = presence or OFFLINE
        routing_status = _USUAL[system_presence] if status is None else status[2]
        what = (None if activity is None else activity[2], system_presence, definition_id, routing_status)
        yield start, end, day, what, explanation is not None


def _rows_at(rows: Sequence[R], places: Sequence[int]) -> Iterable[R | None]:
    """For each of growing places which of the ordered rows holds it."""
    if not rows:
        return repeat(None)
    found: list[R | None] = []
    index, count = 0, len(rows)
    for place in places:
        while index < count and rows[index][1] <= place:
            index += 1
        found.append(rows[index] if index < count and rows[index][0] <= place else None)
    return found
