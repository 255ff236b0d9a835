"""Business units: list, read, make, change, delete."""

import psycopg

from shiftline.authorization.operations import find_home_division, get_division, may, require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import Weekday
from shiftline.workforce.units import rules, store
from shiftline.workforce.units.errors import BusinessUnitNotFound, NameTaken, UnitInUse
from shiftline.workforce.units.events import BusinessUnitChanged
from shiftline.workforce.units.model import DEFAULT_CODES, BusinessUnit, UnitDraft
from shiftline.workforce.units.operations.reading import READ, require_unit


async def find_business_unit(reader: Reader, organization_id: str, business_unit_id: str) -> BusinessUnit:
    """One business unit, for other rooms. Raises BusinessUnitNotFound."""
    for unit in await store.find_business_units(reader, organization_id, business_unit_id):
        return unit
    raise BusinessUnitNotFound(business_unit_id)


async def list_business_units(context: Context, division_id: str | None = None) -> list[tuple[BusinessUnit, bool]]:
    """All business units by name, each with whether the caller may see into it."""
    async with context.reader() as reader:
        units = await store.find_business_units(reader, context.organization_id)
    return [
        (unit, may(context, *READ, division_id=unit.division_id))
        for unit in units
        if division_id is None or unit.division_id == division_id
    ]


async def get_business_unit(context: Context, business_unit_id: str) -> BusinessUnit:
    """One business unit. Raises BusinessUnitNotFound."""
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, business_unit_id)
        await require_unit(reader, context, unit)
    return unit


async def create_business_unit(context: Context, draft: UnitDraft) -> BusinessUnit:
    """A new business unit with the default activity codes. Raises NameTaken, ZoneUnknown, DivisionNotFound, Invalid."""
    require(context, "wfm:businessUnit:add", division_id=draft.division_id)
    if draft.division_id is not None:
        await get_division(context, draft.division_id)
    async with context.transaction() as tx:
        return await create_business_unit_in(tx, draft)


async def create_business_unit_in(tx: Transaction, draft: UnitDraft) -> BusinessUnit:
    """The same in the caller's transaction; the division must exist. Raises NameTaken, ZoneUnknown, Invalid."""
    if draft.time_zone is None:
        raise Invalid(Problem("settings.timeZone", "is required."))
    home = await find_home_division(tx, tx.context.organization_id)
    unit = BusinessUnit(
        id=draft.id or new_id(),
        name=rules.check_name(draft.name),
        division_id=draft.division_id or home.id,
        time_zone=rules.check_zone(draft.time_zone, "settings.timeZone"),
        start_day_of_week=draft.start_day_of_week or Weekday.MONDAY,
        settings=rules.check_settings(draft.settings or {}),
        stamp=store.fresh_stamp(tx),
    )
    try:
        stored = await store.insert_business_unit(tx, unit)
    except psycopg.errors.UniqueViolation as error:
        raise NameTaken("business unit", unit.name) from error
    if not stored:
        raise NameTaken("business unit", unit.id)
    await store.insert_activity_codes(tx, unit.id, DEFAULT_CODES)
    tx.record(_changed(tx, unit, active=True))
    return unit


async def change_business_unit(context: Context, business_unit_id: str, draft: UnitDraft) -> BusinessUnit:
    """Change a business unit; an unchanged one keeps its version. Raises BusinessUnitNotFound, StaleVersion, NameTaken."""
    async with context.transaction() as tx:
        unit = await store.lock_business_unit(tx, business_unit_id)
        if unit is None:
            raise BusinessUnitNotFound(business_unit_id)
        require(context, "wfm:businessUnit:edit", division_id=unit.division_id)
        if draft.division_id is not None and draft.division_id != unit.division_id:
            await get_division(context, draft.division_id)
            require(context, "wfm:businessUnit:edit", division_id=draft.division_id)
        changed = rules.apply_draft(unit, draft)
        if changed != unit:
            try:
                await store.update_business_unit(tx, changed)
            except psycopg.errors.UniqueViolation as error:
                raise NameTaken("business unit", changed.name) from error
            changed = await find_business_unit(tx, context.organization_id, business_unit_id)
            tx.record(_changed(tx, changed, active=True))
        return changed


async def delete_business_unit(context: Context, business_unit_id: str) -> None:
    """Take an empty business unit out of use; its schedules stay readable. Raises BusinessUnitNotFound, UnitInUse."""
    async with context.transaction() as tx:
        unit = await store.lock_business_unit(tx, business_unit_id)
        if unit is None:
            raise BusinessUnitNotFound(business_unit_id)
        require(context, "wfm:businessUnit:delete", division_id=unit.division_id)
        inside = await store.find_management_units(tx, context.organization_id, business_unit_id=unit.id)
        if inside:
            names = ", ".join(inner.name for inner in inside[:5])
            raise UnitInUse(f"{unit.name} still has {len(inside)} management units ({names}). Delete those first.")
        await store.update_business_unit(tx, unit, active=False)
        tx.record(_changed(tx, unit, active=False))


def _changed(tx: Transaction, unit: BusinessUnit, *, active: bool) -> BusinessUnitChanged:
    return BusinessUnitChanged(
        organization_id=tx.context.organization_id,
        business_unit_id=unit.id,
        name=unit.name,
        time_zone=unit.time_zone,
        version=unit.stamp.version,
        active=active,
    )
