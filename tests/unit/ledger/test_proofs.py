"""An entry, a proof and a trusted key: what holds opens, everything else says what is wrong."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shiftline.ledger.errors import NoteError
from shiftline.ledger.model import Checkpoint, Entry
from shiftline.ledger.rules import checkpoints, entries, proofs, tree

ORIGIN = "localhost/shiftline/ledger/org-1"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = [checkpoints.verifier_of(ORIGIN, checkpoints.public_of(PRIVATE))]
FACTS = entries.encode_facts({"size": 7})
ENTRIES = [
    Entry(
        id=f"e-{number}",
        organization_id="org-1",
        kind="recording.sealed",
        subject_id=f"r-{number}",
        conversation_id=None,
        at=datetime(2023, 10, 27, 11, 0, number, tzinfo=UTC),
        actor_id="System",
        actor_kind="system",
        digest=entries.digest_facts(FACTS),
    )
    for number in range(11)
]
BODIES = [entries.encode(each) for each in ENTRIES]
LEAVES = [tree.leaf_hash(body) for body in BODIES]


def checkpoint_of(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, tree.root_of(LEAVES[:size]))


def proof_of(index: int, size: int = 11) -> str:
    note = checkpoints.sign(checkpoint_of(size), [PRIVATE])
    return checkpoints.format_proof(index, tree.prove_inclusion(LEAVES[:size], index), note)


def test_an_entry_opens_by_its_own_proof_only() -> None:
    for index, body in enumerate(BODIES):
        assert proofs.open_entry(body, proof_of(index), ORIGIN, KEYS) == (ENTRIES[index], index, checkpoint_of(11))
        with pytest.raises(NoteError, match="does not show"):
            proofs.open_entry(body, proof_of((index + 1) % 11), ORIGIN, KEYS)
    with pytest.raises(NoteError, match="not of"):
        proofs.open_entry(BODIES[0], proof_of(0), "other", KEYS)
    with pytest.raises(NoteError, match="known keys"):
        proofs.open_entry(BODIES[0], proof_of(0), ORIGIN, [])


def test_every_flipped_bit_of_an_entry_or_its_proof_is_detected() -> None:
    body, proof = BODIES[4], proof_of(4).encode()
    for bit in range(len(body) * 8):
        flipped = bytearray(body)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NoteError):
            proofs.open_entry(bytes(flipped), proof.decode(), ORIGIN, KEYS)
    for bit in range(len(proof) * 8):
        flipped = bytearray(proof)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises((NoteError, UnicodeDecodeError)):
            proofs.open_entry(body, bytes(flipped).decode(), ORIGIN, KEYS)


def test_facts_are_those_of_their_entry() -> None:
    proofs.check_facts(ENTRIES[0], FACTS)
    with pytest.raises(NoteError, match="not those that were entered"):
        proofs.check_facts(ENTRIES[0], FACTS.replace(b"7", b"8"))


def test_a_log_grows_from_one_checkpoint_to_another() -> None:
    for later in range(1, 12):
        for earlier in range(1, later + 1):
            hashes = tree.prove_consistency(LEAVES[:later], earlier)
            proofs.check_growth(checkpoint_of(earlier), checkpoint_of(later), hashes)
            other = replace(checkpoint_of(earlier), root=bytes(32))
            with pytest.raises(NoteError, match="not shown to begin"):
                proofs.check_growth(other, checkpoint_of(later), hashes)
    with pytest.raises(NoteError, match="two logs"):
        proofs.check_growth(replace(checkpoint_of(1), origin="other"), checkpoint_of(1), ())
