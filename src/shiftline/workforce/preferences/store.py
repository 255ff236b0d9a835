"""Wishes in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.time import Interval, Weekday
from shiftline.workforce.preferences.model import (
    ConflictMode,
    Family,
    Kind,
    Level,
    PreferenceSettings,
    StandingWish,
    Wish,
    WishPlan,
)

SQL = Queries.beside(__file__)


def _wish(row: Row) -> Wish:
    span = Interval(row["starts_at"], row["ends_at"])
    return Wish(row["id"], row["person_id"], span, Level(row["level"]), row["notes"])


def _scope(organization_id: str, person_id: str, family: Family) -> Row:
    unavailable = family is Family.UNAVAILABLE_TIMES
    return {"organization_id": organization_id, "person_id": person_id, "unavailable": unavailable}


async def lock_wishes(
    tx: Transaction, person_id: str, family: Family, ids: Collection[str]
) -> tuple[dict[str, Wish], set[str]]:
    """An agent's standing wishes of a family, and which of the ids were removed before; they stay so until the end of
    the transaction.
    """
    scope = _scope(tx.context.organization_id, person_id, family)
    await tx.one(SQL["queue_changes"], scope)
    standing = {row["id"]: _wish(row) for row in await tx.all(SQL["list_standing"], scope)}
    gone = {row["id"] for row in await tx.all(SQL["find_gone"], {**scope, "ids": list(ids)})}
    return standing, gone


async def list_wishes(
    reader: Reader, organization_id: str, person_id: str, family: Family, during: Interval
) -> list[Wish]:
    """An agent's wishes of a family that touch a span, in order of time."""
    parameters = {**_scope(organization_id, person_id, family), "from": during.start, "until": during.end}
    return [_wish(row) for row in await reader.all(SQL["list_wishes"], parameters)]


async def apply_plan(tx: Transaction, plan: WishPlan) -> None:
    """Make it so."""
    await _set_aside(tx, [*plan.removed, *(wish.id for wish in plan.put)])
    if plan.put:
        await tx.execute_many(SQL["put_wish"], [{**_mark(tx), **_values(wish)} for wish in plan.put])


async def _set_aside(tx: Transaction, ids: Sequence[str]) -> None:
    if ids:
        await tx.execute(SQL["set_aside"], {**_mark(tx), "ids": list(ids)})


def _mark(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "by": tx.context.actor.id, "now": tx.context.now()}


def _values(wish: Wish) -> Row:
    return {
        "id": wish.id,
        "person_id": wish.person_id,
        "starts_at": wish.span.start,
        "ends_at": wish.span.end,
        "level": wish.level.value,
        "notes": wish.notes,
    }


async def list_all_wishes(
    reader: Reader, organization_id: str, person_ids: Collection[str], during: Interval
) -> dict[str, list[Wish]]:
    """Wishes of both families that touch a span, in order of time, by person."""
    parameters = {
        "organization_id": organization_id,
        "person_ids": list(person_ids),
        "from": during.start,
        "until": during.end,
    }
    found: dict[str, list[Wish]] = {}
    for row in await reader.all(SQL["list_all_wishes"], parameters):
        found.setdefault(row["person_id"], []).append(_wish(row))
    return found


async def list_standing_wishes(
    reader: Reader, organization_id: str, person_ids: Collection[str], days: tuple[date | None, date | None]
) -> list[StandingWish]:
    """People's standing wishes that are valid on some day from the first to the last; None does not bound."""
    parameters = {
        "organization_id": organization_id,
        "person_ids": list(person_ids),
        "from": days[0],
        "until": days[1],
    }
    return [_standing(row) for row in await reader.all(SQL["list_standing_wishes"], parameters)]


def _standing(row: Row) -> StandingWish:
    return StandingWish(
        id=row["id"],
        person_id=row["person_id"],
        kind=Kind(row["kind"]),
        level=Level(row["level"]),
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        days=tuple(Weekday(day) for day in row["days"]),
        earliest_start_minutes=row["earliest_start_minutes"],
        latest_start_minutes=row["latest_start_minutes"],
        partner_ids=tuple(row["partner_ids"]),
        notes=row["notes"],
        version=row["version"],
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
    )


async def queue_changes(tx: Transaction, person_id: str) -> None:
    """Wait until no other transaction changes this agent's wishes; others wait for this one."""
    await tx.one(SQL["queue_changes"], {"organization_id": tx.context.organization_id, "person_id": person_id})


async def put_standing_wish(tx: Transaction, wish: StandingWish) -> None:
    """Store a standing wish as it shall be."""
    parameters = {
        **_mark(tx),
        "id": wish.id,
        "person_id": wish.person_id,
        "kind": wish.kind.value,
        "level": wish.level.value,
        "valid_from": wish.valid_from,
        "valid_until": wish.valid_until,
        "days": [day.value for day in wish.days],
        "earliest_start_minutes": wish.earliest_start_minutes,
        "latest_start_minutes": wish.latest_start_minutes,
        "partner_ids": list(wish.partner_ids),
        "notes": wish.notes,
        "version": wish.version,
    }
    await tx.execute(SQL["put_standing_wish"], parameters)


async def remove_standing_wish(tx: Transaction, wish: StandingWish) -> None:
    """Take a standing wish away."""
    await tx.execute(SQL["remove_standing_wish"], {**_mark(tx), "id": wish.id, "person_id": wish.person_id})


async def find_settings(
    reader: Reader, organization_id: str, family: Family, unit_ids: Collection[str]
) -> dict[str, PreferenceSettings]:
    """Each unit's settings of a family; the defaults where nothing was set."""
    parameters = {"organization_id": organization_id, "family": family.value, "unit_ids": list(unit_ids)}
    rows = await reader.all(SQL["find_settings"], parameters)
    stored = {row["unit_id"]: PreferenceSettings(row["enabled"], ConflictMode(row["conflicts"])) for row in rows}
    return {unit_id: stored.get(unit_id, PreferenceSettings()) for unit_id in unit_ids}


async def put_settings(tx: Transaction, family: Family, unit_id: str, settings: PreferenceSettings) -> None:
    """Keep a unit's settings of a family."""
    parameters = {
        **_mark(tx),
        "family": family.value,
        "unit_id": unit_id,
        "enabled": settings.enabled,
        "conflicts": settings.conflicts.value,
    }
    await tx.execute(SQL["put_settings"], parameters)


async def insert_validation(tx: Transaction, person_id: str, validation_id: str, body: Mapping[str, Any]) -> None:
    """Keep what a validation said for the agent who asked."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "id": validation_id,
        "person_id": person_id,
        "now": tx.context.now(),
        "body": Jsonb(body),
    }
    await tx.execute(SQL["insert_validation"], parameters)


async def find_validation(
    reader: Reader, organization_id: str, person_id: str, validation_id: str
) -> Mapping[str, Any] | None:
    """What a validation said to an agent."""
    parameters = {"organization_id": organization_id, "id": validation_id, "person_id": person_id}
    row = await reader.one(SQL["find_validation"], parameters)
    return None if row is None else row["body"]


async def forget_validations(tx: Transaction) -> None:
    """Drop what was kept for more than a day."""
    await tx.execute(SQL["forget_validations"], {"now": tx.context.now()})
