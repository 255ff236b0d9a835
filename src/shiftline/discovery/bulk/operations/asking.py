"""Jobs are asked for, begun, cancelled, removed and read. Whoever holds the permission may: not only who made a job."""

from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.discovery.bulk import store
from shiftline.discovery.bulk.errors import JobInvalid, JobNotFound
from shiftline.discovery.bulk.events import JobCreated, JobMoved, JobRemoved
from shiftline.discovery.bulk.model import Action, Item, Job, JobFilter, JobState, Outcome, Wanted
from shiftline.discovery.bulk.rules import states
from shiftline.discovery.integrations.errors import IntegrationNotFound
from shiftline.discovery.integrations.operations.integrations import find_usable
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id
from shiftline.foundation.web.paging import Page
from shiftline.recordings.operations.reading import VIEW as HEAR
from shiftline.recordings.operations.reading import permitted_divisions
from shiftline.recordings.operations.retention import EDIT as EDIT_RETENTION

VIEW = "recording:job:view"
ADD = "recording:job:add"
EDIT = "recording:job:edit"
DELETE = "recording:job:delete"


async def create_job(context: Context, wanted: Wanted) -> Job:
    """Make a job; the worker freezes its selection, of what the caller may hear.

    Raises PermissionMissing, JobInvalid, IntegrationUnusable.
    """
    require(context, ADD)
    divisions = permitted_divisions(context, HEAR)
    job_id, organization_id = new_id(), context.organization_id
    async with context.transaction() as tx:
        await _check_integration(tx, wanted)
        await store.insert_job(tx, job_id, wanted, divisions)
        tx.record(
            JobCreated(
                organization_id=organization_id,
                job_id=job_id,
                action=wanted.action.value,
                integration_id=wanted.integration_id,
            )
        )
        made = await store.find_job(tx, organization_id, job_id)
    assert made is not None
    return made


async def _check_integration(tx: Transaction, wanted: Wanted) -> None:
    if wanted.integration_id is None:
        return
    try:
        await find_usable(tx, tx.context.organization_id, wanted.integration_id)
    except IntegrationNotFound as error:
        raise JobInvalid("integrationId", f"there is no integration {wanted.integration_id}.") from error


async def get_job(context: Context, job_id: str) -> Job:
    """A job. Raises PermissionMissing, JobNotFound."""
    require(context, VIEW)
    async with context.reader() as reader:
        job = await store.find_job(reader, context.organization_id, job_id)
    if job is None:
        raise JobNotFound(job_id)
    return job


async def list_jobs(context: Context, wanted: JobFilter, page: Page) -> tuple[list[Job], int]:
    """Jobs, latest first; and how many there are. Raises PermissionMissing."""
    require(context, VIEW)
    async with context.reader() as reader:
        return await store.list_jobs(reader, context.organization_id, wanted, page.size, page.offset)


async def begin_job(context: Context, job_id: str) -> Job:
    """Let a job go on: now, or as soon as its selection is frozen. What is going on stays so; one that failed goes on.

    What is done is done where its beginner may, too. Raises PermissionMissing, JobNotFound, JobOver.
    """
    require(context, EDIT)
    async with context.transaction() as tx:
        job = await _lock(tx, job_id)
        needed = HEAR if job.wanted.action is Action.EXPORT else EDIT_RETENTION
        divisions = permitted_divisions(context, needed)
        state = states.begin(job)
        if state is job.state:
            return job
        begun = replace(
            job,
            state=state or job.state,
            begin_when_ready=True,
            division_ids=None if divisions is None else tuple(divisions),
            started_by=context.actor.id,
            started_at=context.now(),
            ended_at=None,
            problem=None,
        )
        return await move_in(tx, begun)


async def cancel_job(context: Context, job_id: str) -> None:
    """Cancel a job, what it did stays done; or take one that is over off the list. Raises PermissionMissing, JobNotFound."""
    require(context, DELETE)
    async with context.transaction() as tx:
        job = await _lock(tx, job_id)
        if states.is_over(job):
            await store.move_job(tx, job, hidden=True)
            tx.record(JobRemoved(organization_id=context.organization_id, job_id=job_id))
        else:
            await move_in(tx, replace(job, state=JobState.CANCELLED, ended_at=context.now()))


async def list_failed(context: Context, job_id: str, page: Page) -> tuple[list[Item], int]:
    """The recordings for which a job failed; and how many. Raises PermissionMissing, JobNotFound."""
    return await list_items(context, job_id, Outcome.FAILED, page)


async def list_items(context: Context, job_id: str, outcome: Outcome | None, page: Page) -> tuple[list[Item], int]:
    """What a job is for, and what became of it; and how many. Raises PermissionMissing, JobNotFound."""
    job = await get_job(context, job_id)
    async with context.reader() as reader:
        return await store.list_items(reader, job, outcome, page.size, page.offset)


async def move_in(tx: Transaction, job: Job) -> Job:
    """Give a locked job another state, and tell."""
    moved = await store.move_job(tx, job)
    tx.record(
        JobMoved(
            organization_id=moved.organization_id,
            job_id=moved.id,
            action=moved.wanted.action.value,
            state=moved.state.value,
            recordings=moved.recordings,
            processed=moved.processed,
            skipped=moved.skipped,
            failed=moved.failed,
            problem=moved.problem,
        )
    )
    return moved


async def _lock(tx: Transaction, job_id: str) -> Job:
    job = await store.lock_job(tx, job_id)
    if job is None:
        raise JobNotFound(job_id)
    return job
