"""Who marked a recording for deletion is told when a hold ends that."""

from shiftline.foundation.events import Event, Notification, Topic
from shiftline.recordings.matters.events import DeletionStopped

TOPICS: tuple[Topic, ...] = (
    Topic(
        pattern="v2.users.{id}.shiftline.recordingdeletions",
        description="A hold ended the deletion of a recording that the user had marked.",
        permissions=("recording:deletion:view",),
        own=True,
    ),
)


def notifications(happened: Event) -> list[Notification]:
    """The messages that an event makes."""
    if not isinstance(happened, DeletionStopped):
        return []
    body = {
        "id": happened.deletion_id,
        "recordingId": happened.recording_id,
        "conversationId": happened.conversation_id,
        "state": "held",
        "matterId": happened.matter_id,
    }
    topic = f"v2.users.{happened.asked_by}.shiftline.recordingdeletions"
    return [Notification(happened.organization_id, topic, body)]
