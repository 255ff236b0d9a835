"""What is done from time to time: browsers that never wrote are forgotten."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every
from shiftline.messaging.operations.guests import forget_unused_guests


@every(timedelta(minutes=10))
async def forget_guests(context: Context) -> None:
    """Forget guests that opened a page an hour ago and wrote nothing."""
    await forget_unused_guests(context)
