"""Batch requests over HTTP: the vendor's operations, and a list of them."""

from typing import Any, TypeAlias

from litestar import Request, get, post

from shiftline.discovery.batches import operations
from shiftline.discovery.batches.wire import (
    OURS,
    PATH,
    BatchBody,
    WireBatch,
    WireSubmitted,
    WireSummary,
    read_body,
    show_batch,
    show_submitted,
    show_summary,
)
from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.recordings.operations.tickets import open_batch_ticketing
from shiftline.recordings.operations.vault import Vault

TAGS = ["Recording"]
Asked: TypeAlias = Request[Any, Any, Any]


@post(PATH, operation_id="postRecordingBatchrequests", status_code=200, tags=TAGS)
async def post_batch(context: Context, data: BatchBody) -> WireSubmitted:
    """Ask for the recordings of many conversations at once; nothing is left out, what cannot be had says why."""
    return show_submitted(await operations.request_batch(context, read_body(data)))


@get(f"{PATH}/{{batch_id:str}}", operation_id="getRecordingBatchrequest", tags=TAGS)
async def get_batch(request: Asked, context: Context, batch_id: str) -> WireBatch:
    """How far a batch request is, whoever asked, and where what is found can be fetched by the caller."""
    batch, told = await operations.get_batch(context, batch_id)
    vault: Vault = request.app.state.vault
    ticketing = await open_batch_ticketing(context, vault.keys)
    environment: str = request.app.state.environment
    return show_batch(batch, told, lambda recording_id: ticketing.uri(environment, recording_id, download=True))


@get(OURS, operation_id="getShiftlineRecordingBatchrequests", tags=TAGS)
async def get_batches(context: Context, page: Page) -> Listing[WireSummary]:
    """The organization's batch requests, latest first."""
    found, total = await operations.list_batches(context, page)
    return listing([show_summary(each) for each in found], total, page, OURS)


ROUTES = [post_batch, get_batch, get_batches]
