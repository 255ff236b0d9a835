"""What can be done with work plans: list, read, make, change, copy, delete, check, and give them to agents."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import psycopg

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.units.errors import NameTaken
from shiftline.workforce.units.model import Agent, ManagementUnit
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.operations.agents import find_agent, find_agents, get_agent_of
from shiftline.workforce.units.operations.management_units import find_management_unit
from shiftline.workforce.units.rules import check_version
from shiftline.workforce.workplans import store
from shiftline.workforce.workplans.errors import WorkPlanInUse, WorkPlanNotFound
from shiftline.workforce.workplans.events import AgentPlanChanged, WorkPlanChanged
from shiftline.workforce.workplans.model import AgentPlan, Contradiction, PlanDraft, WorkPlan
from shiftline.workforce.workplans.rules.consistency import check_consistent, find_contradictions
from shiftline.workforce.workplans.rules.drafting import apply_draft, check_activity_codes, copy_plan

MINE = "mine"
"""Stands for the caller's management unit."""
NEW = "new"
"""Stands for a plan that is not there yet, when one is checked."""
READ = ("wfm:workPlan:view", "wfm:workPlanRotation:view", "wfm:schedule:view")
LIST = (*READ, "wfm:agent:view", "wfm:publishedSchedule:view")


async def find_plans_of(reader: Reader, organization_id: str, person_ids: Collection[str]) -> dict[str, WorkPlan]:
    """The plans that agents have, by person, for other rooms; who has none is left out."""
    having = await store.find_agent_plans(reader, organization_id, person_ids)
    if not having:
        return {}
    plans = await store.find_work_plans(reader, organization_id, ids=set(having.values()))
    by_id = {plan.id: plan for plan in plans}
    return {person_id: by_id[plan_id] for person_id, plan_id in having.items()}


async def list_work_plans(context: Context, management_unit_id: str) -> list[WorkPlan]:
    """The plans of a management unit by name. Raises ManagementUnitNotFound."""
    async with context.reader() as reader:
        unit = await _find_unit(reader, context, management_unit_id)
        require(context, *LIST, division_id=unit.division_id)
        return await store.find_work_plans(reader, context.organization_id, management_unit_id=unit.id)


async def get_work_plan(context: Context, management_unit_id: str, plan_id: str) -> WorkPlan:
    """One plan. Raises ManagementUnitNotFound, WorkPlanNotFound."""
    async with context.reader() as reader:
        unit = await _find_unit(reader, context, management_unit_id)
        require(context, *READ, division_id=unit.division_id)
        return await _find_plan(reader, context, unit, plan_id)


async def create_work_plan(context: Context, management_unit_id: str, draft: PlanDraft) -> WorkPlan:
    """A new plan. Raises ManagementUnitNotFound, Invalid, PlanContradictory, NameTaken."""
    async with context.transaction() as tx:
        unit = await _find_unit(tx, context, management_unit_id)
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
        unit = await _find_unit(tx, context, management_unit_id)
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
        unit = await _find_unit(tx, context, management_unit_id)
        require(context, "wfm:workPlan:add", division_id=unit.division_id)
        source = await _find_plan(tx, context, unit, plan_id)
        plan = replace(copy_plan(source, new_id(), name, new_id), stamp=store.fresh_stamp(tx))
        await _insert(tx, plan)
        return plan


async def delete_work_plan(context: Context, management_unit_id: str, plan_id: str) -> None:
    """Take a plan that nobody has out of use. Raises ManagementUnitNotFound, WorkPlanNotFound, WorkPlanInUse."""
    async with context.transaction() as tx:
        unit = await _find_unit(tx, context, management_unit_id)
        require(context, "wfm:workPlan:delete", division_id=unit.division_id)
        plan = await _lock(tx, unit, plan_id)
        if plan.agent_ids:
            raise WorkPlanInUse(plan.name, len(plan.agent_ids))
        await store.update_work_plan(tx, plan, active=False)
        tx.record(_changed(tx, plan, active=False))


async def validate_work_plan(
    context: Context, management_unit_id: str, plan_id: str, draft: PlanDraft
) -> tuple[WorkPlan, list[Contradiction]]:
    """What a plan (or with ``new`` one that is not there yet) would be, and which of its rules contradict each other.

    Nothing is stored. Raises ManagementUnitNotFound, WorkPlanNotFound, Invalid.
    """
    async with context.transaction() as tx:
        unit = await _find_unit(tx, context, management_unit_id)
        require(context, "wfm:workPlan:add", "wfm:workPlan:edit", division_id=unit.division_id)
        current = _blank(tx, unit) if plan_id == NEW else await _find_plan(tx, context, unit, plan_id)
        plan = await _draw_up(tx, unit, current, replace(draft, lenient=True))
        return plan, find_contradictions(plan)


async def assign_work_plans(
    context: Context, management_unit_id: str, wanted: Sequence[AgentPlan]
) -> tuple[list[AgentPlan], list[AgentPlan]]:
    """Give agents of a management unit each a plan of it, or none: all that can be. What could not: of people who are no
    agents there, and of plans that are none there. Raises ManagementUnitNotFound.
    """
    async with context.transaction() as tx:
        unit = await _find_unit(tx, context, management_unit_id)
        require(context, "wfm:agent:edit", division_id=unit.division_id)
        agents = await _agents_in(tx, context.organization_id, unit.id, {each.person_id for each in wanted})
        asked = {each.work_plan_id for each in wanted if each.work_plan_id is not None}
        plans = await store.hold_work_plans(tx, unit.id, asked)
        strangers = [each for each in wanted if each.person_id not in agents]
        unknown = [
            each
            for each in wanted
            if each.person_id in agents and each.work_plan_id is not None and each.work_plan_id not in plans
        ]
        for each in sorted(wanted, key=lambda each: each.person_id):  # in one order, so that none wait for each other
            if each not in strangers and each not in unknown:
                await _give(tx, unit.id, [each.person_id], each.work_plan_id)
        return strangers, unknown


async def list_agent_plans(
    context: Context, management_unit_id: str, person_ids: Collection[str]
) -> tuple[ManagementUnit, Mapping[str, str | None]]:
    """The unit, and which plan each of these agents has, those of other management units left out. Raises ManagementUnitNotFound."""
    async with context.reader() as reader:
        unit = await _find_unit(reader, context, management_unit_id)
        require(context, *LIST, division_id=unit.division_id)
        agents = await _agents_in(reader, context.organization_id, unit.id, person_ids)
        having = await store.find_agent_plans(reader, context.organization_id, agents)
        known = [person_id for person_id in dict.fromkeys(person_ids) if person_id in agents]
        return unit, {person_id: having.get(person_id) for person_id in known}


async def get_agent_with_plan(context: Context, management_unit_id: str, person_id: str) -> tuple[Agent, str | None]:
    """An agent of a management unit, and the id of their work plan. Raises ManagementUnitNotFound, AgentNotFound."""
    agent = await get_agent_of(context, management_unit_id, person_id)
    async with context.reader() as reader:
        having = await store.find_agent_plans(reader, context.organization_id, [person_id])
    return agent, having.get(person_id)


async def _find_unit(reader: Reader, context: Context, management_unit_id: str) -> ManagementUnit:
    if management_unit_id == MINE:
        agent = await find_agent(reader, context.organization_id, own_person_id(context))
        management_unit_id = agent.management_unit_id
    return await find_management_unit(reader, context.organization_id, management_unit_id)


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
    if not draft.lenient:
        check_consistent(plan)
    return replace(plan, valid=not find_contradictions(plan))


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
    agents = await _agents_in(tx, tx.context.organization_id, plan.management_unit_id, draft.agents)
    problems = [
        Problem(f"agents[{index}]", f"{person_id} is no agent of the management unit.", "agent.unknown")
        for index, person_id in enumerate(draft.agents)
        if person_id not in agents
    ]
    if problems:
        raise Invalid(*problems)
    wanted = [person_id for person_id, having in draft.agents.items() if having]
    released = [person_id for person_id, having in draft.agents.items() if not having and person_id in plan.agent_ids]
    await _give(tx, plan.management_unit_id, wanted, plan.id)
    await _give(tx, plan.management_unit_id, released, None)


async def _give(tx: Transaction, management_unit_id: str, person_ids: Sequence[str], plan_id: str | None) -> None:
    for person_id in await store.put_agent_plans(tx, person_ids, plan_id) if person_ids else []:
        tx.record(
            AgentPlanChanged(
                organization_id=tx.context.organization_id,
                person_id=person_id,
                management_unit_id=management_unit_id,
                work_plan_id=plan_id,
            )
        )


async def _agents_in(
    reader: Reader, organization_id: str, management_unit_id: str, person_ids: Collection[str]
) -> set[str]:
    """Which of these people are agents of a management unit."""
    found = await find_agents(reader, organization_id, person_ids)
    return {agent.person_id for agent in found.values() if agent.management_unit_id == management_unit_id}


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
