"""Matters, holds and what they hold, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.recordings.matters.model import (
    Candidate,
    Destroyed,
    HeldRecording,
    Hold,
    Holder,
    HoldState,
    Kind,
    Matter,
    MatterDraft,
    MatterState,
    Selection,
)

SQL = Queries.beside(__file__)
Place = tuple[datetime, str]


async def insert_matter(tx: Transaction, matter_id: str, draft: MatterDraft, kind: Kind) -> None:
    """A new open matter. Raises UniqueViolation for a name that another has."""
    values = {"id": matter_id, "name": draft.name, "description": draft.description, "kind": kind.value}
    await tx.execute(SQL["insert_matter"], {**_mine(tx), **values})


async def find_matter(reader: Reader, organization_id: str, matter_id: str) -> Matter | None:
    """One matter with how many recordings it holds."""
    return _matter(await reader.one(SQL["find_matter"], {"organization_id": organization_id, "id": matter_id}))


async def lock_matter(tx: Transaction, matter_id: str) -> Matter | None:
    """One matter that nobody else changes until the end of the transaction; what it holds is not counted."""
    return _matter(await tx.one(SQL["lock_matter"], {**_mine(tx), "id": matter_id}))


async def share_matter(tx: Transaction, matter_id: str) -> Matter | None:
    """One matter that nobody closes until the end of the transaction; what it holds is not counted."""
    return _matter(await tx.one(SQL["share_matter"], {**_mine(tx), "id": matter_id}))


async def find_protection(reader: Reader, organization_id: str) -> str | None:
    """The id of the matter of deletion protection, once there is one."""
    row = await reader.one(SQL["find_protection"], {"organization_id": organization_id})
    return None if row is None else row["id"]


async def list_matters(
    reader: Reader, organization_id: str, part: tuple[int, int], *, is_open: bool | None
) -> tuple[list[Matter], int]:
    """Matters, latest first, ``part`` as (limit, offset); and how many there are."""
    parameters = {"organization_id": organization_id, "open": is_open, "limit": part[0], "offset": part[1]}
    rows = await reader.all(SQL["list_matters"], parameters)
    counted = rows[0] if rows else await reader.one(SQL["count_matters"], parameters)
    return [matter for row in rows if (matter := _matter(row)) is not None], counted["total"] if counted else 0


async def close_matter(tx: Transaction, matter_id: str, reason: str) -> None:
    """Close an open matter; what it holds is yet to be released."""
    await tx.execute(SQL["close_matter"], {**_mine(tx), "id": matter_id, "reason": reason})


async def end_closing(tx: Transaction, matter_id: str) -> bool:
    """A closing matter that holds nothing any more is closed; whether it is."""
    return await tx.execute(SQL["end_closing"], {**_mine(tx), "id": matter_id}) > 0


async def guard_standing(tx: Transaction) -> None:
    """Until the end of the transaction nobody places a standing hold, or closes a matter. Before any row is locked."""
    await tx.one(SQL["guard_standing"], _mine(tx))


async def change_standing(tx: Transaction) -> None:
    """Wait for whoever guards, and be waited for. Before any row is locked."""
    await tx.one(SQL["change_standing"], _mine(tx))


async def insert_hold(tx: Transaction, hold: Hold) -> None:
    """A new hold, which has taken nothing yet."""
    parameters = {
        **_mine(tx),
        "id": hold.id,
        "matter_id": hold.matter_id,
        "selection": Jsonb(msgspec.to_builtins(hold.selection)),
        "reason": hold.reason,
        "standing": hold.standing,
        "division_ids": None if hold.division_ids is None else list(hold.division_ids),
        "total": hold.total,
    }
    await tx.execute(SQL["insert_hold"], parameters)


async def find_hold(reader: Reader, organization_id: str, hold_id: str) -> Hold | None:
    """One hold."""
    return _hold(await reader.one(SQL["find_hold"], {"organization_id": organization_id, "id": hold_id}))


async def find_matter_of(reader: Reader, organization_id: str, hold_id: str) -> str | None:
    """The matter of a hold, without counting what that took."""
    row = await reader.one(SQL["find_matter_of"], {"organization_id": organization_id, "id": hold_id})
    return None if row is None else row["matter_id"]


async def lock_hold(tx: Transaction, hold_id: str) -> Hold | None:
    """One hold that nobody else goes on with until the end of the transaction."""
    return _hold(await tx.one(SQL["lock_hold"], {**_mine(tx), "id": hold_id}))


async def list_holds(
    reader: Reader, organization_id: str, matter_id: str, part: tuple[int, int]
) -> tuple[list[Hold], int]:
    """A matter's holds, latest first, ``part`` as (limit, offset); and how many there are."""
    parameters = {
        "organization_id": organization_id,
        "matter_id": matter_id,
        "limit": part[0],
        "offset": part[1],
    }
    rows = await reader.all(SQL["list_holds"], parameters)
    return [hold for row in rows if (hold := _hold(row)) is not None], rows[0]["listed"] if rows else 0


async def advance_hold(tx: Transaction, hold_id: str, counts: Row, refusals: Sequence[Destroyed], until: Place) -> None:
    """How far a hold has come: ``counts`` of taken, already, refused."""
    parameters = {
        **_mine(tx),
        **counts,
        "id": hold_id,
        "refusals": Jsonb(msgspec.to_builtins(refusals)),
        "until_started_at": until[0],
        "until_id": until[1],
    }
    await tx.execute(SQL["advance_hold"], parameters)


async def set_hold_state(tx: Transaction, hold_id: str, state: HoldState) -> bool:
    """Another state of a hold that is not done; whether there was one."""
    return await tx.execute(SQL["set_hold_state"], {**_mine(tx), "id": hold_id, "state": state.value}) > 0


async def end_holds(tx: Transaction, matter_id: str) -> None:
    """A matter's holds take nothing any more."""
    await tx.execute(SQL["end_holds"], {**_mine(tx), "matter_id": matter_id})


async def list_unfinished(reader: Reader, limit: int) -> list[Row]:
    """Holds that run and matters that are closing, of all organizations: organization_id, id, by, closing."""
    return await reader.all(SQL["list_unfinished"], {"limit": limit})


async def list_matching(
    reader: Reader,
    organization_id: str,
    selection: Selection,
    division_ids: Sequence[str] | None,
    *,
    after: Place | None,
    limit: int,
) -> list[Place]:
    """The next recordings that a selection means, as (start, id), in that order."""
    parameters = {
        **_selection(organization_id, selection, division_ids),
        "after_started_at": None if after is None else after[0],
        "after_id": None if after is None else after[1],
        "limit": limit,
    }
    return [(row["started_at"], row["id"]) for row in await reader.all(SQL["list_matching"], parameters)]


async def count_matching(
    reader: Reader, organization_id: str, selection: Selection, division_ids: Sequence[str] | None
) -> int:
    """How many recordings a selection means."""
    row = await reader.one(SQL["count_matching"], _selection(organization_id, selection, division_ids))
    return 0 if row is None else row["total"]


async def unknown_ids(reader: Reader, organization_id: str, selection: Selection) -> list[tuple[str, str]]:
    """Ids of a selection for which there is nothing, as (field, id); the first five."""
    rows = await reader.all(SQL["unknown_ids"], _selection(organization_id, selection, None))
    return [(row["field"], row["id"]) for row in rows]


async def lock_candidates(tx: Transaction, recording_ids: Collection[str]) -> list[Candidate]:
    """Recordings that nobody else changes until the end of the transaction."""
    rows = await tx.all(SQL["lock_candidates"], {**_mine(tx), "ids": list(recording_ids)})
    return [Candidate(**row) for row in rows]


async def insert_held(tx: Transaction, matter_id: str, hold_id: str, recording_ids: Collection[str]) -> set[str]:
    """A matter holds recordings from now on; those that it did not hold before."""
    parameters = {**_mine(tx), "matter_id": matter_id, "hold_id": hold_id, "ids": list(recording_ids)}
    return {row["recording_id"] for row in await tx.all(SQL["insert_held"], parameters)}


async def release_held(tx: Transaction, matter_id: str, recording_ids: Collection[str], reason: str) -> list[Row]:
    """A matter does not hold recordings any more: recording_id, hold_id of those that it held."""
    parameters = {**_mine(tx), "matter_id": matter_id, "ids": list(recording_ids), "reason": reason}
    return await tx.all(SQL["release_held"], parameters)


async def list_held_ids(
    reader: Reader, organization_id: str, matter_id: str, *, ids: Collection[str] | None = None, limit: int = 10**9
) -> list[str]:
    """Recordings that a matter holds, of these when given, in order of ids."""
    parameters = {
        "organization_id": organization_id,
        "matter_id": matter_id,
        "ids": None if ids is None else list(ids),
        "limit": min(limit, 2**31 - 1),
    }
    return [row["id"] for row in await reader.all(SQL["list_held_ids"], parameters)]


async def held_of_conversations(
    reader: Reader, organization_id: str, matter_id: str, conversation_ids: Collection[str]
) -> list[Row]:
    """Recordings of conversations: conversation_id, division_ids, and id where the matter holds it."""
    parameters = {
        "organization_id": organization_id,
        "matter_id": matter_id,
        "conversation_ids": list(conversation_ids),
    }
    return await reader.all(SQL["held_of_conversations"], parameters)


async def recordings_of_conversations(
    reader: Reader, organization_id: str, conversation_ids: Collection[str]
) -> list[Row]:
    """Recordings of conversations: id, conversation_id, division_ids, gone, destroyed_at."""
    parameters = {"organization_id": organization_id, "ids": list(conversation_ids)}
    return await reader.all(SQL["recordings_of_conversations"], parameters)


async def list_standing(tx: Transaction, recording_id: str) -> list[Row]:
    """The standing holds that take a recording: hold_id, matter_id, matter_name."""
    return await tx.all(SQL["list_standing"], {**_mine(tx), "recording_id": recording_id})


async def stop_deletions(tx: Transaction, recording_ids: Collection[str], why: str) -> list[Row]:
    """Deletions of recordings that were marked are over: deletion_id, recording_id, conversation_id, asked_by, marked_at."""
    return await tx.all(SQL["stop_deletions"], {**_mine(tx), "ids": list(recording_ids), "why": why})


async def list_held(
    reader: Reader, organization_id: str, matter_id: str, *, after: Place | None, limit: int
) -> list[HeldRecording]:
    """The next recordings that a matter holds, in order of start and id."""
    parameters = {
        "organization_id": organization_id,
        "matter_id": matter_id,
        "after_started_at": None if after is None else after[0],
        "after_id": None if after is None else after[1],
        "limit": limit,
    }
    return [HeldRecording(**row) for row in await reader.all(SQL["list_held"], parameters)]


async def page_held(
    reader: Reader, organization_id: str, matter_id: str, part: tuple[int, int]
) -> tuple[list[HeldRecording], int]:
    """Recordings that a matter holds, latest first, ``part`` as (limit, offset); and how many there are."""
    parameters = {"organization_id": organization_id, "matter_id": matter_id, "limit": part[0], "offset": part[1]}
    rows = await reader.all(SQL["page_held"], parameters)
    total = rows[0]["total"] if rows else 0
    names = HeldRecording.__dataclass_fields__
    return [HeldRecording(**{name: row[name] for name in names}) for row in rows], total


async def list_holders(reader: Reader, organization_id: str, ids: Collection[str]) -> dict[str, tuple[Holder, ...]]:
    """The matters that hold recordings, by recording; those that none holds are left out."""
    found: dict[str, list[Holder]] = {}
    for row in await reader.all(SQL["list_holders"], {"organization_id": organization_id, "ids": list(ids)}):
        found.setdefault(row.pop("recording_id"), []).append(Holder(**row))
    return {recording_id: tuple(holders) for recording_id, holders in found.items()}


def _mine(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def _selection(organization_id: str, selection: Selection, division_ids: Sequence[str] | None) -> Row:
    lists: dict[str, Sequence[str] | None] = {
        "division_ids": division_ids,
        "recording_ids": selection.recording_ids,
        "conversation_ids": selection.conversation_ids,
        "person_ids": selection.person_ids,
        "queue_ids": selection.queue_ids,
    }
    return {
        "organization_id": organization_id,
        **{name: None if values is None else list(values) for name, values in lists.items()},
        "started_from": None if selection.started is None else selection.started.start,
        "started_until": None if selection.started is None else selection.started.end,
    }


def _matter(row: Row | None) -> Matter | None:
    if row is None:
        return None
    known: Row = {name: row[name] for name in Matter.__dataclass_fields__}
    known |= {"kind": Kind(row["kind"]), "state": MatterState(row["state"])}
    return Matter(**known)


def _hold(row: Row | None) -> Hold | None:
    if row is None:
        return None
    known: Row = {name: row[name] for name in Hold.__dataclass_fields__ if name not in {"until", "later"}}
    known |= {
        "selection": msgspec.convert(row["selection"], Selection),
        "division_ids": None if row["division_ids"] is None else tuple(row["division_ids"]),
        "state": HoldState(row["state"]),
        "refusals": msgspec.convert(row["refusals"], tuple[Destroyed, ...]),
        "later": max(0, row["took"] - row["taken"]),
        "until": None if row["until_id"] is None else (row["until_started_at"], row["until_id"]),
    }
    return Hold(**known)
