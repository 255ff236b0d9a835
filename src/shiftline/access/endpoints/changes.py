"""What changed somebody's access, and what happened around them, over HTTP."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from litestar import Request, get
from litestar.params import Parameter
from msgspec import Meta

from shiftline.access.endpoints.asked import FOR_ALL, TAGS, ConversationId, QueueId, UserId, check, instant, person
from shiftline.access.model.connecting import Action, Question
from shiftline.access.operations import following
from shiftline.access.wire.changes import AccessDifference, AccessTimeline, write_difference, write_timeline
from shiftline.foundation.context import Context

From = Annotated[datetime, Meta(tz=True), Parameter(query="from")]
To = Annotated[datetime | None, Meta(tz=True), Parameter(query="to")]


AnyRequest = Request[Any, Any, Any]


def _find_arrivals(request: AnyRequest) -> following.FindArrivals | None:
    return getattr(request.app.state, "find_arrivals", None)


@get("/api/v2/shiftline/access/difference", operation_id="getShiftlineAccessDifference", opt=FOR_ALL, tags=TAGS)
async def get_difference(
    request: AnyRequest,
    context: Context,
    *,
    start: From,
    end: To = None,
    user_id: UserId = "me",
    action: Action = "connect",
    conversation_id: ConversationId = None,
    queue_id: QueueId = None,
) -> AccessDifference:
    """What changed between two instants (the second is now unless given) in whether a user may sign in, connect or receive
    calls, or is recorded: each event that did it, with who and when, or that it came by itself.
    """
    question = Question(action, None, conversation_id, queue_id)
    check(question)
    since, until = instant(start, "from"), instant(end, "to") or context.now()
    assert since is not None
    span = since, until
    found = await following.find_difference(context, person(context, user_id), question, span, _find_arrivals(request))
    return write_difference(found)


@get("/api/v2/shiftline/access/timeline", operation_id="getShiftlineAccessTimeline", opt=FOR_ALL, tags=TAGS)
async def get_timeline(
    request: AnyRequest,
    context: Context,
    *,
    user_id: UserId = "me",
    start: Annotated[datetime | None, Meta(tz=True), Parameter(query="from")] = None,
    end: To = None,
) -> AccessTimeline:
    """What happened around a user in a span (by default the last day): one lane for each room, with the user's attempts, and of
    each event how long after its commit each signalling node had it.
    """
    until = instant(end, "to") or context.now()
    since = instant(start, "from") or until - timedelta(days=1)
    happened, attempts = await following.list_timeline(
        context, person(context, user_id), (since, until), _find_arrivals(request)
    )
    complete = len(happened) < following.EVENTS_AT_MOST and len(attempts) < following.ATTEMPTS_AT_MOST
    return write_timeline(happened, attempts, complete=complete)


ROUTES = [get_difference, get_timeline]
