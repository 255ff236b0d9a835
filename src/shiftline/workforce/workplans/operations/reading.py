"""Which plans agents have, for this room and others."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.time import day_of
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.units.model import ManagementUnit
from shiftline.workforce.units.operations.agents import find_agent, find_agents
from shiftline.workforce.units.operations.management_units import find_management_unit
from shiftline.workforce.workplans.rules.choosing import AgentPlans
from shiftline.workforce.workplans.store import assignments, plans

MINE = "mine"
"""Stands for the caller's management unit."""
READ = ("wfm:workPlan:view", "wfm:workPlanRotation:view", "wfm:schedule:view")
LIST = (*READ, "wfm:agent:view", "wfm:publishedSchedule:view")


async def find_plans_of(reader: Reader, organization_id: str, person_ids: Collection[str]) -> dict[str, AgentPlans]:
    """The plans that agents have, by person; who has none in any week is left out."""
    having = await assignments.find_agent_plans(reader, organization_id, person_ids)
    wanted = {plan_id for each in having.values() for plan_id in named_in(each)}
    if not wanted:
        return {}
    found = {plan.id: plan for plan in await plans.find_work_plans(reader, organization_id, ids=wanted)}
    filled = {
        person_id: replace(each, plans={plan_id: found[plan_id] for plan_id in named_in(each) if plan_id in found})
        for person_id, each in having.items()
    }
    return {person_id: each for person_id, each in filled.items() if each.plans}


def named_in(having: AgentPlans) -> set[str]:
    """The ids of all plans that an agent may have in some week."""
    own = set() if having.own is None else {having.own}
    turns = {plan_id for turn in having.turns for plan_id in turn.work_plan_ids}
    return own | {each.work_plan_id for each in having.overrides} | turns


async def find_unit(reader: Reader, context: Context, management_unit_id: str) -> ManagementUnit:
    """A management unit, ``mine`` the caller's. Raises ManagementUnitNotFound, AgentNotFound."""
    if management_unit_id == MINE:
        agent = await find_agent(reader, context.organization_id, own_person_id(context))
        management_unit_id = agent.management_unit_id
    return await find_management_unit(reader, context.organization_id, management_unit_id)


async def agents_in(
    reader: Reader, organization_id: str, management_unit_id: str, person_ids: Collection[str]
) -> set[str]:
    """Which of these people are agents of a management unit."""
    found = await find_agents(reader, organization_id, person_ids)
    return {agent.person_id for agent in found.values() if agent.management_unit_id == management_unit_id}


def today_of(unit: ManagementUnit, context: Context) -> date:
    """Which day it is on the wall of a management unit."""
    return day_of(context.now(), unit.zone)
