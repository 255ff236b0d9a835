"""Wrap-up codes."""

from litestar import delete, get, post

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.routing.endpoints.filters import DivisionsFilter, IdsFilter, NameFilter, read_ids
from shiftline.routing.model.wrapup_codes import WrapupCodeFilter
from shiftline.routing.operations import wrapup_codes
from shiftline.routing.wire.queues import QUEUES
from shiftline.routing.wire.wrapup_codes import (
    CODES,
    CodesBody,
    WireWrapupCode,
    WrapupCodeBody,
    read_wrapup_code,
    show_wrapup_code,
)

OF_QUEUE = f"{QUEUES}/{{queue_id:str}}/wrapupcodes"
TAGS = ["Routing"]


@get(CODES, operation_id="getRoutingWrapupcodes", tags=TAGS)
async def get_wrapup_codes(
    context: Context, page: Page, name: NameFilter = None, ids: IdsFilter = None, division_id: DivisionsFilter = None
) -> Listing[WireWrapupCode]:
    """Wrap-up codes by name."""
    wanted = WrapupCodeFilter(name, read_ids(ids), read_ids(division_id))
    found, total = await wrapup_codes.list_wrapup_codes(context, page, wanted)
    return listing([show_wrapup_code(code) for code in found], total, page, CODES)


@post(CODES, operation_id="postRoutingWrapupcodes", status_code=200, tags=TAGS)
async def post_wrapup_code(context: Context, data: WrapupCodeBody) -> WireWrapupCode:
    """A new wrap-up code."""
    return show_wrapup_code(await wrapup_codes.create_wrapup_code(context, read_wrapup_code(data)))


@get(f"{CODES}/{{code_id:str}}", operation_id="getRoutingWrapupcode", tags=TAGS)
async def get_wrapup_code(context: Context, code_id: str) -> WireWrapupCode:
    """One wrap-up code."""
    return show_wrapup_code(await wrapup_codes.get_wrapup_code(context, code_id))


@get(OF_QUEUE, operation_id="getRoutingQueueWrapupcodes", tags=TAGS)
async def get_queue_wrapup_codes(
    context: Context, queue_id: str, page: Page, name: NameFilter = None
) -> Listing[WireWrapupCode]:
    """The wrap-up codes that a queue offers."""
    found, total = await wrapup_codes.list_queue_wrapup_codes(context, queue_id, page, name=name)
    return listing([show_wrapup_code(code) for code in found], total, page, f"{QUEUES}/{queue_id}/wrapupcodes")


@post(OF_QUEUE, operation_id="postRoutingQueueWrapupcodes", status_code=200, tags=TAGS)
async def post_queue_wrapup_codes(context: Context, queue_id: str, data: CodesBody) -> list[WireWrapupCode]:
    """Give a queue wrap-up codes."""
    ids = [each.id for each in data]
    return [show_wrapup_code(code) for code in await wrapup_codes.add_queue_wrapup_codes(context, queue_id, ids)]


@delete(f"{OF_QUEUE}/{{code_id:str}}", operation_id="deleteRoutingQueueWrapupcode", tags=TAGS)
async def delete_queue_wrapup_code(context: Context, queue_id: str, code_id: str) -> None:
    """Take a wrap-up code from a queue."""
    await wrapup_codes.remove_queue_wrapup_code(context, queue_id, code_id)


ROUTES = [
    get_wrapup_codes,
    post_wrapup_code,
    get_wrapup_code,
    get_queue_wrapup_codes,
    post_queue_wrapup_codes,
    delete_queue_wrapup_code,
]
