"""What is in force: a person's own shifts, and searches by unit, in both of the vendor's generations."""

from litestar import get, post

from shiftline.foundation.context import Context
from shiftline.foundation.time import DAY
from shiftline.workforce.schedule.endpoints.weeks import week_of
from shiftline.workforce.schedule.operations import reading, searching
from shiftline.workforce.schedule.operations.places import Place
from shiftline.workforce.schedule.wire import agents as wire
from shiftline.workforce.schedule.wire import containers

ROOT = "/api/v2/workforcemanagement"
BU = f"{ROOT}/businessunits/{{business_unit_id:str}}"
MU = f"{ROOT}/managementunits/{{management_unit_id:str}}"
SITE_WEEK = "WorkforcemanagementManagementunitWeekSchedule"
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


@get(f"{MU}/weeks/{{week_id:str}}/schedules", operation_id=f"get{SITE_WEEK}s", tags=TAGS)
async def get_site_schedules(context: Context, management_unit_id: str, week_id: str) -> containers.WeekScheduleList:
    """The schedules of a management unit's week, or with ``recent`` those around now; by the vendor superseded."""
    unit_id = await reading.find_unit_of_site(context, management_unit_id)
    days = None if week_id == "recent" else (week_of(week_id), week_of(week_id) + 7 * DAY)
    return containers.week_schedules(management_unit_id, await reading.list_schedules(context, unit_id, days))


@get(f"{MU}/weeks/{{week_id:str}}/schedules/{{schedule_id:str}}", operation_id=f"get{SITE_WEEK}", tags=TAGS)
async def get_site_schedule(
    context: Context, management_unit_id: str, week_id: str, schedule_id: str
) -> containers.WeekScheduleAnswer:
    """A schedule with the shifts of a management unit's agents; by the vendor superseded."""
    unit_id = await reading.find_unit_of_site(context, management_unit_id)
    place = Place(unit_id, week_of(week_id), schedule_id)
    _, schedule, parts = await reading.query_parts(context, place, management_unit_id, None)
    return containers.week_schedule(management_unit_id, schedule, parts)


ROUTES = [
    get_site_schedules,
    get_site_schedule,
    post_mine,
    post_colleagues,
    post_unit_search,
    post_site_search,
    post_container_search,
    post_own_container,
]
