"""Metadata are refreshed: computed again from what other rooms and the sealed file itself tell, as new revisions."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from shiftline.foundation.context import Context
from shiftline.foundation.database import Row, Transaction
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.ids import new_id
from shiftline.foundation.jobs import defer
from shiftline.recordings import rules, store
from shiftline.recordings.errors import KeysUnavailable, RefreshNotFound
from shiftline.recordings.matters.operations.standing import guard_standing_in, take_standing_in
from shiftline.recordings.model import (
    CONTAINER,
    MediaFacts,
    Outcome,
    Recording,
    RecordingFilter,
    Refreshed,
    RefreshJob,
    RefreshResult,
    State,
)
from shiftline.recordings.operations.pausing import with_pauses
from shiftline.recordings.operations.playing import read_whole
from shiftline.recordings.operations.reading import permitted_divisions
from shiftline.recordings.operations.revising import revise_in
from shiftline.recordings.operations.vault import Vault
from shiftline.recordings.spool import ogg

REFRESH = "recording:metadata:refresh"
JOB = "recordings.refresh"

AT_ONCE = 100
"""More recordings than these are refreshed by a job."""

BATCH = 50
READERS = 4
PROBLEMS_KEPT = 1000

_NOT_SEALED: Mapping[State, str] = {
    State.OPEN: "It is still being recorded.",
    State.STOPPING: "Its file is still being sealed.",
    State.LOST: "Nothing of its sound was found.",
    State.DESTROYED: "It was destroyed.",
}


async def refresh_metadata(context: Context, vault: Vault, wanted: RecordingFilter, reason: str) -> RefreshResult:
    """Refresh the recordings that are meant, in the caller's divisions: at once, or by a job when they are many.

    What was refreshed at once is one transaction; what failed is told and stays as it was. Raises PermissionMissing,
    KeysUnavailable.
    """
    divisions = permitted_divisions(context, REFRESH)
    if vault.keys.problem is not None:
        raise KeysUnavailable(vault.keys.problem)
    organization_id = context.organization_id
    async with context.reader() as reader:
        total = await store.count_recordings(reader, organization_id, wanted, divisions)
        found = await store.list_recordings_after(reader, organization_id, wanted, divisions, after=None, limit=AT_ONCE)
    if total > AT_ONCE:
        return RefreshResult(job=await _begin_job(context, wanted, reason, divisions, total))
    media = await _read_media(vault, found)
    async with context.transaction() as tx:
        await guard_standing_in(tx)
        refreshed = [await _refresh_in(tx, each, media, reason) for each in found]
    return RefreshResult(tuple(refreshed), rules.list_without(wanted, found))


async def _begin_job(
    context: Context, wanted: RecordingFilter, reason: str, divisions: list[str] | None, total: int
) -> RefreshJob:
    job_id = new_id()
    async with context.transaction() as tx:
        await store.insert_refresh(tx, job_id, wanted, reason=reason, division_ids=divisions, total=total)
        await defer(tx, JOB, {"refresh_id": job_id}, lock=f"{JOB} {context.organization_id}")
    return await get_refresh(context, job_id)


async def get_refresh(context: Context, job_id: str) -> RefreshJob:
    """How far a refresh is. Raises RefreshNotFound, PermissionMissing."""
    permitted_divisions(context, REFRESH)
    async with context.reader() as reader:
        found = await store.find_refresh(reader, context.organization_id, job_id)
    if found is None:
        raise RefreshNotFound(job_id)
    return found[0]


async def run_refresh(context: Context, vault: Vault, job_id: str) -> None:
    """The job: batch by batch in order of start, each a transaction with how far it came, so that it may be resumed."""
    async with context.reader() as reader:
        found = await store.find_refresh(reader, context.organization_id, job_id)
    if found is None or found[0].state != "running":
        return
    job, row = found
    wanted = msgspec.convert(row["selection"], RecordingFilter)
    after, kept = _place(row), len(job.problems)
    while True:
        async with context.reader() as reader:
            batch = await store.list_recordings_after(
                reader, context.organization_id, wanted, row["division_ids"], after=after, limit=BATCH
            )
        if not batch:
            break
        media = await _read_media(vault, batch)
        after = batch[-1].started_at, batch[-1].id
        async with context.transaction() as tx:
            await guard_standing_in(tx)
            refreshed = [await _refresh_in(tx, each, media, job.reason) for each in batch]
            problems = _problems(refreshed)[: PROBLEMS_KEPT - kept]
            counts = rules.count_outcomes([each.outcome for each in refreshed])
            await store.advance_refresh(tx, job_id, counts, after, problems)
        kept += len(problems)
    async with context.transaction() as tx:
        await store.end_refresh(tx, job_id, "done")


def _place(row: Row) -> tuple[datetime, str] | None:
    return None if row["until_id"] is None else (row["until_started_at"], row["until_id"])


def _problems(refreshed: Sequence[Refreshed]) -> list[Row]:
    return [
        {"recording_id": each.recording_id, "outcome": each.outcome.value, "problem": each.problem}
        for each in refreshed
        if each.problem is not None
    ]


async def _refresh_in(
    tx: Transaction, found: Recording, media: Mapping[str, MediaFacts | str], reason: str
) -> Refreshed:
    recording = await store.lock_recording(tx, found.id)
    assert recording is not None
    told = Refreshed(recording.id, recording.conversation_id, Outcome.UNCHANGED, recording.revision)
    if recording.state is not State.SEALED:
        return replace(told, outcome=Outcome.SKIPPED, problem=_NOT_SEALED[recording.state])
    read = media.get(recording.id, "It was sealed just now; refresh it again if need be.")
    if isinstance(read, str) or recording.ended_at is None:
        return replace(told, outcome=Outcome.FAILED, problem=str(read))
    facts = await store.find_facts(tx, recording, recording.ended_at)
    facts = await with_pauses(tx, recording, recording.ended_at, facts)
    revision = await revise_in(tx, recording, rules.refresh(recording, replace(facts, media=read)), reason)
    if revision is None:
        return told
    await take_standing_in(tx, recording.id)
    return replace(told, outcome=Outcome.REVISED, revision=revision.number, difference=revision.difference)


async def _read_media(vault: Vault, found: Sequence[Recording]) -> dict[str, MediaFacts | str]:
    """What the sealed objects tell of themselves, or why they cannot be read, by recording."""
    turns = asyncio.Semaphore(READERS)

    async def read(recording: Recording) -> tuple[str, MediaFacts | str]:
        async with turns:
            try:
                content = await read_whole(vault, recording)
            except Unavailable as error:
                return recording.id, error.message
        assert content.end is not None
        end = content.end
        if recording.container != CONTAINER:  # written or imported, and kept as it came: what was measured then holds
            lasting = timedelta(milliseconds=recording.duration_ms or 0)
            return recording.id, MediaFacts(end.sha256, end.size, lasting, recording.packets or 0, recording.lost or 0)
        scanned = await asyncio.to_thread(ogg.scan, content.sound)
        counts = end.counts
        return recording.id, MediaFacts(end.sha256, end.size, scanned.duration, counts.packets, counts.lost)

    sealed = [each for each in found if each.state is State.SEALED]
    return dict(await asyncio.gather(*map(read, sealed)))
