"""Queues in PostgreSQL."""

import msgspec
from psycopg.types.json import Json

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.foundation.web.paging import Page
from shiftline.routing.model.queues import Membership, PersonQueue, Queue, QueueDraft, QueueFilter, QueueSettings
from shiftline.routing.store.statements import SQL, as_division, as_list, as_pattern, as_record, mark, read_page


def _queue(row: Row) -> Queue:
    return Queue(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        division=as_division(row),
        settings=msgspec.convert(row["settings"], QueueSettings),
        record=as_record(row, "since"),
        member_count=row["member_count"],
        joined_count=row["joined_count"],
    )


async def insert_queue(tx: Transaction, queue_id: str, draft: QueueDraft) -> bool:
    """Whether a new queue could be made: its id and name were free. The draft names its division."""
    return await tx.one(SQL["insert_queue"], {**mark(tx), **_queue_values(queue_id, draft)}) is not None


def _queue_values(queue_id: str, draft: QueueDraft) -> Row:
    return {
        "id": queue_id,
        "name": draft.name,
        "description": draft.description,
        "division_id": draft.division_id,
        "settings": Json(draft.settings),
    }


async def update_queue(tx: Transaction, queue_id: str, draft: QueueDraft, *, active: bool = True) -> None:
    """Write a queue as the draft says, one version on; not ``active``: deleted."""
    await tx.execute(SQL["update_queue"], {**mark(tx), **_queue_values(queue_id, draft), "active": active})


async def lock_queue(tx: Transaction, queue_id: str) -> bool:
    """Whether there is such a queue; held for a change until the transaction ends."""
    return await tx.one(SQL["lock_queue"], {**mark(tx), "id": queue_id}) is not None


async def hold_queue(tx: Transaction, queue_id: str) -> bool:
    """Whether there is such a queue; kept from being deleted until the transaction ends."""
    return await tx.one(SQL["hold_queue"], {**mark(tx), "id": queue_id}) is not None


async def list_queues(reader: Reader, organization_id: str, page: Page, wanted: QueueFilter) -> tuple[list[Queue], int]:
    """One page of queues by name, and how many there are."""
    parameters = {**_queue_filter(organization_id, wanted), "person_id": None, "joined": None}
    rows, total = await read_page(reader, SQL["list_queues"], parameters, page)
    return [_queue(row) for row in rows], total


def _queue_filter(organization_id: str, wanted: QueueFilter) -> Row:
    return {
        "organization_id": organization_id,
        "name": as_pattern(wanted.name),
        "ids": as_list(wanted.ids),
        "division_ids": as_list(wanted.division_ids),
        "visible_in": as_list(wanted.visible_in),
        "peer_ids": as_list(wanted.peer_ids),
        "has_peer": wanted.has_peer,
    }


async def list_queues_of(
    reader: Reader, organization_id: str, page: Page, whose: Membership, wanted: QueueFilter
) -> tuple[list[PersonQueue], int]:
    """One page of a member's queues by name, and how many there are."""
    parameters = {**_queue_filter(organization_id, wanted), "person_id": whose.person_id, "joined": whose.joined}
    rows, total = await read_page(reader, SQL["list_queues"], parameters, page)
    return [PersonQueue(_queue(row), row["joined"]) for row in rows], total


async def find_queue(reader: Reader, organization_id: str, queue_id: str) -> Queue | None:
    """A queue by id."""
    found, _ = await list_queues(reader, organization_id, Page(1), QueueFilter(ids=(queue_id,)))
    return found[0] if found else None


async def find_queue_by_name(reader: Reader, organization_id: str, name: str) -> Queue | None:
    """A queue by its name, in whatever letters."""
    row = await reader.one(SQL["find_queue_by_name"], {"organization_id": organization_id, "name": name})
    return None if row is None else await find_queue(reader, organization_id, row["id"])
