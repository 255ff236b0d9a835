"""A worker that dies while it gives places: kills itself before or after the nth call of a function.

Arguments: database URL, the file of keys, the function, ``before`` or ``after``.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database, Transaction
from shiftline.ledger import store
from shiftline.ledger.keys import SigningKeys
from shiftline.ledger.operations import sequencing
from shiftline.ledger.operations.sequencing import Notary, sequence_waiting

STEPS: dict[str, Any] = {
    "list_waiting": store,
    "lock_log": store,
    "take_pending": store,
    "latest_checkpoint": store,
    "insert_leaves": store,
    "insert_tiles": store,
    "keep_verifiers": store,
    "sign": SigningKeys,
    "insert_checkpoint": store,
    "flush": Transaction,
    "sequence": sequencing,
}
"""In their order; ``flush`` is just before the commit, what is after ``sequence`` just after it."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(owner: Any, name: str, when: str) -> None:
    inner: Callable[..., Any] = getattr(owner, name)

    def dying(*arguments: Any, **more: Any) -> Any:
        if when == "before":
            die()
        result = inner(*arguments, **more)
        return _die_after(result) if asyncio.iscoroutine(result) else die()

    setattr(owner, name, dying)


async def _die_after(work: Any) -> None:
    await work
    die()


async def main(url: str, keys: str, step: str, when: str) -> None:
    database = Database(url)
    await database.open()
    die_at(STEPS[step], step, when)
    context = Context(database, Clock(), Actor("", "system"))
    await sequence_waiting(context, Notary(SigningKeys(Path(keys)), "localhost:8443"), 300)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
