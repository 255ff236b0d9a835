"""What a router reads, and offers, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Json

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.routing.model.choices import Agent, Evidence, Need, Place, Refusal, Shortage, Waiting
from shiftline.routing.model.interactions import Offer, OfferState
from shiftline.routing.model.queues import Medium, QueueSettings
from shiftline.routing.store.statements import mark

SQL = Queries.beside(__file__, "offers.sql")


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


async def find_demand(tx: Transaction) -> dict[str, list[Medium]]:
    """The queues that something waits in, with the media."""
    rows = await tx.all(SQL["find_demand"], mark(tx))
    return {row["queue_id"]: [Medium(each) for each in row["media"]] for row in rows}


async def find_queue_settings(tx: Transaction, queue_ids: Collection[str]) -> dict[str, QueueSettings]:
    """The settings of those of the queues that are in use."""
    rows = await tx.all(SQL["find_queue_settings"], {**mark(tx), "queue_ids": list(queue_ids)})
    return {row["id"]: msgspec.convert(row["settings"], QueueSettings) for row in rows}


async def read_waiting(tx: Transaction, queue_ids: Collection[str]) -> list[Waiting]:
    """All that waits in queues."""
    rows = await tx.all(SQL["read_waiting"], {**mark(tx), "queue_ids": list(queue_ids)})
    return [
        Waiting(
            id=row["id"],
            conversation_id=row["conversation_id"],
            queue_id=row["queue_id"],
            need=Need(Medium(row["medium"]), tuple(row["skill_ids"]), row["language_id"]),
            priority=row["priority"],
            enqueued_at=row["enqueued_at"],
            last_agent_id=row["last_agent_id"],
        )
        for row in rows
    ]


async def read_free(
    tx: Transaction, queue_ids: Collection[str], shareable: Collection[Medium], softphone: Sequence[str]
) -> list[Agent]:
    """The agents of queues to whom something could be offered.

    ``shareable``: media beside which an agent can be given more. ``softphone``: the permissions of which one is needed.
    """
    wanted = {
        **mark(tx),
        "queue_ids": list(queue_ids),
        "shareable": list(shareable),
        "softphone": list(softphone),
        "real_now": tx.context.clock.real_now(),
    }
    return [_agent(row, tx.context.now()) for row in await tx.all(SQL["read_free"], wanted)]


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
    return [_agent(row, tx.context.now()) for row in await tx.all(SQL["read_members"], wanted)]


def _agent(row: Row, now: datetime) -> Agent:
    joined: Mapping[str, int] = row["rings"] or {}
    left: Mapping[str, int] = row["left_queues"] or {}
    places = {queue_id: Place(joined=True, ring_number=ring) for queue_id, ring in joined.items()}
    places |= {queue_id: Place(joined=False, ring_number=ring) for queue_id, ring in left.items()}
    return Agent(
        person_id=row["person_id"],
        active=row["active"],
        permitted=row["permitted"],
        reachable=row["reachable"] is True,
        connected=row["reachable"] is not None,
        station_id=row["station_id"],
        auto_answer=row["auto_answer"],
        status=row["status"],
        since=row["started_at"] or now,
        alerted=row["alerted"],
        load={Medium(medium): count for medium, count in (row["load"] or {}).items()},
        skills=row["skills"] or {},
        places=places,
    )


async def read_refusals(
    tx: Transaction, queue_ids: Collection[str], declined_since: datetime, missed_since: datetime
) -> list[Refusal]:
    """Offers of what waits in queues that came to nothing since then."""
    since = {"declined_since": declined_since, "missed_since": missed_since}
    rows = await tx.all(SQL["read_refusals"], {**mark(tx), "queue_ids": list(queue_ids), **since})
    return [Refusal(row["interaction_id"], row["person_id"], row["state"] == OfferState.DECLINED) for row in rows]


async def hold_agents(tx: Transaction, person_ids: Collection[str]) -> dict[str, str]:
    """The routing status of agents, kept until the transaction ends; whoever is being changed is left out."""
    rows = await tx.all(SQL["hold_agents"], {**mark(tx), "person_ids": list(person_ids)})
    return {row["person_id"]: row["status"] for row in rows}


async def take_waiting(tx: Transaction, interaction_ids: Collection[str]) -> set[str]:
    """Those of the interactions that waited and are offered now; what is being changed is left out."""
    rows = await tx.all(SQL["take_waiting"], {**mark(tx), "ids": list(interaction_ids)})
    return {row["id"] for row in rows}


async def insert_offers(tx: Transaction, offers: Sequence[tuple[Offer, Evidence]]) -> None:
    """Write new offers with who was considered."""
    values = Json([{**asdict(offer), "evidence": evidence} for offer, evidence in offers])
    await tx.execute(SQL["insert_offers"], {**mark(tx), "offers": values})


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


async def expired_offers(reader: Reader, real_now: datetime, limit: int) -> list[tuple[str, str]]:
    """Offers that nobody answered in time, as (organization, offer)."""
    rows = await reader.all(SQL["expired_offers"], {"real_now": real_now, "limit": limit})
    return [(row["organization_id"], row["id"]) for row in rows]


async def list_of_conversation(reader: Reader, organization_id: str, conversation_id: str) -> list[tuple[Offer, Any]]:
    """Every offer of a conversation, oldest first, with who was considered."""
    wanted = {"organization_id": organization_id, "conversation_id": conversation_id}
    return [(_offer(row), row["evidence"]) for row in await reader.all(SQL["list_of_conversation"], wanted)]


async def is_looked_at(tx: Transaction, since: datetime) -> bool:
    """Whether why nobody was free was written since an instant."""
    row = await tx.one(SQL["is_looked_at"], {**mark(tx), "since": since})
    return row is not None and row["looked"]


async def put_shortages(tx: Transaction, shortages: Sequence[Shortage]) -> None:
    """Write why nobody was free."""
    await tx.execute(SQL["put_shortages"], {**mark(tx), "shortages": Json(list(shortages))})
