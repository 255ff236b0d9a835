"""The legacy operations on trades, over the same trades."""

from datetime import date

from litestar import Response, get, patch, post
from litestar.openapi import ResponseSpec

from shiftline.foundation.context import Context
from shiftline.workforce.trades.model import TradeFilter
from shiftline.workforce.trades.operations import matching, offering, reading, reviewing
from shiftline.workforce.trades.wire import PREFIX, legacy, requests

UNIT = f"{PREFIX}/managementunits/{{management_unit_id:str}}"
TAGS = ["Workforce Management"]


@post(
    f"{UNIT}/weeks/{{week_date_id:date}}/shifttrades",
    operation_id="postWorkforcemanagementManagementunitWeekShifttrades",
    tags=TAGS,
    responses={200: ResponseSpec(legacy.ShiftTradeResponse, description="The same offer, made before")},
)
async def add(
    context: Context, management_unit_id: str, week_date_id: date, data: requests.AddShiftTradeRequest
) -> Response[legacy.ShiftTradeResponse]:
    """Offer a shift: 201, or 200 with the same offer that stands already. The unit may be ``mine``."""
    offer = data.offer(week_date_id)
    trade, created = await offering.offer_shift(context, offer, management_unit_id)
    return Response(legacy.show_legacy(trade), status_code=201 if created else 200)


@get(
    f"{UNIT}/weeks/{{week_date_id:date}}/shifttrades",
    operation_id="getWorkforcemanagementManagementunitWeekShifttrades",
    tags=TAGS,
)
async def list_week(context: Context, management_unit_id: str, week_date_id: date) -> legacy.WeekShiftTradeListResponse:
    """The trades of a management unit's week."""
    return legacy.show_week(await reviewing.evaluate_week(context, management_unit_id, week_date_id))


@get(
    f"{UNIT}/agents/{{agent_id:str}}/shifttrades",
    operation_id="getWorkforcemanagementManagementunitAgentShifttrades",
    tags=TAGS,
)
async def list_of_agent(context: Context, management_unit_id: str, agent_id: str) -> legacy.ShiftTradeListResponse:
    """The trades of a management unit in which an agent has a part."""
    wanted = TradeFilter(person_ids=[agent_id])
    return legacy.show_legacy_list(await reading.list_trades_of_unit(context, management_unit_id, wanted))


@get(f"{PREFIX}/shifttrades", operation_id="getWorkforcemanagementShifttrades", tags=TAGS)
async def list_own(context: Context) -> legacy.ShiftTradeListResponse:
    """The trades in which the caller has a part."""
    return legacy.show_legacy_list(await reading.list_own_trades(context))


@post(
    f"{UNIT}/weeks/{{week_date_id:date}}/shifttrades/{{trade_id:str}}/match",
    operation_id="postWorkforcemanagementManagementunitWeekShifttradeMatch",
    status_code=200,
    tags=TAGS,
)
async def match(
    context: Context, management_unit_id: str, week_date_id: date, trade_id: str, data: requests.MatchShiftTradeRequest
) -> legacy.MatchShiftTradeResponse:
    """Take an offer; what stands against it comes in ``violations``, and the trade is then as it was."""
    del week_date_id  # the trade knows its week
    outcome = await matching.match_trade(context, data.taking(trade_id), management_unit_id)
    return legacy.show_match(outcome.trade, outcome.judgement)


@post(
    f"{UNIT}/weeks/{{week_date_id:date}}/shifttrades/state/bulk",
    operation_id="postWorkforcemanagementManagementunitWeekShifttradesStateBulk",
    status_code=200,
    tags=TAGS,
)
async def review(
    context: Context,
    management_unit_id: str,
    week_date_id: date,
    data: requests.BulkUpdateShiftTradeListJobRequest,
) -> legacy.BulkUpdateShiftTradeStateResponse:
    """Approve or deny matched trades, each for itself; what cannot be done is answered with its ``failureReason``."""
    del week_date_id  # each trade knows its week
    return legacy.show_bulk(await reviewing.review_trades_of_unit(context, management_unit_id, data.wishes()))


@patch(
    f"{UNIT}/weeks/{{week_date_id:date}}/shifttrades/{{trade_id:str}}",
    operation_id="patchWorkforcemanagementManagementunitWeekShifttrade",
    tags=TAGS,
)
async def change(
    context: Context, management_unit_id: str, week_date_id: date, trade_id: str, data: requests.PatchShiftTradeRequest
) -> legacy.ShiftTradeResponse:
    """Change an open offer of one's own, at the version that was read. The unit may be ``mine``."""
    changed = await offering.change_offer(context, trade_id, data.change(week_date_id), management_unit_id)
    return legacy.show_legacy(changed)


@get(
    f"{UNIT}/shifttrades/matched",
    operation_id="getWorkforcemanagementManagementunitShifttradesMatched",
    tags=TAGS,
)
async def count_matched(context: Context, management_unit_id: str) -> legacy.ShiftTradeMatchesSummaryResponse:
    """How many matched trades wait for a review, week by week. The unit may be ``mine``."""
    return legacy.show_summary(await reading.count_matches_of_unit(context, management_unit_id))


@get(
    f"{UNIT}/shifttrades/users",
    operation_id="getWorkforcemanagementManagementunitShifttradesUsers",
    tags=TAGS,
)
async def list_traders(context: Context, management_unit_id: str) -> legacy.ShiftTradeUserListing:
    """Whom the caller could offer a shift directly. The unit may be ``mine``."""
    return legacy.show_traders(await reading.list_traders(context, management_unit_id))


@post(
    f"{UNIT}/weeks/{{week_date_id:date}}/shifttrades/search",
    operation_id="postWorkforcemanagementManagementunitWeekShifttradesSearch",
    status_code=200,
    tags=TAGS,
)
async def search(
    context: Context, management_unit_id: str, week_date_id: date, data: requests.SearchShiftTradesRequest
) -> legacy.SearchShiftTradesResponse:
    """The open offers of a week that the caller could take, for nothing or for one of the shifts given."""
    ids = data.receiving_shift_ids or ()
    return legacy.show_search(await reading.search_openings_of_week(context, management_unit_id, week_date_id, ids))


ROUTES = [change, count_matched, list_traders, search, match, review, add, list_week, list_of_agent, list_own]
