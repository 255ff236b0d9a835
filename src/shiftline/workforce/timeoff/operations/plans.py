"""Time-off plans: list, read, make, change, delete. Whoever waits is decided anew by what a plan says now."""

from collections.abc import Collection
from dataclasses import replace

import psycopg

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.workforce.timeoff.errors import PlanNotFound
from shiftline.workforce.timeoff.events import TimeOffPlanChanged
from shiftline.workforce.timeoff.model import Limit, Plan, PlanDraft
from shiftline.workforce.timeoff.operations.keeping import fill_in, find_waiting_in, hold_in
from shiftline.workforce.timeoff.rules.plans import apply_draft, check_plan
from shiftline.workforce.timeoff.store import limits as limits_store
from shiftline.workforce.timeoff.store import plans as store
from shiftline.workforce.timeoff.store import requests
from shiftline.workforce.timeoff.store.statements import fresh_stamp
from shiftline.workforce.units.errors import NameTaken
from shiftline.workforce.units.model import BusinessUnit
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.operations.management_units import find_management_units
from shiftline.workforce.units.rules import check_version

VIEW = "wfm:timeOffPlan:view"


async def list_plans(
    context: Context, business_unit_id: str, management_unit_id: str | None = None
) -> tuple[list[Plan], list[Limit]]:
    """A business unit's plans by name, or those that apply to one of its management units, and the unit's limits.

    Raises BusinessUnitNotFound.
    """
    async with context.reader() as reader:
        unit = await _find_unit(reader, context, business_unit_id, VIEW)
        found = await store.find_plans(reader, context.organization_id, business_unit_id=unit.id)
        known = await limits_store.find_limits(reader, context.organization_id, business_unit_id=unit.id)
    return [p for p in found if management_unit_id is None or management_unit_id in p.management_unit_ids], known


async def get_plan(context: Context, business_unit_id: str, plan_id: str) -> tuple[Plan, list[Limit]]:
    """One plan, and the business unit's limits. Raises BusinessUnitNotFound, PlanNotFound."""
    async with context.reader() as reader:
        unit = await _find_unit(reader, context, business_unit_id, VIEW)
        plan = await _find_plan(reader, context.organization_id, unit, plan_id)
        return plan, await limits_store.find_limits(reader, context.organization_id, business_unit_id=unit.id)


async def create_plan(context: Context, business_unit_id: str, draft: PlanDraft) -> tuple[Plan, list[Limit]]:
    """A new plan, and the business unit's limits. Raises BusinessUnitNotFound, Invalid, NameTaken."""
    async with context.transaction() as tx:
        unit = await _find_unit(tx, context, business_unit_id, "wfm:timeOffPlan:add")
        await store.queue_plans(tx, unit.id)
        blank = Plan(new_id(), unit.id, "", (), (), fresh_stamp(tx))
        plan = apply_draft(blank, replace(draft, name=draft.name or ""))
        await _check(tx, unit, plan)
        await requests.queue_places(tx, *plan.management_unit_ids)
        try:
            await store.insert_plan(tx, plan)
        except psycopg.errors.UniqueViolation as error:
            raise NameTaken("time-off plan", plan.name) from error
        _record(tx, plan)
        await _decide_anew(tx, plan.management_unit_ids)
        return plan, await limits_store.find_limits(tx, context.organization_id, business_unit_id=unit.id)


async def change_plan(
    context: Context, business_unit_id: str, plan_id: str, draft: PlanDraft
) -> tuple[Plan, list[Limit]]:
    """Change a plan, given the version that was read; an unchanged one keeps it.

    Raises BusinessUnitNotFound, PlanNotFound, StaleVersion, VersionMissing, Invalid, NameTaken.
    """
    async with context.transaction() as tx:
        unit = await _find_unit(tx, context, business_unit_id, "wfm:timeOffPlan:edit")
        await store.queue_plans(tx, unit.id)
        current = await _find_plan(tx, context.organization_id, unit, plan_id)
        check_version(current.stamp, draft.version, "metadata.version")
        _check_owner(current, draft)
        plan = apply_draft(current, draft)
        if plan != current:
            await _check(tx, unit, plan)
            await _store(tx, current, plan)
        plan = await _find_plan(tx, context.organization_id, unit, plan_id)
        return plan, await limits_store.find_limits(tx, context.organization_id, business_unit_id=unit.id)


async def delete_plan(context: Context, business_unit_id: str, plan_id: str) -> None:
    """Take a plan out of use; who waits by it waits for a person then. Raises BusinessUnitNotFound, PlanNotFound."""
    async with context.transaction() as tx:
        unit = await _find_unit(tx, context, business_unit_id, "wfm:timeOffPlan:delete")
        await store.queue_plans(tx, unit.id)
        plan = await _find_plan(tx, context.organization_id, unit, plan_id)
        await _store(tx, plan, plan, active=False)


async def _store(tx: Transaction, current: Plan, plan: Plan, *, active: bool = True) -> None:
    units = {*current.management_unit_ids, *plan.management_unit_ids}
    await requests.queue_places(tx, *units)
    try:
        await store.update_plan(tx, plan, active=active)
    except psycopg.errors.UniqueViolation as error:
        raise NameTaken("time-off plan", plan.name) from error
    _record(tx, replace(plan, stamp=replace(plan.stamp, version=plan.stamp.version + 1)), active=active)
    await _decide_anew(tx, units)


async def _decide_anew(tx: Transaction, management_unit_ids: Collection[str]) -> None:
    waiting = [each for unit in sorted(management_unit_ids) for each in await find_waiting_in(tx, unit, None)]
    await hold_in(tx, waiting)
    await fill_in(tx, [each.id for each in waiting])


def _check_owner(current: Plan, draft: PlanDraft) -> None:
    # COMPAT: the vendor's patch changes the association's inside, never whose plan it is.
    if draft.owner_id is None and draft.management_unit_ids is not None and current.owner_id is not None:
        sentence = f"the plan belongs to management unit {current.owner_id}; make another for the business unit."
        raise Invalid(Problem("businessUnitAssociation", sentence, "timeoff.plan.units"))


async def _check(tx: Transaction, unit: BusinessUnit, plan: Plan) -> None:
    organization_id = tx.context.organization_id
    codes = await find_activity_codes(tx, organization_id, unit.id)
    units = {each.id for each in await find_management_units(tx, organization_id, unit.id)}
    others = await store.find_plans(tx, organization_id, business_unit_id=unit.id)
    check_plan(plan, codes.codes, units, others)


async def _find_unit(reader: Reader, context: Context, business_unit_id: str, permission: str) -> BusinessUnit:
    unit = await find_business_unit(reader, context.organization_id, business_unit_id)
    require(context, permission, division_id=unit.division_id)
    return unit


async def _find_plan(reader: Reader, organization_id: str, unit: BusinessUnit, plan_id: str) -> Plan:
    for plan in await store.find_plans(reader, organization_id, business_unit_id=unit.id, plan_id=plan_id):
        return plan
    raise PlanNotFound(plan_id)


def _record(tx: Transaction, plan: Plan, *, active: bool = True) -> None:
    tx.record(
        TimeOffPlanChanged(
            organization_id=tx.context.organization_id,
            plan_id=plan.id,
            business_unit_id=plan.business_unit_id,
            name=plan.name,
            version=plan.stamp.version,
            active=active,
        )
    )
