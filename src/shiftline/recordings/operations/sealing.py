"""Recordings end: a spool file becomes an object, then one transaction fixes what it holds.

Each step may be repeated, and a process may die between any two: the object's key holds its own hash, so that a second
attempt writes the same object or another one beside it, never over it; the row is sealed once; the spool file goes last.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.time import Interval, find_zone
from shiftline.recordings import rules, store
from shiftline.recordings.container import Damaged
from shiftline.recordings.deletion.operations.retaining import find_expiry, keep_expiry_author_in
from shiftline.recordings.errors import KeyUnknown, RecordingNotFound
from shiftline.recordings.events import RecordingLost, RecordingSealed
from shiftline.recordings.keys import Keys
from shiftline.recordings.matters.operations.standing import guard_standing_in, take_standing_in
from shiftline.recordings.model import Recording, Revision, SealedFile, State
from shiftline.recordings.operations.entering import LOST, enter_in, facts_of
from shiftline.recordings.operations.entering import SEALED as SEALED_ENTRY
from shiftline.recordings.operations.pausing import with_pauses
from shiftline.recordings.operations.vault import Vault
from shiftline.recordings.spool.files import Claimed, Spool, tell_spool
from shiftline.recordings.spool.settling import settle

SEALED = "recording.sealed"

STALE_AFTER = timedelta(hours=24)
"""A spool folder that does not come back within a day does not come back; a recording found later still is sealed."""

UNBEGUN_AFTER = timedelta(minutes=1)
"""A process that lives begins to write within seconds."""

BATCH = 100

log = structlog.get_logger()


async def seal_recording(context: Context, recording_id: str, file: SealedFile) -> Recording:
    """Fix a recording's end, counts, hash and place; one that is sealed stays as it is. Raises RecordingNotFound."""
    async with context.transaction() as tx:
        return await seal_recording_in(tx, recording_id, file)


async def seal_recording_in(tx: Transaction, recording_id: str, file: SealedFile) -> Recording:
    """``seal_recording`` in the caller's transaction."""
    await guard_standing_in(tx)
    recording = await store.lock_recording(tx, recording_id)
    if recording is None:
        raise RecordingNotFound(recording_id)
    if recording.state in (State.SEALED, State.DESTROYED):
        return recording
    ended_at, ended_by = rules.choose_end(recording, file)
    whole = replace(
        recording,
        state=State.SEALED,
        ended_at=ended_at,
        ended_by=ended_by,
        offsets=rules.list_offsets(Interval(recording.started_at, ended_at), find_zone(recording.zone)),
        duration_ms=file.duration // timedelta(milliseconds=1),
        packets=file.packets,
        lost=file.lost,
        sha256=file.sha256,
        size=file.size,
        object_key=file.object_key,
        stored_sha256=file.stored_sha256,
        stored_size=file.stored_size,
        revision=1,
        changed_at=tx.context.now(),
        changed_by=tx.context.actor.id,
    )
    facts = await with_pauses(tx, whole, ended_at, await store.find_facts(tx, whole, ended_at))
    known = rules.refresh(whole, facts)
    expiry = await find_expiry(tx, known.organization_id, known.queue_id, ended_at)
    sealed = replace(known, archive_at=expiry.archive_at, delete_at=expiry.delete_at)
    await store.update_recording(tx, sealed)
    await keep_expiry_author_in(tx, sealed.id, expiry)
    revision = _first_revision(tx, sealed)
    await store.insert_revision(tx, revision)
    happened = RecordingSealed(
        organization_id=sealed.organization_id,
        recording_id=sealed.id,
        conversation_id=sealed.conversation_id,
        person_ids=await store.conversation_people(tx, sealed.organization_id, sealed.conversation_id),
        started_at=sealed.started_at,
        ended_at=ended_at,
        ended_by=ended_by.value,
        duration_ms=sealed.duration_ms or 0,
        size=file.size,
        sha256=file.sha256.hex(),
    )
    tx.record(happened)
    stored = {"stored_sha256": file.stored_sha256.hex(), "stored_size": file.stored_size}
    await enter_in(tx, SEALED_ENTRY, happened, {**stored, **facts_of(revision)})
    await take_standing_in(tx, sealed.id)
    return sealed


def _first_revision(tx: Transaction, sealed: Recording) -> Revision:
    metadata, context = rules.describe_metadata(sealed), tx.context
    digest = rules.digest_revision(b"", 1, metadata, SEALED)
    return Revision(sealed.id, 1, metadata, (), SEALED, context.actor.id, context.now(), digest)


async def seal_spooled(context: Context, vault: Vault, claimed: Claimed, data_key: bytes) -> Recording:
    """A finished or torn spool file becomes a sealed recording, and goes. Context: the system in its organization.

    Whatever fails lets the file go unsealed, for ``recover_leftovers``. Raises Damaged, RecordingNotFound, Unavailable.
    """
    try:
        claimed, file = await asyncio.to_thread(settle, claimed, data_key)
        if await vault.objects.size(file.object_key) != file.stored_size:
            await vault.objects.put_file(file.object_key, claimed.path)
        recording = await seal_recording(context, claimed.recording_id, file)
        if recording.object_key != file.object_key:
            await _drop_twin(vault, recording, file)
        claimed.remove()
    finally:
        claimed.release()
    log.info("recording.sealed", recording_id=recording.id, ended_by=recording.ended_by, size=recording.size)
    return recording


async def _drop_twin(vault: Vault, recording: Recording, file: SealedFile) -> None:
    """Somebody sealed the recording from another copy. The same sound goes; another stays as an object, and is told of."""
    if recording.sha256 == file.sha256:
        await vault.objects.delete(file.object_key)
    else:
        log.error("recording.second_sound", recording_id=recording.id, kept=file.object_key, size=file.size)


async def recover_leftovers(context: Context, vault: Vault, spool: Spool) -> list[Recording]:
    """Seal what dead processes left in a spool, of every organization. What cannot be sealed now stays for the next time.

    Any process that reaches the folder may call it at any time. Raises Unavailable when PostgreSQL or the objects cannot
    be reached.
    """
    sealed: list[Recording] = []
    for claimed in spool.leftovers():
        try:
            mine = context.acting_as(Actor(claimed.organization_id, "system"))
            data_key = await _find_data_key(mine, claimed.recording_id, vault.keys)
            sealed.append(await seal_spooled(mine, vault, claimed, data_key))
        except (Damaged, RecordingNotFound, KeyUnknown, OSError) as error:
            why = tell_spool(spool.folder, error) if isinstance(error, OSError) else str(error)
            log.error("recording.leftover_kept", path=str(claimed.path), error=why)  # noqa: TRY400 - it is known
        finally:
            claimed.release()
    return sealed


async def _find_data_key(context: Context, recording_id: str, keys: Keys) -> bytes:
    async with context.reader() as reader:
        recording = await store.find_recording(reader, context.organization_id, recording_id)
    if recording is None:
        raise RecordingNotFound(recording_id)
    if recording.wrapped_key is None or recording.key_id is None:
        raise KeyUnknown("(none)")
    return keys.unwrap(recording.wrapped_key, recording.key_id, recording_id)


async def lose_recording(context: Context, recording_id: str, why: str) -> None:
    """Give a recording up that cannot be written, for a reason in words (``KeysUnavailable.message``, a full disk).

    Raises RecordingNotFound.
    """
    async with context.transaction() as tx:
        await lose_recording_in(tx, recording_id, context.now(), why)


async def lose_recording_in(tx: Transaction, recording_id: str, ended_at: datetime, why: str) -> None:
    """Give a recording up of which there is no sound; a sealed one stays. Raises RecordingNotFound."""
    row = await store.lose_recording(tx, recording_id, ended_at)
    if row is None:
        if await store.find_recording(tx, tx.context.organization_id, recording_id) is None:
            raise RecordingNotFound(recording_id)
        return
    organization_id, conversation_id = tx.context.organization_id, row["conversation_id"]
    lost = RecordingLost(
        organization_id=organization_id,
        recording_id=recording_id,
        conversation_id=conversation_id,
        person_ids=await store.conversation_people(tx, organization_id, conversation_id),
        ended_at=row["ended_at"],
        why=why,
    )
    tx.record(lost)
    await enter_in(tx, LOST, lost)


async def lose_stale(context: Context) -> int:
    """Give up what nobody sealed for a day after its call ended, of every organization; how many."""
    async with context.reader() as reader:
        stale = await store.list_stale(reader, context.now() - STALE_AFTER, STALE_AFTER, BATCH)
    return await _lose(context, stale, "Its spool did not come back within a day.")


async def lose_unbegun(context: Context) -> int:
    """Give up what ended before anybody began to write it, of every organization; how many."""
    async with context.reader() as reader:
        unbegun = await store.list_unbegun(reader, context.now() - UNBEGUN_AFTER, UNBEGUN_AFTER, BATCH)
    return await _lose(context, unbegun, "Its media process died before anything was written.")


async def _lose(context: Context, found: Sequence[tuple[str, str]], why: str) -> int:
    for organization_id, recording_id in found:
        async with context.acting_as(Actor(organization_id, "system")).transaction() as tx:
            recording = await store.lock_recording(tx, recording_id)
            ended_at = context.now() if recording is None or recording.stop_at is None else recording.stop_at
            await lose_recording_in(tx, recording_id, ended_at, why)
    return len(found)
