"""Batches are settled by the leading worker."""

from datetime import timedelta

from shiftline.discovery.batches.operations import settle_some
from shiftline.foundation.context import Context
from shiftline.foundation.jobs import every
from shiftline.recordings.operations.vault import Vault


def make_jobs(vault: Vault) -> None:
    """Make what needs the objects; the worker does so once, when it has them."""

    @every(timedelta(seconds=0.5))
    async def settle_batches(context: Context) -> None:
        while await settle_some(context, vault):
            pass

    del settle_batches
