"""The pages of the codes over HTTP."""

from typing import Annotated

from litestar import get
from litestar.params import Parameter

from shiftline.access.endpoints.asked import FOR_ALL, TAGS
from shiftline.access.operations.reasons import get_reason, list_reasons
from shiftline.access.wire.reasons import AccessReason, AccessReasons, write_reason, write_reasons
from shiftline.foundation.context import Context

REASONS = "/api/v2/shiftline/access/reasons"


@get(REASONS, operation_id="getShiftlineAccessReasons", opt=FOR_ALL, tags=TAGS, sync_to_thread=True)
def get_access_reasons(
    context: Context,  # noqa: ARG001
    q: Annotated[str, Parameter(max_length=200, description="Words that all stand in the page of a code")] = "",
) -> AccessReasons:
    """The codes of decisions, all or those whose pages have some words; whoever is signed in may read them."""
    return write_reasons(list_reasons(q))


@get(
    REASONS + "/{code:str}",
    operation_id="getShiftlineAccessReason",
    opt=FOR_ALL,
    tags=TAGS,
    sync_to_thread=True,
)
def get_access_reason(context: Context, code: Annotated[str, Parameter(max_length=100)]) -> AccessReason:  # noqa: ARG001
    """The page of a code of decisions; whoever is signed in may read it. An unknown code is answered with those near to it."""
    return write_reason(get_reason(code))


ROUTES = [get_access_reasons, get_access_reason]
