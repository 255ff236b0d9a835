"""Batch requests as the vendor shows them.

Source: BatchDownloadJobSubmission, BatchDownloadJobSubmissionResult, BatchDownloadJobStatusResult.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

from shiftline.discovery.batches.errors import FormatUnavailable
from shiftline.discovery.batches.model import Asked, Batch
from shiftline.discovery.batches.operations import Told
from shiftline.foundation.web.wire import Identifier, NamedReference, ShortText, Wire
from shiftline.recordings.model import MEDIA_TYPES

PATH = "/api/v2/recording/batchrequests"
OURS = "/api/v2/shiftline/recording/batchrequests"
MOST = 100_000
ORIGINAL = "OGG_OPUS"


class WireAsked(Wire):
    """A conversation all of whose recordings are asked for, or one of them."""

    conversation_id: Identifier
    recording_id: Identifier | None = None


class BatchBody(Wire):
    """What is asked for. COMPAT: the vendor takes 100 at a time; here they may be as many as fit into a request."""

    batch_download_request_list: Annotated[list[WireAsked], Meta(min_length=1, max_length=MOST)]
    media_format: ShortText | None = None


class WireSubmitted(Wire):
    """Where the results come."""

    id: str
    self_uri: str


class WireResult(Wire):
    """A recording (of what was written: its transcript) to be fetched, or why it cannot be."""

    conversation_id: str
    recording_id: str | None = None
    result_url: str | None = None
    content_type: str | None = None
    error_msg: str | None = None


class WireSummary(Wire, kw_only=True):
    """How far a batch request is, and who asked for it."""

    id: str
    job_id: str
    expected_result_count: int
    result_count: int
    error_count: int
    status: str
    user: NamedReference
    date_created: datetime
    date_completed: datetime | None = None
    self_uri: str


class WireBatch(WireSummary, kw_only=True):
    """The same with its results, in the order in which they were asked for."""

    results: list[WireResult]


def read_body(body: BatchBody) -> list[Asked]:
    """What a body asks for. Raises FormatUnavailable."""
    if body.media_format is not None and body.media_format.upper() != ORIGINAL:
        raise FormatUnavailable(body.media_format)
    return [Asked(each.conversation_id, each.recording_id) for each in body.batch_download_request_list]


def show_submitted(batch_id: str) -> WireSubmitted:
    """BatchDownloadJobSubmissionResult."""
    return WireSubmitted(id=batch_id, self_uri=f"{PATH}/{batch_id}")


def show_summary(batch: Batch) -> WireSummary:
    """How far a batch is."""
    return WireSummary(**_summary(batch))


def show_batch(batch: Batch, told: Sequence[Told], uri: Callable[[str], str]) -> WireBatch:
    """BatchDownloadJobStatusResult.

    Counts tell of the job, ``results`` of what its reader may fetch: for a reader with fewer divisions more of them are errors.
    """
    return WireBatch(**_summary(batch), results=[_result(each, uri) for each in told])


def _result(told: Told, uri: Callable[[str], str]) -> WireResult:
    result, ids = told.result, (told.result.conversation_id, told.result.recording_id)
    if told.problem is not None or result.recording_id is None:
        return WireResult(conversation_id=ids[0], recording_id=ids[1], error_msg=told.problem)
    url = uri(result.recording_id)
    return WireResult(
        conversation_id=ids[0], recording_id=ids[1], result_url=url, content_type=MEDIA_TYPES.get(result.container)
    )


def _summary(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id,
        "job_id": batch.id,
        "expected_result_count": batch.expected,
        "result_count": batch.results,
        "error_count": batch.errors,
        "status": "Completed" if batch.done else "InProgress",
        "user": NamedReference(id=batch.requested_by, self_uri=f"/api/v2/users/{batch.requested_by}"),
        "date_created": batch.requested_at,
        "date_completed": batch.ended_at,
        "self_uri": f"{PATH}/{batch.id}",
    }
