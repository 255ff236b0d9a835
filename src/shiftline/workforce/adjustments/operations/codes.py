"""Reason codes and the setting of a business unit. Of several codes in one request all are changed, or none."""

from collections.abc import Sequence
from dataclasses import replace

import psycopg

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.ids import new_id
from shiftline.workforce.adjustments import store
from shiftline.workforce.adjustments.errors import ReasonCodeNotFound
from shiftline.workforce.adjustments.events import RangeChanged, ReasonCodeChanged
from shiftline.workforce.adjustments.model import CodeDraft, CodeState, RangeSetting, ReasonCode
from shiftline.workforce.units.errors import NameTaken, StaleVersion, VersionMissing
from shiftline.workforce.units.model import BusinessUnit
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.rules import check_name, check_version

VIEW = (
    "wfm:adherenceAdjustmentReasonCode:view",
    "wfm:adherenceAdjustment:view",
    "wfm:agentAdherenceAdjustment:submit",
)
SETTINGS = ("wfm:businessUnit:view", "wfm:adherenceAdjustment:view", "wfm:agentAdherenceAdjustment:submit")


async def list_reason_codes(
    context: Context, business_unit_id: str, ids: Sequence[str] | None = None
) -> list[ReasonCode]:
    """A business unit's reason codes by name, or those named. Raises BusinessUnitNotFound, ReasonCodeNotFound."""
    async with context.reader() as reader:
        await _enter(reader, context, business_unit_id, *VIEW)
        found = await store.list_codes(reader, context.organization_id, business_unit_id, ids)
    known = {code.id for code in found}
    for code_id in ids or ():
        if code_id not in known:
            raise ReasonCodeNotFound(code_id)
    return found


async def create_reason_codes(context: Context, business_unit_id: str, drafts: Sequence[CodeDraft]) -> list[ReasonCode]:
    """New reason codes. Raises BusinessUnitNotFound, Invalid, NameTaken."""
    async with context.transaction() as tx:
        await _enter(tx, context, business_unit_id, "wfm:adherenceAdjustmentReasonCode:add")
        made = [
            ReasonCode(
                id=new_id(),
                business_unit_id=business_unit_id,
                name=check_name(draft.name),
                state=draft.state or CodeState.ACTIVE,
                stamp=store.fresh_stamp(tx),
            )
            for draft in drafts
        ]
        for code in made:
            await _store(tx, code, new=True)
        return made


async def change_reason_codes(context: Context, business_unit_id: str, drafts: Sequence[CodeDraft]) -> list[ReasonCode]:
    """Change reason codes, each given the version that was read.

    Raises BusinessUnitNotFound, ReasonCodeNotFound, VersionMissing, StaleVersion, Invalid, NameTaken.
    """
    async with context.transaction() as tx:
        await _enter(tx, context, business_unit_id, "wfm:adherenceAdjustmentReasonCode:edit")
        ids = [draft.id or "" for draft in drafts]
        known = await store.lock_codes(tx, business_unit_id, ids)
        for draft in drafts:
            current = _known(known, draft.id)
            check_version(current.stamp, draft.version, f"{draft.field}metadata.version")
            name = current.name if draft.name is None else check_name(draft.name)
            await _store(tx, replace(current, name=name, state=draft.state or current.state))
        return await store.list_codes(tx, context.organization_id, business_unit_id, ids)


async def delete_reason_codes(context: Context, business_unit_id: str, ids: Sequence[str]) -> None:
    """Take reason codes out of use; adjustments keep theirs. Raises BusinessUnitNotFound, ReasonCodeNotFound."""
    async with context.transaction() as tx:
        await _enter(tx, context, business_unit_id, "wfm:adherenceAdjustmentReasonCode:delete")
        known = await store.lock_codes(tx, business_unit_id, ids)
        for code_id in dict.fromkeys(ids):
            await _store(tx, replace(_known(known, code_id), state=CodeState.DELETED))


async def get_setting(context: Context, business_unit_id: str) -> RangeSetting:
    """How far back agents may submit. Raises BusinessUnitNotFound."""
    async with context.reader() as reader:
        await _enter(reader, context, business_unit_id, *SETTINGS)
        return await store.find_setting(reader, context.organization_id, business_unit_id)


async def change_setting(
    context: Context, business_unit_id: str, days: int | None, version: int | None
) -> RangeSetting:
    """Say how far back agents may submit, with the version that was read: 0 before anybody has said it.

    Raises BusinessUnitNotFound, VersionMissing, StaleVersion.
    """
    async with context.transaction() as tx:
        await _enter(tx, context, business_unit_id, "wfm:businessUnit:edit")
        current = await store.find_setting(tx, context.organization_id, business_unit_id)
        if version is None:
            raise VersionMissing("metadata.version")
        if days is None or (days == current.days and current.stamp is not None and current.stamp.version == version):
            days = current.days
        if not await store.put_setting(tx, business_unit_id, days, version):
            known = await store.find_setting(tx, context.organization_id, business_unit_id)
            raise StaleVersion(known.stamp or replace(store.fresh_stamp(tx), version=0), version)
        changed = RangeChanged(
            organization_id=context.organization_id, business_unit_id=business_unit_id, days=days, version=version + 1
        )
        tx.record(changed)
        return await store.find_setting(tx, context.organization_id, business_unit_id)


async def _enter(reader: Reader, context: Context, business_unit_id: str, *permissions: str) -> BusinessUnit:
    unit = await find_business_unit(reader, context.organization_id, business_unit_id)
    require(context, *permissions, division_id=unit.division_id)
    return unit


def _known(known: dict[str, ReasonCode], code_id: str | None) -> ReasonCode:
    code = known.get(code_id or "")
    if code is None:
        raise ReasonCodeNotFound(code_id or "")
    return code


async def _store(tx: Transaction, code: ReasonCode, *, new: bool = False) -> None:
    try:
        await (store.insert_code(tx, code) if new else store.update_code(tx, code))
    except psycopg.errors.UniqueViolation as error:
        raise NameTaken("adherence adjustment reason code", code.name) from error
    tx.record(
        ReasonCodeChanged(
            organization_id=tx.context.organization_id,
            reason_code_id=code.id,
            business_unit_id=code.business_unit_id,
            name=code.name,
            state=code.state.value,
            version=code.stamp.version + (not new),
        )
    )
