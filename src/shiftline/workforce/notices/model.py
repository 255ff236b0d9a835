"""Notices and what they are about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

KEPT_FOR = timedelta(days=60)


class Kind(StrEnum):
    """What a notice is about, in the vendor's words."""

    TIME_OFF = "TimeOffRequest"
    TRADE = "ShiftTrade"
    EXPLANATION = "AdherenceExplanation"
    # COMPAT: ours; the vendor has no rings. Its SDK reads a type that it does not know as "outdated_sdk_version".
    RING = "ShiftTradeRing"
    # COMPAT: ours, as rings are; the vendor has no open shifts.
    OPEN_SHIFT = "OpenShift"


@dataclass(frozen=True, slots=True)
class TimeOffFacts:
    """A time-off request as a notice tells it: whole ``days``, or ``starts`` of parts of days."""

    request_id: str
    person_id: str
    status: str
    days: tuple[date, ...]
    starts: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class TradeFacts:
    """A shift trade as a notice tells it."""

    trade_id: str
    person_id: str
    week_date: date
    one_sided: bool
    state: str
    shift_starts_at: datetime
    target_person_id: str | None = None
    receiving_person_id: str | None = None
    receiving_shift_starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExplanationFacts:
    """An adherence explanation as a notice tells it."""

    explanation_id: str
    person_id: str
    management_unit_id: str
    business_unit_id: str
    type: str
    status: str
    starts_at: datetime
    length_minutes: int
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class RingFacts:
    """A ring of trades as a notice tells it; ``sentence`` says why it stands as it does."""

    ring_id: str
    business_unit_id: str
    week_date: date
    state: str
    people: int
    accepted: int
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class OpenShiftFacts:
    """An open shift as a notice tells it; ``sentence`` says why it stands as it does, ``person_id`` claimed it."""

    open_shift_id: str
    person_id: str
    management_unit_id: str
    business_unit_id: str
    week_date: date
    state: str
    starts_at: datetime
    length_minutes: int
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is told: one version of a request, a trade, an explanation, a ring or an open shift. Exactly one of the facts is there."""

    kind: Kind
    id: str
    version: int
    at: datetime
    time_off: TimeOffFacts | None = None
    trade: TradeFacts | None = None
    explanation: ExplanationFacts | None = None
    ring: RingFacts | None = None
    open_shift: OpenShiftFacts | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told of a subject: people by id as agents, and whoever holds all of ``permissions`` where ``agent_id``
    works, except ``author_id``, who knows.
    """

    agents: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    agent_id: str | None = None
    author_id: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is told. ``for_agent``: it is about their own request, trade, ring, claim or explanation."""

    id: str
    person_id: str
    subject: Subject
    for_agent: bool
    marked_as_read: bool = False

    @property
    def group_id(self) -> str:
        """All notices about one subject belong together."""
        return f"{self.subject.kind}:{self.subject.id}"
