"""The vendor's topics about units."""

from shiftline.foundation.events import Event, Notification, Topic
from shiftline.workforce.units.events import AgentsMoved

MOVED = "v2.workforcemanagement.agents"

TOPICS: tuple[Topic, ...] = (
    Topic(MOVED, "Agents were moved between management units", permissions=("wfm:agent:edit", "wfm:agent:view")),
)


def notifications(happened: Event) -> list[Notification]:
    """What subscribers are told about an event."""
    if not isinstance(happened, AgentsMoved):
        return []
    unit = happened.destination_id
    body = {
        "requestingUser": {"id": happened.requested_by},
        "destinationManagementUnit": None if unit is None else {"id": unit},
        "results": [{"user": {"id": person_id}, "result": result} for person_id, result in happened.results],
    }
    return [Notification(happened.organization_id, MOVED, body)]
