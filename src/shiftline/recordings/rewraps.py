"""Wrapped keys that are wrapped anew, in PostgreSQL."""

from collections.abc import Sequence

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.recordings.store import SQL


async def count_others(reader: Reader, key_id: str) -> int:
    """How many data keys another key-encryption key wrapped, in all organizations."""
    row = await reader.one(SQL["count_other_keys"], {"key_id": key_id})
    return 0 if row is None else row["total"]


async def next_organization(reader: Reader, key_id: str) -> str | None:
    """An organization that has such keys; None when none has."""
    row = await reader.one(SQL["next_other_key"], {"key_id": key_id})
    return None if row is None else row["organization_id"]


async def lock_others(tx: Transaction, key_id: str, limit: int) -> list[Row]:
    """The next such keys of the organization, locked: id, key_id, wrapped_key."""
    parameters = {"organization_id": tx.context.organization_id, "key_id": key_id, "limit": limit}
    return await tx.all(SQL["lock_other_keys"], parameters)


async def set_wrapped(tx: Transaction, wrapped: Sequence[tuple[str, str, bytes]]) -> None:
    """Locked recordings' keys as they are wrapped now: (recording, key, bytes)."""
    parameters: list[Row] = [
        {"organization_id": tx.context.organization_id, "id": each[0], "key_id": each[1], "wrapped_key": each[2]}
        for each in wrapped
    ]
    await tx.execute_many(SQL["set_wrapped_key"], parameters)
