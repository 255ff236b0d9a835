"""A worker that selects for and processes jobs, and kills itself where it is told.

Arguments: database URL, folder of objects and keys, the step, seconds since 1970.
"""

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shiftline.discovery.bulk import store
from shiftline.discovery.bulk.operations import processing, selecting
from shiftline.discovery.integrations.operations.buckets import Bucket
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database, Transaction
from shiftline.foundation.objects import Objects
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.vault import Vault


def die_at(owner: Any, name: str, when: str, nth: int = 1) -> None:
    """Die before or after the nth call of an async function, whoever calls it."""
    inner: Callable[..., Any] = getattr(owner, name)
    calls = itertools.count(1)

    async def dying(*arguments: Any, **more: Any) -> Any:
        mine = next(calls) == nth
        if mine and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = await inner(*arguments, **more)
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)


STEPS: dict[str, Callable[[], None]] = {
    "before the first items": lambda: die_at(store, "add_selected", "before"),
    "with items unwritten": lambda: die_at(store, "add_selected", "after"),
    "after the first items": lambda: die_at(store, "list_conversations", "before", 2),
    "before it is ready": lambda: die_at(selecting, "move_in", "before"),
    "with its state unwritten": lambda: die_at(selecting, "move_in", "after"),
    "before anything is begun": lambda: die_at(store, "begin_items", "before"),
    "with what is begun unwritten": lambda: die_at(store, "begin_items", "after"),
    "before the bucket is opened": lambda: die_at(processing, "open_exporter", "before"),
    "before the first sound": lambda: die_at(Bucket, "put_new", "before", 1),
    "after the first sound": lambda: die_at(Bucket, "put_new", "after", 1),
    "before it is read back": lambda: die_at(Bucket, "read", "before", 1),
    "after the third object": lambda: die_at(Bucket, "put_new", "after", 3),
    "after the last but one": lambda: die_at(Bucket, "put_new", "after", 9),
    "after the last object": lambda: die_at(Bucket, "put_new", "after", 10),
    "after the last is read back": lambda: die_at(Bucket, "read", "after", 10),
    "before outcomes": lambda: die_at(store, "settle_items", "before"),
    "with outcomes unwritten": lambda: die_at(store, "settle_items", "after"),
    "with the ledger unwritten": lambda: die_at(processing, "append_all_in", "after"),
    "with counts unwritten": lambda: die_at(store, "count_outcomes", "after"),
    "before the second outcomes": lambda: die_at(store, "settle_items", "before", 2),
    "before it is through": lambda: die_at(processing, "move_in", "before"),
    "with the end unwritten": lambda: die_at(processing, "move_in", "after"),
    "before the end is told": lambda: die_at(Transaction, "flush", "before", 7),
}


async def main(url: str, folder: Path, step: str, now: str) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(now))
    database = Database(url)
    await database.open()
    selecting.AT_ONCE, processing.AT_ONCE = 2, 3
    context = Context(database, Clock(at + timedelta(minutes=1) - datetime.now(UTC)), Actor("", "system"))
    vault = Vault(Objects((folder / "objects").as_uri()), Keys(folder / "keys.json"))
    STEPS[step]()
    while await selecting.select_some(context):
        pass
    while await processing.process_some(context, vault):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
