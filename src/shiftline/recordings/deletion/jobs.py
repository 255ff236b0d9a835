"""What happens to deletions without a caller. Objects are removed by ``recordings.jobs``, which has them."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every
from shiftline.recordings.deletion.operations.destroying import archive_due, destroy_due
from shiftline.recordings.deletion.operations.marking import mark_expired


@every(timedelta(seconds=30))
async def keep_dates(context: Context) -> None:
    """What is to be archived is, what is to be deleted is marked, and what was approved and waited long enough is destroyed."""
    for step in (archive_due, mark_expired, destroy_due):
        while await step(context):
            pass
