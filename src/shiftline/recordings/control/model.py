"""Policies by scope, pauses, snippets, announcements, reasons of access, annotations, events on a recording's time line."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, TypeAlias

from shiftline.recordings.model import Policy


class Channel(StrEnum):
    """What a conversation goes by."""

    CALL = "call"
    MESSAGE = "message"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a policy is for; ``queue_id`` None: conversations of no queue for which nothing else is said, ``direction`` None: both."""

    channel: Channel = Channel.CALL
    queue_id: str | None = None
    direction: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy says. ``record``: everything; ``snippet``: only what somebody records by hand; neither: nothing.

    ``pause``: whether recording may be paused. ``announce``: that a call is recorded is said in it before its sides hear each other.
    ``reason_required``: who hears it says why.
    """

    record: bool = True
    snippet: bool = False
    pause: bool = True
    announce: bool = False
    reason_required: bool = False


@dataclass(frozen=True, slots=True)
class ScopedPolicy:
    """A policy; ``since`` None: nobody ever set one, and what is usual holds."""

    scope: Scope
    terms: Terms
    since: datetime | None = None
    changed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Policies:
    """The organization's default and the queues that differ."""

    default: Policy
    queues: tuple[Policy, ...] = ()

    def of(self, queue_id: str | None) -> Policy:
        """The policy for a queue, or for none."""
        return next((each for each in self.queues if queue_id is not None and each.queue_id == queue_id), self.default)


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing of a conversation is recorded from an instant until another; None: it lasts."""

    id: str
    conversation_id: str
    from_at: datetime
    from_by: str
    until_at: datetime | None = None
    until_by: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedPause:
    """A pause as it lies in one recording: from when to when that holds nothing. ``silent_from`` None: its node has not said so."""

    pause: Pause
    silent_from: datetime | None = None
    silent_until: datetime | None = None


SnippetKind: TypeAlias = Literal["snippet", "adhoc"]


@dataclass(frozen=True, slots=True)
class Snippet:
    """Somebody records by hand."""

    id: str
    conversation_id: str
    kind: SnippetKind
    from_at: datetime
    from_by: str
    until_at: datetime | None = None
    until_by: str | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """That a call is recorded was said in it."""

    conversation_id: str
    prompt: str
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class AccessReason:
    """A reason for which a recording may be heard."""

    code: str
    name: str


USUAL_REASONS = (
    AccessReason("quality", "Quality of service"),
    AccessReason("coaching", "Coaching of the agent"),
    AccessReason("complaint", "A complaint of the customer"),
    AccessReason("dispute", "A disputed agreement"),
    AccessReason("legal", "A legal matter"),
    AccessReason("security", "A matter of security or fraud"),
    AccessReason("technical", "A technical fault"),
)
"""What an organization has that never set its own."""


@dataclass(frozen=True, slots=True)
class AnnotationDraft:
    """A note on a recording, at milliseconds of its sound."""

    kind: str
    location_ms: int
    duration_ms: int = 0
    name: str | None = None
    description: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """A note that somebody made."""

    id: str
    recording_id: str
    draft: AnnotationDraft
    made_at: datetime
    made_by: str
    changed_at: datetime
    changed_by: str


class Happening(StrEnum):
    """What lies on a recording's time line."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    MUTE = "mute"
    HOLD = "hold"
    MUSIC = "music"
    TRANSFER = "transfer"
    PAUSE = "pause"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something on a recording's time line; ``offset`` is elapsed time since its start, and ``duration`` None while it lasts.

    What began before the recording has the offset 0 and tells its own ``at``. ``by``: who did it, ``participant_id``: to whom.
    """

    kind: Happening
    at: datetime
    offset: timedelta
    duration: timedelta | None
    participant_id: str | None = None
    person_id: str | None = None
    name: str | None = None
    by: str | None = None
