"""The ledger's part: the checkpoint, and for each entry what shows that it is under it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from shiftline.discovery import canonical
from shiftline.discovery.model import Conversation, Facts, Proof

SCHEMA = "proof"


async def write(facts: Facts) -> AsyncIterator[bytes]:
    """A line for each proof: first of the freeze, then by document."""
    ledger = facts.export.ledger
    if ledger is not None and ledger.frozen is not None:
        yield canonical.line(describe(ledger.frozen))
    async for conversation in facts.conversations():
        for proof in proofs_of(conversation):
            yield canonical.line(describe(proof))


def proofs_of(conversation: Conversation) -> Iterator[Proof]:
    """All proofs of a conversation's documents, by number."""
    for leg in conversation.sealed:
        yield from leg.proofs


def describe(proof: Proof) -> dict[str, Any]:
    """A proof. The entry and the facts are the very texts whose hashes are in the tree."""
    return {
        "index": proof.index,
        "entry": proof.body.decode(),
        "facts": proof.facts.decode(),
        "hashes": [each.hex() for each in proof.hashes],
    }
