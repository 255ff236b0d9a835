"""The room's statements, and what most of them take and give."""

from collections.abc import Collection
from typing import Any, LiteralString

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.web.paging import Page
from shiftline.routing.model.places import Division, Record

SQL = Queries.beside(__file__)


def mark(tx: Transaction) -> Row:
    """Whose organization, who, when (application time)."""
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def as_division(row: Row) -> Division:
    """The division of a row; one that is gone is named by its id."""
    return Division(row["division_id"], row["division_name"] or row["division_id"])


def as_record(row: Row, changed_at: str) -> Record:
    """Who made and changed a row; ``changed_at`` names the column that says when."""
    return Record(row["version"], row["created_at"], row["created_by"], row[changed_at], row["changed_by"])


def as_pattern(name: str | None, *, before: str = "", after: str = "") -> str | None:
    """A LIKE pattern for a name; ``*`` in it stands for anything, ``before`` and ``after`` are put around it."""
    if name is None:
        return None
    escaped = name.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_").replace("*", "%")
    return f"{before}{escaped}{after}"


async def read_page(
    reader: Reader, statement: LiteralString, parameters: dict[str, Any], page: Page
) -> tuple[list[Row], int]:
    """The rows of one page, and how many there are on all."""
    rows = await reader.all(statement, {**parameters, "limit": page.size, "offset": page.offset})
    return [row for row in rows if row["organization_id"] is not None], rows[0]["total"]


def as_list(values: Collection[str] | None) -> list[str] | None:
    """Values as an array parameter; None for no restriction."""
    return None if values is None else list(values)
