"""Matters, their holds, and what they hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shiftline.foundation.time import Interval


class Kind(StrEnum):
    """PROTECTION: the matter by which the vendor's clients protect conversations from deletion."""

    MATTER = "matter"
    PROTECTION = "protection"


class MatterState(StrEnum):
    """CLOSING: closed, while what it held is being released."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class HoldState(StrEnum):
    """Whether a hold still looks for what it is to take."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A matter; ``held`` counts the recordings that it holds now."""

    id: str
    name: str
    description: str
    kind: Kind
    state: MatterState
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None = None
    closed_by: str | None = None
    close_reason: str | None = None
    held: int = 0


@dataclass(frozen=True, slots=True)
class MatterDraft:
    """What a matter shall be."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which recordings are to be held; all that is given combines, None does not restrict. ``started``: when they began."""

    recording_ids: Sequence[str] | None = None
    conversation_ids: Sequence[str] | None = None
    person_ids: Sequence[str] | None = None
    queue_ids: Sequence[str] | None = None
    started: Interval | None = None


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """What is to be held and why. ``standing``: what is sealed later, too, if it matches."""

    selection: Selection
    reason: str
    standing: bool = False


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A recording that could not be held: it was destroyed before."""

    recording_id: str
    destroyed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold and how far it is: of ``total`` recordings that matched when it was placed, ``taken``, ``already`` held by the
    matter, or ``refused`` because they were destroyed (``refusals``, the first 1000 of them); ``later``: taken when sealed.
    """

    id: str
    matter_id: str
    selection: Selection
    reason: str
    standing: bool
    division_ids: tuple[str, ...] | None
    state: HoldState
    total: int
    taken: int
    already: int
    refused: int
    later: int
    refusals: tuple[Destroyed, ...]
    placed_at: datetime
    placed_by: str
    ended_at: datetime | None = None
    until: tuple[datetime, str] | None = None

    @property
    def done(self) -> int:
        """Recordings that were looked at."""
        return self.taken + self.already + self.refused


@dataclass(frozen=True, slots=True)
class Holder:
    """A matter that holds a recording, since when, by which hold."""

    matter_id: str
    matter_name: str
    hold_id: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRecording:
    """A recording that a matter holds."""

    recording_id: str
    conversation_id: str
    person_id: str | None
    queue_id: str | None
    started_at: datetime
    state: str
    hold_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recording that a hold may take; ``destroyed_at`` None: it may."""

    recording_id: str
    conversation_id: str
    destroyed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Taker:
    """By which hold of which matter a recording is taken."""

    matter_id: str
    matter_name: str
    hold_id: str
