"""Shifts in force go from one agent to another, with what belongs to them, in all schedules at once or not at all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shiftline.foundation.database import Transaction
from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.errors import ShiftMoved
from shiftline.workforce.schedule.model import PartDraft, Revised, Schedule, Shift, ShiftDraft
from shiftline.workforce.schedule.operations.planning import frame_for
from shiftline.workforce.schedule.operations.revising import Locked, Wanted
from shiftline.workforce.schedule.operations.swapping import write_swap
from shiftline.workforce.schedule.rules.parts import Planned, plan_part
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import carry_activities
from shiftline.workforce.schedule.store import schedules, shifts
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.business_units import find_business_unit


@dataclass(frozen=True, slots=True)
class Handover:
    """A shift that goes to another agent. ``span`` is what was agreed on; ``field`` names it in refusals."""

    field: str
    schedule_id: str
    shift_id: str
    span: Interval
    giver: Agent
    taker: Agent


@dataclass(frozen=True, slots=True)
class Exchange:
    """What changes hands, and why; at most one shift each way."""

    handovers: tuple[Handover, ...]
    reason: str


async def hold_schedules_in(tx: Transaction, schedule_ids: Collection[str]) -> None:
    """Let nobody else change these schedules until the end of the transaction; always in the order of their ids."""
    await schedules.lock_schedules(tx, set(schedule_ids))


async def exchange_shifts_in(tx: Transaction, exchange: Exchange) -> tuple[Revised, ...]:
    """Hand the shifts over: same times and activities, under the walls of their new agents, marked as swapped.

    Raises ShiftMoved, ShiftsOverlap (Conflict), Invalid naming fields; then nothing is done.
    """
    held = await schedules.lock_schedules(tx, {each.schedule_id for each in exchange.handovers})
    standing = {each.shift_id: await _find(tx, held, each) for each in exchange.handovers}
    done: dict[str, Revised] = {}
    for step in _order_steps(exchange.handovers):
        current = done[step.schedule_id].schedule if step.schedule_id in done else held[step.schedule_id]
        done[step.schedule_id] = await _write(tx, current, step, (standing, exchange.reason))
    return tuple(done.values())


async def _find(tx: Transaction, held: Mapping[str, Schedule], handover: Handover) -> Shift:
    schedule, giver = held.get(handover.schedule_id), handover.giver.person_id
    if schedule is not None and schedule.published:
        kept = await shifts.read_parts(tx, tx.context.organization_id, schedule.id, [giver])
        found = kept[giver].part.shifts if giver in kept else ()
        for shift in found:
            if shift.id == handover.shift_id and shift.span == handover.span:
                return shift
    raise ShiftMoved(handover.shift_id, giver)


@dataclass(frozen=True, slots=True)
class _Step:
    """One revision of one schedule: what leaves its agent, and what comes to one."""

    schedule_id: str
    leaving: tuple[Handover, ...]
    coming: tuple[Handover, ...]


def _order_steps(handovers: Sequence[Handover]) -> list[_Step]:
    """One revision a schedule. Shifts of two schedules that overlap need a third: nobody holds both for a moment."""
    ids = sorted({each.schedule_id for each in handovers})
    parts = {schedule_id: tuple(each for each in handovers if each.schedule_id == schedule_id) for schedule_id in ids}
    if len(ids) > 1 and handovers[0].span.overlaps(handovers[1].span):
        first, second = (parts[schedule_id] for schedule_id in ids)
        return [_Step(ids[0], first, ()), _Step(ids[1], second, second), _Step(ids[0], (), first)]
    return [_Step(schedule_id, part, part) for schedule_id, part in parts.items()]


async def _write(tx: Transaction, schedule: Schedule, step: _Step, what: tuple[Mapping[str, Shift], str]) -> Revised:
    organization_id, (standing, reason) = tx.context.organization_id, what
    unit = await find_business_unit(tx, organization_id, schedule.business_unit_id)
    frame = await frame_for(tx, unit, schedule.week_date, schedule.week_count)
    agents = {each.giver.person_id: each.giver for each in step.leaving}
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
        if each.giver.person_id == agent.person_id
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
        is_swap=True,
        swap_reason=reason,
        skill_ids=shift.skill_ids,
        manually_edited=True,
    )
