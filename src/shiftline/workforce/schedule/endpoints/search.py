"""What is in force: a person's own shifts, and searches by unit, in both of the vendor's generations."""

from litestar import post

from shiftline.foundation.context import Context
from shiftline.workforce.schedule.operations import searching
from shiftline.workforce.schedule.wire import agents as wire
from shiftline.workforce.schedule.wire import containers

ROOT = "/api/v2/workforcemanagement"
BU = f"{ROOT}/businessunits/{{business_unit_id:str}}"
MU = f"{ROOT}/managementunits/{{management_unit_id:str}}"
TAGS = ["Workforce Management"]


@post(
    f"{ROOT}/agentschedules/mine",
    operation_id="postWorkforcemanagementAgentschedulesMine",
    status_code=200,
    tags=TAGS,
)
async def post_mine(context: Context, data: wire.SearchRequest) -> wire.SearchBody:
    """The caller's own shifts in force that overlap a span."""
    span = searching.span_of(data.start_date, data.end_date)
    return wire.search_body(await searching.search_mine(context, span))


@post(
    f"{BU}/agentschedules/search",
    operation_id="postWorkforcemanagementBusinessunitAgentschedulesSearch",
    status_code=200,
    tags=TAGS,
)
async def post_unit_search(context: Context, business_unit_id: str, data: wire.SearchRequest) -> wire.AsyncSearch:
    """What is in force for a business unit's agents, or some of them, over a span."""
    span = searching.span_of(data.start_date, data.end_date)
    found = await searching.search_unit(context, business_unit_id, span, data.user_ids)
    return wire.AsyncSearch(status="Complete", result=wire.search_body(found))


@post(
    f"{MU}/agentschedules/search",
    operation_id="postWorkforcemanagementManagementunitAgentschedulesSearch",
    status_code=200,
    tags=TAGS,
)
async def post_site_search(context: Context, management_unit_id: str, data: wire.SearchRequest) -> wire.AsyncSearch:
    """What is in force for a management unit's agents, or some of them, over a span."""
    span = searching.span_of(data.start_date, data.end_date)
    found = await searching.search_management_unit(context, management_unit_id, span, data.user_ids)
    return wire.AsyncSearch(status="Complete", result=wire.search_body(found))


@post(
    f"{MU}/schedules/search",
    operation_id="postWorkforcemanagementManagementunitSchedulesSearch",
    status_code=200,
    tags=TAGS,
)
async def post_container_search(
    context: Context, management_unit_id: str, data: containers.ContainerRequest
) -> containers.UserScheduleContainer:
    """The same in the vendor's older shape, by user id."""
    span = searching.span_of(data.start_date, data.end_date)
    found = await searching.search_management_unit(context, management_unit_id, span, data.user_ids)
    return containers.container(found)


@post(f"{ROOT}/schedules", operation_id="postWorkforcemanagementSchedules", status_code=200, tags=TAGS)
async def post_own_container(context: Context, data: containers.ContainerRequest) -> containers.UserScheduleContainer:
    """The caller's own shifts in force in the vendor's older shape."""
    span = searching.span_of(data.start_date, data.end_date)
    return containers.container(await searching.search_mine(context, span))


@post(
    f"{ROOT}/agentschedules/managementunits/mine",
    operation_id="postWorkforcemanagementAgentschedulesManagementunitsMine",
    status_code=200,
    tags=TAGS,
)
async def post_colleagues(context: Context, data: containers.ColleaguesRequest) -> containers.AsyncColleagues:
    """What is in force for the caller's colleagues, by category only."""
    span = searching.span_of(data.start_date, data.end_date)
    found, codes = await searching.search_colleagues(context, span)
    return containers.colleagues(found, codes, span.start)


ROUTES = [post_mine, post_colleagues, post_unit_search, post_site_search, post_container_search, post_own_container]
