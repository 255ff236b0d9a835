"""Exceptions from the tenant's shift rule, and overrides of it, over HTTP."""

from typing import Annotated, Literal, TypeAlias

from litestar import get, post
from litestar.params import Parameter

from shiftline.access.shiftrule import operations
from shiftline.access.shiftrule.wire import (
    EXCEPTIONS,
    OVERRIDES,
    ExceptionBody,
    OverrideBody,
    WireException,
    WireOverride,
    read_exception,
    read_override,
    show_exception,
    show_override,
)
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.paging import Listing, Page, listing

TAGS = ["Shiftline Access"]

Wanted: TypeAlias = Annotated[
    Literal["standing", "all"], Parameter(query="state", description="Those that stand, or all")
]
OfUser: TypeAlias = Annotated[str | None, Parameter(query="userId", min_length=1, max_length=100)]


@get(EXCEPTIONS, operation_id="getShiftlineAccessShiftexceptions", tags=TAGS)
async def get_exceptions(context: Context, page: Page, *, wanted: Wanted = "standing") -> Listing[WireException]:
    """Whom the tenant's shift rule does not concern."""
    found, total = await operations.list_exceptions(context, page, standing=wanted == "standing")
    return listing([show_exception(each, context.now()) for each in found], total, page, EXCEPTIONS)


@post(EXCEPTIONS, operation_id="postShiftlineAccessShiftexceptions", status_code=200, tags=TAGS)
async def post_exception(context: Context, data: ExceptionBody) -> WireException:
    """Let the tenant's shift rule not concern a user, a role or a division; one that it does not concern already gets this
    reason and this end.
    """
    return show_exception(await operations.except_from_rule(context, read_exception(data)), context.now())


@post(
    f"{EXCEPTIONS}/{{exception_id:str}}/end",
    operation_id="postShiftlineAccessShiftexceptionEnd",
    status_code=200,
    tags=TAGS,
)
async def post_exception_end(context: Context, exception_id: str) -> WireException:
    """Let the tenant's shift rule concern them again, from now on."""
    return show_exception(await operations.end_exception(context, exception_id), context.now())


@get(OVERRIDES, operation_id="getShiftlineAccessShiftoverrides", tags=TAGS)
async def get_overrides(
    context: Context, page: Page, *, user_id: OfUser = None, wanted: Wanted = "standing"
) -> Listing[WireOverride]:
    """Who was let in outside their shifts, latest first; ``userId`` may be ``me``."""
    person_id = _person(context) if user_id == "me" else user_id
    found, total = await operations.list_overrides(context, page, person_id, standing=wanted == "standing")
    return listing([show_override(each, context.now()) for each in found], total, page, OVERRIDES)


@post(OVERRIDES, operation_id="postShiftlineAccessShiftoverrides", status_code=200, tags=TAGS)
async def post_override(context: Context, data: OverrideBody) -> WireOverride:
    """Let somebody else's softphone connect outside their shifts, from now on and for a time; with the token they have."""
    return show_override(await operations.let_in(context, read_override(data)), context.now())


@post(
    f"{OVERRIDES}/{{override_id:str}}/end",
    operation_id="postShiftlineAccessShiftoverrideEnd",
    status_code=200,
    tags=TAGS,
)
async def post_override_end(context: Context, override_id: str) -> WireOverride:
    """End an override early: outside a shift the session ends at once, as it would by itself."""
    return show_override(await operations.end_override(context, override_id), context.now())


def _person(context: Context) -> str:
    if context.actor.person_id is None:
        raise Invalid(Problem("userId", "a client-credentials token has no user: name one."))
    return context.actor.person_id


ROUTES = [get_exceptions, post_exception, post_exception_end, get_overrides, post_override, post_override_end]
