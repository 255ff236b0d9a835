"""Revisions: how far the truth was when a request read or wrote it, as an opaque token; and reads that are at least as new as one.

A revision is a position of PostgreSQL's write-ahead log that has come to the disk: of a write, once it had committed; of a read,
once it had ended, so that nothing it saw is newer. A replica that has replayed up to there shows all of it. Whoever names a
revision may be answered by the replica: it is waited for, as long as somebody who looks at a page notices nothing, then the
primary is asked. Whoever names none is answered by the primary, as ever: a client that knows nothing of revisions reads what it
wrote.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta

import psycopg

from shiftline.foundation.database import SQL, Database, Reader
from shiftline.foundation.errors import Invalid, Problem, Unavailable

TOLD = "shiftline-revision"
"""The header of an answer."""
WANTED = "shiftline-min-revision"
"""The header of a request."""
PATIENCE = timedelta(milliseconds=250)
"""How long a replica that lags is waited for."""
LOOK = 0.005
AWAY = 1.0
"""Seconds in which a replica that could not be reached is not tried again."""
LONGEST = 1.0
"""Seconds for which an answer waits for its revision; then it goes without."""

_TOKEN = re.compile(r"r1-([0-9a-f]{16})")


def write_revision(position: int) -> str:
    """The token of a position in the log, in bytes."""
    return f"r1-{position:016x}"


def parse_revision(text: str) -> int:
    """The position that a request names. Raises Invalid."""
    found = _TOKEN.fullmatch(text.strip())
    if found is None:
        raise Invalid(Problem(WANTED, f"is not a revision: send back what an answer's {TOLD} said, unchanged."))
    return int(found[1], 16)


class Replica:
    """A standby of the database, for reads that say how new they must be."""

    def __init__(self, database: Database, patience: timedelta = PATIENCE) -> None:
        self.database = database
        self.patience = patience
        self._away_until = 0.0

    async def enter(self, stack: AsyncExitStack, least: int) -> Reader | None:
        """A reader on the stack, of a server that has come to a position; None: there is none in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience.total_seconds()
        if loop.time() < self._away_until:
            return None
        try:
            reader = await stack.enter_async_context(self.database.reader())
            # On the very connection that is read from: behind one address there may be several servers.
            while await position_of(reader) < least:
                if loop.time() >= deadline:
                    await stack.aclose()
                    return None
                await asyncio.sleep(LOOK)
        except (Unavailable, psycopg.Error):
            self._away_until = loop.time() + AWAY
            await stack.aclose()
            return None
        return reader


class Revisions:
    """Tells how far the primary is; many who ask at the same time share one question."""

    def __init__(self, database: Database, replica: Replica | None = None) -> None:
        self.replica = replica
        self._database = database
        self._next: asyncio.Future[int | None] | None = None
        self._asking: asyncio.Task[None] | None = None

    async def present(self) -> int | None:
        """Where the primary's log is at a moment after the call; None: not known within a second."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        done, _ = await asyncio.wait({self._next}, timeout=LONGEST)
        return next(iter(done)).result() if done else None

    async def _ask(self) -> None:
        # Who asks while a question is under way is answered by the next: theirs may be newer than what that one sees.
        while self._next is not None:
            asked, self._next = self._next, None
            position = None
            with suppress(Unavailable):
                async with self._database.reader() as reader:
                    position = await position_of(reader)
            asked.set_result(position)


class Reading:
    """What one request read and wrote of the truth, and how new what it reads must be.

    ``least`` is the position that the request named; None: the primary is read.
    """

    def __init__(self, revisions: Revisions, least: int | None = None) -> None:
        self._revisions = revisions
        self._least = least
        self._position = 0
        self._read_the_primary = False

    def committed(self, position: int) -> None:
        """A write is in the log up to a position; so is all that the request read before."""
        self._position = max(self._position, position)
        self._least = None  # what it wrote it reads where it wrote it
        self._read_the_primary = False

    @asynccontextmanager
    async def reader(self, database: Database) -> AsyncGenerator[Reader]:
        """A connection for reads. Raises Unavailable, Invalid for a revision that is not of this history."""
        async with AsyncExitStack() as stack:
            replica = None if self._least is None else self._revisions.replica
            reader = None
            if replica is not None and self._least is not None:
                reader = await replica.enter(stack, self._least)
            if reader is not None:
                try:
                    yield reader
                finally:
                    with suppress(psycopg.Error):
                        self._position = self._least = max(self._position, await position_of(reader))
                return
            reader = await stack.enter_async_context(database.reader())
            if replica is not None and self._least is not None:
                await _require_reached(reader, self._least)
            self._least = None  # one request does not go back in time
            self._read_the_primary = True
            yield reader

    async def revision(self) -> str | None:
        """The token for the answer; None where nothing was read, or it cannot be known."""
        if self._read_the_primary:
            present = await self._revisions.present()
            if present is None:
                return None
            self._position, self._read_the_primary = max(self._position, present), False
        return write_revision(self._position) if self._position else None


async def position_of(reader: Reader) -> int:
    """How far a server is: the primary's log on the disk, a replica's replay."""
    row = await reader.one(SQL["present_position"], {})
    assert row is not None
    return row["position"]


async def _require_reached(reader: Reader, least: int) -> None:
    if await position_of(reader) < least:
        raise Invalid(
            Problem(
                WANTED,
                "is newer than anything here: it is of another installation, or of a time before this one was put back "
                "from a backup. Ask again without it.",
            )
        )
