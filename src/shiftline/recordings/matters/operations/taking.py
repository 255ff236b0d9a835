"""Holds take recordings, batch by batch, each a transaction with how far it came; matters that are closed release theirs.

A batch locks its recordings first. Whoever destroys one locks it, too: so a hold finds it destroyed, or the destruction finds it
held, and the database refuses a row that is both. Whoever dies between two batches left nothing half done.
"""

from collections.abc import Collection, Sequence

import msgspec

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.recordings.matters import store
from shiftline.recordings.matters.events import DeletionStopped
from shiftline.recordings.matters.model import Candidate, Destroyed, Hold, HoldState, Matter, MatterState, Taker
from shiftline.recordings.matters.operations.entering import (
    HELD,
    LET_GO,
    STOPPED,
    enter_of_recording_in,
    enter_recordings_in,
)

BATCH = 500
KEPT = 1000
"""Refusals that a hold tells one by one."""

MANY = 100


async def continue_all(context: Context) -> int:
    """Go on with every hold that runs and every matter that is closing, of all organizations, until each is through.

    Each batch is a step of its own, so that one who pauses a hold does not wait. How many there were.
    """
    async with context.reader() as reader:
        unfinished = await store.list_unfinished(reader, MANY)
    for row in unfinished:
        # In the name of whoever asked for it, as a long job is.
        mine = context.acting_as(Actor(row["organization_id"], "system", person_id=row["by"]))
        step = release_batch if row["closing"] else take_batch
        while await step(mine, row["id"]):
            pass
    return len(unfinished)


async def take_batch(context: Context, hold_id: str, size: int = BATCH) -> bool:
    """Take a hold's next recordings; False when it is through, paused, or its matter closed."""
    async with context.reader() as reader:
        matter_id = await store.find_matter_of(reader, context.organization_id, hold_id)
    if matter_id is None:
        return False
    async with context.transaction() as tx:
        matter = await store.share_matter(tx, matter_id)
        hold = await store.lock_hold(tx, hold_id)
        if (
            matter is None
            or hold is None
            or matter.state is not MatterState.OPEN
            or hold.state is not HoldState.RUNNING
        ):
            return False
        return await take_batch_in(tx, matter, hold, size)


async def take_batch_in(tx: Transaction, matter: Matter, hold: Hold, size: int) -> bool:
    """``take_batch`` for a hold that is locked, of a matter that nobody closes meanwhile."""
    found = await store.list_matching(
        tx, tx.context.organization_id, hold.selection, hold.division_ids, after=hold.until, limit=size
    )
    if not found:
        await store.set_hold_state(tx, hold.id, HoldState.DONE)
        return False
    candidates = await store.lock_candidates(tx, [recording_id for _, recording_id in found])
    taken = await _hold_in(tx, Taker(matter.id, matter.name, hold.id), candidates)
    gone = [Destroyed(each.recording_id, each.destroyed_at) for each in candidates if each.destroyed_at is not None]
    counts = {"taken": len(taken), "already": len(candidates) - len(taken) - len(gone), "refused": len(gone)}
    kept = gone[: max(0, KEPT - len(hold.refusals))]
    await store.advance_hold(tx, hold.id, counts, kept, found[-1])
    if len(found) < size:
        await store.set_hold_state(tx, hold.id, HoldState.DONE)
        return False
    return True


async def take_sealed_in(tx: Transaction, taker: Taker, recording_id: str) -> None:
    """A standing hold takes one recording, which the caller has locked."""
    await _hold_in(tx, taker, await store.lock_candidates(tx, [recording_id]))


async def _hold_in(tx: Transaction, taker: Taker, candidates: Sequence[Candidate]) -> set[str]:
    """A matter holds recordings that are locked, except those that were destroyed; whom it did not hold before."""
    conversations = {each.recording_id: each.conversation_id for each in candidates if each.destroyed_at is None}
    taken = await store.insert_held(tx, taker.matter_id, taker.hold_id, list(conversations))
    mine = [(recording_id, where) for recording_id, where in conversations.items() if recording_id in taken]
    await enter_recordings_in(tx, HELD, mine, msgspec.to_builtins(taker))
    await _stop_deletions_in(tx, taker, taken)
    return taken


async def _stop_deletions_in(tx: Transaction, taker: Taker, recording_ids: Collection[str]) -> None:
    for row in await store.stop_deletions(tx, recording_ids, f"Held by matter {taker.matter_name}."):
        stopped = DeletionStopped(
            organization_id=tx.context.organization_id, matter_id=taker.matter_id, hold_id=taker.hold_id, **row
        )
        await enter_of_recording_in(tx, STOPPED, stopped)


async def release_batch(context: Context, matter_id: str, size: int = BATCH) -> bool:
    """Release the next recordings of a matter that is closing; False when it holds nothing any more, and is closed."""
    async with context.transaction() as tx:
        return await release_batch_in(tx, matter_id, size)


async def release_batch_in(tx: Transaction, matter_id: str, size: int) -> bool:
    """``release_batch`` in the caller's transaction."""
    matter = await store.lock_matter(tx, matter_id)
    if matter is None or matter.state is not MatterState.CLOSING:
        return False
    ids = await store.list_held_ids(tx, tx.context.organization_id, matter_id, limit=size)
    await release_in(tx, matter, ids, matter.close_reason or "")
    return not await store.end_closing(tx, matter_id)


async def release_in(tx: Transaction, matter: Matter, recording_ids: Collection[str], reason: str) -> None:
    """A matter does not hold recordings any more; each is entered."""
    locked = {each.recording_id: each.conversation_id for each in await store.lock_candidates(tx, recording_ids)}
    released = await store.release_held(tx, matter.id, recording_ids, reason)
    facts = {"matter_id": matter.id, "matter_name": matter.name, "reason": reason}
    mine = [(row["recording_id"], locked[row["recording_id"]]) for row in released]
    await enter_recordings_in(tx, LET_GO, mine, facts)
