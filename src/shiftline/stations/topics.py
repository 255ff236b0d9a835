"""Who is at which station, on the vendor's topic.

Source: UserStationChangeTopicUserStations; ``metadata.action`` makes the softphone SDK read the station again.
"""

from shiftline.foundation.events import Event, Notification, Topic
from shiftline.stations.events import AssociationChanged

TOPICS: tuple[Topic, ...] = (
    Topic(
        pattern="v2.users.{id}.station",
        description="A user was put at a station or left it.",
        permissions=("telephony:otherStationAssociation:view",),
        own=True,
    ),
)


def notifications(happened: Event) -> list[Notification]:
    """The messages that an event makes.

    The softphone SDK takes ``associatedStation`` for the station it has, so the effective one is told: who leaves their
    station and falls back to a default one is ``Associated`` with that.
    """
    if not isinstance(happened, AssociationChanged):
        return []
    has_station = happened.effective_station_id is not None
    station = {
        "id": happened.effective_station_id,
        "name": happened.effective_station_name,
        "associatedUser": {"id": happened.person_id},
    }
    return [
        Notification(
            organization_id=happened.organization_id,
            topic=f"v2.users.{happened.person_id}.station",
            body={"associatedStation": station if has_station else None},
            metadata={"action": "Associated" if has_station else "Disassociated"},
        )
    ]
