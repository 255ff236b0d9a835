"""Imports and quarantine over HTTP."""

from typing import Annotated, Any, TypeAlias

from litestar import Request, Response, get, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import parse_instant
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.foundation.web.wire import Identifier
from shiftline.imports.model import ItemState, Rule
from shiftline.imports.operations import reading
from shiftline.imports.operations.repairing import repair_item
from shiftline.imports.operations.starting import start_import_below
from shiftline.imports.rules.reporting import in_csv
from shiftline.imports.wire import (
    IMPORTS,
    QUARANTINE,
    REPORT,
    ImportBody,
    RepairBody,
    WireImport,
    WireItem,
    WireReport,
    read_import,
    read_items,
    read_repair,
    show_import,
    show_item,
    show_report,
)

TAGS = ["Recording"]
ONE_IMPORT = f"{IMPORTS}/{{import_id:str}}"
ONE_ITEM = f"{QUARANTINE}/{{item_id:str}}"
CSV = "text/csv; charset=utf-8"

Asked: TypeAlias = Request[Any, Any, Any]
OfImport: TypeAlias = Annotated[Identifier | None, Parameter(query="importId")]
Span: TypeAlias = Annotated[str, Parameter(query="interval", max_length=100, description="Two instants and a slash")]


@post(IMPORTS, operation_id="postShiftlineRecordingsImports", status_code=202, tags=TAGS)
async def post_import(request: Asked, context: Context, data: ImportBody) -> WireImport:
    """Read a folder in the vendor's layout of exported recordings; a job does so, which tells how far it is."""
    return show_import(await start_import_below(context, request.app.state.imports, read_import(data)))


@get(IMPORTS, operation_id="getShiftlineRecordingsImports", tags=TAGS)
async def get_imports(context: Context, page: Page) -> Listing[WireImport]:
    """Imports, latest first."""
    found, total = await reading.list_imports(context, page)
    return listing([show_import(each) for each in found], total, page, IMPORTS)


@get(ONE_IMPORT, operation_id="getShiftlineRecordingsImport", tags=TAGS)
async def get_import(context: Context, import_id: str) -> WireImport:
    """How far an import is, and what it did not keep."""
    found = await reading.get_import(context, import_id)
    return show_import(found, await reading.list_refusals(context, import_id))


@get(f"{ONE_IMPORT}/report", operation_id="getShiftlineRecordingsImportReport", tags=TAGS)
async def get_report(context: Context, import_id: str) -> WireReport:
    """What was null, contradictory or wrongly offset in what came, and what the recordings say now."""
    return show_report(await reading.report_import(context, import_id), f"{IMPORTS}/{import_id}/report")


@get(f"{ONE_IMPORT}/report/csv", operation_id="getShiftlineRecordingsImportReportCsv", tags=TAGS, media_type=CSV)
async def get_report_csv(context: Context, import_id: str) -> Response[str]:
    """The same as a table."""
    return Response(in_csv(await reading.report_import(context, import_id)), media_type=CSV)


@get(QUARANTINE, operation_id="getShiftlineRecordingsQuarantine", tags=TAGS)
async def get_items(
    context: Context,
    page: Page,
    *,
    import_id: OfImport = None,
    item_state: Annotated[ItemState | None, Parameter(query="state")] = None,
    rule: Annotated[Rule | None, Parameter(query="rule")] = None,
) -> Listing[WireItem]:
    """What is in quarantine, and what left it: of an import, in a state, of which a rule is broken."""
    found, total = await reading.list_items(context, read_items(import_id, item_state, rule), page)
    return listing([show_item(each) for each in found], total, page, QUARANTINE)


@get(ONE_ITEM, operation_id="getShiftlineRecordingsQuarantineItem", tags=TAGS)
async def get_item(context: Context, item_id: str) -> WireItem:
    """An item with each of its problems."""
    return show_item(await reading.get_item(context, item_id))


@get(
    f"{ONE_ITEM}/metadata",
    operation_id="getShiftlineRecordingsQuarantineItemMetadata",
    tags=TAGS,
    media_type="application/octet-stream",
)
async def get_metadata(context: Context, item_id: str) -> Response[bytes]:
    """The metadata file byte by byte as it came; empty where there was none."""
    item = await reading.get_item(context, item_id)
    headers = {"Content-Disposition": f'attachment; filename="{item.recording_id}_metadata.json"'}
    return Response(item.metadata or b"", media_type="application/octet-stream", headers=headers)


@post(f"{ONE_ITEM}/repair", operation_id="postShiftlineRecordingsQuarantineItemRepair", status_code=200, tags=TAGS)
async def post_repair(context: Context, item_id: str, data: RepairBody) -> WireItem:
    """Say what is right of an item, and why: it becomes a recording when nothing is left to ask."""
    return show_item(await repair_item(context, item_id, read_repair(data)))


@get(REPORT, operation_id="getShiftlineRecordingsMetadataReport", tags=TAGS)
async def get_revisions_report(context: Context, interval: Span) -> WireReport:
    """What revisions of an interval changed, such as a refresh: null, contradictory or wrongly offset before, and not after."""
    return show_report(await reading.report_revisions(context, _span(interval)), REPORT)


@get(f"{REPORT}/csv", operation_id="getShiftlineRecordingsMetadataReportCsv", tags=TAGS, media_type=CSV)
async def get_revisions_report_csv(context: Context, interval: Span) -> Response[str]:
    """The same as a table."""
    return Response(in_csv(await reading.report_revisions(context, _span(interval))), media_type=CSV)


def _span(text: str) -> tuple[Any, Any]:
    start, slash, end = text.partition("/")
    if not slash:
        raise Invalid(Problem("interval", "must be two instants joined by a slash."))
    begins, ends = parse_instant(start, "interval"), parse_instant(end, "interval")
    if ends <= begins:
        raise Invalid(Problem("interval", "must end after it starts."))
    return begins, ends


ROUTES = [
    post_import,
    get_imports,
    get_import,
    get_report,
    get_report_csv,
    get_items,
    get_item,
    get_metadata,
    post_repair,
    get_revisions_report,
    get_revisions_report_csv,
]
