"""What a presence and a routing status stand for. Data."""

from collections.abc import Mapping

from shiftline.presence.model import RoutingState, SystemPresence
from shiftline.workforce.units.model import ActivityCategory

CATEGORIES: Mapping[SystemPresence, ActivityCategory] = {
    SystemPresence.ON_QUEUE: ActivityCategory.ON_QUEUE_WORK,
    SystemPresence.BREAK: ActivityCategory.BREAK,
    SystemPresence.MEAL: ActivityCategory.MEAL,
    SystemPresence.MEETING: ActivityCategory.MEETING,
    SystemPresence.TRAINING: ActivityCategory.TRAINING,
    SystemPresence.AVAILABLE: ActivityCategory.OFF_QUEUE_WORK,
    SystemPresence.BUSY: ActivityCategory.OFF_QUEUE_WORK,
    SystemPresence.AWAY: ActivityCategory.UNAVAILABLE,
    SystemPresence.IDLE: ActivityCategory.UNAVAILABLE,
    SystemPresence.OFFLINE: ActivityCategory.UNAVAILABLE,
}
"""What a system presence stands for, as long as the routing status does not say otherwise."""

OFF_THE_QUEUE: frozenset[str] = frozenset({RoutingState.NOT_RESPONDING, RoutingState.OFF_QUEUE})
"""Routing statuses in which somebody whose presence is OnQueue gets no work: they are not there."""

SATISFIED_BY: Mapping[str, frozenset[str]] = {
    category: frozenset({category})
    | ({ActivityCategory.UNAVAILABLE} if category is ActivityCategory.TIME_OFF else frozenset())
    for category in ActivityCategory
}
"""Which actual categories a scheduled one asks for. No presence stands for time off: whoever has it is simply not there."""

WORKED: frozenset[str] = frozenset(
    {
        ActivityCategory.ON_QUEUE_WORK,
        ActivityCategory.OFF_QUEUE_WORK,
        ActivityCategory.MEETING,
        ActivityCategory.TRAINING,
    }
)
"""Actual categories that count as worked time."""


def classify_actual(system_presence: str, routing_status: str) -> str:
    """The activity category that somebody is in."""
    presence = SystemPresence(system_presence)
    if presence is SystemPresence.ON_QUEUE and routing_status in OFF_THE_QUEUE:
        return ActivityCategory.UNAVAILABLE
    return CATEGORIES[presence]
