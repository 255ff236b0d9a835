"""The plans themselves."""

from collections.abc import Collection
from datetime import date

import msgspec
from psycopg.types.json import Jsonb

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.workforce.units.model import Stamp
from shiftline.workforce.workplans.model import PlanShift, Terms, WorkPlan

SQL = Queries.beside(__file__)


def mark(tx: Transaction) -> Row:
    """Whose the rows are, and when and by whom they change."""
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def fresh_stamp(tx: Transaction) -> Stamp:
    """The stamp of what the transaction makes."""
    by, now = tx.context.actor.id, tx.context.now()
    return Stamp(1, by, now, by, now)


def _plan(row: Row) -> WorkPlan:
    return WorkPlan(
        id=row["id"],
        management_unit_id=row["management_unit_id"],
        name=row["name"],
        enabled=row["enabled"],
        valid=row["consistent"],
        terms=msgspec.convert(row["terms"], Terms),
        shifts=msgspec.convert(row["shifts"], tuple[PlanShift, ...]),
        stamp=Stamp(row["version"], row["created_by"], row["created_at"], row["changed_by"], row["since"]),
        agent_ids=tuple(row["agent_ids"]),
    )


def _values(plan: WorkPlan) -> Row:
    return {
        "id": plan.id,
        "management_unit_id": plan.management_unit_id,
        "name": plan.name,
        "enabled": plan.enabled,
        "consistent": plan.valid,
        "terms": Jsonb(msgspec.to_builtins(plan.terms)),
        "shifts": Jsonb(msgspec.to_builtins(plan.shifts)),
    }


async def find_work_plans(
    reader: Reader,
    organization_id: str,
    *,
    management_unit_id: str | None = None,
    ids: Collection[str] | None = None,
) -> list[WorkPlan]:
    """Plans by name; each filter narrows."""
    parameters = {
        "organization_id": organization_id,
        "management_unit_id": management_unit_id,
        "ids": None if ids is None else list(ids),
    }
    return [_plan(row) for row in await reader.all(SQL["find_work_plans"], parameters)]


async def lock_work_plan(tx: Transaction, management_unit_id: str, plan_id: str) -> WorkPlan | None:
    """A plan of a management unit that stays as it is until the end of the transaction."""
    scope = {"management_unit_id": management_unit_id, "id": plan_id}
    if await tx.one(SQL["lock_work_plan"], {**mark(tx), **scope}) is None:
        return None
    found = await find_work_plans(tx, tx.context.organization_id, ids=[plan_id])
    return found[0] if found else None


async def hold_work_plans(tx: Transaction, management_unit_id: str, ids: Collection[str]) -> set[str]:
    """Which of the ids are plans of a management unit; these are not deleted until the end of the transaction."""
    parameters = {**mark(tx), "management_unit_id": management_unit_id, "ids": list(ids)}
    return {row["id"] for row in await tx.all(SQL["hold_work_plans"], parameters)}


async def insert_work_plan(tx: Transaction, plan: WorkPlan) -> None:
    """Store a new plan. Raises psycopg's UniqueViolation when the name is taken."""
    await tx.execute(SQL["insert_work_plan"], {**mark(tx), **_values(plan)})


async def update_work_plan(tx: Transaction, plan: WorkPlan, *, active: bool = True) -> None:
    """Store a changed plan under the next version. Raises psycopg's UniqueViolation when the name is taken."""
    await tx.execute(SQL["update_work_plan"], {**mark(tx), **_values(plan), "active": active})


async def count_plan_uses(tx: Transaction, plan_id: str, today: date) -> tuple[int, int]:
    """Of how many agents a plan is that of single weeks that are not over, and how many rotations have it."""
    parameters = {**mark(tx), "id": plan_id, "today": today}
    row = await tx.one(SQL["count_plan_uses"], parameters)
    return (0, 0) if row is None else (row["agents"], row["rotations"])
