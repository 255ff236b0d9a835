"""A media node that dies at a step: writes a recording, or recovers leftovers, and kills itself where it is told.

Arguments: database URL, folder, organization, recording, ``write``, ``recover``, ``destroy`` or ``rewrap``, the step, seconds since 1970.
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

from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database, Transaction
from shiftline.foundation.objects import Objects
from shiftline.recordings.container import Counts
from shiftline.recordings.deletion import store as deletion_store
from shiftline.recordings.deletion.operations.destroying import destroy_due, erase_left
from shiftline.recordings.keys import Keys
from shiftline.recordings.operations.opening import get_data_key
from shiftline.recordings.operations.rewrapping import rewrap_all
from shiftline.recordings.operations.sealing import recover_leftovers, seal_spooled
from shiftline.recordings.operations.vault import Vault
from shiftline.recordings.spool import files, ogg
from shiftline.recordings.spool.files import Claimed, Spool, SpoolFile

PAGES = 18
"""Of the sound that is written, each a chunk between the header and the end."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(owner: Any, name: str, when: str, nth: int = 1) -> None:
    """Die before or after the nth call of a function, whoever calls it."""
    inner: Callable[..., Any] = getattr(owner, name)
    calls = itertools.count(1)

    def dying(*arguments: Any, **more: Any) -> Any:
        mine = next(calls) == nth
        if mine and when == "before":
            die()
        result = inner(*arguments, **more)
        if not mine:
            return result
        if asyncio.iscoroutine(result):
            return _die_after(result)
        return die()

    setattr(owner, name, dying)


async def _die_after(work: Any) -> None:
    await work
    die()


def die_within_a_write(nth: int, written: int) -> None:
    """Die when the nth write to a file has brought some bytes of it there."""
    inner, calls = os.write, itertools.count(1)

    def dying(descriptor: int, data: Any) -> int:
        if next(calls) == nth:
            inner(descriptor, bytes(data)[:written])
            die()
        return inner(descriptor, data)

    files.os.write = dying  # type: ignore[attr-defined]


# Steps of writing: the first five leave a torn file, the others a whole one.
TORN: dict[str, Callable[[], None]] = {
    "before the header": lambda: die_within_a_write(1, 0),
    "within the header": lambda: die_within_a_write(1, 20),
    "after the header": lambda: die_at(SpoolFile, "write", "before"),
    "within a chunk": lambda: die_within_a_write(9, 700),
    "after a chunk": lambda: die_at(SpoolFile, "flush", "after", 8),
    "with a chunk unwritten": lambda: die_at(SpoolFile, "flush", "before", 8),
    "within the end": lambda: die_within_a_write(PAGES + 2, 30),
}
WHOLE: dict[str, Callable[[], None]] = {
    "after the end": lambda: die_at(SpoolFile, "finish", "after"),
    "before the object": lambda: die_at(Objects, "put_file", "before"),
    "after the object": lambda: die_at(Objects, "put_file", "after"),
    "before the commit": lambda: die_at(Transaction, "flush", "before"),
    "before the file goes": lambda: die_at(Claimed, "remove", "before"),
    "after the file went": lambda: die_at(Claimed, "remove", "after"),
}
# Steps of recovering a torn file.
RECOVERING: dict[str, Callable[[], None]] = {
    "before the mended file": lambda: die_within_a_write(1, 0),
    "within the mended file": lambda: die_within_a_write(1, 500),
    "before it takes its place": lambda: die_at(os, "fsync", "before"),
    "after it took its place": lambda: die_at(Path, "replace", "after"),
    "before the object": lambda: die_at(Objects, "put_file", "before"),
    "after the object": lambda: die_at(Objects, "put_file", "after"),
    "before the commit": lambda: die_at(Transaction, "flush", "before"),
    "before the file goes": lambda: die_at(Claimed, "remove", "before"),
}
# Steps of destroying a recording whose deletion is due.
DESTROYING: dict[str, Callable[[], None]] = {
    "before the tombstone": lambda: die_at(deletion_store, "insert_tombstone", "before"),
    "with the tombstone": lambda: die_at(deletion_store, "insert_tombstone", "after"),
    "without the key": lambda: die_at(deletion_store, "destroy_key", "after"),
    "before the commit": lambda: die_at(Transaction, "flush", "before"),
    "before the object goes": lambda: die_at(Objects, "delete", "before"),
    "after the object went": lambda: die_at(Objects, "delete", "after"),
    "before it is told": lambda: die_at(Transaction, "flush", "before", 2),
}


async def main(url: str, folder: Path, organization_id: str, recording_id: str, task: str, step: str, now: str) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(now))
    clock = Clock(at - datetime.now(UTC))
    database = Database(url)
    await database.open()
    context = Context(database, clock, Actor(organization_id, "system"))
    vault = Vault(Objects((folder / "objects").as_uri()), Keys(folder / "keys.json"))
    spool = Spool(folder / "spool", clock)
    if task == "rewrap":
        async for progress in rewrap_all(context, vault.keys, 2):
            if progress.done:
                die()
    if task == "destroy":
        DESTROYING[step]()
        await destroy_due(context)
        await erase_left(context, vault.objects)
        return
    if task == "recover":
        RECOVERING[step]()
        await recover_leftovers(context, vault, spool)
        return
    key = await get_data_key(context, recording_id, vault.keys)
    (TORN | WHOLE)[step]()
    sound = (folder / "sound.ogg").read_bytes()
    file = spool.begin(organization_id, recording_id, key)
    pages = list(ogg.pages(sound))
    assert len(pages) == PAGES
    for page in pages:
        file.write(sound[page.start : page.stop])
        file.flush()
    await seal_spooled(context, vault, file.finish(Counts(151, 2)), key)


if __name__ == "__main__":
    _, url, folder, *rest = sys.argv
    asyncio.run(main(url, Path(folder), *rest))
