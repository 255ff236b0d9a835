"""A process that exports all of an archive to a folder, and tells its peak of memory in MB, the objects, and the seconds."""

import asyncio
import resource
import sys
import time
from pathlib import Path

from benchmarks.discovery.archive import open_archive
from shiftline.discovery.exports.destinations.placing import Places


async def main(folder: Path, url: str) -> None:
    database, filled = open_archive(folder, url)
    await database.open()
    begun = time.perf_counter()
    export = await filled.export("alone", Places(folder=folder / "exports"))
    seconds = time.perf_counter() - begun
    await database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{peak:.1f} {export.total_objects} {seconds:.1f}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
