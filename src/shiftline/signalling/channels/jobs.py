"""What happens to channels without a caller."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every
from shiftline.signalling.channels.operations import forget_expired_channels


@every(timedelta(minutes=10))
async def sweep_channels(context: Context) -> None:
    """Drop the channels that nobody came back to."""
    await forget_expired_channels(context)
