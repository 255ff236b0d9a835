"""A worker that takes what a hold is to take, and tells its peak of memory in MB, what it had before, and the seconds."""

import asyncio
import resource
import sys
import time

from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.recordings.matters.operations.taking import continue_all


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def main(url: str) -> None:
    database = Database(url)
    await database.open()
    before, begun = peak(), time.perf_counter()
    while await continue_all(Context(database, Clock(), Actor("", "system"))):
        pass
    print(f"{peak():.1f} {before:.1f} {time.perf_counter() - begun:.2f}")
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
