"""Balances, and kept answers about them, in PostgreSQL."""

from collections.abc import Collection, Mapping
from typing import Any

from psycopg.types.json import Jsonb

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.workforce.timeoff.model import Balance
from shiftline.workforce.timeoff.store.statements import SQL, mark, stamp_of


async def find_balances(
    reader: Reader, organization_id: str, person_ids: Collection[str], codes: Collection[str] | None = None
) -> list[Balance]:
    """The balances that are kept for some people, of some activity codes or of all."""
    parameters = {
        "organization_id": organization_id,
        "person_ids": list(person_ids),
        "codes": None if codes is None else list(codes),
    }
    return [_balance(row) for row in await reader.all(SQL["find_balances"], parameters)]


async def lock_balances(tx: Transaction, person_id: str, codes: Collection[str]) -> dict[str, Balance]:
    """An agent's balances by activity code, which nobody else changes until the end of the transaction."""
    parameters = {**mark(tx), "person_id": person_id, "codes": list(codes)}
    return {row["activity_code_id"]: _balance(row) for row in await tx.all(SQL["lock_balances"], parameters)}


async def insert_balance(tx: Transaction, balance: Balance) -> None:
    """Store a new balance."""
    await tx.execute(SQL["insert_balance"], {**mark(tx), **_values(balance)})


async def update_balance(tx: Transaction, balance: Balance) -> None:
    """Store a balance that was locked, under the next version."""
    await tx.execute(SQL["update_balance"], {**mark(tx), **_values(balance)})


async def sum_taken(tx: Transaction, person_id: str, activity_code_id: str) -> int:
    """The payable minutes of what is approved for an agent."""
    row = await tx.one(SQL["sum_taken"], {**mark(tx), "person_id": person_id, "activity_code_id": activity_code_id})
    assert row is not None
    return row["minutes"]


async def insert_job(tx: Transaction, job_id: str, body: Mapping[str, Any]) -> None:
    """Keep an answer for whoever asked."""
    await tx.execute(SQL["insert_job"], {**mark(tx), "id": job_id, "body": Jsonb(body)})


async def find_job(reader: Reader, organization_id: str, started_by: str, job_id: str) -> Mapping[str, Any] | None:
    """A kept answer that somebody asked for."""
    parameters = {"organization_id": organization_id, "started_by": started_by, "id": job_id}
    row = await reader.one(SQL["find_job"], parameters)
    return None if row is None else row["body"]


async def forget_jobs(tx: Transaction) -> None:
    """Drop what was kept for more than a day."""
    await tx.execute(SQL["forget_jobs"], {"now": tx.context.now()})


def _values(balance: Balance) -> Row:
    return {
        "person_id": balance.person_id,
        "activity_code_id": balance.activity_code_id,
        "granted_minutes": balance.granted_minutes,
        "taken_minutes": balance.taken_minutes,
    }


def _balance(row: Row) -> Balance:
    return Balance(
        person_id=row["person_id"],
        activity_code_id=row["activity_code_id"],
        granted_minutes=row["granted_minutes"],
        taken_minutes=row["taken_minutes"],
        stamp=stamp_of(row),
    )
