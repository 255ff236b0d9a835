"""Time-off plans in PostgreSQL."""

import msgspec
from psycopg.types.json import Jsonb

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.workforce.timeoff.model import ApprovalRule, HrisType, OverrideType, Plan
from shiftline.workforce.timeoff.store.statements import SQL, mark, stamp_of


async def find_plans(
    reader: Reader, organization_id: str, *, business_unit_id: str | None = None, plan_id: str | None = None
) -> list[Plan]:
    """Plans by name; each filter narrows."""
    parameters = {"organization_id": organization_id, "business_unit_id": business_unit_id, "id": plan_id}
    return [_plan(row) for row in await reader.all(SQL["find_plans"], parameters)]


async def queue_plans(tx: Transaction, business_unit_id: str) -> None:
    """Let other changes of a business unit's plans wait for this one."""
    await tx.one(SQL["lock_plans"], {**mark(tx), "business_unit_id": business_unit_id})


async def insert_plan(tx: Transaction, plan: Plan) -> None:
    """Store a new plan. Raises psycopg's UniqueViolation when the name is taken."""
    await tx.execute(SQL["insert_plan"], {**mark(tx), **_values(plan)})


async def update_plan(tx: Transaction, plan: Plan, *, active: bool = True) -> None:
    """Store a changed plan under the next version. Raises psycopg's UniqueViolation when the name is taken."""
    await tx.execute(SQL["update_plan"], {**mark(tx), **_values(plan), "active": active})


def _values(plan: Plan) -> Row:
    return {
        "id": plan.id,
        "business_unit_id": plan.business_unit_id,
        "name": plan.name,
        "activity_code_ids": list(plan.activity_code_ids),
        "auto_approval_rule": plan.approval_rule.value,
        "days_before_start": plan.days_before_start,
        "restricted_activity_code_ids": list(plan.restricted_code_ids),
        "override_dates": list(plan.overrides),
        "override_types": [kind.value for kind in plan.overrides.values()],
        "enabled": plan.enabled,
        "counts_against_limits": plan.counts_against_limits,
        "owned_by_management_unit": plan.owner_id is not None,
        "management_unit_ids": list(plan.management_unit_ids),
        "hris_time_off_type": None if plan.hris_type is None else Jsonb(msgspec.to_builtins(plan.hris_type)),
    }


def _plan(row: Row) -> Plan:
    units = tuple(row["management_unit_ids"])
    return Plan(
        id=row["id"],
        business_unit_id=row["business_unit_id"],
        name=row["name"],
        activity_code_ids=tuple(row["activity_code_ids"]),
        management_unit_ids=units,
        stamp=stamp_of(row),
        approval_rule=ApprovalRule(row["auto_approval_rule"]),
        days_before_start=row["days_before_start"],
        restricted_code_ids=tuple(row["restricted_activity_code_ids"]),
        overrides={
            day: OverrideType(kind) for day, kind in zip(row["override_dates"], row["override_types"], strict=True)
        },
        enabled=row["enabled"],
        counts_against_limits=row["counts_against_limits"],
        owner_id=units[0] if row["owned_by_management_unit"] else None,
        hris_type=None if row["hris_time_off_type"] is None else HrisType(**row["hris_time_off_type"]),
    )
