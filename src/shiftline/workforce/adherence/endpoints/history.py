"""Past adherence: asked for, polled, downloaded."""

from typing import Annotated, Any, TypeAlias

from litestar import Request, Response, get, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import commas
from shiftline.foundation.web.wire import ShortText
from shiftline.workforce.adherence.model import JobKind
from shiftline.workforce.adherence.operations.answers import download_part, get_job
from shiftline.workforce.adherence.operations.history import DOWNLOADS, request_history, request_own_history
from shiftline.workforce.adherence.wire import history as wire
from shiftline.workforce.adherence.wire import shapes

MU = f"{wire.ROOT}/managementunits/{{management_unit_id:str}}"
HISTORICAL = f"{wire.ROOT}/adherence/historical"
MINE = f"{wire.ROOT}/agents/me/adherence/historical/jobs"
TAGS = ["Workforce Management"]

Asked: TypeAlias = Request[Any, Any, Any]
Expand = Annotated[
    list[ShortText] | None, Parameter(query="expand", description="conformance, scheduledActivities", max_items=10)
]


def _origin(request: Asked) -> str:
    return f"https://api.{request.app.state.environment}"


@post(
    f"{MU}/historicaladherencequery",
    operation_id="postWorkforcemanagementManagementunitHistoricaladherencequery",
    status_code=202,
    tags=TAGS,
)
async def post_unit(
    request: Asked, context: Context, management_unit_id: str, data: shapes.WfmHistoricalAdherenceQuery
) -> shapes.WfmHistoricalAdherenceResponse:
    """Have a management unit's past adherence measured; poll the job, or listen to its topic."""
    queries = [data.query(management_unit_id)]
    return wire.show_unit_job(await request_history(context, JobKind.UNIT, queries, _origin(request)))


@get(f"{HISTORICAL}/jobs/{{job_id:str}}", operation_id="getWorkforcemanagementAdherenceHistoricalJob", tags=TAGS)
async def get_unit(context: Context, job_id: str) -> shapes.WfmHistoricalAdherenceResponse:
    """How far a query of a management unit is, and its result."""
    return wire.show_unit_job(await get_job(context, job_id, [JobKind.UNIT]))


@post(
    f"{HISTORICAL}/bulk",
    operation_id="postWorkforcemanagementAdherenceHistoricalBulk",
    status_code=202,
    tags=TAGS,
)
async def post_bulk(
    request: Asked, context: Context, data: shapes.WfmHistoricalAdherenceBulkQuery
) -> shapes.WfmHistoricalAdherenceBulkResponse:
    """Have many management units' past adherence measured; poll the job, or listen to its topic."""
    job = await request_history(context, JobKind.BULK, data.queries(), _origin(request), "items[{index}].{name}")
    return wire.show_bulk_job(job)


@get(
    f"{HISTORICAL}/bulk/jobs/{{job_id:str}}",
    operation_id="getWorkforcemanagementAdherenceHistoricalBulkJob",
    tags=TAGS,
)
async def get_bulk(context: Context, job_id: str) -> shapes.WfmHistoricalAdherenceBulkResponse:
    """How far a bulk query is, and its downloads."""
    return wire.show_bulk_job(await get_job(context, job_id, [JobKind.BULK]))


@post(MINE, operation_id="postWorkforcemanagementAgentsMeAdherenceHistoricalJobs", status_code=202, tags=TAGS)
async def post_own(
    request: Asked, context: Context, data: shapes.WfmHistoricalAdherenceQueryForAgent, expand: Expand = None
) -> shapes.WfmAgentHistoricalAdherenceResponse:
    """Have the caller's own past adherence measured."""
    words = [word for each in expand or () for word in commas(each) or ()]
    return wire.show_own_job(await request_own_history(context, data.query(), words, _origin(request)))


@get(f"{MINE}/{{job_id:str}}", operation_id="getWorkforcemanagementAgentsMeAdherenceHistoricalJob", tags=TAGS)
async def get_own(context: Context, job_id: str) -> shapes.WfmAgentHistoricalAdherenceResponse:
    """How far the caller's own query is, and its result."""
    return wire.show_own_job(await get_job(context, job_id, [JobKind.OWN]))


# Outside of the document: its address is the secret that a result holds, and nobody makes one up.
@get(f"{DOWNLOADS}/{{key:str}}/{{number:int}}", opt={"public": True}, include_in_schema=False)
async def get_download(context: Context, key: str, number: int) -> Response[bytes]:
    """A file of a result, without a token: its address is a secret, good for a day."""
    return Response(await download_part(context, key, number), media_type="application/json")


ROUTES = [post_unit, get_unit, post_bulk, get_bulk, post_own, get_own, get_download]
