"""Reading what was mended by itself."""

from shiftline.access.repairs import store
from shiftline.access.repairs.model import Mended, Span
from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.identity.operations.people import find_people

VIEW = "access:decision:view"


async def list_repairs(context: Context, span: Span) -> list[Mended]:
    """What was mended in a span, newest first. Raises PermissionMissing, Invalid for an unknown person or an empty span."""
    require(context, VIEW)
    if span.end <= span.start:
        raise Invalid(Problem("to", f"must be after from, which is {span.start.isoformat()}."))
    async with context.reader() as reader:
        if span.person_id is not None and not await find_people(reader, context.organization_id, [span.person_id]):
            raise Invalid(Problem("userId", f"there is no user with id {span.person_id}.", "not.found"))
        return await store.list_repairs(reader, context.organization_id, span)
