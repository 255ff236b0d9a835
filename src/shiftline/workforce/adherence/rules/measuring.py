"""Adherence over a past span: each stretch in which nothing changes is judged as the present would be. Pure, whole seconds.

Ten thousand agents' days go through here at once, so stretches are plain numbers and each kind of stretch is judged once
for all agents of a unit (``Judge``).
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

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

OFFLINE = (SystemPresence.OFFLINE.value, SYSTEM_DEFINITIONS[SystemPresence.OFFLINE])
"""Whoever never said anything is offline."""

_USUAL: Mapping[str, str] = {
    each.value: (RoutingState.IDLE if each is SystemPresence.ON_QUEUE else RoutingState.OFF_QUEUE).value
    for each in SystemPresence
}
"""The routing status of a presence, as far as the past is read: only those that keep somebody off the queue are."""


class Kind(NamedTuple):
    """What is known of one kind of stretch."""

    state: State
    impact: Impact
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
        self._codes = codes
        self._seen: dict[tuple[str | None, str, str, str], Kind] = {}

    def see(self, code_id: str | None, system_presence: str, definition_id: str, routing_status: str) -> Kind:
        """The verdict on a kind of stretch, without explanations."""
        kind = (code_id, system_presence, definition_id, routing_status)
        known = self._seen.get(kind)
        if known is None:
            known = self._seen[kind] = self._judge(*kind)
        return known

    def _judge(self, code_id: str | None, system_presence: str, definition_id: str, routing_status: str) -> Kind:
        code = None if code_id is None else self._codes.get(code_id)
        verdict = judge(code_id, code, self.settings, (system_presence, definition_id, routing_status))
        return Kind(
            state=verdict.state,
            impact=verdict.impact,
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


class Stretch(NamedTuple):
    """A time in which nothing changed."""

    start: int
    end: int
    day: int
    code_id: str | None
    system_presence: str
    definition_id: str
    routing_status: str


def measure(past: Past, window: Window, judge: Judge, *, actuals: bool = False) -> Measured:
    """An agent's adherence over a window. Exceptions are the stretches out of adherence, explained time left out, that
    last together at least the unit's threshold and more than no time; each belongs to the day on which it begins.
    """
    days = tuple(Totals() for _ in window.days)
    deviations: list[Deviation] = []
    run: list[tuple[Stretch, Kind]] = []
    found: list[tuple[int, int, str, str]] = []
    for stretch, is_explained in _stretches(past, window):
        start, end, day, code_id, *presence = stretch
        kind = judge.see(code_id, *presence)
        _count(days[day], end - start, code_id, kind)
        if kind.state is State.OUT and not is_explained:
            run.append((stretch, kind))
        elif run:
            _close(run, judge.settings, days, deviations)
            run = []
        if actuals:
            _extend(found, start, end, kind.actual_category, stretch.definition_id)
    if run:
        _close(run, judge.settings, days, deviations)
    total = Totals()
    for day_totals in days:
        total.add(day_totals)
    return Measured(past.person_id, total, days, tuple(deviations), tuple(found), tuple(past.scheduled))


def _count(totals: Totals, length: int, code_id: str | None, kind: Kind) -> None:
    if code_id is not None:
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


def _close(
    run: Sequence[tuple[Stretch, Kind]], settings: Settings, days: Sequence[Totals], deviations: list[Deviation]
) -> None:
    """The end of a run out of adherence: an exception, unless it was shorter than the threshold."""
    if run[-1][0].end - run[0][0].start < settings.threshold.total_seconds():
        return
    last: Deviation | None = None
    for stretch, seen in run:
        start, end, day, code_id, system_presence, definition_id, routing_status = stretch
        length = end - start
        days[day].exception_seconds += length
        if seen.impact is not Impact.NEUTRAL:
            days[day].impact += length if seen.impact is Impact.POSITIVE else -length
        kind = (code_id, definition_id, seen.actual_category)
        if last is not None and (last.code_id, last.definition_id, last.actual_category) == kind:
            last.end = end
            continue
        days[day].exceptions += 1
        last = Deviation(
            start=start,
            end=end,
            code_id=code_id or "",
            scheduled_category=seen.scheduled_category,
            actual_category=seen.actual_category,
            system_presence=system_presence,
            definition_id=definition_id,
            routing_status=routing_status,
            impact=seen.impact,
        )
        deviations.append(last)


def _stretches(past: Past, window: Window) -> list[tuple[Stretch, bool]]:
    """The window cut wherever a day, an activity, a presence, a routing status or an explanation begins or ends."""
    cuts = {window.start, window.end}
    for rows in (past.scheduled, past.presences, past.routing, past.explained, window.days):
        for row in rows:
            cuts.add(row[0])
            cuts.add(row[1])
    places = [cut for cut in sorted(cuts) if window.start <= cut <= window.end]
    scheduled, presences = _Pointer(past.scheduled), _Pointer(past.presences)
    routing, explained = _Pointer(past.routing), _Pointer(past.explained)
    day_ends = [end for _, end in window.days]
    found: list[tuple[Stretch, bool]] = []
    for start, end in pairwise(places):
        activity = scheduled.at(start)
        presence = presences.at(start)
        status = routing.at(start)
        system_presence, definition_id = OFFLINE if presence is None else (presence[2], presence[3])
        stretch = Stretch(
            start,
            end,
            bisect_right(day_ends, start),
            None if activity is None else activity[2],
            system_presence,
            definition_id,
            _USUAL[system_presence] if status is None else status[2],
        )
        found.append((stretch, explained.at(start) is not None))
    return found


class _Pointer(Generic[R]):
    """Finds which of ordered spans holds an instant, for instants that only grow."""

    __slots__ = ("_index", "_rows")

    def __init__(self, rows: Sequence[R]) -> None:
        self._rows = rows
        self._index = 0

    def at(self, instant: int) -> R | None:
        rows, index = self._rows, self._index
        while index < len(rows) and rows[index][1] <= instant:
            index += 1
        self._index = index
        return rows[index] if index < len(rows) and rows[index][0] <= instant else None
