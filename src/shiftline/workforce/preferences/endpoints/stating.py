"""Scheduling preferences and unavailable times over HTTP."""

from litestar import get, patch, post

from shiftline.foundation.context import Context
from shiftline.foundation.ids import new_id
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.preferences.model import Family
from shiftline.workforce.preferences.operations import contract, validations
from shiftline.workforce.preferences.operations import stating as operations
from shiftline.workforce.preferences.wire import stating as wire
from shiftline.workforce.preferences.wire import validation
from shiftline.workforce.schedule.operations.places import Place

PREFERENCES, TIMES = Family.PREFERENCES, Family.UNAVAILABLE_TIMES
AGENT = f"{wire.PREFIX}/agents/{{agent_id:str}}"
TAGS = ["Workforce Management"]


@patch(
    f"{wire.PREFIX}/schedulingpreferences",
    operation_id="patchWorkforcemanagementSchedulingpreferences",
    tags=TAGS,
)
async def change_preferences(
    context: Context, data: wire.UpdateAgentSchedulingPreferencesRequest
) -> wire.AgentSchedulingPreferenceListing:
    """State and remove preferences, all or none; answers those stated, with their ids."""
    plan = await operations.change_own_wishes(context, PREFERENCES, data.changes())
    return wire.show_preferences(plan.results)


@post(
    f"{wire.PREFIX}/schedulingpreferences/query",
    operation_id="postWorkforcemanagementSchedulingpreferencesQuery",
    status_code=200,
    tags=TAGS,
)
async def query_preferences(
    context: Context, data: wire.QueryAgentTimesRequest
) -> wire.AgentSchedulingPreferenceListing:
    """The caller's preferences that touch a span."""
    return wire.show_preferences(await operations.list_own_wishes(context, PREFERENCES, data.span()))


@post(
    f"{AGENT}/schedulingpreferences/query",
    operation_id="postWorkforcemanagementAgentSchedulingpreferencesQuery",
    status_code=200,
    tags=TAGS,
)
async def query_preferences_of(
    context: Context, agent_id: str, data: wire.QueryAgentTimesRequest
) -> wire.AgentSchedulingPreferenceListing:
    """An agent's preferences that touch a span."""
    return wire.show_preferences(await operations.list_wishes_of(context, agent_id, PREFERENCES, data.span()))


@patch(f"{wire.PREFIX}/unavailabletimes", operation_id="patchWorkforcemanagementUnavailabletimes", tags=TAGS)
async def change_times(context: Context, data: wire.UpdateUnavailableTimesRequest) -> wire.UnavailableTimeListing:
    """State, change and delete unavailable times, all or none; answers those that stand, with their ids."""
    plan = await operations.change_own_wishes(context, TIMES, data.changes())
    return wire.show_unavailable_times(plan.results, plan.conflicts)


@post(
    f"{wire.PREFIX}/unavailabletimes/query",
    operation_id="postWorkforcemanagementUnavailabletimesQuery",
    status_code=200,
    tags=TAGS,
)
async def query_times(context: Context, data: wire.QueryAgentTimesRequest) -> wire.UnavailableTimeListing:
    """The caller's unavailable times that touch a span."""
    return wire.show_unavailable_times(await operations.list_own_wishes(context, TIMES, data.span()))


@patch(
    f"{AGENT}/unavailabletimes",
    operation_id="patchWorkforcemanagementAgentUnavailabletimes",
    tags=TAGS,
)
async def change_times_of(
    context: Context, agent_id: str, data: wire.UpdateUnavailableTimesRequest
) -> wire.BulkUpdateAgentUnavailableTimesResponse:
    """State, change and delete an agent's unavailable times, all or none."""
    return wire.show_results(await operations.change_unavailable_times_of(context, agent_id, data.changes()))


@post(
    f"{AGENT}/unavailabletimes/query",
    operation_id="postWorkforcemanagementAgentUnavailabletimesQuery",
    status_code=200,
    tags=TAGS,
)
async def query_times_of(
    context: Context, agent_id: str, data: wire.QueryAgentTimesRequest
) -> wire.UnavailableTimeListing:
    """An agent's unavailable times that touch a span."""
    return wire.show_unavailable_times(await operations.list_wishes_of(context, agent_id, TIMES, data.span()))


@post(
    f"{wire.PREFIX}/unavailabletimes/validation/jobs",
    operation_id="postWorkforcemanagementUnavailabletimesValidationJobs",
    status_code=200,
    tags=TAGS,
)
async def validate_times(
    context: Context, data: validation.ValidateAgentUnavailableTimesRequest
) -> validation.ValidateAgentUnavailableTimesResponse:
    """What of a week the caller's work plan would contradict if their unavailable times changed so; no time is stored."""
    found = await contract.validate_times(context, data.validation_week_date, data.changes())
    answer = validation.show(new_id(), *found)
    await validations.keep_validation(context, answer.id, validation.stored(answer))
    return answer


@get(
    f"{wire.PREFIX}/unavailabletimes/validation/jobs/{{job_id:str}}",
    operation_id="getWorkforcemanagementUnavailabletimesValidationJob",
    tags=TAGS,
)
async def get_validation(context: Context, job_id: str) -> validation.QueryAgentUnavailableTimesValidationJobResponse:
    """What a validation said, for the agent who asked."""
    body = await validations.get_validation(context, job_id)
    return validation.read_stored(own_person_id(context), body)


@post(
    f"{wire.PREFIX}/businessunits/{{business_unit_id:str}}/unavailabletimes/schedules/query",
    operation_id="postWorkforcemanagementBusinessunitUnavailabletimesSchedulesQuery",
    status_code=200,
    tags=TAGS,
)
async def query_times_of_schedule(
    context: Context, business_unit_id: str, data: wire.QueryAgentScheduleUnavailableTimesRequest
) -> wire.QueryAgentScheduleUnavailableTimesResponse:
    """An agent's unavailable times in the weeks of a schedule."""
    place = Place(business_unit_id, data.schedule.week_date, data.schedule.id)
    return wire.show_times_of_schedule(await operations.list_times_of_schedule(context, place, data.agent_id))


ROUTES = [
    validate_times,
    get_validation,
    query_times_of_schedule,
    change_preferences,
    query_preferences,
    query_preferences_of,
    change_times,
    query_times,
    change_times_of,
    query_times_of,
]
