"""Legs, consultations and media nodes in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Json

from shiftline.calls.model import Consultation, Leg, LegKind, LegState, MediaNode
from shiftline.foundation.database import Queries, Reader, Row, Transaction

SQL = Queries.beside(__file__)

FIELDS = tuple(name for name in Leg.__slots__ if name != "remote_candidates")


@dataclass(frozen=True, slots=True)
class Phone:
    """What a person's phone can do. ``reachable``: a softphone of theirs is connected to signalling."""

    station_id: str | None
    call_appearances: int
    reachable: bool


@dataclass(frozen=True, slots=True)
class WebQueue:
    """A queue that takes web callers, with the origins they may come from (none: any)."""

    organization_id: str
    id: str
    name: str
    allowed_origins: tuple[str, ...]


def _leg(row: Row) -> Leg:
    values = {name: row[name] for name in FIELDS}
    values |= {"kind": LegKind(row["kind"]), "state": LegState(row["state"])}
    return Leg(**values, remote_candidates=tuple(row["remote_candidates"]))


def _values(leg: Leg) -> Row:
    values: Row = {name: getattr(leg, name) for name in Leg.__slots__}
    return values | {
        "remote_candidates": Json(list(leg.remote_candidates)),
        "wish": Json(dict(leg.wish)),
        "stats": None if leg.stats is None else Json(dict(leg.stats)),
    }


async def insert_leg(tx: Transaction, leg: Leg) -> None:
    """Write a new leg."""
    await tx.execute(SQL["insert_leg"], _values(leg))


async def update_leg(tx: Transaction, leg: Leg) -> None:
    """Write a leg as it is now."""
    await tx.execute(SQL["update_leg"], _values(leg))


async def put_stats(reader: Reader, rows: Sequence[Row]) -> None:
    """Keep measurements: rows of organization_id, id, generation, stats. Those of legs that are held just now are let go."""
    await reader.connection.execute(SQL["put_stats"], {"rows": Json(list(rows))})


async def put_last_stats(reader: Reader, leg: Leg, stats: Mapping[str, Any]) -> None:
    """Keep the last measurements of a generation of a leg."""
    parameters = {"organization_id": leg.organization_id, "id": leg.id, "generation": leg.generation}
    await reader.connection.execute(SQL["put_last_stats"], {**parameters, "stats": Json(dict(stats))})


async def legs_of_conversation(
    reader: Reader, organization_id: str, conversation_id: str, *, ended: bool = False
) -> tuple[Leg, ...]:
    """A conversation's live legs; with ``ended`` all it ever had."""
    statement = SQL["all_legs_of_conversation" if ended else "legs_of_conversation"]
    parameters = {"organization_id": organization_id, "conversation_id": conversation_id}
    return tuple(_leg(row) for row in await reader.all(statement, parameters))


async def lock_legs_of_conversation(tx: Transaction, conversation_id: str) -> tuple[Leg, ...]:
    """A conversation's live legs, held. The conversation is locked before."""
    parameters = {"organization_id": tx.context.organization_id, "conversation_id": conversation_id}
    return tuple(_leg(row) for row in await tx.all(SQL["lock_legs_of_conversation"], parameters))


async def find_leg(reader: Reader, organization_id: str, leg_id: str) -> Leg | None:
    """A leg, live or not."""
    row = await reader.one(SQL["find_leg"], {"organization_id": organization_id, "id": leg_id})
    return None if row is None else _leg(row)


async def lock_leg(tx: Transaction, leg_id: str) -> Leg | None:
    """A leg, held."""
    row = await tx.one(SQL["lock_leg"], {"organization_id": tx.context.organization_id, "id": leg_id})
    return None if row is None else _leg(row)


async def find_session(reader: Reader, organization_id: str, person_id: str, session_id: str) -> Leg | None:
    """The leg of a person's softphone session, live or not."""
    parameters = {"organization_id": organization_id, "person_id": person_id, "session_id": session_id}
    row = await reader.one(SQL["find_session"], parameters)
    return None if row is None else _leg(row)


async def legs_of_person(reader: Reader, organization_id: str, person_id: str) -> tuple[Leg, ...]:
    """A person's live legs, oldest first."""
    parameters = {"organization_id": organization_id, "person_id": person_id}
    return tuple(_leg(row) for row in await reader.all(SQL["legs_of_person"], parameters))


async def people_on_calls(reader: Reader, organization_id: str, person_ids: Sequence[str] | None) -> list[str]:
    """Those of some people, or of all, who have a live leg."""
    wanted = {"organization_id": organization_id, "person_ids": None if person_ids is None else list(person_ids)}
    return [row["person_id"] for row in await reader.all(SQL["people_on_calls"], wanted)]


async def people_without_session(reader: Reader, real_now: datetime) -> list[tuple[str, str]]:
    """Who has a live leg at a softphone without a live session, as (organization, person)."""
    rows = await reader.all(SQL["people_without_session"], {"real_now": real_now})
    return [(row["organization_id"], row["person_id"]) for row in rows]


async def pending_legs(reader: Reader, organization_id: str, person_ids: Sequence[str], since: datetime) -> list[Leg]:
    """Softphone legs of people that ring, wait for an answer, or ended after ``since``; oldest first."""
    wanted = {"organization_id": organization_id, "person_ids": list(person_ids), "since": since}
    return [_leg(row) for row in await reader.all(SQL["pending_legs"], wanted)]


async def legs_of_node(reader: Reader, node_id: str, limit: int = 10_000) -> list[Leg]:
    """The live legs that a node carries, of whatever organization."""
    return [_leg(row) for row in await reader.all(SQL["legs_of_node"], {"node_id": node_id, "limit": limit})]


async def due_legs(reader: Reader, real_now: datetime, limit: int) -> list[tuple[str, str]]:
    """Legs whose state is to be given up, as (organization, leg)."""
    rows = await reader.all(SQL["due_legs"], {"real_now": real_now, "limit": limit})
    return [(row["organization_id"], row["id"]) for row in rows]


async def count_web_legs(reader: Reader, address: str) -> int:
    """How many web calls an address has under way."""
    row = await reader.one(SQL["count_web_legs"], {"address": address})
    return 0 if row is None else int(row["calls"])


async def find_consultation(reader: Reader, organization_id: str, conversation_id: str) -> Consultation | None:
    """The consultation under way in a conversation."""
    parameters = {"organization_id": organization_id, "conversation_id": conversation_id}
    row = await reader.one(SQL["find_consultation"], parameters)
    return None if row is None else Consultation(**row)


async def insert_consultation(tx: Transaction, conversation_id: str, consultation: Consultation) -> None:
    """Write a new consultation."""
    values = {name: getattr(consultation, name) for name in Consultation.__slots__}
    place = {"organization_id": tx.context.organization_id, "conversation_id": conversation_id, "now": tx.context.now()}
    await tx.execute(SQL["insert_consultation"], values | place)


async def update_consultation(tx: Transaction, consultation: Consultation) -> None:
    """With whom its initiator speaks now."""
    parameters = {"organization_id": tx.context.organization_id, "id": consultation.id}
    await tx.execute(SQL["update_consultation"], {**parameters, "speak_to": consultation.speak_to})


async def end_consultation(tx: Transaction, consultation: Consultation, outcome: str) -> None:
    """It is over."""
    parameters = {"organization_id": tx.context.organization_id, "id": consultation.id, "now": tx.context.now()}
    await tx.execute(SQL["end_consultation"], {**parameters, "outcome": outcome})


async def register_node(tx: Transaction, node_id: str, slot: str, real_now: datetime, lifetime: timedelta) -> list[str]:
    """Write a node; the ids of those that had its slot and are ended by it."""
    rows = await tx.all(SQL["end_slot"], {"slot": slot, "real_now": real_now})
    values = {"id": node_id, "slot": slot, "real_now": real_now, "lifetime": lifetime}
    await tx.execute(SQL["insert_node"], values)
    return [row["id"] for row in rows]


async def renew_node(reader: Reader, node_id: str, real_now: datetime, lifetime: timedelta) -> bool:
    """Keep a node alive; False when it was taken for dead meanwhile."""
    values = {"id": node_id, "real_now": real_now, "lifetime": lifetime}
    return await reader.one(SQL["renew_node"], values) is not None


async def end_node(tx: Transaction, node_id: str, real_now: datetime) -> None:
    """A node stops."""
    await tx.execute(SQL["end_node"], {"id": node_id, "real_now": real_now})


async def live_nodes(reader: Reader, organization_id: str, real_now: datetime) -> list[MediaNode]:
    """The nodes that live, with how many legs each carries, and how many persistent ones of an organization."""
    parameters = {"organization_id": organization_id, "real_now": real_now}
    return [MediaNode(**row) for row in await reader.all(SQL["live_nodes"], parameters)]


async def dead_nodes(reader: Reader, real_now: datetime) -> list[tuple[str, str]]:
    """Dead nodes that still carry legs, as (id, slot)."""
    rows = await reader.all(SQL["dead_nodes"], {"real_now": real_now})
    return [(row["id"], row["slot"]) for row in rows]


async def expire_nodes(tx: Transaction, real_now: datetime) -> list[tuple[str, str]]:
    """End the nodes that nobody renewed, as (id, slot)."""
    rows = await tx.all(SQL["expire_nodes"], {"real_now": real_now})
    return [(row["id"], row["slot"]) for row in rows]


async def find_zone(reader: Reader, organization_id: str, person_id: str) -> str | None:
    """The IANA zone in which an agent works."""
    row = await reader.one(SQL["find_zone"], {"organization_id": organization_id, "person_id": person_id})
    return None if row is None else row["zone"]


async def find_phone(reader: Reader, organization_id: str, person_id: str, real_now: datetime) -> Phone:
    """A person's phone."""
    parameters = {"organization_id": organization_id, "person_id": person_id, "real_now": real_now}
    row = await reader.one(SQL["find_phone"], parameters)
    assert row is not None
    return Phone(**row)


async def people_wanting_persistent(
    reader: Reader, organization_id: str, person_ids: Collection[str], real_now: datetime
) -> list[str]:
    """Those of some people whose phone is to be connected between calls, and who are at it."""
    parameters = {"organization_id": organization_id, "person_ids": list(person_ids), "real_now": real_now}
    return [row["person_id"] for row in await reader.all(SQL["people_wanting_persistent"], parameters)]


async def find_callees(
    reader: Reader, organization_id: str, *, person_id: str | None = None, address: str | None = None
) -> list[tuple[str, str]]:
    """Active people with an id or address, as (id, name)."""
    parameters = {"organization_id": organization_id, "id": person_id, "address": address}
    return [(row["id"], row["name"]) for row in await reader.all(SQL["find_callee"], parameters)]


async def find_web_queues(reader: Reader, queue_id: str, organization_id: str | None) -> list[WebQueue]:
    """The queues of an id that take web callers; of one's own organization it need not be open to the web."""
    rows = await reader.all(SQL["find_web_queue"], {"queue_id": queue_id, "organization_id": organization_id})
    return [
        WebQueue(
            row["organization_id"], row["id"], row["name"], tuple((row["web_calls"] or {}).get("allowed_origins", ()))
        )
        for row in rows
    ]


async def find_queue(reader: Reader, organization_id: str, queue_id: str) -> dict[str, Any] | None:
    """A queue's id, name, division_id and settings (JSON)."""
    return await reader.one(SQL["find_queue"], {"organization_id": organization_id, "queue_id": queue_id})


async def known_skills(reader: Reader, organization_id: str, ids: Sequence[str]) -> set[str]:
    """Those of the ids that are skills or languages."""
    rows = await reader.all(SQL["known_skills"], {"organization_id": organization_id, "ids": list(ids)})
    return {row["id"] for row in rows}


async def unplaced_offers(reader: Reader, organization_id: str, limit: int) -> list[str]:
    """Alerting offers whose phone does not ring yet."""
    rows = await reader.all(SQL["unplaced_offers"], {"organization_id": organization_id, "limit": limit})
    return [row["id"] for row in rows]


async def organizations_with_unplaced_offers(reader: Reader) -> list[str]:
    """Organizations that have such offers."""
    rows = await reader.all(SQL["organizations_with_unplaced_offers"], {})
    return [row["organization_id"] for row in rows]


async def find_web_leg(reader: Reader, leg_id: str, secret_digest: bytes) -> Leg | None:
    """A web caller's leg by its id and the digest of its secret, of whatever organization."""
    row = await reader.one(SQL["find_web_leg"], {"id": leg_id, "secret_digest": secret_digest})
    return None if row is None else _leg(row)


async def lock_person(tx: Transaction, person_id: str) -> None:
    """Wait for others who do the same for this person."""
    await tx.one(SQL["lock_person"], {"organization_id": tx.context.organization_id, "person_id": person_id})


async def lock_address(tx: Transaction, address: str) -> None:
    """Wait for others who begin a web call from this address."""
    await tx.one(SQL["lock_address"], {"address": address})


async def find_node_heard_at(reader: Reader, node_id: str) -> datetime | None:
    """When a node was heard last, in real time."""
    row = await reader.one(SQL["find_node_heard_at"], {"id": node_id})
    return None if row is None else row["at"]


async def list_legless(
    reader: Reader, before: datetime, limit: int, only: tuple[str, str] | None = None
) -> list[tuple[str, str, datetime]]:
    """Calls that go on since before an instant without any leg, as (organization, conversation, since); or only that one."""
    organization_id, conversation_id = only or (None, None)
    wanted = {"organization_id": organization_id, "conversation_id": conversation_id, "before": before, "limit": limit}
    rows = await reader.all(SQL["list_legless"], wanted)
    return [(row["organization_id"], row["conversation_id"], row["since"]) for row in rows]
