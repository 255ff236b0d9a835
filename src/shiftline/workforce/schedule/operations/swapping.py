"""Shifts put in place of an agent's shifts of the same days, in everything in force at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import DAY, MINUTE, Zone, day_of
from shiftline.workforce.schedule.errors import StaleVersion
from shiftline.workforce.schedule.model import (
    ActivityDraft,
    Change,
    KeptPart,
    Part,
    PartDraft,
    Revised,
    RevisionKind,
    Schedule,
    Shift,
    ShiftDraft,
)
from shiftline.workforce.schedule.operations.planning import frame_for
from shiftline.workforce.schedule.operations.revising import Locked, Wanted, revise_in
from shiftline.workforce.schedule.rules.parts import Planned, plan_part
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import Frame, carry_activities
from shiftline.workforce.schedule.store import absences, schedules, shifts
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.business_units import find_business_unit


@dataclass(frozen=True, slots=True)
class ShiftGiven:
    """A shift as the caller gives it; ``field`` is where it stands in the request."""

    field: str
    start: datetime
    end: datetime
    is_swap: bool
    swap_reason: str | None
    skill_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SwapOrder:
    """Whose days shall hold which shifts. ``version`` is that of the named schedule as the caller read it, if they did."""

    schedule_id: str
    agent: Agent
    shifts: tuple[ShiftGiven, ...]
    version: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class SwappedDay:
    """One day of the business unit's calendar: what stood there, what stands there now."""

    day: date
    replaced: tuple[Shift, ...]
    now: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class SwappedSchedule:
    """One schedule after the swap. ``changed`` False: it already was as asked for."""

    schedule: Schedule
    previous_version: int
    changed: bool
    days: tuple[SwappedDay, ...]


@dataclass(frozen=True, slots=True)
class Swapped:
    """The schedule that the caller named, as it was before, and every one that the days touch, by week."""

    named: Schedule
    schedules: tuple[SwappedSchedule, ...]


async def swap_days_in(tx: Transaction, order: SwapOrder) -> Swapped:
    """Put the given shifts in place of the agent's shifts of the same days, in every schedule in force that they touch.

    Days are those on which a shift starts, in the business unit's zone. Raises Invalid naming fields, StaleVersion.
    """
    zone = order.agent.business_unit_zone
    by_day = _group(order.shifts, zone)
    named, touched = await _lock(tx, order, by_day)
    unit = await find_business_unit(tx, tx.context.organization_id, order.agent.business_unit_id)
    targets: list[_Target] = []
    report = Report()
    for schedule in touched:
        days = {day: given for day, given in by_day.items() if schedule.week_date <= day < schedule.end_date}
        kept = await shifts.read_parts(tx, tx.context.organization_id, schedule.id, [order.agent.person_id])
        frame = await frame_for(tx, unit, schedule.week_date, schedule.week_count)
        targets.append(_plan(order, _Given(schedule, frame, kept, days, zone), report))
    _check(report.problems)
    done = [await _swap_one(tx, order, target) for target in _in_order(targets)]
    return Swapped(named, tuple(sorted(done, key=lambda each: each.schedule.week_date)))


async def read_again_in(tx: Transaction, swapped: Swapped, agent_id: str) -> Swapped:
    """A swap after what else its transaction did to the same schedules: their versions and days as they are now."""
    organization_id = tx.context.organization_id
    again: list[SwappedSchedule] = []
    for each in swapped.schedules:
        schedule = await schedules.find_schedule(tx, organization_id, each.schedule.id)
        assert schedule is not None
        kept = (await shifts.read_parts(tx, organization_id, schedule.id, [agent_id])).get(agent_id)
        unit = await find_business_unit(tx, organization_id, schedule.business_unit_id)
        standing = kept.part.shifts if kept is not None else ()
        days = tuple(
            replace(day, now=tuple(shift for shift in standing if day_of(shift.start, unit.zone) == day.day))
            for day in each.days
        )
        changed = each.changed or schedule.version != each.schedule.version
        again.append(replace(each, schedule=schedule, changed=changed, days=days))
    return replace(swapped, schedules=tuple(again))


_NAMES = (("startDate", "startTime"), ("lengthMinutes", "endTime"))


def _check(problems: Sequence[Problem]) -> None:
    """Refuse, in the words of a swap: its shifts have a start and an end where those of a file have a length."""
    renamed: list[Problem] = []
    for problem in problems:
        path, _, name = problem.field.rpartition(".")
        theirs = dict(_NAMES).get(name, name)
        renamed.append(Problem(f"{path}.{theirs}" if path else theirs, problem.sentence, problem.code))
    if renamed:
        raise Invalid(*renamed)


@dataclass(frozen=True, slots=True)
class _Given:
    schedule: Schedule
    frame: Frame
    kept: Mapping[str, KeptPart]
    days: Mapping[date, tuple[ShiftGiven, ...]]
    zone: Zone


@dataclass(frozen=True, slots=True)
class _Target:
    given: _Given
    part: Part
    standing: Mapping[date, tuple[Shift, ...]]
    planned: Planned


def _plan(order: SwapOrder, given: _Given, report: Report) -> _Target:
    former = given.kept.get(order.agent.person_id)
    part = former.part if former is not None else Part(agent_id=order.agent.person_id)
    standing = {
        day: tuple(shift for shift in part.shifts if day_of(shift.start, given.zone) == day) for day in given.days
    }
    drafts = [draft for day, wanted in given.days.items() for draft in _draft_day(standing[day], wanted)]
    draft = PartDraft(field="shifts", agent_id=order.agent.person_id, shifts=tuple(drafts))
    return _Target(given, part, standing, plan_part(draft, part, order.agent.zone, given.frame, report))


def _in_order(targets: Sequence[_Target]) -> list[_Target]:
    """The order in which no new shift meets a shift of another schedule that is yet to be replaced.

    There always is one: two schedules that each had to wait for the other would have overlapped before.
    """
    waiting, ordered = list(targets), list[_Target]()
    while waiting:
        free = next(
            (each for each in waiting if not any(_meets(each, o) for o in waiting if o is not each)), waiting[0]
        )
        waiting.remove(free)
        ordered.append(free)
    return ordered


def _meets(one: _Target, other: _Target) -> bool:
    return any(n.start < o.end and o.start < n.end for n in one.planned.part.shifts for o in other.part.shifts)


def _group(given: Sequence[ShiftGiven], zone: Zone) -> dict[date, tuple[ShiftGiven, ...]]:
    days: dict[date, tuple[ShiftGiven, ...]] = {}
    for shift in sorted(given, key=lambda each: each.start):
        day = day_of(shift.start.astimezone(UTC), zone)
        days[day] = (*days.get(day, ()), shift)
    return days


async def _lock(
    tx: Transaction, order: SwapOrder, by_day: Mapping[date, tuple[ShiftGiven, ...]]
) -> tuple[Schedule, list[Schedule]]:
    """The named schedule, and those in force that the days belong to, all held in one order."""
    organization_id, unit_id = tx.context.organization_id, order.agent.business_unit_id
    # Time off that the same transaction approves later waits for publications: that must not happen with locks held.
    await absences.queue(tx, unit_id, "approval")
    span = (min(by_day), max(by_day) + DAY)
    found = await schedules.list_published(tx, organization_id, span, unit_id)
    held = await schedules.lock_schedules(tx, {order.schedule_id, *(schedule.id for schedule in found)})
    named = _judge_named(held.get(order.schedule_id), order)
    in_force = [schedule for schedule in held.values() if schedule.published]
    problems = [
        Problem(
            f"{given[0].field}.startTime",
            f"no schedule in force covers {day}; publish one for that week first.",
            "schedule.none.in.force",
        )
        for day, given in by_day.items()
        if not any(schedule.week_date <= day < schedule.end_date for schedule in in_force)
    ]
    if problems:
        raise Invalid(*problems)
    touched = [s for s in in_force if any(s.week_date <= day < s.end_date for day in by_day)]
    return named, sorted(touched, key=lambda schedule: schedule.week_date)


def _judge_named(named: Schedule | None, order: SwapOrder) -> Schedule:
    if named is None:
        sentence = f"there is no schedule with id {order.schedule_id}."
        raise Invalid(Problem("scheduleId", sentence, "not.found"))
    if named.business_unit_id != order.agent.business_unit_id:
        sentence = f"the schedule {named.id} is of another business unit than the agent."
        raise Invalid(Problem("scheduleId", sentence, "schedule.other.unit"))
    if not named.published:
        sentence = f"the schedule {named.id} is not in force; a swap changes what is published."
        raise Invalid(Problem("scheduleId", sentence, "schedule.not.published"))
    if order.version is not None and order.version != named.version:
        raise StaleVersion(named, order.version)
    return named


async def _swap_one(tx: Transaction, order: SwapOrder, target: _Target) -> SwappedSchedule:
    given, planned = target.given, target.planned
    schedule, agent_id = given.schedule, order.agent.person_id
    revised = await write_swap(
        tx, Locked(schedule, (), given.zone), Wanted(parts={agent_id: planned}, kept=given.kept), order.reason
    )
    part = revised.parts.get(agent_id, planned.part)
    days = tuple(
        SwappedDay(
            day=day,
            replaced=old,
            now=tuple(shift for shift in part.shifts if day_of(shift.start, given.zone) == day),
        )
        for day, old in target.standing.items()
    )
    return SwappedSchedule(
        schedule=revised.schedule,
        previous_version=schedule.version,
        changed=revised.changed,
        days=days,
    )


async def write_swap(tx: Transaction, locked: Locked, wanted: Wanted, reason: str | None) -> Revised:
    """The one write of swaps and trades: a revision of a schedule that is in force. Raises as ``revise_in``."""
    change = Change(RevisionKind.SWAP, published=True, description=locked.schedule.description, reason=reason)
    return await revise_in(tx, locked, change, wanted)


def _draft_day(standing: Sequence[Shift], given: Sequence[ShiftGiven]) -> list[ShiftDraft]:
    """The given shifts in place of the standing ones. One that stands already as given stays untouched; one at the same
    time is edited; the rest take the places of the rest in their order.
    """
    spare = list(standing)
    drafts: list[ShiftDraft] = []
    moved: list[ShiftGiven] = []
    for shift in given:
        same = next((old for old in spare if (old.start, old.end) == (shift.start, shift.end)), None)
        if same is None:
            moved.append(shift)
            continue
        spare.remove(same)
        if not _stands(shift, same):
            drafts.append(_draft(shift, same))
    drafts += [_draft(shift, spare.pop(0) if spare else None) for shift in moved]
    return drafts + [ShiftDraft(field=given[0].field, id=old.id, delete=True) for old in spare]


def _stands(given: ShiftGiven, standing: Shift) -> bool:
    """Whether a shift at the same time already is all that was asked for."""
    wanted = (given.is_swap, given.swap_reason or None, given.skill_ids)
    return wanted == (standing.is_swap, standing.swap_reason, standing.skill_ids)


def _draft(given: ShiftGiven, former: Shift | None) -> ShiftDraft:
    start = given.start.astimezone(UTC)
    return ShiftDraft(
        field=given.field,
        id=None if former is None else former.id,
        start=start,
        minutes=(given.end.astimezone(UTC) - start) // MINUTE,
        activities=None if former is None else _move_activities(former, start, given.end.astimezone(UTC)),
        is_swap=given.is_swap,
        swap_reason=given.swap_reason or "",
        skill_ids=given.skill_ids,
        manually_edited=True,
    )


def _move_activities(former: Shift, start: datetime, end: datetime) -> tuple[ActivityDraft, ...] | None:
    """A shift of the same length takes its breaks and meals along."""
    if end - start != former.end - former.start or (start, end) == (former.start, former.end):
        return None
    return carry_activities(former, start)
