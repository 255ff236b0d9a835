"""What happens to trades without a caller."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every
from shiftline.workforce.trades.operations.deferred import forget_answers
from shiftline.workforce.trades.operations.offering import expire_trades


@every(timedelta(seconds=30))
async def expire_offers(context: Context) -> None:
    """Open offers whose expiry has come end, and their agents are told."""
    while await expire_trades(context):
        pass


@every(timedelta(hours=1))
async def forget_old_answers(context: Context) -> None:
    """Answers of jobs are kept for a day."""
    await forget_answers(context)
