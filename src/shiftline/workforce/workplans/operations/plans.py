"""What can be done with work plans: list, read, make, change, copy, delete, check."""

from dataclasses import replace

import psycopg

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.workforce.units.errors import NameTaken
from shiftline.workforce.units.model import ManagementUnit
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.rules import check_version
from shiftline.workforce.units.rules.periods import periods_of
from shiftline.workforce.workplans.errors import WorkPlanInUse, WorkPlanNotFound
from shiftline.workforce.workplans.events import WorkPlanChanged
from shiftline.workforce.workplans.model import Contradiction, PlanDraft, WorkPlan
from shiftline.workforce.workplans.operations.assigning import give_plan
from shiftline.workforce.workplans.operations.reading import LIST, READ, agents_in, find_unit, today_of
from shiftline.workforce.workplans.rules.consistency import check_consistent, find_contradictions
from shiftline.workforce.workplans.rules.drafting import apply_draft, check_activity_codes, copy_plan
from shiftline.workforce.workplans.store import plans as store

NEW = "new"
"""Stands for a plan that is not there yet, when one is checked."""


async def list_work_plans(context: Context, management_unit_id: str) -> list[WorkPlan]:
    """The plans of a management unit by name. Raises ManagementUnitNotFound."""
    async with context.reader() as reader:
        unit = await find_unit(reader, context, management_unit_id)
        require(context, *LIST, division_id=unit.division_id)
        return await store.find_work_plans(reader, context.organization_id, management_unit_id=unit.id)


async def get_work_plan(context: Context, management_unit_id: str, plan_id: str) -> WorkPlan:
    """One plan. Raises ManagementUnitNotFound, WorkPlanNotFound."""
    async with context.reader() as reader:
        unit = await find_unit(reader, context, management_unit_id)
        require(context, *READ, division_id=unit.division_id)
        return await _find_plan(reader, context, unit, plan_id)


async def create_work_plan(context: Context, management_unit_id: str, draft: PlanDraft) -> WorkPlan:
    """A new plan. Raises ManagementUnitNotFound, Invalid, PlanContradictory, NameTaken."""
    async with context.transaction() as tx:
        unit = await find_unit(tx, context, management_unit_id)
        require(context, "wfm:workPlan:add", division_id=unit.division_id)
        plan = await _draw_up(tx, unit, _blank(tx, unit), draft)
        await _insert(tx, plan)
        await _give_by_draft(tx, plan, draft)
        return await _find_plan(tx, context, unit, plan.id)


async def change_work_plan(context: Context, management_unit_id: str, plan_id: str, draft: PlanDraft) -> WorkPlan:
    """Change a plan, given the version that was read; an unchanged one keeps it.

    Raises ManagementUnitNotFound, WorkPlanNotFound, StaleVersion, VersionMissing, Invalid, PlanContradictory, NameTaken.
    """
    async with context.transaction() as tx:
        unit = await find_unit(tx, context, management_unit_id)
        require(context, "wfm:workPlan:edit", division_id=unit.division_id)
        current = await _lock(tx, unit, plan_id)
        check_version(current.stamp, draft.version, "metadata.version")
        changed = await _draw_up(tx, unit, current, draft)
        if changed != current:
            await _update(tx, changed)
        await _give_by_draft(tx, changed, draft)
        return await _find_plan(tx, context, unit, plan_id)


async def copy_work_plan(context: Context, management_unit_id: str, plan_id: str, name: str) -> WorkPlan:
    """The same rules under another name, for nobody yet. Raises ManagementUnitNotFound, WorkPlanNotFound, NameTaken."""
    async with context.transaction() as tx:
        unit = await find_unit(tx, context, management_unit_id)
        require(context, "wfm:workPlan:add", division_id=unit.division_id)
        source = await _find_plan(tx, context, unit, plan_id)
        plan = replace(copy_plan(source, new_id(), name, new_id), stamp=store.fresh_stamp(tx))
        await _insert(tx, plan)
        return plan


async def delete_work_plan(context: Context, management_unit_id: str, plan_id: str) -> None:
    """Take a plan that nobody has out of use. Raises ManagementUnitNotFound, WorkPlanNotFound, WorkPlanInUse."""
    async with context.transaction() as tx:
        unit = await find_unit(tx, context, management_unit_id)
        require(context, "wfm:workPlan:delete", division_id=unit.division_id)
        plan = await _lock(tx, unit, plan_id)
        overridden, rotations = await store.count_plan_uses(tx, plan.id, today_of(unit, context))
        if plan.agent_ids or overridden or rotations:
            raise WorkPlanInUse(plan.name, len(plan.agent_ids), overridden, rotations)
        await store.update_work_plan(tx, plan, active=False)
        tx.record(_changed(tx, plan, active=False))


async def validate_work_plan(
    context: Context, management_unit_id: str, plan_id: str, draft: PlanDraft
) -> tuple[WorkPlan, list[Contradiction]]:
    """What a plan (or with ``new`` one that is not there yet) would be, and which of its rules contradict each other.

    Nothing is stored. Raises ManagementUnitNotFound, WorkPlanNotFound, Invalid.
    """
    async with context.transaction() as tx:
        unit = await find_unit(tx, context, management_unit_id)
        require(context, "wfm:workPlan:add", "wfm:workPlan:edit", division_id=unit.division_id)
        current = _blank(tx, unit) if plan_id == NEW else await _find_plan(tx, context, unit, plan_id)
        plan = await _draw_up(tx, unit, current, replace(draft, lenient=True))
        return plan, find_contradictions(plan, periods_of(unit.settings))


async def _find_plan(reader: Reader, context: Context, unit: ManagementUnit, plan_id: str) -> WorkPlan:
    for plan in await store.find_work_plans(reader, context.organization_id, management_unit_id=unit.id, ids=[plan_id]):
        return plan
    raise WorkPlanNotFound(plan_id)


async def _lock(tx: Transaction, unit: ManagementUnit, plan_id: str) -> WorkPlan:
    plan = await store.lock_work_plan(tx, unit.id, plan_id)
    if plan is None:
        raise WorkPlanNotFound(plan_id)
    return plan


def _blank(tx: Transaction, unit: ManagementUnit) -> WorkPlan:
    return WorkPlan(id=new_id(), management_unit_id=unit.id, name="", stamp=store.fresh_stamp(tx))


async def _draw_up(tx: Transaction, unit: ManagementUnit, current: WorkPlan, draft: PlanDraft) -> WorkPlan:
    """The plan as the draft wants it. Raises Invalid, PlanContradictory unless the draft is lenient."""
    plan = apply_draft(current, draft, new_id)
    codes = await find_activity_codes(tx, tx.context.organization_id, unit.business_unit_id)
    check_activity_codes(plan, current, {code.id for code in codes.codes.values() if code.active})
    periods = periods_of(unit.settings)
    if not draft.lenient:
        check_consistent(plan, periods)
    return replace(plan, valid=not find_contradictions(plan, periods))


async def _insert(tx: Transaction, plan: WorkPlan) -> None:
    try:
        await store.insert_work_plan(tx, plan)
    except psycopg.errors.UniqueViolation as error:
        raise NameTaken("work plan", plan.name) from error
    tx.record(_changed(tx, plan))


async def _update(tx: Transaction, plan: WorkPlan) -> None:
    try:
        await store.update_work_plan(tx, plan)
    except psycopg.errors.UniqueViolation as error:
        raise NameTaken("work plan", plan.name) from error
    tx.record(_changed(tx, replace(plan, stamp=replace(plan.stamp, version=plan.stamp.version + 1))))


async def _give_by_draft(tx: Transaction, plan: WorkPlan, draft: PlanDraft) -> None:
    """Give the plan to those who shall have it, and take it from those who shall not. Raises Invalid for strangers."""
    if not draft.agents:
        return
    agents = await agents_in(tx, tx.context.organization_id, plan.management_unit_id, draft.agents)
    problems = [
        Problem(f"agents[{index}]", f"{person_id} is no agent of the management unit.", "agent.unknown")
        for index, person_id in enumerate(draft.agents)
        if person_id not in agents
    ]
    if problems:
        raise Invalid(*problems)
    wanted = [person_id for person_id, having in draft.agents.items() if having]
    released = [person_id for person_id, having in draft.agents.items() if not having and person_id in plan.agent_ids]
    await give_plan(tx, plan.management_unit_id, wanted, plan.id)
    await give_plan(tx, plan.management_unit_id, released, None)


def _changed(tx: Transaction, plan: WorkPlan, *, active: bool = True) -> WorkPlanChanged:
    return WorkPlanChanged(
        organization_id=tx.context.organization_id,
        work_plan_id=plan.id,
        management_unit_id=plan.management_unit_id,
        name=plan.name,
        version=plan.stamp.version,
        valid=plan.valid,
        active=active,
    )
