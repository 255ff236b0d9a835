"""Balances are read by their agents and by whoever decides, and asked for in the vendor's way."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.timeoff.errors import JobNotFound
from shiftline.workforce.timeoff.events import TimeOffBalanceTold
from shiftline.workforce.timeoff.model import Days, HrisType
from shiftline.workforce.timeoff.model.balances import Account, Balance
from shiftline.workforce.timeoff.rules.limits import check_days
from shiftline.workforce.timeoff.rules.plans import choose_plan
from shiftline.workforce.timeoff.store import balances as store
from shiftline.workforce.timeoff.store import plans
from shiftline.workforce.units.errors import AgentNotFound
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.operations.agents import find_agent
from shiftline.workforce.units.operations.management_units import find_management_unit

EDIT = "wfm:timeOffRequest:edit"
VIEW = "wfm:timeOffRequest:view"
SUBMIT = "wfm:agentTimeOffRequest:submit"


async def list_balances(context: Context, person_id: str) -> list[Balance]:
    """An agent's balances by activity code: one's own freely, others' with a permission. Raises AgentNotFound."""
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, person_id)
        if person_id != context.actor.person_id:
            require(context, VIEW, EDIT, division_id=agent.division_id)
        return await store.find_balances(reader, context.organization_id, [person_id])


@dataclass(frozen=True, slots=True)
class Told:
    """An agent's balances, and by activity code which time off of an HRIS their plans say that it is."""

    accounts: Sequence[Account]
    hris_types: Mapping[str, HrisType]


async def find_own_balances(context: Context, codes: Sequence[str], ranges: Sequence[Days]) -> Told:
    """The caller's balances of some activity codes. Raises AgentNotFound, Invalid naming a code that is none."""
    require(context, SUBMIT)
    check_days(ranges, "dateRanges")
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, own_person_id(context))
        return await _find(reader, context, agent, codes)


async def find_balances_of(
    context: Context, management_unit_id: str, person_id: str, codes: Sequence[str], ranges: Sequence[Days]
) -> Told:
    """The same of an agent of a unit. Raises ManagementUnitNotFound, AgentNotFound, Invalid."""
    check_days(ranges, "dateRanges")
    async with context.reader() as reader:
        unit = await find_management_unit(reader, context.organization_id, management_unit_id)
        require(context, VIEW, division_id=unit.division_id)
        agent = await find_agent(reader, context.organization_id, person_id)
        if agent.management_unit_id != unit.id:
            raise AgentNotFound(person_id)
        return await _find(reader, context, agent, codes)


async def _find(reader: Reader, context: Context, agent: Agent, codes: Collection[str]) -> Told:
    known = (await find_activity_codes(reader, context.organization_id, agent.business_unit_id)).codes
    problems = [
        Problem(
            f"activityCodeIds[{index}]",
            f"{code_id!r} is no activity code of the business unit.",
            "timeoff.code.unknown",
        )
        for index, code_id in enumerate(codes)
        if code_id not in known
    ]
    if problems:
        raise Invalid(*problems)
    found = await store.find_accounts(reader, context.organization_id, [agent.person_id], codes)
    known_plans = await plans.find_plans(reader, context.organization_id, business_unit_id=agent.business_unit_id)
    chosen = {code_id: choose_plan(known_plans, code_id, agent.management_unit_id) for code_id in codes}
    return Told(
        accounts=[account for _, account in sorted(found.items())],
        hris_types={code: plan.hris_type for code, plan in chosen.items() if plan is not None and plan.hris_type},
    )


async def keep_answer(context: Context, body: Mapping[str, Any]) -> str:
    """Keep an answer on balances for a day, and tell its topic; the id under which it is kept."""
    job_id = new_id()
    async with context.transaction() as tx:
        await store.insert_job(tx, job_id, body)
        told = TimeOffBalanceTold(
            organization_id=context.organization_id, job_id=job_id, asked_by=context.actor.id, body=body
        )
        tx.record(told)
    return job_id


async def get_answer(context: Context, job_id: str) -> Mapping[str, Any]:
    """An answer that the caller asked for. Raises JobNotFound."""
    require(context, SUBMIT, VIEW)
    async with context.reader() as reader:
        body = await store.find_job(reader, context.organization_id, context.actor.id, job_id)
    if body is None:
        raise JobNotFound(job_id)
    return body


async def forget_answers(context: Context) -> None:
    """Drop what was kept for more than a day."""
    async with context.transaction() as tx:
        await store.forget_jobs(tx)
