"""Calendar subscriptions, and what stands in them."""

from dataclasses import dataclass
from datetime import datetime

from shiftline.foundation.database import Queries, Reader, Transaction
from shiftline.foundation.time import DAY, Interval
from shiftline.workforce.schedule.model import FullDay
from shiftline.workforce.schedule.rules.calendars import FeedDay, FeedShift
from shiftline.workforce.schedule.store.shifts import shift_of
from shiftline.workforce.schedule.store.statements import mark

SQL = Queries.beside(__file__, "feeds.sql")


async def put_feed(tx: Transaction, person_id: str, address_digest: bytes) -> None:
    """A person's feed has this address, and no other any more."""
    await tx.execute(SQL["put_feed"], {**mark(tx), "person_id": person_id, "address_digest": address_digest})


async def find_feed(reader: Reader, organization_id: str, person_id: str) -> datetime | None:
    """Since when a person's feed has its address; None: there is none."""
    row = await reader.one(SQL["find_feed"], {"organization_id": organization_id, "person_id": person_id})
    return None if row is None else row["created_at"]


async def delete_feed(tx: Transaction, person_id: str) -> bool:
    """End a person's feed; whether there was one."""
    return await tx.execute(SQL["delete_feed"], {**mark(tx), "person_id": person_id}) == 1


@dataclass(frozen=True, slots=True)
class FeedOwner:
    """Whose a feed is."""

    person_id: str
    name: str


async def find_owner(
    reader: Reader, organization_id: str, address_digest: bytes, permissions: list[str]
) -> FeedOwner | None:
    """Whose feed an address is, while they are active and hold one of the permission patterns."""
    parameters = {
        "organization_id": organization_id,
        "address_digest": address_digest,
        "permissions": permissions,
    }
    row = await reader.one(SQL["find_feed_by_address"], parameters)
    return None if row is None else FeedOwner(row["person_id"], row["name"])


async def read_feed(
    reader: Reader, organization_id: str, person_id: str, span: Interval
) -> tuple[list[FeedShift], list[FeedDay]]:
    """A person's shifts and whole days off in force over a span."""
    parameters = {
        "organization_id": organization_id,
        "person_id": person_id,
        "start": span.start,
        "end": span.end,
        "first_day": span.start.date() - DAY,
        "end_day": span.end.date() + DAY,
    }
    shifts = [
        FeedShift(row["schedule_id"], row["business_unit_id"], row["from_revision"], row["revised_at"], shift_of(row))
        for row in await reader.all(SQL["read_feed_shifts"], parameters)
    ]
    days: list[FeedDay] = []
    for row in await reader.all(SQL["read_feed_days"], parameters):
        head = (row.pop("schedule_id"), row.pop("business_unit_id"), row.pop("from_revision"), row.pop("revised_at"))
        days.append(FeedDay(*head, FullDay(**row)))
    return shifts, days
