"""Rotations of work plans over HTTP."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import commas
from shiftline.foundation.web.wire import ShortText
from shiftline.workforce.workplans.operations import rotating
from shiftline.workforce.workplans.wire import rotations as wire
from shiftline.workforce.workplans.wire.answers import ROOT

ROTATIONS = f"{ROOT}/managementunits/{{management_unit_id:str}}/workplanrotations"
ROTATION = f"{ROTATIONS}/{{work_plan_rotation_id:str}}"
TAGS = ["Workforce Management"]
NAME = "WorkforcemanagementManagementunitWorkplanrotation"

Expand = Annotated[ShortText | None, Parameter(query="expand", description="``agents`` shows who is in them")]


@get(ROTATIONS, operation_id=f"get{NAME}s", tags=TAGS)
async def get_rotations(
    context: Context, management_unit_id: str, expand: Expand = None
) -> wire.WorkPlanRotationListResponse:
    """A management unit's work plan rotations, by name."""
    found = await rotating.list_rotations(context, management_unit_id)
    return wire.show_rotations(found, agents="agents" in (commas(expand) or ()))


@post(ROTATIONS, operation_id=f"post{NAME}s", status_code=201, tags=TAGS)
async def post_rotation(
    context: Context, management_unit_id: str, data: wire.AddWorkPlanRotationRequest
) -> wire.WorkPlanRotationResponse:
    """A new rotation; plans that cannot follow each other are refused."""
    return wire.show_rotation(await rotating.create_rotation(context, management_unit_id, wire.draft_of(data)))


@get(ROTATION, operation_id=f"get{NAME}", tags=TAGS)
async def get_rotation(
    context: Context, management_unit_id: str, work_plan_rotation_id: str
) -> wire.WorkPlanRotationResponse:
    """One rotation with its agents."""
    return wire.show_rotation(await rotating.get_rotation(context, management_unit_id, work_plan_rotation_id))


@patch(ROTATION, operation_id=f"patch{NAME}", tags=TAGS)
async def patch_rotation(
    context: Context, management_unit_id: str, work_plan_rotation_id: str, data: wire.UpdateWorkPlanRotationRequest
) -> wire.WorkPlanRotationResponse:
    """Change a rotation, with the version that was read; agents that are not named stay."""
    draft = wire.draft_of(data)
    return wire.show_rotation(await rotating.change_rotation(context, management_unit_id, work_plan_rotation_id, draft))


@delete(ROTATION, operation_id=f"delete{NAME}", tags=TAGS)
async def delete_rotation(context: Context, management_unit_id: str, work_plan_rotation_id: str) -> None:
    """Take a rotation out of use: its agents have their own plans again."""
    await rotating.delete_rotation(context, management_unit_id, work_plan_rotation_id)


@post(f"{ROTATION}/copy", operation_id=f"post{NAME}Copy", status_code=201, tags=TAGS)
async def copy_rotation(
    context: Context, management_unit_id: str, work_plan_rotation_id: str, data: wire.CopyWorkPlanRotationRequest
) -> wire.WorkPlanRotationResponse:
    """The same plans and days under another name, for nobody yet."""
    copied = await rotating.copy_rotation(context, management_unit_id, work_plan_rotation_id, data.name)
    return wire.show_rotation(copied)


ROUTES = [get_rotations, post_rotation, get_rotation, patch_rotation, delete_rotation, copy_rotation]
