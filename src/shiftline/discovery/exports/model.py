"""Exports and how far they are."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shiftline.discovery.model import Channel
from shiftline.foundation.time import Interval

FIRST_PREVIOUS = bytes(32)
"""What stands for the hash before the first object's."""


class Status(StrEnum):
    """Whether an export goes on. CANCELLED and SEALED are for good."""

    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SEALED = "sealed"


class Step(StrEnum):
    """What an export has reached, in this order."""

    DRAFT = "draft"
    FROZEN = "frozen"
    PROVEN = "proven"
    PLANNED = "planned"
    STORED = "stored"
    LOGGED = "logged"
    MANIFESTED = "manifested"
    STAMPED = "stamped"
    TAGGED = "tagged"
    TIMESTAMPED = "timestamped"
    ANCHORED = "anchored"
    SEALED = "sealed"


class Phase(StrEnum):
    """Which part of the package an object is in."""

    PAYLOAD = "payload"
    LOG = "log"
    TAG = "tag"
    ANCHOR = "anchor"


class Place(StrEnum):
    """What kind of place a destination is."""

    FOLDER = "folder"
    ZIP = "zip"
    S3 = "s3"


class LockMode(StrEnum):
    """How firmly a bucket keeps an object: GOVERNANCE may be lifted by who has the right, COMPLIANCE by nobody."""

    GOVERNANCE = "GOVERNANCE"
    COMPLIANCE = "COMPLIANCE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which conversations are wanted; None does not restrict, and all that is given must hold.

    ``held_by`` is a matter's id: what it holds. ``interval``: some of the conversation lies in it. Of a conversation that is
    wanted, all of it is.
    """

    held_by: str | None = None
    agent_ids: tuple[str, ...] | None = None
    queue_ids: tuple[str, ...] | None = None
    conversation_ids: tuple[str, ...] | None = None
    channels: tuple[Channel, ...] | None = None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a package goes. ``name`` is below what the operator set (``own`` None), else ``own`` is a path or URL.

    ``lock_mode``, ``retain_until`` and ``legal_hold`` are for buckets with Object Lock.
    """

    place: Place
    name: str
    own: str | None = None
    lock_mode: LockMode | None = None
    retain_until: datetime | None = None
    legal_hold: bool = False

    @property
    def locks(self) -> bool:
        """Whether objects are to be locked."""
        return self.lock_mode is not None or self.legal_hold


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportDraft:
    """An export to be. ``matter_id`` None: of no matter that is kept here, only named."""

    matter_name: str
    reason: str
    selection: Selection
    destination: Destination
    matter_id: str | None = None
    vendor_media: bool = False


@dataclass(frozen=True, slots=True)
class ExportProblem:
    """Why an export does not go on, in a sentence."""

    code: str
    sentence: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportState:
    """An export and how far it is. ``total_*`` are what is planned so far; ``run`` counts who went on with it."""

    organization_id: str
    id: str
    matter_id: str | None
    matter_name: str
    reason: str
    selection: Selection
    destination: Destination
    vendor_media: bool
    operator_id: str
    operator_name: str
    status: Status
    step: Step
    problem: ExportProblem | None
    run: int
    created_at: datetime
    changed_at: datetime
    changed_by: str
    frozen_at: datetime | None
    sealed_at: datetime | None
    total_objects: int
    total_bytes: int
    stored_objects: int
    stored_bytes: int
    planned_until: int
    root: str | None
    attestation_key: bytes | None


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A line of what became of an export."""

    run: int
    what: str
    sentence: str
    by: str
    at: datetime
    real_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedObject:
    """An object before it is stored; hashes are hexadecimal. ``position`` is its conversation's, None: of none."""

    sequence: int
    path: str
    phase: Phase
    media_type: str
    size: int
    sha256: str
    previous: str
    position: int | None = None
    number: int | None = None
    conversation_id: str | None = None
    agent_ids: tuple[str, ...] = ()
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of storing an object: how many more attempts than the first, whether it was there, what was refused."""

    sequence: int
    size: int
    more_attempts: int = 0
    conflicts: int = 0
    refusals: tuple[str, ...] = ()
    stored: bool = True


@dataclass(frozen=True, slots=True)
class Token:
    """A timestamp over a file's SHA-256: the whole response of RFC 3161, and the certificates (PEM) it was checked by."""

    path: str
    sha256: str
    response: bytes
    at: datetime
    issuer: str
    roots: bytes


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines of an export's log are wanted."""

    agent_id: str | None = None
    refused_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How much a selection would take now."""

    conversations: int
    recordings: int
