"""Adjustments: submitted, found, decided."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import commas
from shiftline.foundation.web.wire import Identifier
from shiftline.workforce.adjustments import wire
from shiftline.workforce.adjustments.operations import adjusting

AGENT = f"{wire.ROOT}/agents/{{agent_id:str}}/adherence/adjustments"
BU = f"{wire.ROOT}/businessunits/{{business_unit_id:str}}/adherence/adjustments"
TAGS = ["Workforce Management"]

Before = Annotated[Identifier | None, Parameter(query="before", description="The first adjustment of the page after")]
After = Annotated[Identifier | None, Parameter(query="after", description="The last adjustment of the page before")]
Size = Annotated[int, Parameter(query="pageSize", ge=1, le=500)]
Ids = Annotated[str, Parameter(query="adjustmentIds", max_length=4000)]


@post(wire.OWN, operation_id="postWorkforcemanagementAdherenceAdjustments", status_code=201, tags=TAGS)
async def post_own(context: Context, data: wire.AddAdherenceAdjustmentAgentRequest) -> wire.AdherenceAdjustment:
    """Ask that minutes of one's own past count as adherent; it waits for a decision."""
    return wire.show(await adjusting.submit_adjustment(context, data.change()), own=True)


@post(f"{wire.OWN}/query", operation_id="postWorkforcemanagementAdherenceAdjustmentsQuery", status_code=200, tags=TAGS)
async def query_own(
    context: Context,
    data: wire.AgentQueryAdherenceAdjustmentsRequest,
    *,
    before: Before = None,
    after: After = None,
    page_size: Size = 200,
) -> wire.CursorAdherenceAdjustmentsListing:
    """The caller's adjustments within a span, by time."""
    wanted = data.wanted(after, before, page_size)
    found = await adjusting.list_own_adjustments(context, wanted)
    return wire.show_page(found, wanted, f"{wire.OWN}/query", own=True)


@get(f"{wire.OWN}/{{adjustment_id:str}}", operation_id="getWorkforcemanagementAdherenceAdjustment", tags=TAGS)
async def get_own(context: Context, adjustment_id: str) -> wire.AdherenceAdjustment:
    """One of the caller's adjustments."""
    return wire.show(await adjusting.get_own_adjustment(context, adjustment_id), own=True)


@patch(f"{wire.OWN}/{{adjustment_id:str}}", operation_id="patchWorkforcemanagementAdherenceAdjustment", tags=TAGS)
async def patch_own(
    context: Context, adjustment_id: str, data: wire.UpdateAdherenceAdjustmentAgentRequest
) -> wire.AdherenceAdjustment:
    """Change one's own adjustment while it waits, with the version that was read."""
    return wire.show(await adjusting.change_own_adjustment(context, adjustment_id, data.change()), own=True)


@delete(f"{wire.OWN}/{{adjustment_id:str}}", operation_id="deleteWorkforcemanagementAdherenceAdjustment", tags=TAGS)
async def delete_own(context: Context, adjustment_id: str) -> None:
    """Take back one's own adjustment while it waits."""
    await adjusting.delete_own_adjustment(context, adjustment_id)


@post(
    f"{AGENT}/query", operation_id="postWorkforcemanagementAgentAdherenceAdjustmentsQuery", status_code=200, tags=TAGS
)
async def query_agent(
    context: Context,
    agent_id: str,
    data: wire.AgentQueryAdherenceAdjustmentsRequest,
    *,
    before: Before = None,
    after: After = None,
    page_size: Size = 200,
) -> wire.CursorAdherenceAdjustmentsListing:
    """An agent's adjustments within a span, by time."""
    wanted = data.wanted(after, before, page_size)
    found = await adjusting.list_adjustments_of(context, agent_id, wanted)
    return wire.show_page(found, wanted, f"{AGENT.replace('{agent_id:str}', agent_id)}/query")


@get(f"{AGENT}/{{adjustment_id:str}}", operation_id="getWorkforcemanagementAgentAdherenceAdjustment", tags=TAGS)
async def get_agent(context: Context, agent_id: str, adjustment_id: str) -> wire.AdherenceAdjustment:
    """One of an agent's adjustments."""
    return wire.show(await adjusting.get_adjustment(context, agent_id, adjustment_id))


@patch(f"{AGENT}/{{adjustment_id:str}}", operation_id="patchWorkforcemanagementAgentAdherenceAdjustment", tags=TAGS)
async def patch_agent(
    context: Context, agent_id: str, adjustment_id: str, data: wire.UpdateAdherenceAdjustmentAdminRequest
) -> wire.AdherenceAdjustment:
    """Change or decide an agent's adjustment, with the version that was read."""
    return wire.show(await adjusting.review_adjustment(context, agent_id, adjustment_id, data.change()))


@post(
    f"{BU}/query",
    operation_id="postWorkforcemanagementBusinessunitAdherenceAdjustmentsQuery",
    status_code=200,
    tags=TAGS,
)
async def query_unit(
    context: Context,
    business_unit_id: str,
    data: wire.BuQueryAdherenceAdjustmentsRequest,
    *,
    before: Before = None,
    after: After = None,
    page_size: Size = 200,
) -> wire.CursorAdherenceAdjustmentsListing:
    """A business unit's adjustments within a span, by time."""
    wanted = data.wanted_in(after, before, page_size)
    found = await adjusting.list_adjustments_in(context, business_unit_id, wanted)
    return wire.show_page(found, wanted, f"{BU.replace('{business_unit_id:str}', business_unit_id)}/query")


@get(f"{BU}/bulk", operation_id="getWorkforcemanagementBusinessunitAdherenceAdjustmentsBulk", tags=TAGS)
async def get_unit_bulk(
    context: Context, business_unit_id: str, adjustment_ids: Ids
) -> wire.AdherenceAdjustmentsListing:
    """Some adjustments of a business unit by their ids."""
    ids = commas(adjustment_ids) or []
    return wire.show_all(await adjusting.read_adjustments_in(context, business_unit_id, list(ids)))


@patch(f"{BU}/bulk", operation_id="patchWorkforcemanagementBusinessunitAdherenceAdjustmentsBulk", tags=TAGS)
async def patch_unit_bulk(
    context: Context, business_unit_id: str, data: wire.UpdateAdherenceAdjustmentsBulkRequest
) -> wire.AdherenceAdjustmentsListing:
    """Decide several adjustments of a business unit, each with the version that was read: all, or none."""
    return wire.show_all(await adjusting.review_adjustments(context, business_unit_id, data.changes()))


ROUTES = [
    post_own,
    query_own,
    get_own,
    patch_own,
    delete_own,
    query_agent,
    get_agent,
    patch_agent,
    query_unit,
    get_unit_bulk,
    patch_unit_bulk,
]
