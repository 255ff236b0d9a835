"""What a router reads, and offers, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import msgspec
from psycopg.types.json import Json

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.routing.model.choices import Agent, Evidence, Refusal, Shortage, Waiting
from shiftline.routing.model.interactions import Offer, OfferState
from shiftline.routing.model.queues import Medium, QueueSettings
from shiftline.routing.model.utilization import DEFAULT_UTILIZATION, MediaUtilization
from shiftline.routing.store.statements import mark

SQL = Queries.beside(__file__, "offers.sql")

DEFAULT_UTILIZATION_JSON = msgspec.json.encode(DEFAULT_UTILIZATION).decode()


def _offer(row: Row) -> Offer:
    return Offer(
        id=row["id"],
        interaction_id=row["interaction_id"],
        conversation_id=row["conversation_id"],
        queue_id=row["queue_id"],
        medium=Medium(row["medium"]),
        person_id=row["person_id"],
        state=OfferState(row["state"]),
        auto_answer=row["auto_answer"],
        offered_at=row["offered_at"],
        expires_at=row["expires_at"],
        settled_at=row["settled_at"],
        reason=row["reason"],
    )


async def lock_routing(tx: Transaction) -> None:
    """Let nobody else choose in this organization until the transaction ends."""
    await tx.all(SQL["lock_routing"], mark(tx))


@dataclass(frozen=True, slots=True)
class Line:
    """Settings of queues, the first of what waits in them by need and ring, and which offers of that came to nothing lately."""

    queues: Mapping[str, QueueSettings]
    waiting: Sequence[Waiting]
    refusals: Sequence[Refusal]


@dataclass(frozen=True, slots=True)
class Demand:
    """In which queues something waits, and how much of each medium one person handles.

    ``free``: the agents to whom something could be offered, ``line`` what waits in their queues. ``looked_at``: when it was
    written last why nobody is free.
    """

    queue_ids: tuple[str, ...]
    utilization: Mapping[Medium, MediaUtilization]
    looked_at: datetime | None
    free: Sequence[Agent]
    line: Line


async def read_free(tx: Transaction, softphone: Sequence[str], refused_since: datetime) -> Demand | None:
    """What waits, and to whom something could be offered; None when nothing waits.

    ``softphone``: the permissions of which one is needed. ``refused_since``: from when on refused offers count.
    """
    wanted = {
        **mark(tx),
        "default_utilization": DEFAULT_UTILIZATION_JSON,
        "softphone": list(softphone),
        "real_now": tx.context.clock.real_now(),
        "refused_since": refused_since,
    }
    row = await tx.one(SQL["read_free"], wanted)
    if row is None or row["queue_ids"] is None:
        return None
    return Demand(
        queue_ids=tuple(row["queue_ids"]),
        utilization=msgspec.json.decode(row["utilization"], type=dict[Medium, MediaUtilization]),
        looked_at=row["looked_at"],
        free=_agents(row),
        line=_line(row),
    )


async def read_line(tx: Transaction, queue_ids: Collection[str], refused_since: datetime, most: int) -> Line:
    """What waits in queues; only those in use are in the answer. ``most``: so many of each need and ring at least."""
    wanted = {**mark(tx), "queue_ids": list(queue_ids), "refused_since": refused_since, "most": most}
    row = await tx.one(SQL["read_line"], wanted)
    assert row is not None
    return _line(row)


def _line(row: Row) -> Line:
    return Line(
        queues=msgspec.json.decode(row["queues"] or b"{}", type=dict[str, QueueSettings]),
        waiting=msgspec.json.decode(row["waiting"] or b"[]", type=list[Waiting]),
        refusals=msgspec.json.decode(row["refusals"] or b"[]", type=list[Refusal]),
    )


async def read_members(
    tx: Transaction, queue_ids: Collection[str], skill_ids: Collection[str], softphone: Sequence[str]
) -> list[Agent]:
    """All members of queues, with those of the skills that they have."""
    wanted = {
        **mark(tx),
        "queue_ids": list(queue_ids),
        "skill_ids": list(skill_ids),
        "softphone": list(softphone),
        "real_now": tx.context.clock.real_now(),
    }
    row = await tx.one(SQL["read_members"], wanted)
    assert row is not None
    return _agents(row)


def _agents(row: Row) -> list[Agent]:
    return msgspec.json.decode(row["agents"] or b"[]", type=list[Agent])


@dataclass(frozen=True, slots=True)
class Drawn:
    """An offer to be, with who was considered. ``status``: what the agent did when they were chosen."""

    offer: Offer
    evidence: Evidence
    status: str


async def insert_offers(tx: Transaction, drawn: Sequence[Drawn]) -> set[str]:
    """Write offers of what still waits to agents who do still what they did: the ids of those that were made."""
    values = [{**asdict(each.offer), "evidence": each.evidence, "status": each.status} for each in drawn]
    which = {"offers": Json(values), "person_ids": [each.offer.person_id for each in drawn]}
    return {row["id"] for row in await tx.all(SQL["insert_offers"], {**mark(tx), **which})}


async def find_offer(reader: Reader, organization_id: str, offer_id: str) -> Offer | None:
    """An offer by its id."""
    row = await reader.one(SQL["find_offer"], {"organization_id": organization_id, "id": offer_id})
    return None if row is None else _offer(row)


async def find_alerting(tx: Transaction, interaction_id: str) -> Offer | None:
    """The offer by which an interaction alerts somebody."""
    row = await tx.one(SQL["find_alerting"], {**mark(tx), "interaction_id": interaction_id})
    return None if row is None else _offer(row)


async def settle_offer(tx: Transaction, offer_id: str, state: OfferState, reason: str | None) -> None:
    """Write how an offer ended."""
    await tx.execute(SQL["settle_offer"], {**mark(tx), "id": offer_id, "state": state, "reason": reason})


async def expired_offers(
    reader: Reader, real_now: datetime, limit: int, media: Collection[Medium]
) -> list[tuple[str, str]]:
    """Offers that nobody answered in time, as (organization, offer)."""
    rows = await reader.all(SQL["expired_offers"], {"real_now": real_now, "limit": limit, "media": list(media)})
    return [(row["organization_id"], row["id"]) for row in rows]


async def list_of_conversation(
    reader: Reader, organization_id: str, conversation_id: str
) -> list[tuple[Offer, Evidence]]:
    """Every offer of a conversation, oldest first, with who was considered."""
    wanted = {"organization_id": organization_id, "conversation_id": conversation_id}
    rows = await reader.all(SQL["list_of_conversation"], wanted)
    return [(_offer(row), msgspec.convert(row["evidence"], Evidence)) for row in rows]


async def find_overlooked(tx: Transaction, queue_ids: Collection[str], before: datetime) -> str | None:
    """Of queues that something waits in, one that was last looked at before an instant, or into which somebody came since."""
    row = await tx.one(SQL["find_overlooked"], {**mark(tx), "queue_ids": list(queue_ids), "before": before})
    return None if row is None else row["queue_id"]


async def put_shortages(tx: Transaction, shortages: Sequence[Shortage]) -> None:
    """Write why nobody was free."""
    await tx.execute(SQL["put_shortages"], {**mark(tx), "shortages": Json(list(shortages))})
