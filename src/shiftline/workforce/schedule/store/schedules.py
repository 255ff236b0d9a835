"""Schedules and their revisions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from psycopg.types.json import Jsonb

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.workforce.schedule.model import AcceptedBreach, Change, Revision, RevisionKind, Schedule
from shiftline.workforce.schedule.store.statements import SQL, mark


@dataclass(frozen=True, slots=True)
class Weeks:
    """The weeks of a business unit that a new schedule shall cover."""

    business_unit_id: str
    week_date: date
    week_count: int


async def insert_schedule(tx: Transaction, schedule_id: str, weeks: Weeks, change: Change) -> Schedule | None:
    """A new schedule with its first revision; None when the id is taken."""
    values = {
        "id": schedule_id,
        "business_unit_id": weeks.business_unit_id,
        "week_date": weeks.week_date,
        "week_count": weeks.week_count,
    }
    row = await tx.one(SQL["insert_schedule"], {**mark(tx), **_values(change), **values})
    if row is None:
        return None
    schedule = Schedule(**row)
    await _insert_revision(tx, schedule, change)
    return schedule


async def revise_schedule(tx: Transaction, schedule: Schedule, change: Change) -> Schedule:
    """The next revision of a schedule."""
    active = change.kind is not RevisionKind.DELETE
    row = await tx.one(SQL["revise_schedule"], {**mark(tx), **_values(change), "id": schedule.id, "active": active})
    assert row is not None
    revised = Schedule(**row)
    await _insert_revision(tx, revised, change)
    return revised


def _values(change: Change) -> Row:
    forecast = change.short_term_forecast
    return {
        "description": change.description,
        "published": change.published,
        "short_term_forecast": None if forecast is None else Jsonb(forecast),
    }


async def _insert_revision(tx: Transaction, schedule: Schedule, change: Change) -> None:
    values = {
        "schedule_id": schedule.id,
        "number": schedule.version,
        "kind": change.kind.value,
        "published": schedule.published,
        "description": schedule.description,
        "reason": change.reason,
        "restores": change.restores,
        "accepted": msgspec.json.encode(change.accepted).decode(),
    }
    await tx.execute(SQL["insert_revision"], {**mark(tx), **values})


async def find_schedule(reader: Reader, organization_id: str, schedule_id: str) -> Schedule | None:
    """One schedule."""
    row = await reader.one(SQL["find_schedule"], {"organization_id": organization_id, "id": schedule_id})
    return None if row is None else Schedule(**row)


async def list_schedules(
    reader: Reader, organization_id: str, business_unit_id: str, days: tuple[date, date], *, only_published: bool
) -> list[Schedule]:
    """A business unit's schedules that touch the days [first, end)."""
    parameters = {
        "organization_id": organization_id,
        "business_unit_id": business_unit_id,
        "first_day": days[0],
        "end_day": days[1],
        "only_published": only_published,
    }
    return [Schedule(**row) for row in await reader.all(SQL["list_schedules"], parameters)]


async def list_published(
    reader: Reader, organization_id: str, days: tuple[date, date], business_unit_id: str | None = None
) -> list[Schedule]:
    """The schedules in force that touch the days [first, end), of one business unit or of all."""
    parameters = {
        "organization_id": organization_id,
        "business_unit_id": business_unit_id,
        "first_day": days[0],
        "end_day": days[1],
    }
    return [Schedule(**row) for row in await reader.all(SQL["list_published"], parameters)]


async def list_superseded(reader: Reader, organization_id: str, schedule: Schedule) -> list[Schedule]:
    """What else was ever in force over a schedule's weeks."""
    parameters = {
        "organization_id": organization_id,
        "business_unit_id": schedule.business_unit_id,
        "id": schedule.id,
        "first_day": schedule.week_date,
        "end_day": schedule.end_date,
    }
    return [Schedule(**row) for row in await reader.all(SQL["list_superseded"], parameters)]


async def lock_schedules(tx: Transaction, ids: Collection[str], over: Weeks | None = None) -> dict[str, Schedule]:
    """Schedules that stay as they are until the end of the transaction: the named ones, and what is in force over weeks."""
    parameters = {
        **mark(tx),
        "ids": list(ids),
        "business_unit_id": None if over is None else over.business_unit_id,
        "first_day": None if over is None else over.week_date,
        "end_day": None if over is None else date.fromordinal(over.week_date.toordinal() + 7 * over.week_count),
    }
    return {row["id"]: Schedule(**row) for row in await tx.all(SQL["lock_schedules"], parameters)}


async def list_revisions(
    reader: Reader, organization_id: str, schedule_id: str, number: int | None = None
) -> list[Revision]:
    """A schedule's revisions, the latest first, or the one of a number."""
    if number is not None and not 0 < number < 2**31:
        return []
    parameters = {"organization_id": organization_id, "schedule_id": schedule_id, "number": number}
    return [_revision(row) for row in await reader.all(SQL["list_revisions"], parameters)]


async def find_revisions(
    reader: Reader, organization_id: str, schedule_id: str, numbers: Collection[int]
) -> dict[int, Revision]:
    """A schedule's revisions of these numbers."""
    parameters = {"organization_id": organization_id, "schedule_id": schedule_id, "numbers": list(numbers)}
    rows = await reader.all(SQL["find_revisions"], parameters)
    return {row["number"]: _revision(row) for row in rows}


def _revision(row: Row) -> Revision:
    row["kind"] = RevisionKind(row["kind"])
    row["accepted"] = msgspec.convert(row["accepted"], tuple[AcceptedBreach, ...])
    return Revision(**row)


async def was_ever_published(reader: Reader, organization_id: str, schedule_id: str) -> bool:
    """Whether any revision of a schedule was in force."""
    parameters = {"organization_id": organization_id, "schedule_id": schedule_id}
    row = await reader.one(SQL["was_ever_published"], parameters)
    return row is not None and bool(row["published"])


async def find_skills(reader: Reader, organization_id: str, ids: Collection[str]) -> set[str]:
    """Which of these ids are skills of the organization."""
    rows = await reader.all(SQL["find_skills"], {"organization_id": organization_id, "ids": list(ids)})
    return {row["id"] for row in rows}


async def find_outdated(reader: Reader, tzdata: str, now: datetime) -> list[tuple[str, str]]:
    """Organizations and schedules with shifts yet to end that another tzdata resolved."""
    rows = await reader.all(SQL["find_outdated"], {"tzdata": tzdata, "now": now})
    return [(row["organization_id"], row["schedule_id"]) for row in rows]


async def list_outdated_agents(tx: Transaction, schedule_id: str, tzdata: str) -> list[str]:
    """Whose shifts in a schedule another tzdata resolved."""
    parameters = {**mark(tx), "schedule_id": schedule_id, "tzdata": tzdata}
    return [row["agent_id"] for row in await tx.all(SQL["list_outdated_agents"], parameters)]


async def mark_tzdata(tx: Transaction, schedule_id: str, tzdata: str) -> None:
    """Note that the present tzdata says the same of a schedule's shifts."""
    await tx.execute(SQL["mark_tzdata"], {**mark(tx), "schedule_id": schedule_id, "tzdata": tzdata})
