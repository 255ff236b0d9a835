"""Our own operations on recordings: lists, revisions, accesses, waveforms."""

from typing import Annotated, TypeAlias

from litestar import get
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.recordings.endpoints.asking import Asked, Why, uris_of, vault_of
from shiftline.recordings.operations import reading
from shiftline.recordings.operations.controlled import controlled_of
from shiftline.recordings.operations.playing import get_peaks
from shiftline.recordings.operations.timeline import read_timeline
from shiftline.recordings.wire.control import WireTimeline, show_timeline
from shiftline.recordings.wire.media import MEDIA
from shiftline.recordings.wire.own import (
    WireAccess,
    WireOwnRecording,
    WirePeaks,
    WireRevisions,
    read_filter,
    show_access,
    show_own,
    show_peaks,
    show_revisions,
)

ONE = f"{MEDIA}/{{recording_id:str}}"
TAGS = ["Recording"]

OfConversations: TypeAlias = Annotated[str | None, Parameter(query="conversationId", max_length=20_000)]
OfUsers: TypeAlias = Annotated[str | None, Parameter(query="userId", max_length=20_000)]
OfQueues: TypeAlias = Annotated[str | None, Parameter(query="queueId", max_length=20_000)]
Begun: TypeAlias = Annotated[str | None, Parameter(query="interval", max_length=100)]


@get(MEDIA, operation_id="getShiftlineRecordings", tags=TAGS)
async def get_recordings(
    request: Asked,
    context: Context,
    page: Page,
    *,
    conversation_id: OfConversations = None,
    user_id: OfUsers = None,
    queue_id: OfQueues = None,
    interval: Begun = None,
) -> Listing[WireOwnRecording]:
    """Recordings, latest first: of conversations, of agents, of queues, begun in an interval."""
    wanted = read_filter(conversation_id, user_id, queue_id, interval)
    found, total = await reading.list_recordings(context, wanted, page)
    uris, controlled = await uris_of(request, context), await controlled_of(context, found)
    return listing([show_own(each, uris, controlled.of(each)) for each in found], total, page, MEDIA)


@get(ONE, operation_id="getShiftlineRecording", tags=TAGS)
async def get_recording(request: Asked, context: Context, recording_id: str) -> WireOwnRecording:
    """All that is known of a recording."""
    recording = await reading.get_recording(context, recording_id)
    controlled = await controlled_of(context, [recording])
    return show_own(recording, await uris_of(request, context), controlled.of(recording))


@get(f"{ONE}/revisions", operation_id="getShiftlineRecordingRevisions", tags=TAGS)
async def get_revisions(context: Context, recording_id: str) -> WireRevisions:
    """What was known of a recording, since when, and why it changed."""
    return show_revisions(await reading.list_revisions(context, recording_id), recording_id)


@get(f"{ONE}/accesses", operation_id="getShiftlineRecordingAccesses", tags=TAGS)
async def get_accesses(context: Context, recording_id: str, page: Page) -> Listing[WireAccess]:
    """Who heard a recording or was refused it, latest first."""
    found, total = await reading.list_accesses(context, recording_id, page)
    return listing([show_access(each) for each in found], total, page, f"{MEDIA}/{recording_id}/accesses")


@get(f"{ONE}/peaks", operation_id="getShiftlineRecordingPeaks", tags=TAGS)
async def get_waveform(request: Asked, context: Context, recording_id: str, reason: Why = None) -> WirePeaks:
    """A recording's waveform, as audiowaveform's JSON."""
    return show_peaks(await get_peaks(context, vault_of(request), recording_id, reason))


@get(f"{ONE}/events", operation_id="getShiftlineRecordingEvents", tags=TAGS)
async def get_events(context: Context, recording_id: str) -> WireTimeline:
    """What lies in a recording: who came and went, mute, hold, transfers, pauses, the announcement."""
    return show_timeline(*await read_timeline(context, recording_id))


ROUTES = [get_events, get_recordings, get_recording, get_revisions, get_accesses, get_waveform]
