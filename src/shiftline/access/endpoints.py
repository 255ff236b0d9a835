"""Access over HTTP: why, decisions, attempts, and what the client saw."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, get, post
from litestar.params import Parameter
from msgspec import Meta

from shiftline.access import operations
from shiftline.access.wire import AccessAttempts, AccessDecision
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import to_instant

FOR_ALL = {"even_if_barred": True}
TAGS = ["Shiftline Access"]

YEARS = range(1990, 2201)

At = Annotated[datetime | None, Meta(tz=True)]
UserId = Annotated[str, Parameter(query="userId", max_length=100)]


@get("/api/v2/shiftline/access/why", operation_id="getShiftlineAccessWhy", opt=FOR_ALL, tags=TAGS)
async def get_why(
    context: Context, user_id: UserId = "me", action: Literal["sign-in", "connect"] = "connect", at: At = None
) -> AccessDecision:
    """Why a user may or may not sign in or connect, now or at another instant: the sentence first, all blockers,
    what is not a cause, and what would help.
    """
    instant = _instant(at, "at")
    described = await operations.explain_access(context, _person(context, user_id), action, instant)
    return msgspec.convert(described, AccessDecision)


@get(
    "/api/v2/shiftline/access/decisions/{decision_id:str}",
    operation_id="getShiftlineAccessDecision",
    opt=FOR_ALL,
    tags=TAGS,
)
async def get_decision(context: Context, decision_id: str) -> AccessDecision:
    """A decision that was made, with its evidence and what the client itself logged around it."""
    return msgspec.convert(await operations.get_decision(context, decision_id), AccessDecision)


@get("/api/v2/shiftline/access/attempts", operation_id="getShiftlineAccessAttempts", opt=FOR_ALL, tags=TAGS)
async def get_attempts(
    context: Context,
    user_id: UserId = "me",
    start: Annotated[datetime | None, Meta(tz=True), Parameter(query="from")] = None,
    end: Annotated[datetime | None, Meta(tz=True), Parameter(query="to")] = None,
) -> AccessAttempts:
    """The decisions made on a user's attempts in a span (by default the last day), newest first."""
    last = _instant(end, "to") or context.now()
    first = _instant(start, "from") or last - timedelta(days=1)
    found = await operations.list_attempts(context, _person(context, user_id), first, last)
    return AccessAttempts(entities=[msgspec.convert(each, AccessDecision) for each in found])


@post("/api/v2/diagnostics/trace", operation_id="postDiagnosticsTrace", status_code=204, opt=FOR_ALL, tags=TAGS)
async def post_trace(context: Context, request: Request[Any, Any, Any]) -> None:
    """What the softphone itself logged; kept a week beside the attempts, without secrets."""
    body = await request.body()
    if len(body) > operations.TRACE_BYTES:
        raise Invalid(Problem("body", f"a trace has at most {operations.TRACE_BYTES} bytes."))
    try:
        trace = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(Problem("body", "is not JSON.")) from error
    await operations.keep_client_trace(context, trace)


@post(
    "/api/v2/diagnostics/newrelic/insights",
    operation_id="postDiagnosticsNewrelicInsights",
    status_code=204,
    opt=FOR_ALL,
    tags=TAGS,
)
async def post_insights() -> None:
    """The SDK's usage figures: accepted, since it would otherwise keep trying, and dropped."""


def _instant(moment: datetime | None, field: str) -> datetime | None:
    # What the type says of a zone is not looked at where a value stands in the query.
    if moment is None:
        return None
    if moment.year not in YEARS:
        raise Invalid(Problem(field, "the year must be from 1990 to 2200.", "invalid.date"))
    return to_instant(moment, field)


def _person(context: Context, user_id: str) -> str:
    if user_id != "me":
        return user_id
    if context.actor.person_id is None:
        raise Invalid(Problem("userId", "a client-credentials token has no user: name one."))
    return context.actor.person_id


ROUTES = [get_why, get_decision, get_attempts, post_trace, post_insights]
