"""The ledger on the wire: JSON of our own, hashes in base64 as the standards write them."""

import base64
from collections.abc import Sequence
from typing import Any

import msgspec

from shiftline.foundation.web.wire import Instant, Wire
from shiftline.ledger.model import Consistency, Inclusion, KeptEntry, LogIdentity, SignedCheckpoint
from shiftline.ledger.rules import tree
from shiftline.ledger.rules.checkpoints import format_proof, format_verifier

LEDGER = "/api/v2/shiftline/ledger"


class WireCheckpoint(Wire):
    """So many leaves have this root; ``note`` is the signed text that says so (C2SP tlog-checkpoint)."""

    size: int
    root_hash: str
    date_signed: Instant
    note: str


class WireKeys(Wire):
    """How the log is called, and the keys that signed its checkpoints, oldest first (C2SP verifier keys)."""

    origin: str
    verifier_keys: list[str]


class WireLedger(WireKeys):
    """An organization's log."""

    checkpoint: WireCheckpoint


class WireEntry(Wire):
    """What happened. ``body`` is the base64 of the canonical JSON that the leaf's hash is of, ``facts`` what its digest is of.

    ``leafIndex`` is absent while the entry waits for its place.
    """

    id: str
    kind: str
    subject_id: str
    date: Instant
    actor_id: str
    actor_kind: str
    digest: str
    body: str
    leaf_hash: str
    facts: Any
    conversation_id: str | None = None
    leaf_index: int | None = None


class WireProof(Wire):
    """What shows that an entry is in the tree: ``hashes`` from its sibling up; ``proof`` the same as C2SP tlog-proof text."""

    entry: WireEntry
    leaf_index: int
    tree_size: int
    hashes: list[str]
    checkpoint: WireCheckpoint
    proof: str


class WireConsistency(Wire):
    """What shows that a tree begins with an earlier one; the checkpoints where they were signed at just those sizes."""

    from_size: int
    to_size: int
    hashes: list[str]
    from_checkpoint: WireCheckpoint | None = None
    to_checkpoint: WireCheckpoint | None = None


def show_checkpoint(checkpoint: SignedCheckpoint) -> WireCheckpoint:
    """A checkpoint."""
    return WireCheckpoint(
        size=checkpoint.size, root_hash=_text(checkpoint.root), date_signed=checkpoint.at, note=checkpoint.note
    )


def show_keys(identity: LogIdentity) -> WireKeys:
    """The keys of a log."""
    return WireKeys(origin=identity.origin, verifier_keys=[format_verifier(key) for key in identity.keys])


def show_ledger(identity: LogIdentity, checkpoint: SignedCheckpoint) -> WireLedger:
    """A log."""
    keys = show_keys(identity)
    return WireLedger(origin=keys.origin, verifier_keys=keys.verifier_keys, checkpoint=show_checkpoint(checkpoint))


def show_entry(kept: KeptEntry) -> WireEntry:
    """An entry."""
    entry = kept.entry
    return WireEntry(
        id=entry.id,
        kind=entry.kind,
        subject_id=entry.subject_id,
        conversation_id=entry.conversation_id,
        date=entry.at,
        actor_id=entry.actor_id,
        actor_kind=entry.actor_kind,
        digest=entry.digest.hex(),
        body=_text(kept.body),
        leaf_hash=_text(tree.leaf_hash(kept.body)),
        leaf_index=kept.index,
        facts=msgspec.json.decode(kept.facts),
    )


def show_proof(found: Inclusion) -> WireProof:
    """The proof of an entry."""
    return WireProof(
        entry=show_entry(found.kept),
        leaf_index=found.index,
        tree_size=found.checkpoint.size,
        hashes=_texts(found.hashes),
        checkpoint=show_checkpoint(found.checkpoint),
        proof=format_proof(found.index, found.hashes, found.checkpoint.note),
    )


def show_consistency(found: Consistency) -> WireConsistency:
    """The proof that a tree only grew."""
    earlier, later = found.earlier_checkpoint, found.later_checkpoint
    return WireConsistency(
        from_size=found.earlier,
        to_size=found.later,
        hashes=_texts(found.hashes),
        from_checkpoint=None if earlier is None else show_checkpoint(earlier),
        to_checkpoint=None if later is None else show_checkpoint(later),
    )


def _texts(hashes: Sequence[bytes]) -> list[str]:
    return [_text(each) for each in hashes]


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
