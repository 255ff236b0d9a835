"""Web callers by WHIP: POST an offer to a queue, GET how it stands, PATCH candidates or an ICE restart, DELETE to hang up.

Everybody may call a queue that is opened to the web; with a token, any queue of one's own organization. Source: RFC 9725.
"""

from typing import Any

from litestar import MediaType, Request, Response, delete, get, patch, post

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

_limits = RateLimits(CALLS_A_MINUTE, key="web.calls.per.address.per.minute", namespace="shiftline.calls")


@post(QUEUE, operation_id="postShiftlineCallsWhip", status_code=201, opt=OPEN, tags=TAGS, media_type=SDP)
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


@post(RESOURCE, operation_id="postShiftlineCallsWhipOffer", status_code=200, opt=OWN, tags=TAGS, media_type=SDP)
async def post_new_offer(
    context: Context, request: Request[Any, Any, Any], queue_id: str, resource: str
) -> Response[str]:
    """A new offer for a call that goes on, after its media process died or when a restart of ICE did not help."""
    del queue_id
    offer = await _read(request, SDP)
    call = await web_callers.renew_web_call(context, *_named(resource), offer)
    return Response(call.answer, status_code=200, media_type=SDP, headers={"ETag": f'"{call.leg.generation}"'})


@patch(RESOURCE, operation_id="patchShiftlineCallsWhip", opt=OWN, tags=TAGS, media_type=FRAGMENT)
async def patch_call(
    context: Context, request: Request[Any, Any, Any], queue_id: str, resource: str
) -> Response[str | None]:
    """Candidates that came later (204), or new credentials: ICE begins anew (200 with ours). Source: RFC 9725 section 4.3."""
    del queue_id
    fragment = await _read(request, FRAGMENT)
    if "a=ice-ufrag" not in fragment:
        await web_callers.add_web_candidates(context, *_named(resource), (fragment,))
        return Response(None, status_code=204, media_type=MediaType.TEXT)
    answer = await web_callers.restart_web_call(context, *_named(resource), fragment)
    if not answer:
        return Response(None, status_code=204, media_type=MediaType.TEXT)
    return Response(answer, status_code=200, media_type=FRAGMENT)


@delete(RESOURCE, operation_id="deleteShiftlineCallsWhip", status_code=200, opt=OWN, tags=TAGS)
async def delete_call(context: Context, queue_id: str, resource: str) -> None:
    """Hang up."""
    del queue_id
    await web_callers.end_web_call(context, *_named(resource))


def _named(resource: str) -> tuple[str, str]:
    """The leg and the secret in a resource's name. Raises NotFound."""
    leg_id, _, secret = resource.partition(".")
    if not leg_id or not secret:
        raise NotFound("call", leg_id)
    return leg_id, secret


async def _read(request: Request[Any, Any, Any], media_type: str) -> str:
    """The body as text. Raises Invalid."""
    kind = (request.headers.get("content-type") or "").partition(";")[0].strip().lower()
    if kind != media_type:
        raise Invalid(Problem("content-type", f"must be {media_type}.", "unsupported.media.type"))
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
