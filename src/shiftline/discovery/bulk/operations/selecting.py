"""The worker freezes what jobs are for: batch by batch, each a transaction with how far it came, so that it may be resumed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from shiftline.discovery.bulk import store
from shiftline.discovery.bulk.model import Chosen, ConversationFacts, Job, JobState
from shiftline.discovery.bulk.operations.asking import move_in
from shiftline.discovery.bulk.rules import selecting
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.time import Interval

AT_ONCE = 500
"""Conversations of a batch."""
JOBS = 20


async def select_some(context: Context) -> bool:
    """Freeze a part of the selection of each PENDING job, of every organization; whether there is more to do."""
    async with context.reader() as reader:
        jobs = await store.list_unfinished(reader, JobState.PENDING, JOBS)
    for job in jobs:
        actor = Actor(job.organization_id, "system", person_id=job.created_by)
        await _select_some_of(context.acting_as(actor), job)
    return bool(jobs)


async def _select_some_of(context: Context, job: Job) -> None:
    query, organization_id = job.wanted.query, job.organization_id
    after = None if job.until_started_at is None or job.until_id is None else (job.until_started_at, job.until_id)
    # What had begun when it was asked for; the end of an interval is not in it.
    end = min(query.began.end, job.created_at + timedelta(microseconds=1))
    found: list[ConversationFacts] = []
    async with context.reader() as reader:
        if query.began.start < end:
            began = Interval(query.began.start, end)
            found = await store.list_conversations(reader, organization_id, began, after=after, limit=AT_ONCE)
        ids = [each.id for each in found]
        recordings = await store.list_recordings_of(reader, organization_id, ids, job.division_ids)
    taken = 0
    chosen: list[Chosen] = []
    for conversation in found:
        if query.limit is not None and job.conversations + taken >= query.limit:
            break
        of_it = recordings.get(conversation.id, [])
        if not _is_seen(job, conversation, of_it):
            continue
        if selecting.matches(query, selecting.mark_recorded(conversation, of_it)):
            taken += 1
            chosen += selecting.choose(job.wanted, conversation, of_it, job.created_at)
    through = len(found) < AT_ONCE or (query.limit is not None and job.conversations + taken >= query.limit)
    await _add(context, job, found, chosen, taken, through=through)


def _is_seen(job: Job, conversation: ConversationFacts, recordings: Sequence[object]) -> bool:
    """Whether whoever asked may know of a conversation: by its divisions, or those of its recordings."""
    if job.division_ids is None or recordings:
        return True
    return bool(set(job.division_ids).intersection(conversation.division_ids))


async def _add(
    context: Context,
    job: Job,
    found: Sequence[ConversationFacts],
    chosen: Sequence[Chosen],
    conversations: int,
    *,
    through: bool,
) -> None:
    async with context.transaction() as tx:
        now = await store.lock_job(tx, job.id)
        if now is None or now.state is not JobState.PENDING or now.until_id != job.until_id:
            return
        if found:
            last = found[-1].started_at, found[-1].id
            now = await store.add_selected(tx, now, chosen, conversations, last) or now
        if through:
            state = JobState.PROCESSING if now.begin_when_ready else JobState.READY
            await move_in(tx, replace(now, state=state))
