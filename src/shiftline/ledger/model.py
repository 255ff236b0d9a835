"""Entries, checkpoints, tiles, and what proves them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """What is to be entered. ``facts`` is what happened, in full: JSON without fractions; its digest stands in the leaf.

    ``kind`` is ``noun.verb`` (``recording.sealed``); ``subject_id`` the recording's or export's id.
    """

    kind: str
    subject_id: str
    facts: Mapping[str, Any]
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a leaf holds. ``at`` is aware, by the application's clock; ``digest`` the SHA-256 of the facts' RFC 8785 JSON.

    ``id`` is random, so that the hash of an entry that is not shown tells nothing of it.
    """

    id: str
    organization_id: str
    kind: str
    subject_id: str
    conversation_id: str | None
    at: datetime
    actor_id: str
    actor_kind: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry with its canonical bytes and its facts (RFC 8785 JSON); ``index`` is None while it waits for its place."""

    entry: Entry
    body: bytes
    facts: bytes
    index: int | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """So many leaves have this root, in the log that ``origin`` names."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as it was signed: ``note`` is the C2SP signed note; ``at`` by the application's clock."""

    size: int
    root: bytes
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key by which notes of a name are checked. ``public`` is 32 bytes of Ed25519, ``key_id`` 4."""

    name: str
    key_id: bytes
    public: bytes


@dataclass(frozen=True, slots=True)
class FullTile:
    """256 hashes in a row of the tree at ``256 ** level`` leaves each, and the hash that they make together."""

    level: int
    number: int
    hashes: bytes
    root: bytes


@dataclass(frozen=True, slots=True)
class Inclusion:
    """What shows that an entry is the leaf ``index`` of the tree that ``checkpoint`` signs."""

    kept: KeptEntry
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: SignedCheckpoint


@dataclass(frozen=True, slots=True)
class Consistency:
    """What shows that the tree of ``later`` leaves begins with the tree of ``earlier``; the notes where they were kept."""

    earlier: int
    later: int
    hashes: tuple[bytes, ...]
    earlier_checkpoint: SignedCheckpoint | None
    later_checkpoint: SignedCheckpoint | None


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries are wanted; None does not restrict. Instants are half-open: ``since`` is in, ``until`` is not."""

    subject_ids: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What came of checking a whole ledger: ``problem`` is a sentence that says what is wrong first, and where.

    ``leaves`` were recomputed from their entries, ``waiting`` have no place yet.
    """

    origin: str | None
    leaves: int
    checkpoints: int
    waiting: int
    root: bytes
    problem: str | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """How a log is called and by which keys its checkpoints are signed, oldest key first."""

    origin: str
    keys: tuple[VerifierKey, ...] = field(default=())
