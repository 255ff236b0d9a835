"""Wishes in PostgreSQL."""

from collections.abc import Collection, Sequence

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.time import Interval
from shiftline.workforce.preferences.model import Family, Level, Wish, WishPlan

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
