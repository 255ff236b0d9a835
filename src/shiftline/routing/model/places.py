"""What most things here have: a division, and who changed them."""

from dataclasses import dataclass
from datetime import datetime

EVERY_DIVISION = "*"


@dataclass(frozen=True, slots=True)
class Record:
    """Who made and who last changed something, and its version."""

    version: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Division:
    """The division that something belongs to."""

    id: str
    name: str
