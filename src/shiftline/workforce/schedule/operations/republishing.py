"""Putting an earlier revision of a schedule into force again, as a new revision."""

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.workforce.schedule.errors import RevisionNotFound
from shiftline.workforce.schedule.model import Change, Revised, RevisionKind, Schedule
from shiftline.workforce.schedule.operations.changing import check_version
from shiftline.workforce.schedule.operations.places import find_schedule_by_id
from shiftline.workforce.schedule.operations.revising import Wanted, lock_for, revise_in
from shiftline.workforce.schedule.rules.parts import Planned
from shiftline.workforce.schedule.store import schedules, shifts
from shiftline.workforce.units.model import BusinessUnit


async def republish_revision(
    context: Context, schedule_id: str, number: int, version: int | None = None, reason: str | None = None
) -> Revised:
    """Put a revision's content into force; other schedules of its weeks are set aside. Already so: nothing changes.

    Raises ScheduleNotFound, RevisionNotFound, StaleVersion, Invalid or ShiftsOverlap (an agent works elsewhere by now),
    WeekOccupied.
    """
    async with context.transaction() as tx:
        unit, schedule = await find_schedule_by_id(context, tx, schedule_id, "wfm:schedule:edit")
        return await republish_in(tx, unit, schedule, number, (version, reason))


async def republish_in(
    tx: Transaction, unit: BusinessUnit, schedule: Schedule, number: int, wish: tuple[int | None, str | None]
) -> Revised:
    """The same in the caller's transaction; the wish is a version to be current (or None) and a reason (or None)."""
    organization_id, (version, reason) = tx.context.organization_id, wish
    locked = await lock_for(tx, schedule, unit.zone, publishing=True)
    current = locked.schedule
    if version is not None:
        check_version(current, version, "version")
    for revision in await schedules.list_revisions(tx, organization_id, current.id, number):
        description = revision.description
        break
    else:
        raise RevisionNotFound(schedule.id, number)
    kept = await shifts.read_all_parts(tx, organization_id, current.id)
    former = await shifts.read_all_parts(tx, organization_id, current.id, number=number)
    parts: dict[str, Planned | None] = dict.fromkeys(kept)
    parts |= {agent_id: Planned(then.part, {}) for agent_id, then in former.items()}
    change = Change(RevisionKind.REPUBLISH, published=True, description=description, reason=reason, restores=number)
    return await revise_in(tx, locked, change, Wanted(parts, kept, number=number))
