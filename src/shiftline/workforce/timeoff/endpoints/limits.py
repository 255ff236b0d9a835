"""Time-off limits, what is left within them, and the wait list over HTTP."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier
from shiftline.workforce.timeoff.operations import limits, waiting
from shiftline.workforce.timeoff.wire import limits as wire
from shiftline.workforce.timeoff.wire.shapes import ROOT, days_of

LIMITS = f"{ROOT}/businessunits/{{business_unit_id:str}}/timeofflimits"
LIMIT = f"{LIMITS}/{{time_off_limit_id:str}}"
UNIT = f"{ROOT}/managementunits/{{management_unit_id:str}}"
TAGS = ["Workforce Management"]

Within = Annotated[Identifier | None, Parameter(query="managementUnitId", description="Only the limit of this one")]


@get(LIMITS, operation_id="getWorkforcemanagementBusinessunitTimeofflimits", tags=TAGS)
async def list_limits(context: Context, business_unit_id: str, within: Within = None) -> wire.BuTimeOffLimitListing:
    """A business unit's time-off limits."""
    found = await limits.list_limits(context, business_unit_id, within)
    return wire.BuTimeOffLimitListing(entities=[wire.show_limit(limit) for limit in found])


@post(LIMITS, operation_id="postWorkforcemanagementBusinessunitTimeofflimits", status_code=201, tags=TAGS)
async def post_limit(
    context: Context, business_unit_id: str, data: wire.BuCreateTimeOffLimitRequest
) -> wire.BuTimeOffLimitResponse:
    """A new limit of a management unit, which bears nothing until its values are set."""
    return wire.show_limit(await limits.create_limit(context, business_unit_id, data.draft()))


@get(LIMIT, operation_id="getWorkforcemanagementBusinessunitTimeofflimit", tags=TAGS)
async def get_limit(context: Context, business_unit_id: str, time_off_limit_id: str) -> wire.BuTimeOffLimitResponse:
    """One time-off limit."""
    return wire.show_limit(await limits.get_limit(context, business_unit_id, time_off_limit_id))


@delete(LIMIT, operation_id="deleteWorkforcemanagementBusinessunitTimeofflimit", tags=TAGS)
async def delete_limit(context: Context, business_unit_id: str, time_off_limit_id: str) -> None:
    """Take a time-off limit out of use; who waits by it waits for an approver then."""
    await limits.delete_limit(context, business_unit_id, time_off_limit_id)


@put(f"{LIMIT}/values", operation_id="putWorkforcemanagementBusinessunitTimeofflimitValues", tags=TAGS)
async def put_values(
    context: Context, business_unit_id: str, time_off_limit_id: str, data: wire.BuSetTimeOffLimitValuesRequest
) -> wire.BuTimeOffLimitResponse:
    """Set what a limit bears by local day or quarter hour; who waits and fits now is approved, in order."""
    changed = await limits.set_values(context, business_unit_id, time_off_limit_id, data.given, data.metadata.version)
    return wire.show_limit(changed)


@post(
    f"{LIMITS}/values/query",
    operation_id="postWorkforcemanagementBusinessunitTimeofflimitsValuesQuery",
    status_code=200,
    tags=TAGS,
)
async def query_values(
    context: Context, business_unit_id: str, data: wire.QueryTimeOffLimitValuesRequest
) -> wire.TimeOffLimitValuesResponse:
    """What a limit, or every limit of an activity code, bears over days, what is approved and what waits."""
    days = days_of(data.date_ranges)
    if data.time_off_limit_id is not None:
        return wire.show_values(await limits.query_values(context, business_unit_id, data.time_off_limit_id, days))
    if data.activity_code_id is None:
        raise Invalid(Problem("timeOffLimitId", "give timeOffLimitId or activityCodeId."))
    return wire.show_values(await limits.query_values_of_code(context, business_unit_id, data.activity_code_id, days))


@post(
    f"{LIMIT}/values/query",
    operation_id="postWorkforcemanagementBusinessunitTimeofflimitValuesQuery",
    status_code=200,
    tags=TAGS,
)
async def query_values_of(
    context: Context,
    business_unit_id: str,
    time_off_limit_id: str,
    data: wire.QueryTimeOffLimitValuesForGranularityRequest,
) -> wire.BuTimeOffLimitValuesForGranularityResponse:
    """What one limit bears over days, what is approved and what waits."""
    limit = await limits.get_limit(context, business_unit_id, time_off_limit_id)
    uses = await limits.query_values(context, business_unit_id, time_off_limit_id, days_of(data.date_ranges))
    return wire.show_values_of(limit, uses)


@post(
    f"{ROOT}/timeofflimits/available/query",
    operation_id="postWorkforcemanagementTimeofflimitsAvailableQuery",
    status_code=200,
    tags=TAGS,
)
async def query_available(context: Context, data: wire.AvailableTimeOffRequest) -> wire.AvailableTimeOffResponse:
    """What is left of the limit that bounds the caller's time off of an activity code."""
    found = await limits.query_available(context, data.activity_code_id, days_of(data.date_ranges))
    return wire.show_available(*found, data.supported_granularities)


@get(
    f"{UNIT}/users/{{user_id:str}}/timeoffrequests/{{time_off_request_id:str}}/timeofflimits",
    operation_id="getWorkforcemanagementManagementunitUserTimeoffrequestTimeofflimits",
    tags=TAGS,
)
async def get_limits_of_request(
    context: Context, management_unit_id: str, user_id: str, time_off_request_id: str
) -> wire.TimeOffLimitValuesResponse:
    """What bounds a request, over its days."""
    return wire.show_values(
        await limits.query_values_of_request(context, management_unit_id, user_id, time_off_request_id)
    )


@post(
    f"{UNIT}/timeoffrequests/waitlistpositions/query",
    operation_id="postWorkforcemanagementManagementunitTimeoffrequestsWaitlistpositionsQuery",
    status_code=200,
    tags=TAGS,
)
async def query_places(
    context: Context, management_unit_id: str, data: wire.QueryWaitlistPositionsRequest
) -> wire.WaitlistPositionListing:
    """Where requests of a unit stand in the wait list, day by day."""
    ids = [each.id for each in data.time_off_requests]
    return wire.show_places(await waiting.query_places(context, management_unit_id, ids))


@get(
    f"{ROOT}/timeoffrequests/{{time_off_request_id:str}}/waitlistpositions",
    operation_id="getWorkforcemanagementTimeoffrequestWaitlistpositions",
    tags=TAGS,
)
async def get_own_places(context: Context, time_off_request_id: str) -> wire.WaitlistPositionListing:
    """Where one of the caller's requests stands in the wait list, day by day."""
    return wire.show_places(await waiting.find_own_places(context, time_off_request_id))


ROUTES = [
    list_limits,
    post_limit,
    get_limit,
    delete_limit,
    put_values,
    query_values,
    query_values_of,
    query_available,
    get_limits_of_request,
    query_places,
    get_own_places,
]
