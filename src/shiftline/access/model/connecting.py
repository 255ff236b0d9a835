"""What is asked, and what connecting is judged from."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Action = Literal["sign-in", "connect", "receive", "record"]
Tried = Literal["sign-in", "connect", "receive"]
"""What can be foreseen from what is planned and set. Of receiving: what somebody does at that moment is left out."""
ExceptionKind = Literal["person", "role", "division"]
OF_CALLS: tuple[Action, ...] = ("receive", "record")
"""What is asked of calls: of a queue's, or of one conversation."""

CHANGED_RECENTLY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a person. ``at`` None: now. A queue or a conversation only with ``receive`` and ``record``."""

    action: Action
    at: datetime | None = None
    conversation_id: str | None = None
    queue_id: str | None = None


@dataclass(frozen=True, slots=True)
class PersonFact:
    """The person as they were."""

    name: str
    state: str
    division_id: str
    since: datetime
    by: str


@dataclass(frozen=True, slots=True)
class OrganizationFact:
    """The organization as it was."""

    name: str
    active: bool
    since: datetime
    by: str


@dataclass(frozen=True, slots=True)
class TenantFact:
    """The tenant's switches as they were."""

    webrtc_enabled: bool
    softphone_within_shift: bool
    shift_margin_minutes: int
    since: datetime
    by: str
    shift_grace_before_minutes: int | None = None
    shift_grace_after_minutes: int | None = None
    shift_override_most_minutes: int = 480

    @property
    def grace_before(self) -> timedelta:
        """How long before a shift the softphone may connect; the margin, unless it was set by itself."""
        return _minutes(self.shift_grace_before_minutes, self.shift_margin_minutes)

    @property
    def grace_after(self) -> timedelta:
        """How long after a shift it may stay connected; the margin, unless it was set by itself."""
        return _minutes(self.shift_grace_after_minutes, self.shift_margin_minutes)


def _minutes(own: int | None, margin: int) -> timedelta:
    return timedelta(minutes=margin if own is None else own)


@dataclass(frozen=True, slots=True)
class Holding:
    """A role held in a division (``*``: all). ``until`` is set for one that was lost before the instant.

    ``by_name``: who took it away, where that is still known.
    """

    role_id: str
    role: str
    division_id: str
    permissions: tuple[str, ...]
    active: bool
    since: datetime
    by: str
    until: datetime | None = None
    by_name: str | None = None


@dataclass(frozen=True, slots=True)
class TokenFact:
    """The token presented, or the person's best one. ``expires_at`` is in the application's time."""

    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoke_reason: str | None = None


@dataclass(frozen=True, slots=True)
class ShiftFact:
    """A published shift near the instant, as it stood then; wall times without zone, in ``zone``."""

    starts_at: datetime
    ends_at: datetime
    wall_start: str
    wall_end: str
    zone: str
    is_swap: bool
    swap_reason: str | None
    schedule_id: str


@dataclass(frozen=True, slots=True)
class TimeOffFact:
    """A time-off request as it stood, with one of its spans."""

    request_id: str
    status: str
    starts_at: datetime
    ends_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class ExceptionFact:
    """Whom the tenant's shift rule does not concern: a person, whoever holds a role, or whoever is in a division.

    ``subject_name``: of a division, as it is called now. ``ends_at`` None: with no end.
    """

    exception_id: str
    kind: ExceptionKind
    subject_id: str
    subject_name: str | None
    reason: str
    ends_at: datetime | None
    since: datetime
    by: str


@dataclass(frozen=True, slots=True)
class OverrideFact:
    """Somebody let the person in outside their shifts, for a time."""

    override_id: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    since: datetime
    by: str
    by_name: str | None = None


@dataclass(frozen=True, slots=True)
class StationFact:
    """The associated station."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All facts of one person at one instant. A None that a gate needs could not be known."""

    person_id: str
    at: datetime
    person: PersonFact | None = None
    organization: OrganizationFact | None = None
    tenant: TenantFact | None = None
    token: TokenFact | None = None
    holdings: tuple[Holding, ...] = ()
    former_holdings: tuple[Holding, ...] = ()
    shifts: tuple[ShiftFact, ...] = ()
    time_off: tuple[TimeOffFact, ...] = ()
    station: StationFact | None = None
    exceptions: tuple[ExceptionFact, ...] = ()
    overrides: tuple[OverrideFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A decision that was made, with what the client did and saw."""

    decision_id: str
    person_id: str
    action: str
    purpose: str
    at: datetime
    real_at: datetime
    allowed: bool | None
    decision: dict[str, object]
    evidence: dict[str, object] = field(default_factory=dict[str, object])
