"""What decides whether calls are recorded, and what became of the recordings of one conversation."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PolicyFact:
    """What was decided for a queue (None: for the organization) and a direction (None: for both), until another was.

    ``by_name``: who decided it, where that is still known. ``snippet``: only what somebody records by hand.
    """

    queue_id: str | None
    record: bool
    since: datetime
    by: str
    by_name: str | None = None
    direction: str | None = None
    channel: str = "call"
    snippet: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordedQueue:
    """A queue of which it is asked."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class RecordingWish:
    """Policies as they stood, with the queues of which it is asked: the one named, or those that the person had joined."""

    policies: tuple[PolicyFact, ...] = ()
    named: RecordedQueue | None = None
    joined: tuple[RecordedQueue, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeakerFact:
    """Somebody who was connected in a conversation. ``name`` None: not to be told, or nobody of ours."""

    id: str
    purpose: str
    person_id: str | None
    name: str | None
    division_id: str | None
    connected_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecordingFact:
    """A recording of one participant's leg. ``why_lost``: what was found when it was given up."""

    id: str
    participant_id: str
    leg_id: str
    state: str
    reason: str
    started_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    duration_ms: int | None
    packets: int | None
    lost: int | None
    size: int | None
    sha256: str | None
    revision: int
    why_lost: str | None = None
    queue_id: str | None = None


@dataclass(frozen=True, slots=True)
class PauseFact:
    """A pause of a conversation's recording: from when and until when (None: it lasts), and by whom. Names None: not to be told."""

    from_at: datetime
    from_by: str
    from_name: str | None = None
    from_division_id: str | None = None
    until_at: datetime | None = None
    until_by: str | None = None
    until_name: str | None = None
    until_division_id: str | None = None


@dataclass(frozen=True, slots=True)
class NotMadeFact:
    """A leg that was not recorded, as it was decided then: by which gates, in a sentence."""

    participant_id: str
    leg_id: str
    at: datetime
    codes: tuple[str, ...]
    sentence: str
    queue_id: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded of one conversation until an instant."""

    conversation_id: str
    known: bool
    speakers: tuple[SpeakerFact, ...] = ()
    recordings: tuple[RecordingFact, ...] = ()
    not_made: tuple[NotMadeFact, ...] = ()
    zone: str = "UTC"
    pauses: tuple[PauseFact, ...] = ()
    policies: tuple[PolicyFact, ...] = ()
    """Of the conversation's channel, also those that others have followed."""
    direction: str = "inbound"
    channel: str = "call"
