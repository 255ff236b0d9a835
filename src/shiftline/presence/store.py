"""Presences, routing status and leases in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from psycopg.types.json import Json

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.presence.model import (
    AgentPresence,
    Definition,
    DefinitionDraft,
    Lease,
    LeaseOpening,
    RoutingState,
    RoutingStatus,
    Source,
    Standing,
    SystemPresence,
)

SQL = Queries.beside(__file__)


def _mark(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def _definition(row: Row) -> Definition:
    values: Row = {**row, "system_presence": SystemPresence(row["system_presence"])}
    return Definition(**values)


def _status(row: Row) -> RoutingStatus:
    return RoutingStatus(row["person_id"], RoutingState(row["status"]), row["started_at"])


def _presence(row: Row) -> AgentPresence:
    return AgentPresence(
        person_id=row["person_id"],
        source_id=row["source_id"],
        definition_id=row["definition_id"],
        system_presence=SystemPresence(row["system_presence"]),
        message=row["message"],
        primary=row["is_primary"],
        modified_at=row["modified_at"],
    )


async def insert_definition(
    tx: Transaction, definition_id: str, kind: str, draft: DefinitionDraft
) -> Definition | None:
    """A new definition, or None when its id is taken."""
    values = {
        "id": definition_id,
        "kind": kind,
        "system_presence": draft.system_presence.value,
        "labels": Json(dict(draft.labels)),
        "division_id": draft.division_id,
        "active": draft.active,
    }
    row = await tx.one(SQL["insert_definition"], {**_mark(tx), **values})
    return None if row is None else _definition(row)


async def update_definition(tx: Transaction, definition: Definition) -> Definition:
    """The definition as given."""
    values = {
        "id": definition.id,
        "labels": Json(dict(definition.labels)),
        "division_id": definition.division_id,
        "active": definition.active,
    }
    row = await tx.one(SQL["update_definition"], {**_mark(tx), **values})
    assert row is not None
    return _definition(row)


async def list_definitions(reader: Reader, organization_id: str) -> list[Definition]:
    """All definitions, the system's first."""
    rows = await reader.all(SQL["list_definitions"], {"organization_id": organization_id, "id": None})
    return [_definition(row) for row in rows]


async def find_definition(reader: Reader, organization_id: str, definition_id: str) -> Definition | None:
    """A definition by its id."""
    row = await reader.one(SQL["list_definitions"], {"organization_id": organization_id, "id": definition_id})
    return None if row is None else _definition(row)


async def lock_definitions(tx: Transaction) -> None:
    """Wait for whoever else makes definitions in this organization."""
    await tx.one(SQL["lock_definitions"], _mark(tx))


async def insert_source(tx: Transaction, source: Source) -> Source | None:
    """A new source, or None when its id or name is taken."""
    row = await tx.one(SQL["insert_source"], {**_mark(tx), **asdict(source)})
    return None if row is None else Source(**row)


async def list_sources(reader: Reader, organization_id: str) -> list[Source]:
    """All registered sources by name."""
    return [Source(**row) for row in await reader.all(SQL["list_sources"], {"organization_id": organization_id})]


async def find_standings(reader: Reader, organization_id: str, person_ids: Collection[str]) -> dict[str, Standing]:
    """What people are doing; each of them is in the answer."""
    wanted = {"organization_id": organization_id, "person_ids": list(person_ids)}
    statuses = {row["person_id"]: _status(row) for row in await reader.all(SQL["find_statuses"], wanted)}
    by_person: dict[str, dict[str, AgentPresence]] = {}
    for row in await reader.all(SQL["find_presences"], wanted):
        by_person.setdefault(row["person_id"], {})[row["source_id"]] = _presence(row)
    return {
        person_id: Standing(
            person_id, statuses.get(person_id) or RoutingStatus(person_id), by_person.get(person_id, {})
        )
        for person_id in person_ids
    }


async def lock_standing(tx: Transaction, person_id: str) -> Standing:
    """What a person is doing, held until the transaction ends; two who change it wait for each other."""
    who = {**_mark(tx), "person_id": person_id}
    await tx.execute(SQL["begin_standing"], who)
    await tx.one(SQL["lock_standing"], who)
    return (await find_standings(tx, tx.context.organization_id, [person_id]))[person_id]


async def put_presence(tx: Transaction, presence: AgentPresence) -> None:
    """Write what a source says."""
    values = {
        "person_id": presence.person_id,
        "source_id": presence.source_id,
        "definition_id": presence.definition_id,
        "system_presence": presence.system_presence.value,
        "message": presence.message,
        "is_primary": presence.primary,
        "modified_at": presence.modified_at,
    }
    await tx.execute(SQL["put_presence"], {**_mark(tx), **values})


async def update_status(tx: Transaction, status: RoutingStatus) -> None:
    """Write a routing status."""
    values = {"person_id": status.person_id, "status": status.state.value, "started_at": status.started_at}
    await tx.execute(SQL["update_status"], {**_mark(tx), **values})


def _real(tx: Transaction) -> Row:
    return {**_mark(tx), "real_now": tx.context.clock.real_now()}


async def insert_leases(tx: Transaction, openings: Sequence[LeaseOpening], lifetime: timedelta) -> list[Lease]:
    """New live leases; those whose id is taken are left out."""
    values = {"openings": Json([asdict(opening) for opening in openings]), "lifetime": lifetime}
    return [Lease(**row) for row in await tx.all(SQL["insert_leases"], {**_real(tx), **values})]


async def find_lease(reader: Reader, organization_id: str, lease_id: str) -> Lease | None:
    """A lease, live or not."""
    row = await reader.one(SQL["find_lease"], {"organization_id": organization_id, "id": lease_id})
    return None if row is None else Lease(**row)


async def find_live_leases(
    reader: Reader, organization_id: str, person_ids: Collection[str], real_now: datetime
) -> list[Lease]:
    """People's leases that are neither closed nor expired, oldest first."""
    wanted = {"organization_id": organization_id, "person_ids": list(person_ids), "real_now": real_now}
    return [Lease(**row) for row in await reader.all(SQL["find_live_leases"], wanted)]


async def lock_live_leases(tx: Transaction, lease_ids: Collection[str]) -> list[Lease]:
    """All leases that nobody closed, of the people whose leases are named; held until the transaction ends."""
    rows = await tx.all(SQL["lock_live_leases"], {**_mark(tx), "ids": list(lease_ids)})
    return [Lease(**row) for row in rows]


async def renew_leases(reader: Reader, node: str, real_now: datetime, lifetime: timedelta) -> set[str]:
    """Renew all leases of a node; the ids of those that still live."""
    rows = await reader.all(SQL["renew_leases"], {"node": node, "real_now": real_now, "lifetime": lifetime})
    return {row["id"] for row in rows}


async def close_leases(tx: Transaction, lease_ids: Collection[str], reason: str) -> None:
    """End leases."""
    await tx.execute(SQL["close_leases"], {**_real(tx), "ids": list(lease_ids), "reason": reason})


async def leases_of_node(reader: Reader, node: str, limit: int) -> list[tuple[str, str]]:
    """Leases that a node holds, as (organization, lease)."""
    rows = await reader.all(SQL["leases_of_node"], {"node": node, "limit": limit})
    return [(row["organization_id"], row["id"]) for row in rows]


async def expired_leases(reader: Reader, before: datetime, limit: int) -> list[tuple[str, str]]:
    """Leases that expired before an instant and that nobody closed, as (organization, lease)."""
    rows = await reader.all(SQL["expired_leases"], {"before": before, "limit": limit})
    return [(row["organization_id"], row["id"]) for row in rows]


async def begin_absences(tx: Transaction, person_ids: Collection[str], grace: timedelta) -> None:
    """Note that people's last sessions ended."""
    await tx.execute(SQL["begin_absences"], {**_real(tx), "person_ids": list(person_ids), "grace": grace})


async def end_absences(tx: Transaction, person_ids: Collection[str], due: datetime | None = None) -> int:
    """Forget people's absences (with ``due``: only those that are due by then); how many there were."""
    return await tx.execute(SQL["end_absences"], {**_mark(tx), "person_ids": list(person_ids), "due": due})


async def due_absences(reader: Reader, real_now: datetime, limit: int) -> list[tuple[str, str]]:
    """Who has been away for longer than the grace, as (organization, person)."""
    rows = await reader.all(SQL["due_absences"], {"real_now": real_now, "limit": limit})
    return [(row["organization_id"], row["person_id"]) for row in rows]


async def list_ghosts(reader: Reader, before: datetime, limit: int) -> list[tuple[str, str]]:
    """Who is on queue since before an instant and has neither a session nor an absence, as (organization, person)."""
    parameters = {"organization_id": None, "person_id": None, "before": before, "limit": limit}
    rows = await reader.all(SQL["list_ghosts"], parameters)
    return [(row["organization_id"], row["person_id"]) for row in rows]


async def find_ghost(tx: Transaction, person_id: str, before: datetime) -> datetime | None:
    """Since when one person is so (by the application's clock); None: they are not."""
    row = await tx.one(SQL["list_ghosts"], {**_mark(tx), "person_id": person_id, "before": before, "limit": 1})
    return None if row is None else row["since"]
