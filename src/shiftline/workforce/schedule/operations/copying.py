"""Copying a schedule to another week, by wall time: 22:00-06:00 stays 22:00-06:00 over every change of clocks."""

from dataclasses import dataclass
from datetime import date

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.workforce.schedule.model import Change, Part, Revised, RevisionKind
from shiftline.workforce.schedule.model.operations import OperationStatus
from shiftline.workforce.schedule.operations.carrying import take_off
from shiftline.workforce.schedule.operations.changing import with_notes
from shiftline.workforce.schedule.operations.places import Place, check_week, find_schedule_at
from shiftline.workforce.schedule.operations.planning import let_others_work
from shiftline.workforce.schedule.operations.revising import NewSchedule, create_in
from shiftline.workforce.schedule.operations.uploads import Outcome
from shiftline.workforce.schedule.rules.copies import move_part
from shiftline.workforce.schedule.rules.parts import Planned
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.store import shifts
from shiftline.workforce.schedule.store.schedules import Weeks
from shiftline.workforce.units.operations.agents import find_agents


@dataclass(frozen=True, slots=True)
class CopyWish:
    """Where a copy shall stand and what it shall be called."""

    week_date: date
    description: str | None = None
    include_forecast: bool = False
    id: str | None = None


async def copy_schedule(context: Context, place: Place, wish: CopyWish) -> Outcome:
    """A draft with the same wall times in another week, without the time off of its own; agents who left the unit are left
    out and noted.

    Raises ScheduleNotFound, IdTaken, Invalid.
    """
    async with context.transaction() as tx:
        revised = await copy_in(tx, place, wish)
    return Outcome(new_id(), OperationStatus.COMPLETE, revised.schedule, revised)


async def copy_in(tx: Transaction, place: Place, wish: CopyWish) -> Revised:
    """The same in the caller's transaction."""
    unit, source = await find_schedule_at(tx.context, tx, place, "wfm:schedule:add")
    check_week(unit, wish.week_date, "weekDate")
    if wish.week_date.year not in range(1990, 2200):
        raise Invalid(Problem("weekDate", "the year must be from 1990 to 2199."))
    kept = await shifts.read_all_parts(tx, tx.context.organization_id, source.id)
    agents = await find_agents(tx, tx.context.organization_id, list(kept), business_unit_id=unit.id)
    report = Report()
    parts: dict[str, Planned] = {}
    bare = await take_off(tx, source, {agent_id: each.part for agent_id, each in kept.items()})
    for index, (agent_id, each) in enumerate(bare.items()):
        await let_others_work(index)
        if agent_id not in agents:
            sentence = f"{agent_id} is not an agent of {unit.name} any more and was left out."
            report.remark("agent.left", f"agentSchedules[{index}]", sentence)
            continue
        part: Part = move_part(each, wish.week_date - source.week_date, report)
        parts[agent_id] = Planned(part, {})
    report.check()
    change = Change(
        RevisionKind.COPY,
        published=False,
        description=(wish.description or "").strip() or f"Copy of {source.description}",
        reason=f"copy of schedule {source.id}, version {source.version}",
        short_term_forecast=source.short_term_forecast if wish.include_forecast else None,
    )
    weeks = Weeks(unit.id, wish.week_date, source.week_count)
    made = await create_in(tx, NewSchedule(wish.id or new_id(), weeks, unit.zone, change), parts)
    return with_notes(made, report.notes)
