"""What happens to trades without a caller."""

from datetime import date, timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every, job, on
from shiftline.workforce.trades.events import OfferChanged, TradeStateChanged
from shiftline.workforce.trades.operations import cycling
from shiftline.workforce.trades.operations.agreeing import end_cycles, end_cycles_with
from shiftline.workforce.trades.operations.deferred import forget_answers
from shiftline.workforce.trades.operations.offering import expire_trades
from shiftline.workforce.trades.operations.watching import start_due_searches


@every(timedelta(seconds=30))
async def expire_offers(context: Context) -> None:
    """Open offers whose expiry has come end, and their agents are told."""
    while await expire_trades(context):
        pass


@every(timedelta(seconds=30))
async def end_rings(context: Context) -> None:
    """Proposed rings whose time is over, or of whose offers one is used or taken back, end, and say why."""
    while await end_cycles(context):
        pass


@on(TradeStateChanged)
@on(OfferChanged)
async def end_rings_of_offer(context: Context, happened: TradeStateChanged | OfferChanged) -> None:
    """Rings with an offer that a pair has taken, or that was changed or taken back, are void at once."""
    await end_cycles_with(context, happened.trade_id)


@job(cycling.JOB)
async def search_cycles(
    context: Context,
    *,
    search_id: str,
    business_unit_id: str,
    week_date: str,
    week_count: int,
    longest: int,
    management_unit_ids: list[str] | None,
    only_free: bool = False,
) -> None:
    """Rings of trades are searched and proposed."""
    inside = None if management_unit_ids is None else tuple(management_unit_ids)
    week = date.fromisoformat(week_date)
    search = cycling.CycleSearch(business_unit_id, week, week_count, longest, inside, only_free)
    await cycling.run_search(context, search_id, search)


@every(timedelta(minutes=1))
async def look_for_rings(context: Context) -> None:
    """Where management units ask for it, rings are looked for when the market changed."""
    await start_due_searches(context)


@every(timedelta(hours=1))
async def forget_old_answers(context: Context) -> None:
    """Answers of jobs are kept for a day."""
    await forget_answers(context)
