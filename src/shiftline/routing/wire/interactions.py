"""What waits in queues, who was offered it and why not the others: extensions of ours, the vendor has no such shapes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shiftline.foundation.web.wire import NamedReference, Reference, Wire
from shiftline.routing.model.choices import Evidence, Hindrance, Passed
from shiftline.routing.model.explanations import InteractionStory, OfferStory, WaitingInLine
from shiftline.routing.model.interactions import Interaction
from shiftline.routing.rules.sentences import phrase
from shiftline.routing.wire.queues import QUEUES

CONVERSATIONS = "/api/v2/shiftline/routing/conversations"


class WireReason(Wire):
    """Why somebody did not get an interaction."""

    code: str
    sentence: str
    facts: Mapping[str, Any]


class WirePassed(Wire):
    """People who did not get it, all for the same reasons."""

    user_ids: Sequence[str]
    reasons: Sequence[WireReason]


class WireEvidence(Wire, kw_only=True):
    """Who was considered at an instant, and why not the others. ``ring``: how far the bullseye had opened."""

    at: datetime
    ring: int
    skill_ids: Sequence[str]
    language_id: str | None = None
    user_id: str | None = None
    passed_over: Sequence[WirePassed]


class WireOffer(Wire, kw_only=True):
    """An offer to an agent. ``expiresAt`` is real time; the other instants are the application's."""

    id: str
    user_id: str | None = None
    state: str
    auto_answer: bool
    offered_at: datetime
    expires_at: datetime
    settled_at: datetime | None = None
    reason: str | None = None
    considered: WireEvidence


class WireInteraction(Wire, kw_only=True):
    """A conversation's place in a queue."""

    id: str
    conversation_id: str
    queue: NamedReference
    media_type: str
    state: str
    priority: int
    skill_ids: Sequence[str]
    language_id: str | None = None
    enqueued_at: datetime
    user_id: str | None = None
    assigned_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    position: int | None = None
    expected_wait_seconds: float | None = None
    offers: Sequence[WireOffer]
    nobody_free: WireEvidence | None = None


class WireConversationOffers(Wire, kw_only=True):
    """How a conversation's interactions found their agents, oldest first."""

    conversation_id: str
    interactions: Sequence[WireInteraction]
    self_uri: str


class WireWaiting(Wire, kw_only=True):
    """An interaction that waits in a queue."""

    id: str
    conversation: Reference
    position: int
    media_type: str
    state: str
    priority: int
    skill_ids: Sequence[str]
    language_id: str | None = None
    enqueued_at: datetime
    waited_seconds: float
    self_uri: str


def show_stories(conversation_id: str, stories: Sequence[InteractionStory]) -> WireConversationOffers:
    """How a conversation's interactions found their agents."""
    return WireConversationOffers(
        conversation_id=conversation_id,
        interactions=[_show_story(story) for story in stories],
        self_uri=f"{CONVERSATIONS}/{conversation_id}/offers",
    )


def _show_story(story: InteractionStory) -> WireInteraction:
    it = story.interaction
    return WireInteraction(
        id=it.id,
        conversation_id=it.conversation_id,
        queue=NamedReference(id=it.queue_id, name=story.queue_name, self_uri=f"{QUEUES}/{it.queue_id}"),
        media_type=it.medium,
        state=it.state,
        priority=it.priority,
        skill_ids=it.skill_ids,
        language_id=it.language_id,
        enqueued_at=it.enqueued_at,
        user_id=it.person_id,
        assigned_at=it.assigned_at,
        ended_at=it.ended_at,
        end_reason=it.end_reason,
        position=story.position,
        expected_wait_seconds=_seconds(story.expected_wait),
        offers=[_show_offer(each) for each in story.offers],
        nobody_free=None if story.shortage is None else _show_evidence(story.shortage),
    )


def _show_offer(story: OfferStory) -> WireOffer:
    offer = story.offer
    return WireOffer(
        id=offer.id,
        user_id=offer.person_id or None,
        state=offer.state,
        auto_answer=offer.auto_answer,
        offered_at=offer.offered_at,
        expires_at=offer.expires_at,
        settled_at=offer.settled_at,
        reason=offer.reason,
        considered=_show_evidence(story.evidence),
    )


def _show_evidence(evidence: Evidence) -> WireEvidence:
    return WireEvidence(
        at=evidence.at,
        ring=evidence.ring,
        skill_ids=evidence.skill_ids,
        language_id=evidence.language_id,
        user_id=evidence.person_id,
        passed_over=[_show_passed(each) for each in evidence.passed],
    )


def _show_passed(passed: Passed) -> WirePassed:
    return WirePassed(user_ids=passed.person_ids, reasons=[_show_reason(each) for each in passed.hindrances])


def _show_reason(hindrance: Hindrance) -> WireReason:
    return WireReason(code=hindrance.code, sentence=phrase(hindrance), facts=hindrance.facts)


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds(), 3)


def show_waiting(waiting: WaitingInLine) -> WireWaiting:
    """An interaction that waits."""
    it: Interaction = waiting.interaction
    return WireWaiting(
        id=it.id,
        conversation=Reference(id=it.conversation_id, self_uri=f"/api/v2/conversations/{it.conversation_id}"),
        position=waiting.position,
        media_type=it.medium,
        state=it.state,
        priority=it.priority,
        skill_ids=it.skill_ids,
        language_id=it.language_id,
        enqueued_at=it.enqueued_at,
        waited_seconds=round(waiting.waited.total_seconds(), 3),
        self_uri=f"{CONVERSATIONS}/{it.conversation_id}/offers",
    )
