"""What became of one conversation in queues."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shiftline.routing.model.queues import Medium, QueueSettings


@dataclass(frozen=True, slots=True)
class HindranceFact:
    """Why somebody was passed over, as it was written then: one of routing's hindrances."""

    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LineFact:
    """A conversation's place in a queue. ``passed``: why the person did not get it when nobody was free, as of ``seen_at``."""

    id: str
    queue_id: str
    queue: str
    settings: QueueSettings
    medium: Medium
    skill_ids: tuple[str, ...]
    language_id: str | None
    enqueued_at: datetime
    assigned_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    seen_at: datetime | None = None
    passed: tuple[HindranceFact, ...] | None = None


@dataclass(frozen=True, slots=True)
class OfferFact:
    """An offer of a conversation to somebody, with why the person asked about was passed over (None: they were no member).

    ``name`` None: whoever asks may not know who it was. ``status`` and ``idle_since``: of the person asked about, just before.
    """

    id: str
    line_id: str
    queue: str
    person_id: str
    name: str | None
    division_id: str | None
    state: str
    offered_at: datetime
    settled_at: datetime | None
    reason: str | None
    passed: tuple[HindranceFact, ...] | None = None
    status: str | None = None
    status_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class PartFact:
    """A part that the person took in a conversation, by whichever way they came."""

    purpose: str
    started_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Queueing:
    """What became of one conversation in queues, until an instant, as seen by one person. ``skills``: names by id."""

    conversation_id: str
    known: bool
    lines: tuple[LineFact, ...] = ()
    offers: tuple[OfferFact, ...] = ()
    parts: tuple[PartFact, ...] = ()
    skills: Mapping[str, str] = field(default_factory=dict[str, str])
    zone: str = "UTC"
