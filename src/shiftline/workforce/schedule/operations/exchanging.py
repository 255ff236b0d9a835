"""Shifts in force go from one agent to another, with what belongs to them, in all schedules at once or not at all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shiftline.foundation.database import Transaction
from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.errors import OpenShiftStands, ShiftMoved
from shiftline.workforce.schedule.model import PartDraft, Revised, Schedule, Shift, ShiftDraft
from shiftline.workforce.schedule.model.open_shifts import OpenShift
from shiftline.workforce.schedule.operations.planning import frame_for
from shiftline.workforce.schedule.operations.revising import Locked, Wanted
from shiftline.workforce.schedule.operations.swapping import write_swap
from shiftline.workforce.schedule.rules.parts import Planned, plan_part
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import carry_activities
from shiftline.workforce.schedule.store import open_shifts, schedules, shifts
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.business_units import find_business_unit


@dataclass(frozen=True, slots=True)
class Handover:
    """A shift that goes to another agent. ``span`` is what was agreed on; ``field`` names it in refusals.

    Without a giver it is an open shift, which the caller has locked; whoever calls keeps what becomes of it.
    """

    field: str
    schedule_id: str
    shift_id: str
    span: Interval
    giver: Agent | None
    taker: Agent
    open_shift: OpenShift | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """What changes hands, and why; nobody gives or takes more than one shift."""

    handovers: tuple[Handover, ...]
    reason: str


async def hold_schedules_in(tx: Transaction, schedule_ids: Collection[str]) -> None:
    """Let nobody else change these schedules until the end of the transaction; always in the order of their ids."""
    await schedules.lock_schedules(tx, set(schedule_ids))


async def exchange_shifts_in(tx: Transaction, exchange: Exchange) -> tuple[Revised, ...]:
    """Hand the shifts over: same times and activities, under the walls of their new agents, marked as swapped
    unless they were open.

    Raises ShiftMoved, OpenShiftStands, ShiftsOverlap (Conflict), Invalid naming fields; then nothing is done.
    """
    held = await schedules.lock_schedules(tx, {each.schedule_id for each in exchange.handovers})
    standing = {each.shift_id: await _find(tx, held, each) for each in exchange.handovers}
    done: dict[str, Revised] = {}
    for step in _order_steps(exchange.handovers):
        current = done[step.schedule_id].schedule if step.schedule_id in done else held[step.schedule_id]
        done[step.schedule_id] = await _write(tx, current, step, (standing, exchange.reason))
    return tuple(done.values())


async def _find(tx: Transaction, held: Mapping[str, Schedule], handover: Handover) -> Shift:
    schedule = held.get(handover.schedule_id)
    if handover.giver is None:
        return await _find_open(tx, schedule, handover)
    giver = handover.giver.person_id
    if schedule is not None and schedule.published:
        kept = await shifts.read_parts(tx, tx.context.organization_id, schedule.id, [giver])
        found = kept[giver].part.shifts if giver in kept else ()
        for shift in found:
            if shift.id == handover.shift_id and shift.span == handover.span:
                return shift
    raise ShiftMoved(handover.shift_id, giver)


async def _find_open(tx: Transaction, schedule: Schedule | None, handover: Handover) -> Shift:
    """What was left open, as long as its schedule is in force and nobody works it again."""
    found = handover.open_shift
    assert found is not None
    scope = (tx, tx.context.organization_id, found.schedule_id, found.shift.id)
    if schedule is None or not schedule.published or await open_shifts.find_standing(*scope) is not None:
        raise OpenShiftStands(found.id, found.schedule_id)
    return found.shift


@dataclass(frozen=True, slots=True)
class _Step:
    """One revision of one schedule: what leaves its agent, and what comes to one."""

    schedule_id: str
    leaving: tuple[Handover, ...]
    coming: tuple[Handover, ...]


def _order_steps(handovers: Sequence[Handover]) -> list[_Step]:
    """One revision a schedule, unless some would wait for each other; then one of them loses its shifts first.

    A shift can come to somebody only when the one they give for it at the same time has left them.
    """
    waiting = {
        schedule_id: tuple(each for each in handovers if each.schedule_id == schedule_id)
        for schedule_id in sorted({each.schedule_id for each in handovers})
    }
    steps: list[_Step] = []
    left: set[str] = set()
    while waiting:
        free = next((each for each, part in waiting.items() if not _is_blocked(part, handovers, left)), None)
        schedule_id = free or next(each for each in waiting if each not in left)
        part = waiting[schedule_id]
        leaving = () if schedule_id in left else part
        steps.append(_Step(schedule_id, leaving, part if free else ()))
        left.add(schedule_id)
        if free:
            del waiting[schedule_id]
    return steps


def _is_blocked(coming: Sequence[Handover], handovers: Sequence[Handover], left: Collection[str]) -> bool:
    """Whether a taker still holds, in another schedule, a shift that overlaps what they get."""
    return any(
        other.giver is not None
        and each.taker.person_id == other.giver.person_id
        and each.schedule_id != other.schedule_id
        and other.schedule_id not in left
        and each.span.overlaps(other.span)
        for each in coming
        for other in handovers
    )


async def _write(tx: Transaction, schedule: Schedule, step: _Step, what: tuple[Mapping[str, Shift], str]) -> Revised:
    organization_id, (standing, reason) = tx.context.organization_id, what
    unit = await find_business_unit(tx, organization_id, schedule.business_unit_id)
    frame = await frame_for(tx, unit, schedule.week_date, schedule.week_count)
    agents = {each.giver.person_id: each.giver for each in step.leaving if each.giver is not None}
    agents |= {each.taker.person_id: each.taker for each in step.coming}
    kept = await shifts.read_parts(tx, organization_id, schedule.id, list(agents))
    report, planned = Report(), dict[str, Planned | None]()
    for agent in agents.values():
        former = kept[agent.person_id].part if agent.person_id in kept else None
        planned[agent.person_id] = plan_part(_draft(step, agent, standing, reason), former, agent.zone, frame, report)
    report.check()
    return await write_swap(tx, Locked(schedule, (), unit.zone), Wanted(parts=planned, kept=kept), reason)


def _draft(step: _Step, agent: Agent, standing: Mapping[str, Shift], reason: str) -> PartDraft:
    lost = [
        ShiftDraft(field=each.field, id=each.shift_id, delete=True)
        for each in step.leaving
        if each.giver is not None and each.giver.person_id == agent.person_id
    ]
    won = [
        _hand_over(each, standing[each.shift_id], reason)
        for each in step.coming
        if each.taker.person_id == agent.person_id
    ]
    return PartDraft(field="shifts", agent_id=agent.person_id, shifts=(*lost, *won))


def _hand_over(handover: Handover, shift: Shift, reason: str) -> ShiftDraft:
    """The shift as it comes to its new agent; it is no longer a shift of anybody's work plan."""
    return ShiftDraft(
        field=handover.field,
        id=shift.id,
        start=shift.start,
        minutes=shift.minutes,
        activities=carry_activities(shift, shift.start),
        is_swap=handover.giver is not None,
        swap_reason=reason if handover.giver is not None else "",
        skill_ids=shift.skill_ids,
        manually_edited=True,
    )
