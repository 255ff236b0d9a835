"""What decides who is offered a call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shiftline.access.model.connecting import StationFact
from shiftline.routing.model.queues import Medium, QueueSettings
from shiftline.routing.model.utilization import DEFAULT_UTILIZATION, MediaUtilization


@dataclass(frozen=True, slots=True)
class SessionFact:
    """A live session: ``xmpp`` is a softphone's, ``json`` only listens for notifications."""

    transport: str
    since: datetime


@dataclass(frozen=True, slots=True)
class LeftFact:
    """The softphone session that ended last."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PresenceFact:
    """What the person was doing, in the vendor's words."""

    presence: str
    since: datetime
    by: str


@dataclass(frozen=True, slots=True)
class StatusFact:
    """The routing status in the vendor's words. ``started_at``: what idle time is counted from."""

    status: str
    started_at: datetime | None
    since: datetime
    by: str


@dataclass(frozen=True, slots=True)
class MembershipFact:
    """A place in a queue; not ``active``: it was taken away."""

    queue_id: str
    queue: str
    active: bool
    joined: bool
    ring_number: int
    since: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SkillFact:
    """A skill or language that the person had, with its proficiency from 0 to 5."""

    skill_id: str
    proficiency: float


@dataclass(frozen=True, slots=True)
class HandledFact:
    """An interaction that the person handled; ``wrapping_up``: its call was over, after-call work was not."""

    conversation_id: str
    medium: Medium
    queue: str | None
    since: datetime
    wrapping_up: bool


@dataclass(frozen=True, slots=True)
class OfferedFact:
    """An offer to the person: the one that alerted them, or (with ``settled_at``) the one that they missed last."""

    offer_id: str
    conversation_id: str
    queue: str | None
    offered_at: datetime
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class QueueFact:
    """The queue that was asked about."""

    id: str
    name: str
    settings: QueueSettings


@dataclass(frozen=True, slots=True)
class Reception:
    """What decides who is offered a call, beside the ``Snapshot`` of the same person and instant.

    ``presence`` and ``status`` None: nothing was ever said. ``memberships``: where the person was a member, and (with
    ``queue``) what became of that one. ``skills``: names by id. ``own_station``: one of theirs, at which they could be.
    """

    sessions: tuple[SessionFact, ...] = ()
    left: LeftFact | None = None
    presence: PresenceFact | None = None
    status: StatusFact | None = None
    memberships: tuple[MembershipFact, ...] = ()
    skills: tuple[SkillFact, ...] = ()
    handled: tuple[HandledFact, ...] = ()
    alert: OfferedFact | None = None
    missed: OfferedFact | None = None
    utilization: Mapping[Medium, MediaUtilization] = field(default_factory=lambda: dict(DEFAULT_UTILIZATION))
    queue: QueueFact | None = None
    own_station: StationFact | None = None
