"""Interactions that wait in queues, and their offers to agents."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shiftline.routing.model.queues import Medium


class InteractionState(StrEnum):
    """Where an interaction stands. ``ASSIGNED`` lasts until the agent's after-call work is done."""

    WAITING = "waiting"
    OFFERED = "offered"
    ASSIGNED = "assigned"
    ENDED = "ended"


class OfferState(StrEnum):
    """Where an offer stands. ``FAILED``: it was taken, but the agent's phone did not come up."""

    ALERTING = "alerting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class InteractionDraft:
    """A place in a queue to be. One point of ``priority`` goes before a minute of waiting.

    ``last_agent_id``: who served this customer last; preferred where the queue says so.
    """

    conversation_id: str
    queue_id: str
    medium: Medium = Medium.CALL
    skill_ids: tuple[str, ...] = ()
    language_id: str | None = None
    priority: int = 0
    id: str | None = None
    last_agent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Interaction:
    """A conversation's place in a queue. ``enqueued_at`` is where it stands in line; it stays when an offer comes to nothing.

    ``person_id`` and ``assigned_at``: who took it, and when. All instants are the application's.
    """

    id: str
    conversation_id: str
    queue_id: str
    medium: Medium
    skill_ids: tuple[str, ...]
    language_id: str | None
    priority: int
    state: InteractionState
    enqueued_at: datetime
    last_agent_id: str | None = None
    person_id: str | None = None
    assigned_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A lease of an interaction to one agent, until ``expires_at`` (real time; the other instants are the application's)."""

    id: str
    interaction_id: str
    conversation_id: str
    queue_id: str
    medium: Medium
    person_id: str
    state: OfferState
    auto_answer: bool
    offered_at: datetime
    expires_at: datetime
    settled_at: datetime | None = None
    reason: str | None = None
