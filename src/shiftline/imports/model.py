"""Imports, items in quarantine, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

LARGEST_MEDIA = 1024 * 1024 * 1024
LARGEST_METADATA = 1024 * 1024


class Rule(StrEnum):
    """What can be wrong with an item. The first part says with what of it."""

    METADATA_MISSING = "metadata.missing"
    METADATA_TRUNCATED = "metadata.truncated"
    METADATA_SHAPE = "metadata.shape"
    ID_MISMATCH = "id.mismatch"
    CONVERSATION_MISMATCH = "conversation.mismatch"
    CONVERSATION_MISSING = "conversation.missing"
    START_MISSING = "start.missing"
    END_MISSING = "end.missing"
    INSTANT_NAIVE = "instant.naive"
    ZONE_MISSING = "zone.missing"
    ZONE_UNKNOWN = "zone.unknown"
    OFFSET_WRONG = "offset.wrong"
    TIMES_CONTRADICTORY = "times.contradictory"
    TIMES_HOUR = "times.hour"
    MEDIA_MISSING = "media.missing"
    MEDIA_UNKNOWN = "media.unknown"
    MEDIA_TYPE = "media.type"
    MEDIA_TRUNCATED = "media.truncated"
    MEDIA_SHORT = "media.short"
    MEDIA_HASH = "media.hash"
    MEDIA_SIZE = "media.size"
    AGENT_UNKNOWN = "agent.unknown"
    QUEUE_UNKNOWN = "queue.unknown"
    DIVISION_UNKNOWN = "division.unknown"
    DIRECTION_MISSING = "direction.missing"
    DUPLICATE = "duplicate.recording"
    DUPLICATE_MEDIA = "duplicate.media"


ACCEPTABLE = frozenset({
    Rule.ID_MISMATCH, Rule.TIMES_HOUR, Rule.MEDIA_TRUNCATED, Rule.MEDIA_SHORT, Rule.MEDIA_HASH, Rule.MEDIA_SIZE, Rule.DUPLICATE_MEDIA,
})  # fmt: skip
"""What somebody may take as it is, with a reason: no field of the recording would be other."""


class Class(StrEnum):
    """What a report counts problems as."""

    NULL = "null"
    CONTRADICTORY = "contradictory"
    OFFSET = "offset"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Media:
    """What a file of media is by its content. ``packets`` None: such a file has none. ``truncated``: it ends before it says."""

    container: str
    codec: str
    media_type: str
    duration: timedelta
    packets: int | None = None
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is of an item. ``folder_hour`` and ``conversation_id`` are what its folders' names say, None: nothing."""

    path: str
    recording_id: str
    conversation_id: str | None
    folder_hour: datetime | None
    metadata: bytes | None
    media: Media | None
    media_size: int | None
    media_sha256: bytes | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the item: ``zone`` for files that tell none, the organization's people, queues, divisions, and which recordings
    there are already.
    """

    organization_ids: frozenset[str]
    people: Mapping[str, str]
    queues: Mapping[str, str]
    division_ids: frozenset[str]
    home_division_id: str
    zone: str | None = None
    recording_ids: frozenset[str] = frozenset()
    media_of: Mapping[bytes, str] = field(default_factory=dict[bytes, str])


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule that an item breaks. ``found`` is what the file has; ``corrected`` what follows from the file itself.

    ``open`` is a problem that waits for somebody.
    """

    rule: Rule
    sentence: str
    field: str
    found: Any = None
    corrected: Any = None
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What the recording will say; None is what could not be known."""

    conversation_id: str | None
    started_at: datetime | None
    ended_at: datetime | None
    zone: str | None
    person_id: str | None
    queue_id: str | None
    direction: str | None
    division_ids: tuple[str, ...]
    archive_at: datetime | None = None
    delete_at: datetime | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What examining gave: ``before`` is what the file said of each field, as it said it."""

    fields: Fields
    problems: tuple[Problem, ...]
    before: Mapping[str, Any]
    foreign: str | None = None

    @property
    def open_problems(self) -> tuple[Problem, ...]:
        """Those that wait for somebody."""
        return tuple(each for each in self.problems if each.open)


class ItemState(StrEnum):
    """Where an item is. SUPERSEDED: the same path came again with something else, before anybody repaired it."""

    WAITING = "waiting"
    ADOPTED = "adopted"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item in quarantine. Its media are an object under a key of their own, until the recording takes both over."""

    id: str
    import_id: str
    path: str
    recording_id: str
    conversation_id: str | None
    folder_hour: datetime | None
    metadata: bytes | None
    metadata_sha256: bytes | None
    media_sha256: bytes | None
    media_size: int | None
    media_type: str | None
    container: str | None
    codec: str | None
    duration_ms: int | None
    packets: int | None
    truncated: bool
    object_key: str | None
    stored_sha256: bytes | None
    stored_size: int | None
    key_id: str | None
    wrapped_key: bytes | None
    state: ItemState
    problems: tuple[Problem, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any] | None
    corrections: Mapping[str, Any]
    received_at: datetime
    repaired_at: datetime | None = None
    repaired_by: str | None = None
    repair_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A folder that is read: ``done`` of ``total`` were looked at, ``received`` are in quarantine or left it, ``refused`` were not kept."""

    id: str
    folder: str
    zone: str | None
    organization_ids: tuple[str, ...]
    reason: str
    repair: bool
    state: str
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    total: int
    done: int
    received: int
    adopted: int
    refused: int
    problem: str | None = None

    @property
    def known(self) -> int:
        """How many of those that were looked at had come before."""
        return max(0, self.done - self.received - self.refused)


@dataclass(frozen=True, slots=True)
class ImportDraft:
    """A folder to read. ``organization_ids`` are what the organization was called where it comes from."""

    folder: str
    reason: str
    zone: str | None = None
    organization_ids: tuple[str, ...] = ()
    repair: bool = True


@dataclass(frozen=True, slots=True)
class Repair:
    """What somebody says of an item: fields by their names in the file, and rules whose problem is taken as it is."""

    corrections: Mapping[str, Any]
    accept: tuple[Rule, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items are wanted; None does not restrict."""

    import_id: str | None = None
    state: ItemState | None = None
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not kept."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One field of one recording: what was said of it, what is said now, and what it was an instance of."""

    subject_id: str
    path: str
    field: str
    counted: Class
    rule: str
    before: Any
    after: Any
    solved: bool
