"""Exports on a topic of our own: how far they are."""

from shiftline.discovery.exports.events import ExportAdvanced, ExportSealed
from shiftline.foundation.events import Event, Notification, Topic

TOPICS: tuple[Topic, ...] = (
    Topic(
        pattern="v2.shiftline.discovery.exports.{id}",
        description="A legal export reached a step, stored more, or has a problem.",
        permissions=("discovery:export:view",),
    ),
)


def notifications(happened: Event) -> list[Notification]:
    """The messages that an event makes."""
    if isinstance(happened, ExportSealed):
        body = {"id": happened.export_id, "status": "sealed", "step": "sealed", "root": happened.root}
    elif isinstance(happened, ExportAdvanced):
        body = {
            "id": happened.export_id,
            "status": happened.status,
            "step": happened.step,
            "objects": {"total": happened.total_objects, "stored": happened.stored_objects},
            "bytes": {"total": happened.total_bytes, "stored": happened.stored_bytes},
            "problem": happened.problem,
        }
    else:
        return []
    topic = f"v2.shiftline.discovery.exports.{happened.export_id}"
    return [Notification(happened.organization_id, topic, body)]
