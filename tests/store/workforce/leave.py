"""What tests of plans, limits and balances do with time off, in a word each."""

from dataclasses import replace
from datetime import date
from typing import Any

from tests.store.workforce.conftest import Centre

from shiftline.foundation.context import Context
from shiftline.workforce.timeoff.model import (
    ApprovalRule,
    Limit,
    LimitDraft,
    OwnChanges,
    Plan,
    PlanDraft,
    RequestChanges,
    RequestDraft,
    Status,
    Substatus,
    TimeOffRequest,
    TimesAsked,
    ValuesGiven,
)
from shiftline.workforce.timeoff.operations.changing import Target, change_own_request, change_request
from shiftline.workforce.timeoff.operations.filing import submit_request
from shiftline.workforce.timeoff.operations.limits import (
    create_limit,
    set_values,
)
from shiftline.workforce.timeoff.operations.plans import create_plan
from shiftline.workforce.timeoff.operations.reading import get_own_request
from shiftline.workforce.units.operations.agents import move_agents_in

MONDAY, TUESDAY, FRIDAY = date(2023, 11, 13), date(2023, 11, 14), date(2023, 10, 27)
LEAVE = PlanDraft(
    name="Leave",
    activity_code_ids=["5"],
    approval_rule=ApprovalRule.CHECK_LIMITS,
    counts_against_limits=True,
    days_before_start=3,
)


def days(*off: date, minutes: int = 480) -> RequestDraft:
    return RequestDraft("5", TimesAsked(days=off, daily_minutes=minutes))


async def plan_leave(centre: Centre, **more: Any) -> Plan:
    plan, _ = await create_plan(
        centre.boss, centre.unit.id, replace(LEAVE, management_unit_ids=[centre.chicago.id], **more)
    )
    return plan


async def bound(centre: Centre, *minutes: int, first: date = MONDAY) -> Limit:
    limit = await create_limit(centre.boss, centre.unit.id, LimitDraft(centre.chicago.id))
    return await bear(centre, limit, *minutes, first=first)


async def bear(centre: Centre, limit: Limit, *minutes: int, first: date = MONDAY) -> Limit:
    values = [ValuesGiven(first, minutes, "values[0].limitMinutesPerDay")]
    return await set_values(centre.boss, centre.unit.id, limit.id, lambda _: values, limit.stamp.version)


async def hire(centre: Centre, *names: str) -> list[Context]:
    permission = "wfm:agentTimeOffRequest:submit"
    people = [await centre.tenant.person(name, permission) for name in names]
    async with centre.boss.transaction() as tx:
        await move_agents_in(tx, [person.id for person in people], centre.chicago.id)
    return [centre.tenant.acting_as(person, permission) for person in people]


async def ask(who: Context, *off: date, minutes: int = 480) -> TimeOffRequest:
    request, _ = await submit_request(who, days(*off, minutes=minutes))
    return request


async def now(who: Context, request: TimeOffRequest) -> tuple[Status, Substatus | None]:
    found = await get_own_request(who, request.id)
    return found.status, found.substatus


async def decide(centre: Centre, request: TimeOffRequest, status: Status) -> TimeOffRequest:
    target = Target(centre.chicago.id, request.person_id, request.id)
    return await change_request(centre.boss, target, RequestChanges(request.version, status))


async def cancel(who: Context, request: TimeOffRequest) -> TimeOffRequest:
    return await change_own_request(who, request.id, OwnChanges(cancel=True))


APPROVED = (Status.APPROVED, Substatus.AUTO_APPROVED)
WAITS = (Status.PENDING, Substatus.WAITLISTED)
