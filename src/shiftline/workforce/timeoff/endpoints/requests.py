"""Time-off requests over HTTP."""

from typing import Annotated

from litestar import Response, get, patch, post
from litestar.openapi import ResponseSpec
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Page
from shiftline.workforce.timeoff.operations import changing, filing, reading
from shiftline.workforce.timeoff.wire import requests as wire

OWN = f"{wire.PREFIX}/timeoffrequests"
UNIT = f"{wire.PREFIX}/managementunits/{{management_unit_id:str}}"
TAGS = ["Workforce Management"]
MOST = 5000

QuerySize = Annotated[int, Parameter(query="pageSize", ge=1, le=MOST, description="Requests a page")]
QueryNumber = Annotated[int, Parameter(query="pageNumber", ge=1, le=1_000_000, description="Page, from 1")]


@post(
    f"{UNIT}/timeoffrequests",
    operation_id="postWorkforcemanagementManagementunitTimeoffrequests",
    tags=TAGS,
    responses={200: ResponseSpec(wire.TimeOffRequestList, description="All of it was there already")},
)
async def enter(
    context: Context, management_unit_id: str, data: wire.CreateAdminTimeOffRequest
) -> Response[wire.TimeOffRequestList]:
    """Enter time off for agents of a unit: 201, or 200 when all of it was there already."""
    people = [user.id for user in data.users]
    entered = await filing.enter_requests(context, management_unit_id, people, data.draft())
    created = any(is_new for _, is_new in entered)
    return Response(wire.show_all([request for request, _ in entered]), status_code=201 if created else 200)


@post(
    f"{UNIT}/timeoffrequests/query",
    operation_id="postWorkforcemanagementManagementunitTimeoffrequestsQuery",
    status_code=200,
    tags=TAGS,
)
async def query(
    context: Context,
    management_unit_id: str,
    data: wire.TimeOffRequestQueryBody,
    page_size: QuerySize = MOST,
    page_number: QueryNumber = 1,
) -> wire.TimeOffRequestListing:
    """Requests of a unit by any filter and any range of dates, page by page."""
    page = Page(page_size, page_number)
    requests, total = await reading.query_requests(context, management_unit_id, data.filter(), page)
    return wire.show_page(requests, total, page)


@get(
    f"{UNIT}/users/{{user_id:str}}/timeoffrequests",
    operation_id="getWorkforcemanagementManagementunitUserTimeoffrequests",
    tags=TAGS,
)
async def list_of_agent(context: Context, management_unit_id: str, user_id: str) -> wire.TimeOffRequestList:
    """All requests of an agent of a unit."""
    return wire.show_all(await reading.list_requests_of(context, management_unit_id, user_id))


@get(
    f"{UNIT}/users/{{user_id:str}}/timeoffrequests/{{time_off_request_id:str}}",
    operation_id="getWorkforcemanagementManagementunitUserTimeoffrequest",
    tags=TAGS,
)
async def get_of_agent(
    context: Context, management_unit_id: str, user_id: str, time_off_request_id: str
) -> wire.TimeOffRequestResponse:
    """One request of an agent of a unit."""
    return wire.show(await reading.get_request(context, management_unit_id, user_id, time_off_request_id))


@patch(
    f"{UNIT}/users/{{user_id:str}}/timeoffrequests/{{time_off_request_id:str}}",
    operation_id="patchWorkforcemanagementManagementunitUserTimeoffrequest",
    tags=TAGS,
)
async def change_of_agent(
    context: Context,
    management_unit_id: str,
    user_id: str,
    time_off_request_id: str,
    data: wire.AdminTimeOffRequestPatch,
) -> wire.TimeOffRequestResponse:
    """Approve, deny, reopen or change a request; ``metadata.version`` is the version that was read."""
    target = changing.Target(management_unit_id, user_id, time_off_request_id)
    return wire.show(await changing.change_request(context, target, data.changes()))


@get(OWN, operation_id="getWorkforcemanagementTimeoffrequests", tags=TAGS)
async def list_own(context: Context) -> wire.TimeOffRequestList:
    """The caller's requests."""
    return wire.show_all(await reading.list_own_requests(context))


@post(
    OWN,
    operation_id="postWorkforcemanagementTimeoffrequests",
    tags=TAGS,
    responses={200: ResponseSpec(wire.TimeOffRequestResponse, description="The equal request that was there already")},
)
async def submit(context: Context, data: wire.CreateAgentTimeOffRequest) -> Response[wire.TimeOffRequestResponse]:
    """Ask for time off: 201, or 200 with the equal request that awaits or has approval."""
    request, created = await filing.submit_request(context, data.draft())
    return Response(wire.show(request), status_code=201 if created else 200)


@get(f"{OWN}/{{time_off_request_id:str}}", operation_id="getWorkforcemanagementTimeoffrequest", tags=TAGS)
async def get_own(context: Context, time_off_request_id: str) -> wire.TimeOffRequestResponse:
    """One of the caller's requests."""
    return wire.show(await reading.get_own_request(context, time_off_request_id))


@patch(f"{OWN}/{{time_off_request_id:str}}", operation_id="patchWorkforcemanagementTimeoffrequest", tags=TAGS)
async def change_own(
    context: Context, time_off_request_id: str, data: wire.AgentTimeOffRequestPatch
) -> wire.TimeOffRequestResponse:
    """Cancel, annotate or mark as read one of the caller's requests."""
    return wire.show(await changing.change_own_request(context, time_off_request_id, data.changes()))


ROUTES = [enter, query, list_of_agent, get_of_agent, change_of_agent, list_own, submit, get_own, change_own]
