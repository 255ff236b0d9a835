"""Time-off limits: list, read, make, delete, set and ask what they bear. A raised limit grants who waits at once."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import psycopg

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import DAY, Interval, Zone, day_bounds, day_start
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.timeoff.errors import LimitNotFound, LimitThere
from shiftline.workforce.timeoff.events import TimeOffLimitChanged
from shiftline.workforce.timeoff.model import (
    Days,
    Granularity,
    Limit,
    LimitDraft,
    LimitUse,
    Plan,
    Slots,
    ValuesGiven,
)
from shiftline.workforce.timeoff.operations.keeping import fill_in, find_waiting_in, hold_in
from shiftline.workforce.timeoff.operations.reading import get_request
from shiftline.workforce.timeoff.rules.limits import (
    check_days,
    count_minutes,
    count_requests,
    days_of,
    fill_days,
    lay_values,
    list_runs,
)
from shiftline.workforce.timeoff.rules.plans import choose_plan, list_counted_codes
from shiftline.workforce.timeoff.store import limits as store
from shiftline.workforce.timeoff.store import plans, requests
from shiftline.workforce.timeoff.store.statements import fresh_stamp
from shiftline.workforce.units.operations.agents import find_agent
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.operations.management_units import find_management_unit, find_management_units
from shiftline.workforce.units.rules import check_version

VIEW = "wfm:timeOffLimit:view"
SUBMIT = "wfm:agentTimeOffRequest:submit"
ReadValues: TypeAlias = Callable[[Granularity], Sequence[ValuesGiven]]


async def list_limits(context: Context, business_unit_id: str, management_unit_id: str | None = None) -> list[Limit]:
    """A business unit's limits, or that of one of its management units. Raises BusinessUnitNotFound."""
    async with context.reader() as reader:
        await _allow(reader, context, business_unit_id, VIEW, "wfm:timeOffPlan:view")
        units = None if management_unit_id is None else [management_unit_id]
        return await store.find_limits(
            reader, context.organization_id, business_unit_id=business_unit_id, management_unit_ids=units
        )


async def get_limit(context: Context, business_unit_id: str, limit_id: str) -> Limit:
    """One limit. Raises BusinessUnitNotFound, LimitNotFound."""
    async with context.reader() as reader:
        await _allow(reader, context, business_unit_id, VIEW)
        return await find_limit_in(reader, context, business_unit_id, limit_id)


async def create_limit(context: Context, business_unit_id: str, draft: LimitDraft) -> Limit:
    """A limit that bears nothing until its values are set. Raises BusinessUnitNotFound, Invalid, LimitThere."""
    async with context.transaction() as tx:
        await _allow(tx, context, business_unit_id, "wfm:timeOffLimit:add")
        units = await find_management_units(tx, context.organization_id, business_unit_id)
        if draft.management_unit_id not in {unit.id for unit in units}:
            sentence = f"{draft.management_unit_id} is no management unit of the business unit."
            raise Invalid(Problem("managementUnitId", sentence, "timeoff.limit.unit"))
        await requests.queue_places(tx, draft.management_unit_id)
        limit = Limit(
            id=new_id(),
            business_unit_id=business_unit_id,
            management_unit_id=draft.management_unit_id,
            granularity=draft.granularity,
            stamp=fresh_stamp(tx),
            full_day_start=draft.full_day_start,
        )
        try:
            await store.insert_limit(tx, limit)
        except psycopg.errors.UniqueViolation as error:
            raise LimitThere(draft.management_unit_id) from error
        record_limit(tx, limit, 1)
        return limit


async def delete_limit(context: Context, business_unit_id: str, limit_id: str) -> None:
    """Take a limit out of use; who waits by it waits for a person then. Raises BusinessUnitNotFound, LimitNotFound."""
    async with context.transaction() as tx:
        await _allow(tx, context, business_unit_id, "wfm:timeOffLimit:delete")
        limit = await hold_limit_in(tx, business_unit_id, limit_id)
        waiting = await find_waiting_in(tx, limit.management_unit_id, None)
        await hold_in(tx, waiting)
        await store.raise_version(tx, limit, active=False)
        record_limit(tx, limit, limit.stamp.version + 1, active=False)
        await fill_in(tx, [each.id for each in waiting])


async def set_values(
    context: Context, business_unit_id: str, limit_id: str, read: ReadValues, version: int | None
) -> Limit:
    """Set what a limit bears, given the version that was read; who waits and fits now is approved, in order.

    ``read`` makes the values for the limit's granularity out of what was sent. Raises BusinessUnitNotFound, LimitNotFound, StaleVersion, VersionMissing, Invalid.
    """
    async with context.transaction() as tx:
        await _allow(tx, context, business_unit_id, "wfm:timeOffLimit:edit")
        limit = await hold_limit_in(tx, business_unit_id, limit_id)
        check_version(limit.stamp, version, "metadata.version")
        given = read(limit.granularity)
        zone = (await find_management_unit(tx, context.organization_id, limit.management_unit_id)).zone
        current: Slots = {}
        if given:
            first = min(each.first_day for each in given)
            last = max(each.first_day + len(each.minutes) * DAY for each in given)
            current = await store.find_values(tx, context.organization_id, limit, Days(first, last))
        laid = lay_values(given, current, limit, zone)
        changed = {day: row for day, row in laid.items() if list(current.get(day, ())) != row}
        if not changed:
            return limit
        waiting = await find_waiting_in(tx, limit.management_unit_id, [day_bounds(day, zone) for day in changed])
        await hold_in(tx, waiting)
        await store.put_values(tx, limit, changed)
        await store.raise_version(tx, limit)
        record_limit(tx, limit, limit.stamp.version + 1, days=len(changed))
        await fill_in(tx, [each.id for each in waiting])
        return await find_limit_in(tx, context, business_unit_id, limit_id)


async def query_values(
    context: Context, business_unit_id: str, limit_id: str, ranges: Sequence[Days]
) -> list[LimitUse]:
    """What a limit bears over ranges of days, what is approved and what waits. Raises BusinessUnitNotFound,
    LimitNotFound, Invalid.
    """
    check_days(ranges, "dateRanges")
    async with context.reader() as reader:
        await _allow(reader, context, business_unit_id, VIEW)
        limit = await find_limit_in(reader, context, business_unit_id, limit_id)
        known = await plans.find_plans(reader, context.organization_id, business_unit_id=business_unit_id)
        return [await _read_use(reader, context, limit, days, known) for days in ranges]


async def query_values_of_code(
    context: Context, business_unit_id: str, activity_code_id: str, ranges: Sequence[Days]
) -> list[LimitUse]:
    """The same of every limit that bounds time off of an activity code. Raises BusinessUnitNotFound, Invalid."""
    check_days(ranges, "dateRanges")
    async with context.reader() as reader:
        await _allow(reader, context, business_unit_id, VIEW)
        known = await plans.find_plans(reader, context.organization_id, business_unit_id=business_unit_id)
        found = await store.find_limits(reader, context.organization_id, business_unit_id=business_unit_id)
        bounding = [limit for limit in found if activity_code_id in list_counted_codes(known, limit.management_unit_id)]
        return [await _read_use(reader, context, limit, days, known) for limit in bounding for days in ranges]


async def query_available(
    context: Context, activity_code_id: str, ranges: Sequence[Days]
) -> tuple[Limit | None, Plan | None, list[LimitUse]]:
    """The limit that bounds the caller's time off of an activity code, its plan, and what is left by day. Raises
    AgentNotFound, Invalid.
    """
    require(context, SUBMIT)
    check_days(ranges, "dateRanges")
    person_id = own_person_id(context)
    async with context.reader() as reader:
        agent = await find_agent(reader, context.organization_id, person_id)
        known = await plans.find_plans(reader, context.organization_id, business_unit_id=agent.business_unit_id)
        plan = choose_plan(known, activity_code_id, agent.management_unit_id)
        if plan is None or not plan.counts_against_limits:
            return None, plan, []
        found = await store.find_limits(reader, context.organization_id, management_unit_ids=[agent.management_unit_id])
        if not found:
            return None, plan, []
        return found[0], plan, [await _read_use(reader, context, found[0], days, known) for days in ranges]


async def query_values_of_request(
    context: Context, management_unit_id: str, person_id: str, request_id: str
) -> list[LimitUse]:
    """What bounds a request: its unit's limit over the request's days. Raises ManagementUnitNotFound, RequestNotFound."""
    request = await get_request(context, management_unit_id, person_id, request_id)
    async with context.reader() as reader:
        unit = await find_management_unit(reader, context.organization_id, request.management_unit_id)
        require(context, VIEW, "wfm:timeOffRequest:view", division_id=unit.division_id)
        known = await plans.find_plans(reader, context.organization_id, business_unit_id=unit.business_unit_id)
        if request.activity_code_id not in list_counted_codes(known, unit.id):
            return []
        found = await store.find_limits(reader, context.organization_id, management_unit_ids=[unit.id])
        return [
            await _read_use(reader, context, limit, days, known)
            for limit in found
            for days in list_runs(days_of(request, limit, unit.zone))
        ]


async def _read_use(reader: Reader, context: Context, limit: Limit, days: Days, known: Sequence[Plan]) -> LimitUse:
    organization_id = context.organization_id
    zone: Zone = (await find_management_unit(reader, organization_id, limit.management_unit_id)).zone
    codes = list_counted_codes(known, limit.management_unit_id)
    span = Interval(day_start(days.first, zone) - DAY, day_start(days.last + DAY, zone) + DAY)
    scope = requests.Scope(organization_id, limit.management_unit_id, span)
    approved = await requests.list_counted(reader, scope, codes)
    waiting = await requests.list_counted(reader, scope, codes, approved=False)
    values = await store.find_values(reader, organization_id, limit, days)
    return LimitUse(
        limit=limit,
        values=fill_days(values, limit, zone, days),
        taken=count_minutes(approved, limit, zone, days),
        waiting_minutes=count_minutes(waiting, limit, zone, days),
        waiting_requests=count_requests(waiting, limit, zone, days),
    )


async def _allow(reader: Reader, context: Context, business_unit_id: str, *any_of: str) -> None:
    unit = await find_business_unit(reader, context.organization_id, business_unit_id)
    require(context, *any_of, division_id=unit.division_id)


async def find_limit_in(reader: Reader, context: Context, business_unit_id: str, limit_id: str) -> Limit:
    """A limit of a business unit. Raises LimitNotFound."""
    for limit in await store.find_limits(
        reader, context.organization_id, business_unit_id=business_unit_id, limit_id=limit_id
    ):
        return limit
    raise LimitNotFound(limit_id)


async def hold_limit_in(tx: Transaction, business_unit_id: str, limit_id: str) -> Limit:
    """The same, after whatever else takes or frees a place in its unit. Raises LimitNotFound."""
    limit = await find_limit_in(tx, tx.context, business_unit_id, limit_id)
    await requests.queue_places(tx, limit.management_unit_id)
    # It may have changed while this waited.
    return await find_limit_in(tx, tx.context, business_unit_id, limit_id)


def record_limit(tx: Transaction, limit: Limit, version: int, *, active: bool = True, days: int = 0) -> None:
    """Note that a limit is of a new version."""
    tx.record(
        TimeOffLimitChanged(
            organization_id=tx.context.organization_id,
            limit_id=limit.id,
            management_unit_id=limit.management_unit_id,
            version=version,
            active=active,
            days=days,
        )
    )
