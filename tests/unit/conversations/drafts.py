"""Conversations to change: a caller, and an agent who rings."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shiftline.conversations.model.changes import Change, Move
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    ConversationDraft,
    Direction,
    Participant,
    ParticipantDraft,
    Purpose,
    WrapupPrompt,
)
from shiftline.conversations.rules import changing

AT = datetime(2023, 10, 27, 10, 45, tzinfo=UTC)


def later(seconds: float) -> datetime:
    """An instant after the conversation began."""
    return AT + timedelta(seconds=seconds)


def draft(participant_id: str, purpose: Purpose = Purpose.AGENT, **more: Any) -> ParticipantDraft:
    """Somebody who rings, unless told otherwise."""
    values: dict[str, Any] = {
        "direction": Direction.INBOUND,
        "state": CallState.ALERTING,
        "communication_id": f"call of {participant_id}",
    }
    return ParticipantDraft(id=participant_id, purpose=purpose, **{**values, **more})


CALLER = draft("caller", Purpose.CUSTOMER, state=CallState.CONNECTED, name="Ana", address="sip:ana@example.test")


def begun(*others: ParticipantDraft) -> Conversation:
    """A caller, an agent who rings, and others."""
    agent = draft("agent", person_id="ada", queue_id="voice", name="Ada", division_id="chicago")
    participants = (CALLER, *(others or (agent,)))
    opened = ConversationDraft(
        direction=Direction.INBOUND, participants=participants, id="c", address="sip:desk@example.test"
    )
    return changing.begin(opened, "org-1", AT)


def talking(prompt: WrapupPrompt | None = None, timeout_ms: int | None = None) -> Conversation:
    """The agent took the call ten seconds later; their queue asks for a wrap-up as told."""
    agent = draft("agent", person_id="ada", queue_id="voice", wrapup_prompt=prompt, wrapup_timeout_ms=timeout_ms)
    return changed(begun(agent), Move("agent", CallState.CONNECTED), seconds=10)


def changed(conversation: Conversation, *changes: Change, seconds: float = 20) -> Conversation:
    """The conversation after changes, so many seconds after it began."""
    return changing.apply(conversation, changes, later(seconds))


def one(conversation: Conversation, participant_id: str = "agent") -> Participant:
    """A participant who is there."""
    participant = conversation.participant(participant_id)
    assert participant is not None
    return participant


def states(conversation: Conversation) -> Sequence[CallState]:
    """The states of all participants."""
    return [each.state for each in conversation.participants]
