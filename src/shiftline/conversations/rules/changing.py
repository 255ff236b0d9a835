"""How conversations change. Pure.

``apply`` folds changes over a conversation; ``MOVES`` is the whole state machine of a call. What changes nothing makes no new
version. Of what races (a hang-up and an answer) the first wins: an ended participant cannot be moved, muted or held any more,
and whoever tries is told so; ending twice is no error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

from shiftline.conversations.errors import (
    ConversationEnded,
    MoveRefused,
    ParticipantEnded,
    ParticipantExists,
    ParticipantNotFound,
    TooManyAttributes,
)
from shiftline.conversations.model.changes import (
    BeginWrapup,
    Change,
    EndConsultation,
    EndWrapup,
    ExpireWrapup,
    Join,
    Move,
    PutMessage,
    SetAttributes,
    SetConfined,
    SetHeld,
    SetMuted,
    SetRecording,
    SetRecordingPaused,
    SetTag,
)
from shiftline.conversations.model.conversations import (
    ENDED,
    CallState,
    Conversation,
    ConversationDraft,
    DisconnectType,
    Participant,
    ParticipantDraft,
    Purpose,
    RecordingState,
    WrapupPrompt,
)
from shiftline.conversations.rules import wrapping

ATTRIBUTES_AT_MOST = 250
# Characters of all a participant's attributes: each change of a conversation is told with all of them.
ATTRIBUTES_LENGTH_AT_MOST = 32_768
# Of a participant, the latest: for the same reason. All of them are in the conversation's transcript.
MESSAGES_AT_MOST = 100

_OFFERING, _CONTACTING, _ALERTING = CallState.OFFERING, CallState.CONTACTING, CallState.ALERTING
_DIALING, _CONNECTED = CallState.DIALING, CallState.CONNECTED

# A call that alerts may be contacting again: its phone answers a new offer. To be over is always possible.
MOVES: Mapping[CallState, frozenset[CallState]] = {
    _OFFERING: ENDED | {_CONTACTING, _ALERTING, _DIALING, _CONNECTED},
    _CONTACTING: ENDED | {_ALERTING, _DIALING, _CONNECTED},
    _ALERTING: ENDED | {_CONTACTING, _CONNECTED},
    _DIALING: ENDED | {_ALERTING, _CONNECTED},
    _CONNECTED: ENDED,
    CallState.DISCONNECTED: frozenset({CallState.TERMINATED}),
    CallState.TERMINATED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """What a queue gives to those who take part for it. ``wrapup_timeout_ms`` None: no limit."""

    id: str
    name: str
    division_id: str
    wrapup_prompt: WrapupPrompt
    wrapup_timeout_ms: int | None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of a person who takes part."""

    id: str
    name: str
    division_id: str


def queue_of(conversation: Conversation) -> Participant | None:
    """The queue in which somebody waits just now."""
    found = (each for each in conversation.participants if each.live and each.purpose is Purpose.ACD)
    return next(found, None)


def begin(draft: ConversationDraft, organization_id: str, now: datetime) -> Conversation:
    """A conversation's first version. Raises ValueError for one without participants."""
    if not draft.participants:
        raise ValueError("a conversation begins with a participant")
    empty = Conversation(
        id=draft.id,
        organization_id=organization_id,
        direction=draft.direction,
        started_at=now,
        address=draft.address,
        version=0,
        external_tag=draft.external_tag,
        medium=draft.medium,
        subject=draft.subject,
    )
    return apply(empty, [Join(each) for each in draft.participants], now)


def complete(draft: ParticipantDraft, queue: QueueFacts | None, person: PersonFacts | None) -> ParticipantDraft:
    """A draft with what its queue and person give; what it says itself stays. Only agents wrap up for a queue."""
    named = person.name if person else None
    if queue is None:
        division = person.division_id if person else None
        return replace(draft, name=draft.name or named, division_id=draft.division_id or division)
    completed = replace(
        draft,
        name=draft.name or (queue.name if draft.purpose is Purpose.ACD else named),
        queue_name=draft.queue_name or queue.name,
        division_id=draft.division_id or queue.division_id,
    )
    if draft.purpose is not Purpose.AGENT or draft.wrapup_prompt is not None:
        return completed
    return replace(completed, wrapup_prompt=queue.wrapup_prompt, wrapup_timeout_ms=queue.wrapup_timeout_ms)


def apply(conversation: Conversation, changes: Sequence[Change], now: datetime) -> Conversation:
    """A conversation after changes, in their order, as one new version; the same one when they change nothing.

    Raises the room's refusals; then nothing of the changes holds.
    """
    at, after = _not_before(conversation, now), conversation
    for change in changes:
        after = _settle(_step(after, change, at), at)
    return _stamp(conversation, after)


def _not_before(conversation: Conversation, now: datetime) -> datetime:
    """Now, or the last instant the conversation knows: the clock of another process may be a little ahead."""
    known = chain.from_iterable(
        (each.started_at, each.connected_at, each.ended_at, each.acw_started_at, each.acw_ended_at)
        for each in conversation.participants
    )
    return max(now, conversation.started_at, *(instant for instant in known if instant is not None))


def _step(conversation: Conversation, change: Change, at: datetime) -> Conversation:
    if isinstance(change, Join):
        return _join(conversation, change.participant, at)
    if isinstance(change, SetTag):
        return replace(conversation, external_tag=change.tag or None)
    if isinstance(change, SetRecordingPaused):
        return _pause(conversation, paused=change.paused)
    current = conversation.participant(change.participant_id)
    if current is None:
        raise ParticipantNotFound(change.participant_id)
    changed = _STEPS[type(change)](current, change, at)
    return replace(
        conversation, participants=tuple(changed if each is current else each for each in conversation.participants)
    )


def _settle(conversation: Conversation, at: datetime) -> Conversation:
    """What follows from who takes part: whether it is over, and whether something is recorded."""
    live = any(each.live for each in conversation.participants)
    if not live:
        state = RecordingState.NONE
    elif conversation.recording_state is RecordingState.PAUSED:
        # It stays paused while nobody is recorded: what begins to be recorded again must not go on by accident.
        state = RecordingState.PAUSED
    elif not any(each.recording for each in conversation.participants):
        state = RecordingState.NONE
    elif conversation.recording_state is RecordingState.NONE:
        state = RecordingState.ACTIVE
    else:
        state = conversation.recording_state
    ended_at = None if live else conversation.ended_at or at
    return replace(conversation, ended_at=ended_at, recording_state=state)


def _stamp(before: Conversation, after: Conversation) -> Conversation:
    if after == before:
        return before
    version = before.version + 1
    known = {each.id: each for each in before.participants}
    participants = tuple(
        each if known.get(each.id) == each else replace(each, changed_version=version) for each in after.participants
    )
    return replace(after, version=version, participants=participants)


def _join(conversation: Conversation, draft: ParticipantDraft, at: datetime) -> Conversation:
    if not conversation.live:
        raise ConversationEnded(conversation.id)
    if conversation.participant(draft.id) is not None:
        raise ParticipantExists(draft.id)
    divisions = conversation.division_ids
    if draft.division_id is not None and draft.division_id not in divisions:
        divisions = (*divisions, draft.division_id)
    participants = (*conversation.participants, _participant(draft, at))
    return replace(conversation, participants=participants, division_ids=divisions)


def _participant(draft: ParticipantDraft, at: datetime) -> Participant:
    if draft.state in ENDED:
        raise ValueError("nobody joins a conversation who has left it already")
    prompt = draft.wrapup_prompt if draft.purpose in wrapping.WRAPPING_UP else None
    return Participant(
        id=draft.id,
        communication_id=draft.communication_id,
        purpose=draft.purpose,
        direction=draft.direction,
        state=draft.state,
        person_id=draft.person_id,
        queue_id=draft.queue_id,
        queue_name=draft.queue_name,
        name=draft.name,
        address=draft.address,
        confined=draft.confined,
        started_at=at,
        alerted_at=at if draft.state is _ALERTING else None,
        connected_at=at if draft.state is _CONNECTED else None,
        consult_participant_id=draft.consult_participant_id,
        wrapup_required=prompt in wrapping.BEGINS_BY_ITSELF,
        wrapup_prompt=prompt,
        wrapup_timeout_ms=wrapping.limit(prompt, draft.wrapup_timeout_ms),
        attributes=_with_attributes({}, draft.attributes),
        alerting_timeout_ms=draft.alerting_timeout_ms,
        changed_version=0,
    )


def _pause(conversation: Conversation, *, paused: bool) -> Conversation:
    if not conversation.live or (not paused and conversation.recording_state is not RecordingState.PAUSED):
        return conversation
    return replace(conversation, recording_state=RecordingState.PAUSED if paused else RecordingState.ACTIVE)


def _move(current: Participant, change: Move, at: datetime) -> Participant:
    if not current.live and (change.state in (current.state, CallState.DISCONNECTED)):
        return current
    error = change.error or current.error
    if change.state is current.state:
        return replace(current, error=error)
    if change.state not in MOVES[current.state]:
        if current.live:
            raise MoveRefused(current.id, current.state, change.state)
        raise ParticipantEnded(current.id)
    moved = replace(
        current,
        state=change.state,
        error=error,
        alerted_at=current.alerted_at or (at if change.state is _ALERTING else None),
        connected_at=current.connected_at or (at if change.state is _CONNECTED else None),
    )
    return _end(moved, change.disconnect_type or DisconnectType.OTHER, at) if change.state in ENDED else moved


def _end(moved: Participant, disconnect_type: DisconnectType, at: datetime) -> Participant:
    if moved.ended_at is not None:  # disconnected, and now terminated
        return moved
    ended = replace(moved, ended_at=at, disconnect_type=disconnect_type, recording=False, held=False, held_at=None)
    worked = ended.wrapup_required and ended.connected_at is not None
    return replace(ended, acw_started_at=at) if worked else ended


def _changed(current: Participant, changed: Participant) -> Participant:
    if changed == current or current.live:
        return changed
    raise ParticipantEnded(current.id)


def _set(name: str) -> Callable[[Participant, Any, datetime], Participant]:
    """The step of a change that says one thing by its own name."""
    return lambda current, change, _at: _changed(current, replace(current, **{name: getattr(change, name)}))


def _set_held(current: Participant, change: SetHeld, at: datetime) -> Participant:
    held_at = (current.held_at or at) if change.held else None
    return _changed(current, replace(current, held=change.held, held_at=held_at))


def _end_consultation(current: Participant, _change: EndConsultation, _at: datetime) -> Participant:
    return replace(current, consult_participant_id=None) if current.live else current


def _put_message(current: Participant, change: PutMessage, _at: datetime) -> Participant:
    """Also of one who has left: a reply by e-mail is under way for a while."""
    mark = change.mark
    if any(each.id == mark.id for each in current.messages):
        return replace(current, messages=tuple(mark if each.id == mark.id else each for each in current.messages))
    return replace(current, messages=(*current.messages, mark)[-MESSAGES_AT_MOST:])


def _set_attributes(current: Participant, change: SetAttributes, _at: datetime) -> Participant:
    return replace(current, attributes=_with_attributes(current.attributes, change.attributes))


def _with_attributes(current: Mapping[str, str], more: Mapping[str, str]) -> Mapping[str, str]:
    attributes = {**current, **more}
    if len(attributes) > ATTRIBUTES_AT_MOST:
        raise TooManyAttributes(f"{ATTRIBUTES_AT_MOST} attributes")
    if sum(len(name) + len(value) for name, value in attributes.items()) > ATTRIBUTES_LENGTH_AT_MOST:
        raise TooManyAttributes(f"{ATTRIBUTES_LENGTH_AT_MOST} characters of attributes")
    return attributes


_STEPS: Mapping[type[Any], Callable[[Participant, Any, datetime], Participant]] = {
    Move: _move,
    SetMuted: _set("muted"),
    SetHeld: _set_held,
    SetConfined: _set("confined"),
    EndConsultation: _end_consultation,
    SetRecording: _set("recording"),
    PutMessage: _put_message,
    SetAttributes: _set_attributes,
    BeginWrapup: wrapping.begin_wrapup,
    EndWrapup: wrapping.end_wrapup,
    ExpireWrapup: wrapping.expire_wrapup,
}
