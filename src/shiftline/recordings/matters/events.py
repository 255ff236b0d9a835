"""What happened to matters and holds."""

from dataclasses import dataclass
from datetime import datetime

from shiftline.foundation.events import event
from shiftline.recordings.matters.model import Selection

SERVICE = "Recording"
MATTER = ("Matter", "matter_id")


@event("recordings.matter.opened", service=SERVICE, entity=MATTER, action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class MatterOpened:
    """A legal matter was opened."""

    organization_id: str
    matter_id: str
    name: str
    description: str


@event("recordings.matter.closed", service=SERVICE, entity=MATTER)
@dataclass(frozen=True, slots=True, kw_only=True)
class MatterClosed:
    """A legal matter was closed; ``held`` recordings are released from it."""

    organization_id: str
    matter_id: str
    name: str
    reason: str
    held: int


@event("recordings.hold.placed", service=SERVICE, entity=MATTER)
@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced:
    """A matter is to hold recordings: ``total`` matched then. ``selection`` as it was asked for."""

    organization_id: str
    matter_id: str
    hold_id: str
    selection: Selection
    reason: str
    standing: bool
    total: int


@event("recordings.hold.released", service=SERVICE, entity=MATTER)
@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReleased:
    """Recordings were released from a matter by name."""

    organization_id: str
    matter_id: str
    recording_ids: tuple[str, ...]
    reason: str


@event("recordings.deletion.stopped", service=SERVICE, entity=("Recording", "recording_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionStopped:
    """A hold ended a deletion that was marked: ``asked_by`` marked it, and is told."""

    organization_id: str
    recording_id: str
    conversation_id: str
    deletion_id: str
    asked_by: str
    marked_at: datetime
    matter_id: str
    hold_id: str
