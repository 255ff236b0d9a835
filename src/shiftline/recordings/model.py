"""Recordings, their metadata and revisions, policies, and the traces of who heard what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from shiftline.foundation.time import Interval

CODEC, CONTAINER = "opus", "ogg"
# What was imported is kept as it came; json is what was written.
MEDIA_TYPES = {CONTAINER: "audio/ogg", "wav": "audio/wav", "mp3": "audio/mpeg", "json": "application/json"}
CALL = "call"
IMPORTED = "import"
"""The reason of a recording that was made elsewhere, and is kept as it came."""


class State(StrEnum):
    """Where a recording is. LOST: nothing of it was found; what turns up later still seals it. DESTROYED: key and sound are."""

    OPEN = "open"
    STOPPING = "stopping"
    SEALED = "sealed"
    LOST = "lost"
    DESTROYED = "destroyed"


class EndedBy(StrEnum):
    """What ended a recording: its call, somebody or a policy who stopped it alone, or a crash."""

    CALL = "call"
    POLICY = "policy"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class ParticipantSnapshot:
    """One who took part in the recorded conversation; ``purpose`` in the vendor's words."""

    id: str
    purpose: str
    person_id: str | None = None
    queue_id: str | None = None
    name: str | None = None
    address: str | None = None


class Attendant(Protocol):
    """One who takes part in a conversation, such as a ``conversations.model.Participant``."""

    @property
    def id(self) -> str: ...  # noqa: D102 - a participant's own words
    @property
    def purpose(self) -> str: ...  # noqa: D102
    @property
    def person_id(self) -> str | None: ...  # noqa: D102
    @property
    def queue_id(self) -> str | None: ...  # noqa: D102
    @property
    def name(self) -> str | None: ...  # noqa: D102
    @property
    def address(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class RecordingDraft:
    """A recording to be. ``zone`` is the IANA name where the call belongs; ``reason`` is a word for why, None: the policy.

    ``participants`` is who is there at the start; the sealing takes all who came later, too.
    """

    conversation_id: str
    participant_id: str
    leg_id: str
    started_at: datetime
    zone: str
    direction: str
    person_id: str | None = None
    queue_id: str | None = None
    participants: Sequence[Attendant] = ()
    reason: str | None = None
    id: str | None = None
    medium: str = CALL
    codec: str = CODEC
    container: str = CONTAINER


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """A recording that is to be written now; its key comes from ``operations.opening.get_data_key``."""

    id: str
    leg_id: str
    organization_id: str


@dataclass(frozen=True, slots=True)
class OffsetChange:
    """From an instant on, a zone is so many seconds ahead of UTC."""

    at: datetime
    utc_offset_seconds: int


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What is known of a recording's file once its end is fixed.

    ``sha256`` and ``size`` (bytes) are of the plain sound, ``stored_*`` of the encrypted object at ``object_key``.
    ``last_at`` is when its last chunk was handed over, None for a file without any; ``duration`` is the sound's.
    """

    object_key: str
    stored_sha256: bytes
    stored_size: int
    sha256: bytes
    size: int
    duration: timedelta
    packets: int
    lost: int
    last_at: datetime | None
    crashed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recorded leg. ``offsets`` begins with the start and lists each change of the zone's offset until the end."""

    id: str
    organization_id: str
    conversation_id: str
    participant_id: str
    leg_id: str
    person_id: str | None
    queue_id: str | None
    direction: str
    division_ids: tuple[str, ...]
    reason: str
    started_at: datetime
    zone: str
    utc_offset_seconds: int
    tzdata_version: str
    participants: tuple[ParticipantSnapshot, ...]
    codec: str
    container: str
    state: State
    medium: str = CALL
    key_id: str | None = None
    wrapped_key: bytes | None = None
    stop_at: datetime | None = None
    stop_by: EndedBy | None = None
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    offsets: tuple[OffsetChange, ...] | None = None
    duration_ms: int | None = None
    packets: int | None = None
    lost: int | None = None
    sha256: bytes | None = None
    size: int | None = None
    object_key: str | None = None
    stored_sha256: bytes | None = None
    stored_size: int | None = None
    archive_at: datetime | None = None
    delete_at: datetime | None = None
    archived_at: datetime | None = None
    destroyed_at: datetime | None = None
    held_by: int = 0
    revision: int = 0
    pauses: tuple[Interval, ...] = ()
    changed_at: datetime
    changed_by: str

    @property
    def me(self) -> ParticipantSnapshot | None:
        """The participant whose leg it is."""
        return next((each for each in self.participants if each.id == self.participant_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a revision says of a sealed recording: everything but keys and places. Hashes are hexadecimal."""

    recording_id: str
    conversation_id: str
    participant_id: str
    leg_id: str
    person_id: str | None
    queue_id: str | None
    direction: str
    division_ids: tuple[str, ...]
    reason: str
    started_at: datetime
    zone: str
    utc_offset_seconds: int
    tzdata_version: str
    offsets: tuple[OffsetChange, ...]
    participants: tuple[ParticipantSnapshot, ...]
    ended_at: datetime
    ended_by: EndedBy
    duration_ms: int
    packets: int
    lost: int
    codec: str
    container: str
    sha256: str
    size: int
    archive_at: datetime | None
    delete_at: datetime | None
    pauses: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A field of the metadata that a revision changed."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Revision:
    """The metadata as they were known from an instant on, why, and by whom. ``digest`` chains it to the former one."""

    recording_id: str
    number: int
    metadata: Metadata
    difference: tuple[Change, ...]
    reason: str
    by: str
    at: datetime
    digest: bytes


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a sealed object tells of itself when it is read again."""

    sha256: bytes
    size: int
    duration: timedelta
    packets: int
    lost: int


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What other rooms know of a recording's conversation now; ``media`` is None when the object was not read."""

    participants: tuple[ParticipantSnapshot, ...]
    division_ids: tuple[str, ...]
    person_id: str | None
    queue_id: str | None
    media: MediaFacts | None = None
    pauses: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Whether legs of a queue (None: of calls without one) are recorded; ``since`` None: nobody ever changed it."""

    record: bool
    queue_id: str | None = None
    own: bool = False
    since: datetime | None = None
    changed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Storage:
    """Whether sound can be kept encrypted now; ``problem`` is a sentence that says why not."""

    problem: str | None = None
    keys_file: str | None = None


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """The vendor's settings of recordings, with its defaults. ``playback_minutes``: how long a media uri works."""

    max_simultaneous_streams: int = 1
    max_configurable_screen_recording_streams: int = 1
    regional_storage: bool = False
    playback_minutes: int = 60
    batch_download_minutes: int = 60
    stop_when_only_external: bool = False


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A part of the sound: bytes ``start`` to ``end``, both included, as asked for; None is open.

    ``of``: the SHA-256 (hexadecimal) of the sound that the part is of; of another one, all is wanted.
    """

    start: int | None
    end: int | None
    of: str | None = None


class Use(StrEnum):
    """What somebody wanted of a recording."""

    MEDIA = "media"
    HEAD = "head"
    PEAKS = "peaks"


@dataclass(frozen=True, slots=True)
class Access:
    """One row of the access log."""

    id: str
    recording_id: str
    at: datetime
    actor_id: str
    actor_kind: str
    client_id: str | None
    address: str | None
    what: Use
    by_ticket: bool
    first_byte: int | None
    last_byte: int | None
    allowed: bool
    code: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Peaks:
    """A waveform: ``data`` holds a lowest and a highest value (signed bytes) of each pixel of one channel."""

    sample_rate: int
    samples_per_pixel: int
    data: bytes

    @property
    def length(self) -> int:
        """Pixels."""
        return len(self.data) // 2


@dataclass(frozen=True, slots=True)
class RecordingFilter:
    """Which recordings are wanted; None does not restrict. ``started``: when they began."""

    conversation_ids: Sequence[str] | None = None
    person_ids: Sequence[str] | None = None
    queue_ids: Sequence[str] | None = None
    started: Interval | None = None
    sealed_only: bool = False


class Outcome(StrEnum):
    """What came of refreshing one recording."""

    REVISED = "revised"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What came of refreshing one recording, and why it was left out or failed."""

    recording_id: str
    conversation_id: str
    outcome: Outcome
    revision: int
    difference: tuple[Change, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RefreshJob:
    """A refresh of many recordings, and how far it is."""

    id: str
    state: str
    reason: str
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    total: int
    revised: int
    unchanged: int
    skipped: int
    failed: int
    problems: Sequence[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What came of a refresh: at once, with the ids of the selector for which there is no recording; or a job."""

    refreshed: tuple[Refreshed, ...] = ()
    without: tuple[str, ...] = ()
    job: RefreshJob | None = None
