"""Exports go on without a caller."""

import asyncio
from datetime import timedelta

from shiftline.discovery.exports.errors import Waiting
from shiftline.discovery.exports.model import Status
from shiftline.discovery.exports.operations.asking import JOB, defer_run
from shiftline.discovery.exports.operations.running import run_export
from shiftline.discovery.exports.operations.tools import Tools
from shiftline.discovery.exports.store import states
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.jobs import every, job

ABANDONED = timedelta(seconds=30)
"""So long nobody said that a run lives: its worker is dead."""
LOOKS = 30
PAUSE = 1.0


@every(timedelta(seconds=10))
async def go_on_with_abandoned(context: Context) -> None:
    """Exports whose worker died, or that wait for something, get another run."""
    async with context.reader() as reader:
        found = await states.list_abandoned(reader, ABANDONED)
    for organization_id, export_id, run in found:
        own = context.acting_as(Actor(organization_id, "system"))
        async with own.transaction() as tx:
            state = await states.lock_export(tx, export_id)
            if state is None or state.run != run:
                continue
            new = await states.set_status(tx, export_id, Status.RUNNING, coming_from=[Status.RUNNING], new_run=True)
            if new is not None:
                await defer_run(tx, export_id, new)


def make_jobs(tools: Tools) -> None:
    """Make the long jobs, which need keys and places; the worker does so once, when it has them."""

    @job(JOB)
    async def go_on(context: Context, export_id: str, run: int) -> None:
        for _ in range(LOOKS):
            try:
                await run_export(context, tools, export_id, run)
            except (Waiting, Unavailable):
                await asyncio.sleep(PAUSE)
            else:
                return

    del go_on
