"""Batches and their results in PostgreSQL."""

from collections.abc import Sequence

from shiftline.discovery.batches.model import Asked, Batch, Result, Settled
from shiftline.foundation.database import Queries, Reader, Row, Transaction

SQL = Queries.beside(__file__)


async def insert_batch(tx: Transaction, batch_id: str, asked: Sequence[Asked], division_ids: list[str] | None) -> int:
    """A new batch with its results, none of them settled; how many they are."""
    what: Row = {
        "organization_id": tx.context.organization_id,
        "id": batch_id,
        "conversation_ids": [each.conversation_id for each in asked],
        "recording_ids": [each.recording_id for each in asked],
        "division_ids": division_ids,
    }
    row = await tx.one(SQL["count_results"], what)
    assert row is not None
    expected: int = row["expected"]
    who = {"by": tx.context.actor.id, "now": tx.context.now(), "expected": expected}
    await tx.execute(SQL["insert_batch"], {**what, **who})
    await tx.execute(SQL["insert_results"], what)
    return expected


async def find_batch(reader: Reader, organization_id: str, batch_id: str) -> Batch | None:
    """A batch, or None."""
    row = await reader.one(SQL["find_batch"], {"organization_id": organization_id, "id": batch_id})
    return None if row is None else _batch(row)


async def list_batches(reader: Reader, organization_id: str, limit: int, offset: int) -> tuple[list[Batch], int]:
    """Batches, latest first; and how many there are."""
    rows = await reader.all(SQL["list_batches"], {"organization_id": organization_id, "limit": limit, "offset": offset})
    return [_batch(row) for row in rows], rows[0]["total"] if rows else 0


async def list_unfinished(reader: Reader, limit: int) -> list[Batch]:
    """Batches of all organizations with results that are not settled, oldest first."""
    return [_batch(row) for row in await reader.all(SQL["list_unfinished"], {"limit": limit})]


async def list_waiting(reader: Reader, batch: Batch, after: int, limit: int) -> list[Result]:
    """Results that are not settled, after a position."""
    rows = await reader.all(SQL["list_waiting"], {**_of(batch), "after": after, "limit": limit})
    return [_result(row) for row in rows]


async def settle_results(tx: Transaction, batch: Batch, settled: Sequence[Settled]) -> Batch | None:
    """Settle results; how far the batch is then. None: it was through before."""
    if await tx.one(SQL["lock_batch"], _of(batch)) is None:
        return None
    values = {
        "positions": [each.position for each in settled],
        "problems": [each.problem for each in settled],
        "now": tx.context.now(),
    }
    await tx.execute(SQL["settle_results"], {**_of(batch), **values})
    row = await tx.one(SQL["advance_batch"], {**_of(batch), **values})
    return None if row is None else _batch(row)


async def list_results(reader: Reader, batch: Batch) -> list[Result]:
    """The results that are settled, in the order in which they were asked for."""
    return [_result(row) for row in await reader.all(SQL["list_results"], _of(batch))]


def _of(batch: Batch) -> Row:
    return {"organization_id": batch.organization_id, "id": batch.id}


def _batch(row: Row) -> Batch:
    values: Row = {name: row[name] for name in Batch.__dataclass_fields__}
    values["division_ids"] = None if row["division_ids"] is None else tuple(row["division_ids"])
    return Batch(**values)


def _result(row: Row) -> Result:
    values: Row = {name: row[name] for name in Result.__dataclass_fields__ if name in row}
    values["division_ids"] = tuple(row.get("division_ids") or ())
    return Result(**values)
