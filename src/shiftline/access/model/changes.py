"""What happened to a person's access: events by lane, and what became of a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from shiftline.foundation.decision import Decision, Reason

Lane = Literal["workforce", "identity", "presence", "routing", "signalling", "calls", "recording"]
LANES: tuple[Lane, ...] = ("workforce", "identity", "presence", "routing", "signalling", "calls", "recording")


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event at a signalling node: how many seconds after it was written, and how many live sessions it concerned there.

    None: the node lives, and did not have it yet when it ought to.
    """

    node: str
    seconds: float | None
    sessions: int | None


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened, as the audit has it. ``by_name`` None: nobody of ours, or not to be told. ``real_at``: when it was
    written, by the machine's clock. ``arrivals`` None: nothing is known of its way to the nodes, or any more, or it is not to be told.
    """

    id: int
    at: datetime
    event: str
    entity_type: str
    entity_id: str
    action: str
    by: str
    by_name: str | None
    by_division_id: str | None
    correlation_id: str
    body: Mapping[str, Any]
    real_at: datetime
    arrivals: tuple[Arrival, ...] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One gate that judges otherwise from an instant on. One of the two may be missing: a rule that was switched."""

    before: Reason | None
    after: Reason | None


@dataclass(frozen=True, slots=True)
class Flip:
    """From an instant on the verdict is another, or has other reasons. ``by_itself``: nobody did anything, time passed."""

    before: Decision
    after: Decision
    turns: tuple[Turn, ...]
    by_itself: bool
    happened: tuple[Happened, ...] = ()

    @property
    def at(self) -> datetime:
        """From when on."""
        return self.after.evaluated_at

    @property
    def turned(self) -> bool:
        """Whether it allows what it refused, or the other way round."""
        return self.before.allowed is not self.after.allowed


@dataclass(frozen=True, slots=True)
class Difference:
    """A verdict at two instants, and every flip between them."""

    before: Decision
    after: Decision
    flips: tuple[Flip, ...]
