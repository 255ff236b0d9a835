"""Guests from the web: they begin at a deployment, and everything else is at the resource whose address has their secret in it.

What is new comes as server-sent events. Everybody may write to a deployment; with a token, to those of one's own organization.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.openapi import ResponseSpec
from litestar.params import Parameter
from litestar.response import Stream

from shiftline.foundation.bus import Bell
from shiftline.foundation.context import Context
from shiftline.foundation.errors import LimitReached, NotFound
from shiftline.foundation.web.limits import RateLimits
from shiftline.messaging.endpoints.files import BYTES, Asked, FileName, Uploading, download, objects_of, read_content
from shiftline.messaging.model import Guest
from shiftline.messaging.operations import attachments, guests
from shiftline.messaging.wire.own import (
    GuestBody,
    GuestMessageBody,
    WireGuest,
    WireGuestConversation,
    WireGuestMessage,
    WireOpenDeployment,
    read_guest_message,
    show_guest_conversation,
    show_guest_message,
    show_open_deployment,
)
from shiftline.messaging.wire.vendor import OURS, WireAttachment, show_attachment

TAGS = ["Shiftline Messaging"]
GUESTS = f"{OURS}/guests/{{deployment_id:str}}"
RESOURCE = f"{GUESTS}/{{guest:str}}"
OPEN = {"public": True, "token_if_given": True}
OWN = {**OPEN, "secret_in_path": True}
EVENTS = "text/event-stream"

GUESTS_A_MINUTE = 60
"""New guests of one address."""
MESSAGES_A_MINUTE = 60
"""Of one guest: a person writes a few."""
FILES_A_MINUTE = 20
"""Of one address: each is up to five megabytes."""
STREAMS_OF_ONE_GUEST = 4
"""Tabs of one browser."""
STREAM_LIFETIME = 300.0
"""Seconds; whoever listens comes again from where they were."""
LOOK_EVERY = 2.0
"""Seconds between looks without news."""
PAUSE = 0.1
"""Seconds after a look: what is committed meanwhile is told at once."""

_new = RateLimits(GUESTS_A_MINUTE, key="messaging.guests.per.address.per.minute", namespace="shiftline.messaging")
_written = RateLimits(MESSAGES_A_MINUTE, key="messaging.messages.per.guest.per.minute", namespace="shiftline.messaging")
_files = RateLimits(FILES_A_MINUTE, key="messaging.files.per.address.per.minute", namespace="shiftline.messaging")
_streams: Counter[str] = Counter()

After = Annotated[
    int, Parameter(query="after", ge=0, le=1_000_000, description="Only what was written after this position")
]


@get(GUESTS, operation_id="getShiftlineMessagingGuestDeployment", opt=OPEN, tags=TAGS)
async def get_open_deployment(context: Context, request: Asked, deployment_id: str) -> WireOpenDeployment:
    """What a guest's page needs before it writes."""
    origin = request.headers.get("origin")
    return show_open_deployment(await guests.get_open_deployment(context, deployment_id, origin))


@post(GUESTS, operation_id="postShiftlineMessagingGuests", status_code=201, opt=OPEN, tags=TAGS)
async def post_guest(context: Context, request: Asked, deployment_id: str, data: GuestBody) -> Response[WireGuest]:
    """Begin as a guest: the answer names the resource of this browser. Nothing is written yet, and nobody is asked."""
    limits = _new.count((context.remote_address or "").encode(), context.clock.real_now())
    guest, secret = await guests.begin_guest(context, deployment_id, data.name, request.headers.get("origin"))
    resource = f"{request.url.path}/{guest.id}.{secret}"
    return Response(WireGuest(resource=resource), status_code=201, headers={**limits, "Location": resource})


@get(RESOURCE, operation_id="getShiftlineMessagingGuest", opt=OWN, tags=TAGS)
async def get_conversation(context: Context, deployment_id: str, guest: str, after: After = 0) -> WireGuestConversation:
    """How the guest's conversation stands, and what was written in it after a position (at most 200 messages)."""
    known = await guests.find_guest(context, *_named(guest))
    return show_guest_conversation(*await guests.list_for_guest(context, known, after), _path(deployment_id, guest))


@post(f"{RESOURCE}/messages", operation_id="postShiftlineMessagingGuestMessages", status_code=201, opt=OWN, tags=TAGS)
async def post_message(
    context: Context, deployment_id: str, guest: str, data: GuestMessageBody
) -> Response[WireGuestMessage]:
    """Write: the first message begins a conversation that waits for an agent."""
    guest_id, secret = _named(guest)
    await guests.find_guest(context, guest_id, secret)
    limits = _written.count(guest_id.encode(), context.clock.real_now())
    message = await guests.write_as_guest(context, guest_id, secret, read_guest_message(data))
    shown = show_guest_message(message, _path(deployment_id, guest))
    return Response(shown, status_code=201, headers=dict(limits))


@delete(RESOURCE, operation_id="deleteShiftlineMessagingGuest", status_code=200, opt=OWN, tags=TAGS)
async def delete_conversation(context: Context, deployment_id: str, guest: str) -> None:
    """End the conversation; the next message begins another."""
    del deployment_id
    await guests.leave_as_guest(context, *_named(guest))


@post(
    f"{RESOURCE}/attachments",
    operation_id="postShiftlineMessagingGuestAttachments",
    operation_class=Uploading,
    status_code=201,
    opt=OWN,
    tags=TAGS,
)
async def post_attachment(
    request: Asked, context: Context, deployment_id: str, guest: str, name: FileName
) -> WireAttachment:
    """Let a file in that will be sent with a message: the body is its content. A refusal says why."""
    known = await guests.find_guest(context, *_named(guest))
    _files.count((context.remote_address or "").encode(), context.clock.real_now())
    content = await read_content(request)
    kept = await attachments.keep_for_guest(context, objects_of(request), known, name, content)
    return show_attachment(kept, f"{_path(deployment_id, guest)}/attachments/{kept.id}")


@get(
    f"{RESOURCE}/attachments/{{attachment_id:str}}",
    operation_id="getShiftlineMessagingGuestAttachment",
    media_type=BYTES,
    opt=OWN,
    tags=TAGS,
)
async def get_attachment(
    request: Asked, context: Context, deployment_id: str, guest: str, attachment_id: str
) -> Response[bytes]:
    """A file of the guest's conversation."""
    del deployment_id
    known = await guests.find_guest(context, *_named(guest))
    return download(*await attachments.read_as_guest(context, objects_of(request), known, attachment_id))


@get(
    f"{RESOURCE}/events",
    operation_id="getShiftlineMessagingGuestEvents",
    opt=OWN,
    media_type=EVENTS,
    responses={
        200: ResponseSpec(
            str,
            description="Events, each with WireGuestConversation as data",
            generate_examples=False,
            media_type=EVENTS,
        )
    },
    tags=TAGS,
)
async def get_events(
    request: Asked,
    context: Context,
    deployment_id: str,
    guest: str,
    last_event_id: Annotated[str | None, Parameter(header="Last-Event-ID", max_length=200)] = None,
) -> Response[Any]:
    """What is new in the guest's conversation, as server-sent events, for five minutes; then come again.

    Each event's data is the conversation as ``getShiftlineMessagingGuest`` shows it with the messages that are new; its id,
    sent as ``Last-Event-ID``, goes on from there.
    """
    known = await guests.find_guest(context, *_named(guest))
    if _streams[known.id] >= STREAMS_OF_ONE_GUEST:
        raise LimitReached(
            f"This guest listens {STREAMS_OF_ONE_GUEST} times already.",
            limit=("messaging.streams.per.guest", "shiftline", STREAMS_OF_ONE_GUEST),
            retry_after=timedelta(seconds=5),
        )
    bell: Bell = getattr(request.app.state, "news", None) or Bell()
    events = _events(context, known, bell, _path(deployment_id, guest), last_event_id or "")
    return Stream(events, media_type=EVENTS, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})  # type: ignore[return-value]


async def _events(context: Context, guest: Guest, bell: Bell, resource: str, last: str) -> AsyncGenerator[bytes]:
    """Events from a place on: ``conversation:position``. A conversation that began meanwhile is told from its beginning."""
    loop = asyncio.get_running_loop()
    ends, told = loop.time() + STREAM_LIFETIME, b""
    conversation_id, _, text = last.partition(":")
    after = int(text) if text.isdecimal() and len(text) < len(str(10**9)) else 0
    _streams[guest.id] += 1
    try:
        while loop.time() < ends:
            news = bell.listen()
            status, written = await guests.list_for_guest(context, guest, after)
            if status.conversation_id != conversation_id:
                if after:
                    status, written = await guests.list_for_guest(context, guest, 0)
                conversation_id, after = status.conversation_id or "", 0
            after = written[-1].position if written else after
            shown = msgspec.json.encode(show_guest_conversation(status, written, resource))
            if written or shown != told:
                yield b"id: %s:%d\ndata: %s\n\n" % (conversation_id.encode(), after, shown)
                told = shown if not written else msgspec.json.encode(show_guest_conversation(status, [], resource))
            else:
                yield b": still here\n\n"
            await asyncio.sleep(PAUSE)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), LOOK_EVERY)
    finally:
        _streams[guest.id] -= 1
        if _streams[guest.id] <= 0:
            del _streams[guest.id]


def _path(deployment_id: str, guest: str) -> str:
    return f"{OURS}/guests/{deployment_id}/{guest}"


def _named(guest: str) -> tuple[str, str]:
    """The guest and the secret in a resource's name. Raises NotFound."""
    guest_id, _, secret = guest.partition(".")
    if not guest_id or not secret:
        raise NotFound("guest", guest_id)
    return guest_id, secret


ROUTES = [
    get_open_deployment,
    post_guest,
    get_conversation,
    post_message,
    delete_conversation,
    post_attachment,
    get_attachment,
    get_events,
]
