"""The worker does what jobs are for: some items of each job at a time, so that one that is long keeps nobody waiting."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from shiftline.discovery.bulk import store
from shiftline.discovery.bulk.events import RecordingExported
from shiftline.discovery.bulk.model import Action, Done, Item, Job, JobState, Outcome
from shiftline.discovery.bulk.operations.asking import move_in
from shiftline.discovery.bulk.operations.exporting import Exporter, open_exporter
from shiftline.discovery.bulk.rules import judging, states
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Refusal, Unavailable
from shiftline.foundation.web.paging import Page
from shiftline.ledger.model import EntryDraft
from shiftline.ledger.operations.appending import append_all_in
from shiftline.recordings.matters.operations.asking import find_holders
from shiftline.recordings.model import Recording, RecordingFilter
from shiftline.recordings.operations.dating import set_date_in
from shiftline.recordings.operations.reading import list_recordings
from shiftline.recordings.operations.vault import Vault

AT_ONCE = 50
"""Items of a job that are done, and told of, together."""
STORING = 4
"""Recordings that are stored at a time: each is in memory as long."""
JOBS = 20
MANY = 1000
LONGEST_PAUSE = timedelta(minutes=1)
EXPORTED = "recording.exported"
REASON = "recording job"


@dataclass(frozen=True, slots=True)
class Ready:
    """An item whose recording the action can be done with."""

    item: Item
    recording: Recording


async def process_some(context: Context, vault: Vault) -> bool:
    """Do some items of each job that is PROCESSING, of every organization; whether there is more to do at once."""
    async with context.reader() as reader:
        jobs = await store.list_unfinished(reader, JobState.PROCESSING, JOBS)
    went_on = [await _process_some_of(context, vault, job) for job in jobs]
    return any(went_on)


async def _process_some_of(context: Context, vault: Vault, job: Job) -> bool:
    actor = Actor(job.organization_id, "system", person_id=job.started_by or job.created_by)
    acting, after = context.acting_as(actor), 0
    while True:
        async with acting.reader() as reader:
            items = await store.list_waiting(reader, job, acting.now(), after, AT_ONCE)
        if not items:
            return await _rest(acting, job) if after == 0 else False
        after = items[-1].position
        ready, done = await _judge(acting, job, items)
        if ready or done:
            return await _carry_out(acting, vault, job, ready, done)


async def _rest(context: Context, job: Job) -> bool:
    """Nothing is due: the job is through, or waits for what is due next."""
    async with context.transaction() as tx:
        now = await store.lock_job(tx, job.id)
        if now is None or now.state is not JobState.PROCESSING:
            return False
        due_at = await store.find_next_due(tx, job)
        if due_at is None:
            counted = await store.count_outcomes(tx, now)
            await move_in(tx, replace(counted, state=JobState.FULFILLED, ended_at=context.now()))
        else:
            await store.pause_until(tx, job, min(LONGEST_PAUSE, max(timedelta(seconds=1), due_at - context.now())))
    return False


async def _judge(context: Context, job: Job, items: Sequence[Item]) -> tuple[list[Ready], list[Done]]:
    """What can be done now, and what cannot and why; what is being sealed right now is neither."""
    found = await _find(context, items)
    async with context.reader() as reader:
        holders = await find_holders(reader, job.organization_id, list(found))
    ready: list[Ready] = []
    failed: list[Done] = []
    for item in items:
        recording = found.get(item.recording_id or "")
        problem = judging.find_problem(job, recording, holders.get(item.recording_id or "", ()))
        if judging.waits(recording):
            continue
        if problem is None and recording is not None:
            ready.append(Ready(item, recording))
        else:
            failed.append(Done(item, Outcome.FAILED, problem))
    return ready, failed


async def _find(context: Context, items: Sequence[Item]) -> dict[str, Recording]:
    ids = list(dict.fromkeys(each.conversation_id for each in items))
    wanted, found, page = RecordingFilter(conversation_ids=ids), dict[str, Recording](), Page(MANY, 1)
    while True:
        recordings, total = await list_recordings(context, wanted, page)
        found |= {each.id: each for each in recordings}
        if not recordings or page.offset + len(recordings) >= total:
            return found
        page = Page(MANY, page.number + 1)


async def _carry_out(context: Context, vault: Vault, job: Job, ready: Sequence[Ready], failed: Sequence[Done]) -> bool:
    if job.wanted.action is not Action.EXPORT:
        return await _date(context, job, ready, failed)
    async with context.transaction() as tx:
        await store.begin_items(tx, job, [each.item for each in ready])
    try:
        exporter = await open_exporter(context, vault, job)
    except Unavailable as error:
        return await _meet(context, job, error.message)
    except Refusal as refusal:
        return await _fail(context, job, refusal.message)
    try:
        stored = await _store(exporter, ready)
    finally:
        await exporter.close()
    done = [each for each in stored if isinstance(each, Done)]
    await _settle(context, job, [*failed, *done])
    for each in stored:
        if isinstance(each, Unavailable):
            return await _meet(context, job, each.message)
    for each in stored:
        if isinstance(each, Refusal):
            return await _fail(context, job, each.message)
    return True


async def _store(exporter: Exporter, ready: Sequence[Ready]) -> list[Done | Refusal]:
    """What became of each; a refusal is the bucket's, and concerns the whole job."""
    turns = asyncio.Semaphore(STORING)

    async def store_one(each: Ready) -> Done | Refusal:
        async with turns:
            try:
                return await exporter.export(each.item, each.recording)
            except Refusal as refusal:
                return refusal

    return await asyncio.gather(*map(store_one, ready))


async def _settle(context: Context, job: Job, done: Sequence[Done]) -> None:
    async with context.transaction() as tx:
        locked = await store.lock_job(tx, job.id)
        settled = await store.settle_items(tx, job, done)
        await _enter(tx, job, [each for each in settled if each.outcome is Outcome.PROCESSED])
        if locked is not None:
            await store.count_outcomes(tx, locked)


async def _enter(tx: Transaction, job: Job, done: Sequence[Done]) -> None:
    """What was exported is told, and entered in the ledger, in the transaction that says so."""
    drafts: list[EntryDraft] = []
    for each in done:
        assert each.object_sha256 is not None
        exported = RecordingExported(
            organization_id=job.organization_id,
            recording_id=each.item.recording_id or "",
            conversation_id=each.item.conversation_id,
            job_id=job.id,
            integration_id=job.wanted.integration_id or "",
            object_key=each.object_key or "",
            sha256=each.object_sha256.hex(),
            size=each.object_size or 0,
        )
        tx.record(exported)
        facts = {name: getattr(exported, name) for name in exported.__dataclass_fields__}
        drafts.append(EntryDraft(EXPORTED, exported.recording_id, facts, exported.conversation_id))
    if drafts:
        await append_all_in(tx, drafts)


async def _date(context: Context, job: Job, ready: Sequence[Ready], failed: Sequence[Done]) -> bool:
    """Archiving and deletion: each recording gets its date in the transaction that says so."""
    async with context.transaction() as tx:
        locked = await store.lock_job(tx, job.id)
        if locked is None or locked.state is not JobState.PROCESSING:
            return False
        await store.begin_items(tx, job, [each.item for each in ready])
        done = [*failed, *[await _date_in(tx, job, each) for each in ready]]
        await store.settle_items(tx, job, done)
        await store.count_outcomes(tx, locked)
    return True


async def _date_in(tx: Transaction, job: Job, ready: Ready) -> Done:
    date = job.wanted.date_for(ready.recording.started_at)
    delete = job.wanted.action is Action.DELETE
    try:
        await set_date_in(
            tx,
            ready.recording.id,
            archive_at=None if delete else date,
            delete_at=date if delete else None,
            reason=f"{REASON} {job.id}",
        )
    except Refusal as refusal:
        return Done(ready.item, Outcome.FAILED, refusal.message)
    return Done(ready.item, Outcome.PROCESSED)


async def _meet(context: Context, job: Job, obstacle: str) -> bool:
    """Nothing goes on right now: it is tried again a little later, and given up when that lasts."""
    async with context.transaction() as tx:
        locked = await store.lock_job(tx, job.id)
        if locked is None or locked.state is not JobState.PROCESSING:
            return False
        since = locked.obstacle_since or context.now()
        if states.gives_up(since, context.now()):
            await _fail_in(tx, locked, f"{obstacle} That has lasted since {since:%Y-%m-%dT%H:%M:%SZ}.")
        else:
            await store.meet_obstacle(tx, job, obstacle, states.pause_after(since, context.now()))
    return False


async def _fail(context: Context, job: Job, problem: str) -> bool:
    """It would not go on by itself: somebody has to do something, and to begin the job again."""
    async with context.transaction() as tx:
        locked = await store.lock_job(tx, job.id)
        if locked is not None and locked.state is JobState.PROCESSING:
            await _fail_in(tx, locked, problem)
    return False


async def _fail_in(tx: Transaction, job: Job, problem: str) -> None:
    told = f"{problem} What was stored stays; begin the job again by PUT with state PROCESSING."
    await move_in(tx, replace(job, state=JobState.FAILED, problem=told, ended_at=tx.context.now()))
