"""Questions about who did what."""

from typing import Annotated, TypeAlias

from litestar import get, post
from litestar.params import Parameter

from shiftline.audit import wire
from shiftline.audit.operations import VIEW, ask_now, find_names, get_query, read_answer, start_query
from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Page

TAGS = ["Audit"]
PATH = "/api/v2/audits/query"

Cursor: TypeAlias = Annotated[str | None, Parameter(query="cursor", max_length=200)]
PageSize: TypeAlias = Annotated[int, Parameter(query="pageSize", ge=1, le=500)]


@post(PATH, operation_id="postAuditsQuery", status_code=200, tags=TAGS)
async def post_query(context: Context, data: wire.AuditQueryRequest) -> wire.QueryStatus:
    """Put a question; its answer is frozen now, and read by the transaction id."""
    return wire.status(await start_query(context, data.question()))


@get(f"{PATH}/{{transaction_id:str}}", operation_id="getAuditsQueryTransactionId", status_code=200, tags=TAGS)
async def get_query_status(context: Context, transaction_id: str) -> wire.QueryStatus:
    """Tell how far an answer is."""
    return wire.status(await get_query(context, transaction_id))


@get(
    f"{PATH}/{{transaction_id:str}}/results",
    operation_id="getAuditsQueryTransactionIdResults",
    status_code=200,
    tags=TAGS,
)
async def get_query_results(
    context: Context, transaction_id: str, cursor: Cursor = None, page_size: PageSize = 25
) -> wire.QueryResults:
    """Read a part of an answer."""
    entries, more = await read_answer(context, transaction_id, page_size, wire.parse_cursor(cursor))
    names = await find_names(context, entries)
    return wire.QueryResults(
        id=transaction_id,
        page_size=page_size,
        entities=[wire.log_message(context.organization_id, entry, names) for entry in entries],
        cursor=wire.cursor(entries[-1]) if more else None,
    )


@post(f"{PATH}/realtime", operation_id="postAuditsQueryRealtime", status_code=200, tags=TAGS)
async def post_realtime(context: Context, data: wire.RealtimeQueryRequest) -> wire.RealtimeResults:
    """Put a question and read one page of what answers it now."""
    page = Page(data.page_size, data.page_number)
    entries, total = await ask_now(context, data.question(), page)
    names = await find_names(context, entries)
    return wire.RealtimeResults(
        entities=[wire.log_message(context.organization_id, entry, names) for entry in entries],
        page_size=page.size,
        page_number=page.number,
        total=total,
        page_count=max(1, -(-total // page.size)),
    )


@get(f"{PATH}/servicemapping", operation_id="getAuditsQueryServicemapping", status_code=200, tags=TAGS)
async def get_service_mapping(context: Context) -> wire.ServiceMapping:
    """List the services, types of entities and actions that can be asked for."""
    require(context, VIEW)
    return wire.service_mapping()


@get(
    f"{PATH}/realtime/servicemapping",
    operation_id="getAuditsQueryRealtimeServicemapping",
    status_code=200,
    tags=TAGS,
)
async def get_realtime_service_mapping(context: Context) -> wire.ServiceMapping:
    """List what can be asked for at once: the same."""
    require(context, VIEW)
    return wire.service_mapping()


ROUTES = [
    post_query,
    get_query_status,
    get_query_results,
    post_realtime,
    get_service_mapping,
    get_realtime_service_mapping,
]
