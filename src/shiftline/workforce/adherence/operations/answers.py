"""Answers that are fetched later: kept for a day for whoever asked."""

import gzip
from collections.abc import Collection, Sequence

import msgspec

from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import NotFound
from shiftline.foundation.ids import new_id, new_secret
from shiftline.workforce.adherence import store
from shiftline.workforce.adherence.errors import JobNotFound
from shiftline.workforce.adherence.events import JobEnded
from shiftline.workforce.adherence.model import Explanation, Job, JobKind


async def keep_answer_in(tx: Transaction, kind: JobKind, found: Sequence[Explanation]) -> Job:
    """Keep explanations as a job that is done; whoever asked is told."""
    context = tx.context
    job = Job(
        id=new_id(),
        kind=kind,
        status="Complete",
        started_by=context.actor.id,
        started_at=context.now(),
        key=new_secret(),
        result=msgspec.json.encode(list(found)),
    )
    await store.insert_job(tx, job)
    changed = kind in (JobKind.ADD, JobKind.UPDATE)
    tx.record(
        JobEnded(
            organization_id=context.organization_id,
            job_id=job.id,
            kind=kind,
            status=job.status,
            started_by=job.started_by,
            explanation=found[0] if changed else None,
        )
    )
    return job


def explanations_of(job: Job) -> list[Explanation]:
    """What a job about explanations found."""
    return msgspec.json.decode(job.result or b"[]", type=list[Explanation])


async def get_job(context: Context, job_id: str, kinds: Collection[JobKind]) -> Job:
    """A job of some kinds that the caller started. Raises JobNotFound."""
    async with context.reader() as reader:
        job = await store.find_job(reader, context.organization_id, job_id, kinds, context.actor.id)
    if job is None:
        raise JobNotFound(job_id)
    return job


async def download_part(context: Context, key: str, number: int) -> bytes:
    """A file of a job's result, as JSON, for whoever has its address. Raises NotFound."""
    async with context.reader() as reader:
        content = await store.find_part(reader, key, number)
    if content is None:
        raise NotFound("download", str(number))
    return gzip.decompress(content)


async def forget_jobs(context: Context) -> None:
    """Drop what was kept for more than a day."""
    async with context.transaction() as tx:
        await store.forget_jobs(tx)
