"""The wait list: where requests stand in it, and when they leave it because their time has come near."""

from collections.abc import Collection

from shiftline.authorization.operations import require
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Reader
from shiftline.foundation.time import find_zone
from shiftline.workforce.timeoff.model import Place
from shiftline.workforce.timeoff.operations.deciding import find_limit, with_ruling
from shiftline.workforce.timeoff.operations.keeping import keep_by_system
from shiftline.workforce.timeoff.operations.reading import get_own_request
from shiftline.workforce.timeoff.rules.approving import expire, may_wait
from shiftline.workforce.timeoff.rules.limits import days_of
from shiftline.workforce.timeoff.store import plans
from shiftline.workforce.timeoff.store import requests as store
from shiftline.workforce.units.operations.management_units import find_management_unit

BATCH = 100


async def find_own_places(context: Context, request_id: str) -> list[Place]:
    """Where one of the caller's requests stands on each of its days; none when it does not wait. Raises RequestNotFound."""
    request = await get_own_request(context, request_id)
    async with context.reader() as reader:
        return await _find_places(reader, context.organization_id, request.management_unit_id, {request.id})


async def query_places(context: Context, management_unit_id: str, request_ids: Collection[str]) -> list[Place]:
    """Where some requests of a unit stand on each of their days. Raises ManagementUnitNotFound."""
    async with context.reader() as reader:
        unit = await find_management_unit(reader, context.organization_id, management_unit_id)
        require(context, "wfm:timeOffRequest:view", division_id=unit.division_id)
        return await _find_places(reader, context.organization_id, unit.id, set(request_ids))


async def _find_places(
    reader: Reader, organization_id: str, management_unit_id: str, request_ids: Collection[str]
) -> list[Place]:
    limit = await find_limit(reader, organization_id, management_unit_id)
    waiting = await store.list_waiting(reader, organization_id, management_unit_id)
    if limit is None or not waiting:
        return []
    before: dict[object, int] = {}
    places: list[Place] = []
    for request in waiting:
        for day in days_of(request, limit, find_zone(request.zone)):
            before[day] = before.get(day, 0) + 1
            if request.id in request_ids:
                places.append(Place(request.id, limit.id, day, before[day]))
    return places


async def expire_waiting(context: Context) -> int:
    """Requests whose time has come near leave the wait list, in all organizations; how many: call it until there is none."""
    async with context.reader() as reader:
        overdue = await store.list_overdue(reader, context.now(), BATCH)
    left = [
        await _expire(context.acting_as(Actor(organization_id, "system")), management_unit_id, request_id)
        for organization_id, management_unit_id, request_id in overdue
    ]
    return sum(left)


async def _expire(context: Context, management_unit_id: str, request_id: str) -> bool:
    async with context.transaction() as tx:
        await store.queue_places(tx, management_unit_id)
        current = await store.lock_request(tx, request_id)
        if current is None or not current.waits:
            return False
        plan_id = current.ruling.plan_id if current.ruling is not None else None
        found = await plans.find_plans(tx, context.organization_id, plan_id=plan_id) if plan_id is not None else []
        plan = found[0] if found else None
        if plan is not None and may_wait(current, plan, context.now()):
            return False
        await keep_by_system(tx, current, with_ruling(current, expire(plan), context.now()))
        return True
