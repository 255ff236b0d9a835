"""Making schedules and changing them: blank, from a file, by a file; deleting them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.workforce.schedule.errors import CannotUnpublish, StaleVersion, VersionMissing
from shiftline.workforce.schedule.model import (
    WEEKS_AT_MOST,
    Change,
    KeptPart,
    Note,
    PartDraft,
    Revised,
    RevisionKind,
    Schedule,
    ScheduleDraft,
)
from shiftline.workforce.schedule.operations.places import Place, check_week, find_schedule_at, find_unit
from shiftline.workforce.schedule.operations.planning import frame_for, plan_parts
from shiftline.workforce.schedule.operations.revising import (
    NewSchedule,
    Wanted,
    create_in,
    delete_in,
    lock_for,
    revise_in,
)
from shiftline.workforce.schedule.store import shifts
from shiftline.workforce.schedule.store.schedules import Weeks
from shiftline.workforce.units.model import BusinessUnit
from shiftline.workforce.units.operations.business_units import find_business_unit


async def create_schedule(context: Context, business_unit_id: str, week_date: date, draft: ScheduleDraft) -> Schedule:
    """A blank schedule. Raises BusinessUnitNotFound, IdTaken, Invalid."""
    async with context.transaction() as tx:
        unit = await find_unit(context, tx, business_unit_id, "wfm:schedule:add")
        made = await make_schedule_in(tx, unit, week_date, draft, Change(RevisionKind.CREATE, False, ""))
        return made.schedule


async def import_schedule_in(
    tx: Transaction, business_unit_id: str, week_date: date, draft: ScheduleDraft, operation_id: str | None = None
) -> Revised:
    """A new schedule with everything in it, in force at once when the draft says so.

    Raises BusinessUnitNotFound, IdTaken, Invalid, ShiftsOverlap, WeekOccupied.
    """
    unit = await find_business_unit(tx, tx.context.organization_id, business_unit_id)
    change = Change(RevisionKind.IMPORT, bool(draft.published), "", reason=draft.reason, operation_id=operation_id)
    return await make_schedule_in(tx, unit, week_date, draft, change)


async def make_schedule_in(
    tx: Transaction, unit: BusinessUnit, week_date: date, draft: ScheduleDraft, change: Change
) -> Revised:
    """The same, for a unit that was found; the draft's description and forecast go into the change."""
    check_week(unit, week_date, "weekId")
    week_count = draft.week_count or 1
    if not 1 <= week_count <= WEEKS_AT_MOST:
        raise Invalid(Problem("weekCount", f"must be from 1 to {WEEKS_AT_MOST}."))
    frame = await frame_for(tx, unit, week_date, week_count)
    planned, report = await plan_parts(tx, unit, frame, draft.parts, {})
    whole = Change(
        kind=change.kind,
        published=change.published,
        description=(draft.description or "").strip() or f"Week of {week_date}",
        reason=change.reason,
        operation_id=change.operation_id,
        short_term_forecast=draft.short_term_forecast,
    )
    new = NewSchedule(draft.id or new_id(), Weeks(unit.id, week_date, week_count), unit.zone, whole)
    made = await create_in(tx, new, {agent_id: plan for agent_id, plan in planned.items() if plan is not None})
    return with_notes(made, report.notes)


async def update_schedule_in(
    tx: Transaction, schedule: Schedule, draft: ScheduleDraft, operation_id: str | None = None
) -> Revised:
    """Change a schedule: what the draft does not name stays. An equal one changes nothing.

    Raises StaleVersion, StalePart, PartGone, VersionMissing, CannotUnpublish, Invalid, ShiftsOverlap, WeekOccupied.
    """
    unit = await find_business_unit(tx, tx.context.organization_id, schedule.business_unit_id)
    locked = await lock_for(tx, schedule, unit.zone, publishing=bool(draft.published))
    current = locked.schedule
    check_version(current, draft.version, "metadata.version")
    if draft.published is False and current.published:
        raise CannotUnpublish
    kept = await _read_named(tx, current, draft.parts)
    frame = await frame_for(tx, unit, current.week_date, current.week_count)
    planned, report = await plan_parts(tx, unit, frame, draft.parts, kept)
    entering = bool(draft.published) and not current.published
    change = Change(
        kind=RevisionKind.PUBLISH if entering else RevisionKind.UPDATE,
        published=current.published or entering,
        description=current.description if draft.description is None else draft.description.strip(),
        reason=draft.reason,
        operation_id=operation_id,
        short_term_forecast=draft.short_term_forecast,
    )
    revised = await revise_in(tx, locked, change, Wanted(planned, kept))
    return with_notes(revised, report.notes)


def check_version(current: Schedule, sent: int | None, field: str) -> None:
    """Whether the caller knows what it changes. Raises VersionMissing, StaleVersion."""
    if sent is None:
        raise VersionMissing(field)
    if sent != current.version:
        raise StaleVersion(current, sent)


async def _read_named(tx: Transaction, schedule: Schedule, parts: tuple[PartDraft, ...]) -> Mapping[str, KeptPart]:
    named = {part.agent_id for part in parts}
    return await shifts.read_parts(tx, tx.context.organization_id, schedule.id, named) if named else {}


def with_notes(revised: Revised, notes: Sequence[Note]) -> Revised:
    """The result with what was decided for the caller."""
    return replace(revised, notes=tuple(notes))


async def delete_schedule(context: Context, place: Place) -> None:
    """Delete a schedule, also one in force; its revisions stay stored. Raises ScheduleNotFound."""
    async with context.transaction() as tx:
        unit, schedule = await find_schedule_at(context, tx, place, "wfm:schedule:delete")
        await delete_in(tx, await lock_for(tx, schedule, unit.zone, publishing=False))
