"""What can be done with wishes: agents state their own, planners read and correct an agent's."""

from collections.abc import Sequence
from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import Interval
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.preferences import store
from shiftline.workforce.preferences.events import WishesChanged
from shiftline.workforce.preferences.model import Family, Wish, WishChange, WishPlan
from shiftline.workforce.preferences.operations.contract import check_times
from shiftline.workforce.preferences.operations.settings import SEE_OWN, check_enabled
from shiftline.workforce.preferences.rules.stating import plan_wishes
from shiftline.workforce.schedule.operations.places import Place, find_schedule_at
from shiftline.workforce.units.errors import AgentNotFound
from shiftline.workforce.units.operations.agents import find_agent, find_agents

# The vendor's permissions; those of its preview operations on preferences are not published, so these are ours.
CHANGE_OWN = {
    Family.PREFERENCES: ("wfm:agentSchedulingPreferences:edit",),
    Family.UNAVAILABLE_TIMES: ("wfm:agentUnavailableTimes:submit",),
}
CHANGE = "wfm:unavailableTimes:edit"
SEE = {Family.PREFERENCES: "wfm:schedulingPreferences:view", Family.UNAVAILABLE_TIMES: "wfm:unavailableTimes:view"}


async def change_own_wishes(context: Context, family: Family, changes: Sequence[WishChange]) -> WishPlan:
    """The caller states, changes and removes wishes, all or none; what is so already stays. Raises Invalid,
    WishNotFound, WishesOverlap, WishesDisabled, ContractContradicted (both as their unit's settings say).
    """
    require(context, *CHANGE_OWN[family])
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        await _judge_agent(tx, context.organization_id, person_id)
        if not all(change.delete for change in changes):
            await check_enabled(tx, person_id, family)
        return await _change(tx, person_id, family, changes)


async def change_unavailable_times_of(context: Context, person_id: str, changes: Sequence[WishChange]) -> WishPlan:
    """A planner changes an agent's unavailable times, all or none. Raises AgentNotFound, Invalid, WishNotFound,
    WishesOverlap, ContractContradicted.
    """
    async with context.transaction() as tx:
        agent = await find_agent(tx, context.organization_id, person_id)
        require(context, CHANGE, division_id=agent.division_id)
        return await _change(tx, person_id, Family.UNAVAILABLE_TIMES, changes)


async def _change(tx: Transaction, person_id: str, family: Family, changes: Sequence[WishChange]) -> WishPlan:
    ids = [change.id for change in changes if change.id is not None]
    standing, gone = await store.lock_wishes(tx, person_id, family, ids)
    plan = plan_wishes(person_id, standing, gone, [(new_id(), change) for change in changes], tx.context.now())
    if family is Family.UNAVAILABLE_TIMES:
        plan = replace(plan, conflicts=await check_times(tx, person_id, plan))
    await store.apply_plan(tx, plan)
    if plan.put or plan.removed:
        tx.record(
            WishesChanged(
                organization_id=tx.context.organization_id,
                person_id=person_id,
                family=family,
                stated=tuple(plan.put),
                removed=tuple(plan.removed),
            )
        )
    return plan


async def list_own_wishes(context: Context, family: Family, during: Interval) -> list[Wish]:
    """The caller's wishes that touch a span."""
    require(context, *SEE_OWN[family])
    person_id = own_person_id(context)
    async with context.reader() as reader:
        return await store.list_wishes(reader, context.organization_id, person_id, family, during)


async def list_wishes_of(context: Context, person_id: str, family: Family, during: Interval) -> list[Wish]:
    """An agent's wishes that touch a span. Raises AgentNotFound."""
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, person_id)
        require(context, SEE[family], division_id=agent.division_id)
        return await store.list_wishes(reader, context.organization_id, person_id, family, during)


async def list_times_of_schedule(context: Context, place: Place, person_id: str) -> list[Wish]:
    """An agent's unavailable times that touch the weeks of a schedule. Raises BusinessUnitNotFound, ScheduleNotFound,
    AgentNotFound.
    """
    async with context.reader() as reader:
        unit, schedule = await find_schedule_at(context, reader, place, SEE[Family.UNAVAILABLE_TIMES])
        agent = await find_agent(reader, context.organization_id, person_id)
        if agent.business_unit_id != unit.id:
            raise AgentNotFound(person_id)
        return await store.list_wishes(
            reader, context.organization_id, person_id, Family.UNAVAILABLE_TIMES, schedule.bounds(unit.zone)
        )


async def _judge_agent(reader: Reader, organization_id: str, person_id: str) -> None:
    found = await find_agents(reader, organization_id, [person_id])
    if person_id not in found:
        raise Invalid(Problem("userId", f"{person_id} is an agent of no management unit.", "agent.unknown"))
