"""Matters and their holds over HTTP, and the vendor's deletion protection."""

from typing import Annotated, Literal, TypeAlias

from litestar import get, post, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.foundation.web.wire import Reference
from shiftline.recordings.matters.operations import opening, placing, protecting
from shiftline.recordings.matters.wire import (
    MATTERS,
    HoldBody,
    MatterBody,
    ProtectionBody,
    ReasonBody,
    ReleaseBody,
    WireHeld,
    WireHold,
    WireMatter,
    WireProtection,
    read_hold,
    read_matter,
    show_failures,
    show_held,
    show_hold,
    show_matter,
)

MATTER = f"{MATTERS}/{{matter_id:str}}"
HOLDS = f"{MATTER}/holds"
HOLD = f"{HOLDS}/{{hold_id:str}}"
PROTECTION = "/api/v2/recordings/deletionprotection"
TAGS = ["Shiftline Legal Hold"]

OfState: TypeAlias = Annotated[
    Literal["open", "closed"] | None, Parameter(query="state", description="All, else these")
]


@get(MATTERS, operation_id="getShiftlineMatters", tags=TAGS)
async def get_matters(context: Context, page: Page, *, wanted: OfState = None) -> Listing[WireMatter]:
    """Matters, latest first, and how many recordings each holds."""
    found, total = await opening.list_matters(context, page, is_open=None if wanted is None else wanted == "open")
    return listing([show_matter(each) for each in found], total, page, MATTERS)


@post(MATTERS, operation_id="postShiftlineMatters", status_code=201, tags=TAGS)
async def post_matter(context: Context, data: MatterBody) -> WireMatter:
    """Open a matter."""
    return show_matter(await opening.open_matter(context, read_matter(data)))


@get(MATTER, operation_id="getShiftlineMatter", tags=TAGS)
async def get_matter(context: Context, matter_id: str) -> WireMatter:
    """A matter, and how many recordings it holds."""
    return show_matter(await opening.get_matter(context, matter_id))


@post(f"{MATTER}/close", operation_id="postShiftlineMatterClose", status_code=200, tags=TAGS)
async def post_close(context: Context, matter_id: str, data: ReasonBody) -> WireMatter:
    """Close a matter: what it holds is released, many recordings while it is ``closing``."""
    return show_matter(await opening.close_matter(context, matter_id, data.reason))


@post(f"{MATTER}/releases", operation_id="postShiftlineMatterReleases", status_code=200, tags=TAGS)
async def post_release(context: Context, matter_id: str, data: ReleaseBody) -> WireMatter:
    """Release recordings from a matter by name, all of them or none."""
    return show_matter(await opening.release_recordings(context, matter_id, data.recording_ids, data.reason))


@get(f"{MATTER}/recordings", operation_id="getShiftlineMatterRecordings", tags=TAGS)
async def get_held(context: Context, matter_id: str, page: Page) -> Listing[WireHeld]:
    """The recordings that a matter holds, latest first."""
    found, total = await opening.list_held(context, matter_id, page)
    return listing([show_held(each) for each in found], total, page, f"{MATTERS}/{matter_id}/recordings")


@get(HOLDS, operation_id="getShiftlineMatterHolds", tags=TAGS)
async def get_holds(context: Context, matter_id: str, page: Page) -> Listing[WireHold]:
    """A matter's holds, latest first, and how far each is."""
    found, total = await placing.list_holds(context, matter_id, page)
    return listing([show_hold(each) for each in found], total, page, f"{MATTERS}/{matter_id}/holds")


@post(HOLDS, operation_id="postShiftlineMatterHolds", status_code=201, tags=TAGS)
async def post_hold(context: Context, matter_id: str, data: HoldBody) -> WireHold:
    """Hold recordings: few at once, many by a job that tells how far it is."""
    return show_hold(await placing.place_hold(context, matter_id, read_hold(data)))


@get(HOLD, operation_id="getShiftlineMatterHold", tags=TAGS)
async def get_hold(context: Context, matter_id: str, hold_id: str) -> WireHold:
    """A hold, and how far it is."""
    return show_hold(await placing.get_hold(context, matter_id, hold_id))


@post(f"{HOLD}/pause", operation_id="postShiftlineMatterHoldPause", status_code=200, tags=TAGS)
async def post_pause(context: Context, matter_id: str, hold_id: str) -> WireHold:
    """Let a hold take nothing more for now; what it took stays held."""
    return show_hold(await placing.pause_hold(context, matter_id, hold_id))


@post(f"{HOLD}/resume", operation_id="postShiftlineMatterHoldResume", status_code=200, tags=TAGS)
async def post_resume(context: Context, matter_id: str, hold_id: str) -> WireHold:
    """Let a paused hold go on where it was."""
    return show_hold(await placing.resume_hold(context, matter_id, hold_id))


@put(PROTECTION, operation_id="putRecordingsDeletionprotection", tags=["Recording"])
async def put_protection(
    context: Context,
    data: ProtectionBody,
    *,
    protect: Annotated[bool, Parameter(query="protect", description="False takes the protection away")] = True,
) -> WireProtection:
    """Hold the recordings of conversations in the matter of deletion protection, or release them from it."""
    change = protecting.protect_conversations if protect else protecting.unprotect_conversations
    return show_failures(await change(context, data.conversation_ids))


@post(PROTECTION, operation_id="postRecordingsDeletionprotection", status_code=200, tags=["Recording"])
async def post_protection(context: Context, data: ProtectionBody) -> list[Reference]:
    """Those of the conversations whose recordings are protected."""
    found = await protecting.list_protected(context, data.conversation_ids)
    return [Reference(id=each, self_uri=f"/api/v2/conversations/{each}") for each in found]


ROUTES = [
    get_matters,
    post_matter,
    get_matter,
    post_close,
    post_release,
    get_held,
    get_holds,
    post_hold,
    get_hold,
    post_pause,
    post_resume,
    put_protection,
    post_protection,
]
