"""What happens on the database before the other programs start: its clock is checked, it is migrated and filled.

A program of its own, so that the supervisor stays small and can be stopped while it runs.
"""

import asyncio
import json
import os
from datetime import datetime, timedelta
from typing import Any

import psycopg

from shiftline.apps import sample
from shiftline.apps.running import SAMPLE_SECRET
from shiftline.apps.supervisor.child import READY_FD, StartRefusedError, wait_at_gate
from shiftline.foundation.clock import Clock
from shiftline.foundation.database import Database
from shiftline.foundation.migrations import migrate
from shiftline.foundation.outbox import FOLLOWER, GUARD, ROUTER, WORKER, OutboxReader
from shiftline.foundation.settings import Settings

# A machine's clock may be set back a little when it is corrected; that is no reason to refuse to start.
_CORRECTION = timedelta(minutes=1)


def run(settings: Settings, *, demo: bool) -> None:
    """Prepare the database once it serves and announce the result as JSON, or the plain reason why it is refused."""
    wait_at_gate()
    try:
        said = asyncio.run(_prepare(settings, demo=demo))
    except StartRefusedError as refusal:
        said = {"refused": str(refusal)}
    with os.fdopen(int(os.environ[READY_FD]), "w") as output:
        json.dump(said, output)


async def _prepare(settings: Settings, *, demo: bool) -> dict[str, Any]:
    async with await psycopg.AsyncConnection.connect(settings.database_url) as connection:
        require_later(
            Clock(settings.clock_offset).now(), await last_fact(connection), moved=bool(settings.clock_offset)
        )
    try:
        await migrate(settings.database_url)
    except RuntimeError as error:
        raise StartRefusedError(f"The database cannot be brought up to this version: {error}.") from error
    prepared = await sample.prepare(settings, demo=demo, secret=os.environ[SAMPLE_SECRET])
    await keep_places(settings.database_url)
    return {"prepared": prepared}


async def keep_places(database_url: str) -> None:
    """Give those who handle events their places in the outbox before anybody is served: they may lead later than the first event."""
    database = Database(database_url)
    await database.open()
    try:
        for consumer in (WORKER, ROUTER, FOLLOWER, GUARD):
            place = OutboxReader(database, consumer)
            await place.start()
            await place.save()
    finally:
        await database.close()


async def last_fact(connection: psycopg.AsyncConnection[Any]) -> datetime | None:
    """Return the application's instant of the last audited fact, None in an empty database."""
    cursor = await connection.execute("select to_regclass('foundation.audit') is not null")
    row = await cursor.fetchone()
    if row is None or not row[0]:
        return None
    row = await (await connection.execute("select max(at) from foundation.audit")).fetchone()
    return None if row is None else row[0]


def require_later(now: datetime, last: datetime | None, *, moved: bool) -> None:
    """Raise StartRefusedError when the application's clock would stand before the last fact.

    `moved` says that somebody set it: then there is no leeway.
    """
    if last is None or now > last - (timedelta(0) if moved else _CORRECTION):
        return
    raise StartRefusedError(
        f"The clock would stand at {now.isoformat(timespec='seconds')}, before the last fact in this folder, "
        f"{last.isoformat(timespec='seconds')}: what happened cannot be unknown again. "
        f"Choose a later instant with --clock, or an empty folder with --data."
    )
