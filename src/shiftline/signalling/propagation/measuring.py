"""One node's counting."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from datetime import datetime

import structlog

from shiftline.foundation.clock import Clock
from shiftline.foundation.database import Database, Reader
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.telemetry import PROPAGATION_SECONDS
from shiftline.signalling.propagation import store
from shiftline.signalling.propagation.model import Arrived, Spread, spread_of

EVERY = 5.0
MOST_MINUTES = 60
"""Minutes that wait for PostgreSQL to come back; what is older is given up."""
MOST_ARRIVALS = 50_000
"""Arrivals that wait to be written, some six megabytes; the oldest are given up."""
BATCH = 2_000
"""Arrivals in one statement: so many are made ready in a few milliseconds, in which nobody is told anything."""

log = structlog.get_logger()


class Propagation:
    """Counts the news that a node told its sessions, by minute, notes when it had which event, and adds both to what PostgreSQL has."""

    def __init__(self, database: Database, clock: Clock, node: str) -> None:
        self.database = database
        self._clock = clock
        self._node = node
        self._histogram = PROPAGATION_SECONDS.labels(node)
        self._waiting: dict[datetime, list[float]] = {}
        self._arrived: deque[Arrived] = deque(maxlen=MOST_ARRIVALS)
        self._reading_since: datetime | None = None

    def observe(self, seconds: float) -> None:
        """A piece of news is at its sessions, so many seconds after it was written."""
        self._histogram.observe(seconds)
        self._of_this_minute().append(seconds)

    def note(self, arrived: Arrived) -> None:
        """An event is at this node, whether or not it concerned anybody here."""
        self._arrived.append(arrived)

    def live(self) -> None:
        """The node has read all that there is to read: it lives in this minute, whether or not it has something to tell."""
        self._of_this_minute()

    async def keep(self) -> None:
        """Write for ever. Also where nothing was told: so it is known that the node lives."""
        while True:
            await self.write()
            await asyncio.sleep(EVERY)

    async def write(self) -> None:
        """Add what was counted since the last time; while PostgreSQL is away it waits here."""
        waiting, self._waiting = self._waiting, {}
        arrived, self._arrived = list(self._arrived), deque(maxlen=MOST_ARRIVALS)
        minutes = sorted(waiting)[-MOST_MINUTES:]
        try:
            async with self.database.reader() as reader:
                # First what it had, then that it lives: who reads in between does not take for missing what is about to be written.
                while arrived:
                    await store.add_arrivals(reader, self._node, arrived[:BATCH])
                    del arrived[:BATCH]
                while minutes:
                    await self._add(reader, minutes[0], waiting[minutes[0]])
                    del minutes[0]
        except Unavailable:
            log.warning("propagation.database_unavailable")
        finally:
            self._arrived = deque([*arrived, *self._arrived], MOST_ARRIVALS)
            for minute in minutes:
                self._waiting[minute] = waiting[minute] + self._waiting.get(minute, [])

    async def stop(self) -> None:
        """Write what is left, and that the node ends: what is written from now on is not missing here."""
        with contextlib.suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(2):
                await self.write()
                async with self.database.reader() as reader:
                    await store.end(reader, self._node)

    async def _add(self, reader: Reader, minute: datetime, seconds: Sequence[float]) -> None:
        """Add to a minute's spread. The first word of a program tells since when it reads, by PostgreSQL's clock."""
        self._reading_since = await store.add_spread(reader, self._node, minute, _spread(seconds), self._reading_since)

    def _of_this_minute(self) -> list[float]:
        minute = self._clock.real_now().replace(second=0, microsecond=0)
        return self._waiting.setdefault(minute, [])


def _spread(seconds: Sequence[float]) -> Spread:
    return spread_of(seconds) if seconds else Spread()
