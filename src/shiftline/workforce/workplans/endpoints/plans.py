"""Work plans over HTTP."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import commas
from shiftline.foundation.web.wire import ShortText
from shiftline.workforce.workplans.operations import plans as operations
from shiftline.workforce.workplans.wire import answers, requests

MU = f"{answers.ROOT}/managementunits/{{management_unit_id:str}}"
PLANS = f"{MU}/workplans"
PLAN = f"{PLANS}/{{work_plan_id:str}}"
TAGS = ["Workforce Management"]

# COMPAT: the vendor's expand asks for what an answer on work plans holds here anyway; its exclude and includeOnly are heeded.
Expand = Annotated[ShortText | None, Parameter(query="expand")]
Exclude = Annotated[ShortText | None, Parameter(query="exclude")]
IncludeOnly = Annotated[ShortText | None, Parameter(query="includeOnly")]
Mode = Annotated[requests.ValidationMode | None, Parameter(query="validationMode")]


@get(PLANS, operation_id="getWorkforcemanagementManagementunitWorkplans", tags=TAGS)
async def get_work_plans(
    context: Context, management_unit_id: str, expand: Expand = None, exclude: Exclude = None
) -> answers.WorkPlanListResponse:
    """A management unit's work plans, by name."""
    del expand
    found = await operations.list_work_plans(context, management_unit_id)
    return answers.show_plans(found, commas(exclude) or ())


@post(PLANS, operation_id="postWorkforcemanagementManagementunitWorkplans", status_code=201, tags=TAGS)
async def post_work_plans(
    context: Context, management_unit_id: str, data: requests.CreateWorkPlan, validation_mode: Mode = None
) -> answers.WorkPlanResponse:
    """A new work plan; rules that contradict each other are refused."""
    draft = requests.draft_of_new(data, validation_mode)
    return answers.show_plan(await operations.create_work_plan(context, management_unit_id, draft))


@get(PLAN, operation_id="getWorkforcemanagementManagementunitWorkplan", tags=TAGS)
async def get_work_plan(
    context: Context, management_unit_id: str, work_plan_id: str, include_only: IncludeOnly = None
) -> answers.WorkPlanResponse:
    """One work plan."""
    return answers.show_plan(
        await operations.get_work_plan(context, management_unit_id, work_plan_id), commas(include_only) or None
    )


@patch(PLAN, operation_id="patchWorkforcemanagementManagementunitWorkplan", tags=TAGS)
async def patch_work_plan(
    context: Context,
    management_unit_id: str,
    work_plan_id: str,
    data: requests.UpdateWorkPlan,
    validation_mode: Mode = None,
) -> answers.WorkPlanResponse:
    """Change a work plan, with the version that was read; shifts and activities that are not named stay."""
    draft = requests.draft_of_change(data, validation_mode)
    return answers.show_plan(await operations.change_work_plan(context, management_unit_id, work_plan_id, draft))


@delete(PLAN, operation_id="deleteWorkforcemanagementManagementunitWorkplan", tags=TAGS)
async def delete_work_plan(context: Context, management_unit_id: str, work_plan_id: str) -> None:
    """Take a work plan that nobody has out of use."""
    await operations.delete_work_plan(context, management_unit_id, work_plan_id)


@post(f"{PLAN}/copy", operation_id="postWorkforcemanagementManagementunitWorkplanCopy", status_code=201, tags=TAGS)
async def copy_work_plan(
    context: Context, management_unit_id: str, work_plan_id: str, data: requests.CopyWorkPlan
) -> answers.WorkPlanResponse:
    """The same rules under another name, for nobody yet."""
    return answers.show_plan(await operations.copy_work_plan(context, management_unit_id, work_plan_id, data.name))


@post(
    f"{PLAN}/validate",
    operation_id="postWorkforcemanagementManagementunitWorkplanValidate",
    status_code=200,
    tags=TAGS,
)
async def validate_work_plan(
    context: Context, management_unit_id: str, work_plan_id: str, data: requests.UpdateWorkPlan, expand: Expand = None
) -> answers.ValidateWorkPlanResponse:
    """Which rules would contradict each other; nothing is stored. ``new`` stands for a plan that is not there yet."""
    del expand
    draft = requests.draft_of_change(data, None)
    plan, found = await operations.validate_work_plan(context, management_unit_id, work_plan_id, draft)
    return answers.show_validation(plan, found)


ROUTES = [
    get_work_plans,
    post_work_plans,
    get_work_plan,
    patch_work_plan,
    delete_work_plan,
    copy_work_plan,
    validate_work_plan,
]
