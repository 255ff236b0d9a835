"""Rotations and who is in them."""

from collections.abc import Collection, Sequence

import msgspec

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.workforce.units.model import Stamp
from shiftline.workforce.workplans.model.agents import Days, Member, Rotation
from shiftline.workforce.workplans.store.plans import mark

SQL = Queries.beside(__file__, "rotations.sql")


def _rotation(row: Row) -> Rotation:
    return Rotation(
        id=row["id"],
        management_unit_id=row["management_unit_id"],
        name=row["name"],
        enabled=row["enabled"],
        days=Days(row["start_date"], row["end_date"]),
        work_plan_ids=tuple(row["work_plan_ids"]),
        members=msgspec.convert(row["members"], tuple[Member, ...]),
        stamp=Stamp(row["version"], row["created_by"], row["created_at"], row["changed_by"], row["since"]),
    )


def _values(rotation: Rotation) -> Row:
    return {
        "id": rotation.id,
        "management_unit_id": rotation.management_unit_id,
        "name": rotation.name,
        "enabled": rotation.enabled,
        "start_date": rotation.days.start,
        "end_date": rotation.days.end,
        "work_plan_ids": list(rotation.work_plan_ids),
    }


def _spans(members: Sequence[Member]) -> Row:
    return {
        "person_ids": [each.person_id for each in members],
        "starts": [each.days.start for each in members],
        "ends": [each.days.end for each in members],
    }


async def find_rotations(
    reader: Reader, organization_id: str, management_unit_id: str, rotation_id: str | None = None
) -> list[Rotation]:
    """The rotations of a management unit by name, or one of them."""
    parameters = {"organization_id": organization_id, "management_unit_id": management_unit_id, "id": rotation_id}
    return [_rotation(row) for row in await reader.all(SQL["find_rotations"], parameters)]


async def lock_rotation(tx: Transaction, management_unit_id: str, rotation_id: str) -> Rotation | None:
    """A rotation of a management unit that stays as it is until the end of the transaction."""
    scope = {**mark(tx), "management_unit_id": management_unit_id, "id": rotation_id}
    if await tx.one(SQL["lock_rotation"], scope) is None:
        return None
    found = await find_rotations(tx, tx.context.organization_id, management_unit_id, rotation_id)
    return found[0] if found else None


async def insert_rotation(tx: Transaction, rotation: Rotation) -> None:
    """Store a new rotation without its agents. Raises psycopg's UniqueViolation when the name is taken."""
    await tx.execute(SQL["insert_rotation"], {**mark(tx), **_values(rotation)})


async def update_rotation(tx: Transaction, rotation: Rotation, *, active: bool = True) -> None:
    """Store a changed rotation under the next version. Raises psycopg's UniqueViolation when the name is taken."""
    await tx.execute(SQL["update_rotation"], {**mark(tx), **_values(rotation), "active": active})


async def find_busy(tx: Transaction, rotation: Rotation, members: Sequence[Member]) -> dict[str, str]:
    """Who of these people is in another rotation on some of their days: its name, by person."""
    parameters = {**mark(tx), **_spans(members), "id": rotation.id}
    return {row["person_id"]: row["name"] for row in await tx.all(SQL["find_busy"], parameters)}


async def leave_other_rotations(tx: Transaction, rotation: Rotation, person_ids: Collection[str]) -> None:
    """Take people out of the rotations of other management units."""
    scope = {**mark(tx), "management_unit_id": rotation.management_unit_id, "person_ids": list(person_ids)}
    await tx.execute(SQL["leave_other_rotations"], scope)


async def replace_members(tx: Transaction, rotation_id: str, gone: Collection[str], put: Sequence[Member]) -> None:
    """Take agents out of a rotation, and store new and changed ones. Raises psycopg's ExclusionViolation where one is in
    two rotations on one day.
    """
    where = {**mark(tx), "id": rotation_id}
    if gone:
        await tx.execute(SQL["drop_members"], {**where, "person_ids": list(gone)})
    if put:
        positions = [each.position for each in put]
        await tx.execute(SQL["put_members"], {**where, **_spans(put), "positions": positions})
