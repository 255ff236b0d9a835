"""What in routing contradicts itself, in PostgreSQL."""

from datetime import datetime

from shiftline.foundation.database import Queries, Reader

SQL = Queries.beside(__file__, "repairs.sql")


async def list_idle_interacting(
    reader: Reader, before: datetime, limit: int, only: tuple[str, str] | None = None
) -> list[tuple[str, str]]:
    """Who is INTERACTING since before an instant and handles nothing, as (organization, person); or only that one."""
    organization_id, person_id = only or (None, None)
    parameters = {"organization_id": organization_id, "person_id": person_id, "before": before, "limit": limit}
    rows = await reader.all(SQL["list_idle_interacting"], parameters)
    return [(row["organization_id"], row["person_id"]) for row in rows]
