"""A repair as it is told."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Mended:
    """What was mended: what was wrong with which entity, since when, what was done, and when that was."""

    id: int
    at: datetime
    event: str
    entity_type: str
    entity_id: str
    person_id: str | None
    person: str | None
    fault: str
    since: datetime | None
    wrong: str
    done: str


@dataclass(frozen=True, slots=True)
class Span:
    """Which repairs are asked for: from ``start`` until before ``end``, of one person or of all, at most so many."""

    start: datetime
    end: datetime
    person_id: str | None = None
    limit: int = 500
