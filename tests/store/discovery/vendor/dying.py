"""A worker that settles three results of a batch in a transaction and kills itself after it.

Arguments: database URL, folder of objects and keys.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from shiftline.discovery.batches import operations
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database
from shiftline.foundation.objects import Objects
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.vault import Vault


async def main(url: str, folder: Path) -> None:
    database = Database(url)
    await database.open()
    operations.AT_ONCE = 3
    vault = Vault(Objects((folder / "objects").as_uri()), Keys(folder / "keys.json"))
    await operations.settle_some(Context(database, Clock(), Actor("", "system")), vault)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
