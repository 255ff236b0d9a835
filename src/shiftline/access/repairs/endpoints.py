"""Repairs over HTTP."""

from datetime import datetime, timedelta
from typing import Annotated

from litestar import get
from litestar.params import Parameter
from msgspec import Meta

from shiftline.access.repairs import operations
from shiftline.access.repairs.model import Span
from shiftline.access.repairs.wire import AccessRepairs, to_wire
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import to_instant

TAGS = ["Shiftline Access"]
YEARS = range(1990, 2201)


@get("/api/v2/shiftline/access/repairs", operation_id="getShiftlineAccessRepairs", tags=TAGS)
async def get_repairs(
    context: Context,
    start: Annotated[datetime | None, Meta(tz=True), Parameter(query="from")] = None,
    end: Annotated[datetime | None, Meta(tz=True), Parameter(query="to")] = None,
    user_id: Annotated[str | None, Parameter(query="userId", min_length=1, max_length=100)] = None,
) -> AccessRepairs:
    """What was found broken and mended by itself in a span (by default the last day), newest first: at most 500."""
    last = _instant(end, "to") or context.now() + timedelta(seconds=1)
    first = _instant(start, "from") or last - timedelta(days=1)
    found = await operations.list_repairs(context, Span(first, last, user_id))
    return AccessRepairs(entities=[to_wire(each) for each in found])


def _instant(moment: datetime | None, field: str) -> datetime | None:
    # What the type says of a zone is not looked at where a value stands in the query.
    if moment is None:
        return None
    if moment.year not in YEARS:
        raise Invalid(Problem(field, "the year must be from 1990 to 2200.", "invalid.date"))
    return to_instant(moment, field)


ROUTES = [get_repairs]
