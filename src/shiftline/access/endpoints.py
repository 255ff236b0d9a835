"""Access over HTTP: why, decisions, attempts, and what the client saw."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import Parameter
from msgspec import Meta

from shiftline.access import operations
from shiftline.access.model.connecting import OF_CALLS, Action, Question
from shiftline.access.wire import AccessAttempts, AccessDecision
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import to_instant
from shiftline.recordings.operations.vault import Vault, inspect_storage

FOR_ALL = {"even_if_barred": True}
TAGS = ["Shiftline Access"]

YEARS = range(1990, 2201)

At = Annotated[datetime | None, Meta(tz=True)]
UserId = Annotated[str, Parameter(query="userId", max_length=100)]
ConversationId = Annotated[str | None, Parameter(query="conversationId", min_length=1, max_length=100)]
QueueId = Annotated[str | None, Parameter(query="queueId", min_length=1, max_length=100)]


@get("/api/v2/shiftline/access/why", operation_id="getShiftlineAccessWhy", opt=FOR_ALL, tags=TAGS)
async def get_why(
    context: Context,
    request: Request[Any, Any, Any],
    *,
    user_id: UserId = "me",
    action: Action = "connect",
    at: At = None,
    conversation_id: ConversationId = None,
    queue_id: QueueId = None,
) -> AccessDecision:
    """Why a user may or may not sign in, connect or receive calls, why they did not get a call, or whether it is recorded,
    now or at another instant: the sentence first, all blockers, what is not a cause, and what would help.
    """
    question = Question(action, _instant(at, "at"), conversation_id, queue_id)
    _check(question)
    vault: Vault | None = request.app.state.get("vault")
    storage = None if vault is None else inspect_storage(vault.keys)
    described = await operations.explain_access(context, _person(context, user_id), question, storage)
    return await _decision(context, described)


@get(
    "/api/v2/shiftline/access/decisions/{decision_id:str}",
    operation_id="getShiftlineAccessDecision",
    opt=FOR_ALL,
    tags=TAGS,
)
async def get_decision(context: Context, decision_id: str) -> AccessDecision:
    """A decision that was made, with its evidence and what the client itself logged around it."""
    return await _decision(context, await operations.get_decision(context, decision_id))


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


async def _decision(context: Context, described: Mapping[str, Any]) -> AccessDecision:
    body = msgspec.convert(described, AccessDecision)
    body.revision = None if context.reading is None else await context.reading.revision()
    return body


def _check(question: Question) -> None:
    """A queue and a conversation belong to what is received or recorded. Raises Invalid."""
    if question.action in OF_CALLS:
        return
    for field, value in (("conversationId", question.conversation_id), ("queueId", question.queue_id)):
        if value is not None:
            raise Invalid(Problem(field, f"has a meaning only with the action {' or '.join(OF_CALLS)}."))


def _person(context: Context, user_id: str) -> str:
    if user_id != "me":
        return user_id
    if context.actor.person_id is None:
        raise Invalid(Problem("userId", "a client-credentials token has no user: name one."))
    return context.actor.person_id


ROUTES = [get_why, get_decision, get_attempts, post_trace, post_insights]
