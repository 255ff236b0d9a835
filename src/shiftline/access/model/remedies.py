"""What remedies are judged from."""

from dataclasses import dataclass

from shiftline.access.model.connecting import Snapshot
from shiftline.access.model.receiving import Reception


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a verdict was judged from. ``reception`` None: it was not asked of calls."""

    snapshot: Snapshot
    reception: Reception | None = None


@dataclass(frozen=True, slots=True)
class Giver:
    """The role that gives the softphone, and the division in which it would be granted."""

    role_id: str
    role: str
    division_id: str
    permissions: tuple[str, ...]
