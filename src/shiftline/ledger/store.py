"""Entries, leaves, tiles and checkpoints in PostgreSQL. Of these, only what waits for a place is ever removed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.ledger.model import (
    Entry,
    EntryFilter,
    FullTile,
    KeptEntry,
    LogIdentity,
    SignedCheckpoint,
    VerifierKey,
)
from shiftline.ledger.rules import entries, tiles
from shiftline.ledger.rules.checkpoints import format_verifier, parse_verifier
from shiftline.ledger.rules.tiles import WIDTH, Place
from shiftline.ledger.rules.tree import HASH_SIZE

SQL = Queries.beside(__file__)


async def insert_entries(tx: Transaction, made: Sequence[tuple[Entry, bytes, bytes]]) -> None:
    """New entries with their bodies and facts, which wait for their places in this order."""
    parameters: list[Row] = [
        {
            "organization_id": entry.organization_id,
            "id": entry.id,
            "kind": entry.kind,
            "subject_id": entry.subject_id,
            "conversation_id": entry.conversation_id,
            "at": entry.at,
            "body": body,
            "facts": facts,
        }
        for entry, body, facts in made
    ]
    if len(parameters) == 1:
        await tx.execute(SQL["insert_entry"], parameters[0])
    else:
        await tx.execute_many(SQL["insert_entry"], parameters)


async def list_waiting(reader: Reader) -> list[str]:
    """The organizations with entries that wait."""
    return [row["organization_id"] for row in await reader.all(SQL["list_waiting"], {})]


async def list_logs(reader: Reader) -> list[str]:
    """The organizations that have a log."""
    return [row["organization_id"] for row in await reader.all(SQL["list_logs"], {})]


async def count_pending(reader: Reader, organization_id: str) -> int:
    """How many entries wait."""
    row = await reader.one(SQL["count_pending"], {"organization_id": organization_id})
    return 0 if row is None else row["total"]


async def lock_log(tx: Transaction, origin: str) -> str:
    """Be the only one who gives places until the end of the transaction; the log's origin, this one for a new log."""
    parameters = {"organization_id": tx.context.organization_id, "origin": origin, "now": tx.context.now()}
    await tx.execute(SQL["insert_log"], parameters)
    row = await tx.one(SQL["lock_log"], parameters)
    assert row is not None
    return row["origin"]


async def find_log(reader: Reader, organization_id: str) -> LogIdentity | None:
    """How a log is called, and the keys that signed."""
    row = await reader.one(SQL["find_log"], {"organization_id": organization_id})
    if row is None:
        return None
    keys = await reader.all(SQL["list_verifier_keys"], {"organization_id": organization_id})
    return LogIdentity(row["origin"], tuple(parse_verifier(each["verifier_key"]) for each in keys))


async def keep_verifiers(tx: Transaction, keys: Iterable[VerifierKey]) -> None:
    """Keep public keys, unless they are kept."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "keys": [format_verifier(key) for key in keys],
        "now": tx.context.now(),
    }
    await tx.execute(SQL["insert_verifier_key"], parameters)


async def take_pending(tx: Transaction, limit: int) -> list[tuple[str, bytes | None]]:
    """The id and the bytes (None: they are not there any more) of the next entries; they do not wait any more."""
    parameters = {"organization_id": tx.context.organization_id, "limit": limit}
    return [(row["entry_id"], row["body"]) for row in await tx.all(SQL["take_pending"], parameters)]


async def insert_leaves(tx: Transaction, first: int, entry_ids: Sequence[str], hashes: Sequence[bytes]) -> None:
    """Give entries the places from ``first`` on."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "first": first,
        "entry_ids": list(entry_ids),
        "hashes": list(hashes),
    }
    await tx.execute(SQL["insert_leaves"], parameters)


async def insert_tiles(tx: Transaction, full: Sequence[FullTile]) -> None:
    """Keep tiles that became full."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "levels": [each.level for each in full],
        "numbers": [each.number for each in full],
        "hashes": [each.hashes for each in full],
        "roots": [each.root for each in full],
    }
    await tx.execute(SQL["insert_tiles"], parameters)


async def insert_checkpoint(tx: Transaction, checkpoint: SignedCheckpoint) -> None:
    """Keep what was signed."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "size": checkpoint.size,
        "root": checkpoint.root,
        "at": checkpoint.at,
        "note": checkpoint.note,
    }
    await tx.execute(SQL["insert_checkpoint"], parameters)


async def latest_checkpoint(reader: Reader, organization_id: str) -> SignedCheckpoint | None:
    """The last checkpoint, None when nothing has a place yet."""
    row = await reader.one(SQL["latest_checkpoint"], {"organization_id": organization_id})
    return None if row is None else _checkpoint(row)


async def find_checkpoint(reader: Reader, organization_id: str, size: int) -> SignedCheckpoint | None:
    """The checkpoint of a size, None when none was signed at that size."""
    row = await reader.one(SQL["find_checkpoint"], {"organization_id": organization_id, "size": size})
    return None if row is None else _checkpoint(row)


async def list_checkpoints(reader: Reader, organization_id: str, after: int, until: int) -> list[SignedCheckpoint]:
    """The checkpoints of more than ``after`` leaves, up to and with ``until``."""
    parameters = {"organization_id": organization_id, "after": after, "until": until}
    return [_checkpoint(row) for row in await reader.all(SQL["list_checkpoints"], parameters)]


async def read_tiles(reader: Reader, organization_id: str, places: Iterable[Place], size: int) -> dict[Place, bytes]:
    """The hashes of tiles in a tree of so many leaves, fewer where the store does not have them. One query for the full
    ones, one for each that is not.
    """
    wanted = {place: tiles.width_of(place, size) for place in places}
    full = [place for place, width in wanted.items() if width == WIDTH]
    found: dict[Place, bytes] = {}
    if full:
        rows = await reader.all(SQL["read_tiles"], _places(organization_id, full))
        found |= {(row["level"], row["number"]): bytes(row["hashes"]) for row in rows}
    for place, width in wanted.items():
        if 0 < width < WIDTH:
            found[place] = await _read_begun(reader, organization_id, place, width)
    return found


async def _read_begun(reader: Reader, organization_id: str, place: Place, width: int) -> bytes:
    level, number = place
    first = number * WIDTH
    parameters = {"organization_id": organization_id, "level": level - 1, "first": first, "until": first + width}
    rows = await reader.all(SQL["read_roots"] if level else SQL["read_leaves"], parameters)
    return b"".join(bytes(row["hash"]) for row in rows)


async def read_bodies(reader: Reader, organization_id: str, first: int, until: int) -> list[bytes]:
    """The bytes of the entries of some places."""
    parameters = {"organization_id": organization_id, "first": first, "until": until}
    return [bytes(row["body"]) for row in await reader.all(SQL["read_bodies"], parameters)]


async def check_leaves(reader: Reader, organization_id: str, first: int, limit: int) -> list[Row]:
    """Leaves from a place on, each with all that is stored of its entry, for those who check them."""
    parameters = {"organization_id": organization_id, "first": first, "limit": limit}
    return await reader.all(SQL["check_leaves"], parameters)


async def find_tiles(reader: Reader, organization_id: str, places: Sequence[Place]) -> dict[Place, FullTile]:
    """Full tiles as they are stored, those there are."""
    parameters = _places(organization_id, places)
    rows = await reader.all(SQL["read_tiles"], parameters) if places else []
    return {
        (row["level"], row["number"]): FullTile(row["level"], row["number"], bytes(row["hashes"]), bytes(row["root"]))
        for row in rows
    }


async def count_tiles(reader: Reader, organization_id: str, size: int) -> int:
    """How many full tiles there are of the first leaves."""
    row = await reader.one(SQL["count_tiles"], {"organization_id": organization_id, "size": size})
    return 0 if row is None else row["total"]


async def find_stray(reader: Reader, organization_id: str) -> str | None:
    """The id of an entry that neither waits nor has a place."""
    row = await reader.one(SQL["find_stray"], {"organization_id": organization_id})
    return None if row is None else row["id"]


async def find_entries(reader: Reader, organization_id: str, ids: Sequence[str]) -> dict[str, KeptEntry]:
    """Entries by id, those there are."""
    rows = await reader.all(SQL["find_entries"], {"organization_id": organization_id, "ids": list(ids)})
    return {row["id"]: _kept(row) for row in rows}


async def list_entries(
    reader: Reader, organization_id: str, wanted: EntryFilter, *, part: tuple[int, int]
) -> list[KeptEntry]:
    """Entries by their place, those that wait last; ``part`` as (limit, offset)."""
    parameters = {**_filter(organization_id, wanted), "limit": part[0], "offset": part[1]}
    return [_kept(row) for row in await reader.all(SQL["list_entries"], parameters)]


async def list_placed(
    reader: Reader, organization_id: str, wanted: EntryFilter, *, after: int, below: int, limit: int
) -> list[KeptEntry]:
    """The next entries with a place after one and below another, in order."""
    parameters = {**_filter(organization_id, wanted), "after": after, "below": below, "limit": limit}
    return [_kept(row) for row in await reader.all(SQL["list_placed"], parameters)]


async def count_entries(reader: Reader, organization_id: str, wanted: EntryFilter) -> int:
    """How many entries there are."""
    row = await reader.one(SQL["count_entries"], _filter(organization_id, wanted))
    return 0 if row is None else row["total"]


def _places(organization_id: str, places: Sequence[Place]) -> Mapping[str, Any]:
    return {
        "organization_id": organization_id,
        "levels": [level for level, _ in places],
        "numbers": [number for _, number in places],
    }


def _filter(organization_id: str, wanted: EntryFilter) -> Mapping[str, Any]:
    return {
        "organization_id": organization_id,
        "subject_ids": None if wanted.subject_ids is None else list(wanted.subject_ids),
        "kinds": None if wanted.kinds is None else list(wanted.kinds),
        "since": wanted.since,
        "until": wanted.until,
    }


def _kept(row: Row) -> KeptEntry:
    body = bytes(row["body"])
    return KeptEntry(entries.parse(body), body, bytes(row["facts"]), row["leaf_index"])


def _checkpoint(row: Row) -> SignedCheckpoint:
    root = bytes(row["root"])
    assert len(root) == HASH_SIZE
    return SignedCheckpoint(row["size"], root, row["at"], row["note"])
