"""What differs between two states of an agent's part, for people: shifts, activities, days off, paid minutes. Pure.

A shift is the same when its id is, or when it stands at the same instants (a week that was imported anew has other ids).
Work on queue is what other activities leave; it is not told by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shiftline.workforce.schedule.model import Activity, FullDay, Part, Shift
from shiftline.workforce.schedule.rules.changes import is_same
from shiftline.workforce.units.model import ON_QUEUE_ID


class Difference(StrEnum):
    """How two states of a thing differ."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"  # other instants
    CHANGED = "changed"  # the same instants, else different


@dataclass(frozen=True, slots=True)
class ActivityDifference:
    """An activity before and after; one of the two may be missing."""

    kind: Difference
    before: Activity | None
    after: Activity | None


@dataclass(frozen=True, slots=True)
class ShiftDifference:
    """A shift before and after; one of the two may be missing."""

    kind: Difference
    before: Shift | None
    after: Shift | None
    activities: tuple[ActivityDifference, ...] = ()


@dataclass(frozen=True, slots=True)
class DayDifference:
    """A whole day off before and after; one of the two may be missing."""

    kind: Difference
    before: FullDay | None
    after: FullDay | None


@dataclass(frozen=True, slots=True)
class AgentDifference:
    """How an agent's part differs. Paid minutes are those of shifts and of whole days off."""

    agent_id: str
    shifts: tuple[ShiftDifference, ...]
    days: tuple[DayDifference, ...]
    paid_before: int
    paid_after: int


def compare_parts(before: Mapping[str, Part], after: Mapping[str, Part]) -> list[AgentDifference]:
    """How the parts of a schedule differ, by agent id; who has the same in both is left out."""
    found = [compare_part(before.get(agent_id), after.get(agent_id)) for agent_id in sorted({*before, *after})]
    return [each for each in found if each is not None]


def compare_part(before: Part | None, after: Part | None) -> AgentDifference | None:
    """How an agent's part differs; None when what they do is the same."""
    known = before or after
    if known is None:
        return None
    shifts = _compare_shifts(() if before is None else before.shifts, () if after is None else after.shifts)
    days = _compare_days(() if before is None else before.full_days, () if after is None else after.full_days)
    if not shifts and not days:
        return None
    return AgentDifference(known.agent_id, tuple(shifts), tuple(days), paid_minutes(before), paid_minutes(after))


def paid_minutes(part: Part | None) -> int:
    """What a part pays, in minutes: its shifts and its whole days off."""
    if part is None:
        return 0
    return sum(shift.paid_minutes for shift in part.shifts) + sum(day.payable_minutes for day in part.full_days)


def _compare_shifts(before: Sequence[Shift], after: Sequence[Shift]) -> list[ShiftDifference]:
    pairs, added, removed = _match(before, after)
    found = [_compare_shift(one, other) for one, other in pairs if not is_same(one, other)]
    found += [ShiftDifference(Difference.ADDED, None, each) for each in added]
    found += [ShiftDifference(Difference.REMOVED, each, None) for each in removed]
    told = [each for each in found if each is not None]
    return sorted(told, key=_start_of)


def _start_of(difference: ShiftDifference) -> tuple[datetime, str]:
    shift = difference.before or difference.after
    assert shift is not None
    return shift.start, shift.id


def _match(
    before: Sequence[Shift], after: Sequence[Shift]
) -> tuple[list[tuple[Shift, Shift]], list[Shift], list[Shift]]:
    """Pairs of the same shift, what came, what went."""
    by_id = {shift.id: shift for shift in before}
    pairs = [(by_id.pop(shift.id), shift) for shift in after if shift.id in by_id]
    matched = {shift.id for _, shift in pairs}
    by_span = {(shift.start, shift.end): shift for shift in by_id.values()}
    added: list[Shift] = []
    for shift in after:
        if shift.id in matched:
            continue
        former = by_span.pop((shift.start, shift.end), None)
        if former is None:
            added.append(shift)
        else:
            pairs.append((former, shift))
            del by_id[former.id]
    return pairs, added, list(by_id.values())


def _compare_shift(before: Shift, after: Shift) -> ShiftDifference | None:
    activities = _compare_activities(before.activities, after.activities)
    if (before.start, before.end) != (after.start, after.end):
        return ShiftDifference(Difference.MOVED, before, after, tuple(activities))
    if not activities and _details(before) == _details(after):
        return None
    return ShiftDifference(Difference.CHANGED, before, after, tuple(activities))


def _details(shift: Shift) -> tuple[object, ...]:
    """What counts of a shift beside its times and activities."""
    return shift.paid_minutes, shift.is_swap, shift.swap_reason, shift.skill_ids, shift.zone


def _compare_activities(before: Sequence[Activity], after: Sequence[Activity]) -> list[ActivityDifference]:
    """Equal ones are left out; of the rest, those of one code that keep start or length belong together."""
    old = [each for each in before if each not in after and not _is_filler(each)]
    new = [each for each in after if each not in before and not _is_filler(each)]
    found: list[ActivityDifference] = []
    for same in (_keeps_start, _keeps_length):
        for one in list(old):
            other = next((each for each in new if each.code_id == one.code_id and same(one, each)), None)
            if other is not None:
                old.remove(one)
                new.remove(other)
                found.append(ActivityDifference(_kind_of(one, other), one, other))
    found += [ActivityDifference(Difference.REMOVED, each, None) for each in old]
    found += [ActivityDifference(Difference.ADDED, None, each) for each in new]
    return sorted(found, key=_activity_start)


def _activity_start(difference: ActivityDifference) -> datetime:
    activity = difference.before or difference.after
    assert activity is not None
    return activity.start


def _kind_of(one: Activity, other: Activity) -> Difference:
    return Difference.CHANGED if (one.start, one.end) == (other.start, other.end) else Difference.MOVED


def _keeps_start(one: Activity, other: Activity) -> bool:
    return one.start == other.start


def _keeps_length(one: Activity, other: Activity) -> bool:
    return one.minutes == other.minutes


def _is_filler(activity: Activity) -> bool:
    return activity.code_id == ON_QUEUE_ID and activity.external_activity_id is None and activity.description is None


def _compare_days(before: Sequence[FullDay], after: Sequence[FullDay]) -> list[DayDifference]:
    old, new = {each.day: each for each in before}, {each.day: each for each in after}
    found: list[DayDifference] = []
    for day in sorted({*old, *new}):
        one, other = old.get(day), new.get(day)
        if one == other:
            continue
        kind = Difference.ADDED if one is None else Difference.REMOVED if other is None else Difference.CHANGED
        found.append(DayDifference(kind, one, other))
    return found
