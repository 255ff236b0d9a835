"""What happens to recordings without a caller."""

from datetime import timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every, job
from shiftline.recordings.deletion.operations.destroying import erase_left
from shiftline.recordings.operations.refreshing import JOB, run_refresh
from shiftline.recordings.operations.sealing import lose_stale, lose_unbegun
from shiftline.recordings.operations.vault import Vault


@every(timedelta(hours=1))
async def give_up_stale(context: Context) -> None:
    """Recordings whose spool did not come back within a day are lost."""
    while await lose_stale(context):
        pass


@every(timedelta(minutes=1))
async def give_up_unbegun(context: Context) -> None:
    """Recordings whose media process died before it wrote anything are lost."""
    while await lose_unbegun(context):
        pass


def make_jobs(vault: Vault) -> None:
    """Make the long jobs, which need the objects and the keys; the worker does so once, when it has them."""

    @job(JOB)
    async def refresh_many(context: Context, refresh_id: str) -> None:
        await run_refresh(context, vault, refresh_id)

    @every(timedelta(seconds=30))
    async def erase(context: Context) -> None:
        """The objects of destroyed recordings go."""
        while await erase_left(context, vault.objects):
            pass

    del refresh_many, erase
