"""Units, agents and activity codes in PostgreSQL."""

from collections.abc import Collection
from dataclasses import asdict

from psycopg.types.json import Jsonb

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.time import Weekday
from shiftline.workforce.units.model import (
    ActivityCategory,
    ActivityCode,
    ActivityCodes,
    Agent,
    AgentDraft,
    BusinessUnit,
    ManagementUnit,
    Stamp,
)

SQL = Queries.beside(__file__)


def _mark(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def _stamp(row: Row) -> Stamp:
    return Stamp(row["version"], row["created_by"], row["created_at"], row["changed_by"], row["changed_at"])


def _business_unit(row: Row) -> BusinessUnit:
    return BusinessUnit(
        id=row["id"],
        name=row["name"],
        division_id=row["division_id"],
        time_zone=row["time_zone"],
        start_day_of_week=Weekday(row["start_day_of_week"]),
        settings=row["settings"],
        stamp=_stamp(row),
    )


def _management_unit(row: Row) -> ManagementUnit:
    return ManagementUnit(
        id=row["id"],
        business_unit_id=row["business_unit_id"],
        name=row["name"],
        division_id=row["division_id"],
        time_zone=row["time_zone"],
        start_day_of_week=Weekday(row["start_day_of_week"]),
        settings=row["settings"],
        stamp=_stamp(row),
        agent_count=row["agent_count"],
    )


def _unit_values(unit: BusinessUnit | ManagementUnit) -> Row:
    return {
        "id": unit.id,
        "name": unit.name,
        "division_id": unit.division_id,
        "time_zone": unit.time_zone,
        "start_day_of_week": unit.start_day_of_week.value,
        "settings": Jsonb(unit.settings),
    }


def fresh_stamp(tx: Transaction) -> Stamp:
    """The stamp of what the transaction makes."""
    by, now = tx.context.actor.id, tx.context.now()
    return Stamp(1, by, now, by, now)


async def find_business_units(reader: Reader, organization_id: str, unit_id: str | None = None) -> list[BusinessUnit]:
    """All business units by name, or the one of an id."""
    rows = await reader.all(SQL["find_business_units"], {"organization_id": organization_id, "id": unit_id})
    return [_business_unit(row) for row in rows]


async def lock_business_unit(tx: Transaction, unit_id: str) -> BusinessUnit | None:
    """A business unit that stays as it is until the end of the transaction."""
    row = await tx.one(SQL["lock_business_unit"], {**_mark(tx), "id": unit_id})
    return None if row is None else _business_unit(row)


async def insert_business_unit(tx: Transaction, unit: BusinessUnit) -> bool:
    """Store a new business unit; False when the id is taken."""
    return await tx.one(SQL["insert_business_unit"], {**_mark(tx), **_unit_values(unit)}) is not None


async def update_business_unit(tx: Transaction, unit: BusinessUnit, *, active: bool = True) -> None:
    """Store a changed business unit under the next version."""
    await tx.execute(SQL["update_business_unit"], {**_mark(tx), **_unit_values(unit), "active": active})


async def find_management_units(
    reader: Reader, organization_id: str, unit_id: str | None = None, business_unit_id: str | None = None
) -> list[ManagementUnit]:
    """Management units by name: all, the one of an id, or those of a business unit."""
    parameters = {"organization_id": organization_id, "id": unit_id, "business_unit_id": business_unit_id}
    return [_management_unit(row) for row in await reader.all(SQL["find_management_units"], parameters)]


async def lock_management_unit(tx: Transaction, unit_id: str) -> ManagementUnit | None:
    """A management unit that stays as it is until the end of the transaction."""
    row = await tx.one(SQL["lock_management_unit"], {**_mark(tx), "id": unit_id})
    return None if row is None else _management_unit(row)


async def insert_management_unit(tx: Transaction, unit: ManagementUnit) -> bool:
    """Store a new management unit; False when the id is taken."""
    values = {**_mark(tx), **_unit_values(unit), "business_unit_id": unit.business_unit_id}
    return await tx.one(SQL["insert_management_unit"], values) is not None


async def update_management_unit(tx: Transaction, unit: ManagementUnit, *, active: bool = True) -> None:
    """Store a changed management unit under the next version."""
    await tx.execute(SQL["update_management_unit"], {**_mark(tx), **_unit_values(unit), "active": active})


async def find_agents(
    reader: Reader,
    organization_id: str,
    *,
    person_ids: Collection[str] | None = None,
    management_unit_id: str | None = None,
    business_unit_id: str | None = None,
) -> list[Agent]:
    """Agents by the id of the person; each filter narrows."""
    parameters = {
        "organization_id": organization_id,
        "person_ids": None if person_ids is None else list(person_ids),
        "management_unit_id": management_unit_id,
        "business_unit_id": business_unit_id,
    }
    return [Agent(**row) for row in await reader.all(SQL["find_agents"], parameters)]


async def lock_agents(tx: Transaction, person_ids: Collection[str]) -> dict[str, str | None]:
    """Where people work now, by person; they stay there until the end of the transaction."""
    rows = await tx.all(SQL["lock_agents"], {**_mark(tx), "person_ids": list(person_ids)})
    return {row["person_id"]: row["management_unit_id"] for row in rows}


async def put_agents(tx: Transaction, person_ids: Collection[str], management_unit_id: str | None) -> None:
    """Make people work in a management unit, or in none."""
    values = {"person_ids": list(person_ids), "management_unit_id": management_unit_id}
    await tx.execute(SQL["put_agents"], {**_mark(tx), **values})


async def change_agent(tx: Transaction, management_unit_id: str, person_id: str, draft: AgentDraft) -> bool:
    """Change an agent of a unit; whether that changed anything."""
    values = {
        "management_unit_id": management_unit_id,
        "person_id": person_id,
        "schedulable": draft.schedulable,
        "sets_minor": draft.sets_minor,
        "minor_until": draft.minor_until,
    }
    return await tx.execute(SQL["change_agent"], {**_mark(tx), **values}) > 0


def _code(row: Row) -> ActivityCode:
    category = ActivityCategory(row["category"])
    lists: Row = {name: tuple(row[name]) for name in ("secondary_presence_ids", "planning_group_ids")}
    values: Row = {**row, **lists, "category": category}
    return ActivityCode(**values)


async def find_activity_codes(reader: Reader, organization_id: str, business_unit_id: str) -> ActivityCodes | None:
    """A business unit's codes, inactive ones too, or None when there is no such unit."""
    of_unit = {"organization_id": organization_id, "id": business_unit_id, "business_unit_id": business_unit_id}
    stamp = await reader.one(SQL["find_codes_stamp"], of_unit)
    rows = await reader.all(SQL["find_activity_codes"], of_unit)
    return (
        None
        if stamp is None
        else ActivityCodes(business_unit_id, {row["id"]: _code(row) for row in rows}, _stamp(stamp))
    )


async def lock_activity_codes(tx: Transaction, business_unit_id: str) -> ActivityCodes | None:
    """The same, staying as they are until the end of the transaction."""
    if await tx.one(SQL["lock_codes_stamp"], {**_mark(tx), "id": business_unit_id}) is None:
        return None
    return await find_activity_codes(tx, tx.context.organization_id, business_unit_id)


async def raise_codes_version(tx: Transaction, business_unit_id: str) -> Stamp:
    """Give the list of codes its next version."""
    row = await tx.one(SQL["raise_codes_version"], {**_mark(tx), "id": business_unit_id})
    assert row is not None
    return _stamp(row)


def _code_values(tx: Transaction, business_unit_id: str, code: ActivityCode) -> Row:
    lists = {
        "secondary_presence_ids": list(code.secondary_presence_ids),
        "planning_group_ids": list(code.planning_group_ids),
    }
    values = {**asdict(code), **lists, "category": code.category.value}
    return {**_mark(tx), **values, "business_unit_id": business_unit_id}


async def insert_activity_codes(tx: Transaction, business_unit_id: str, codes: Collection[ActivityCode]) -> None:
    """Store new codes."""
    await tx.execute_many(SQL["insert_activity_code"], [_code_values(tx, business_unit_id, code) for code in codes])


async def update_activity_code(tx: Transaction, business_unit_id: str, code: ActivityCode) -> None:
    """Store a changed code."""
    await tx.execute(SQL["update_activity_code"], _code_values(tx, business_unit_id, code))
