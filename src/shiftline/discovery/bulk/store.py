"""Jobs and their items in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from itertools import groupby

import msgspec
from psycopg.types.json import Jsonb

from shiftline.discovery.bulk.model import (
    Chosen,
    ConversationFacts,
    Done,
    Item,
    Job,
    JobFilter,
    JobState,
    Outcome,
    ParticipantFacts,
    RecordingFacts,
    Wanted,
)
from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.time import Interval

SQL = Queries.beside(__file__)


async def insert_job(tx: Transaction, job_id: str, wanted: Wanted, division_ids: list[str] | None) -> None:
    """A new job that is PENDING."""
    values: Row = {
        "organization_id": tx.context.organization_id,
        "id": job_id,
        "action": wanted.action.value,
        "query": Jsonb(msgspec.to_builtins(wanted)),
        "integration_id": wanted.integration_id,
        "division_ids": division_ids,
        "by": tx.context.actor.id,
        "now": tx.context.now(),
    }
    await tx.execute(SQL["insert_job"], values)


async def find_job(reader: Reader, organization_id: str, job_id: str) -> Job | None:
    """A job, or None."""
    row = await reader.one(SQL["find_job"], {"organization_id": organization_id, "id": job_id})
    return None if row is None else _job(row)


async def lock_job(tx: Transaction, job_id: str) -> Job | None:
    """A job that nobody else changes until the end of the transaction."""
    row = await tx.one(SQL["lock_job"], {"organization_id": tx.context.organization_id, "id": job_id})
    return None if row is None else _job(row)


async def list_jobs(
    reader: Reader, organization_id: str, wanted: JobFilter, limit: int, offset: int
) -> tuple[list[Job], int]:
    """Jobs, latest first; and how many there are."""
    values: Row = {
        "organization_id": organization_id,
        "state": wanted.state,
        "action": wanted.action,
        "created_by": wanted.created_by,
        "limit": limit,
        "offset": offset,
    }
    rows = await reader.all(SQL["list_jobs"], values)
    return [_job(row) for row in rows], rows[0]["total"] if rows else 0


async def list_unfinished(reader: Reader, state: JobState, limit: int) -> list[Job]:
    """Jobs of all organizations that are in a state and for which something can be done now, oldest first."""
    return [_job(row) for row in await reader.all(SQL["list_unfinished"], {"state": state.value, "limit": limit})]


async def move_job(tx: Transaction, job: Job, *, hidden: bool = False) -> Job:
    """A locked job as it is from now on; an obstacle is forgotten."""
    values: Row = {
        **_of(job),
        "state": job.state.value,
        "problem": job.problem,
        "wanted": job.begin_when_ready,
        "started_by": job.started_by,
        "started_at": job.started_at,
        "division_ids": None if job.division_ids is None else list(job.division_ids),
        "ended_at": job.ended_at,
        "hidden": hidden,
    }
    row = await tx.one(SQL["move_job"], values)
    assert row is not None
    return _job(row)


async def list_conversations(
    reader: Reader,
    organization_id: str,
    began: Interval,
    *,
    ids: Collection[str] | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int,
) -> list[ConversationFacts]:
    """Conversations that began in an interval, in order of their start, after a place."""
    values: Row = {
        "organization_id": organization_id,
        "began_from": began.start,
        "began_until": began.end,
        "ids": None if ids is None else list(ids),
        "after_started_at": None if after is None else after[0],
        "after_id": None if after is None else after[1],
        "limit": limit,
    }
    return [_conversation(row) for row in await reader.all(SQL["list_conversations"], values)]


async def list_recordings_of(
    reader: Reader, organization_id: str, conversation_ids: Collection[str], division_ids: Collection[str] | None
) -> dict[str, list[RecordingFacts]]:
    """The recordings of conversations, in some divisions (None: in all), by conversation and in order of their start."""
    values: Row = {
        "organization_id": organization_id,
        "conversation_ids": list(conversation_ids),
        "division_ids": None if division_ids is None else list(division_ids),
    }
    facts = [RecordingFacts(**row) for row in await reader.all(SQL["list_recordings_of"], values)]
    return {key: list(group) for key, group in groupby(facts, key=lambda each: each.conversation_id)}


async def add_selected(
    tx: Transaction, job: Job, chosen: Sequence[Chosen], conversations: int, until: tuple[datetime, str]
) -> Job | None:
    """The next items of a job, and how far its selection has come; None when it is PENDING no more."""
    values: Row = {
        "until_started_at": until[0],
        "until_id": until[1],
        "conversations": conversations,
        "recordings": len(chosen),
        "skipped": sum(1 for each in chosen if each.problem is not None),
    }
    row = await tx.one(SQL["advance_selection"], {**_of(job), **values})
    if row is None:
        return None
    if chosen:
        items: Row = {
            "organization_id": job.organization_id,
            "job_id": job.id,
            "first": job.recordings,
            "now": tx.context.now(),
            "conversation_ids": [each.conversation_id for each in chosen],
            "recording_ids": [each.recording_id for each in chosen],
            "due": [each.due_at for each in chosen],
            "problems": [each.problem for each in chosen],
        }
        await tx.execute(SQL["insert_items"], items)
    return _job(row)


async def list_waiting(reader: Reader, job: Job, now: datetime, after: int, limit: int) -> list[Item]:
    """Items that are due and have no outcome yet, after a position."""
    values: Row = {**_items_of(job), "now": now, "after": after, "limit": limit}
    return [_item(row) for row in await reader.all(SQL["list_waiting"], values)]


async def find_next_due(reader: Reader, job: Job) -> datetime | None:
    """When the next item without an outcome is due, None when there is none."""
    row = await reader.one(SQL["find_next_due"], _items_of(job))
    return None if row is None else row["due_at"]


async def begin_items(tx: Transaction, job: Job, items: Sequence[Item]) -> None:
    """Something is begun for items: told before it is done."""
    await tx.execute(SQL["begin_items"], {**_items_of(job), "positions": [each.position for each in items]})


async def settle_items(tx: Transaction, job: Job, done: Sequence[Done]) -> list[Done]:
    """Give items their outcomes; those that had none before."""
    settled: list[Done] = []
    for each in done:
        values: Row = {
            **_items_of(job),
            "position": each.item.position,
            "outcome": each.outcome.value,
            "problem": each.problem,
            "now": tx.context.now(),
            "object_key": each.object_key,
            "object_sha256": each.object_sha256,
            "object_size": each.object_size,
        }
        if await tx.execute(SQL["settle_item"], values):
            settled.append(each)
    return settled


async def count_outcomes(tx: Transaction, job: Job) -> Job:
    """How far a locked job is."""
    row = await tx.one(SQL["count_outcomes"], _items_of(job))
    assert row is not None
    return _job(row)


async def meet_obstacle(tx: Transaction, job: Job, obstacle: str, pause: timedelta) -> Job | None:
    """Why nothing goes on, until it is tried again; None when it does not go on anyway."""
    values: Row = {**_of(job), "obstacle": obstacle, "pause": pause, "now": tx.context.now()}
    row = await tx.one(SQL["meet_obstacle"], values)
    return None if row is None else _job(row)


async def pause_until(tx: Transaction, job: Job, pause: timedelta) -> None:
    """Nothing is to be done for a job for a while."""
    await tx.execute(SQL["pause_until"], {**_of(job), "pause": pause})


async def list_items(
    reader: Reader, job: Job, outcome: Outcome | None, limit: int, offset: int
) -> tuple[list[Item], int]:
    """Items in their order; and how many there are."""
    wanted = None if outcome is None else outcome.value
    rows = await reader.all(SQL["list_items"], {**_items_of(job), "outcome": wanted, "limit": limit, "offset": offset})
    return [_item(row) for row in rows], rows[0]["total"] if rows else 0


def _of(job: Job) -> Row:
    return {"organization_id": job.organization_id, "id": job.id}


def _items_of(job: Job) -> Row:
    return {"organization_id": job.organization_id, "job_id": job.id}


def _job(row: Row) -> Job:
    values: Row = {each.name: row[each.name] for each in fields(Job) if each.name in row}
    values["wanted"] = msgspec.convert(row["query"], Wanted)
    values["begin_when_ready"] = row["wanted"]
    values["state"] = JobState(row["state"])
    values["division_ids"] = None if row["division_ids"] is None else tuple(row["division_ids"])
    return Job(**values)


def _item(row: Row) -> Item:
    values: Row = {each.name: row[each.name] for each in fields(Item)}
    values["outcome"] = None if row["outcome"] is None else Outcome(row["outcome"])
    values["object_sha256"] = None if row["object_sha256"] is None else bytes(row["object_sha256"])
    return Item(**values)


def _conversation(row: Row) -> ConversationFacts:
    values: Row = {**row, "division_ids": tuple(row["division_ids"] or ())}
    values["participants"] = msgspec.convert(row["participants"], tuple[ParticipantFacts, ...])
    return ConversationFacts(**values)
