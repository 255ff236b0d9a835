"""Presence, routing status and activity on the vendor's topics.

Source: PresenceEventUserPresence, UserRoutingStatusUserRoutingStatus, AgentActivityChangedTopicAgentActivity.
"""

from typing import Any

from shiftline.foundation.events import Event, Notification, Topic
from shiftline.presence.events import Activity, PresenceChanged, RoutingStatusChanged

TOPICS: tuple[Topic, ...] = (
    Topic(pattern="v2.users.{id}.presence", description="What a user is doing changed.", own=True),
    Topic(pattern="v2.users.{id}.routingStatus", description="A user's routing status changed.", own=True),
    Topic(pattern="v2.users.{id}.activity", description="A user's presence or routing status changed.", own=True),
)


def notifications(happened: Event) -> list[Notification]:
    """The messages that an event makes. One change makes one ``.activity``, whatever it touched."""
    if isinstance(happened, PresenceChanged):
        body: dict[str, Any] = {
            "source": happened.source_id,
            "presenceDefinition": {"id": happened.definition_id, "systemPresence": happened.system_presence},
            "primary": happened.primary,
            "message": happened.message,
            "modifiedDate": happened.modified_at,
        }
        activity = _activity(happened, happened.activity)
        return [_notification(happened, "presence", body), *([activity] if happened.primary else [])]
    if isinstance(happened, RoutingStatusChanged):
        status = {"status": happened.status, "startTime": happened.started_at}
        body = {"id": happened.person_id, "routingStatus": status}
        activity = _activity(happened, happened.activity)
        return [_notification(happened, "routingStatus", body), *([] if happened.with_presence else [activity])]
    return []


def _notification(happened: PresenceChanged | RoutingStatusChanged, name: str, body: dict[str, Any]) -> Notification:
    return Notification(happened.organization_id, f"v2.users.{happened.person_id}.{name}", body)


def _activity(happened: PresenceChanged | RoutingStatusChanged, activity: Activity) -> Notification:
    body = {
        "id": happened.person_id,
        "routingStatus": {"status": activity.status, "startTime": activity.started_at},
        "presence": {
            "presenceDefinition": {"id": activity.definition_id, "systemPresence": activity.system_presence},
            "presenceMessage": activity.message,
            "modifiedDate": activity.modified_at,
        },
    }
    return _notification(happened, "activity", body)
