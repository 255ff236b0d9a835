"""Swaps in PostgreSQL."""

from collections.abc import Collection
from typing import Any

from psycopg.types.json import Json

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.ids import new_id

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


async def list_swaps(reader: Reader, organization_id: str, agent_id: str, limit: int) -> list[Row]:
    """An agent's swaps, newest first."""
    parameters = {"organization_id": organization_id, "agent_id": agent_id, "limit": limit}
    return await reader.all(SQL["list_swaps"], parameters)
