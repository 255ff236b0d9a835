"""Spreads in PostgreSQL."""

from datetime import datetime
from itertools import groupby

from shiftline.foundation.database import Queries, Reader
from shiftline.signalling.propagation.model import NodeSpread, Spread

SQL = Queries.beside(__file__)


async def add_spread(reader: Reader, node: str, minute: datetime, spread: Spread) -> None:
    """Add to what a node counted in a minute."""
    parameters = {"node": node, "minute": minute, "counts": list(spread.counts), "largest": spread.largest}
    await reader.connection.execute(SQL["add_spread"], parameters)


async def read_spreads(reader: Reader, minutes: int) -> list[NodeSpread]:
    """What each node counted in the last minutes."""
    rows = await reader.all(SQL["read_spreads"], {"minutes": minutes})
    found: list[NodeSpread] = []
    for node, group in groupby(rows, lambda row: row["node"]):
        of_node = list(group)
        spread = sum((Spread(tuple(row["counts"]), row["largest"]) for row in of_node), Spread())
        found.append(NodeSpread(node, spread, max(row["last_seen"] for row in of_node)))
    return found


async def forget_spreads(reader: Reader) -> None:
    """Forget what is older than a day."""
    await reader.connection.execute(SQL["forget_spreads"], {})
