"""Access over HTTP: why, decisions, attempts, and what the client saw."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import Parameter
from msgspec import Meta

from shiftline.access.endpoints.asked import FOR_ALL, TAGS, At, ConversationId, QueueId, UserId, check, instant, person
from shiftline.access.model.connecting import Action, Question
from shiftline.access.operations import deciding as operations
from shiftline.access.wire.decisions import AccessAttempts, AccessDecision
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.recordings.operations.vault import Vault, inspect_storage


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
    question = Question(action, instant(at, "at"), conversation_id, queue_id)
    check(question)
    vault: Vault | None = request.app.state.get("vault")
    storage = None if vault is None else inspect_storage(vault.keys)
    described = await operations.explain_access(context, person(context, user_id), question, storage)
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
    last = instant(end, "to") or context.now()
    first = instant(start, "from") or last - timedelta(days=1)
    found = await operations.list_attempts(context, person(context, user_id), first, last)
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


async def _decision(context: Context, described: Mapping[str, Any]) -> AccessDecision:
    body = msgspec.convert(described, AccessDecision)
    body.revision = None if context.reading is None else await context.reading.revision()
    return body


ROUTES = [get_why, get_decision, get_attempts, post_trace, post_insights]
