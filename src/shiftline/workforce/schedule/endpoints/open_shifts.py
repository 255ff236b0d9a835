"""Open shifts, for planners: left open, listed, changed, withdrawn. Agents take them by the operations of trades."""

from typing import Annotated

from litestar import get, patch, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.workforce.schedule.model.open_shifts import OpenShiftState
from shiftline.workforce.schedule.operations import opening
from shiftline.workforce.schedule.wire import open_shifts as wire

OF_SCHEDULE = "/api/v2/shiftline/schedules/{schedule_id:str}/openshifts"
ONE = "/api/v2/shiftline/workforce/openshifts/{open_shift_id:str}"
TAGS = ["Shiftline Schedules"]

States = Annotated[list[OpenShiftState] | None, Parameter(query="state", max_items=5)]
Unit = Annotated[str | None, Parameter(query="managementUnitId", max_length=100)]


@post(OF_SCHEDULE, operation_id="postShiftlineScheduleOpenshifts", status_code=201, tags=TAGS)
async def post_open_shift(context: Context, schedule_id: str, data: wire.OpenShiftRequest) -> wire.OpenShiftShown:
    """Leave a new shift open in a schedule in force. To take one from its agent instead: an edit, ``openShift``."""
    return wire.show(await opening.open_shift(context, schedule_id, data.draft()))


@get(OF_SCHEDULE, operation_id="getShiftlineScheduleOpenshifts", tags=TAGS)
async def list_open_shifts(
    context: Context, schedule_id: str, states: States = None, management_unit_id: Unit = None
) -> wire.OpenShiftListing:
    """The open shifts of a schedule in whatever state, the earliest first."""
    found = await opening.list_schedule_open_shifts(context, schedule_id, states, management_unit_id)
    return wire.show_list(found)


@get(ONE, operation_id="getShiftlineWorkforceOpenshift", tags=TAGS)
async def get_open_shift(context: Context, open_shift_id: str) -> wire.OpenShiftShown:
    """An open shift, and what became of it."""
    return wire.show(await opening.get_open_shift(context, open_shift_id))


@patch(ONE, operation_id="patchShiftlineWorkforceOpenshift", tags=TAGS)
async def patch_open_shift(
    context: Context, open_shift_id: str, data: wire.OpenShiftChangeRequest
) -> wire.OpenShiftShown:
    """Change an open shift, or withdraw it. A claim that waits for its review ends with either."""
    withdraw = data.state is not None
    change = opening.Change(open_shift_id, data.metadata.version, data.draft(), withdraw)
    return wire.show(await opening.change_open_shift(context, change))


ROUTES = [post_open_shift, list_open_shifts, get_open_shift, patch_open_shift]
