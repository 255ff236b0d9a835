"""What happens to matters without a caller."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every
from shiftline.recordings.matters.operations.taking import continue_all


@every(timedelta(seconds=1))
async def go_on(context: Context) -> None:
    """Holds that run take what they are to take, matters that were closed release it."""
    while await continue_all(context):
        pass
