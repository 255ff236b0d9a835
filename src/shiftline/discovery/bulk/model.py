"""Jobs, the queries that select for them, their items, and the facts by which both are judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from shiftline.foundation.time import Interval


class Action(StrEnum):
    """What is done with each recording."""

    EXPORT = "EXPORT"
    DELETE = "DELETE"
    ARCHIVE = "ARCHIVE"


class JobState(StrEnum):
    """How far a job is, in the vendor's words."""

    PENDING = "PENDING"
    READY = "READY"
    PROCESSING = "PROCESSING"
    FULFILLED = "FULFILLED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


OVER = frozenset({JobState.FULFILLED, JobState.CANCELLED, JobState.FAILED})


class Outcome(StrEnum):
    """What became of an item."""

    PROCESSED = "processed"
    SKIPPED = "skipped"
    FAILED = "failed"


class Operator(StrEnum):
    """How a dimension is tested."""

    MATCHES = "matches"
    EXISTS = "exists"
    NOT_EXISTS = "notExists"


class Joined(StrEnum):
    """Whether all must hold, or one."""

    AND = "and"
    OR = "or"


@dataclass(frozen=True, slots=True)
class Test:
    """One predicate: a dimension in the vendor's name."""

    dimension: str
    operator: Operator
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """Predicates of which all must hold, or one."""

    joined: Joined
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """A clause that has clauses beside its own predicates."""

    joined: Joined
    tests: tuple[Test, ...] = ()
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which conversations: begun in an interval, all filters holding. One participant must satisfy a whole segment filter."""

    began: Interval
    conversation_filters: tuple[Filter, ...] = ()
    segment_filters: tuple[Filter, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a job is to do. ``age``: after the start of each recording; ``asked``: the vendor's body as it came."""

    action: Action
    query: Query
    integration_id: str | None = None
    date: datetime | None = None
    age: timedelta | None = None
    asked: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def date_for(self, started_at: datetime) -> datetime | None:
        """When the action is to be done with a recording that began at an instant; None: no date was given."""
        return started_at + self.age if self.age is not None else self.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job and how far it is. ``created_real``: in real time. ``division_ids``: where whoever asked (or started it) may hear; None: everywhere.

    ``obstacle``: why nothing goes on right now, since when; ``retry_at``: not before this instant of real time.
    """

    id: str
    organization_id: str
    wanted: Wanted
    state: JobState
    begin_when_ready: bool
    created_by: str
    created_at: datetime
    created_real: datetime
    division_ids: tuple[str, ...] | None
    started_by: str | None
    started_at: datetime | None
    ended_at: datetime | None
    until_started_at: datetime | None
    until_id: str | None
    conversations: int
    recordings: int
    processed: int
    skipped: int
    failed: int
    problem: str | None
    obstacle: str | None
    obstacle_since: datetime | None

    @property
    def settled(self) -> int:
        """Items that have an outcome."""
        return self.processed + self.skipped + self.failed

    @property
    def percent(self) -> int:
        """Whole percents of its items that have an outcome; 100 only when it is through."""
        if self.state is JobState.FULFILLED:
            return 100
        return 0 if self.recordings == 0 else min(99, self.settled * 100 // self.recordings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What a job is for, once: a recording, or a conversation without one that says why it is skipped."""

    position: int
    conversation_id: str
    recording_id: str | None
    due_at: datetime
    outcome: Outcome | None = None
    problem: str | None = None
    at: datetime | None = None
    object_key: str | None = None
    object_sha256: bytes | None = None
    object_size: int | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantFacts:
    """One who took part in a conversation, as filters see them. ``recorded``: there is a recording of their leg."""

    id: str
    purpose: str
    direction: str
    person_id: str | None = None
    queue_id: str | None = None
    name: str | None = None
    address: str | None = None
    disconnect_type: str | None = None
    wrapup_code: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    recorded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFacts:
    """A conversation as filters see it; ``medium`` as ``conversations.model`` has it."""

    id: str
    medium: str
    direction: str
    started_at: datetime
    ended_at: datetime | None
    division_ids: tuple[str, ...]
    external_tag: str | None
    participants: tuple[ParticipantFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFacts:
    """A recording as the selection sees it."""

    id: str
    conversation_id: str
    participant_id: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item to be: a recording, or why a conversation is skipped."""

    conversation_id: str
    recording_id: str | None
    due_at: datetime
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an item, and what was stored of it."""

    item: Item
    outcome: Outcome
    problem: str | None = None
    object_key: str | None = None
    object_sha256: bytes | None = None
    object_size: int | None = None


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are wanted; None does not restrict."""

    state: str | None = None
    action: str | None = None
    created_by: str | None = None
