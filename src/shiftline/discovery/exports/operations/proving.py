"""What shows that the freeze and each recording are in the ledger, under one checkpoint."""

from collections import defaultdict
from collections.abc import Sequence

from shiftline.discovery.exports.errors import ExportNotFound, Waiting
from shiftline.discovery.exports.model import ExportState
from shiftline.discovery.exports.store import frozen
from shiftline.discovery.model import Conversation, LedgerFacts, Proof
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.ledger.errors import EntryWaits, LedgerEmpty
from shiftline.ledger.model import EntryFilter, Inclusion
from shiftline.ledger.operations.proving import prove_entries
from shiftline.ledger.operations.reading import find_entries, find_identity
from shiftline.ledger.rules.checkpoints import format_verifier

BATCH = 100
PROVEN = ("recording.sealed", "recording.revised")
WAITS = (
    "The ledger has not given the freeze its place yet. It does so within seconds where the worker has the keys that sign "
    "(SHIFTLINE_LEDGER_KEYS)."
)


async def prove(context: Context, export: ExportState) -> None:
    """Keep the proofs of all conversations, batch by batch; what is there already stays. Raises Waiting."""
    size = await _fix_checkpoint(context, export)
    while True:
        async with context.reader() as reader:
            some = await frozen.list_unproven(reader, context.organization_id, export.id, BATCH)
            if not some:
                return
            proofs = await _prove(reader, context.organization_id, some, size)
        async with context.transaction() as tx:
            await frozen.set_proofs(tx, export.id, proofs)


async def _fix_checkpoint(context: Context, export: ExportState) -> int:
    """The size of the tree that all proofs are of: of the first checkpoint that holds the freeze, once chosen for good."""
    async with context.reader() as reader:
        found = await frozen.find_frozen(reader, context.organization_id, export.id)
        if found is None:
            raise ExportNotFound(export.id)
        try:
            (proof,) = await prove_entries(reader, context.organization_id, [found[2]])
            identity = await find_identity(reader, context.organization_id)
        except (EntryWaits, LedgerEmpty):
            raise Waiting(WAITS) from None
    known = found[1]
    if known is not None:
        return _size_of(known)
    ledger = LedgerFacts(
        origin=identity.origin,
        keys=tuple(format_verifier(each) for each in identity.keys),
        checkpoint=proof.checkpoint.note,
        frozen=show(proof),
    )
    async with context.transaction() as tx:
        await frozen.set_ledger(tx, export.id, ledger)
        kept = await frozen.find_frozen(tx, context.organization_id, export.id)
    assert kept is not None
    assert kept[1] is not None
    return _size_of(kept[1])


def _size_of(ledger: LedgerFacts) -> int:
    return int(ledger.checkpoint.split("\n")[1])


async def _prove(
    reader: Reader, organization_id: str, some: Sequence[tuple[int, Conversation]], size: int
) -> dict[int, dict[str, Sequence[Proof]]]:
    ids = tuple(leg.metadata.recording_id for _, each in some for leg in each.sealed)
    if not ids:
        return {position: {} for position, _ in some}
    wanted = EntryFilter(subject_ids=ids, kinds=PROVEN)
    entries = await find_entries(reader, organization_id, wanted, limit=100_000)
    placed = [each for each in entries if each.index is not None and each.index < size]
    inclusions = await prove_entries(reader, organization_id, [each.entry.id for each in placed], size)
    by_recording: defaultdict[str, list[Proof]] = defaultdict(list)
    for each in inclusions:
        by_recording[each.kept.entry.subject_id].append(show(each))
    return {
        position: {leg.metadata.recording_id: by_recording[leg.metadata.recording_id] for leg in each.sealed}
        for position, each in some
    }


def show(found: Inclusion) -> Proof:
    """A proof as a package has it."""
    return Proof(index=found.index, body=found.kept.body, facts=found.kept.facts, hashes=found.hashes)
