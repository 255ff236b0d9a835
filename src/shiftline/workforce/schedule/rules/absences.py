"""Approved time off laid over an agent's part of a schedule, and taken off again. Pure.

What an absence covers is kept beside the part (``Covered``), so that the part can always be computed anew from what
stood there and the absences of the moment. A shift that no longer is what that computation gave was changed by hand: what
stands then counts, and what it covered is forgotten.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter

import msgspec

from shiftline.foundation.time import MINUTE, find_zone
from shiftline.workforce.schedule.model import NO_PART, Absence, Activity, Clash, Covered, FullDay, Part, Shift
from shiftline.workforce.schedule.rules.changes import is_same
from shiftline.workforce.schedule.rules.parts import wall_text
from shiftline.workforce.schedule.rules.shifts import Frame, fill, place


@dataclass(frozen=True, slots=True)
class Book:
    """What is known of an agent's time off: the absences to carry, and every request id that is a request's here.

    A mark of any other id was brought with a file and is left alone.
    """

    absences: tuple[Absence, ...] = ()
    known: frozenset[str] = frozenset()

    def is_stale(self, request_id: str | None, sync_version: int | None) -> bool:
        """Whether a mark is of a request that is not approved at that revision."""
        return request_id in self.known and not any(
            (each.request_id, each.sync_version) == (request_id, sync_version) for each in self.absences
        )


@dataclass(frozen=True, slots=True)
class Carried:
    """A part that carries its agent's time off, what that covers, and what there is to say about it."""

    part: Part | None
    covered: tuple[Covered, ...]
    clashes: tuple[Clash, ...]


def marks_of(part: Part | None) -> set[str]:
    """The requests whose marks a part carries."""
    if part is None:
        return set()
    days = {day.time_off_request_id for day in part.full_days}
    return {
        request_id
        for request_id in days.union(
            activity.time_off_request_id for shift in part.shifts for activity in shift.activities
        )
        if request_id is not None
    }


def cover_shift(shift: Shift, absences: Iterable[Absence]) -> Shift | None:
    """The shift under absences; None when it starts on a day off. One that reaches into a day off ends with its eve."""
    whole = [each for each in absences if each.day is not None]
    if any(each.start <= shift.start < each.end for each in whole):
        return None
    end = min((each.start for each in whole if shift.start < each.start < shift.end), default=shift.end)
    under = shift if end == shift.end else _cut(shift, end)
    for each in absences:
        if each.day is None:
            under = _mark(under, each)
    return under


def _cut(shift: Shift, end: datetime) -> Shift:
    placed = place(shift.start, end, find_zone(shift.zone))
    activities = clip(shift.activities, shift.start, end)
    return msgspec.structs.replace(
        shift,
        end=end,
        wall_end=placed.wall_end,
        end_disambiguation=placed.end_disambiguation,
        end_offset_seconds=placed.end_offset_seconds,
        activities=activities,
        paid_minutes=_paid(activities),
    )


def _mark(shift: Shift, absence: Absence) -> Shift:
    start, end = max(shift.start, absence.start), min(shift.end, absence.end)
    if end <= start:
        return shift
    minutes = (end - start) // MINUTE
    payable = absence.payable_minutes * minutes // absence.minutes if absence.paid else 0
    mark = Activity(
        start=start,
        end=end,
        code_id=absence.code_id,
        paid=absence.paid,
        payable_minutes=min(payable, minutes),
        time_off_request_id=absence.request_id,
        time_off_request_sync_version=absence.sync_version,
    )
    before, after = clip(shift.activities, shift.start, start), clip(shift.activities, end, shift.end)
    return _with(shift, (*before, mark, *after))


def _with(shift: Shift, activities: tuple[Activity, ...]) -> Shift:
    return msgspec.structs.replace(shift, activities=activities, paid_minutes=_paid(activities))


def _paid(activities: Iterable[Activity]) -> int:
    return sum(activity.payable_minutes for activity in activities)


def clip(activities: Sequence[Activity], start: datetime, end: datetime) -> tuple[Activity, ...]:
    """What of activities lies within [start, end); payable minutes follow the length."""
    clipped: list[Activity] = []
    for each in activities:
        first, last = max(each.start, start), min(each.end, end)
        if last <= first:
            continue
        payable = each.payable_minutes * ((last - first) // MINUTE) // each.minutes
        clipped.append(msgspec.structs.replace(each, start=first, end=last, payable_minutes=payable))
    return tuple(clipped)


def uncover_shift(shift: Shift, marks: Collection[Activity], former: Shift | None, frame: Frame) -> Shift:
    """A shift without marks that are to go: what stood under them, else the queue."""
    if not marks:
        return shift
    activities: list[Activity] = []
    for each in shift.activities:
        if each not in marks:
            activities.append(each)
            continue
        under = () if former is None else clip(former.activities, each.start, each.end)
        cursor = each.start
        for piece in under:
            if piece.start > cursor:
                activities.append(fill(cursor, piece.start, frame))
            activities.append(piece)
            cursor = piece.end
        if cursor < each.end:
            activities.append(fill(cursor, each.end, frame))
    return _with(shift, tuple(activities))


@dataclass(slots=True)
class _Base:
    """A shift as it would be without time off; ``standing`` as it is, ``covering`` the requests that covered it."""

    shift: Shift
    standing: Shift | None
    covering: frozenset[str] = frozenset()
    effective: Shift | None = None
    absences: tuple[Absence, ...] = ()


@dataclass(slots=True)
class _Work:
    book: Book
    frame: Frame
    marked: frozenset[tuple[str, date]]
    clashes: list[Clash] = field(default_factory=list[Clash])


def carry(part: Part | None, covered: Mapping[str, Covered], agent_id: str, book: Book, frame: Frame) -> Carried:
    """The part with exactly the absences of the book in it: those that ended are taken off, and what they covered is put
    back where nothing else stands there by now; new ones are laid over it.

    A shift that stands on a day whose marker stands already was put there knowingly, and stays.
    """
    old = part or Part(agent_id=agent_id)
    marked = frozenset(
        (day.time_off_request_id, day.day) for day in old.full_days if day.time_off_request_id is not None
    )
    work = _Work(book, frame, marked)
    bases = _find_bases(old, covered, work)
    for base in bases:
        base.absences = tuple(each for each in book.absences if _applies(each, base, work))
        base.effective = cover_shift(base.shift, base.absences)
        _note_meetings(base, work)
    shifts, kept = _settle(bases, work)
    days, kept_days = _carry_days(old, covered, work)
    kept += kept_days
    made = NO_PART in covered or part is None
    if made and not shifts and not days and old.work_plan_id is None and old.work_plan_ids_per_week is None:
        return Carried(None, (), tuple(work.clashes))
    if made:
        kept.append(Covered(id=NO_PART))
    carried = msgspec.structs.replace(old, shifts=tuple(shifts), full_days=tuple(days))
    return Carried(carried, tuple(kept), tuple(work.clashes))


def _find_bases(part: Part, covered: Mapping[str, Covered], work: _Work) -> list[_Base]:
    present = {shift.id: shift for shift in part.shifts}
    bases: list[_Base] = []
    for each in covered.values():
        if each.shift is None:
            continue
        standing = present.pop(each.id, None)
        if _is_untouched(standing, cover_shift(each.shift, each.absences)):
            covering = frozenset(absence.request_id for absence in each.absences)
            bases.append(_Base(each.shift, standing, covering))
        elif standing is not None:
            bases.append(_find_changed(each, standing, work))
    return bases + [_Base(_without_stale(shift, None, work), shift) for shift in present.values()]


def _find_changed(covered: Covered, standing: Shift, work: _Work) -> _Base:
    """A shift that was changed by hand under its marks: what stands now counts, with what the marks cover in it."""
    covering = {absence.request_id for absence in covered.absences}
    marks = [each for each in standing.activities if each.time_off_request_id in covering]
    shift = uncover_shift(standing, marks, covered.shift, work.frame)
    still = frozenset(each.time_off_request_id for each in marks if each.time_off_request_id is not None)
    return _Base(_without_stale(shift, covered.shift, work), standing, still)


def _is_untouched(standing: Shift | None, expected: Shift | None) -> bool:
    if standing is None or expected is None:
        return standing is expected
    return is_same(standing, expected)


def _without_stale(shift: Shift, former: Shift | None, work: _Work) -> Shift:
    stale = [
        each
        for each in shift.activities
        if work.book.is_stale(each.time_off_request_id, each.time_off_request_sync_version)
    ]
    return uncover_shift(shift, stale, former, work.frame)


def _applies(absence: Absence, base: _Base, work: _Work) -> bool:
    shift = base.shift
    if absence.end <= shift.start or shift.end <= absence.start:
        return False
    if absence.request_id in base.covering:
        return True
    if absence.day is not None:
        return (absence.request_id, absence.day) not in work.marked
    return not any(
        each.time_off_request_id == absence.request_id and each.start < absence.end and absence.start < each.end
        for each in shift.activities
    )


def _note_meetings(base: _Base, work: _Work) -> None:
    """Say which meetings and trainings, planned elsewhere, newly lie under time off."""
    new = [each for each in base.absences if each.request_id not in base.covering]
    for activity in base.shift.activities:
        if activity.external_activity_id is None:
            continue
        if any(each.start < activity.end and activity.start < each.end for each in new):
            kind = activity.external_activity_type or "activity"
            sentence = (
                f"The {kind} {activity.external_activity_id} at {activity.start:%Y-%m-%dT%H:%MZ} lies under the time off; "
                "tell whoever planned it."
            )
            work.clashes.append(Clash("timeoff.over.external.activity", sentence))


def _settle(bases: Sequence[_Base], work: _Work) -> tuple[list[Shift], list[Covered]]:
    """The shifts that stand in the end: those that grow (back) yield to those that stand already."""
    shifts: list[Shift] = []
    kept: list[Covered] = []
    for base in sorted(bases, key=_grows):
        effective = base.effective
        other = None if effective is None else next((each for each in shifts if _meet(each, effective)), None)
        if effective is not None and other is not None and _grows(base):
            sentence = f"The shift {wall_text(base.shift)} cannot be put back after the time off: {wall_text(other)} stands there now."
            work.clashes.append(Clash("timeoff.shift.not.restored", sentence))
            if base.standing is not None:
                shifts.append(_without_stale(base.standing, base.shift, work))
            continue
        if effective is not None:
            shifts.append(effective)
        if effective is None or not is_same(effective, base.shift):
            kept.append(Covered(id=base.shift.id, shift=base.shift, absences=base.absences))
    return sorted(shifts, key=attrgetter("start")), kept


def _grows(base: _Base) -> bool:
    if base.effective is None:
        return False
    return base.standing is None or base.effective.start < base.standing.start or base.effective.end > base.standing.end


def _meet(one: Shift, other: Shift) -> bool:
    return one.start < other.end and other.start < one.end


def _carry_days(part: Part, covered: Mapping[str, Covered], work: _Work) -> tuple[list[FullDay], list[Covered]]:
    days = {day.day: day for day in part.full_days}
    kept = {each.id: each for each in covered.values() if each.full_day is not None}
    for day, mark in list(days.items()):
        if work.book.is_stale(mark.time_off_request_id, mark.time_off_request_sync_version):
            del days[day]
            before = kept.pop(day.isoformat(), None)
            if before is not None and before.full_day is not None:
                days[day] = before.full_day
    for absence in work.book.absences:
        day = absence.day
        if day is None or not work.frame.first_day <= day < work.frame.end_day:
            continue
        standing = days.get(day)
        if standing is not None and _is_mark_of(standing, absence):
            continue
        if standing is not None:
            kept[day.isoformat()] = Covered(id=day.isoformat(), full_day=standing, absences=(absence,))
        days[day] = _marker(day, absence)
    still = [
        each for each in kept.values() if each.full_day is not None and days.get(each.full_day.day) != each.full_day
    ]
    return [days[day] for day in sorted(days)], still


def _is_mark_of(day: FullDay, absence: Absence) -> bool:
    return (day.time_off_request_id, day.time_off_request_sync_version) == (absence.request_id, absence.sync_version)


def _marker(day: date, absence: Absence) -> FullDay:
    return FullDay(
        day=day,
        code_id=absence.code_id,
        paid=absence.paid,
        length_minutes=absence.minutes,
        payable_minutes=absence.payable_minutes if absence.paid else 0,
        start_offset_minutes=absence.start_offset_minutes,
        end_offset_minutes=absence.end_offset_minutes,
        time_off_request_id=absence.request_id,
        time_off_request_sync_version=absence.sync_version,
    )
