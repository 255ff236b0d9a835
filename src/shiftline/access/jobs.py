"""What happens to what is kept of access without a caller."""

from datetime import timedelta

from shiftline.access.operations.forgetting import forget_old
from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every


@every(timedelta(hours=1))
async def forget(context: Context) -> None:
    """Drop what is older than it is to be kept."""
    await forget_old(context)
