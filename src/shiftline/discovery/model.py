"""The frozen facts of an export: all that a package says, fixed before its first byte is written."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from shiftline.recordings.model import Access, Metadata, Revision


class Channel(StrEnum):
    """By what people talked."""

    CALL = "call"
    MESSAGE = "message"
    EMAIL = "email"


class Kind(StrEnum):
    """What a document is."""

    RECORDING = "recording"
    MESSAGES = "messages"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Person:
    """One who is named in an export, by the name they had when it was frozen."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Plain bytes that are handed over as they are: ``id`` is by which they are asked for; hashes are hexadecimal."""

    id: str
    media_type: str
    size: int
    sha256: str
    sha512: str | None = None
    file_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One who took part in a conversation; ``purpose`` in the vendor's words."""

    id: str
    purpose: str
    person_id: str | None = None
    queue_id: str | None = None
    name: str | None = None
    address: str | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What shows that an entry is in the ledger under the export's checkpoint: canonical bytes and hashes.

    ``body`` and ``facts`` as in ``ledger.model.KeptEntry``, ``hashes`` as in ``ledger.model.Inclusion``.
    """

    index: int
    body: bytes
    facts: bytes
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """A matter that keeps a document from destruction, since when."""

    matter_id: str
    matter_name: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedLeg:
    """A recording as it was at the freeze: its metadata, every revision, everybody who heard it, what keeps it.

    ``number`` is the document's place in the export, from 1. ``proofs`` holds at least that it was sealed.
    """

    number: int
    metadata: Metadata
    revisions: tuple[Revision, ...]
    accesses: tuple[Access, ...] = ()
    holds: tuple[Hold, ...] = ()
    proofs: tuple[Proof, ...] = ()
    sha512: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of a conversation; ``participant_id`` is who wrote it, ``incoming`` when that was the customer."""

    id: str
    participant_id: str
    sent_at: datetime
    text: str
    incoming: bool
    reply_to: str | None = None
    attachments: tuple[Content, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """The messages of a conversation, one document; ``platform`` such as ``webmessaging``."""

    number: int
    platform: str
    messages: tuple[Message, ...]
    archive_at: datetime | None = None
    delete_at: datetime | None = None
    holds: tuple[Hold, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """An e-mail: ``original`` is it as it came, when it came; of one that was written here it is made from the rest."""

    number: int
    id: str
    sent_at: datetime
    sender: str
    to: tuple[str, ...]
    incoming: bool
    cc: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    html: str | None = None
    in_reply_to: str | None = None
    message_id: str | None = None
    attachments: tuple[Content, ...] = ()
    original: Content | None = None
    archive_at: datetime | None = None
    delete_at: datetime | None = None
    holds: tuple[Hold, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation with all of it that is in the export. Its documents' numbers rise, recordings first.

    ``transcripts`` are what was sealed of what was written: no documents of their own, their number is that of the first
    document that shows what they say.
    """

    id: str
    channel: Channel
    started_at: datetime
    direction: str
    participants: tuple[Participant, ...]
    division_ids: tuple[str, ...]
    ended_at: datetime | None = None
    subject: str | None = None
    recordings: tuple[RecordedLeg, ...] = ()
    transcripts: tuple[RecordedLeg, ...] = ()
    messages: Messages | None = None
    emails: tuple[Email, ...] = ()

    @property
    def sealed(self) -> tuple[RecordedLeg, ...]:
        """All that was sealed of it, sound and writing."""
        return (*self.recordings, *self.transcripts)

    @property
    def agent_ids(self) -> tuple[str, ...]:
        """The people of the organization who took part, each once."""
        found = (each.person_id for each in self.participants if each.person_id is not None)
        legs = (each.metadata.person_id for each in self.recordings if each.metadata.person_id is not None)
        return tuple(dict.fromkeys((*found, *legs)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """What the selection would have taken and was left out, and why."""

    kind: str
    id: str
    conversation_id: str
    reason: str
    agent_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCount:
    """What is in the export of one agent."""

    agent: Person
    conversations: int
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many there must be, as counted at the freeze. ``media_bytes`` is the plain size of all recordings."""

    conversations: int
    recordings: int
    messages: int
    emails: int
    media_bytes: int
    agents: tuple[AgentCount, ...] = ()

    @property
    def documents(self) -> int:
        """Documents of all kinds; ``messages`` counts conversations of messages."""
        return self.recordings + self.messages + self.emails


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFacts:
    """Of which log the proofs are: its origin, the keys that sign it (``name+id+base64``), the checkpoint's note, and the
    proof that the freeze itself was entered (kind ``export.frozen``, the export's id its subject).
    """

    origin: str
    keys: tuple[str, ...]
    checkpoint: str
    frozen: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an export is: by whom, for which matter, what was asked for and when it was frozen.

    ``query`` is JSON without nulls. ``prefix`` begins each document's number. ``vendor_media``: the vendor's layout gets
    the sound, too, beside its metadata.
    """

    id: str
    organization_id: str
    organization_name: str
    matter_id: str
    matter_name: str
    reason: str
    operator: Person
    query: Mapping[str, Any]
    frozen_at: datetime
    counts: Counts
    software: str
    exclusions: tuple[Exclusion, ...] = ()
    ledger: LedgerFacts | None = None
    prefix: str = "SL"
    vendor_media: bool = False

    def numbered(self, number: int) -> str:
        """A document's number as it is printed."""
        return f"{self.prefix}{number:08d}"


class Facts(Protocol):
    """Where a package's content comes from; the same each time it is asked."""

    @property
    def export(self) -> Export:
        """The export itself."""
        ...

    def conversations(self) -> AsyncIterator[Conversation]:
        """Every conversation, in the order of their documents' numbers."""
        ...

    def content(self, content: Content) -> AsyncIterator[bytes]:
        """Plain bytes, in order, in pieces of any size."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file of the package as it was stored and read back; ``agent_ids`` whose log it is in. ``refusals`` are sentences.

    ``attempts`` counts tries to store it, ``conflicts`` how often it was there already with the same bytes.
    """

    path: str
    size: int
    sha256: str
    media_type: str
    number: int | None = None
    conversation_id: str | None = None
    agent_ids: tuple[str, ...] = ()
    attempts: int = 1
    conflicts: int = 0
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the stored payload comes to."""

    files: int
    size: int
    attempts: int
    conflicts: int
    refusals: int
