"""Spreads and arrivals in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby

from shiftline.foundation.database import Queries, Reader
from shiftline.signalling.propagation.model import Arrived, Follower, NodeSpread, Spread

SQL = Queries.beside(__file__)


async def add_spread(
    reader: Reader, node: str, minute: datetime, spread: Spread, reading_since: datetime | None
) -> datetime:
    """Add to what a node counted in a minute; since when it reads: now, where that is not told."""
    parameters = {
        "node": node,
        "minute": minute,
        "counts": list(spread.counts),
        "largest": spread.largest,
        "reading_since": reading_since,
    }
    row = await reader.one(SQL["add_spread"], parameters)
    assert row is not None
    return row["reading_since"]


async def end(reader: Reader, node: str) -> None:
    """A node reads no more."""
    await reader.connection.execute(SQL["end_reading"], {"node": node})


async def add_arrivals(reader: Reader, node: str, arrived: Sequence[Arrived]) -> None:
    """Write down when a node had events."""
    parameters = {
        "node": node,
        "event_ids": [each.event_id for each in arrived],
        "lags": [each.seconds for each in arrived],
        "sessions": [each.sessions for each in arrived],
    }
    await reader.connection.execute(SQL["add_arrivals"], parameters)


async def list_followers(reader: Reader) -> tuple[list[Follower], datetime | None]:
    """The nodes of the last day, and the instant that it is; None where there are none."""
    rows = await reader.all(SQL["list_followers"], {})
    found = [Follower(row["node"], row["reading_since"], row["last_seen"]) for row in rows]
    return found, rows[0]["now"] if rows else None


async def read_arrivals(reader: Reader, event_ids: Collection[int]) -> dict[str, list[Arrived]]:
    """What each node said of some events."""
    rows = await reader.all(SQL["read_arrivals"], {"event_ids": list(event_ids)})
    return {
        node: [Arrived(row["event_id"], row["lag"], row["sessions"]) for row in group]
        for node, group in groupby(rows, lambda row: row["node"])
    }


async def read_spreads(reader: Reader, minutes: int) -> list[NodeSpread]:
    """What each node counted in the last minutes."""
    rows = await reader.all(SQL["read_spreads"], {"minutes": minutes})
    found: list[NodeSpread] = []
    for node, group in groupby(rows, lambda row: row["node"]):
        of_node = list(group)
        spread = sum((Spread(tuple(row["counts"]), row["largest"]) for row in of_node), Spread())
        latest = max(of_node, key=lambda row: row["last_seen"])
        found.append(NodeSpread(node, spread, latest["last_seen"], latest["silent_seconds"]))
    return found


async def forget_old(reader: Reader) -> None:
    """Forget what is older than a day."""
    await reader.connection.execute(SQL["forget_old"], {})
