"""What remedies are judged from."""

from dataclasses import dataclass

from shiftline.access.model.connecting import Snapshot
from shiftline.access.model.receiving import Reception
from shiftline.access.model.recording import Recorded, RecordingWish


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a verdict was judged from. What is None was not asked about: calls, whether they are recorded, whether one was."""

    snapshot: Snapshot
    reception: Reception | None = None
    wish: RecordingWish | None = None
    recorded: Recorded | None = None


@dataclass(frozen=True, slots=True)
class Giver:
    """The role that gives the softphone, and the division in which it would be granted."""

    role_id: str
    role: str
    division_id: str
    permissions: tuple[str, ...]
