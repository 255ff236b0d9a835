"""One node's counting."""

import asyncio
from datetime import datetime

import structlog

from shiftline.foundation.clock import Clock
from shiftline.foundation.database import Database
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.telemetry import PROPAGATION_SECONDS
from shiftline.signalling.propagation import store
from shiftline.signalling.propagation.model import Spread, spread_of

EVERY = 5.0
MOST_MINUTES = 60
"""Minutes that wait for PostgreSQL to come back; what is older is given up."""

log = structlog.get_logger()


class Propagation:
    """Counts the news that a node told its sessions, by minute, and adds them to what PostgreSQL has."""

    def __init__(self, database: Database, clock: Clock, node: str) -> None:
        self.database = database
        self._clock = clock
        self._node = node
        self._histogram = PROPAGATION_SECONDS.labels(node)
        self._waiting: dict[datetime, list[float]] = {}

    def observe(self, seconds: float) -> None:
        """A piece of news is at its sessions, so many seconds after it was written."""
        self._histogram.observe(seconds)
        self._of_this_minute().append(seconds)

    def live(self) -> None:
        """The node lives in this minute, whether or not it has something to tell."""
        self._of_this_minute()

    async def keep(self) -> None:
        """Write for ever. Also where nothing was told: so it is known that the node lives."""
        while True:
            self.live()
            await self.write()
            await asyncio.sleep(EVERY)

    async def write(self) -> None:
        """Add what was counted since the last time; while PostgreSQL is away it waits here."""
        waiting, self._waiting = self._waiting, {}
        written: set[datetime] = set()
        try:
            async with self.database.reader() as reader:
                for minute, seconds in waiting.items():
                    await store.add_spread(reader, self._node, minute, _spread(seconds))
                    written.add(minute)
        except Unavailable:
            log.warning("propagation.database_unavailable")
            for minute in sorted(waiting.keys() - written)[-MOST_MINUTES:]:
                self._waiting[minute] = waiting[minute] + self._waiting.get(minute, [])

    def _of_this_minute(self) -> list[float]:
        minute = self._clock.real_now().replace(second=0, microsecond=0)
        return self._waiting.setdefault(minute, [])


def _spread(seconds: list[float]) -> Spread:
    return spread_of(seconds) if seconds else Spread()
