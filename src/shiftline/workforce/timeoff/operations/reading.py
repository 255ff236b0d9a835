"""Requests are read: a unit's by any filter, an agent's, one's own."""

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.time import DAY, Interval, day_start
from shiftline.foundation.web.paging import Page
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.timeoff.errors import RequestNotFound
from shiftline.workforce.timeoff.model import RequestFilter, Status, TimeOffRequest
from shiftline.workforce.timeoff.store import requests as store
from shiftline.workforce.units.operations.management_units import find_management_unit

VIEW = "wfm:timeOffRequest:view"
SEE_OWN = ("wfm:agentSchedule:view", "wfm:agentTimeOffRequest:submit")
EVERYTHING = Page(size=10_000)


async def query_requests(
    context: Context, management_unit_id: str, wanted: RequestFilter, page: Page
) -> tuple[list[TimeOffRequest], int]:
    """One page of a management unit's requests by time, and how many there are. Raises ManagementUnitNotFound."""
    async with context.reader() as reader:
        unit = await find_management_unit(reader, context.organization_id, management_unit_id)
        require(context, VIEW, division_id=unit.division_id)
        during = None
        if wanted.first_day is not None and wanted.last_day is not None:
            during = Interval(day_start(wanted.first_day, unit.zone), day_start(wanted.last_day + DAY, unit.zone))
        scope = store.Scope(context.organization_id, management_unit_id, during)
        return await store.list_requests(reader, scope, wanted, page)


async def list_requests_of(context: Context, management_unit_id: str, person_id: str) -> list[TimeOffRequest]:
    """All requests of one agent of a management unit. Raises ManagementUnitNotFound."""
    wanted = RequestFilter(person_ids=[person_id])
    requests, _ = await query_requests(context, management_unit_id, wanted, EVERYTHING)
    return requests


async def get_request(context: Context, management_unit_id: str, person_id: str, request_id: str) -> TimeOffRequest:
    """One request of one agent of a management unit. Raises ManagementUnitNotFound, RequestNotFound."""
    wanted = RequestFilter(person_ids=[person_id], ids=[request_id])
    requests, _ = await query_requests(context, management_unit_id, wanted, EVERYTHING)
    if not requests:
        raise RequestNotFound(request_id)
    return requests[0]


async def list_own_requests(context: Context) -> list[TimeOffRequest]:
    """All requests of the caller by time."""
    require(context, *SEE_OWN)
    wanted = RequestFilter(person_ids=[own_person_id(context)])
    async with context.reader() as reader:
        requests, _ = await store.list_requests(reader, store.Scope(context.organization_id), wanted, EVERYTHING)
    return requests


async def get_own_request(context: Context, request_id: str) -> TimeOffRequest:
    """One of the caller's requests. Raises RequestNotFound."""
    require(context, *SEE_OWN)
    person_id = own_person_id(context)
    async with context.reader() as reader:
        request = await store.find_request(reader, context.organization_id, request_id)
    if request is None or request.person_id != person_id:
        raise RequestNotFound(request_id)
    return request


async def find_approved(reader: Reader, organization_id: str, person_id: str) -> list[TimeOffRequest]:
    """A person's approved requests by time, for other rooms."""
    wanted = RequestFilter(person_ids=[person_id], statuses=[Status.APPROVED])
    requests, _ = await store.list_requests(reader, store.Scope(organization_id), wanted, EVERYTHING)
    return requests
