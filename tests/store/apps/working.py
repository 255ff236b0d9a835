"""A worker in a process of its own, with one job that waits for ever the first time it runs. Arguments: database url, folder."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from shiftline.apps.connections import Engines
from shiftline.apps.long_jobs import run_jobs
from shiftline.foundation.bus import Bus
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Context
from shiftline.foundation.database import Database
from shiftline.foundation.jobs import job
from shiftline.foundation.objects import Objects

JOB = "test.waits"


async def main(url: str, folder: Path) -> None:
    @job(JOB)
    async def waits(context: Context, number: int) -> None:
        del context
        begun = folder / f"begun-{number}"
        if begun.exists():
            (folder / f"done-{number}").touch()
        else:
            begun.touch()
            await asyncio.Event().wait()

    del waits
    database = Database(url)
    await database.open()
    engines = Engines(database, Bus("nats://127.0.0.1:1"), Clock(), Objects(folder.as_uri()))
    await run_jobs(url, engines, timedelta(seconds=0.2), timedelta(seconds=1))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
