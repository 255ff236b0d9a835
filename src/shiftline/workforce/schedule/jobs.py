"""What runs without a caller: big imports and updates, and forgetting uploads that nobody used."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every, job
from shiftline.workforce.schedule.operations import following, opening, uploads
from shiftline.workforce.schedule.wire.upload import read_draft


@job(uploads.JOB)
async def process_upload(context: Context, *, operation_id: str, upload_id: str) -> None:
    """Import or update by a file that was too big to be worked on while the caller waits."""
    await uploads.run_operation(context, operation_id, upload_id, read_draft)
    await uploads.learn_sizes(context)


@every(timedelta(minutes=10))
async def forget_uploads(context: Context) -> None:
    """Drop uploads that expired."""
    await uploads.forget_uploads(context, context.clock.real_now())


@every(timedelta(minutes=10))
async def follow_tzdata(context: Context) -> None:
    """After a release with new rules of a zone, let the instants of future shifts follow their wall times."""
    await following.follow_tzdata(context)


@every(timedelta(seconds=30))
async def expire_open(context: Context) -> None:
    """Open shifts that have begun and that nobody has taken end."""
    while await opening.expire_open_shifts(context):
        pass
