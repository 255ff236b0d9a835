"""Management units: list, read, make, change, delete."""

import psycopg

from shiftline.authorization.operations import get_division, may, require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.workforce.units import rules, store
from shiftline.workforce.units.errors import ManagementUnitNotFound, NameTaken, UnitInUse
from shiftline.workforce.units.events import ManagementUnitChanged
from shiftline.workforce.units.model import ManagementUnit, UnitDraft
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.operations.reading import READ


async def find_management_unit(reader: Reader, organization_id: str, management_unit_id: str) -> ManagementUnit:
    """One management unit, for other rooms. Raises ManagementUnitNotFound."""
    for unit in await store.find_management_units(reader, organization_id, management_unit_id):
        return unit
    raise ManagementUnitNotFound(management_unit_id)


async def find_management_units(
    reader: Reader, organization_id: str, business_unit_id: str | None = None
) -> list[ManagementUnit]:
    """Management units by name, for other rooms: all, or those of a business unit."""
    return await store.find_management_units(reader, organization_id, business_unit_id=business_unit_id)


async def list_management_units(
    context: Context, *, business_unit_id: str | None = None, division_id: str | None = None
) -> list[ManagementUnit]:
    """The management units that the caller may see into, by name. Raises BusinessUnitNotFound."""
    async with context.reader() as reader:
        if business_unit_id is not None:
            await find_business_unit(reader, context.organization_id, business_unit_id)
        units = await find_management_units(reader, context.organization_id, business_unit_id)
    return [
        unit
        for unit in units
        if (division_id is None or unit.division_id == division_id)
        and may(context, *READ, division_id=unit.division_id)
    ]


async def get_management_unit(context: Context, management_unit_id: str) -> ManagementUnit:
    """One management unit. Raises ManagementUnitNotFound."""
    async with context.reader() as reader:
        unit = await find_management_unit(reader, context.organization_id, management_unit_id)
    require(context, *READ, division_id=unit.division_id)
    return unit


async def create_management_unit(context: Context, business_unit_id: str, draft: UnitDraft) -> ManagementUnit:
    """A new management unit; zone, week start and division are the business unit's unless said otherwise.

    Raises BusinessUnitNotFound, NameTaken, ZoneUnknown, DivisionNotFound, Invalid.
    """
    require(context, "wfm:managementUnit:add", division_id=draft.division_id)
    if draft.division_id is not None:
        await get_division(context, draft.division_id)
    async with context.transaction() as tx:
        return await create_management_unit_in(tx, business_unit_id, draft)


async def create_management_unit_in(tx: Transaction, business_unit_id: str, draft: UnitDraft) -> ManagementUnit:
    """The same in the caller's transaction; the division must exist."""
    parent = await store.lock_business_unit(tx, business_unit_id) or await find_business_unit(
        tx, tx.context.organization_id, business_unit_id
    )
    unit = ManagementUnit(
        id=draft.id or new_id(),
        business_unit_id=parent.id,
        name=rules.check_name(draft.name),
        division_id=draft.division_id or parent.division_id,
        time_zone=rules.check_zone(draft.time_zone or parent.time_zone, "timeZone"),
        start_day_of_week=draft.start_day_of_week or parent.start_day_of_week,
        settings=rules.check_settings(draft.settings or {}),
        stamp=store.fresh_stamp(tx),
    )
    try:
        stored = await store.insert_management_unit(tx, unit)
    except psycopg.errors.UniqueViolation as error:
        raise NameTaken("management unit", unit.name) from error
    if not stored:
        raise NameTaken("management unit", unit.id)
    tx.record(_changed(tx, unit, active=True))
    return unit


async def change_management_unit(context: Context, management_unit_id: str, draft: UnitDraft) -> ManagementUnit:
    """Change a management unit; an unchanged one keeps its version.

    Raises ManagementUnitNotFound, StaleVersion, NameTaken, ZoneUnknown.
    """
    async with context.transaction() as tx:
        unit = await _lock(tx, management_unit_id)
        require(context, "wfm:managementUnit:edit", division_id=unit.division_id)
        if draft.division_id is not None and draft.division_id != unit.division_id:
            await get_division(context, draft.division_id)
            require(context, "wfm:managementUnit:edit", division_id=draft.division_id)
        changed = rules.apply_draft(unit, draft)
        if changed != unit:
            try:
                await store.update_management_unit(tx, changed)
            except psycopg.errors.UniqueViolation as error:
                raise NameTaken("management unit", changed.name) from error
            changed = await find_management_unit(tx, context.organization_id, management_unit_id)
            tx.record(_changed(tx, changed, active=True))
        return changed


async def delete_management_unit(context: Context, management_unit_id: str) -> None:
    """Take a management unit without agents out of use. Raises ManagementUnitNotFound, UnitInUse."""
    async with context.transaction() as tx:
        unit = await _lock(tx, management_unit_id)
        require(context, "wfm:managementUnit:delete", division_id=unit.division_id)
        if unit.agent_count:
            raise UnitInUse(f"{unit.name} still has {unit.agent_count} agents. Move them first.")
        await store.update_management_unit(tx, unit, active=False)
        tx.record(_changed(tx, unit, active=False))


async def _lock(tx: Transaction, management_unit_id: str) -> ManagementUnit:
    unit = await store.lock_management_unit(tx, management_unit_id)
    if unit is None:
        raise ManagementUnitNotFound(management_unit_id)
    return unit


def _changed(tx: Transaction, unit: ManagementUnit, *, active: bool) -> ManagementUnitChanged:
    return ManagementUnitChanged(
        organization_id=tx.context.organization_id,
        management_unit_id=unit.id,
        business_unit_id=unit.business_unit_id,
        name=unit.name,
        time_zone=unit.time_zone,
        version=unit.stamp.version,
        active=active,
    )
