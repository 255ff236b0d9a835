"""Batches and their results."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A conversation that was asked for, or one recording of it."""

    conversation_id: str
    recording_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch request, and how far it is. ``division_ids``: where whoever asked may hear; None: everywhere."""

    id: str
    organization_id: str
    requested_by: str
    requested_at: datetime
    division_ids: tuple[str, ...] | None
    expected: int
    results: int
    errors: int
    ended_at: datetime | None

    @property
    def done(self) -> bool:
        """Whether every result is settled."""
        return self.ended_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One result. ``known``: there is such a recording; ``state``, ``container`` and ``division_ids`` are what it has now."""

    position: int
    conversation_id: str
    recording_id: str | None
    known: bool
    settled: bool
    problem: str | None
    state: str | None = None
    container: str = ""
    division_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a result: a problem, or None for a recording that can be fetched."""

    position: int
    problem: str | None
