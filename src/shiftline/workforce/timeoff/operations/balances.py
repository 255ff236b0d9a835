"""Balances: granted by whoever decides on time off, read by their agents, and asked for in the vendor's way."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.timeoff.errors import GrantTooSmall, JobNotFound
from shiftline.workforce.timeoff.events import TimeOffBalanceGranted, TimeOffBalanceTold
from shiftline.workforce.timeoff.model import Balance, Days
from shiftline.workforce.timeoff.rules.codes import choose_code
from shiftline.workforce.timeoff.rules.limits import check_days
from shiftline.workforce.timeoff.store import balances as store
from shiftline.workforce.timeoff.store import requests
from shiftline.workforce.timeoff.store.statements import fresh_stamp
from shiftline.workforce.units.errors import AgentNotFound
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.operations.agents import find_agent
from shiftline.workforce.units.operations.management_units import find_management_unit
from shiftline.workforce.units.rules import check_version

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


async def grant_balance(
    context: Context, person_id: str, activity_code_id: str, granted_minutes: int, version: int | None
) -> Balance:
    """Keep from now on how much of a kind of time off an agent has; the same grant again changes nothing.

    ``version`` is the one that was read, or None to set it whatever it was. Raises AgentNotFound, Invalid, StaleVersion,
    GrantTooSmall.
    """
    async with context.transaction() as tx:
        agent = await find_agent(tx, context.organization_id, person_id)
        require(context, EDIT, division_id=agent.division_id)
        codes = await find_activity_codes(tx, context.organization_id, agent.business_unit_id)
        choose_code(codes.codes.values(), activity_code_id, "activityCodeId", by_agent=False)
        await requests.queue_approvals(tx, person_id)
        current = (await store.lock_balances(tx, person_id, [activity_code_id])).get(activity_code_id)
        if current is not None and version is not None:
            check_version(current.stamp, version, "metadata.version")
        if current is not None and current.granted_minutes == granted_minutes:
            return current
        base = current or Balance(
            person_id,
            activity_code_id,
            granted_minutes,
            await store.sum_taken(tx, person_id, activity_code_id),
            fresh_stamp(tx),
        )
        if base.taken_minutes > granted_minutes:
            raise GrantTooSmall(base, granted_minutes)
        balance = replace(base, granted_minutes=granted_minutes)
        await (store.insert_balance(tx, balance) if current is None else store.update_balance(tx, balance))
        tx.record(
            TimeOffBalanceGranted(
                organization_id=context.organization_id,
                person_id=person_id,
                activity_code_id=activity_code_id,
                granted_minutes=granted_minutes,
                taken_minutes=balance.taken_minutes,
            )
        )
        return (await store.lock_balances(tx, person_id, [activity_code_id]))[activity_code_id]


async def find_own_balances(context: Context, codes: Sequence[str], ranges: Sequence[Days]) -> list[Balance]:
    """The caller's balances of some activity codes. Raises AgentNotFound, Invalid naming a code that is none."""
    require(context, SUBMIT)
    check_days(ranges, "dateRanges")
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, own_person_id(context))
        return await _find(reader, context, agent, codes)


async def find_balances_of(
    context: Context, management_unit_id: str, person_id: str, codes: Sequence[str], ranges: Sequence[Days]
) -> list[Balance]:
    """The same of an agent of a unit. Raises ManagementUnitNotFound, AgentNotFound, Invalid."""
    check_days(ranges, "dateRanges")
    async with context.reader() as reader:
        unit = await find_management_unit(reader, context.organization_id, management_unit_id)
        require(context, VIEW, division_id=unit.division_id)
        agent = await find_agent(reader, context.organization_id, person_id)
        if agent.management_unit_id != unit.id:
            raise AgentNotFound(person_id)
        return await _find(reader, context, agent, codes)


async def _find(reader: Reader, context: Context, agent: Agent, codes: Collection[str]) -> list[Balance]:
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
    return await store.find_balances(reader, context.organization_id, [agent.person_id], codes)


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
