"""What somebody checks who has nothing but texts: an entry, a proof, keys that they trust. Offline, without a database."""

from collections.abc import Collection, Sequence

from shiftline.ledger.errors import NoteError
from shiftline.ledger.model import Checkpoint, Entry, VerifierKey
from shiftline.ledger.rules import checkpoints, entries, tree


def open_entry(body: bytes, proof: str, origin: str, keys: Collection[VerifierKey]) -> tuple[Entry, int, Checkpoint]:
    """The entry of canonical bytes, its place and the checkpoint that it is under, once a proof (C2SP tlog-proof) shows so.

    Raises NoteError saying what is wrong.
    """
    index, hashes, note = checkpoints.parse_proof(proof)
    checkpoint = checkpoints.open_checkpoint(note, origin, keys)
    if not tree.check_inclusion(tree.leaf_hash(body), index, checkpoint.size, hashes, checkpoint.root):
        raise NoteError(f"the proof does not show that this entry is the leaf {index} of {checkpoint.size}.")
    return entries.parse(body), index, checkpoint


def check_facts(entry: Entry, facts: bytes) -> None:
    """Facts are those of an entry, or NoteError is raised."""
    if entries.digest_facts(facts) != entry.digest:
        raise NoteError(f"the facts beside the entry {entry.id} are not those that were entered.")


def check_growth(earlier: Checkpoint, later: Checkpoint, hashes: Sequence[bytes]) -> None:
    """The log of one checkpoint begins with that of another, or NoteError is raised."""
    if earlier.origin != later.origin:
        raise NoteError(f"the checkpoints are of two logs: {earlier.origin} and {later.origin}.")
    if not tree.check_consistency(earlier.size, later.size, hashes, earlier.root, later.root):
        raise NoteError(f"the log of {later.size} leaves is not shown to begin with that of {earlier.size}.")
