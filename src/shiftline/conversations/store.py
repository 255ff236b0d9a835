"""Conversations and their participants in PostgreSQL."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby

import msgspec
from psycopg.types.json import Json

from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    Direction,
    DisconnectType,
    DueWrapup,
    MessageMark,
    Participant,
    Purpose,
    RecordingState,
    Wrapup,
    WrapupPrompt,
)
from shiftline.conversations.rules.changing import PersonFacts, QueueFacts
from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.routing.model.queues import Medium

SQL = Queries.beside(__file__)


@dataclass(frozen=True, slots=True)
class Orphan:
    """An interaction that stands for nothing. ``person_id``: to whom it is assigned."""

    organization_id: str
    conversation_id: str
    person_id: str | None


_PROMPTS: Mapping[str, WrapupPrompt] = {
    "MANDATORY": WrapupPrompt.MANDATORY,
    "OPTIONAL": WrapupPrompt.OPTIONAL,
    "MANDATORY_TIMEOUT": WrapupPrompt.TIMEOUT,
    "MANDATORY_FORCED_TIMEOUT": WrapupPrompt.FORCED_TIMEOUT,
    "AGENT_REQUESTED": WrapupPrompt.AGENT_REQUESTED,
}
_OF_THE_CONVERSATION = frozenset(
    {
        "organization_id",
        "conversation_id",
        "division_ids",
        "external_tag",
        "recording_state",
        "medium",
        "subject",
        "imported",
        "version",
    }
)


def _mark(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


async def insert_conversation(tx: Transaction, conversation: Conversation) -> None:
    """A new conversation with its participants."""
    await tx.execute(SQL["insert_conversation"], {**_mark(tx), **_values(conversation)})
    await _put_participants(tx, conversation)


async def update_conversation(tx: Transaction, conversation: Conversation) -> None:
    """A conversation's new version, with the participants that it changed."""
    await tx.execute(SQL["update_conversation"], {**_mark(tx), **_values(conversation)})
    await _put_participants(tx, conversation)


def _values(conversation: Conversation) -> Row:
    return {
        "id": conversation.id,
        "direction": conversation.direction,
        "started_at": conversation.started_at,
        "ended_at": conversation.ended_at,
        "address": conversation.address,
        "division_ids": list(conversation.division_ids),
        "external_tag": conversation.external_tag,
        "recording_state": conversation.recording_state,
        "medium": conversation.medium,
        "subject": conversation.subject,
        "imported": conversation.imported,
        "version": conversation.version,
    }


async def _put_participants(tx: Transaction, conversation: Conversation) -> None:
    changed = [
        {**asdict(each), "position": position, "acw_due_at": each.acw_due_at}
        for position, each in enumerate(conversation.participants)
        if each.changed_version == conversation.version
    ]
    if changed:
        which = {"organization_id": tx.context.organization_id, "conversation_id": conversation.id}
        await tx.execute(SQL["put_participants"], {**which, "participants": Json(changed)})


async def lock_conversation(tx: Transaction, conversation_id: str) -> Conversation | None:
    """A conversation, held until the transaction ends; two who change it wait for each other."""
    if await tx.one(SQL["lock_conversation"], {**_mark(tx), "id": conversation_id}) is None:
        return None
    return await find_conversation(tx, tx.context.organization_id, conversation_id)


async def lock_past(tx: Transaction, conversation_id: str) -> Conversation | None:
    """A conversation, held until the transaction ends, also where there is none yet."""
    await tx.execute(SQL["lock_past"], {**_mark(tx), "id": conversation_id})
    return await lock_conversation(tx, conversation_id)


async def find_conversation(reader: Reader, organization_id: str, conversation_id: str) -> Conversation | None:
    """A conversation by id, with all its participants."""
    found = await find_conversations(reader, organization_id, [conversation_id])
    return found[0] if found else None


async def find_conversations(
    reader: Reader, organization_id: str, conversation_ids: Collection[str]
) -> list[Conversation]:
    """Those of the conversations that there are, oldest first."""
    if not conversation_ids:
        return []
    wanted = {"organization_id": organization_id, "ids": list(conversation_ids)}
    rows = await reader.all(SQL["find_conversations"], wanted)
    return [_conversation(list(group)) for _, group in groupby(rows, key=lambda row: row["conversation_id"])]


async def live_of(reader: Reader, organization_id: str, person_id: str) -> list[str]:
    """The conversations that a person is live in."""
    return _ids(await reader.all(SQL["live_of"], {"organization_id": organization_id, "person_id": person_id}))


async def active_of(reader: Reader, organization_id: str, person_id: str) -> list[str]:
    """The conversations that a person is live in, or in after-call work of."""
    return _ids(await reader.all(SQL["active_of"], {"organization_id": organization_id, "person_id": person_id}))


def _ids(rows: Iterable[Row]) -> list[str]:
    return [row["conversation_id"] for row in rows]


async def due_wrapups(reader: Reader, now: datetime, limit: int, media: Collection[Medium]) -> list[DueWrapup]:
    """After-call work of all organizations, of some media, whose time is over, the longest over first."""
    rows = await reader.all(SQL["due_wrapups"], {"now": now, "limit": limit, "media": list(media)})
    return [DueWrapup(row["organization_id"], row["conversation_id"], row["id"], row["acw_due_at"]) for row in rows]


async def find_queues(reader: Reader, organization_id: str, queue_ids: Collection[str]) -> dict[str, QueueFacts]:
    """What queues give to those who take part for them, by id; deleted ones give nothing."""
    rows = await reader.all(SQL["find_queues"], {"organization_id": organization_id, "ids": list(queue_ids)})
    return {row["id"]: _queue(row) for row in rows}


def _queue(row: Row) -> QueueFacts:
    values: Row = {**row, "wrapup_prompt": _PROMPTS[row["wrapup_prompt"]]}
    return QueueFacts(**values)


async def find_persons(reader: Reader, organization_id: str, person_ids: Collection[str]) -> dict[str, PersonFacts]:
    """What is known of people, by id."""
    rows = await reader.all(SQL["find_persons"], {"organization_id": organization_id, "ids": list(person_ids)})
    return {row["id"]: PersonFacts(**row) for row in rows}


def _conversation(rows: list[Row]) -> Conversation:
    first = rows[0]
    return Conversation(
        id=first["conversation_id"],
        organization_id=first["organization_id"],
        direction=Direction(first["conversation_direction"]),
        started_at=first["conversation_started_at"],
        ended_at=first["conversation_ended_at"],
        address=first["conversation_address"],
        division_ids=tuple(first["division_ids"]),
        version=first["version"],
        participants=tuple(_participant(row) for row in rows),
        external_tag=first["external_tag"],
        recording_state=RecordingState(first["recording_state"]),
        medium=Medium(first["medium"]),
        subject=first["subject"],
        imported=first["imported"],
    )


async def list_orphans(reader: Reader, before: datetime, limit: int, only: Orphan | None = None) -> list[Orphan]:
    """Interactions, older than an instant, of conversations that are over, or of people who left them; or of one conversation."""
    parameters = {
        "organization_id": only and only.organization_id,
        "conversation_id": only and only.conversation_id,
        "before": before,
        "limit": limit,
    }
    rows = await reader.all(SQL["list_orphans"], parameters)
    return [Orphan(row["organization_id"], row["conversation_id"], row["person_id"]) for row in rows]


async def list_idle_communicating(
    reader: Reader, before: datetime, limit: int, only: tuple[str, str] | None = None
) -> list[tuple[str, str]]:
    """Who is COMMUNICATING since before an instant and in no conversation, as (organization, person); or only that one."""
    organization_id, person_id = only or (None, None)
    parameters = {"organization_id": organization_id, "person_id": person_id, "before": before, "limit": limit}
    rows = await reader.all(SQL["list_idle_communicating"], parameters)
    return [(row["organization_id"], row["person_id"]) for row in rows]


def _participant(row: Row) -> Participant:
    own: Row = {
        name: value
        for name, value in row.items()
        if name not in _OF_THE_CONVERSATION and not name.startswith("conversation_")
    }
    prompt, how, wrapup = row["wrapup_prompt"], row["disconnect_type"], row["wrapup"]
    words: Row = {
        "purpose": Purpose(row["purpose"]),
        "direction": Direction(row["direction"]),
        "state": CallState(row["state"]),
        "disconnect_type": None if how is None else DisconnectType(how),
        "wrapup_prompt": None if prompt is None else WrapupPrompt(prompt),
        "wrapup": None if wrapup is None else msgspec.convert(wrapup, Wrapup),
        "messages": msgspec.convert(row["messages"], tuple[MessageMark, ...]),
    }
    return Participant(**{**own, **words})
