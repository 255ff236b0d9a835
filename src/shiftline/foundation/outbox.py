"""Reading what happened, in time and without loss, whatever the order in which transactions commit.

A reader's place is a snapshot of the database: which transactions had ended when it last read. The next news are the rows of
all others that are visible now. So a long transaction delays nobody's news, one that commits late is never skipped, and
nothing is read twice.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog

from shiftline.foundation import events
from shiftline.foundation.database import SQL, Database, Reader, Row

BATCH = 500
WORKER = "worker"
ROUTER = "router"
FOLLOWER = "follower"
GUARD = "guard"
"""The consumers that run handlers of events. Their places are kept from the installation's first start on."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class News:
    """One outbox row: ``age`` is the real time since it was written, when it was read at ``read_at`` of the monotonic clock."""

    id: int
    event: events.Event
    at: datetime
    actor_id: str
    correlation_id: str
    age: timedelta
    read_at: float

    def age_now(self) -> float:
        """The real seconds since it was written."""
        return self.age.total_seconds() + time.monotonic() - self.read_at


@dataclass(frozen=True, slots=True)
class Snapshot:
    """PostgreSQL's ``pg_snapshot``: transactions from ``next`` on had not begun, those in ``open`` had not ended."""

    next: int
    open: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Snapshot":
        """Read ``xmin:xmax:xip,xip``."""
        _, following, in_progress = text.split(":")
        return cls(int(following), tuple(int(each) for each in in_progress.split(",") if each))

    def __str__(self) -> str:
        return f"{min((*self.open, self.next))}:{self.next}:{','.join(map(str, self.open))}"

    def up_to(self, xid: int) -> "Snapshot":
        """The same, as if all later transactions had not begun."""
        return Snapshot(xid + 1, tuple(each for each in self.open if each <= xid))


class OutboxReader:
    """One reader's place in the outbox. With a ``consumer`` name the place outlives the process.

    ``only``: the types of events that it wants; None: all.
    """

    def __init__(
        self, database: Database, consumer: str | None = None, only: Collection[type[Any]] | None = None
    ) -> None:
        self._database = database
        self._consumer = consumer
        self._names = None if only is None else [each.EVENT.name for each in only]
        self._place: Snapshot | None = None
        self.has_more = False

    async def start(self) -> None:
        """Stand at the saved place, or at now: what happened before is not handed out."""
        async with self._database.reader() as reader:
            saved = await reader.one(SQL["load_cursor"], {"consumer": self._consumer}) if self._consumer else None
            row = saved or await reader.one(SQL["present_snapshot"], {})
        assert row is not None
        self._place = Snapshot.parse(row["snapshot"])

    async def read(self) -> list[News]:
        """The next rows, oldest first, some 500 at most; ``has_more`` tells whether to read on at once.

        Raises Unavailable; nothing is lost by that.
        """
        if self._place is None:
            await self.start()
        assert self._place is not None
        async with self._database.reader() as reader:
            now, rows = await self._rows(reader, self._place, BATCH)
            read_at = time.monotonic()
            self.has_more = len(rows) == BATCH
            if self.has_more:
                rows = await self._whole_transactions(reader, rows)
                now = now.up_to(int(rows[-1]["xid"]))
        self._place = now
        rows.sort(key=lambda row: row["id"])  # they were written in this order, each just before its commit
        return [news for row in rows if (news := _news(row, read_at)) is not None]

    async def save(self) -> None:
        """Keep the place. Call it after the rows were handled: what was handled twice must be harmless."""
        async with self._database.reader() as reader:
            await reader.all(SQL["save_cursor"], {"consumer": self._consumer, "snapshot": str(self._place)})

    async def _rows(self, reader: Reader, since: Snapshot, limit: int | None) -> tuple[Snapshot, list[Row]]:
        """The statement's own snapshot, and what became visible since another, by transaction."""
        rows = await reader.all(SQL["read_outbox"], {"since": str(since), "limit": limit, "names": self._names})
        return Snapshot.parse(rows[0]["snapshot"]), [row for row in rows if row["id"] is not None]

    async def _whole_transactions(self, reader: Reader, rows: Sequence[Row]) -> list[Row]:
        """Leave out the last transaction, whose rows may not all be there; if there is no other, read all of it."""
        last = int(rows[-1]["xid"])
        whole = [row for row in rows if int(row["xid"]) != last]
        if whole:
            return whole
        _, every = await self._rows(reader, Snapshot(last + 1, (last,)), None)
        return [row for row in every if int(row["xid"]) == last]


def _news(row: Row, read_at: float) -> News | None:
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
    return News(row["id"], happened, row["at"], row["actor_id"], row["correlation_id"], age, read_at)
