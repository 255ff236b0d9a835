"""The job-based operations of whoever reviews trades."""

from typing import Annotated

from litestar import Response, get, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.workforce.trades.endpoints.answering import ANSWERS, Kind, answer, fetch
from shiftline.workforce.trades.operations import reading, reviewing
from shiftline.workforce.trades.wire import PREFIX, answers, requests
from shiftline.workforce.trades.wire.answers import ShiftTradeJobResponse

BULK = Kind("BulkUpdateTradeStates", (reviewing.EDIT,))
EVALUATE = Kind("EvaluateTrades", reading.SEE)
BU = f"{PREFIX}/businessunits/{{business_unit_id:str}}/shifttrading/trades"
WEEK = Kind("QueryWeekSummaries", reading.SEE)
WEEKS = f"{PREFIX}/businessunits/{{business_unit_id:str}}/shifttrading/weeks/summary/jobs"
TAGS = ["Workforce Management"]

Later = Annotated[bool, Parameter(query="forceAsync", description="Answer 202 and keep the result for the starter")]


@post(
    f"{BU}/state/bulk/jobs",
    operation_id="postWorkforcemanagementBusinessunitShifttradingTradesStateBulkJobs",
    status_code=200,
    responses={202: ANSWERS[202]},
    tags=TAGS,
)
async def review(
    context: Context,
    business_unit_id: str,
    data: requests.BulkUpdateShiftTradeListJobRequest,
    *,
    force_async: Later = False,
) -> Response[ShiftTradeJobResponse]:
    """Approve or deny matched trades, each for itself; what cannot be done is answered with its ``failureReason``."""

    async def work() -> tuple[ShiftTradeJobResponse, int]:
        done = await reviewing.review_trades(context, business_unit_id, data.wishes())
        shown = answers.show_review(done.outcomes)
        return ShiftTradeJobResponse(status="Complete", type=BULK.name, bulk_update_trade_states_result=shown), 200

    return await answer(context, BULK, work(), _path(business_unit_id, "state/bulk"), later=force_async)


@get(
    f"{BU}/state/bulk/jobs/{{job_id:str}}",
    operation_id="getWorkforcemanagementBusinessunitShifttradingTradesStateBulkJob",
    tags=TAGS,
)
async def get_review(context: Context, business_unit_id: str, job_id: str) -> ShiftTradeJobResponse:
    """What became of a review that was asked for with ``forceAsync``."""
    return await fetch(context, BULK, job_id, _path(business_unit_id, "state/bulk"))


@post(
    f"{BU}/evaluate/jobs",
    operation_id="postWorkforcemanagementBusinessunitShifttradingTradesEvaluateJobs",
    status_code=200,
    responses={202: ANSWERS[202]},
    tags=TAGS,
)
async def evaluate(
    context: Context,
    business_unit_id: str,
    data: requests.EvaluateShiftTradeListJobRequest,
    *,
    force_async: Later = False,
) -> Response[ShiftTradeJobResponse]:
    """The matched trades that wait for a review, with what every rule says of them now."""

    async def work() -> tuple[ShiftTradeJobResponse, int]:
        found = await reviewing.evaluate_trades(
            context, business_unit_id, data.management_unit_ids or None, data.week_dates or None
        )
        shown = answers.show_evaluated((each.trade, each.judgement) for each in found)
        return ShiftTradeJobResponse(status="Complete", type=EVALUATE.name, evaluate_trades_result=shown), 200

    return await answer(context, EVALUATE, work(), _path(business_unit_id, "evaluate"), later=force_async)


@get(
    f"{BU}/evaluate/jobs/{{job_id:str}}",
    operation_id="getWorkforcemanagementBusinessunitShifttradingTradesEvaluateJob",
    tags=TAGS,
)
async def get_evaluated(context: Context, business_unit_id: str, job_id: str) -> ShiftTradeJobResponse:
    """What was evaluated with ``forceAsync``."""
    return await fetch(context, EVALUATE, job_id, _path(business_unit_id, "evaluate"))


@post(
    WEEKS,
    operation_id="postWorkforcemanagementBusinessunitShifttradingWeeksSummaryJobs",
    status_code=200,
    responses={202: ANSWERS[202]},
    tags=TAGS,
)
async def summarize(
    context: Context,
    business_unit_id: str,
    data: requests.QueryWeekSummaryListJobRequest,
    *,
    force_async: Later = False,
) -> Response[ShiftTradeJobResponse]:
    """How many matched trades wait for a review, week by week."""

    async def work() -> tuple[ShiftTradeJobResponse, int]:
        weeks = await reading.count_matches(
            context, business_unit_id, data.management_unit_ids or None, data.week_dates or None
        )
        shown = answers.show_weeks(weeks)
        return ShiftTradeJobResponse(status="Complete", type=WEEK.name, query_week_summaries_result=shown), 200

    return await answer(context, WEEK, work(), _weeks(business_unit_id), later=force_async)


@get(
    f"{WEEKS}/{{job_id:str}}",
    operation_id="getWorkforcemanagementBusinessunitShifttradingWeeksSummaryJob",
    tags=TAGS,
)
async def get_summary(context: Context, business_unit_id: str, job_id: str) -> ShiftTradeJobResponse:
    """What was counted with ``forceAsync``."""
    return await fetch(context, WEEK, job_id, _weeks(business_unit_id))


def _weeks(business_unit_id: str) -> str:
    return f"{PREFIX}/businessunits/{business_unit_id}/shifttrading/weeks/summary/jobs"


def _path(business_unit_id: str, what: str) -> str:
    return f"{PREFIX}/businessunits/{business_unit_id}/shifttrading/trades/{what}/jobs"


ROUTES = [review, get_review, evaluate, get_evaluated, summarize, get_summary]
