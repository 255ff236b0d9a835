"""Shifts are left open, changed, withdrawn, handed out; what has begun expires.

Whether somebody may take one is judged where trades are (``trades/operations/open_shifts.py``).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import day_of, week_start
from shiftline.workforce.schedule.errors import NotInForce, OpenShiftGone, OpenShiftNotFound, StaleOpenShift
from shiftline.workforce.schedule.events import OpenShiftChanged, OpenShiftOpened
from shiftline.workforce.schedule.model import Schedule, Shift, ShiftDraft
from shiftline.workforce.schedule.model.open_shifts import (
    UNDECIDED,
    OpenShift,
    OpenShiftDraft,
    OpenShiftFilter,
    OpenShiftState,
)
from shiftline.workforce.schedule.operations.places import VIEW, find_schedule_by_id
from shiftline.workforce.schedule.operations.planning import frame_for, unknown_skills
from shiftline.workforce.schedule.operations.revising import lock_for
from shiftline.workforce.schedule.rules.editing.bench import Opened
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import carry_activities, plan_shift
from shiftline.workforce.schedule.store import open_shifts as store
from shiftline.workforce.schedule.store import schedules
from shiftline.workforce.units.model import Agent, BusinessUnit, ManagementUnit
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.operations.management_units import find_management_units

EDIT = "wfm:schedule:edit"
MOST = 2000
"""Open shifts in one answer."""
BATCH = 500
"""Open shifts that expire in one transaction."""


async def open_shift(context: Context, schedule_id: str, draft: OpenShiftDraft) -> OpenShift:
    """Leave a new shift open in a schedule in force, for the agents of one of its management units.

    Raises ScheduleNotFound, PermissionMissing, NotInForce, Invalid naming fields.
    """
    async with context.transaction() as tx:
        unit, schedule = await find_schedule_by_id(context, tx, schedule_id, EDIT)
        current = (await lock_for(tx, schedule, unit.zone, publishing=False)).schedule
        if not current.published:
            raise NotInForce("scheduleId", current.id)
        shift, inner = await _plan(tx, (current, unit), draft, None)
        made = _compose(tx, (current, unit), shift, inner.id)
        made = replace(made, queue_ids=draft.queue_ids or (), reason=draft.reason)
        await _insert(tx, made)
    return made


async def _plan(
    tx: Transaction, place: tuple[Schedule, BusinessUnit], draft: OpenShiftDraft, former: OpenShift | None
) -> tuple[Shift, ManagementUnit]:
    """The shift of a draft, under the wall of its management unit. Raises Invalid."""
    schedule, unit = place
    report = Report()
    frame = await frame_for(tx, unit, schedule.week_date, schedule.week_count)
    inner = await _find_inner(tx, unit, draft.management_unit_id, former)
    await _check_needs(tx, draft, report)
    asked = ShiftDraft(
        field="",
        id=None if former is None else former.shift.id,
        start=draft.start,
        minutes=draft.minutes,
        activities=None if draft.activities is None else tuple(draft.activities),
        skill_ids=draft.skill_ids,
        manually_edited=True,
    )
    if former is not None and draft.activities is None and draft.minutes is None and draft.start is not None:
        carried = carry_activities(former.shift, draft.start)
        asked = ShiftDraft(field="", id=former.shift.id, start=draft.start, minutes=former.shift.minutes,
                           activities=carried, skill_ids=draft.skill_ids, manually_edited=True)  # fmt: skip
    shift = plan_shift(asked, None if former is None else former.shift, inner.zone, frame, report)
    if shift is not None and shift.start <= tx.context.now():
        report.refuse("startDate", "must lie ahead: a shift that has begun cannot be left open.", "open.shift.begun")
    if report.problems:
        raise Invalid(*(replace(each, field=each.field.removeprefix(".")) for each in report.problems))
    assert shift is not None
    return shift, inner


async def _find_inner(
    tx: Transaction, unit: BusinessUnit, management_unit_id: str | None, former: OpenShift | None
) -> ManagementUnit:
    wanted = management_unit_id or ("" if former is None else former.management_unit_id)
    for inner in await find_management_units(tx, tx.context.organization_id, unit.id):
        if inner.id == wanted:
            return inner
    sentence = f"{wanted} is no management unit of {unit.name}." if wanted else "is required."
    raise Invalid(Problem("managementUnitId", sentence, "management.unit.unknown"))


async def _check_needs(tx: Transaction, draft: OpenShiftDraft, report: Report) -> None:
    """The skills (languages are skills of a kind of their own) and queues that a draft names exist."""
    unknown = await unknown_skills(tx, draft.skill_ids or ())
    for index, skill_id in enumerate(draft.skill_ids or ()):
        if skill_id in unknown:
            report.refuse(f"skillIds[{index}]", f"there is no skill {skill_id}.", "skill.unknown")
    await _check_queues(tx, draft.queue_ids or (), "queueIds", report)


async def _check_queues(tx: Transaction, queue_ids: Sequence[str], field: str, report: Report) -> None:
    if not queue_ids:
        return
    known = await store.find_queues(tx, tx.context.organization_id, queue_ids)
    for index, queue_id in enumerate(queue_ids):
        if queue_id not in known:
            report.refuse(f"{field}[{index}]", f"there is no queue {queue_id}.", "queue.unknown")


def _compose(tx: Transaction, place: tuple[Schedule, BusinessUnit], shift: Shift, unit_id: str) -> OpenShift:
    schedule, unit = place
    now, by = tx.context.now(), tx.context.actor.id
    return OpenShift(
        id=new_id(),
        schedule_id=schedule.id,
        schedule_week_date=schedule.week_date,
        business_unit_id=unit.id,
        management_unit_id=unit_id,
        week_date=week_start(day_of(shift.start, unit.zone), unit.start_day_of_week),
        shift=shift,
        queue_ids=(),
        state=OpenShiftState.OPEN,
        opened_by=by,
        opened_at=now,
        changed_by=by,
        changed_at=now,
    )


async def _insert(tx: Transaction, made: OpenShift) -> None:
    await store.insert_open_shift(tx, made)
    organization_id = tx.context.organization_id
    tx.record(OpenShiftOpened(organization_id=organization_id, open_shift_id=made.id, open_shift=made))


async def check_opened(tx: Transaction, schedule: Schedule, opened: Sequence[Opened], report: Report) -> None:
    """Whether what edits take from agents may be left open; refused at the edit."""
    for each in opened:
        field = each.edit.field
        if not schedule.published:
            sentence = f"the schedule {schedule.id} is not in force; shifts are left open in published weeks only."
            report.refuse(f"{field}.type", sentence, "schedule.not.published")
        if each.shift.start <= tx.context.now():
            report.refuse(f"{field}.shiftId", "the shift has begun and cannot be left open.", "open.shift.begun")
        await _check_queues(tx, each.edit.queue_ids or (), f"{field}.queueIds", report)


async def leave_open_in(
    tx: Transaction,
    place: tuple[Schedule, BusinessUnit],
    opened: Sequence[Opened],
    why: tuple[Mapping[str, Agent], str | None],
) -> tuple[str, ...]:
    """Keep what edits took from agents as open shifts, in the transaction of the edits; ``why``: the agents, the reason."""
    agents, reason = why
    ids: list[str] = []
    for each in opened:
        made = _compose(tx, place, each.shift, agents[each.agent_id].management_unit_id)
        queue_ids = each.edit.queue_ids or ()
        told = each.edit.description or reason
        await _insert(tx, replace(made, queue_ids=queue_ids, reason=told, former_agent_id=each.agent_id))
        ids.append(made.id)
    return tuple(ids)


@dataclass(frozen=True, slots=True)
class Change:
    """What shall become of an open shift, at the version that was read. ``withdraw``: nobody shall work it any more."""

    open_shift_id: str
    version: int
    draft: OpenShiftDraft
    withdraw: bool = False


async def change_open_shift(context: Context, change: Change) -> OpenShift:
    """Change or withdraw an open shift; what is so already stays so. A claim that waits for a review ends with either.

    Raises OpenShiftNotFound, PermissionMissing, StaleOpenShift, OpenShiftGone (409), NotInForce, Invalid.
    """
    async with context.transaction() as tx:
        former = (await lock_open_shifts_in(tx, [change.open_shift_id])).get(change.open_shift_id)
        if former is None:
            raise OpenShiftNotFound(change.open_shift_id)
        unit = await find_business_unit(tx, context.organization_id, former.business_unit_id)
        require(context, EDIT, division_id=unit.division_id)
        current = former.as_of(context.now())
        if change.withdraw and current.state is OpenShiftState.WITHDRAWN:
            return current
        if current.state not in UNDECIDED:
            raise OpenShiftGone(current, told=True)
        if current.version != change.version:
            raise StaleOpenShift(current, change.version)
        if change.withdraw:
            why = ("open.shift.withdrawn", change.draft.reason or "A planner withdrew it.")
            return await keep_open_shift_in(
                tx, replace(current, state=OpenShiftState.WITHDRAWN, taker=None, ruling=why), former
            )
        return await _change(tx, former, unit, change.draft)


async def _change(tx: Transaction, former: OpenShift, unit: BusinessUnit, draft: OpenShiftDraft) -> OpenShift:
    schedule = await schedules.find_schedule(tx, tx.context.organization_id, former.schedule_id)
    if schedule is None or not schedule.published:
        raise NotInForce("scheduleId", former.schedule_id)
    shift, inner = await _plan(tx, (schedule, unit), draft, former)
    wanted = replace(
        former,
        management_unit_id=inner.id,
        week_date=week_start(day_of(shift.start, unit.zone), unit.start_day_of_week),
        shift=shift,
        queue_ids=former.queue_ids if draft.queue_ids is None else draft.queue_ids,
        reason=former.reason if draft.reason is None else draft.reason,
    )
    if wanted == former:
        return former
    return await keep_open_shift_in(tx, replace(wanted, state=OpenShiftState.OPEN, taker=None, ruling=None), former)


async def list_schedule_open_shifts(
    context: Context, schedule_id: str, states: Sequence[OpenShiftState] | None, management_unit_id: str | None
) -> list[OpenShift]:
    """The open shifts of a schedule, the earliest first, for planners. Raises ScheduleNotFound, PermissionMissing, Invalid."""
    async with context.reader() as reader:
        _, schedule = await find_schedule_by_id(context, reader, schedule_id, *VIEW)
        units = None if management_unit_id is None else [management_unit_id]
        found = await find_open_shifts(
            reader, context.organization_id, OpenShiftFilter(schedule_id=schedule.id, management_unit_ids=units)
        )
    now = [each.as_of(context.now()) for each in found]
    return [each for each in now if states is None or each.state in states]


async def get_open_shift(context: Context, open_shift_id: str) -> OpenShift:
    """An open shift in whatever state, for planners. Raises OpenShiftNotFound, PermissionMissing."""
    async with context.reader() as reader:
        found = await find_open_shifts(reader, context.organization_id, OpenShiftFilter(ids=[open_shift_id]))
        if not found:
            raise OpenShiftNotFound(open_shift_id)
        unit = await find_business_unit(reader, context.organization_id, found[0].business_unit_id)
        require(context, *VIEW, division_id=unit.division_id)
    return found[0].as_of(context.now())


async def find_open_shifts(reader: Reader, organization_id: str, wanted: OpenShiftFilter) -> list[OpenShift]:
    """For other rooms, too. Raises Invalid where more match than one answer holds."""
    found = await store.list_open_shifts(reader, organization_id, wanted, MOST + 1)
    if len(found) > MOST:
        sentence = f"more than {MOST} open shifts match: ask for one management unit, or for fewer weeks."
        raise Invalid(Problem("managementUnitId", sentence, "open.shifts.too.many"))
    return found


async def lock_open_shifts_in(tx: Transaction, ids: Collection[str], organization_id: str = "") -> dict[str, OpenShift]:
    """Open shifts that nobody else changes until the end of the transaction; before schedules are held."""
    return await store.lock_open_shifts(tx, organization_id or tx.context.organization_id, ids)


async def keep_open_shift_in(
    tx: Transaction, moved: OpenShift, former: OpenShift, organization_id: str = ""
) -> OpenShift:
    """Keep a locked open shift in its new state, and tell of it; ``former``: as it was locked.

    In the actor's organization unless another is named.
    """
    organization_id = organization_id or tx.context.organization_id
    kept = replace(moved, version=moved.version + 1, changed_by=tx.context.actor.id, changed_at=tx.context.now())
    await store.update_open_shift(tx, kept, organization_id)
    tx.record(
        OpenShiftChanged(
            organization_id=organization_id,
            open_shift_id=kept.id,
            former_state=former.state,
            open_shift=kept,
            former_taker_id=None if former.taker is None else former.taker.person_id,
        )
    )
    return kept


async def expire_open_shifts(context: Context) -> int:
    """End the next that have begun undecided, in all organizations; how many: call it until there is none."""
    async with context.transaction() as tx:
        due = await store.lock_due(tx, BATCH)
        for organization_id, open_shift_id in due:
            former = (await lock_open_shifts_in(tx, [open_shift_id], organization_id))[open_shift_id]
            why = ("open.shift.expired", f"It began at {former.shift.start:%Y-%m-%dT%H:%MZ}, and nobody had taken it.")
            ended = replace(former, state=OpenShiftState.EXPIRED, taker=None, ruling=why)
            await keep_open_shift_in(tx, ended, former, organization_id)
        return len(due)
