"""What can be done with rotations of plans: list, read, make, change, copy, delete."""

from dataclasses import replace

import psycopg

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.workforce.units.errors import NameTaken
from shiftline.workforce.units.model import ManagementUnit
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.rules import check_name, check_version
from shiftline.workforce.workplans.errors import RotationNotFound, RotationTaken
from shiftline.workforce.workplans.events import RotationChanged
from shiftline.workforce.workplans.model.agents import Days, Member, Rotation, RotationDraft
from shiftline.workforce.workplans.operations.reading import agents_in, find_unit, today_of
from shiftline.workforce.workplans.rules.rotating import apply_draft, check_pattern
from shiftline.workforce.workplans.store import plans
from shiftline.workforce.workplans.store import rotations as store

VIEW = ("wfm:workPlanRotation:view", "wfm:agent:view")


async def list_rotations(context: Context, management_unit_id: str) -> list[Rotation]:
    """The rotations of a management unit by name. Raises ManagementUnitNotFound."""
    async with context.reader() as reader:
        unit = await find_unit(reader, context, management_unit_id)
        require(context, *VIEW, division_id=unit.division_id)
        return await store.find_rotations(reader, context.organization_id, unit.id)


async def get_rotation(context: Context, management_unit_id: str, rotation_id: str) -> Rotation:
    """One rotation. Raises ManagementUnitNotFound, RotationNotFound."""
    async with context.reader() as reader:
        unit = await find_unit(reader, context, management_unit_id)
        require(context, *VIEW, division_id=unit.division_id)
        return await _find(reader, context, unit, rotation_id)


async def create_rotation(context: Context, management_unit_id: str, draft: RotationDraft) -> Rotation:
    """A new rotation. Raises ManagementUnitNotFound, Invalid, PlanContradictory, NameTaken, RotationTaken."""
    async with context.transaction() as tx:
        unit = await find_unit(tx, context, management_unit_id)
        require(context, "wfm:workPlanRotation:add", division_id=unit.division_id)
        blank = Rotation(
            id=new_id(),
            management_unit_id=unit.id,
            name="",
            days=Days(today_of(unit, context)),
            work_plan_ids=(),
            stamp=plans.fresh_stamp(tx),
        )
        rotation = await _draw_up(tx, unit, blank, draft)
        await _insert(tx, rotation)
        await _put_members(tx, blank, rotation)
        return await _find(tx, context, unit, rotation.id)


async def change_rotation(
    context: Context, management_unit_id: str, rotation_id: str, draft: RotationDraft
) -> Rotation:
    """Change a rotation, given the version that was read; an unchanged one keeps it.

    Raises ManagementUnitNotFound, RotationNotFound, StaleVersion, VersionMissing, Invalid, PlanContradictory, NameTaken,
    RotationTaken.
    """
    async with context.transaction() as tx:
        unit = await find_unit(tx, context, management_unit_id)
        require(context, "wfm:workPlanRotation:edit", division_id=unit.division_id)
        current = await _lock(tx, unit, rotation_id)
        check_version(current.stamp, draft.version, "metadata.version")
        changed = await _draw_up(tx, unit, current, draft)
        if changed != current:
            await _update(tx, changed)
            await _put_members(tx, current, changed)
        return await _find(tx, context, unit, rotation_id)


async def copy_rotation(context: Context, management_unit_id: str, rotation_id: str, name: str) -> Rotation:
    """The same plans and days under another name, for nobody yet: an agent is in one rotation at a time.

    Raises ManagementUnitNotFound, RotationNotFound, NameTaken.
    """
    async with context.transaction() as tx:
        unit = await find_unit(tx, context, management_unit_id)
        require(context, "wfm:workPlanRotation:add", division_id=unit.division_id)
        source = await _lock(tx, unit, rotation_id)
        copied = replace(source, id=new_id(), name=check_name(name), members=(), stamp=plans.fresh_stamp(tx))
        await _insert(tx, copied)
        return copied


async def delete_rotation(context: Context, management_unit_id: str, rotation_id: str) -> None:
    """Take a rotation out of use: its agents have their own plans again. Raises ManagementUnitNotFound, RotationNotFound."""
    async with context.transaction() as tx:
        unit = await find_unit(tx, context, management_unit_id)
        require(context, "wfm:workPlanRotation:delete", division_id=unit.division_id)
        rotation = await _lock(tx, unit, rotation_id)
        await store.replace_members(tx, rotation.id, [each.person_id for each in rotation.members], [])
        await store.update_rotation(tx, rotation, active=False)
        tx.record(_changed(tx, rotation, active=False))


async def _find(reader: Reader, context: Context, unit: ManagementUnit, rotation_id: str) -> Rotation:
    for rotation in await store.find_rotations(reader, context.organization_id, unit.id, rotation_id):
        return rotation
    raise RotationNotFound(rotation_id)


async def _lock(tx: Transaction, unit: ManagementUnit, rotation_id: str) -> Rotation:
    rotation = await store.lock_rotation(tx, unit.id, rotation_id)
    if rotation is None:
        raise RotationNotFound(rotation_id)
    return rotation


async def _draw_up(tx: Transaction, unit: ManagementUnit, current: Rotation, draft: RotationDraft) -> Rotation:
    """The rotation as the draft wants it. Raises Invalid, PlanContradictory."""
    rotation = apply_draft(current, draft)
    organization_id = tx.context.organization_id
    held = await plans.hold_work_plans(tx, unit.id, rotation.work_plan_ids)
    found = await plans.find_work_plans(tx, organization_id, ids=held)
    business_unit = await find_business_unit(tx, organization_id, unit.business_unit_id)
    check_pattern(rotation, {plan.id: plan for plan in found}, business_unit.start_day_of_week)
    agents = await agents_in(tx, organization_id, unit.id, [each.person_id for each in draft.members])
    strangers = [
        Problem(f"{each.field}.userId", f"{each.person_id} is no agent of the management unit.", "agent.unknown")
        for each in draft.members
        if each.person_id not in agents and not each.delete
    ]
    if strangers:
        raise Invalid(*strangers)
    return rotation


async def _put_members(tx: Transaction, before: Rotation, after: Rotation) -> None:
    known = {each.person_id for each in after.members}
    gone = [each.person_id for each in before.members if each.person_id not in known]
    put: list[Member] = [each for each in after.members if each not in before.members]
    await store.leave_other_rotations(tx, after, [each.person_id for each in put])
    busy = await store.find_busy(tx, after, put)
    if busy:
        raise RotationTaken(busy)
    try:
        await store.replace_members(tx, after.id, gone, put)
    except psycopg.errors.ExclusionViolation as error:
        raise RotationTaken({}) from error


async def _insert(tx: Transaction, rotation: Rotation) -> None:
    try:
        await store.insert_rotation(tx, rotation)
    except psycopg.errors.UniqueViolation as error:
        raise NameTaken("work plan rotation", rotation.name) from error
    tx.record(_changed(tx, rotation))


async def _update(tx: Transaction, rotation: Rotation) -> None:
    try:
        await store.update_rotation(tx, rotation)
    except psycopg.errors.UniqueViolation as error:
        raise NameTaken("work plan rotation", rotation.name) from error
    tx.record(_changed(tx, replace(rotation, stamp=replace(rotation.stamp, version=rotation.stamp.version + 1))))


def _changed(tx: Transaction, rotation: Rotation, *, active: bool = True) -> RotationChanged:
    return RotationChanged(
        organization_id=tx.context.organization_id,
        rotation_id=rotation.id,
        management_unit_id=rotation.management_unit_id,
        name=rotation.name,
        version=rotation.stamp.version,
        agent_count=len(rotation.members),
        active=active,
    )
