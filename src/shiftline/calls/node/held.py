"""What a node holds of a leg beside the engine."""

from dataclasses import asdict, dataclass, field
from typing import Any

from shiftline.calls.media.engine import Engine
from shiftline.calls.model import Leg


@dataclass(slots=True)
class Held:
    """A generation of a leg that the engine has, and how much of its row was carried out."""

    leg: Leg
    described: bool = False
    answered: bool = False
    candidates: int = 0
    digits: int = 0
    restarted: str | None = None
    waiting: bool = False
    recording_id: str | None = None
    silent: tuple[str, str] | None = None
    """The pause and recording of which it was said that nothing is kept."""
    refused: set[str] = field(default_factory=set[str])

    @property
    def line(self) -> tuple[str, str | None, str | None]:
        """The line of work that looks after it: its conversation's, or its own between calls."""
        leg = self.leg
        return line_of(leg.organization_id, leg.conversation_id, leg.id)


def line_of(organization_id: str, conversation_id: str | None, leg_id: str) -> tuple[str, str | None, str | None]:
    """The line of work of a leg."""
    return (organization_id, conversation_id, None if conversation_id else leg_id)


def stats_of(engine: Engine, held: Held) -> dict[str, Any] | None:
    """What the engine measured of a leg, as JSON; None for one that it does not have."""
    try:
        stats = engine.stats(held.leg.key)
    except KeyError:
        return None
    values = asdict(stats)
    at = values.pop("last_packet_at")
    return {**values, "last_packet_at": None if at is None else at.isoformat()}
