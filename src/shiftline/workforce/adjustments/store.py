"""Adjustments, reason codes and settings in PostgreSQL."""

from collections.abc import Collection

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.time import Interval
from shiftline.workforce.adjustments.model import Adjustment, CodeState, RangeSetting, ReasonCode, Status, Wanted
from shiftline.workforce.units.model import Stamp

SQL = Queries.beside(__file__)


def _mark(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def fresh_stamp(tx: Transaction) -> Stamp:
    """The stamp of what the transaction makes."""
    by, now = tx.context.actor.id, tx.context.now()
    return Stamp(1, by, now, by, now)


def _stamp(row: Row) -> Stamp:
    return Stamp(row["version"], row["created_by"], row["created_at"], row["changed_by"], row["since"])


def _code(row: Row) -> ReasonCode:
    return ReasonCode(row["id"], row["business_unit_id"], row["name"], CodeState(row["state"]), _stamp(row))


def _adjustment(row: Row) -> Adjustment:
    same = ("id", "person_id", "management_unit_id", "business_unit_id", "reason_code_id", "submitter_notes")
    reviewed = ("reviewer_notes", "reviewed_by", "reviewed_at")
    return Adjustment(
        **{name: row[name] for name in (*same, *reviewed)},
        status=Status(row["status"]),
        start=row["starts_at"],
        end=row["ends_at"],
        stamp=_stamp(row),
    )


def _values(adjustment: Adjustment) -> Row:
    return {
        "id": adjustment.id,
        "person_id": adjustment.person_id,
        "management_unit_id": adjustment.management_unit_id,
        "business_unit_id": adjustment.business_unit_id,
        "reason_code_id": adjustment.reason_code_id,
        "status": adjustment.status.value,
        "start": adjustment.start,
        "end": adjustment.end,
        "submitter_notes": adjustment.submitter_notes,
        "reviewer_notes": adjustment.reviewer_notes,
        "reviewed_by": adjustment.reviewed_by,
        "reviewed_at": adjustment.reviewed_at,
        "active": adjustment.active,
    }


async def list_codes(
    reader: Reader, organization_id: str, business_unit_id: str, ids: Collection[str] | None = None
) -> list[ReasonCode]:
    """A business unit's reason codes by name, all or some; deleted ones are left out."""
    scope = {"organization_id": organization_id, "business_unit_id": business_unit_id}
    rows = await reader.all(SQL["list_codes"], {**scope, "ids": None if ids is None else list(ids)})
    return [_code(row) for row in rows]


async def lock_codes(tx: Transaction, business_unit_id: str, ids: Collection[str]) -> dict[str, ReasonCode]:
    """Some reason codes that stay as they are until the end of the transaction, by id."""
    scope = {**_mark(tx), "business_unit_id": business_unit_id, "ids": list(ids)}
    await tx.all(SQL["lock_codes"], scope)
    return {code.id: code for code in await list_codes(tx, tx.context.organization_id, business_unit_id, ids)}


async def insert_code(tx: Transaction, code: ReasonCode) -> None:
    """Store a new reason code. Raises psycopg's UniqueViolation when the name is taken."""
    values = {"id": code.id, "business_unit_id": code.business_unit_id, "name": code.name, "state": code.state.value}
    await tx.execute(SQL["insert_code"], {**_mark(tx), **values})


async def update_code(tx: Transaction, code: ReasonCode) -> None:
    """Store a changed reason code under the next version. Raises psycopg's UniqueViolation when the name is taken."""
    await tx.execute(SQL["update_code"], {**_mark(tx), "id": code.id, "name": code.name, "state": code.state.value})


async def find_setting(reader: Reader, organization_id: str, business_unit_id: str) -> RangeSetting:
    """How far back agents of a business unit may submit."""
    scope = {"organization_id": organization_id, "business_unit_id": business_unit_id}
    row = await reader.one(SQL["find_setting"], scope)
    if row is None:
        return RangeSetting()
    return RangeSetting(row["range_days"], Stamp(row["version"], None, None, row["changed_by"], row["since"]))


async def put_setting(tx: Transaction, business_unit_id: str, days: int, version: int) -> bool:
    """Change it, given the version that was read (0: none yet); whether that was still so."""
    values = {**_mark(tx), "business_unit_id": business_unit_id, "days": days, "version": version}
    return await tx.one(SQL["change_setting" if version else "put_setting"], values) is not None


async def queue_adjustments(tx: Transaction, person_id: str) -> None:
    """Wait for others who change the agent's adjustments."""
    await tx.one(SQL["queue_adjustments"], {**_mark(tx), "person_id": person_id})


async def find_adjustments(reader: Reader, organization_id: str, wanted: Wanted) -> list[Adjustment]:
    """A page of adjustments by time, and one more if there are more."""
    lists = ("person_ids", "management_unit_ids", "reason_code_ids", "statuses")
    parameters: Row = {name: None if getattr(wanted, name) is None else list(getattr(wanted, name)) for name in lists}
    parameters |= {name: getattr(wanted, name) for name in ("business_unit_id", "after", "before")}
    scope = {"organization_id": organization_id, "start": wanted.span.start, "end": wanted.span.end}
    rows = await reader.all(SQL["find_adjustments"], {**parameters, **scope, "limit": wanted.size + 1})
    return [_adjustment(row) for row in rows]


async def find_within(tx: Transaction, person_id: str, span: Interval) -> list[Adjustment]:
    """An agent's adjustments that meet a span and were not denied."""
    wanted = Wanted(span, person_ids=(person_id,), statuses=(Status.PENDING.value, Status.APPROVED.value))
    return await find_adjustments(tx, tx.context.organization_id, wanted)


async def read_adjustments(reader: Reader, organization_id: str, ids: Collection[str]) -> list[Adjustment]:
    """Adjustments by their ids, in order of time."""
    parameters = {"organization_id": organization_id, "ids": list(ids)}
    return [_adjustment(row) for row in await reader.all(SQL["read_adjustments"], parameters)]


async def insert_adjustment(tx: Transaction, adjustment: Adjustment) -> None:
    """Store a new adjustment of an agent whose adjustments are queued."""
    await tx.execute(SQL["insert_adjustment"], {**_mark(tx), **_values(adjustment)})


async def update_adjustment(tx: Transaction, adjustment: Adjustment) -> None:
    """Store a changed adjustment under the next version."""
    await tx.execute(SQL["update_adjustment"], {**_mark(tx), **_values(adjustment)})
