"""What happens to spreads and arrivals without a caller."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every
from shiftline.signalling.propagation.operations import forget_old


@every(timedelta(minutes=30))
async def forget_spreads(context: Context) -> None:
    """Forget what is older than a day."""
    await forget_old(context)
