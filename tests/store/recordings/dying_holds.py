"""A worker that takes what a hold is to take, and kills itself at a step.

Arguments: database URL, the step, seconds since 1970.
"""

import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.store.recordings.dying import die_at

from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Database, Transaction
from shiftline.recordings.matters import store
from shiftline.recordings.matters.operations import taking

# The third batch of five; a batch is 250 recordings.
STEPS: dict[str, Callable[[], None]] = {
    "before a batch": lambda: die_at(taking, "take_batch_in", "before", 3),
    "with the recordings locked": lambda: die_at(store, "lock_candidates", "after", 3),
    "with the recordings held": lambda: die_at(store, "insert_held", "after", 3),
    "with the entries made": lambda: die_at(taking, "enter_recordings_in", "after", 3),
    "with the deletions stopped": lambda: die_at(store, "stop_deletions", "after", 3),
    "with the progress written": lambda: die_at(store, "advance_hold", "after", 3),
    "before the commit": lambda: die_at(Transaction, "flush", "before", 3),
    "after the commit": lambda: die_at(taking, "take_batch", "after", 3),
    "before the end is written": lambda: die_at(store, "set_hold_state", "before"),
    "with the end written": lambda: die_at(store, "set_hold_state", "after"),
}


async def main(url: str, step: str, now: str) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(now))
    database = Database(url)
    await database.open()
    taking.take_batch.__defaults__ = (250,)  # type: ignore[attr-defined]
    STEPS[step]()
    await taking.continue_all(Context(database, Clock(at - datetime.now(UTC)), Actor("", "system")))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
