"""What lies on a recording's time line: mute, hold, transfers, pauses, the announcement."""

from typing import Any, cast

from shiftline.conversations.events import ConversationChanged
from shiftline.foundation import events
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.time import Interval
from shiftline.recordings.control import store
from shiftline.recordings.control.model import TimelineEvent
from shiftline.recordings.control.timeline import Version, list_events
from shiftline.recordings.model import Recording
from shiftline.recordings.operations.reading import read_recording

MOST_VERSIONS = 20_000
"""Of one conversation; each change is one."""

_CHANGED: events.EventType = cast("Any", ConversationChanged).EVENT


async def read_timeline(context: Context, recording_id: str) -> tuple[Recording, tuple[TimelineEvent, ...]]:
    """A recording and what lies in it, in order of time. Raises RecordingNotFound, PermissionMissing."""
    async with context.reader() as reader:
        recording = await read_recording(context, reader, recording_id)
        organization_id, conversation_id = recording.organization_id, recording.conversation_id
        versions = await _versions(reader, organization_id, conversation_id)
        pauses = await store.list_pauses(reader, organization_id, [recording_id])
        announcement = await store.find_announcement(reader, organization_id, conversation_id)
    end = recording.ended_at or max(context.now(), recording.started_at)
    found = list_events(
        versions,
        Interval(recording.started_at, end),
        lasts=recording.ended_at is None,
        pauses=pauses.get(recording_id, ()),
        announcement=announcement,
    )
    return recording, found


async def _versions(reader: Reader, organization_id: str, conversation_id: str) -> list[Version]:
    rows = await store.list_versions(reader, organization_id, conversation_id, _CHANGED.name, MOST_VERSIONS)
    decoded = ((at, by, events.decode(_CHANGED.name, _CHANGED.version, body)) for at, by, body in rows)
    return [Version(at, by, each.conversation) for at, by, each in decoded if isinstance(each, ConversationChanged)]
