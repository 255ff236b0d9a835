"""Swaps in PostgreSQL, and what edits are judged by."""

from collections.abc import Collection
from typing import Any

from psycopg.types.json import Json

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import Interval

SQL = Queries.beside(__file__)


async def insert_swap(tx: Transaction, agent_id: str, schedule_id: str, reason: str | None, *, told: Any) -> str:
    """Keep a swap; ``told`` is (request, outcome) as JSON. Its id."""
    swap_id = new_id()
    await tx.execute(
        SQL["insert_swap"],
        {
            "organization_id": tx.context.organization_id,
            "id": swap_id,
            "agent_id": agent_id,
            "schedule_id": schedule_id,
            "reason": reason,
            "by": tx.context.actor.id,
            "at": tx.context.now(),
            "request": Json(told[0]),
            "outcome": Json(told[1]),
        },
    )
    return swap_id


async def find_known_skills(reader: Reader, organization_id: str, ids: Collection[str]) -> frozenset[str]:
    """Which of the ids are skills of the organization."""
    rows = await reader.all(SQL["list_known_skills"], {"organization_id": organization_id, "ids": list(ids)})
    return frozenset(row["id"] for row in rows)


async def find_held_skills(reader: Reader, organization_id: str, person_id: str) -> frozenset[str]:
    """The skills that a person has."""
    rows = await reader.all(SQL["list_held_skills"], {"organization_id": organization_id, "person_id": person_id})
    return frozenset(row["skill_id"] for row in rows)


async def find_skills_of(
    reader: Reader, organization_id: str, person_ids: Collection[str]
) -> dict[str, frozenset[str]]:
    """The skills that people have, by person."""
    found: dict[str, set[str]] = {}
    parameters = {"organization_id": organization_id, "person_ids": list(person_ids)}
    for row in await reader.all(SQL["list_skills_of"], parameters):
        found.setdefault(row["person_id"], set()).add(row["skill_id"])
    return {person_id: frozenset(skills) for person_id, skills in found.items()}


async def find_unavailable(
    reader: Reader, organization_id: str, person_ids: Collection[str], span: Interval
) -> dict[str, tuple[Interval, ...]]:
    """When people cannot work, as they said themselves, by person."""
    found: dict[str, list[Interval]] = {}
    parameters = {
        "organization_id": organization_id,
        "person_ids": list(person_ids),
        "start": span.start,
        "end": span.end,
    }
    for row in await reader.all(SQL["list_unavailable"], parameters):
        found.setdefault(row["person_id"], []).append(Interval(row["starts_at"], row["ends_at"]))
    return {person_id: tuple(spans) for person_id, spans in found.items()}


async def list_swaps(reader: Reader, organization_id: str, agent_id: str, limit: int) -> list[Row]:
    """An agent's swaps, newest first."""
    parameters = {"organization_id": organization_id, "agent_id": agent_id, "limit": limit}
    return await reader.all(SQL["list_swaps"], parameters)
