"""Recordings on the vendor's topics: told to whoever took part once one can be heard, or is lost.

Source: RecordingEventRecording. No media uris are told: they are bound to whoever asks for them.
"""

from shiftline.foundation.events import Event, Notification, Topic
from shiftline.recordings.events import RecordingLost, RecordingSealed

TOPICS: tuple[Topic, ...] = (
    Topic(
        pattern="v2.users.{id}.conversations.{id}.recordings",
        description="A recording of a user's conversation can be heard, or is lost.",
        permissions=("recording:recording:view",),
        own=True,
    ),
)


def notifications(happened: Event) -> list[Notification]:
    """The messages that an event makes."""
    if not isinstance(happened, RecordingSealed | RecordingLost):
        return []
    state = "AVAILABLE" if isinstance(happened, RecordingSealed) else "ERROR"
    body = {
        "id": happened.recording_id,
        "conversationId": happened.conversation_id,
        "fileState": state,
        "mediaUris": [],
        "estimatedTranscodeTimeMs": 0,
        "actualTranscodeTimeMs": 0,
    }
    topics = (
        f"v2.users.{person_id}.conversations.{happened.conversation_id}.recordings" for person_id in happened.person_ids
    )
    return [Notification(happened.organization_id, topic, body) for topic in topics]
