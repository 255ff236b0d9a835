"""Interactions in PostgreSQL."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.web.paging import Page
from shiftline.routing.model.choices import Evidence
from shiftline.routing.model.interactions import Interaction, InteractionDraft, InteractionState
from shiftline.routing.model.queues import Medium
from shiftline.routing.store.statements import mark, read_page

SQL = Queries.beside(__file__, "interactions.sql")


@dataclass(frozen=True, slots=True)
class Line:
    """A place in line (from 1), how many serve the queue, and the latest handle times."""

    position: int
    agents: int
    handled: tuple[timedelta, ...]


def _interaction(row: Row) -> Interaction:
    return Interaction(
        id=row["id"],
        conversation_id=row["conversation_id"],
        queue_id=row["queue_id"],
        medium=Medium(row["medium"]),
        skill_ids=tuple(row["skill_ids"]),
        language_id=row["language_id"],
        priority=row["priority"],
        state=InteractionState(row["state"]),
        enqueued_at=row["enqueued_at"],
        last_agent_id=row["last_agent_id"],
        person_id=row["person_id"],
        assigned_at=row["assigned_at"],
        ended_at=row["ended_at"],
        end_reason=row["end_reason"],
    )


def _maybe(row: Row | None) -> Interaction | None:
    return None if row is None else _interaction(row)


async def insert_interaction(tx: Transaction, interaction_id: str, draft: InteractionDraft, need: str) -> bool:
    """Whether a new interaction could be made: its conversation waited nowhere."""
    values = {
        "id": interaction_id,
        "conversation_id": draft.conversation_id,
        "queue_id": draft.queue_id,
        "medium": draft.medium,
        "skill_ids": list(draft.skill_ids),
        "language_id": draft.language_id,
        "need": need,
        "priority": draft.priority,
        "last_agent_id": draft.last_agent_id,
    }
    return await tx.one(SQL["insert_interaction"], {**mark(tx), **values}) is not None


async def find_known_skills(reader: Reader, organization_id: str, ids: Collection[str]) -> set[str]:
    """Those of the ids that are skills or languages."""
    wanted = {"organization_id": organization_id, "ids": list(ids)}
    return {row["id"] for row in await reader.all(SQL["find_known_skills"], wanted)}


async def lock_queued(tx: Transaction, conversation_id: str) -> Interaction | None:
    """The interaction by which a conversation waits or is offered, held until the transaction ends."""
    return _maybe(await tx.one(SQL["lock_queued"], {**mark(tx), "conversation_id": conversation_id}))


async def lock_assigned(tx: Transaction, conversation_id: str, person_id: str) -> list[Interaction]:
    """The interactions of a conversation that a person handles, held until the transaction ends."""
    which = {**mark(tx), "conversation_id": conversation_id, "person_id": person_id}
    return [_interaction(row) for row in await tx.all(SQL["lock_assigned"], which)]


async def lock_offered(tx: Transaction, offer_id: str) -> Interaction | None:
    """The interaction of an offer, held until the transaction ends: nobody else settles the offer meanwhile."""
    return _maybe(await tx.one(SQL["lock_offered"], {**mark(tx), "offer_id": offer_id}))


async def put_back(tx: Transaction, interaction_id: str) -> None:
    """Let an interaction wait again, at its place."""
    await tx.execute(SQL["put_back"], {**mark(tx), "id": interaction_id})


async def assign(tx: Transaction, interaction_id: str, person_id: str) -> None:
    """Give an interaction to a person."""
    await tx.execute(SQL["assign"], {**mark(tx), "id": interaction_id, "person_id": person_id})


async def end_interaction(tx: Transaction, interaction_id: str, reason: str) -> None:
    """End an interaction; one that nobody took keeps why nobody was free."""
    await tx.execute(SQL["end_interaction"], {**mark(tx), "id": interaction_id, "reason": reason})


async def count_assigned(tx: Transaction, person_id: str) -> int:
    """How many interactions a person handles."""
    row = await tx.one(SQL["count_assigned"], {**mark(tx), "person_id": person_id})
    return 0 if row is None else row["assigned"]


async def count_queued(tx: Transaction, queue_id: str) -> int:
    """How many interactions wait in a queue, those just offered among them."""
    row = await tx.one(SQL["count_queued"], {**mark(tx), "queue_id": queue_id})
    return 0 if row is None else row["queued"]


async def list_of_conversation(
    reader: Reader, organization_id: str, conversation_id: str
) -> list[tuple[Interaction, str, Evidence | None]]:
    """A conversation's interactions, oldest first, each with its queue's name and why nobody was free.

    None: nobody has looked yet, or it was taken.
    """
    wanted = {"organization_id": organization_id, "conversation_id": conversation_id}
    rows = await reader.all(SQL["list_of_conversation"], wanted)
    return [(_interaction(row), row["queue_name"], msgspec.convert(row["seen"], Evidence | None)) for row in rows]


async def organizations_waiting(reader: Reader) -> list[str]:
    """The organizations in which something waits."""
    return [row["organization_id"] for row in await reader.all(SQL["organizations_waiting"], {})]


async def list_waiting(
    reader: Reader, organization_id: str, queue_id: str, page: Page
) -> tuple[list[tuple[int, Interaction]], int]:
    """One page of what waits in a queue in line, with the position, and how many wait."""
    rows, total = await read_page(
        reader, SQL["list_waiting"], {"organization_id": organization_id, "queue_id": queue_id}, page
    )
    return [(row["position"], _interaction(row)) for row in rows], total


async def find_place(
    reader: Reader, organization_id: str, conversation_id: str, within: timedelta, latest: int
) -> Line | None:
    """Where a conversation stands in line, with the ``latest`` handle times of so long before it came; None: it waits nowhere."""
    wanted = {
        "organization_id": organization_id,
        "conversation_id": conversation_id,
        "within": within,
        "latest": latest,
    }
    row = await reader.one(SQL["find_place"], wanted)
    if row is None:
        return None
    handled = tuple(timedelta(seconds=each) for each in row["handled"])
    return Line(row["position"], row["agents"], handled)
