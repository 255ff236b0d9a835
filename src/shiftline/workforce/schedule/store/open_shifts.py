"""Open shifts in PostgreSQL."""

from collections.abc import Collection

import msgspec
from psycopg.types.json import Jsonb

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.time import TZDATA_VERSION, find_zone
from shiftline.workforce.schedule.model import Activity, Shift
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftFilter, OpenShiftState, Taker
from shiftline.workforce.schedule.rules.shifts import place

SQL = Queries.beside(__file__, "open_shifts.sql")


async def insert_open_shift(tx: Transaction, open_shift: OpenShift) -> None:
    """A new one."""
    await tx.execute(SQL["insert_open_shift"], _values(open_shift, tx.context.organization_id))


async def update_open_shift(tx: Transaction, open_shift: OpenShift, organization_id: str) -> None:
    """The new state of one that was locked."""
    await tx.execute(SQL["update_open_shift"], _values(open_shift, organization_id))


def _values(open_shift: OpenShift, organization_id: str) -> Row:
    shift, taker, ruling = open_shift.shift, open_shift.taker, open_shift.ruling
    return {
        "organization_id": organization_id,
        "id": open_shift.id,
        "schedule_id": open_shift.schedule_id,
        "schedule_week_date": open_shift.schedule_week_date,
        "business_unit_id": open_shift.business_unit_id,
        "management_unit_id": open_shift.management_unit_id,
        "week_date": open_shift.week_date,
        "shift_id": shift.id,
        "starts_at": shift.start,
        "ends_at": shift.end,
        "zone": shift.zone,
        "paid_minutes": shift.paid_minutes,
        "activities": Jsonb(msgspec.to_builtins(shift.activities)),
        "skill_ids": list(shift.skill_ids),
        "queue_ids": list(open_shift.queue_ids),
        "former_agent_id": open_shift.former_agent_id,
        "reason": open_shift.reason,
        "state": open_shift.state.value,
        "taker_id": None if taker is None else taker.person_id,
        "taker_management_unit_id": None if taker is None else taker.management_unit_id,
        "claimed_at": None if taker is None else taker.at,
        "taken_revision": None if taker is None else taker.revision,
        "ruling_code": None if ruling is None else ruling[0],
        "ruling_sentence": None if ruling is None else ruling[1],
        "opened_by": open_shift.opened_by,
        "opened_at": open_shift.opened_at,
        "changed_by": open_shift.changed_by,
        "changed_at": open_shift.changed_at,
        "version": open_shift.version,
    }


async def list_open_shifts(
    reader: Reader, organization_id: str, wanted: OpenShiftFilter, limit: int
) -> list[OpenShift]:
    """Those that are wanted, the earliest first."""
    parameters = {
        "organization_id": organization_id,
        "ids": None if wanted.ids is None else list(wanted.ids),
        "schedule_id": wanted.schedule_id,
        "business_unit_id": wanted.business_unit_id,
        "management_unit_ids": None if wanted.management_unit_ids is None else list(wanted.management_unit_ids),
        "week_dates": None if wanted.week_dates is None else list(wanted.week_dates),
        "states": None if wanted.states is None else [state.value for state in wanted.states],
        "from": wanted.after,
        "limit": limit,
    }
    return [_open_shift(row) for row in await reader.all(SQL["list_open_shifts"], parameters)]


async def lock_open_shifts(tx: Transaction, organization_id: str, ids: Collection[str]) -> dict[str, OpenShift]:
    """Open shifts that nobody else changes until the end of the transaction, by id."""
    if not ids:
        return {}
    await tx.all(SQL["lock_open_shifts"], {"organization_id": organization_id, "ids": list(ids)})
    # Read after the lock is held: what whoever held it before has made of them.
    found = await list_open_shifts(tx, organization_id, OpenShiftFilter(ids=ids), len(ids))
    return {each.id: each for each in found}


async def lock_due(tx: Transaction, limit: int) -> list[tuple[str, str]]:
    """Organization and id of the next that have begun undecided, in all organizations."""
    rows = await tx.all(SQL["lock_due_open_shifts"], {"now": tx.context.now(), "limit": limit})
    return [(row["organization_id"], row["id"]) for row in rows]


async def find_standing(reader: Reader, organization_id: str, schedule_id: str, shift_id: str) -> str | None:
    """Who works a shift of a schedule as it is now."""
    parameters = {"organization_id": organization_id, "schedule_id": schedule_id, "shift_id": shift_id}
    row = await reader.one(SQL["find_standing_shift"], parameters)
    return None if row is None else row["agent_id"]


async def find_queues(reader: Reader, organization_id: str, ids: Collection[str]) -> set[str]:
    """Which of the ids are queues of the organization."""
    rows = await reader.all(SQL["list_known_queues"], {"organization_id": organization_id, "ids": list(ids)})
    return {row["id"] for row in rows}


def _open_shift(row: Row) -> OpenShift:
    taker = None
    if row["taker_id"] is not None:
        taker = Taker(row["taker_id"], row["taker_management_unit_id"], row["claimed_at"], row["taken_revision"])
    code = row["ruling_code"]
    return OpenShift(
        id=row["id"],
        schedule_id=row["schedule_id"],
        schedule_week_date=row["schedule_week_date"],
        business_unit_id=row["business_unit_id"],
        management_unit_id=row["management_unit_id"],
        week_date=row["week_date"],
        shift=_shift(row),
        queue_ids=tuple(row["queue_ids"]),
        state=OpenShiftState(row["state"]),
        opened_by=row["opened_by"],
        opened_at=row["opened_at"],
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
        reason=row["reason"],
        former_agent_id=row["former_agent_id"],
        taker=taker,
        ruling=None if code is None else (code, row["ruling_sentence"]),
        version=row["version"],
        in_force=row["in_force"],
    )


def _shift(row: Row) -> Shift:
    start, end = row["span"].lower, row["span"].upper
    placed = place(start, end, find_zone(row["zone"]))
    return Shift(
        id=row["shift_id"],
        start=start,
        end=end,
        wall_start=placed.wall_start,
        wall_end=placed.wall_end,
        zone=row["zone"],
        start_disambiguation=placed.start_disambiguation,
        end_disambiguation=placed.end_disambiguation,
        start_offset_seconds=placed.start_offset_seconds,
        end_offset_seconds=placed.end_offset_seconds,
        tzdata=TZDATA_VERSION,
        activities=tuple(msgspec.convert(row["activities"], list[Activity])),
        paid_minutes=row["paid_minutes"],
        skill_ids=tuple(row["skill_ids"]),
        manually_edited=True,
    )
