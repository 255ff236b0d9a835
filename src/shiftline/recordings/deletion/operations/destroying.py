"""Recordings are destroyed: the key first, in one transaction with its tombstone; the object after it.

That transaction locks the recording. A hold locks it, too: so whichever comes second finds what the first did. Between the two
steps the object is there and opens for nobody; whoever dies there leaves a tombstone that says so, until the object is removed.
"""

import structlog

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.objects import Objects
from shiftline.recordings.deletion import rules, store
from shiftline.recordings.deletion.events import RecordingArchived, RecordingDestroyed, RecordingErased
from shiftline.recordings.deletion.model import DeletionState, Tombstone
from shiftline.recordings.matters.operations.entering import enter_of_recording_in

DESTROYED = "recording.destroyed"
ERASED = "recording.erased"
ARCHIVED = "recording.archived"
BATCH = 100

log = structlog.get_logger()


async def destroy_due(context: Context) -> int:
    """Destroy what was approved and whose grace is over, of every organization; how many.

    What somebody held meanwhile is left out: a hold ends the deletion.
    """
    async with context.reader() as reader:
        due = await store.list_due(reader, context.now(), BATCH)
    done = 0
    for row in due:
        mine = context.acting_as(Actor(row["organization_id"], "system"))
        done += await destroy_recording(mine, row["recording_id"], row["id"]) is not None
    return done


async def destroy_recording(context: Context, recording_id: str, deletion_id: str) -> Tombstone | None:
    """Destroy a recording's key by a deletion, if that may be now; what is left of it, None when it may not."""
    now = context.now()
    async with context.transaction() as tx:
        targets = await store.lock_targets(tx, [recording_id])
        found = await store.find_deletions(tx, context.organization_id, [deletion_id])
        if not targets or not found or found[0].recording_id != recording_id:
            return None
        (target,), (deletion,) = targets, found
        if rules.judge_destruction(deletion, target, now) is not None:
            return None
        tombstone = rules.describe_destruction(deletion, target, now)
        await store.insert_tombstone(tx, tombstone)
        await store.destroy_key(tx, recording_id)
        await store.end_deletions(tx, [deletion_id], DeletionState.DESTROYED, deletion.reason)
        destroyed = RecordingDestroyed(
            organization_id=context.organization_id,
            recording_id=recording_id,
            conversation_id=target.conversation_id,
            medium=target.medium,
            deletion_id=deletion_id,
            cause=deletion.cause.value,
            reason=deletion.reason,
            asked_by=deletion.asked_by,
            approved_by=tombstone.approved_by,
            sha256=tombstone.sha256.hex(),
            size=tombstone.size,
            key_id=tombstone.key_id,
            key_digest=tombstone.key_digest.hex(),
        )
        await enter_of_recording_in(tx, DESTROYED, destroyed)
    log.info("recording.destroyed", recording_id=recording_id, deletion_id=deletion_id)
    return tombstone


async def erase_left(context: Context, objects: Objects) -> int:
    """Remove the objects of destroyed recordings, of every organization; how many. What cannot be reached stays for later."""
    async with context.reader() as reader:
        left = await store.list_left(reader, BATCH)
    gone = 0
    for row in left:
        try:
            await objects.delete(row["object_key"])
        except Unavailable as error:
            log.warning("recording.object_left", recording_id=row["recording_id"], error=error.message)
            continue
        mine = context.acting_as(Actor(row["organization_id"], "system"))
        async with mine.transaction() as tx:
            if await store.object_gone(tx, row["recording_id"]):
                gone += 1
                await enter_of_recording_in(tx, ERASED, RecordingErased(**row))
    return gone


async def archive_due(context: Context) -> int:
    """Archive recordings whose date came, of every organization; how many."""
    async with context.reader() as reader:
        found = await store.list_to_archive(reader, context.now(), BATCH)
    done = 0
    for row in found:
        mine = context.acting_as(Actor(row["organization_id"], "system"))
        async with mine.transaction() as tx:
            if await store.archive(tx, row["id"]):
                done += 1
                archived = RecordingArchived(
                    organization_id=row["organization_id"],
                    recording_id=row["id"],
                    conversation_id=row["conversation_id"],
                    archive_at=row["archive_at"],
                )
                await enter_of_recording_in(tx, ARCHIVED, archived)
    return done
