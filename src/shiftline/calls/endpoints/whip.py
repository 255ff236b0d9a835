"""Web callers by WHIP: POST an offer to a queue, GET how it stands, PATCH candidates or an ICE restart, DELETE to hang up.

Everybody may call a queue that is opened to the web; with a token, any queue of one's own organization. Source: RFC 9725.
"""

from dataclasses import dataclass
from typing import Any

from litestar import MediaType, Request, Response, delete, get, patch, post
from litestar.datastructures import ResponseHeader
from litestar.exceptions import HTTPException
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema

from shiftline.calls.model import WebDraft
from shiftline.calls.operations import web_callers
from shiftline.calls.wire import WireWebCall, WireWebQueue, link_of, show_web_call, show_web_queue
from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, NotFound, Problem
from shiftline.foundation.web.limits import RateLimits

TAGS = ["Shiftline Calls"]
QUEUE = "/api/v2/shiftline/calls/whip/{queue_id:str}"
RESOURCE = f"{QUEUE}/{{resource:str}}"
OPEN = {"public": True, "token_if_given": True}
OWN = {**OPEN, "secret_in_path": True}

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
LARGEST_BODY = 64 * 1024
CALLS_A_MINUTE = 60
"""New web calls of one address."""

LOCATION = ResponseHeader(
    name="Location", value="", description="The call, with the secret by which it is named", documentation_only=True
)
NO_CONTENT = {204: ResponseSpec(None, description="Taken; there is nothing of ours to tell", media_type=MediaType.TEXT)}


def _text(media_type: str, what: str) -> RequestBody:
    """A body of text that is no JSON, for the document: endpoints read it by ``_read``."""
    schema = Schema(type=OpenAPIType.STRING, min_length=1, max_length=LARGEST_BODY)
    return RequestBody(content={media_type: OpenAPIMediaType(schema=schema)}, description=what, required=True)


@dataclass
class Offering(Operation):
    """An operation that takes a session description."""

    def __post_init__(self) -> None:
        """Document its body."""
        self.request_body = _text(SDP, "The caller's offer. Source: RFC 8866, RFC 9725 section 4.2")


@dataclass
class Trickling(Operation):
    """An operation that takes a fragment of a session description."""

    def __post_init__(self) -> None:
        """Document its body."""
        self.request_body = _text(FRAGMENT, "Candidates, or new credentials. Source: RFC 8840, RFC 9725 section 4.3")


_limits = RateLimits(CALLS_A_MINUTE, key="web.calls.per.address.per.minute", namespace="shiftline.calls")


@post(
    QUEUE,
    operation_id="postShiftlineCallsWhip",
    operation_class=Offering,
    status_code=201,
    media_type=SDP,
    response_headers=[LOCATION],
    opt=OPEN,
    tags=TAGS,
)
async def post_offer(context: Context, request: Request[Any, Any, Any], queue_id: str, name: str = "") -> Response[str]:
    """Call a queue: the body is the caller's offer (application/sdp), the answer is ours; ``Location`` is the call.

    Raises LimitReached when too many come from one address.
    """
    limits = _limits.count((context.remote_address or "").encode(), context.clock.real_now())
    offer = await _read(request, SDP)
    origin = request.headers.get("origin")
    draft = WebDraft(queue_id, offer, name=name[:100], origin=origin, address=context.remote_address)
    call = await web_callers.begin_web_call(context, draft)
    location = f"{request.url.path}/{call.leg.id}.{call.secret}"
    links = ", ".join(link_of(server) for server in ice_servers(request, context))
    headers = {
        **limits,
        **({"Link": links} if links else {}),
        "Location": location,
        "ETag": f'"{call.leg.generation}"',
        "Accept-Patch": FRAGMENT,
    }
    return Response(call.answer, status_code=201, media_type=SDP, headers=headers)


@get(QUEUE, operation_id="getShiftlineCallsWhipQueue", opt=OPEN, tags=TAGS)
async def get_queue(context: Context, request: Request[Any, Any, Any], queue_id: str) -> WireWebQueue:
    """What a caller's page needs before it calls: the queue's name, and the servers by which it finds its own addresses."""
    queue = await web_callers.get_web_queue(context, queue_id, request.headers.get("origin"))
    return show_web_queue(queue.id, queue.name, ice_servers(request, context))


def ice_servers(request: Request[Any, Any, Any], context: Context) -> list[dict[str, str]]:
    """STUN and TURN servers for a caller, with credentials that end by themselves."""
    provide = getattr(request.app.state, "ice_servers", None)
    return provide(context.correlation_id, context.clock.real_now()) if provide else []


@get(RESOURCE, operation_id="getShiftlineCallsWhip", opt=OWN, tags=TAGS)
async def get_call(context: Context, queue_id: str, resource: str) -> WireWebCall:
    """How the call stands: state, place in the queue, expected wait."""
    del queue_id
    return show_web_call(await web_callers.get_web_call(context, *_named(resource)))


@post(
    RESOURCE,
    operation_id="postShiftlineCallsWhipOffer",
    operation_class=Offering,
    status_code=200,
    media_type=SDP,
    opt=OWN,
    tags=TAGS,
)
async def post_new_offer(
    context: Context, request: Request[Any, Any, Any], queue_id: str, resource: str
) -> Response[str]:
    """A new offer for a call that goes on, after its media process died or when a restart of ICE did not help."""
    del queue_id
    offer = await _read(request, SDP)
    call = await web_callers.renew_web_call(context, *_named(resource), offer)
    return Response(call.answer, status_code=200, media_type=SDP, headers={"ETag": f'"{call.leg.generation}"'})


@patch(
    RESOURCE,
    operation_id="patchShiftlineCallsWhip",
    operation_class=Trickling,
    media_type=FRAGMENT,
    responses=NO_CONTENT,
    opt=OWN,
    tags=TAGS,
)
async def patch_call(context: Context, request: Request[Any, Any, Any], queue_id: str, resource: str) -> Response[str]:
    """Candidates that came later (204), or new credentials: ICE begins anew (200 with ours). Source: RFC 9725 section 4.3."""
    del queue_id
    fragment = await _read(request, FRAGMENT)
    if "a=ice-ufrag" not in fragment:
        await web_callers.add_web_candidates(context, *_named(resource), (fragment,))
        return _taken()
    answer = await web_callers.restart_web_call(context, *_named(resource), fragment)
    return Response(answer, status_code=200, media_type=FRAGMENT) if answer else _taken()


@delete(RESOURCE, operation_id="deleteShiftlineCallsWhip", status_code=200, opt=OWN, tags=TAGS)
async def delete_call(context: Context, queue_id: str, resource: str) -> None:
    """Hang up."""
    del queue_id
    await web_callers.end_web_call(context, *_named(resource))


def _taken() -> Response[str]:
    return Response("", status_code=204, media_type=MediaType.TEXT)


def _named(resource: str) -> tuple[str, str]:
    """The leg and the secret in a resource's name. Raises NotFound."""
    leg_id, _, secret = resource.partition(".")
    if not leg_id or not secret:
        raise NotFound("call", leg_id)
    return leg_id, secret


async def _read(request: Request[Any, Any, Any], media_type: str) -> str:
    """The body as text. Raises Invalid, HTTPException (415) for another media type."""
    kind = (request.headers.get("content-type") or "").partition(";")[0].strip()
    if kind.lower() != media_type:
        said = f"announced as {kind[:100]}" if kind else "announced as nothing"
        raise HTTPException(f"The body is {said}; it must be {media_type}.", status_code=415)
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > LARGEST_BODY:
        raise Invalid(Problem("body", f"has at most {LARGEST_BODY} bytes."))
    body = await request.body()
    if len(body) > LARGEST_BODY:
        raise Invalid(Problem("body", f"has at most {LARGEST_BODY} bytes."))
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Invalid(Problem("body", "is not UTF-8 text.")) from None


ROUTES = [get_queue, post_offer, get_call, post_new_offer, patch_call, delete_call]
