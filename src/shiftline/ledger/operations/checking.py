"""A whole ledger is checked: from what is stored of each entry up to each signature, as if nothing had been computed before.

Its memory does not grow with the ledger. What somebody with all rights on the database could rewrite as a whole, signatures
aside, shows against a checkpoint that was kept elsewhere: ``known``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Row
from shiftline.ledger import store
from shiftline.ledger.errors import NoteError
from shiftline.ledger.model import FullTile, LedgerReport, LogIdentity, SignedCheckpoint
from shiftline.ledger.rules import checkpoints, entries, tree
from shiftline.ledger.rules.tiles import WIDTH, Edge, path_of

BATCH = 2048


class _Found(Exception):  # noqa: N818 - it is what is looked for
    def __init__(self, sentence: str, index: int | None = None) -> None:
        super().__init__(sentence)
        self.index = index


@dataclass(slots=True)
class _Check:
    """How far a check has come."""

    organization_id: str
    identity: LogIdentity | None
    known: dict[int, bytes]
    edge: Edge = field(default_factory=lambda: Edge(0, []))
    checkpoints: int = 0

    @property
    def log(self) -> LogIdentity:
        """How the log is called and who may sign it."""
        if self.identity is None:
            raise _Found("there are leaves, and no log that they are of.")
        return self.identity


async def list_ledgers(reader: Reader) -> list[str]:
    """The organizations that have a ledger."""
    return await store.list_logs(reader)


async def check_ledger(context: Context, known: Sequence[str] = ()) -> LedgerReport:
    """Recompute the ledger of the context's organization, and say what is wrong first, and where.

    ``known`` are notes that were kept elsewhere: the ledger must contain each. Raises Unavailable.
    """
    organization_id = context.organization_id
    async with context.reader() as reader:
        identity = await store.find_log(reader, organization_id)
        check = _Check(organization_id, identity, {})
        last = await store.latest_checkpoint(reader, organization_id)
        waiting = await store.count_pending(reader, organization_id)
        problem: _Found | None = None
        try:
            _read_known(check, known)
            await _check_all(reader, check, last)
        except _Found as found:
            problem = found
    return LedgerReport(
        origin=None if identity is None else identity.origin,
        leaves=check.edge.size,
        checkpoints=check.checkpoints,
        waiting=waiting,
        root=check.edge.root(),
        problem=None if problem is None else str(problem),
        index=None if problem is None else problem.index,
    )


def _read_known(check: _Check, known: Sequence[str]) -> None:
    for note in known:
        try:
            checkpoint = checkpoints.open_checkpoint(note, check.log.origin, check.log.keys)
        except NoteError as error:
            raise _Found(f"the checkpoint that was kept elsewhere is not of this log: {error}") from error
        if check.known.setdefault(checkpoint.size, checkpoint.root) != checkpoint.root:
            raise _Found(f"two checkpoints of {checkpoint.size} leaves that were kept elsewhere contradict each other.")


async def _check_all(reader: Reader, check: _Check, last: SignedCheckpoint | None) -> None:
    """Up to the checkpoint that was the last one when it began: what comes meanwhile is left for the next time."""
    size, tiles = 0 if last is None else last.size, 0
    while (first := check.edge.size) < size:
        rows = await store.check_leaves(reader, check.organization_id, first, min(BATCH, size - first))
        if not rows:
            raise _Found(f"the leaf {first} is missing, of {size} that were signed.", first)
        signed = await store.list_checkpoints(reader, check.organization_id, first, first + len(rows))
        full = _add(check, rows, {each.size: each for each in signed})
        stored = await store.find_tiles(reader, check.organization_id, [(each.level, each.number) for each in full])
        for tile in full:
            _check_tile(tile, stored.get((tile.level, tile.number)))
        tiles += len(full)
    if await store.count_tiles(reader, check.organization_id, size) != tiles:
        raise _Found(f"there are other tiles than the {tiles} full ones of {size} leaves.")
    await _check_rest(reader, check, size)


def _add(check: _Check, rows: Sequence[Row], signed: Mapping[int, SignedCheckpoint]) -> list[FullTile]:
    full: list[FullTile] = []
    for row in rows:
        full += check.edge.add([_hash(check, row)])
        size = check.edge.size
        if size in check.known or size in signed:
            _check_root(check, check.edge.root(), signed.get(size))
    return full


async def _check_rest(reader: Reader, check: _Check, size: int) -> None:
    for kept in sorted(check.known):
        if kept > size:
            raise _Found(f"a checkpoint kept elsewhere has {kept} leaves, and only {size} are there.", size)
    if not size and await store.check_leaves(reader, check.organization_id, 0, 1):
        raise _Found("there are leaves that were never signed.", 0)
    stray = await store.find_stray(reader, check.organization_id)
    if stray is not None:
        raise _Found(f"the entry {stray} neither has a place nor waits for one.")


def _hash(check: _Check, row: Row) -> bytes:
    """The hash of a leaf by its entry, once all that is stored of it agrees."""
    index, expected = row["leaf_index"], check.edge.size
    if index != expected:
        raise _Found(f"the leaf {expected} is missing; the next one is {index}.", expected)
    if row["body"] is None:
        raise _Found(f"the entry {row['entry_id']} of the leaf {index} is missing.", index)
    body = bytes(row["body"])
    if tree.leaf_hash(body) != bytes(row["hash"]):
        raise _Found(f"the entry {row['entry_id']} is not what the leaf {index} was made of.", index)
    try:
        entry = entries.parse(body)
    except NoteError as error:
        raise _Found(f"the entry {row['entry_id']} of the leaf {index} cannot be read: {error}", index) from error
    told = {"id": row["entry_id"], "organization_id": check.organization_id}
    told |= {name: row[name] for name in ("kind", "subject_id", "conversation_id", "at")}
    for name, value in told.items():
        if getattr(entry, name) != value:
            raise _Found(f"the entry of the leaf {index} says {name} {getattr(entry, name)}, its row {value}.", index)
    if entries.digest_facts(bytes(row["facts"])) != entry.digest:
        raise _Found(f"the facts of the entry {entry.id}, the leaf {index}, are not those that were entered.", index)
    return bytes(row["hash"])


def _check_root(check: _Check, root: bytes, signed: SignedCheckpoint | None) -> None:
    """Whether what was signed at this size is so, here and elsewhere."""
    size = check.edge.size
    if check.known.get(size, root) != root:
        raise _Found(f"the first {size} leaves are not those of the checkpoint that was kept elsewhere.")
    if signed is None:
        return
    if signed.root != root:
        raise _Found(f"the first {size} leaves do not have the root that was signed.", size - 1)
    try:
        opened = checkpoints.open_checkpoint(signed.note, check.log.origin, check.log.keys)
    except NoteError as error:
        raise _Found(f"the checkpoint of {size} leaves: {error}", size - 1) from error
    if (opened.size, opened.root) != (size, root):
        raise _Found(f"the checkpoint of {size} leaves signs something else.", size - 1)
    check.checkpoints += 1


def _check_tile(tile: FullTile, stored: FullTile | None) -> None:
    if stored != tile:
        path = path_of((tile.level, tile.number))
        raise _Found(f"the stored {path} is not that of the leaves.", tile.number * WIDTH ** (tile.level + 1))
