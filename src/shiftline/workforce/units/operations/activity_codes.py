"""Activity codes: one list per business unit, with one version."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.workforce.units import rules, store
from shiftline.workforce.units.errors import (
    ActivityCodeNotFound,
    BusinessUnitNotFound,
    DefaultCodeFixed,
    NameTaken,
)
from shiftline.workforce.units.events import ActivityCodeChanged
from shiftline.workforce.units.model import ActivityCode, ActivityCodes
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.operations.reading import require_unit


async def find_activity_codes(reader: Reader, organization_id: str, business_unit_id: str) -> ActivityCodes:
    """A business unit's codes, inactive ones too, for other rooms. Raises BusinessUnitNotFound."""
    codes = await store.find_activity_codes(reader, organization_id, business_unit_id)
    if codes is None:
        raise BusinessUnitNotFound(business_unit_id)
    return codes


async def get_activity_codes(context: Context, business_unit_id: str) -> ActivityCodes:
    """A business unit's codes, inactive ones too. Raises BusinessUnitNotFound."""
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, business_unit_id)
        await require_unit(reader, context, unit)
        return await find_activity_codes(reader, context.organization_id, business_unit_id)


@dataclass(frozen=True, slots=True)
class CodeChange:
    """Which code shall change, the version of the list that the caller read, and how."""

    code_id: str
    version: int | None
    change: Callable[[ActivityCode], ActivityCode]


async def create_activity_code(
    context: Context, business_unit_id: str, code: ActivityCode
) -> tuple[ActivityCodes, ActivityCode]:
    """Add a code (its id is chosen here when empty). Raises BusinessUnitNotFound, NameTaken, Invalid."""
    async with context.transaction() as tx:
        codes = await _lock(tx, business_unit_id, "wfm:activityCode:add")
        fresh = replace(code, id=code.id or new_id(), name=_free_name(codes, code.name, code.id))
        if fresh.id in codes.codes:
            raise NameTaken("activity code", fresh.id)
        await store.insert_activity_codes(tx, business_unit_id, [fresh])
        return await _changed(tx, codes, fresh), fresh


async def change_activity_code(
    context: Context, business_unit_id: str, wanted: CodeChange
) -> tuple[ActivityCodes, ActivityCode]:
    """Change a code, given the version of the whole list; an unchanged one keeps it.

    Raises BusinessUnitNotFound, ActivityCodeNotFound, StaleVersion, VersionMissing, NameTaken, DefaultCodeFixed.
    """
    async with context.transaction() as tx:
        codes = await _lock(tx, business_unit_id, "wfm:activityCode:edit")
        current = _find_active(codes, wanted.code_id)
        rules.check_version(codes.stamp, wanted.version, "metadata.version")
        changed = wanted.change(current)
        changed = replace(changed, name=_free_name(codes, changed.name, current.id))
        if current.default_code and changed.category is not current.category:
            raise DefaultCodeFixed(current.name)
        if changed == current:
            return codes, current
        await store.update_activity_code(tx, business_unit_id, changed)
        return await _changed(tx, codes, changed), changed


async def delete_activity_code(context: Context, business_unit_id: str, code_id: str) -> None:
    """Take a code out of use; shifts that have it keep it. Raises ActivityCodeNotFound, DefaultCodeFixed."""
    async with context.transaction() as tx:
        codes = await _lock(tx, business_unit_id, "wfm:activityCode:delete")
        current = _find_active(codes, code_id)
        if current.default_code:
            raise DefaultCodeFixed(current.name)
        closed = replace(current, active=False)
        await store.update_activity_code(tx, business_unit_id, closed)
        await _changed(tx, codes, closed)


async def _lock(tx: Transaction, business_unit_id: str, permission: str) -> ActivityCodes:
    unit = await find_business_unit(tx, tx.context.organization_id, business_unit_id)
    require(tx.context, permission, division_id=unit.division_id)
    codes = await store.lock_activity_codes(tx, business_unit_id)
    if codes is None:
        raise BusinessUnitNotFound(business_unit_id)
    return codes


def _find_active(codes: ActivityCodes, code_id: str) -> ActivityCode:
    found = codes.codes.get(code_id)
    if found is None or not found.active:
        raise ActivityCodeNotFound(code_id)
    return found


def _free_name(codes: ActivityCodes, name: str, code_id: str) -> str:
    wanted = rules.check_name(name)
    for other in codes.codes.values():
        if other.active and other.id != code_id and other.name.casefold() == wanted.casefold():
            raise NameTaken("activity code", wanted)
    return wanted


async def _changed(tx: Transaction, codes: ActivityCodes, code: ActivityCode) -> ActivityCodes:
    stamp = await store.raise_codes_version(tx, codes.business_unit_id)
    tx.record(
        ActivityCodeChanged(
            organization_id=tx.context.organization_id,
            business_unit_id=codes.business_unit_id,
            activity_code_id=code.id,
            name=code.name,
            active=code.active,
            version=stamp.version,
        )
    )
    return replace(codes, codes={**codes.codes, code.id: code}, stamp=stamp)
