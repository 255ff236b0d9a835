"""What can be done with who has which plan: give it, for good or for single weeks, and tell it."""

from collections.abc import Collection, Mapping, Sequence

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.workforce.units.model import Agent, ManagementUnit
from shiftline.workforce.units.operations.agents import get_agent_of
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.workplans.events import AgentOverridesChanged, AgentPlanChanged
from shiftline.workforce.workplans.model.agents import AgentPlan, Failing, Failure, Override
from shiftline.workforce.workplans.operations.reading import LIST, agents_in, find_plans_of, find_unit
from shiftline.workforce.workplans.rules.assigning import apply_overrides, check_overrides
from shiftline.workforce.workplans.rules.choosing import AgentPlans
from shiftline.workforce.workplans.store import assignments as store
from shiftline.workforce.workplans.store import plans


async def assign_work_plans(context: Context, management_unit_id: str, wanted: Sequence[AgentPlan]) -> list[Failure]:
    """Give agents of a management unit each a plan of it, or none, and plans for single weeks: to each agent all that is
    wanted for them, or nothing. For whom that could not be done. Raises ManagementUnitNotFound, Invalid.
    """
    async with context.transaction() as tx:
        unit = await find_unit(tx, context, management_unit_id)
        require(context, "wfm:agent:edit", division_id=unit.division_id)
        business_unit = await find_business_unit(tx, context.organization_id, unit.business_unit_id)
        check_overrides(wanted, business_unit.start_day_of_week)
        people = {each.person_id for each in wanted}
        agents = await agents_in(tx, context.organization_id, unit.id, people)
        plan_ids = await plans.hold_work_plans(tx, unit.id, _named(wanted))
        standing = await store.lock_overrides(tx, unit.id, agents)
        failures: dict[int, Failure] = {}
        # In one order, so that none wait for each other; the last of several entries on one agent counts last.
        for number, each in sorted(enumerate(wanted), key=lambda one: one[1].person_id):
            if each.person_id not in agents:
                failures[number] = Failure(each.person_id, Failing.STRANGER)
                continue
            here, elsewhere = standing.get(each.person_id, ((), ()))
            result = _judge(each, here, plan_ids)
            if isinstance(result, Failure):
                failures[number] = result
                continue
            if not each.keeps:
                await give_plan(tx, unit.id, [each.person_id], each.work_plan_id)
            await _put_overrides(tx, unit, each, (here, elsewhere), result)
            standing[each.person_id] = (result, () if result != here else elsewhere)
        return [failures[number] for number in sorted(failures)]


def _named(wanted: Sequence[AgentPlan]) -> set[str]:
    ids = {each.work_plan_id for each in wanted}
    ids |= {draft.work_plan_id for each in wanted for draft in each.overrides}
    return {each for each in ids if each is not None}


def _judge(
    wanted: AgentPlan, standing: Sequence[Override], plan_ids: Collection[str]
) -> tuple[Override, ...] | Failure:
    if wanted.work_plan_id is not None and wanted.work_plan_id not in plan_ids:
        return Failure(wanted.person_id, Failing.NO_PLAN, wanted.work_plan_id)
    return apply_overrides(wanted, standing, plan_ids)


async def _put_overrides(
    tx: Transaction,
    unit: ManagementUnit,
    wanted: AgentPlan,
    standing: tuple[tuple[Override, ...], tuple[Override, ...]],
    result: tuple[Override, ...],
) -> None:
    here, elsewhere = standing
    if result == here:
        return
    starts = {each.start for each in result}
    gone = [each for each in (*here, *elsewhere) if each.start not in starts]
    put = [each for each in result if each not in here]
    # What is left from another management unit gives way, also where it has the same first day.
    await store.replace_overrides(tx, wanted.person_id, gone, put)
    tx.record(
        AgentOverridesChanged(
            organization_id=tx.context.organization_id,
            person_id=wanted.person_id,
            management_unit_id=unit.id,
            weeks=sum(each.weeks for each in result),
        )
    )


async def give_plan(tx: Transaction, management_unit_id: str, person_ids: Sequence[str], plan_id: str | None) -> None:
    """Give people a plan of their own, or none."""
    for person_id in await store.put_agent_plans(tx, person_ids, plan_id) if person_ids else []:
        tx.record(
            AgentPlanChanged(
                organization_id=tx.context.organization_id,
                person_id=person_id,
                management_unit_id=management_unit_id,
                work_plan_id=plan_id,
            )
        )


async def list_agent_plans(
    context: Context, management_unit_id: str, person_ids: Collection[str]
) -> tuple[ManagementUnit, Mapping[str, AgentPlans]]:
    """The unit, and which plans each of these agents has, those of other units left out. Raises ManagementUnitNotFound."""
    async with context.reader() as reader:
        unit = await find_unit(reader, context, management_unit_id)
        require(context, *LIST, division_id=unit.division_id)
        agents = await agents_in(reader, context.organization_id, unit.id, person_ids)
        having = await find_plans_of(reader, context.organization_id, agents)
        known = [person_id for person_id in dict.fromkeys(person_ids) if person_id in agents]
        return unit, {person_id: having.get(person_id, AgentPlans()) for person_id in known}


async def get_agent_with_plans(context: Context, management_unit_id: str, person_id: str) -> tuple[Agent, AgentPlans]:
    """An agent of a management unit, and their plans. Raises ManagementUnitNotFound, AgentNotFound."""
    agent = await get_agent_of(context, management_unit_id, person_id)
    async with context.reader() as reader:
        having = await find_plans_of(reader, context.organization_id, [person_id])
    return agent, having.get(person_id, AgentPlans())
