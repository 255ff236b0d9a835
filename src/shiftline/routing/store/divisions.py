"""Divisions in PostgreSQL."""

from shiftline.foundation.database import Reader
from shiftline.routing.model.places import Division
from shiftline.routing.store.statements import SQL


async def find_division(reader: Reader, organization_id: str, division_id: str | None) -> Division | None:
    """A division, or the home division when none is named."""
    row = await reader.one(SQL["find_division"], {"organization_id": organization_id, "id": division_id})
    return None if row is None else Division(row["id"], row["name"])
