"""Wrap-up codes in PostgreSQL."""

from collections.abc import Collection

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.foundation.web.paging import Page
from shiftline.routing.model.places import EVERY_DIVISION, Division
from shiftline.routing.model.wrapup_codes import WrapupCode, WrapupCodeDraft, WrapupCodeFilter
from shiftline.routing.store.statements import SQL, as_division, as_list, as_pattern, as_record, mark, read_page


async def insert_wrapup_code(tx: Transaction, code_id: str, draft: WrapupCodeDraft) -> bool:
    """Whether a new wrap-up code could be made: its id and name were free. The draft names its division."""
    values = {
        "id": code_id,
        "name": draft.name,
        "description": draft.description,
        "division_id": draft.division_id,
    }
    return await tx.one(SQL["insert_wrapup_code"], {**mark(tx), **values}) is not None


async def list_wrapup_codes(
    reader: Reader, organization_id: str, page: Page, wanted: WrapupCodeFilter
) -> tuple[list[WrapupCode], int]:
    """One page of wrap-up codes by name, and how many there are."""
    parameters = {
        "organization_id": organization_id,
        "name": as_pattern(wanted.name),
        "ids": as_list(wanted.ids),
        "division_ids": as_list(wanted.division_ids),
        "visible_in": as_list(wanted.visible_in),
        "queue_id": wanted.queue_id,
    }
    rows, total = await read_page(reader, SQL["list_wrapup_codes"], parameters, page)
    return [_wrapup_code(row) for row in rows], total


def _wrapup_code(row: Row) -> WrapupCode:
    return WrapupCode(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        division=Division(EVERY_DIVISION, "*") if row["division_id"] == EVERY_DIVISION else as_division(row),
        record=as_record(row, "changed_at"),
    )


async def find_wrapup_code(reader: Reader, organization_id: str, code_id: str) -> WrapupCode | None:
    """A wrap-up code by id."""
    found, _ = await list_wrapup_codes(reader, organization_id, Page(1), WrapupCodeFilter(ids=(code_id,)))
    return found[0] if found else None


async def find_wrapup_code_by_name(reader: Reader, organization_id: str, name: str) -> WrapupCode | None:
    """A wrap-up code by its name, in whatever letters."""
    row = await reader.one(SQL["find_wrapup_code_by_name"], {"organization_id": organization_id, "name": name})
    return None if row is None else await find_wrapup_code(reader, organization_id, row["id"])


async def add_queue_wrapup_codes(tx: Transaction, queue_id: str, code_ids: Collection[str]) -> tuple[str, ...]:
    """Give a queue wrap-up codes; those it did not have."""
    which = {**mark(tx), "queue_id": queue_id, "ids": sorted(set(code_ids))}
    return tuple(row["wrapup_code_id"] for row in await tx.all(SQL["add_queue_wrapup_codes"], which))


async def remove_queue_wrapup_code(tx: Transaction, queue_id: str, code_id: str) -> bool:
    """Take a wrap-up code from a queue; whether it had it."""
    return await tx.execute(SQL["remove_queue_wrapup_code"], {**mark(tx), "queue_id": queue_id, "id": code_id}) == 1
