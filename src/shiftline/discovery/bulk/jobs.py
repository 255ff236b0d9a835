"""Jobs are selected for and processed by the leading worker."""

from datetime import timedelta

from shiftline.discovery.bulk.operations.processing import process_some
from shiftline.discovery.bulk.operations.selecting import select_some
from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every
from shiftline.recordings.operations.vault import Vault


@every(timedelta(seconds=0.5))
async def select_for_jobs(context: Context) -> None:
    """What jobs are for is frozen."""
    while await select_some(context):
        pass


def make_jobs(vault: Vault) -> None:
    """Make what needs the objects and keys; the worker does so once, when it has them."""

    @every(timedelta(seconds=0.5))
    async def process_jobs(context: Context) -> None:
        while await process_some(context, vault):
            pass

    del process_jobs
