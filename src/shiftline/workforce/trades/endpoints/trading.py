"""The job-based operations on trades."""

from typing import Annotated

from litestar import Response, get, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.workforce.trades.endpoints import reviews
from shiftline.workforce.trades.endpoints.answering import ANSWERS, Kind, answer, fetch
from shiftline.workforce.trades.operations import matching, offering, reading, reviewing
from shiftline.workforce.trades.wire import PREFIX, answers, requests
from shiftline.workforce.trades.wire.answers import ShiftTradeJobResponse

MINE = ("wfm:agentShiftTradeRequest:participate",)
ADD = Kind("AddTrade", MINE)
UPDATE = Kind("UpdateTrade", MINE)
OWN = Kind("QueryAgentTrades", MINE)
UNIT = Kind("QueryTrades", reading.SEE)
UNMATCHED = Kind("SearchUnmatchedTrades", MINE)
STATE = Kind("UpdateTradeState", MINE)
MATCH = Kind("MatchTrade", MINE)

TRADES = f"{PREFIX}/shifttrading/trades"
BU = f"{PREFIX}/businessunits/{{business_unit_id:str}}/shifttrading"
TAGS = ["Workforce Management"]

Later = Annotated[bool, Parameter(query="forceAsync", description="Answer 202 and keep the result for the starter")]


@post(f"{TRADES}/jobs", operation_id="postWorkforcemanagementShifttradingTradesJobs", tags=TAGS, responses=ANSWERS)
async def add(
    context: Context, data: requests.AddShiftTradeJobRequest, *, force_async: Later = False
) -> Response[ShiftTradeJobResponse]:
    """Offer a shift: 201, or 200 with the same offer that stands already."""

    async def work() -> tuple[ShiftTradeJobResponse, int]:
        trade, created = await offering.offer_shift(context, data.offer())
        return ShiftTradeJobResponse(
            status="Complete", type=ADD.name, add_trade_result=answers.show(trade)
        ), 201 if created else 200

    return await answer(context, ADD, work(), f"{TRADES}/jobs", later=force_async)


@get(f"{TRADES}/jobs/{{job_id:str}}", operation_id="getWorkforcemanagementShifttradingTradesJob", tags=TAGS)
async def get_added(context: Context, job_id: str) -> ShiftTradeJobResponse:
    """What became of an offer that was made with ``forceAsync``."""
    return await fetch(context, ADD, job_id, f"{TRADES}/jobs")


@post(
    f"{TRADES}/{{trade_id:str}}/jobs",
    operation_id="postWorkforcemanagementShifttradingTradeJobs",
    status_code=200,
    responses={202: ANSWERS[202]},
    tags=TAGS,
)
async def change(
    context: Context, trade_id: str, data: requests.UpdateShiftTradeJobRequest, *, force_async: Later = False
) -> Response[ShiftTradeJobResponse]:
    """Change an open offer of one's own: from whom, for what, until when; what is not named stays."""

    async def work() -> tuple[ShiftTradeJobResponse, int]:
        trade = await offering.change_offer(context, trade_id, data.change())
        return ShiftTradeJobResponse(status="Complete", type=UPDATE.name, update_trade_result=answers.show(trade)), 200

    return await answer(context, UPDATE, work(), f"{TRADES}/{trade_id}/jobs", later=force_async)


@get(
    f"{TRADES}/{{trade_id:str}}/jobs/{{job_id:str}}",
    operation_id="getWorkforcemanagementShifttradingTradeJob",
    tags=TAGS,
)
async def get_changed(context: Context, trade_id: str, job_id: str) -> ShiftTradeJobResponse:
    """What became of a change that was asked for with ``forceAsync``."""
    return await fetch(context, UPDATE, job_id, f"{TRADES}/{trade_id}/jobs")


@post(
    f"{TRADES}/mine/query/jobs",
    operation_id="postWorkforcemanagementShifttradingTradesMineQueryJobs",
    status_code=200,
    responses={202: ANSWERS[202]},
    tags=TAGS,
)
async def query_own(
    context: Context, data: requests.QueryAgentShiftTradeListJobRequest, *, force_async: Later = False
) -> Response[ShiftTradeJobResponse]:
    """The trades in which the caller has a part, of any weeks."""

    async def work() -> tuple[ShiftTradeJobResponse, int]:
        trades = await reviewing.evaluate_own_trades(context, data.week_dates or None)
        shown = answers.show_own_list(trades)
        return ShiftTradeJobResponse(status="Complete", type=OWN.name, query_agent_trades_result=shown), 200

    return await answer(context, OWN, work(), f"{TRADES}/mine/query/jobs", later=force_async)


@get(
    f"{TRADES}/mine/query/jobs/{{job_id:str}}",
    operation_id="getWorkforcemanagementShifttradingTradesMineQueryJob",
    tags=TAGS,
)
async def get_own(context: Context, job_id: str) -> ShiftTradeJobResponse:
    """What was found for the caller with ``forceAsync``."""
    return await fetch(context, OWN, job_id, f"{TRADES}/mine/query/jobs")


@post(
    f"{TRADES}/{{trade_id:str}}/state/jobs",
    operation_id="postWorkforcemanagementShifttradingTradeStateJobs",
    status_code=200,
    responses={202: ANSWERS[202]},
    tags=TAGS,
)
async def change_state(
    context: Context, trade_id: str, data: requests.UpdateShiftTradeStateJobRequest, *, force_async: Later = False
) -> Response[ShiftTradeJobResponse]:
    """Cancel an offer of one's own; what is not allowed is answered with its ``failureReason``."""

    async def work() -> tuple[ShiftTradeJobResponse, int]:
        outcome = await offering.change_own_state(context, trade_id, data.state, data.metadata.version)
        shown = answers.show_state(outcome)
        return ShiftTradeJobResponse(status="Complete", type=STATE.name, update_trade_state_result=shown), 200

    return await answer(context, STATE, work(), f"{TRADES}/{trade_id}/state/jobs", later=force_async)


@get(
    f"{TRADES}/{{trade_id:str}}/state/jobs/{{job_id:str}}",
    operation_id="getWorkforcemanagementShifttradingTradeStateJob",
    tags=TAGS,
)
async def get_state(context: Context, trade_id: str, job_id: str) -> ShiftTradeJobResponse:
    """What became of a change of state that was asked for with ``forceAsync``."""
    return await fetch(context, STATE, job_id, f"{TRADES}/{trade_id}/state/jobs")


@post(
    f"{TRADES}/{{trade_id:str}}/match/jobs",
    operation_id="postWorkforcemanagementShifttradingTradeMatchJobs",
    status_code=200,
    responses={202: ANSWERS[202]},
    tags=TAGS,
)
async def match(
    context: Context, trade_id: str, data: requests.MatchShiftTradeJobRequest, *, force_async: Later = False
) -> Response[ShiftTradeJobResponse]:
    """Take an offer; what stands against it comes in ``violations``, and the trade is then as it was."""

    async def work() -> tuple[ShiftTradeJobResponse, int]:
        outcome = await matching.match_trade(context, data.taking(trade_id))
        shown = answers.show_judged(outcome.trade, outcome.judgement)
        return ShiftTradeJobResponse(status="Complete", type=MATCH.name, match_trade_result=shown), 200

    return await answer(context, MATCH, work(), f"{TRADES}/{trade_id}/match/jobs", later=force_async)


@get(
    f"{TRADES}/{{trade_id:str}}/match/jobs/{{job_id:str}}",
    operation_id="getWorkforcemanagementShifttradingTradeMatchJob",
    tags=TAGS,
)
async def get_match(context: Context, trade_id: str, job_id: str) -> ShiftTradeJobResponse:
    """What became of a match that was asked for with ``forceAsync``."""
    return await fetch(context, MATCH, job_id, f"{TRADES}/{trade_id}/match/jobs")


@post(
    f"{BU}/trades/query/jobs",
    operation_id="postWorkforcemanagementBusinessunitShifttradingTradesQueryJobs",
    status_code=200,
    responses={202: ANSWERS[202]},
    tags=TAGS,
)
async def query_unit(
    context: Context, business_unit_id: str, data: requests.QueryShiftTradeListJobRequest, *, force_async: Later = False
) -> Response[ShiftTradeJobResponse]:
    """The trades of a business unit by management units, weeks and people."""

    async def work() -> tuple[ShiftTradeJobResponse, int]:
        trades = await reading.list_trades(context, business_unit_id, data.filter())
        return ShiftTradeJobResponse(
            status="Complete", type=UNIT.name, query_trades_result=answers.show_list(trades)
        ), 200

    path = f"{PREFIX}/businessunits/{business_unit_id}/shifttrading/trades/query/jobs"
    return await answer(context, UNIT, work(), path, later=force_async)


@get(
    f"{BU}/trades/query/jobs/{{job_id:str}}",
    operation_id="getWorkforcemanagementBusinessunitShifttradingTradesQueryJob",
    tags=TAGS,
)
async def get_unit(context: Context, business_unit_id: str, job_id: str) -> ShiftTradeJobResponse:
    """What was found in a business unit with ``forceAsync``."""
    path = f"{PREFIX}/businessunits/{business_unit_id}/shifttrading/trades/query/jobs"
    return await fetch(context, UNIT, job_id, path)


@post(
    f"{BU}/unmatched/search/jobs",
    operation_id="postWorkforcemanagementBusinessunitShifttradingUnmatchedSearchJobs",
    status_code=200,
    responses={202: ANSWERS[202]},
    tags=TAGS,
)
async def search_unmatched(
    context: Context,
    business_unit_id: str,
    data: requests.SearchUnmatchedShiftTradeListJobRequest,
    *,
    force_async: Later = False,
) -> Response[ShiftTradeJobResponse]:
    """The open offers that the caller could take, for nothing or for one of the shifts given."""

    async def work() -> tuple[ShiftTradeJobResponse, int]:
        found = await reading.search_openings(context, data.search(business_unit_id))
        shown = answers.show_openings(found)
        return ShiftTradeJobResponse(status="Complete", type=UNMATCHED.name, search_unmatched_trades_result=shown), 200

    path = f"{PREFIX}/businessunits/{business_unit_id}/shifttrading/unmatched/search/jobs"
    return await answer(context, UNMATCHED, work(), path, later=force_async)


@get(
    f"{BU}/unmatched/search/jobs/{{job_id:str}}",
    operation_id="getWorkforcemanagementBusinessunitShifttradingUnmatchedSearchJob",
    tags=TAGS,
)
async def get_unmatched(context: Context, business_unit_id: str, job_id: str) -> ShiftTradeJobResponse:
    """What the caller could take, found with ``forceAsync``."""
    path = f"{PREFIX}/businessunits/{business_unit_id}/shifttrading/unmatched/search/jobs"
    return await fetch(context, UNMATCHED, job_id, path)


ROUTES = [
    add,
    get_added,
    change,
    get_changed,
    query_own,
    get_own,
    change_state,
    get_state,
    query_unit,
    get_unit,
    search_unmatched,
    get_unmatched,
    match,
    get_match,
    *reviews.ROUTES,
]
