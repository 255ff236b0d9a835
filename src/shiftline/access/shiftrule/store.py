"""Exceptions and overrides in PostgreSQL."""

from collections.abc import Collection
from datetime import datetime
from typing import LiteralString

from shiftline.access.model.connecting import ExceptionKind
from shiftline.access.shiftrule.model import ExceptionDraft, OverrideDraft, ShiftException, ShiftOverride
from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.web.paging import Page

SQL = Queries.beside(__file__)


def _mine(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


async def find_subject(reader: Reader, organization_id: str, kind: ExceptionKind, subject_id: str) -> str | None:
    """The name of a person, a role or a division; None when there is none."""
    parameters = {"organization_id": organization_id, "kind": kind, "subject_id": subject_id}
    row = await reader.one(SQL["find_subject"], parameters)
    return None if row is None else row["name"]


async def set_exception(tx: Transaction, exception_id: str, draft: ExceptionDraft) -> bool:
    """Make the subject's exception what is drafted; whether that changed anything."""
    values = {
        "id": exception_id,
        "kind": draft.kind,
        "subject_id": draft.subject_id,
        "reason": draft.reason,
        "ends_at": draft.ends_at,
    }
    return await tx.one(SQL["set_exception"], {**_mine(tx), **values}) is not None


async def end_exception(tx: Transaction, exception_id: str) -> bool:
    """End an exception; whether it stood."""
    return await tx.one(SQL["end_exception"], {**_mine(tx), "id": exception_id}) is not None


async def find_exception(reader: Reader, organization_id: str, exception_id: str) -> ShiftException | None:
    """One exception."""
    found, _ = await _exceptions(reader, organization_id, {"id": exception_id}, Page(size=1))
    return found[0] if found else None


async def find_exception_of(
    reader: Reader, organization_id: str, kind: ExceptionKind, subject_id: str
) -> ShiftException | None:
    """The exception of a subject."""
    found, _ = await _exceptions(reader, organization_id, {"kind": kind, "subject_id": subject_id}, Page(size=1))
    return found[0] if found else None


async def list_exceptions(
    reader: Reader, organization_id: str, page: Page, at: datetime | None
) -> tuple[list[ShiftException], int]:
    """One page of exceptions, and how many there are; ``at``: only those that stand then."""
    return await _exceptions(reader, organization_id, {"at": at}, page)


async def _exceptions(
    reader: Reader, organization_id: str, wanted: Row, page: Page
) -> tuple[list[ShiftException], int]:
    anything = dict.fromkeys(("id", "kind", "subject_id", "at"))
    window = {"organization_id": organization_id, "limit": page.size, "offset": page.offset}
    rows, total = await _page(reader, SQL["find_exceptions"], {**anything, **wanted, **window})
    return [ShiftException(**row) for row in rows], total


async def _page(reader: Reader, statement: LiteralString, parameters: Row) -> tuple[list[Row], int]:
    """The rows of a page, and how many there are on all pages, after the last one, too."""
    rows = await reader.all(statement, parameters)
    counted = rows or (
        await reader.all(statement, {**parameters, "limit": 1, "offset": 0}) if parameters["offset"] else []
    )
    total = counted[0]["total"] if counted else 0
    return [{name: value for name, value in row.items() if name != "total"} for row in rows], total


async def lock_overrides(tx: Transaction, person_id: str) -> None:
    """Until the end of the transaction nobody else lets this person in."""
    await tx.one(SQL["lock_overrides"], {**_mine(tx), "person_id": person_id})


async def find_same_override(tx: Transaction, draft: OverrideDraft) -> str | None:
    """The id of what the caller asked for before in the same words, if it stands."""
    row = await tx.one(SQL["find_same_override"], {**_mine(tx), **_values(draft)})
    return None if row is None else row["id"]


async def insert_override(tx: Transaction, override_id: str, draft: OverrideDraft) -> None:
    """A new override, from now on."""
    await tx.execute(SQL["insert_override"], {**_mine(tx), **_values(draft), "id": override_id})


def _values(draft: OverrideDraft) -> Row:
    return {"person_id": draft.person_id, "reason": draft.reason, "minutes": draft.minutes}


async def end_override(tx: Transaction, override_id: str) -> bool:
    """End an override early; whether it stood."""
    return await tx.one(SQL["end_override"], {**_mine(tx), "id": override_id}) is not None


async def find_override(reader: Reader, organization_id: str, override_id: str) -> ShiftOverride | None:
    """One override."""
    found, _ = await _overrides(reader, organization_id, {"id": override_id}, Page(size=1))
    return found[0] if found else None


async def list_overrides(
    reader: Reader,
    organization_id: str,
    page: Page,
    *,
    person_id: str | None,
    division_ids: Collection[str] | None,
    at: datetime | None,
) -> tuple[list[ShiftOverride], int]:
    """One page of overrides, latest first, and how many there are; of people of the divisions only, None: of all."""
    divisions = None if division_ids is None else sorted(division_ids)
    return await _overrides(
        reader, organization_id, {"person_id": person_id, "division_ids": divisions, "at": at}, page
    )


async def _overrides(reader: Reader, organization_id: str, wanted: Row, page: Page) -> tuple[list[ShiftOverride], int]:
    anything = dict.fromkeys(("id", "person_id", "division_ids", "at"))
    window = {"organization_id": organization_id, "limit": page.size, "offset": page.offset}
    rows, total = await _page(reader, SQL["find_overrides"], {**anything, **wanted, **window})
    return [ShiftOverride(**row) for row in rows], total
