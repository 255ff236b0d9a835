"""Time-off plans over HTTP."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.wire import Identifier, ShortText
from shiftline.workforce.timeoff.operations import plans
from shiftline.workforce.timeoff.wire import plans as wire
from shiftline.workforce.timeoff.wire.shapes import ROOT

PLANS = f"{ROOT}/businessunits/{{business_unit_id:str}}/timeoffplans"
PLAN = f"{PLANS}/{{time_off_plan_id:str}}"
TAGS = ["Workforce Management"]

Within = Annotated[Identifier | None, Parameter(query="managementUnitId", description="Only plans that apply to it")]
# COMPAT: the vendor's expand asks for what an answer on plans holds here anyway.
Expand = Annotated[ShortText | None, Parameter(query="expand")]


@get(PLANS, operation_id="getWorkforcemanagementBusinessunitTimeoffplans", tags=TAGS)
async def list_plans(
    context: Context, business_unit_id: str, within: Within = None, expand: Expand = None
) -> wire.BuTimeOffPlanListing:
    """A business unit's time-off plans, by name."""
    del expand
    return wire.show_plans(*await plans.list_plans(context, business_unit_id, within))


@post(PLANS, operation_id="postWorkforcemanagementBusinessunitTimeoffplans", status_code=201, tags=TAGS)
async def post_plan(
    context: Context, business_unit_id: str, data: wire.BuCreateTimeOffPlanRequest
) -> wire.BuTimeOffPlanResponse:
    """A new time-off plan."""
    return wire.show_plan(*await plans.create_plan(context, business_unit_id, data.draft()))


@get(PLAN, operation_id="getWorkforcemanagementBusinessunitTimeoffplan", tags=TAGS)
async def get_plan(context: Context, business_unit_id: str, time_off_plan_id: str) -> wire.BuTimeOffPlanResponse:
    """One time-off plan."""
    return wire.show_plan(*await plans.get_plan(context, business_unit_id, time_off_plan_id))


@patch(PLAN, operation_id="patchWorkforcemanagementBusinessunitTimeoffplan", tags=TAGS)
async def patch_plan(
    context: Context, business_unit_id: str, time_off_plan_id: str, data: wire.BuUpdateTimeOffPlanRequest
) -> wire.BuTimeOffPlanResponse:
    """Change a time-off plan, with the version that was read; who waits is decided anew by it."""
    return wire.show_plan(*await plans.change_plan(context, business_unit_id, time_off_plan_id, data.draft()))


@delete(PLAN, operation_id="deleteWorkforcemanagementBusinessunitTimeoffplan", tags=TAGS)
async def delete_plan(context: Context, business_unit_id: str, time_off_plan_id: str) -> None:
    """Take a time-off plan out of use; who waits by it waits for an approver then."""
    await plans.delete_plan(context, business_unit_id, time_off_plan_id)


ROUTES = [list_plans, post_plan, get_plan, patch_plan, delete_plan]
