"""Leading: of the processes of one kind, the one that holds an advisory lock of PostgreSQL does the work."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeAlias

import psycopg
import structlog

from shiftline.foundation.database import SQL, Database, Reader
from shiftline.foundation.errors import Unavailable

RETRY = 1.0
"""Seconds between tries to take the lead: so long nobody works when the leader's machine is gone."""
LOOK = 2.0
"""Seconds between looks whether the connection that holds the lock still lives."""

Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

log = structlog.get_logger()


async def lead(database: Database, name: str, lock: int, works: Iterable[Work]) -> None:
    """Do all of ``works`` at once while the connection that holds ``lock`` lives; try again when it is lost.

    Never returns. What a work raises, other than Unavailable and OSError, is raised as an exception group. For a moment two
    may believe that they lead (one whose connection died looks every two seconds): the works must be safe side by side.
    """
    every = tuple(works)
    while True:
        try:
            async with database.reader() as holder:
                row = await holder.one(SQL["try_lead"], {"lock": lock})
                if row is not None and row["leads"]:
                    await _work(holder, lock, every)
        except* (Unavailable, OSError):
            log.warning("lead.lost", name=name)
        await asyncio.sleep(RETRY)


async def _work(holder: Reader, lock: int, works: Iterable[Work]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_hold(holder))
            for work in works:
                group.create_task(work())
    finally:
        # The connection goes back to its pool: an idle one there must not keep the lead from everybody, ourselves included.
        with contextlib.suppress(psycopg.Error):
            await holder.one(SQL["give_up_lead"], {"lock": lock})


async def _hold(holder: Reader) -> None:
    while True:
        await asyncio.sleep(LOOK)
        try:
            await holder.one(SQL["is_alive"], {})
        except psycopg.Error as error:  # what passes a task group is no longer translated on its way out
            raise Unavailable("The connection that holds the lead is gone.") from error
