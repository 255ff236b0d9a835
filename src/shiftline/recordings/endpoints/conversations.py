"""The vendor's operations on the recordings of a conversation."""

from typing import Annotated

from litestar import get, put
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.recordings.endpoints.asking import Asked, Download, FileName, FormatId, MediaFormats, uris_of, written_of
from shiftline.recordings.operations import reading, retention
from shiftline.recordings.operations.controlled import controlled_of
from shiftline.recordings.wire.vendor import (
    RecordingBody,
    WireMetadata,
    WireRecording,
    show_metadata,
    show_recording,
    wants_media,
)

OF = "/api/v2/conversations/{conversation_id:str}"
TAGS = ["Recording"]


@get(f"{OF}/recordingmetadata", operation_id="getConversationRecordingmetadata", tags=TAGS)
async def get_metadata_of_all(context: Context, conversation_id: str) -> list[WireMetadata]:
    """What is known of a conversation's recordings."""
    found = await reading.list_of_conversation(context, conversation_id)
    controlled = await controlled_of(context, found)
    return [show_metadata(each, controlled.of(each)) for each in found]


@get(
    f"{OF}/recordingmetadata/{{recording_id:str}}",
    operation_id="getConversationRecordingmetadataRecordingId",
    tags=TAGS,
)
async def get_metadata(context: Context, conversation_id: str, recording_id: str) -> WireMetadata:
    """What is known of a recording."""
    recording = await reading.get_recording(context, recording_id, conversation_id)
    return show_metadata(recording, (await controlled_of(context, [recording])).of(recording))


@get(f"{OF}/recordings", operation_id="getConversationRecordings", tags=TAGS)
async def get_recordings(
    request: Asked,
    context: Context,
    conversation_id: str,
    *,
    max_wait_ms: Annotated[int | None, Parameter(query="maxWaitMs", ge=0, description="Nothing is waited for")] = None,
    format_id: FormatId = None,
    media_formats: MediaFormats = None,
) -> list[WireRecording]:
    """A conversation's recordings, and where they are heard."""
    del max_wait_ms
    uris = await uris_of(request, context) if wants_media(format_id, media_formats) else None
    found = await reading.list_of_conversation(context, conversation_id)
    controlled = await controlled_of(context, found)
    return [
        show_recording(
            each, uris, controlled.of(each), uris and await written_of(request, context, each, controlled.of(each))
        )
        for each in found
    ]


@get(f"{OF}/recordings/{{recording_id:str}}", operation_id="getConversationRecording", tags=TAGS)
async def get_recording(
    request: Asked,
    context: Context,
    conversation_id: str,
    recording_id: str,
    *,
    format_id: FormatId = None,
    media_formats: MediaFormats = None,
    download: Download = False,
    file_name: FileName = None,
) -> WireRecording:
    """A recording, and where it is heard."""
    wanted = wants_media(format_id, media_formats)
    uris = await uris_of(request, context, download=download, file_name=file_name) if wanted else None
    recording = await reading.get_recording(context, recording_id, conversation_id)
    controlled = (await controlled_of(context, [recording])).of(recording)
    written = uris and await written_of(request, context, recording, controlled)
    return show_recording(recording, uris, controlled, written)


@put(f"{OF}/recordings/{{recording_id:str}}", operation_id="putConversationRecording", tags=TAGS)
async def put_recording(
    request: Asked, context: Context, conversation_id: str, recording_id: str, data: RecordingBody
) -> WireRecording:
    """Say when a recording is archived and deleted; a date that is left out is taken away."""
    changed = await retention.set_retention(context, recording_id, conversation_id, data.archive_date, data.delete_date)
    controlled = await controlled_of(context, [changed])
    return show_recording(changed, await uris_of(request, context), controlled.of(changed))


ROUTES = [get_metadata_of_all, get_metadata, get_recordings, get_recording, put_recording]
