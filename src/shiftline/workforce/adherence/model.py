"""What is scheduled, what is done, and what is judged of it; explanations; kept results."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from shiftline.foundation.time import MINUTE, Interval

UNSCHEDULED = "Unscheduled"
"""The category of time without a scheduled activity."""


class State(StrEnum):
    """How somebody adheres, in the vendor's words."""

    IN = "InAdherence"
    OUT = "OutOfAdherence"
    UNSCHEDULED = "Unscheduled"
    UNKNOWN = "Unknown"
    IGNORED = "Ignored"
    EXPLAINED = "Explained"


class Impact(StrEnum):
    """What it does to the queues, in the vendor's words."""

    POSITIVE = "Positive"
    NEGATIVE = "Negative"
    NEUTRAL = "Neutral"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Settings:
    """A management unit's rules of adherence. None and empty: nothing of the kind is wanted."""

    severe_after: timedelta | None = None
    target_percent: int | None = None
    threshold: timedelta = timedelta(0)
    others_equivalent: bool = False
    track_on_queue: bool = True
    ignored_categories: frozenset[str] = frozenset()
    ignored_code_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Code:
    """An activity code as adherence sees it; with secondary presences, only those will do."""

    id: str
    name: str
    category: str
    secondary_presence_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An activity in force, [start, end). ``code`` None: the unit has no such code."""

    code_id: str
    code: Code | None
    start: datetime
    end: datetime

    @property
    def category(self) -> str | None:
        """The code's category, as far as it is known."""
        return None if self.code is None else self.code.category


@dataclass(frozen=True, slots=True)
class Actual:
    """What somebody does: the primary presence and the routing status, each since when (None: since ever)."""

    system_presence: str
    definition_id: str
    routing_status: str
    presence_at: datetime | None = None
    routing_at: datetime | None = None


class ExplanationStatus(StrEnum):
    """What became of an explanation, in the vendor's words."""

    PENDING = "Pending"
    APPROVED = "Approved"
    DENIED = "Denied"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an agent was not where the schedule had them."""

    id: str
    person_id: str
    management_unit_id: str
    business_unit_id: str
    type: str
    status: ExplanationStatus
    start: datetime
    end: datetime
    notes: str | None
    submitted_by: str
    submitted_at: datetime
    reviewed_by: str | None
    reviewed_at: datetime | None
    version: int

    @property
    def span(self) -> Interval:
        """The time that is explained."""
        return Interval(self.start, self.end)

    @property
    def length_minutes(self) -> int:
        """The same in minutes."""
        return (self.end - self.start) // MINUTE


@dataclass(frozen=True, slots=True)
class ExplanationDraft:
    """What shall be explained, of ``length_minutes`` from ``start``."""

    type: str
    start: datetime
    length_minutes: int
    notes: str | None = None
    status: ExplanationStatus = ExplanationStatus.PENDING


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement of one instant."""

    state: State
    impact: Impact
    actual_category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an agent stands, as boards show it. ``verdict`` is the judgement without grace, since ``verdict_at``."""

    person_id: str
    management_unit_id: str
    business_unit_id: str
    scheduled_code_id: str | None
    scheduled_category: str
    system_presence: str
    definition_id: str
    presence_at: datetime | None
    routing_status: str
    actual_category: str
    state: State
    state_at: datetime
    impact: Impact
    verdict: State
    verdict_at: datetime
    severe: bool = False
    explanation_id: str | None = None
    explanation_version: int | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that an agent's standing follows from. ``ahead``: activities that begin later, soonest first."""

    person_id: str
    management_unit_id: str
    business_unit_id: str
    settings: Settings
    actual: Actual
    scheduled: Scheduled | None = None
    ended_at: datetime | None = None
    ahead: tuple[Scheduled, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A standing with what a board shows beside it, and when it must be judged again by itself."""

    standing: Standing
    code: Code | None
    explanation: Explanation | None
    ahead: tuple[Scheduled, ...]
    due_at: datetime | None


class JobKind(StrEnum):
    """What was asked for. The explanations' are the vendor's words."""

    ADD = "AddExplanation"
    UPDATE = "UpdateExplanation"
    QUERY_AGENT = "QueryAgentExplanations"
    QUERY_UNIT = "QueryBuExplanations"
    UNIT = "UnitHistory"
    BULK = "BulkHistory"
    OWN = "OwnHistory"


@dataclass(frozen=True, slots=True)
class Job:
    """Work that somebody started. ``result`` is the answer's own part, as JSON; ``parts``: how many files there are."""

    id: str
    kind: JobKind
    status: str
    started_by: str
    started_at: datetime
    key: str
    request: Mapping[str, Any] = field(default_factory=dict[str, Any])
    result: bytes | None = None
    parts: int = 0
    error: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Past adherence that is asked for. ``end`` None: until now; ``zone`` None: the management unit's."""

    management_unit_id: str
    start: datetime
    end: datetime | None = None
    person_ids: tuple[str, ...] | None = None
    zone: str | None = None
    exceptions: bool = False
    actuals: bool = False
    scheduled: bool = False
    conformance: bool = True


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is measured and its days, in whole seconds since the epoch; nothing after ``end`` has happened."""

    start: int
    end: int
    days: tuple[tuple[int, int], ...]


ScheduledRow = tuple[int, int, str]
"""Start, end, activity code id."""
PresenceRow = tuple[int, int, str, str]
"""Start, end, system presence, definition id."""
RoutingRow = tuple[int, int, str]
"""Start, end, routing status."""
SpanRow = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Past:
    """An agent's past, each list in order of time and without overlaps; seconds since the epoch."""

    person_id: str
    scheduled: list[ScheduledRow]
    presences: list[PresenceRow]
    routing: list[RoutingRow]
    explained: list[SpanRow]


@dataclass(slots=True)
class Totals:
    """Seconds of one day, or of all of them. ``impact``: those of positive exceptions less those of negative ones."""

    adherence_schedule: int = 0
    conformance_schedule: int = 0
    conformance_actual: int = 0
    exceptions: int = 0
    exception_seconds: int = 0
    impact: int = 0
    schedule: int = 0
    actual: int = 0

    @property
    def adherence_percent(self) -> float | None:
        """How much of the scheduled time was adhered to; None without any."""
        if not self.adherence_schedule:
            return None
        return round(100 * (self.adherence_schedule - self.exception_seconds) / self.adherence_schedule, 2)

    @property
    def conformance_percent(self) -> float | None:
        """Hours on queue by hours scheduled on queue: more than 100 for whoever worked more; None without any."""
        if not self.conformance_schedule:
            return None
        return round(100 * self.conformance_actual / self.conformance_schedule, 2)

    def add(self, other: "Totals") -> None:
        """Add another day."""
        self.adherence_schedule += other.adherence_schedule
        self.conformance_schedule += other.conformance_schedule
        self.conformance_actual += other.conformance_actual
        self.exceptions += other.exceptions
        self.exception_seconds += other.exception_seconds
        self.impact += other.impact
        self.schedule += other.schedule
        self.actual += other.actual


@dataclass(slots=True)
class Deviation:
    """An exception, or a part of one in which nothing changed; seconds since the epoch."""

    start: int
    end: int
    code_id: str
    scheduled_category: str
    actual_category: str
    system_presence: str
    definition_id: str
    routing_status: str
    impact: Impact


@dataclass(frozen=True, slots=True)
class Measured:
    """An agent's past adherence. ``days`` are the window's days; ``actuals``: start, end, category, definition id."""

    person_id: str
    total: Totals
    days: tuple[Totals, ...]
    deviations: tuple[Deviation, ...]
    actuals: tuple[tuple[int, int, str, str], ...] = ()
    scheduled: tuple[ScheduledRow, ...] = ()

    @property
    def impact(self) -> Impact:
        """What all of it did to the queues."""
        if not self.total.schedule:
            return Impact.UNKNOWN
        if not self.total.impact:
            return Impact.NEUTRAL
        return Impact.POSITIVE if self.total.impact > 0 else Impact.NEGATIVE
