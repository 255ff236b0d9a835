"""Answers that were asked to come later. The work is done at once; its answer is kept for whoever started it."""

from collections.abc import Mapping
from typing import Any

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.ids import new_id
from shiftline.workforce.trades.errors import JobNotFound
from shiftline.workforce.trades.model import Job
from shiftline.workforce.trades.store import trades as store


async def keep_answer(context: Context, kind: str, body: Mapping[str, Any]) -> Job:
    """Keep an answer for a day."""
    job = Job(new_id(), kind, body)
    # The operation's own transaction has claimed the request's idempotency key already.
    later = Context(context.database, context.clock, context.actor, context.correlation_id)
    async with later.transaction() as tx:
        await store.insert_job(tx, job)
    return job


async def get_answer(context: Context, kind: str, job_id: str, *permissions: str) -> Job:
    """An answer of one kind that the caller started. Raises JobNotFound."""
    require(context, *permissions)
    async with context.reader() as reader:
        job = await store.find_job(reader, context.organization_id, context.actor.id, kind, job_id)
    if job is None:
        raise JobNotFound(job_id)
    return job


async def forget_answers(context: Context) -> None:
    """Drop what was kept for more than a day."""
    async with context.transaction() as tx:
        await store.forget_jobs(tx)
