"""Reading what happened, in time and without loss, whatever the order in which transactions commit.

A cursor is a transaction horizon plus the rows already seen at or past it. A row is handed out as soon as it is
visible; the horizon moves up when every older transaction has ended. So a long transaction delays nobody's news, and a
transaction that commits late is never skipped.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import structlog
from psycopg.types.json import Json

from shiftline.foundation import events
from shiftline.foundation.database import SQL, Database, Reader, Row

BATCH = 500

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class News:
    """One outbox row: ``age`` is the real time since it was written, when it was read."""

    id: int
    event: events.Event
    at: datetime
    actor_id: str
    correlation_id: str
    age: timedelta


class OutboxReader:
    """One reader's place in the outbox. With a ``consumer`` name the place outlives the process."""

    def __init__(self, database: Database, consumer: str | None = None) -> None:
        self._database = database
        self._consumer = consumer
        self.has_more = False
        self._horizon: int | None = None
        self._seen: dict[int, int] = {}  # row id -> transaction, for rows at or past the horizon

    async def start(self) -> None:
        """Stand at the saved place, or at now: what happened before is not handed out."""
        async with self._database.reader() as reader:
            if self._consumer is not None:
                saved = await reader.one(SQL["load_cursor"], {"consumer": self._consumer})
                if saved is not None:
                    self._seen = {int(row_id): xid for row_id, xid in saved["seen"].items()}
                    self._horizon = int(saved["horizon"])
                    return
            horizon = await _horizon(reader)
            rows = await _rows(reader, horizon, [], None)
            self._seen = {row["id"]: int(row["xid"]) for row in rows}
            self._horizon = horizon

    async def read(self) -> list[News]:
        """The next rows, oldest first, at most 500; ``has_more`` tells whether to read on at once.

        Raises Unavailable; nothing is lost by that.
        """
        if self._horizon is None:
            await self.start()
        assert self._horizon is not None
        async with self._database.reader() as reader:
            # Taken before the rows: all of the transactions below it are visible to the statement that follows.
            horizon = await _horizon(reader)
            rows = await _rows(reader, self._horizon, list(self._seen), BATCH)
        self._seen.update((row["id"], int(row["xid"])) for row in rows)
        self.has_more = len(rows) == BATCH
        # Of a full batch, only what lies below its last transaction is known to be all.
        self._pass(min(horizon, int(rows[-1]["xid"])) if self.has_more else horizon)
        rows.sort(key=lambda row: row["id"])  # they were written in this order, each just before its commit
        return [news for row in rows if (news := _news(row)) is not None]

    def _pass(self, horizon: int) -> None:
        """Everything below a horizon was handed out."""
        assert self._horizon is not None
        if horizon > self._horizon:
            self._horizon = horizon
            self._seen = {row_id: xid for row_id, xid in self._seen.items() if xid >= horizon}

    async def save(self) -> None:
        """Keep the place. Call it after the rows were handled: what was handled twice must be harmless."""
        async with self._database.reader() as reader:
            await reader.all(
                SQL["save_cursor"],
                {
                    "consumer": self._consumer,
                    "horizon": str(self._horizon),
                    "seen": Json({str(row_id): xid for row_id, xid in self._seen.items()}),
                },
            )


async def _horizon(reader: Reader) -> int:
    row = await reader.one(SQL["outbox_horizon"], {})
    assert row is not None
    return int(row["horizon"])


async def _rows(reader: Reader, horizon: int, seen: list[int], limit: int | None) -> list[Row]:
    return await reader.all(SQL["read_outbox"], {"horizon": str(horizon), "seen": seen, "limit": limit})


def _news(row: Row) -> News | None:
    try:
        happened = events.decode(row["name"], row["version"], row["body"])
    except msgspec.ValidationError as error:
        # One row that another release wrote differently must not keep the rest of the news from its readers.
        log.warning("outbox.unreadable_event", name=row["name"], version=row["version"], error=str(error))
        return None
    if happened is None:
        log.warning("outbox.unknown_event", name=row["name"], version=row["version"])
        return None
    age = timedelta(seconds=max(0.0, row["age_seconds"]))
    return News(row["id"], happened, row["at"], row["actor_id"], row["correlation_id"], age)
