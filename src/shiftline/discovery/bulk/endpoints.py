"""Recording jobs over HTTP: the vendor's operations, and what became of each item."""

from typing import Annotated, Literal

from litestar import delete, get, post, put
from litestar.params import Parameter

from shiftline.discovery.bulk.model import Outcome
from shiftline.discovery.bulk.operations import asking
from shiftline.discovery.bulk.wire import (
    OURS,
    PATH,
    ExecuteBody,
    JobBody,
    WireFailed,
    WireItem,
    WireJob,
    read_filter,
    read_job,
    show_failed,
    show_item,
    show_job,
)
from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing

ONE = f"{PATH}/{{recording_job_id:str}}"
TAGS = ["Recording"]

State = Annotated[str | None, Parameter(query="state", max_length=40)]
JobType = Annotated[str | None, Parameter(query="jobType", max_length=40)]
Mine = Annotated[bool, Parameter(query="showOnlyMyJobs")]
Became = Annotated[Literal["processed", "skipped", "failed"] | None, Parameter(query="outcome")]


@get(PATH, operation_id="getRecordingJobs", tags=TAGS)
async def get_jobs(
    context: Context, page: Page, *, in_state: State = None, job_type: JobType = None, mine: Mine = False
) -> Listing[WireJob]:
    """The organization's recording jobs, latest first."""
    wanted = read_filter(in_state, job_type, context.actor.id if mine else None)
    found, total = await asking.list_jobs(context, wanted, page)
    return listing([show_job(each) for each in found], total, page, PATH)


@post(PATH, operation_id="postRecordingJobs", status_code=202, tags=TAGS)
async def post_job(context: Context, data: JobBody) -> WireJob:
    """Make a recording job. COMPAT: the vendor refuses a third at a time; here they wait for each other."""
    return show_job(await asking.create_job(context, read_job(data)))


@get(ONE, operation_id="getRecordingJob", tags=TAGS)
async def get_job(context: Context, recording_job_id: str) -> WireJob:
    """How far a recording job is, whoever made it."""
    return show_job(await asking.get_job(context, recording_job_id))


@put(ONE, operation_id="putRecordingJob", tags=TAGS)
async def put_job(context: Context, recording_job_id: str, data: ExecuteBody) -> WireJob:
    """Begin a recording job: now, or as soon as it is READY; one that failed goes on where it stood."""
    del data
    return show_job(await asking.begin_job(context, recording_job_id))


@delete(ONE, operation_id="deleteRecordingJob", status_code=204, tags=TAGS)
async def delete_job(context: Context, recording_job_id: str) -> None:
    """Cancel a recording job; one that is over is taken off the list."""
    await asking.cancel_job(context, recording_job_id)


@get(f"{ONE}/failedrecordings", operation_id="getRecordingJobFailedrecordings", tags=TAGS)
async def get_failed(context: Context, recording_job_id: str, page: Page) -> Listing[WireFailed]:
    """The recordings for which a job failed, each with its reason."""
    found, total = await asking.list_failed(context, recording_job_id, page)
    return listing([show_failed(each) for each in found], total, page, f"{PATH}/{recording_job_id}/failedrecordings")


@get(f"{OURS}/{{recording_job_id:str}}/items", operation_id="getShiftlineRecordingJobItems", tags=TAGS)
async def get_items(context: Context, recording_job_id: str, page: Page, outcome: Became = None) -> Listing[WireItem]:
    """What a job is for, in its order: each with what became of it, where it was stored, or why not."""
    wanted = None if outcome is None else Outcome(outcome)
    found, total = await asking.list_items(context, recording_job_id, wanted, page)
    return listing([show_item(each) for each in found], total, page, f"{OURS}/{recording_job_id}/items")


ROUTES = [get_jobs, post_job, get_job, put_job, delete_job, get_failed, get_items]
