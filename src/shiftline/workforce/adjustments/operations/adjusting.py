"""Adjustments: agents submit and change their own, supervisors change and decide those of their agents."""

from collections.abc import Sequence
from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.adjustments import store
from shiftline.workforce.adjustments.errors import AdjustmentNotFound, AdjustmentOverlaps
from shiftline.workforce.adjustments.events import AdjustmentChanged
from shiftline.workforce.adjustments.model import Adjustment, Change, Found, Status, Wanted
from shiftline.workforce.adjustments.rules import apply_change, check_code, check_open, check_range, span_of
from shiftline.workforce.units.operations.agents import find_agent
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.rules import check_version

SUBMIT = ("wfm:agentAdherenceAdjustment:submit",)
SEE = ("wfm:adherenceAdjustment:view", "wfm:adherenceAdjustment:edit")
EDIT = ("wfm:adherenceAdjustment:edit",)


async def submit_adjustment(context: Context, wanted: Change) -> Found:
    """Ask that minutes of one's own past count as adherent; it waits for a decision. Submitted again, it is as it is.

    Raises AgentNotFound, AdjustmentOverlaps, Invalid.
    """
    require(context, *SUBMIT)
    async with context.transaction() as tx:
        agent = await find_agent(tx, context.organization_id, own_person_id(context))
        setting = await store.find_setting(tx, context.organization_id, agent.business_unit_id)
        assert wanted.start is not None
        span = span_of(wanted.start, wanted.length_minutes or 0, context.now(), "")
        check_range(span, setting.days, context.now())
        code_id = wanted.reason_code_id or ""
        made = Adjustment(
            id=new_id(),
            person_id=agent.person_id,
            management_unit_id=agent.management_unit_id,
            business_unit_id=agent.business_unit_id,
            reason_code_id=code_id,
            status=Status.PENDING,
            start=span.start,
            end=span.end,
            submitter_notes=wanted.submitter_notes,
            stamp=store.fresh_stamp(tx),
        )
        await store.queue_adjustments(tx, agent.person_id)
        await _check_code(tx, made, "")
        for other in await store.find_within(tx, agent.person_id, made.span):
            same = (other.span, other.reason_code_id, other.submitter_notes)
            if same == (made.span, made.reason_code_id, made.submitter_notes):
                return await _one(tx, context, other)
            raise AdjustmentOverlaps(other)
        await store.insert_adjustment(tx, made)
        _record(tx, made)
        return await _one(tx, context, made)


async def change_own_adjustment(context: Context, adjustment_id: str, change: Change) -> Found:
    """Change one's own adjustment while it waits. Raises AdjustmentNotFound, AdjustmentClosed, AdjustmentOverlaps,
    VersionMissing, StaleVersion, Invalid.
    """
    require(context, *SUBMIT)
    async with context.transaction() as tx:
        current, days = await _lock_own(tx, adjustment_id)
        check_version(current.stamp, change.version, "metadata.version")
        check_open(current, days, context.now())
        changed = apply_change(current, change, context.now(), context.actor.id)
        if changed.start != current.start:
            check_range(changed.span, days, context.now())
        return await _one(tx, context, await _put(tx, current, changed, change.field))


async def delete_own_adjustment(context: Context, adjustment_id: str) -> None:
    """Take back one's own adjustment while it waits. Raises AdjustmentNotFound, AdjustmentClosed."""
    require(context, *SUBMIT)
    async with context.transaction() as tx:
        current, days = await _lock_own(tx, adjustment_id)
        check_open(current, days, context.now())
        gone = replace(current, active=False)
        await store.update_adjustment(tx, gone)
        _record(tx, gone)


async def get_own_adjustment(context: Context, adjustment_id: str) -> Found:
    """One of the caller's adjustments. Raises AdjustmentNotFound."""
    require(context, *SUBMIT)
    async with context.reader() as reader:
        return await _one(reader, context, await _find(reader, context, adjustment_id, own_person_id(context)))


async def list_own_adjustments(context: Context, wanted: Wanted) -> Found:
    """The caller's adjustments. Raises AgentNotFound."""
    require(context, *SUBMIT)
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, own_person_id(context))
        return await _list(reader, context, replace(wanted, person_ids=(agent.person_id,)), agent.business_unit_id)


async def get_adjustment(context: Context, person_id: str, adjustment_id: str) -> Found:
    """An agent's adjustment. Raises AdjustmentNotFound."""
    require(context, *SEE)
    async with context.reader() as reader:
        found = await _find(reader, context, adjustment_id, person_id)
        await _require_at(reader, context, found, SEE)
        return await _one(reader, context, found)


async def list_adjustments_of(context: Context, person_id: str, wanted: Wanted) -> Found:
    """An agent's adjustments. Raises AgentNotFound, PermissionMissing."""
    require(context, *SEE)
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, person_id)
        require(context, *SEE, division_id=agent.division_id)
        return await _list(reader, context, replace(wanted, person_ids=(person_id,)), agent.business_unit_id)


async def list_adjustments_in(context: Context, business_unit_id: str, wanted: Wanted) -> Found:
    """The adjustments of a business unit. Raises BusinessUnitNotFound, PermissionMissing."""
    require(context, *SEE)
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, business_unit_id)
        require(context, *SEE, division_id=unit.division_id)
        return await _list(reader, context, replace(wanted, business_unit_id=unit.id), unit.id)


async def read_adjustments_in(context: Context, business_unit_id: str, ids: Sequence[str]) -> Found:
    """Some adjustments of a business unit. Raises BusinessUnitNotFound, PermissionMissing, AdjustmentNotFound."""
    require(context, *SEE)
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, business_unit_id)
        require(context, *SEE, division_id=unit.division_id)
        found = await store.read_adjustments(reader, context.organization_id, ids)
        here = tuple(each for each in found if each.business_unit_id == unit.id)
        for adjustment_id in ids:
            if adjustment_id not in {each.id for each in here}:
                raise AdjustmentNotFound(adjustment_id)
        return await _page(reader, context, here, unit.id)


async def review_adjustment(context: Context, person_id: str, adjustment_id: str, change: Change) -> Found:
    """Change or decide an agent's adjustment, given the version that was read. What is decided may be decided otherwise.

    Raises AdjustmentNotFound, AdjustmentOverlaps, VersionMissing, StaleVersion, Invalid.
    """
    require(context, *EDIT)
    async with context.transaction() as tx:
        await store.queue_adjustments(tx, person_id)
        found = await _find(tx, context, adjustment_id, person_id)
        return await _one(tx, context, await _review(tx, found, change))


async def review_adjustments(context: Context, business_unit_id: str, changes: Sequence[Change]) -> Found:
    """The same of several of a business unit: all, or none. Raises BusinessUnitNotFound and as for one."""
    require(context, *EDIT)
    async with context.transaction() as tx:
        unit = await find_business_unit(tx, context.organization_id, business_unit_id)
        require(context, *EDIT, division_id=unit.division_id)
        ids = [change.id or "" for change in changes]
        twice = [each for index, each in enumerate(changes) if each.id in ids[:index]]
        if twice:
            raise Invalid(Problem(f"{twice[0].field}id", f"{twice[0].id} is named twice.", "adjustment.twice"))
        first = {each.id: each for each in await store.read_adjustments(tx, context.organization_id, ids)}
        for person_id in sorted({each.person_id for each in first.values()}):
            await store.queue_adjustments(tx, person_id)
        known = {each.id: each for each in await store.read_adjustments(tx, context.organization_id, ids)}
        done: list[Adjustment] = []
        for change in changes:
            found = known.get(change.id or "")
            if found is None or found.business_unit_id != unit.id:
                raise AdjustmentNotFound(change.id or "")
            done.append(await _review(tx, found, change))
        return await _page(tx, context, tuple(done), unit.id)


async def _review(tx: Transaction, found: Adjustment, change: Change) -> Adjustment:
    await _require_at(tx, tx.context, found, EDIT)
    check_version(found.stamp, change.version, f"{change.field}metadata.version")
    changed = apply_change(found, change, tx.context.now(), tx.context.actor.id)
    return await _put(tx, found, changed, change.field)


async def _put(tx: Transaction, current: Adjustment, changed: Adjustment, field: str) -> Adjustment:
    """Store what changed. Raises Invalid, AdjustmentOverlaps."""
    if changed == current:
        return current
    if changed.reason_code_id != current.reason_code_id:
        await _check_code(tx, changed, field)
    if changed.status is not Status.DENIED:
        for other in await store.find_within(tx, changed.person_id, changed.span):
            if other.id != changed.id:
                raise AdjustmentOverlaps(other)
    await store.update_adjustment(tx, changed)
    (stored,) = await store.read_adjustments(tx, tx.context.organization_id, [changed.id])
    _record(tx, stored)
    return stored


async def _check_code(tx: Transaction, adjustment: Adjustment, field: str) -> None:
    codes = await store.lock_codes(tx, adjustment.business_unit_id, [adjustment.reason_code_id])
    check_code(codes.get(adjustment.reason_code_id), adjustment.reason_code_id, field)


async def _lock_own(tx: Transaction, adjustment_id: str) -> tuple[Adjustment, int]:
    person_id = own_person_id(tx.context)
    await store.queue_adjustments(tx, person_id)
    found = await _find(tx, tx.context, adjustment_id, person_id)
    setting = await store.find_setting(tx, tx.context.organization_id, found.business_unit_id)
    return found, setting.days


async def _find(reader: Reader, context: Context, adjustment_id: str, person_id: str) -> Adjustment:
    for found in await store.read_adjustments(reader, context.organization_id, [adjustment_id]):
        if found.person_id == person_id:
            return found
    raise AdjustmentNotFound(adjustment_id)


async def _require_at(reader: Reader, context: Context, found: Adjustment, permissions: tuple[str, ...]) -> None:
    unit = await find_business_unit(reader, context.organization_id, found.business_unit_id)
    require(context, *permissions, division_id=unit.division_id)


async def _list(reader: Reader, context: Context, wanted: Wanted, business_unit_id: str) -> Found:
    found = await store.find_adjustments(reader, context.organization_id, wanted)
    page = found[: wanted.size]
    ordered = page if wanted.before is None else page[::-1]
    more = len(found) > wanted.size or wanted.before is not None
    return replace(await _page(reader, context, tuple(ordered), business_unit_id), more=more)


async def _one(reader: Reader, context: Context, found: Adjustment) -> Found:
    return await _page(reader, context, (found,), found.business_unit_id)


async def _page(reader: Reader, context: Context, found: tuple[Adjustment, ...], business_unit_id: str) -> Found:
    setting = await store.find_setting(reader, context.organization_id, business_unit_id)
    return Found(found, more=False, now=context.now(), days=setting.days)


def _record(tx: Transaction, adjustment: Adjustment) -> None:
    tx.record(
        AdjustmentChanged(
            organization_id=tx.context.organization_id,
            adjustment_id=adjustment.id,
            adjustment=adjustment,
            by=tx.context.actor.id,
        )
    )
