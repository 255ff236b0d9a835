"""What happens to trades without a caller."""

from datetime import date, timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every, job
from shiftline.workforce.trades.operations import cycling
from shiftline.workforce.trades.operations.agreeing import end_cycles
from shiftline.workforce.trades.operations.deferred import forget_answers
from shiftline.workforce.trades.operations.offering import expire_trades


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
) -> None:
    """Rings of trades are searched and proposed."""
    inside = None if management_unit_ids is None else tuple(management_unit_ids)
    week = date.fromisoformat(week_date)
    search = cycling.CycleSearch(business_unit_id, week, week_count, longest, inside)
    await cycling.run_search(context, search_id, search)


@every(timedelta(hours=1))
async def forget_old_answers(context: Context) -> None:
    """Answers of jobs are kept for a day."""
    await forget_answers(context)
