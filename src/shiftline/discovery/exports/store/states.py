"""Exports, their frozen conversations and their objects, in PostgreSQL."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from shiftline.discovery.exports.model import (
    Destination,
    ExportDraft,
    ExportProblem,
    ExportState,
    LogFilter,
    Phase,
    PlannedObject,
    Selection,
    Settled,
    Status,
    Step,
    StepTaken,
    Token,
)
from shiftline.discovery.model import Stored, Totals
from shiftline.foundation.context import Context
from shiftline.foundation.database import Queries, Reader, Row, Transaction

SQL = Queries.beside(str(Path(__file__).parent))
PAGE = 1000


async def hold_freeze(tx: Transaction, export_id: str) -> bool:
    """Whether this transaction alone freezes an export."""
    row = await tx.one(SQL["hold_freeze"], _mine(tx, export_id))
    return row is not None and row["held"]


async def insert_export(tx: Transaction, export_id: str, draft: ExportDraft, operator_name: str) -> None:
    """A new export, run 1 of which may begin."""
    parameters = {
        **_mine(tx, export_id),
        "matter_id": draft.matter_id,
        "matter_name": draft.matter_name,
        "reason": draft.reason,
        "selection": _json(draft.selection),
        "destination": _json(draft.destination),
        "vendor_media": draft.vendor_media,
        "operator_name": operator_name,
    }
    await tx.execute(SQL["insert_export"], parameters)


async def find_export(reader: Reader, organization_id: str, export_id: str) -> ExportState | None:
    """One export."""
    row = await reader.one(SQL["find_export"], {"organization_id": organization_id, "id": export_id})
    return None if row is None else _export(row)


async def lock_export(tx: Transaction, export_id: str) -> ExportState | None:
    """One export that nobody else changes until the end of the transaction."""
    row = await tx.one(SQL["lock_export"], _mine(tx, export_id))
    return None if row is None else _export(row)


async def lock_matter(tx: Transaction, matter_id: str) -> None:
    """Who begin exports of one matter at once do so one after another."""
    await tx.one(SQL["lock_matter"], {"organization_id": tx.context.organization_id, "matter_id": matter_id})


async def find_of_matter(reader: Reader, organization_id: str, matter_id: str) -> ExportState | None:
    """The export of a matter that goes on or is paused."""
    row = await reader.one(SQL["find_of_matter"], {"organization_id": organization_id, "matter_id": matter_id})
    return None if row is None else _export(row)


async def list_exports(reader: Reader, organization_id: str, part: tuple[int, int]) -> tuple[list[ExportState], int]:
    """Exports, latest first, ``part`` as (limit, offset); and how many there are."""
    parameters = {"organization_id": organization_id, "limit": part[0], "offset": part[1]}
    rows = await reader.all(SQL["list_exports"], parameters)
    return [_export(row) for row in rows], rows[0]["total"] if rows else 0


async def exports_of_recording(reader: Reader, organization_id: str, recording_id: str) -> list[ExportState]:
    """The exports that a recording is in, oldest first."""
    parameters = {"organization_id": organization_id, "recording_id": recording_id}
    return [_export(row) for row in await reader.all(SQL["exports_of_recording"], parameters)]


async def set_status(
    tx: Transaction,
    export_id: str,
    status: Status,
    *,
    coming_from: Collection[Status],
    problem: ExportProblem | None = None,
    new_run: bool = False,
) -> int | None:
    """Let an export go on or not; its run then, None when it is in none of these states."""
    parameters = {
        **_mine(tx, export_id),
        "status": status.value,
        "from": [each.value for each in coming_from],
        "problem": None if problem is None else _json(problem),
        "more_runs": int(new_run),
    }
    row = await tx.one(SQL["set_status"], parameters)
    return None if row is None else row["run"]


async def keep_alive(tx: Transaction, export_id: str, run: int) -> bool:
    """Say that a run lives; whether it may go on."""
    return await tx.one(SQL["keep_alive"], {**_mine(tx, export_id), "run": run}) is not None


async def list_abandoned(reader: Reader, age: timedelta) -> list[tuple[str, str, int]]:
    """Organization, id and run of exports that nobody goes on with, in all organizations."""
    rows = await reader.all(SQL["list_abandoned"], {"age": age})
    return [(row["organization_id"], row["id"], row["run"]) for row in rows]


async def advance(tx: Transaction, export_id: str, run: int, before: Step, after: Step) -> bool:
    """The next step is reached; whether the run may go on."""
    parameters = {**_mine(tx, export_id), "run": run, "from": before.value, "step": after.value}
    return await tx.one(SQL["advance"], parameters) is not None


async def set_problem(tx: Transaction, export_id: str, run: int, problem: ExportProblem) -> None:
    """What an export waits for, while it goes on."""
    await tx.execute(SQL["set_problem"], {**_mine(tx, export_id), "run": run, "problem": _json(problem)})


async def insert_token(tx: Transaction, export_id: str, token: Token) -> None:
    """Keep a token, unless there is one."""
    parameters = {**_mine(tx, export_id), **{name: getattr(token, name) for name in Token.__dataclass_fields__}}
    await tx.execute(SQL["insert_token"], parameters)


async def find_token(reader: Reader, organization_id: str, export_id: str, path: str) -> Token | None:
    """The token over a file."""
    row = await reader.one(SQL["find_token"], {"organization_id": organization_id, "id": export_id, "path": path})
    if row is None:
        return None
    values: Row = {**row, "response": bytes(row["response"]), "roots": bytes(row["roots"])}
    return Token(**values)


async def insert_step(tx: Transaction, export_id: str, run: int, what: str, sentence: str) -> None:
    """One more line of what became of an export."""
    await tx.execute(SQL["insert_step"], {**_mine(tx, export_id), "run": run, "what": what, "sentence": sentence})


async def list_steps(reader: Reader, organization_id: str, export_id: str) -> list[StepTaken]:
    """What became of an export, latest first."""
    rows = await reader.all(SQL["list_steps"], {"organization_id": organization_id, "id": export_id})
    return [StepTaken(**row) for row in rows]


async def seal_export(tx: Transaction, export_id: str, run: int, root: str) -> bool:
    """The export is whole; whether the run could say so."""
    return await tx.one(SQL["seal_export"], {**_mine(tx, export_id), "run": run, "root": root}) is not None


async def last_object(reader: Reader, organization_id: str, export_id: str) -> tuple[int, str] | None:
    """Sequence and hash of the last object that was planned."""
    row = await reader.one(SQL["last_object"], {"organization_id": organization_id, "id": export_id})
    return None if row is None else (row["sequence"], row["sha256"].hex())


async def insert_objects(
    tx: Transaction, export_id: str, run: int, objects: Sequence[PlannedObject], until: int
) -> bool:
    """Plan objects; ``until`` is the last conversation that is planned. Whether the run may go on."""
    parameters = {**_mine(tx, export_id), "run": run, "until": until}
    counted = {"objects": len(objects), "bytes": sum(each.size for each in objects)}
    planned = await tx.one(SQL["count_planned"], {**parameters, **counted})
    if planned is None:
        return False
    await tx.execute(SQL["insert_objects"], {**parameters, "objects": _json(objects)})
    total: int = planned["total_objects"]
    if total.bit_length() != (total - len(objects)).bit_length():  # as often as it doubles
        await tx.execute(SQL["look_at_objects"], {})
    return True


async def has_phase(reader: Reader, organization_id: str, export_id: str, phase: Phase) -> bool:
    """Whether objects of a phase are planned."""
    parameters = {"organization_id": organization_id, "id": export_id, "phase": phase.value}
    row = await reader.one(SQL["has_phase"], parameters)
    return row is not None and row["there"]


async def claim_objects(tx: Transaction, export_id: str, run: int, *, after: int, limit: int) -> list[PlannedObject]:
    """The next objects that wait, each with one more attempt."""
    parameters = {**_mine(tx, export_id), "run": run, "after": after, "limit": limit}
    rows = await tx.all(SQL["claim_objects"], parameters)
    return sorted((_object(row) for row in rows), key=lambda each: each.sequence)


async def settle_objects(tx: Transaction, export_id: str, run: int, settled: Sequence[Settled]) -> bool:
    """What came of objects; whether the run may go on."""
    parameters = {
        **_mine(tx, export_id),
        "run": run,
        "sequences": [each.sequence for each in settled],
        "first": min(each.sequence for each in settled),
        "last": max(each.sequence for each in settled),
        "more_attempts": [each.more_attempts for each in settled],
        "conflicts": [each.conflicts for each in settled],
        "refusals": [_json(each.refusals) for each in settled],
        "stored": [each.stored for each in settled],
        "objects": sum(each.stored for each in settled),
        "bytes": sum(each.size for each in settled if each.stored),
    }
    if await tx.one(SQL["count_stored"], parameters) is None:
        return False
    return await tx.execute(SQL["settle_objects"], parameters) == len(settled)


async def list_objects(
    reader: Reader, organization_id: str, export_id: str, *, after: int, stored_only: bool, limit: int = PAGE
) -> list[PlannedObject]:
    """The next objects in the order of custody."""
    parameters = {
        "organization_id": organization_id,
        "id": export_id,
        "after": after,
        "limit": limit,
        "stored_only": stored_only,
    }
    return [_object(row) for row in await reader.all(SQL["list_objects"], parameters)]


async def list_payload(context: Context, export_id: str, agent_id: str | None = None) -> AsyncIterator[Stored]:
    """What is stored below ``data/`` in the order of the paths' bytes, of one agent or all; page by page."""
    after = ""
    while True:
        parameters = {
            "organization_id": context.organization_id,
            "id": export_id,
            "after": after,
            "agent_id": agent_id,
            "limit": PAGE,
        }
        async with context.reader() as reader:
            rows = await reader.all(SQL["list_payload"], parameters)
        for row in rows:
            yield _stored(row)
        if len(rows) < PAGE:
            return
        after = rows[-1]["path"]


async def list_paths(context: Context, export_id: str) -> AsyncIterator[tuple[str, int]]:
    """Path and size of every object, in the order of the paths' bytes; page by page."""
    after = ""
    while True:
        parameters = {"organization_id": context.organization_id, "id": export_id, "after": after, "limit": PAGE}
        async with context.reader() as reader:
            rows = await reader.all(SQL["list_paths"], parameters)
        for row in rows:
            yield row["path"], row["size"]
        if len(rows) < PAGE:
            return
        after = rows[-1]["path"]


async def list_tags(reader: Reader, organization_id: str, export_id: str) -> list[Stored]:
    """The tag files."""
    rows = await reader.all(SQL["list_tags"], {"organization_id": organization_id, "id": export_id})
    return [_stored(row) for row in rows]


async def total_payload(reader: Reader, organization_id: str, export_id: str) -> Totals:
    """What the payload comes to."""
    row = await reader.one(SQL["total_payload"], {"organization_id": organization_id, "id": export_id})
    assert row is not None
    return Totals(**row)


async def find_object(reader: Reader, organization_id: str, export_id: str, path: str) -> PlannedObject | None:
    """One object."""
    row = await reader.one(SQL["find_object"], {"organization_id": organization_id, "id": export_id, "path": path})
    return None if row is None else _object(row)


async def page_objects(
    reader: Reader, organization_id: str, export_id: str, wanted: LogFilter, part: tuple[int, int]
) -> tuple[list[tuple[PlannedObject, Stored, datetime | None]], int]:
    """Objects in the order of custody with what came of them and when; and how many there are."""
    parameters = {
        "organization_id": organization_id,
        "id": export_id,
        "agent_id": wanted.agent_id,
        "refused_only": wanted.refused_only,
        "limit": part[0],
        "offset": part[1],
    }
    rows = await reader.all(SQL["page_objects"], parameters)
    found = [(_object(row), _stored(row), row["stored_at"]) for row in rows]
    return found, rows[0]["total"] if rows else 0


def _mine(tx: Transaction, export_id: str) -> Row:
    context = tx.context
    return {
        "organization_id": context.organization_id,
        "id": export_id,
        "now": context.now(),
        "by": context.actor.id,
    }


def _json(value: Any) -> Jsonb:
    return Jsonb(msgspec.to_builtins(value))


def _export(row: Row) -> ExportState:
    values: Mapping[str, Any] = {
        **{name: row[name] for name in ExportState.__dataclass_fields__},
        "selection": msgspec.convert(row["selection"], Selection),
        "destination": msgspec.convert(row["destination"], Destination),
        "problem": msgspec.convert(row["problem"], ExportProblem | None),
        "status": Status(row["status"]),
        "step": Step(row["step"]),
        "root": None if row["root"] is None else row["root"].hex(),
    }
    return ExportState(**values)


def _object(row: Row) -> PlannedObject:
    values: Mapping[str, Any] = {
        **{name: row[name] for name in PlannedObject.__dataclass_fields__},
        "phase": Phase(row["phase"]),
        "sha256": row["sha256"].hex(),
        "previous": row["previous"].hex(),
        "agent_ids": tuple(row["agent_ids"]),
    }
    return PlannedObject(**values)


def _stored(row: Row) -> Stored:
    return Stored(
        path=row["path"],
        size=row["size"],
        sha256=row["sha256"].hex(),
        media_type=row["media_type"],
        number=row["number"],
        conversation_id=row["conversation_id"],
        agent_ids=tuple(row["agent_ids"]),
        attempts=row["attempts"],
        conflicts=row["conflicts"],
        refusals=tuple(row["refusals"]),
    )
