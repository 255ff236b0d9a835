"""Balances, and kept answers about them, in PostgreSQL."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, TypeAlias

from psycopg.types.json import Jsonb

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.workforce.timeoff.model import Days
from shiftline.workforce.timeoff.model.balances import Account, Accrual, Balance, CarryOver
from shiftline.workforce.timeoff.store.statements import SQL, mark, stamp_of

Key: TypeAlias = tuple[str, str]
"""Whose balance of which activity code."""


async def find_balances(reader: Reader, organization_id: str, person_ids: Collection[str]) -> list[Balance]:
    """The balances that are kept for some people, by activity code and period."""
    parameters = {"organization_id": organization_id, "person_ids": list(person_ids), "codes": None}
    return [_balance(row) for row in await reader.all(SQL["find_balances"], parameters)]


async def find_accounts(
    reader: Reader, organization_id: str, person_ids: Collection[str], codes: Collection[str] | None
) -> dict[Key, Account]:
    """The balances that are kept for some people, of some activity codes or of all, with what is approved."""
    parameters = _parameters(organization_id, person_ids, codes)
    return _accounts(
        await reader.all(SQL["find_balances"], parameters), await reader.all(SQL["list_takings"], parameters)
    )


async def lock_accounts(
    tx: Transaction, person_ids: Collection[str], codes: Collection[str] | None
) -> dict[Key, Account]:
    """The same, and nobody else changes them until the end of the transaction."""
    parameters = _parameters(tx.context.organization_id, person_ids, codes)
    return _accounts(await tx.all(SQL["lock_balances"], parameters), await tx.all(SQL["list_takings"], parameters))


async def find_takings(
    tx: Transaction, person_ids: Collection[str], codes: Collection[str] | None
) -> dict[Key, dict[date, int]]:
    """What is approved for some people by day, also where no balance is kept."""
    parameters = _parameters(tx.context.organization_id, person_ids, codes)
    return _takings(await tx.all(SQL["list_takings"], parameters))


async def save_balances(tx: Transaction, balances: Iterable[Balance], *, active: bool = True) -> None:
    """Store balances that are new, or were locked, under the next version; the past of periods that end first first."""
    rows = [{**mark(tx), **_values(balance), "active": active} for balance in balances]
    if rows:
        await tx.execute_many(SQL["save_balance"], rows)


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


def _parameters(organization_id: str, person_ids: Collection[str], codes: Collection[str] | None) -> Row:
    return {
        "organization_id": organization_id,
        "person_ids": list(person_ids),
        "codes": None if codes is None else list(codes),
    }


def _takings(rows: Iterable[Row]) -> dict[Key, dict[date, int]]:
    takings: dict[Key, dict[date, int]] = {}
    for row in rows:
        takings.setdefault((row["person_id"], row["activity_code_id"]), {})[row["day"]] = row["minutes"]
    return takings


def _accounts(balances: Iterable[Row], charges: Iterable[Row]) -> dict[Key, Account]:
    takings = _takings(charges)
    periods: dict[Key, list[Balance]] = {}
    for balance in map(_balance, balances):
        periods.setdefault((balance.person_id, balance.activity_code_id), []).append(balance)
    return {key: Account(*key, own, takings.get(key, {})) for key, own in periods.items()}


def _values(balance: Balance) -> Row:
    return {
        "person_id": balance.person_id,
        "activity_code_id": balance.activity_code_id,
        "first_day": balance.period.first,
        "last_day": balance.period.last,
        "granted_minutes": balance.granted_minutes,
        "taken_minutes": balance.taken_minutes,
        "accrual": balance.accrual.value,
        "carry_at_most_minutes": balance.carry_over.at_most_minutes,
        "carry_expires_on": balance.carry_over.expires_on,
        "carried_minutes": balance.carried_minutes,
        "lost_minutes": balance.lost_minutes,
    }


def _balance(row: Row) -> Balance:
    return Balance(
        person_id=row["person_id"],
        activity_code_id=row["activity_code_id"],
        granted_minutes=row["granted_minutes"],
        taken_minutes=row["taken_minutes"],
        stamp=stamp_of(row),
        period=Days(row["first_day"], row["last_day"]),
        accrual=Accrual(row["accrual"]),
        carry_over=CarryOver(row["carry_at_most_minutes"], row["carry_expires_on"]),
        carried_minutes=row["carried_minutes"],
        lost_minutes=row["lost_minutes"],
    )
