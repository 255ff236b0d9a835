"""Entries get their places: one transaction removes them from what waits, adds leaves and full tiles, and signs.

Whoever dies in it leaves everything as it was; a note that was signed in it was seen by nobody. Two that run at once wait
for each other on the log's row, and the second goes on from what the first committed.
"""

from dataclasses import dataclass

import structlog

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Conflict
from shiftline.ledger import store
from shiftline.ledger.errors import LedgerDamaged, SigningUnavailable
from shiftline.ledger.keys import SigningKeys
from shiftline.ledger.model import Checkpoint, SignedCheckpoint
from shiftline.ledger.rules import tiles, tree
from shiftline.ledger.rules.checkpoints import name_log
from shiftline.ledger.rules.tiles import Edge

BATCH = 4096
"""Entries that get their places in one transaction."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Notary:
    """Who signs: the keys, and the installation's host, by which new logs are called."""

    keys: SigningKeys
    host: str


async def sequence_waiting(context: Context, notary: Notary, limit: int = BATCH) -> int:
    """Give places to what waits, in every organization; how many got one. Those of a damaged ledger wait, and that is logged.

    Raises SigningUnavailable, Unavailable.
    """
    async with context.reader() as reader:
        waiting = await store.list_waiting(reader)
    if waiting and notary.keys.problem is not None:
        raise SigningUnavailable(notary.keys.problem)
    return sum([await _sequence_all(context, organization_id, notary, limit) for organization_id in waiting])


async def _sequence_all(context: Context, organization_id: str, notary: Notary, limit: int) -> int:
    mine, done = context.acting_as(Actor(organization_id, "system")), 0
    try:
        while placed := await sequence(mine, notary, limit):
            done += placed
            if placed < limit:
                break
    except (LedgerDamaged, Conflict) as error:
        log.error("ledger.not_signed", organization_id=organization_id, error=error.message)  # noqa: TRY400 - it is known
    return done


async def sequence(context: Context, notary: Notary, limit: int = BATCH) -> int:
    """Give places to the next entries of the context's organization, and sign; how many.

    Raises LedgerDamaged, SigningUnavailable, Unavailable.
    """
    async with context.transaction() as tx:
        return await _sequence_in(tx, notary, limit)


async def _sequence_in(tx: Transaction, notary: Notary, limit: int) -> int:
    organization_id = tx.context.organization_id
    origin = await store.lock_log(tx, name_log(notary.host, organization_id))
    taken = await store.take_pending(tx, limit)
    if not taken:
        return 0
    edge = await _read_edge(tx, organization_id)
    first = edge.size
    hashes = [tree.leaf_hash(_present(organization_id, entry_id, body)) for entry_id, body in taken]
    full = edge.add(hashes)
    await store.insert_leaves(tx, first, [entry_id for entry_id, _ in taken], hashes)
    if full:
        await store.insert_tiles(tx, full)
    checkpoint = Checkpoint(origin, edge.size, edge.root())
    await store.keep_verifiers(tx, notary.keys.verifiers(origin))
    note = notary.keys.sign(checkpoint)
    await store.insert_checkpoint(tx, SignedCheckpoint(checkpoint.size, checkpoint.root, tx.context.now(), note))
    return len(taken)


async def _read_edge(tx: Transaction, organization_id: str) -> Edge:
    """The edge of the tree that was signed last. Nothing is signed on top of another one."""
    last = await store.latest_checkpoint(tx, organization_id)
    if last is None:
        return Edge(0, [])
    found = await store.read_tiles(tx, organization_id, tiles.edge_of(last.size), last.size)
    try:
        edge = Edge.of(last.size, found)
    except ValueError as error:
        raise LedgerDamaged(organization_id, f"hashes at the end of its {last.size} leaves are missing.") from error
    if edge.root() != last.root:
        raise LedgerDamaged(organization_id, f"its {last.size} leaves do not have the root that was signed.")
    return edge


def _present(organization_id: str, entry_id: str, body: bytes | None) -> bytes:
    if body is None:
        raise LedgerDamaged(organization_id, f"the entry {entry_id} vanished before it had a place.")
    return bytes(body)
