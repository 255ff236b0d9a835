"""Proofs, computed from the tiles: a proof reads a tile a level, whatever the size of the tree."""

from collections.abc import Iterator, Sequence

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.ledger import store
from shiftline.ledger.errors import EntryNotFound, EntryWaits, LedgerDamaged, LedgerEmpty, SizeUnknown
from shiftline.ledger.model import Consistency, Inclusion, KeptEntry, SignedCheckpoint
from shiftline.ledger.operations.reading import VIEW
from shiftline.ledger.rules import tiles, tree
from shiftline.ledger.rules.tiles import Tiles
from shiftline.ledger.rules.tree import Range

TOGETHER = 256
"""Proofs that are computed from one reading of tiles; each may need a tile of its own, of 8 KiB."""


async def prove_entry(context: Context, entry_id: str, size: int | None = None) -> Inclusion:
    """What shows that an entry is in the tree of a checkpoint (None: of the last one).

    Raises PermissionMissing, EntryNotFound, EntryWaits, SizeUnknown.
    """
    require(context, VIEW)
    async with context.reader() as reader:
        (found,) = await prove_entries(reader, context.organization_id, [entry_id], size)
    return found


async def prove_entries(
    reader: Reader, organization_id: str, entry_ids: Sequence[str], size: int | None = None
) -> list[Inclusion]:
    """Proofs of many entries under one checkpoint, in the order of the ids; for operations that judged who may have them.

    Raises EntryNotFound, EntryWaits, SizeUnknown, LedgerEmpty, LedgerDamaged.
    """
    checkpoint = await _checkpoint(reader, organization_id, size)
    proofs: dict[str, Inclusion] = {}
    for some in _together(list(dict.fromkeys(entry_ids))):
        found = await store.find_entries(reader, organization_id, some)
        placed = [(found.get(entry_id), entry_id) for entry_id in some]
        known = [(kept, _place(kept, entry_id, checkpoint, size)) for kept, entry_id in placed]
        ranges = [part for _, index in known for part in tree.ranges_of_inclusion(index, checkpoint.size)]
        hashes = await _read(reader, organization_id, ranges, checkpoint.size)
        for kept, index in known:
            assert kept is not None
            proof = hashes.prove_inclusion(index, checkpoint.size)
            _check(organization_id, kept, index, proof, checkpoint)
            proofs[kept.entry.id] = Inclusion(kept, index, proof, checkpoint)
    return [proofs[entry_id] for entry_id in entry_ids]


def _place(kept: KeptEntry | None, entry_id: str, checkpoint: SignedCheckpoint, size: int | None) -> int:
    """The place of an entry in the tree of a checkpoint; ``size`` is None where the last one was meant."""
    if kept is None:
        raise EntryNotFound(entry_id)
    if kept.index is not None and kept.index < checkpoint.size:
        return kept.index
    if size is None:
        raise EntryWaits(entry_id)
    raise SizeUnknown("size", size, f"leaves do not hold the entry {entry_id}.")


async def prove_consistency(context: Context, earlier: int, later: int) -> Consistency:
    """What shows that the tree of ``later`` leaves begins with that of ``earlier``. Raises PermissionMissing, SizeUnknown."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await prove_growth(reader, context.organization_id, earlier, later)


async def prove_growth(reader: Reader, organization_id: str, earlier: int, later: int) -> Consistency:
    """``prove_consistency`` for operations that judged who may have it. Raises SizeUnknown, LedgerEmpty."""
    last = await latest_checkpoint(reader, organization_id)
    if later > last.size:
        raise SizeUnknown("to", later, f"leaves are more than there are: {last.size}.")
    if not 0 < earlier <= later:
        raise SizeUnknown("from", earlier, f"must be from 1 to {later}.")
    hashes = await _read(reader, organization_id, tree.ranges_of_consistency(earlier, later), later)
    return Consistency(
        earlier,
        later,
        hashes.prove_consistency(earlier, later),
        await store.find_checkpoint(reader, organization_id, earlier),
        await store.find_checkpoint(reader, organization_id, later),
    )


async def latest_checkpoint(reader: Reader, organization_id: str) -> SignedCheckpoint:
    """The last checkpoint. Raises LedgerEmpty."""
    last = await store.latest_checkpoint(reader, organization_id)
    if last is None:
        raise LedgerEmpty(organization_id)
    return last


async def _checkpoint(reader: Reader, organization_id: str, size: int | None) -> SignedCheckpoint:
    if size is None:
        return await latest_checkpoint(reader, organization_id)
    found = await store.find_checkpoint(reader, organization_id, size)
    if found is None:
        raise SizeUnknown("size", size, "leaves were never signed.")
    return found


async def _read(reader: Reader, organization_id: str, ranges: Sequence[Range], size: int) -> Tiles:
    wanted = tiles.tiles_of(ranges)
    found = await store.read_tiles(reader, organization_id, wanted, size)
    for place in wanted:
        if len(found.get(place, b"")) != tiles.width_of(place, size) * tree.HASH_SIZE:
            raise LedgerDamaged(organization_id, f"hashes of the tile {tiles.path_of(place)} are missing.")
    return Tiles(found)


def _check(
    organization_id: str, kept: KeptEntry, index: int, proof: Sequence[bytes], checkpoint: SignedCheckpoint
) -> None:
    """Whoever is handed a proof shall not be the first to find that it is none."""
    if not tree.check_inclusion(tree.leaf_hash(kept.body), index, checkpoint.size, proof, checkpoint.root):
        raise LedgerDamaged(organization_id, f"the entry {kept.entry.id} is not the leaf {index} that was signed.")


def _together(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(ids), TOGETHER):
        yield ids[at : at + TOGETHER]
