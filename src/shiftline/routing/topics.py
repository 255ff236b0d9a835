"""Who is in which queue, on the vendor's topic. Source: QueueUserEventTopicQueueMember."""

from shiftline.foundation.events import Event, Notification, Topic
from shiftline.routing.events import MemberChanged

TOPICS: tuple[Topic, ...] = (
    Topic(
        pattern="v2.routing.queues.{id}.users",
        description="A user became a member of a queue, joined or left it, or is no member any more.",
        permissions=("routing:queue:view",),
    ),
)


def notifications(happened: Event) -> list[Notification]:
    """The messages that an event makes. Who is no member any more is told as not joined, with ``member`` false."""
    if not isinstance(happened, MemberChanged):
        return []
    body = {
        "id": happened.person_id,
        "user": {"id": happened.person_id},
        "queueId": happened.queue_id,
        "joined": happened.joined,
        "additionalProperties": {"member": happened.member, "ringNumber": happened.ring_number},
    }
    topic = f"v2.routing.queues.{happened.queue_id}.users"
    return [Notification(organization_id=happened.organization_id, topic=topic, body=body)]
