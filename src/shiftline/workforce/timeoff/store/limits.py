"""Time-off limits and their values in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.workforce.timeoff.model import Conversion, Days, Granularity, Limit, Slots
from shiftline.workforce.timeoff.store.statements import SQL, mark, stamp_of


async def find_limits(
    reader: Reader,
    organization_id: str,
    *,
    business_unit_id: str | None = None,
    management_unit_ids: Collection[str] | None = None,
    limit_id: str | None = None,
) -> list[Limit]:
    """Limits by management unit; each filter narrows."""
    parameters = {
        "organization_id": organization_id,
        "business_unit_id": business_unit_id,
        "management_unit_ids": None if management_unit_ids is None else list(management_unit_ids),
        "id": limit_id,
    }
    return [_limit(row) for row in await reader.all(SQL["find_limits"], parameters)]


async def insert_limit(tx: Transaction, limit: Limit) -> None:
    """Store a new limit. Raises psycopg's UniqueViolation when the management unit has one."""
    values = {
        "id": limit.id,
        "business_unit_id": limit.business_unit_id,
        "management_unit_id": limit.management_unit_id,
        "granularity": limit.granularity.value,
        "full_day_start": limit.full_day_start,
    }
    await tx.execute(SQL["insert_limit"], {**mark(tx), **values})


async def raise_version(tx: Transaction, limit: Limit, *, active: bool = True) -> None:
    """Count a change of a limit or its values."""
    await tx.execute(SQL["update_limit"], {**mark(tx), "id": limit.id, "active": active})


async def convert_limit(tx: Transaction, limit: Limit, granularity: Granularity, full_day_start: int | None) -> None:
    """Give a limit another granularity, under the next version."""
    values = {"id": limit.id, "granularity": granularity.value, "full_day_start": full_day_start}
    await tx.execute(SQL["convert_limit"], {**mark(tx), **values})


async def insert_conversion(tx: Transaction, made: Conversion) -> None:
    """Keep that a limit was converted."""
    values = {
        "id": made.id,
        "limit_id": made.limit.id,
        "granularity": made.granularity.value,
        "days": made.day_count,
        "first_day": None if made.days is None else made.days.first,
        "last_day": None if made.days is None else made.days.last,
    }
    await tx.execute(SQL["insert_conversion"], {**mark(tx), **values})


async def list_conversions(reader: Reader, organization_id: str, limit: Limit) -> list[Conversion]:
    """A limit's conversions, the latest first."""
    parameters = {"organization_id": organization_id, "limit_id": limit.id}
    return [
        Conversion(
            id=row["id"],
            limit=limit,
            granularity=Granularity(row["granularity"]),
            day_count=row["days"],
            days=None if row["first_day"] is None else Days(row["first_day"], row["last_day"]),
        )
        for row in await reader.all(SQL["list_conversions"], parameters)
    ]


async def find_values(reader: Reader, organization_id: str, limit: Limit, days: Days) -> Slots:
    """What a limit bears on the days that have values."""
    parameters = {
        "organization_id": organization_id,
        "limit_id": limit.id,
        "first_day": days.first,
        "last_day": days.last,
    }
    return {row["day"]: row["minutes"] for row in await reader.all(SQL["find_limit_values"], parameters)}


async def put_values(tx: Transaction, limit: Limit, values: Mapping[date, Sequence[int]]) -> None:
    """Set what a limit bears on some days."""
    shared = {**mark(tx), "limit_id": limit.id}
    rows = [{**shared, "day": day, "minutes": list(minutes)} for day, minutes in sorted(values.items())]
    await tx.execute_many(SQL["put_limit_value"], rows)


def _limit(row: Row) -> Limit:
    return Limit(
        id=row["id"],
        business_unit_id=row["business_unit_id"],
        management_unit_id=row["management_unit_id"],
        granularity=Granularity(row["granularity"]),
        stamp=stamp_of(row),
        full_day_start=row["full_day_start"],
    )
