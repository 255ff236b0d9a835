"""Conversations and their participants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from shiftline.foundation.ids import new_id
from shiftline.routing.model.queues import Medium


class Purpose(StrEnum):
    """What a participant is there for. The queue itself takes part, too: as ``acd``."""

    CUSTOMER = "customer"
    ACD = "acd"
    AGENT = "agent"
    USER = "user"
    EXTERNAL = "external"


# Who is none of the organization's own.
OUTSIDE = frozenset({Purpose.CUSTOMER, Purpose.EXTERNAL})


class CallState(StrEnum):
    """How far a participant's call is, in the vendor's words."""

    OFFERING = "offering"
    CONTACTING = "contacting"
    ALERTING = "alerting"
    DIALING = "dialing"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    TERMINATED = "terminated"


ENDED = frozenset({CallState.DISCONNECTED, CallState.TERMINATED})


class Direction(StrEnum):
    """Who called whom, seen from here."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class DisconnectType(StrEnum):
    """How a call ended, in the vendor's words. ENDPOINT: the other side hung up; CLIENT: somebody here did."""

    ENDPOINT = "endpoint"
    CLIENT = "client"
    SYSTEM = "system"
    TIMEOUT = "timeout"
    TRANSFER = "transfer"
    TRANSFER_CONFERENCE = "transfer.conference"
    TRANSFER_CONSULT = "transfer.consult"
    TRANSFER_FORWARD = "transfer.forward"
    TRANSFER_NO_ANSWER = "transfer.noanswer"
    TRANSFER_NOT_AVAILABLE = "transfer.notavailable"
    TRANSPORT_FAILURE = "transport.failure"
    ERROR = "error"
    PEER = "peer"
    OTHER = "other"
    SPAM = "spam"


class RecordingState(StrEnum):
    """Whether something of a conversation is being recorded now."""

    NONE = "none"
    ACTIVE = "active"
    PAUSED = "paused"


class WrapupPrompt(StrEnum):
    """How a participant is asked for a wrap-up, in the words of the vendor's participants.

    FORCED_TIMEOUT lasts until its time is over, whatever the agent gives before.
    """

    MANDATORY = "mandatory"
    OPTIONAL = "optional"
    AGENT_REQUESTED = "agentRequested"
    TIMEOUT = "timeout"
    FORCED_TIMEOUT = "forcedTimeout"


class AfterCallWorkState(StrEnum):
    """How far a participant's after-call work is, in the vendor's words."""

    UNKNOWN = "unknown"
    NOT_APPLICABLE = "notApplicable"
    PENDING = "pending"
    SKIPPED = "skipped"
    COMPLETE = "complete"


# What the vendor's reports call the wrap-up of an agent who gave none.
TIMED_OUT = "ININ-WRAP-UP-TIMEOUT"
SKIPPED = "ININ-WRAP-UP-SKIPPED"


class MessageStatus(StrEnum):
    """How far a message is, in the vendor's words."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class MessageFile:
    """A file that came with a message. ``size`` in bytes."""

    id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class MessageMark:
    """That a participant wrote a message, and when; what it says is kept in the room ``messaging``."""

    id: str
    at: datetime
    status: MessageStatus
    files: tuple[MessageFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Wrapup:
    """What came of a participant's part. ``provisional``: saved on the way, without a code if need be, not the end of it.

    ``duration_seconds`` and ``ended_at`` None: taken from the after-call work.
    """

    code_id: str | None
    name: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] = ()
    duration_seconds: int | None = None
    ended_at: datetime | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One who takes part, with their call. ``changed_version``: the conversation's version that last changed them.

    ``messages``: the latest that they wrote, oldest first.

    ``wrapup_required``: after-call work begins when the call ends. ``acw_*``: when it began and ended.
    """

    id: str
    communication_id: str
    purpose: Purpose
    direction: Direction
    state: CallState
    person_id: str | None = None
    queue_id: str | None = None
    queue_name: str | None = None
    name: str | None = None
    address: str | None = None
    muted: bool = False
    held: bool = False
    confined: bool = False
    recording: bool = False
    started_at: datetime
    alerted_at: datetime | None = None
    connected_at: datetime | None = None
    held_at: datetime | None = None
    ended_at: datetime | None = None
    disconnect_type: DisconnectType | None = None
    error: str | None = None
    consult_participant_id: str | None = None
    wrapup_required: bool = False
    wrapup_prompt: WrapupPrompt | None = None
    wrapup_timeout_ms: int | None = None
    wrapup: Wrapup | None = None
    wrapup_skipped: bool = False
    acw_started_at: datetime | None = None
    acw_ended_at: datetime | None = None
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    alerting_timeout_ms: int | None = None
    messages: tuple[MessageMark, ...] = ()
    changed_version: int

    @property
    def live(self) -> bool:
        """Whether their call has not ended."""
        return self.state not in ENDED

    @property
    def wrapping_up(self) -> bool:
        """Whether they are in after-call work."""
        return self.acw_started_at is not None and self.acw_ended_at is None

    @property
    def concerned(self) -> bool:
        """Whether the conversation is not over for them: they are live in it, or in after-call work of it."""
        return self.live or self.wrapping_up

    @property
    def acw_state(self) -> AfterCallWorkState:
        """How far their after-call work is. UNKNOWN: there will be one when the call ends."""
        if self.acw_started_at is None:
            pending = self.live and self.wrapup_required
            return AfterCallWorkState.UNKNOWN if pending else AfterCallWorkState.NOT_APPLICABLE
        if self.acw_ended_at is None:
            return AfterCallWorkState.PENDING
        return AfterCallWorkState.SKIPPED if self.wrapup_skipped else AfterCallWorkState.COMPLETE

    @property
    def acw_due_at(self) -> datetime | None:
        """When their after-call work is over by itself; None: never, or it is over."""
        if self.acw_started_at is None or self.acw_ended_at is not None or self.wrapup_timeout_ms is None:
            return None
        return self.acw_started_at + timedelta(milliseconds=self.wrapup_timeout_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantDraft:
    """One who shall take part. ``division_id``: what their queue (or they themselves) add to the conversation's divisions.

    Whoever names a queue or a person needs no names, division or wrap-up settings: operations read them.
    """

    purpose: Purpose
    direction: Direction
    state: CallState
    id: str = field(default_factory=new_id)
    communication_id: str = field(default_factory=new_id)
    person_id: str | None = None
    queue_id: str | None = None
    queue_name: str | None = None
    name: str | None = None
    address: str | None = None
    confined: bool = False
    consult_participant_id: str | None = None
    division_id: str | None = None
    wrapup_prompt: WrapupPrompt | None = None
    wrapup_timeout_ms: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    alerting_timeout_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation with all who ever took part, in the order in which they came. ``imported``: it took place elsewhere."""

    id: str
    organization_id: str
    direction: Direction
    started_at: datetime
    ended_at: datetime | None = None
    address: str | None = None
    division_ids: tuple[str, ...] = ()
    version: int
    participants: tuple[Participant, ...] = ()
    external_tag: str | None = None
    recording_state: RecordingState = RecordingState.NONE
    medium: Medium = Medium.CALL
    subject: str | None = None
    imported: bool = False

    @property
    def live(self) -> bool:
        """Whether somebody is still in it."""
        return self.ended_at is None

    @property
    def state(self) -> CallState:
        """How far the conversation is: connected as soon as somebody is, terminated once nobody is there."""
        states = [each.state for each in self.participants if each.live]
        if not states:
            return CallState.TERMINATED
        return CallState.CONNECTED if CallState.CONNECTED in states else states[0]

    def participant(self, participant_id: str) -> Participant | None:
        """One who takes or took part, by id."""
        return next((each for each in self.participants if each.id == participant_id), None)

    def other_than(self, participant: Participant) -> Participant | None:
        """Whom a participant talks with: the one from outside if there is one, else another person."""
        others = [each for each in self.participants if each.id != participant.id and each.purpose is not Purpose.ACD]
        return next((each for each in others if each.purpose in OUTSIDE), others[0] if others else None)

    def has_person(self, person_id: str | None) -> bool:
        """Whether a person takes or took part."""
        return person_id is not None and any(each.person_id == person_id for each in self.participants)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationDraft:
    """A conversation to begin, with at least one participant."""

    direction: Direction
    participants: tuple[ParticipantDraft, ...]
    id: str = field(default_factory=new_id)
    address: str | None = None
    external_tag: str | None = None
    medium: Medium = Medium.CALL
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class DueWrapup:
    """After-call work whose time is over."""

    organization_id: str
    conversation_id: str
    participant_id: str
    due_at: datetime
