"""A limit's conversion between days and quarter hours over HTTP."""

from litestar import get, post

from shiftline.foundation.context import Context
from shiftline.workforce.timeoff.operations import converting
from shiftline.workforce.timeoff.wire import conversions as wire
from shiftline.workforce.timeoff.wire.shapes import ROOT

CONVERSION = (
    f"{ROOT}/businessunits/{{business_unit_id:str}}/timeofflimits/{{time_off_limit_id:str}}/granularityconversion"
)
NAME = "WorkforcemanagementBusinessunitTimeofflimitGranularityconversion"
TAGS = ["Workforce Management"]


@post(CONVERSION, operation_id=f"post{NAME}", status_code=200, tags=TAGS)
async def post_conversion(
    context: Context,
    business_unit_id: str,
    time_off_limit_id: str,
    data: wire.BuConvertTimeOffLimitGranularityJobRequest,
) -> wire.BuConvertTimeOffLimitGranularityJobResponse:
    """Turn a limit into one by the day or by the quarter hour; what each day bears together stays."""
    made = await converting.convert_limit(
        context, business_unit_id, time_off_limit_id, data.granularity, data.full_day_start()
    )
    return wire.show_conversion(made)


@get(f"{CONVERSION}/jobs", operation_id=f"get{NAME}Jobs", tags=TAGS)
async def list_conversions(
    context: Context, business_unit_id: str, time_off_limit_id: str
) -> wire.BuConvertTimeOffGranularityLimitJobListing:
    """A limit's conversions, the latest first."""
    return wire.show_conversions(await converting.list_conversions(context, business_unit_id, time_off_limit_id))


@get(f"{CONVERSION}/jobs/{{job_id:str}}", operation_id=f"get{NAME}Job", tags=TAGS)
async def get_conversion(
    context: Context, business_unit_id: str, time_off_limit_id: str, job_id: str
) -> wire.BuConvertTimeOffLimitGranularityJobResponse:
    """One conversion of a limit."""
    made = await converting.get_conversion(context, business_unit_id, time_off_limit_id, job_id)
    return wire.show_conversion(made)


ROUTES = [post_conversion, list_conversions, get_conversion]
