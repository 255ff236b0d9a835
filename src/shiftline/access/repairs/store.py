"""Repairs in the audit."""

from shiftline.access.repairs.model import Mended, Span
from shiftline.foundation.database import Queries, Reader

SQL = Queries.beside(__file__)


async def list_repairs(reader: Reader, organization_id: str, span: Span) -> list[Mended]:
    """What was mended in a span of the application's time, newest first."""
    parameters = {
        "organization_id": organization_id,
        "start": span.start,
        "end": span.end,
        "person_id": span.person_id,
        "limit": span.limit,
    }
    return [Mended(**row) for row in await reader.all(SQL["list_repairs"], parameters)]
