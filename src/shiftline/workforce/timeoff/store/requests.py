"""Time-off requests in PostgreSQL."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.foundation.time import TZDATA_VERSION, Interval
from shiftline.foundation.web.paging import Page
from shiftline.workforce.timeoff.model import (
    Piece,
    RequestFilter,
    Ruling,
    Status,
    Substatus,
    TimeOffRequest,
)
from shiftline.workforce.timeoff.rules.balances import charged_on
from shiftline.workforce.timeoff.rules.revisions import content_of
from shiftline.workforce.timeoff.store.statements import SQL


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose requests: an organization's, or one management unit's in it, that touch a span when one is given."""

    organization_id: str
    management_unit_id: str | None = None
    during: Interval | None = None


async def insert_request(tx: Transaction, request: TimeOffRequest) -> bool:
    """A new request; False when an equal one awaits or has approval."""
    return await tx.execute(SQL["insert_request"], _values(tx, request)) == 1


async def update_request(tx: Transaction, request: TimeOffRequest) -> None:
    """The new state of a request that was locked; the former one is kept by the database."""
    await tx.execute(SQL["update_request"], _values(tx, request))


async def lock_request(tx: Transaction, request_id: str) -> TimeOffRequest | None:
    """A request that nobody else changes until the end of the transaction."""
    row = await tx.one(SQL["lock_request"], {"organization_id": tx.context.organization_id, "id": request_id})
    return None if row is None else _request(row)


async def find_request(reader: Reader, organization_id: str, request_id: str) -> TimeOffRequest | None:
    """One request."""
    row = await reader.one(SQL["find_request"], {"organization_id": organization_id, "id": request_id})
    return None if row is None else _request(row)


async def find_equal_request(tx: Transaction, request: TimeOffRequest, *, any_state: bool) -> TimeOffRequest | None:
    """The stored request with the same person and content, if it awaits or has approval (or in any state)."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "person_id": request.person_id,
        "content": _digest(request),
        "any_state": any_state,
    }
    row = await tx.one(SQL["find_equal_request"], parameters)
    return None if row is None else _request(row)


async def queue_places(tx: Transaction, *management_unit_ids: str) -> None:
    """Let whatever may take or free a place in some management units wait for this, before any request is held."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "management_unit_ids": sorted(set(management_unit_ids)),
    }
    await tx.all(SQL["queue_places"], parameters)


async def save_ruling(tx: Transaction, request: TimeOffRequest) -> None:
    """Keep what was decided of a request without a person; who waits keeps their place."""
    ruling = request.ruling
    assert ruling is not None
    parameters = {
        "organization_id": tx.context.organization_id,
        "request_id": request.id,
        "plan_id": ruling.plan_id,
        "status": ruling.status.value,
        "substatus": ruling.substatus.value,
        "code": ruling.code,
        "sentence": ruling.sentence,
        "now": tx.context.now(),
    }
    await tx.execute(SQL["save_ruling"], parameters)


async def list_counted(
    reader: Reader, scope: Scope, codes: Collection[str], *, approved: bool = True
) -> list[TimeOffRequest]:
    """What of some activity codes is approved in a management unit over a span, or (in the order of the list) waits."""
    assert scope.during is not None
    parameters = {
        "organization_id": scope.organization_id,
        "management_unit_id": scope.management_unit_id,
        "codes": list(codes),
        "from": scope.during.start,
        "until": scope.during.end,
        "approved": approved,
    }
    return [_request(row) for row in await reader.all(SQL["list_counted"], parameters)]


async def list_waiting(reader: Reader, organization_id: str, management_unit_id: str) -> list[TimeOffRequest]:
    """Who waits in a management unit, in the order of the list."""
    parameters = {"organization_id": organization_id, "management_unit_id": management_unit_id}
    return [_request(row) for row in await reader.all(SQL["list_waiting"], parameters)]


async def list_overdue(reader: Reader, now: datetime, limit: int) -> list[tuple[str, str, str]]:
    """Who waits although their time has come near, in all organizations: organization, management unit, request."""
    rows = await reader.all(SQL["list_overdue"], {"now": now, "limit": limit})
    return [(row["organization_id"], row["management_unit_id"], row["id"]) for row in rows]


async def queue_approvals(tx: Transaction, *person_ids: str) -> None:
    """Let other approvals of some people wait for this one, before any schedule is held."""
    parameters = {"organization_id": tx.context.organization_id, "person_ids": sorted(set(person_ids))}
    await tx.all(SQL["queue_approvals"], parameters)


async def queue_all_approvals(tx: Transaction) -> None:
    """Let every other approval in the organization wait for this, before any schedule is held."""
    await tx.one(SQL["queue_all_approvals"], {"organization_id": tx.context.organization_id})


async def find_approved_overlap(tx: Transaction, request: TimeOffRequest) -> TimeOffRequest | None:
    """Another approved request of the person that shares time with this one; the person's approvals are queued."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "person_id": request.person_id,
        "id": request.id,
        "starts": [piece.starts_at for piece in request.pieces],
        "ends": [piece.ends_at for piece in request.pieces],
    }
    row = await tx.one(SQL["find_approved_overlap"], parameters)
    return None if row is None else _request(row)


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """A shift that stands offered in a trade."""

    trade_id: str
    span: Interval


async def list_open_offers(tx: Transaction, person_id: str, spans: Sequence[Interval]) -> list[OpenOffer]:
    """The person's open trade offers of shifts that share time with any of the spans."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "person_id": person_id,
        "starts": [span.start for span in spans],
        "ends": [span.end for span in spans],
        "now": tx.context.now(),
    }
    rows = await tx.all(SQL["list_open_offers"], parameters)
    return [OpenOffer(row["id"], Interval(row["starts_at"], row["ends_at"])) for row in rows]


async def list_requests(
    reader: Reader, scope: Scope, wanted: RequestFilter, page: Page
) -> tuple[list[TimeOffRequest], int]:
    """One page of the requests by time, and how many there are."""
    parameters = {
        "organization_id": scope.organization_id,
        "management_unit_id": scope.management_unit_id,
        "ids": _listed(wanted.ids),
        "person_ids": _listed(wanted.person_ids),
        "statuses": _listed(wanted.statuses),
        "substatuses": _listed(wanted.substatuses),
        "from": None if scope.during is None else scope.during.start,
        "until": None if scope.during is None else scope.during.end,
        "limit": page.size,
        "offset": page.offset,
    }
    rows = await reader.all(SQL["list_requests"], parameters)
    if rows or page.offset == 0:
        return [_request(row) for row in rows], rows[0]["total"] if rows else 0
    first = await reader.one(SQL["list_requests"], {**parameters, "limit": 1, "offset": 0})
    return [], first["total"] if first else 0


def _listed(values: Collection[str] | None) -> list[str] | None:
    return None if values is None else list(values)


def _digest(request: TimeOffRequest) -> bytes:
    return hashlib.sha256(msgspec.json.encode(content_of(request))).digest()


def _values(tx: Transaction, request: TimeOffRequest) -> Row:
    pieces, whole = request.pieces, request.is_full_day
    return {
        "organization_id": tx.context.organization_id,
        "id": request.id,
        "person_id": request.person_id,
        "business_unit_id": request.business_unit_id,
        "management_unit_id": request.management_unit_id,
        "zone": request.zone,
        "tzdata": TZDATA_VERSION,
        "activity_code_id": request.activity_code_id,
        "paid": request.paid,
        "days": [piece.day for piece in pieces] if whole else None,
        "starts": [piece.starts_at for piece in pieces],
        "ends": [piece.ends_at for piece in pieces],
        "minutes": [piece.minutes for piece in pieces],
        "payable_minutes": [piece.payable_minutes for piece in pieces],
        "earliest_start_offsets": [piece.earliest_start_offset for piece in pieces] if whole else None,
        "latest_end_offsets": [piece.latest_end_offset for piece in pieces] if whole else None,
        "content": _digest(request),
        "status": request.status.value,
        "substatus": None if request.substatus is None else request.substatus.value,
        "notes": request.notes,
        "marked_as_read": request.marked_as_read,
        "submitted_by": request.submitted_by,
        "submitted_at": request.submitted_at,
        "reviewed_by": request.reviewed_by,
        "reviewed_at": request.reviewed_at,
        "modified_by": request.modified_by,
        "modified_at": request.modified_at,
        "sync_version": request.sync_version,
        "version": request.version,
        "now": tx.context.now(),
        "charged_on": [charged_on(piece, request.zone) for piece in pieces],
    }


def _request(row: Row) -> TimeOffRequest:
    return TimeOffRequest(
        id=row["id"],
        person_id=row["person_id"],
        business_unit_id=row["business_unit_id"],
        management_unit_id=row["management_unit_id"],
        zone=row["zone"],
        activity_code_id=row["activity_code_id"],
        paid=row["paid"],
        pieces=tuple(_piece(row, index) for index in range(len(row["starts"]))),
        status=Status(row["status"]),
        substatus=None if row["substatus"] is None else Substatus(row["substatus"]),
        notes=row["notes"],
        marked_as_read=row["marked_as_read"],
        submitted_by=row["submitted_by"],
        submitted_at=row["submitted_at"],
        reviewed_by=row["reviewed_by"],
        reviewed_at=row["reviewed_at"],
        modified_by=row["modified_by"],
        modified_at=row["modified_at"],
        sync_version=row["sync_version"],
        version=row["version"],
        ruling=_ruling(row),
    )


def _ruling(row: Row) -> Ruling | None:
    if row["ruling_code"] is None:
        return None
    return Ruling(
        Status(row["ruling_status"]),
        Substatus(row["ruling_substatus"]),
        row["ruling_code"],
        row["ruling_sentence"],
        row["ruling_plan_id"],
    )


def _piece(row: Row, index: int) -> Piece:
    starts: Sequence[datetime] = row["starts"]
    return Piece(
        starts_at=starts[index],
        ends_at=row["ends"][index],
        minutes=row["minutes"][index],
        payable_minutes=row["payable_minutes"][index],
        day=_at(row["days"], index),
        earliest_start_offset=_at(row["earliest_start_offsets"], index),
        latest_end_offset=_at(row["latest_end_offsets"], index),
    )


def _at(values: Sequence[Any] | None, index: int) -> Any:
    return None if values is None else values[index]
