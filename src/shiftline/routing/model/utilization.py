"""How much one person handles at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shiftline.routing.model.queues import Medium


@dataclass(frozen=True, slots=True)
class MediaUtilization:
    """How many interactions of a medium one person handles at a time, and which other media may interrupt them."""

    maximum_capacity: int
    interruptable_media_types: tuple[Medium, ...] = ()
    include_non_acd: bool = False


DEFAULT_UTILIZATION: Mapping[Medium, MediaUtilization] = {
    Medium.CALL: MediaUtilization(1),
    Medium.CALLBACK: MediaUtilization(1),
    Medium.CHAT: MediaUtilization(4),
    Medium.EMAIL: MediaUtilization(1, (Medium.CALL, Medium.CALLBACK, Medium.CHAT)),
    Medium.MESSAGE: MediaUtilization(4),
}


@dataclass(frozen=True, slots=True)
class RoutingSettings:
    """An organization's settings of routing."""

    reset_agent_score_on_presence_change: bool = False
    utilization: Mapping[Medium, MediaUtilization] = field(default_factory=lambda: dict(DEFAULT_UTILIZATION))
