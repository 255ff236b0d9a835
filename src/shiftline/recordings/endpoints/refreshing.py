"""Refreshes of metadata, by agents, conversations or time range."""

from litestar import Response, get, post
from litestar.openapi import ResponseSpec

from shiftline.foundation.context import Context
from shiftline.recordings.endpoints.asking import Asked, vault_of
from shiftline.recordings.operations.refreshing import get_refresh, refresh_metadata
from shiftline.recordings.wire.refreshing import (
    PATH,
    USUAL_REASON,
    RefreshBody,
    WireRefresh,
    read_selection,
    show_job,
    show_refreshed,
)

TAGS = ["Recording"]
ACCEPTED = {202: ResponseSpec(WireRefresh, description="They are many: a job refreshes them")}


@post(PATH, operation_id="postRecordingsMetadataRefresh", status_code=200, tags=TAGS, responses=ACCEPTED)
async def post_refresh(request: Asked, context: Context, data: RefreshBody) -> Response[WireRefresh]:
    """Compute the metadata of recordings anew; what differs becomes a revision with its difference and reason."""
    wanted, reason = read_selection(data), data.reason or USUAL_REASON
    result = await refresh_metadata(context, vault_of(request), wanted, reason)
    if result.job is not None:
        return Response(show_job(result.job), status_code=202)
    return Response(show_refreshed(result.refreshed, result.without, reason), status_code=200)


@get(f"{PATH}/jobs/{{job_id:str}}", operation_id="getRecordingsMetadataRefreshJob", tags=TAGS)
async def get_job(context: Context, job_id: str) -> WireRefresh:
    """How far a refresh of many recordings is."""
    return show_job(await get_refresh(context, job_id))


ROUTES = [post_refresh, get_job]
