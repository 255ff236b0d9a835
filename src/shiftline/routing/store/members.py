"""Members of queues in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.foundation.web.paging import Page
from shiftline.routing.model.members import Member, MemberFilter, Standing
from shiftline.routing.store.statements import SQL, as_list, as_pattern, mark, read_page


def _standing(row: Row) -> Standing:
    return Standing(row["person_id"], row["joined"], row["ring_number"])


async def add_members(tx: Transaction, queue_id: str, person_ids: Collection[str]) -> list[Standing]:
    """Make people members who joined; those who were none before."""
    which = {**mark(tx), "queue_id": queue_id, "person_ids": sorted(set(person_ids))}
    return [_standing(row) for row in await tx.all(SQL["add_members"], which)]


async def remove_members(tx: Transaction, queue_id: str, person_ids: Collection[str] | None) -> list[Standing]:
    """Take people (None: everybody) from a queue; those who were members."""
    which = {**mark(tx), "queue_id": queue_id, "person_ids": as_list(person_ids)}
    return [_standing(row) for row in await tx.all(SQL["remove_members"], which)]


async def lock_members(tx: Transaction, queue_id: str, person_ids: Collection[str]) -> dict[str, Standing]:
    """Those of the people who are members, held until the transaction ends."""
    rows = await tx.all(SQL["lock_members"], {**mark(tx), "queue_id": queue_id, "person_ids": list(person_ids)})
    return {row["person_id"]: _standing(row) for row in rows}


async def update_members(tx: Transaction, queue_id: str, standings: Sequence[Standing]) -> None:
    """Write members' places as given."""
    which = {**mark(tx), "queue_id": queue_id}
    await tx.execute_many(SQL["update_member"], [{**which, **asdict(standing)} for standing in standings])


async def list_members(
    reader: Reader, organization_id: str, queue_id: str, page: Page, wanted: MemberFilter
) -> tuple[list[Member], int]:
    """One page of a queue's members by name, and how many there are. Deleted people are left out."""
    parameters = {
        "organization_id": organization_id,
        "queue_id": queue_id,
        "name": as_pattern(wanted.name, before="%", after="%"),
        "joined": wanted.joined,
        "person_ids": as_list(wanted.person_ids),
    }
    rows, total = await read_page(reader, SQL["list_members"], parameters, page)
    columns = ("queue_id", "person_id", "name", "email", "joined", "ring_number")
    return [Member(*(row[column] for column in columns)) for row in rows], total
