"""Exports by the API: begun, looked at, paused, cancelled, resumed, and their logs."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Annotated, Any, TypeAlias

from litestar import Request, get, post
from litestar.params import Parameter
from litestar.response import Stream

from shiftline.discovery.exports.model import LogFilter
from shiftline.discovery.exports.operations import asking
from shiftline.discovery.exports.wire import (
    EXPORTS,
    ExportBody,
    WireExport,
    WireObject,
    WireSteps,
    read_draft,
    show_export,
    show_object,
    show_step,
)
from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing

ONE = f"{EXPORTS}/{{export_id:str}}"
TAGS = ["Discovery"]
CSV_PAGE = 1000
COLUMNS = (
    "sequence", "path", "number", "conversationId", "userIds", "mediaType", "size", "sha256", "previousSha256", "attempts",
    "conflicts", "refusals", "storedTime",
)  # fmt: skip

Asked: TypeAlias = Request[Any, Any, Any]
OfUser: TypeAlias = Annotated[str | None, Parameter(query="userId", max_length=100)]
OfRecording: TypeAlias = Annotated[str | None, Parameter(query="recordingId", max_length=100)]
Refused: TypeAlias = Annotated[
    bool, Parameter(query="refused", description="Only what was refused at first, or was there already")
]


@post(EXPORTS, operation_id="postShiftlineDiscoveryExports", status_code=202, tags=TAGS)
async def post_export(request: Asked, context: Context, data: ExportBody) -> WireExport:
    """Begin an export: it is frozen, packed, stored and sealed by the worker."""
    return show_export(await asking.create_export(context, request.app.state.places, read_draft(data)))


@get(EXPORTS, operation_id="getShiftlineDiscoveryExports", tags=TAGS)
async def get_exports(context: Context, page: Page, *, recording_id: OfRecording = None) -> Listing[WireExport]:
    """Exports, latest first; or those that a recording is in."""
    if recording_id is not None:
        of_it = await asking.list_of_recording(context, recording_id)
        return listing([show_export(each) for each in of_it], len(of_it), Page(max(1, len(of_it)), 1), EXPORTS)
    found, total = await asking.list_exports(context, page)
    return listing([show_export(each) for each in found], total, page, EXPORTS)


@get(ONE, operation_id="getShiftlineDiscoveryExport", tags=TAGS)
async def get_export(context: Context, export_id: str) -> WireExport:
    """How far an export is."""
    return show_export(await asking.get_export(context, export_id))


@get(f"{ONE}/steps", operation_id="getShiftlineDiscoveryExportSteps", tags=TAGS)
async def get_steps(context: Context, export_id: str) -> WireSteps:
    """What became of an export, latest first."""
    return WireSteps(entities=[show_step(each) for each in await asking.list_steps(context, export_id)])


@get(f"{ONE}/log", operation_id="getShiftlineDiscoveryExportLog", tags=TAGS)
async def get_log(
    context: Context, page: Page, export_id: str, *, user_id: OfUser = None, refused: Refused = False
) -> Listing[WireObject]:
    """Every object with its size, hash, attempts and refusals, in the order of custody; of an agent, or all."""
    wanted = LogFilter(user_id, refused)
    found, total = await asking.list_log(context, export_id, wanted, page)
    return listing([show_object(*each) for each in found], total, page, f"{EXPORTS}/{export_id}/log")


@get(f"{ONE}/log.csv", operation_id="getShiftlineDiscoveryExportLogFile", tags=TAGS, media_type="text/csv")
async def get_log_file(context: Context, export_id: str, *, user_id: OfUser = None) -> Stream:
    """The same as a file."""
    await asking.get_export(context, export_id)
    named = f'attachment; filename="export-log-{export_id}.csv"'
    content = _rows(context, export_id, LogFilter(user_id))
    return Stream(content, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": named})


async def _rows(context: Context, export_id: str, wanted: LogFilter) -> AsyncIterator[bytes]:
    yield _row(COLUMNS)
    number = 1
    while True:
        found, _ = await asking.list_log(context, export_id, wanted, Page(CSV_PAGE, number))
        for each in found:
            yield _row(_cells(show_object(*each)))
        if len(found) < CSV_PAGE:
            return
        number += 1


def _cells(line: WireObject) -> tuple[str, ...]:
    told = (
        line.sequence, line.path, line.number, line.conversation_id, "; ".join(line.user_ids), line.media_type, line.size,
        line.sha256, line.previous_sha256, line.attempts, line.conflicts, "; ".join(line.refusals),
        None if line.stored_time is None else line.stored_time.isoformat(),
    )  # fmt: skip
    return tuple("" if each is None else str(each) for each in told)


def _row(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


@post(f"{ONE}/pause", operation_id="postShiftlineDiscoveryExportPause", status_code=200, tags=TAGS)
async def post_pause(context: Context, export_id: str) -> WireExport:
    """Stop after what is under way."""
    return show_export(await asking.pause_export(context, export_id))


@post(f"{ONE}/resume", operation_id="postShiftlineDiscoveryExportResume", status_code=200, tags=TAGS)
async def post_resume(context: Context, export_id: str) -> WireExport:
    """Go on where it stopped or failed."""
    return show_export(await asking.resume_export(context, export_id))


@post(f"{ONE}/cancel", operation_id="postShiftlineDiscoveryExportCancel", status_code=200, tags=TAGS)
async def post_cancel(context: Context, export_id: str) -> WireExport:
    """Give it up for good; what was stored stays where it is."""
    return show_export(await asking.cancel_export(context, export_id))


ROUTES = [
    post_export,
    get_exports,
    get_export,
    get_steps,
    get_log,
    get_log_file,
    post_pause,
    post_resume,
    post_cancel,
]
