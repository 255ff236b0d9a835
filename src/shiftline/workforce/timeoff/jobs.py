"""What happens to time off without a caller."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every
from shiftline.workforce.timeoff.operations.balances import forget_answers
from shiftline.workforce.timeoff.operations.waiting import expire_waiting


@every(timedelta(seconds=30))
async def expire_from_wait_list(context: Context) -> None:
    """Requests whose time has come near leave the wait list, and their agents are told."""
    while await expire_waiting(context):
        pass


@every(timedelta(hours=1))
async def forget_old_answers(context: Context) -> None:
    """Answers on balances are kept for a day."""
    await forget_answers(context)
