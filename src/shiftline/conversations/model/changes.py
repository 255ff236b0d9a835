"""What can change in a conversation, as data: ``changing.apply`` folds it over one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from shiftline.conversations.model.conversations import (
    CallState,
    DisconnectType,
    MessageMark,
    ParticipantDraft,
    Wrapup,
    WrapupPrompt,
)


@dataclass(frozen=True, slots=True)
class Join:
    """Somebody comes in. In one list of changes with the end of all others it must stand before it."""

    participant: ParticipantDraft


@dataclass(frozen=True, slots=True)
class Move:
    """A call goes on to another state. ``disconnect_type`` and ``error`` say how it ended."""

    participant_id: str
    state: CallState
    disconnect_type: DisconnectType | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class SetMuted:
    """A participant is not heard any more, or again."""

    participant_id: str
    muted: bool


@dataclass(frozen=True, slots=True)
class SetHeld:
    """A participant waits, or does not any more."""

    participant_id: str
    held: bool


@dataclass(frozen=True, slots=True)
class SetConfined:
    """A participant hears and speaks to some of the others only, or to all again."""

    participant_id: str
    confined: bool


@dataclass(frozen=True, slots=True)
class EndConsultation:
    """A participant is no longer asked whether they take somebody over: they are in the call, or not."""

    participant_id: str


@dataclass(frozen=True, slots=True)
class SetRecording:
    """What a participant gives is being recorded, or not any more."""

    participant_id: str
    recording: bool


@dataclass(frozen=True, slots=True)
class SetRecordingPaused:
    """The conversation's recording pauses, or goes on."""

    paused: bool


@dataclass(frozen=True, slots=True)
class BeginWrapup:
    """After-call work begins: now when the call has ended, else as soon as it does (an agent asked for it)."""

    participant_id: str
    prompt: WrapupPrompt
    timeout_ms: int | None = None


@dataclass(frozen=True, slots=True)
class EndWrapup:
    """A wrap-up is given, or none is wanted (``skipped``). A provisional one is kept and ends nothing."""

    participant_id: str
    wrapup: Wrapup | None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class ExpireWrapup:
    """After-call work whose time is over ends with what is there; before that time, nothing happens."""

    participant_id: str


@dataclass(frozen=True, slots=True)
class PutMessage:
    """A participant wrote a message, or one that they wrote got further."""

    participant_id: str
    mark: MessageMark


@dataclass(frozen=True, slots=True)
class SetAttributes:
    """A participant has these attributes; others that they have stay."""

    participant_id: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SetTag:
    """The conversation's tag of another system, or none."""

    tag: str | None


Change: TypeAlias = (
    Join
    | Move
    | SetMuted
    | SetHeld
    | SetConfined
    | EndConsultation
    | SetRecording
    | SetRecordingPaused
    | BeginWrapup
    | EndWrapup
    | ExpireWrapup
    | PutMessage
    | SetAttributes
    | SetTag
)
