"""Balances and estimates over HTTP: the vendor's operations."""

from litestar import get, post

from shiftline.foundation.context import Context
from shiftline.workforce.timeoff.operations import balances, estimating, reading
from shiftline.workforce.timeoff.rules.approving import runs_of_request
from shiftline.workforce.timeoff.wire import balances as wire
from shiftline.workforce.timeoff.wire.shapes import ROOT, days_of

JOBS = f"{ROOT}/timeoffbalance/jobs"
USER = f"{ROOT}/managementunits/{{management_unit_id:str}}/users/{{user_id:str}}"
TAGS = ["Workforce Management"]


@post(JOBS, operation_id="postWorkforcemanagementTimeoffbalanceJobs", status_code=200, tags=TAGS)
async def post_job(context: Context, data: wire.TimeOffBalanceRequest) -> wire.TimeOffBalancesResponse:
    """What is left of the caller's balances, at once; the answer also comes by topic and is kept for a day."""
    days = days_of(data.date_ranges)
    answer = wire.answer_on(await balances.find_own_balances(context, data.activity_code_ids, days), days)
    return wire.show_started(await balances.keep_answer(context, wire.stored(answer)), answer)


@get(f"{JOBS}/{{job_id:str}}", operation_id="getWorkforcemanagementTimeoffbalanceJob", tags=TAGS)
async def get_job(context: Context, job_id: str) -> wire.TimeOffBalanceJobResponse:
    """A kept answer on balances, for whoever asked."""
    return wire.read_stored(await balances.get_answer(context, job_id))


@post(
    f"{USER}/timeoffbalance/jobs",
    operation_id="postWorkforcemanagementManagementunitUserTimeoffbalanceJobs",
    status_code=200,
    tags=TAGS,
)
async def post_job_of_agent(
    context: Context, management_unit_id: str, user_id: str, data: wire.TimeOffBalanceRequest
) -> wire.TimeOffBalancesResponse:
    """What is left of an agent's balances."""
    days, codes = days_of(data.date_ranges), data.activity_code_ids
    found = await balances.find_balances_of(context, management_unit_id, user_id, codes, days)
    answer = wire.answer_on(found, days)
    return wire.show_started(await balances.keep_answer(context, wire.stored(answer)), answer)


@post(
    f"{USER}/timeoffrequests/{{time_off_request_id:str}}/timeoffbalance/jobs",
    operation_id="postWorkforcemanagementManagementunitUserTimeoffrequestTimeoffbalanceJobs",
    status_code=200,
    tags=TAGS,
)
async def post_job_of_request(
    context: Context, management_unit_id: str, user_id: str, time_off_request_id: str
) -> wire.TimeOffBalancesResponse:
    """What is left of the balance that a request takes from, on the request's days."""
    request = await reading.get_request(context, management_unit_id, user_id, time_off_request_id)
    days, codes = runs_of_request(request), [request.activity_code_id]
    found = await balances.find_balances_of(context, management_unit_id, user_id, codes, days)
    answer = wire.answer_on(found, days)
    return wire.show_started(await balances.keep_answer(context, wire.stored(answer)), answer)


@post(
    f"{ROOT}/timeoffrequests/estimate",
    operation_id="postWorkforcemanagementTimeoffrequestsEstimate",
    status_code=200,
    tags=TAGS,
)
async def estimate_own(
    context: Context, data: wire.EstimateAvailableTimeOffRequest
) -> wire.EstimateAvailableTimeOffResponse:
    """How long the caller's days or parts of days off would be, from the shifts in force."""
    return wire.show_estimates(await estimating.estimate_own(context, data.asked()))


@post(
    f"{USER}/timeoffrequests/estimate",
    operation_id="postWorkforcemanagementManagementunitUserTimeoffrequestsEstimate",
    status_code=200,
    tags=TAGS,
)
async def estimate_for(
    context: Context, management_unit_id: str, user_id: str, data: wire.EstimateAvailableTimeOffRequest
) -> wire.EstimateAvailableTimeOffResponse:
    """The same for an agent of a unit."""
    made = await estimating.estimate_for(context, management_unit_id, user_id, data.asked())
    return wire.show_estimates(made)


ROUTES = [
    post_job,
    get_job,
    post_job_of_agent,
    post_job_of_request,
    estimate_own,
    estimate_for,
]
