"""The pages of the codes over HTTP."""

from typing import Annotated

from litestar import get
from litestar.params import Parameter

from shiftline.access.endpoints.asked import FOR_ALL, TAGS
from shiftline.access.operations.reasons import get_reason
from shiftline.access.wire.reasons import AccessReason, write_reason
from shiftline.foundation.context import Context


@get(
    "/api/v2/shiftline/access/reasons/{code:str}",
    operation_id="getShiftlineAccessReason",
    opt=FOR_ALL,
    tags=TAGS,
    sync_to_thread=True,
)
def get_access_reason(context: Context, code: Annotated[str, Parameter(max_length=100)]) -> AccessReason:  # noqa: ARG001
    """The page of a code of decisions; whoever is signed in may read it. An unknown code is answered with those near to it."""
    return write_reason(get_reason(code))


ROUTES = [get_access_reason]
