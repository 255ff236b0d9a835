"""Imports and what is in quarantine, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.imports.model import (
    Import,
    ImportDraft,
    Item,
    ItemFilter,
    ItemState,
    Known,
    Problem,
    Refused,
)

SQL = Queries.beside(__file__)


async def insert_import(tx: Transaction, import_id: str, draft: ImportDraft) -> None:
    """A folder that will be read."""
    parameters = {
        **_mine(tx),
        "id": import_id,
        "folder": draft.folder,
        "zone": draft.zone,
        "organization_ids": list(draft.organization_ids),
        "reason": draft.reason,
        "repair": draft.repair,
    }
    await tx.execute(SQL["insert_import"], parameters)


async def find_import(reader: Reader, organization_id: str, import_id: str) -> Import | None:
    """One import."""
    row = await reader.one(SQL["find_import"], {"organization_id": organization_id, "id": import_id})
    return None if row is None else _import(row)


async def list_imports(reader: Reader, organization_id: str, *, part: tuple[int, int]) -> tuple[list[Import], int]:
    """Imports, latest first, ``part`` as (limit, offset); and how many there are."""
    parameters = {"organization_id": organization_id, "limit": part[0], "offset": part[1]}
    rows = await reader.all(SQL["list_imports"], parameters)
    return [_import(row) for row in rows], rows[0]["entities"] if rows else 0


async def advance_import(tx: Transaction, import_id: str, total: int, done: int) -> None:
    """How far an import has come."""
    await tx.execute(SQL["advance_import"], {**_mine(tx), "id": import_id, "total": total, "done": done})


async def end_import(tx: Transaction, import_id: str, problem: str | None) -> None:
    """An import is through, or failed."""
    state = "done" if problem is None else "failed"
    await tx.execute(SQL["end_import"], {**_mine(tx), "id": import_id, "state": state, "problem": problem})


async def try_running(reader: Reader, organization_id: str) -> bool:
    """Be the one who reads a folder of an organization, for as long as the connection lives."""
    row = await reader.one(SQL["try_running"], {"organization_id": organization_id})
    return row is not None and row["mine"]


async def give_up_running(reader: Reader, organization_id: str) -> None:
    """Let others read."""
    await reader.one(SQL["give_up_running"], {"organization_id": organization_id})


async def insert_refusal(tx: Transaction, import_id: str, refused: Refused) -> None:
    """A file that was not kept."""
    parameters = {**_mine(tx), "import_id": import_id, "path": refused.path, "sentence": refused.sentence}
    await tx.execute(SQL["insert_refusal"], parameters)


async def list_refusals(reader: Reader, organization_id: str, import_id: str) -> list[Refused]:
    """What an import did not keep."""
    rows = await reader.all(SQL["list_refusals"], {"organization_id": organization_id, "import_id": import_id})
    return [Refused(**row) for row in rows]


async def known_contents(reader: Reader, organization_id: str, paths: Collection[str]) -> set[tuple[str, bytes]]:
    """Paths with the digests of what came there before."""
    rows = await reader.all(SQL["known_contents"], {"organization_id": organization_id, "paths": list(paths)})
    return {(row["path"], bytes(row["content"])) for row in rows}


async def insert_item(tx: Transaction, item: Item, content: bytes) -> None:
    """A new item; one of the same path that still waits is superseded."""
    await tx.execute(SQL["supersede"], {**_mine(tx), "path": item.path, "content": content})
    names = (
        "id", "import_id", "path", "recording_id", "conversation_id", "folder_hour", "metadata", "metadata_sha256", "media_sha256",
        "media_size", "media_type", "container", "codec", "duration_ms", "packets", "truncated", "object_key", "stored_sha256",
        "stored_size", "key_id", "wrapped_key",
    )  # fmt: skip
    parameters = {
        **_mine(tx),
        **{name: getattr(item, name) for name in names},
        "content": content,
        "problems": _json(item.problems),
        "rules": sorted({each.rule.value for each in item.problems}),
        "before": _json(item.before),
    }
    await tx.execute(SQL["insert_item"], parameters)


async def adopt_item(tx: Transaction, item: Item, *, after: Any, reason: str) -> bool:
    """An item became a recording; False when it did not wait any more."""
    parameters = {
        **_mine(tx),
        "id": item.id,
        "problems": _json(item.problems),
        "after": _json(after),
        "corrections": _json(item.corrections),
        "reason": reason,
    }
    return await tx.execute(SQL["adopt_item"], parameters) > 0


async def find_item(reader: Reader, organization_id: str, item_id: str) -> Item | None:
    """One item."""
    row = await reader.one(SQL["find_item"], {"organization_id": organization_id, "id": item_id})
    return None if row is None else _item(row)


async def lock_item(tx: Transaction, item_id: str) -> Item | None:
    """One item that nobody else changes until the end of the transaction."""
    row = await tx.one(SQL["lock_item"], {"organization_id": tx.context.organization_id, "id": item_id})
    return None if row is None else _item(row)


async def list_items(
    reader: Reader, organization_id: str, wanted: ItemFilter, *, part: tuple[int, int]
) -> tuple[list[Item], int]:
    """Items by their paths, ``part`` as (limit, offset); and how many there are."""
    parameters = {
        "organization_id": organization_id,
        "import_id": wanted.import_id,
        "state": None if wanted.state is None else wanted.state.value,
        "rule": None if wanted.rule is None else wanted.rule.value,
        "limit": part[0],
        "offset": part[1],
    }
    rows = await reader.all(SQL["list_items"], parameters)
    return [_item(row) for row in rows], rows[0]["entities"] if rows else 0


async def list_items_after(
    reader: Reader, organization_id: str, import_id: str, after: tuple[str, str], limit: int
) -> list[Item]:
    """The next items of an import in order of path and id."""
    parameters = {
        "organization_id": organization_id,
        "import_id": import_id,
        "after_path": after[0],
        "after_id": after[1],
        "limit": limit,
    }
    return [_item(row) for row in await reader.all(SQL["list_items_after"], parameters)]


async def find_known(
    reader: Reader, organization_id: str, zone: str | None, organization_ids: Collection[str]
) -> Known:
    """What items of an organization are held against; not yet which recordings there are."""
    mine = {"organization_id": organization_id}
    divisions = await reader.all(SQL["known_divisions"], mine)
    return Known(
        organization_ids=frozenset({organization_id, *organization_ids}),
        people={row["id"]: row["name"] for row in await reader.all(SQL["known_people"], mine)},
        queues={row["id"]: row["name"] for row in await reader.all(SQL["known_queues"], mine)},
        division_ids=frozenset(row["id"] for row in divisions),
        home_division_id=next(row["id"] for row in divisions if row["home"]),
        zone=zone,
    )


async def known_media(reader: Reader, organization_id: str, digests: Collection[bytes]) -> dict[bytes, tuple[str, ...]]:
    """Whose sound is the same, by digest."""
    found: dict[bytes, tuple[str, ...]] = {}
    parameters = {"organization_id": organization_id, "digests": list(digests)}
    for row in await reader.all(SQL["known_media"], parameters):
        digest = bytes(row["sha256"])
        found[digest] = (*found.get(digest, ()), row["recording_id"])
    return found


async def list_revisions(
    reader: Reader, organization_id: str, span: tuple[datetime, datetime], limit: int
) -> list[tuple[str, list[dict[str, Any]]]]:
    """The differences that revisions of a span made, oldest first, by recording."""
    parameters = {"organization_id": organization_id, "start": span[0], "until": span[1], "limit": limit}
    rows = await reader.all(SQL["list_revisions"], parameters)
    return [(row["recording_id"], msgspec.json.decode(row["difference"])) for row in rows]


def _mine(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def _json(value: Any) -> Jsonb:
    return Jsonb(msgspec.to_builtins(value))


def _import(row: Row) -> Import:
    values: Row = {name: row[name] for name in Import.__dataclass_fields__}
    values["organization_ids"] = tuple(row["organization_ids"])
    return Import(**values)


def _item(row: Row) -> Item:
    values: Row = {name: row[name] for name in Item.__dataclass_fields__}
    digests = ("metadata", "metadata_sha256", "media_sha256", "stored_sha256", "wrapped_key")
    values |= {name: None if row[name] is None else bytes(row[name]) for name in digests}
    values["state"] = ItemState(row["state"])
    values["problems"] = msgspec.convert(row["problems"], tuple[Problem, ...])
    return Item(**values)


def rules_of(problems: Sequence[Problem]) -> tuple[str, ...]:
    """The rules that were broken."""
    return tuple(sorted({each.rule.value for each in problems}))


async def list_other_keys(reader: Reader, newest: str, after: tuple[str, str], limit: int) -> list[Row]:
    """Items whose key another than the newest wraps, after an (organization, id), of every organization."""
    parameters = {"newest": newest, "after_organization": after[0], "after_id": after[1], "limit": limit}
    return await reader.all(SQL["list_other_keys"], parameters)


async def set_wrapped_key(tx: Transaction, item_id: str, former: bytes, wrapped: tuple[str, bytes]) -> int:
    """An item's key as (key-encryption key, wrapped); 0 when it is another by now."""
    parameters = {**_mine(tx), "id": item_id, "former": former, "key_id": wrapped[0], "wrapped_key": wrapped[1]}
    return await tx.execute(SQL["set_wrapped_key"], parameters)
