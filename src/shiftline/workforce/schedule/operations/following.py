"""When the rules of a zone change between publishing and a shift: wall times stay, instants follow."""

import structlog

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Refusal, Unavailable
from shiftline.foundation.time import DAY, TZDATA_VERSION
from shiftline.workforce.schedule.model import Change, Part, RevisionKind, Shift
from shiftline.workforce.schedule.operations.revising import Wanted, lock_for, revise_in
from shiftline.workforce.schedule.rules.copies import move_shift
from shiftline.workforce.schedule.rules.parts import Planned
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.store import schedules, shifts
from shiftline.workforce.units.operations.business_units import find_business_unit

NO_DAYS = 0 * DAY

log = structlog.get_logger()


async def follow_tzdata(context: Context) -> int:
    """Bring every shift that is yet to end to the present tzdata; the number of schedules whose instants moved.

    A schedule whose shifts would then overlap is left as it is and logged: a planner must look at it.
    """
    async with context.reader() as reader:
        outdated = await schedules.find_outdated(reader, TZDATA_VERSION, context.now())
    moved = 0
    for organization_id, schedule_id in outdated:
        mine = context.acting_as(Actor(organization_id, "system"))
        try:
            async with mine.transaction() as tx:
                moved += await _follow(tx, schedule_id)
        except Unavailable:
            raise
        except Refusal as refusal:
            log.warning("schedule.tzdata.not_followed", schedule_id=schedule_id, message=refusal.message)
    return moved


async def _follow(tx: Transaction, schedule_id: str) -> bool:
    """Bring one schedule to the present tzdata; whether any instant moved."""
    organization_id = tx.context.organization_id
    schedule = await schedules.find_schedule(tx, organization_id, schedule_id)
    if schedule is None:
        return False
    unit = await find_business_unit(tx, organization_id, schedule.business_unit_id)
    locked = await lock_for(tx, schedule, unit.zone, publishing=False)
    agents = await schedules.list_outdated_agents(tx, schedule_id, TZDATA_VERSION)
    kept = await shifts.read_parts(tx, organization_id, schedule_id, agents)
    parts = {agent_id: Planned(_read_again(tx, each.part), {}) for agent_id, each in kept.items()}
    change = Change(
        kind=RevisionKind.UPDATE,
        published=locked.schedule.published,
        description=locked.schedule.description,
        reason=f"tzdata {TZDATA_VERSION}: the zone's rules changed; wall times stay, instants follow",
    )
    revised = await revise_in(tx, locked, change, Wanted(parts, kept))
    await schedules.mark_tzdata(tx, schedule_id, TZDATA_VERSION)
    return revised.changed


def _read_again(tx: Transaction, part: Part) -> Part:
    now = tx.context.now()
    again: list[Shift] = [
        shift if shift.end <= now or shift.tzdata == TZDATA_VERSION else move_shift(shift, NO_DAYS, shift.id, Report())
        for shift in part.shifts
    ]
    return Part(
        agent_id=part.agent_id,
        shifts=tuple(again),
        full_days=part.full_days,
        work_plan_id=part.work_plan_id,
        work_plan_ids_per_week=part.work_plan_ids_per_week,
    )
