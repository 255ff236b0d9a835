"""Units, agents and activity codes over HTTP."""

from typing import Annotated

from litestar import delete, get, patch, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.foundation.web.wire import Identifier
from shiftline.workforce.units.errors import ActivityCodeNotFound
from shiftline.workforce.units.operations import activity_codes, agents, business_units, management_units
from shiftline.workforce.units.wire import activity_codes as code_wire
from shiftline.workforce.units.wire import agents as agent_wire
from shiftline.workforce.units.wire import business_units as bu_wire
from shiftline.workforce.units.wire import management_units as mu_wire
from shiftline.workforce.units.wire.references import management_unit_ref, user_ref

ROOT = "/api/v2/workforcemanagement"
BU = f"{ROOT}/businessunits/{{business_unit_id:str}}"
MU = f"{ROOT}/managementunits/{{management_unit_id:str}}"
TAGS = ["Workforce Management"]

DivisionId = Annotated[Identifier | None, Parameter(query="divisionId")]


@get(f"{ROOT}/businessunits", operation_id="getWorkforcemanagementBusinessunits", tags=TAGS)
async def get_business_units(context: Context, division_id: DivisionId = None) -> bu_wire.BusinessUnitListing:
    """All business units, with whether the caller may see into each."""
    return bu_wire.business_unit_listing(await business_units.list_business_units(context, division_id))


@get(f"{ROOT}/businessunits/divisionviews", operation_id="getWorkforcemanagementBusinessunitsDivisionviews", tags=TAGS)
async def get_business_unit_divisionviews(
    context: Context, division_id: DivisionId = None
) -> bu_wire.BusinessUnitListing:
    """The business units that the caller may see into."""
    found = await business_units.list_business_units(context, division_id)
    return bu_wire.business_unit_listing([(unit, authorized) for unit, authorized in found if authorized])


@post(f"{ROOT}/businessunits", operation_id="postWorkforcemanagementBusinessunits", status_code=201, tags=TAGS)
async def post_business_units(
    context: Context, data: bu_wire.CreateBusinessUnitRequest
) -> bu_wire.BusinessUnitResponse:
    """A new business unit, usable at once."""
    unit = await business_units.create_business_unit(context, bu_wire.business_unit_draft(data))
    return bu_wire.business_unit_response(unit)


@get(BU, operation_id="getWorkforcemanagementBusinessunit", tags=TAGS)
async def get_business_unit(context: Context, business_unit_id: str) -> bu_wire.BusinessUnitResponse:
    """One business unit with all its settings."""
    return bu_wire.business_unit_response(await business_units.get_business_unit(context, business_unit_id))


@patch(BU, operation_id="patchWorkforcemanagementBusinessunit", tags=TAGS)
async def patch_business_unit(
    context: Context, business_unit_id: str, data: bu_wire.UpdateBusinessUnitRequest
) -> bu_wire.BusinessUnitResponse:
    """Change a business unit; settings carry the version that was read."""
    draft = bu_wire.business_unit_draft(data)
    return bu_wire.business_unit_response(await business_units.change_business_unit(context, business_unit_id, draft))


@delete(BU, operation_id="deleteWorkforcemanagementBusinessunit", tags=TAGS)
async def delete_business_unit(context: Context, business_unit_id: str) -> None:
    """Take an empty business unit out of use."""
    await business_units.delete_business_unit(context, business_unit_id)


@get(f"{BU}/managementunits", operation_id="getWorkforcemanagementBusinessunitManagementunits", tags=TAGS)
async def get_business_unit_management_units(
    context: Context, business_unit_id: str, page: Page, division_id: DivisionId = None
) -> Listing[mu_wire.ManagementUnitResponse]:
    """A business unit's management units."""
    found = await management_units.list_management_units(
        context, business_unit_id=business_unit_id, division_id=division_id
    )
    shown = [mu_wire.management_unit_response(unit) for unit in found[page.offset : page.offset + page.size]]
    return listing(shown, len(found), page, f"{ROOT}/businessunits/{business_unit_id}/managementunits")


@get(f"{BU}/users", operation_id="getWorkforcemanagementBusinessunitUsers", tags=TAGS)
async def get_business_unit_users(context: Context, business_unit_id: str) -> agent_wire.BuUserListing:
    """A business unit's agents by management unit."""
    found = await agents.list_agents_by_unit(context, business_unit_id)
    return agent_wire.BuUserListing(
        management_units=[
            agent_wire.ManagementUnitUsers(
                management_unit=management_unit_ref(unit.id), users=[user_ref(agent.person_id) for agent in inside]
            )
            for unit, inside in found
        ]
    )


async def _page_of_units(
    context: Context, page: Page, division_id: str | None, path: str
) -> Listing[mu_wire.ManagementUnitResponse]:
    found = await management_units.list_management_units(context, division_id=division_id)
    shown = [mu_wire.management_unit_response(unit) for unit in found[page.offset : page.offset + page.size]]
    return listing(shown, len(found), page, path)


@get(f"{ROOT}/managementunits", operation_id="getWorkforcemanagementManagementunits", tags=TAGS)
async def get_management_units(
    context: Context, page: Page, division_id: DivisionId = None
) -> Listing[mu_wire.ManagementUnitResponse]:
    """The management units that the caller may see into."""
    return await _page_of_units(context, page, division_id, f"{ROOT}/managementunits")


@get(
    f"{ROOT}/managementunits/divisionviews",
    operation_id="getWorkforcemanagementManagementunitsDivisionviews",
    tags=TAGS,
)
async def get_management_unit_divisionviews(
    context: Context, page: Page, division_id: DivisionId = None
) -> Listing[mu_wire.ManagementUnitResponse]:
    """The same, as the vendor's division view."""
    return await _page_of_units(context, page, division_id, f"{ROOT}/managementunits/divisionviews")


@post(f"{ROOT}/managementunits", operation_id="postWorkforcemanagementManagementunits", status_code=201, tags=TAGS)
async def post_management_units(
    context: Context, data: mu_wire.CreateManagementUnitRequest
) -> mu_wire.ManagementUnitResponse:
    """A new management unit, usable at once."""
    draft = mu_wire.management_unit_draft(data)
    unit = await management_units.create_management_unit(context, data.business_unit_id, draft)
    return mu_wire.management_unit_response(unit)


@get(MU, operation_id="getWorkforcemanagementManagementunit", tags=TAGS)
async def get_management_unit(context: Context, management_unit_id: str) -> mu_wire.ManagementUnitResponse:
    """One management unit."""
    return mu_wire.management_unit_response(await management_units.get_management_unit(context, management_unit_id))


@patch(MU, operation_id="patchWorkforcemanagementManagementunit", tags=TAGS)
async def patch_management_unit(
    context: Context, management_unit_id: str, data: mu_wire.UpdateManagementUnitRequest
) -> mu_wire.ManagementUnitResponse:
    """Change a management unit; settings carry the version that was read."""
    draft = mu_wire.management_unit_draft(data)
    unit = await management_units.change_management_unit(context, management_unit_id, draft)
    return mu_wire.management_unit_response(unit)


@delete(MU, operation_id="deleteWorkforcemanagementManagementunit", tags=TAGS)
async def delete_management_unit(context: Context, management_unit_id: str) -> None:
    """Take a management unit without agents out of use."""
    await management_units.delete_management_unit(context, management_unit_id)


@get(f"{MU}/users", operation_id="getWorkforcemanagementManagementunitUsers", tags=TAGS)
async def get_management_unit_users(context: Context, management_unit_id: str) -> agent_wire.UserListing:
    """The agents of a management unit."""
    found = await agents.list_agents(context, management_unit_id)
    return agent_wire.UserListing(entities=[user_ref(agent.person_id) for agent in found])


@patch(f"{MU}/agents", operation_id="patchWorkforcemanagementManagementunitAgents", status_code=204, tags=TAGS)
async def patch_management_unit_agents(
    context: Context, management_unit_id: str, data: agent_wire.UpdateMuAgentsRequest
) -> None:
    """Make agents schedulable or not, and say until when they are minors."""
    await agents.change_agents(context, management_unit_id, {each.user_id: each.draft() for each in data.entities})


@post(f"{ROOT}/agents", operation_id="postWorkforcemanagementAgents", status_code=202, tags=TAGS)
async def post_agents(context: Context, data: agent_wire.MoveAgentsRequest) -> agent_wire.MoveAgentsResponse:
    """Move agents; the results in the answer are final."""
    moved = await agents.move_agents(context, data.user_ids, data.destination_management_unit_id)
    return agent_wire.move_response(moved)


@get(f"{ROOT}/agents/me/managementunit", operation_id="getWorkforcemanagementAgentsMeManagementunit", tags=TAGS)
async def get_my_management_unit(context: Context) -> agent_wire.AgentManagementUnit:
    """Where the caller works."""
    if context.actor.person_id is None:
        raise Invalid(Problem("token", "only a person's token works in a management unit; this is a client's."))
    return agent_wire.agent_management_unit(await agents.get_agent(context, context.actor.person_id))


@get(
    f"{ROOT}/agents/{{agent_id:str}}/managementunit",
    operation_id="getWorkforcemanagementAgentManagementunit",
    tags=TAGS,
)
async def get_agent_management_unit(context: Context, agent_id: str) -> agent_wire.AgentManagementUnit:
    """Where a person works."""
    return agent_wire.agent_management_unit(await agents.get_agent(context, agent_id))


@get(f"{BU}/activitycodes", operation_id="getWorkforcemanagementBusinessunitActivitycodes", tags=TAGS)
async def get_activity_codes(context: Context, business_unit_id: str) -> code_wire.ActivityCodeListing:
    """A business unit's activity codes, inactive ones too."""
    found = await activity_codes.get_activity_codes(context, business_unit_id)
    return code_wire.ActivityCodeListing(
        entities=[code_wire.activity_code(found, code) for code in found.codes.values()]
    )


@get(
    f"{BU}/activitycodes/{{activity_code_id:str}}",
    operation_id="getWorkforcemanagementBusinessunitActivitycode",
    tags=TAGS,
)
async def get_activity_code(
    context: Context, business_unit_id: str, activity_code_id: str
) -> code_wire.BusinessUnitActivityCode:
    """One activity code."""
    found = await activity_codes.get_activity_codes(context, business_unit_id)
    if activity_code_id not in found.codes:
        raise ActivityCodeNotFound(activity_code_id)
    return code_wire.activity_code(found, found.codes[activity_code_id])


@post(
    f"{BU}/activitycodes",
    operation_id="postWorkforcemanagementBusinessunitActivitycodes",
    status_code=201,
    tags=TAGS,
)
async def post_activity_codes(
    context: Context, business_unit_id: str, data: code_wire.CreateActivityCodeRequest
) -> code_wire.BusinessUnitActivityCode:
    """A new activity code."""
    draft = code_wire.activity_code_draft(data)
    codes, code = await activity_codes.create_activity_code(context, business_unit_id, draft)
    return code_wire.activity_code(codes, code)


@patch(
    f"{BU}/activitycodes/{{activity_code_id:str}}",
    operation_id="patchWorkforcemanagementBusinessunitActivitycode",
    tags=TAGS,
)
async def patch_activity_code(
    context: Context, business_unit_id: str, activity_code_id: str, data: code_wire.UpdateActivityCodeRequest
) -> code_wire.BusinessUnitActivityCode:
    """Change an activity code, given the version of the whole list."""
    version = None if data.metadata is None else data.metadata.version
    change = activity_codes.CodeChange(activity_code_id, version, lambda code: code_wire.apply_code_change(data, code))
    codes, code = await activity_codes.change_activity_code(context, business_unit_id, change)
    return code_wire.activity_code(codes, code)


@delete(
    f"{BU}/activitycodes/{{activity_code_id:str}}",
    operation_id="deleteWorkforcemanagementBusinessunitActivitycode",
    tags=TAGS,
)
async def delete_activity_code(context: Context, business_unit_id: str, activity_code_id: str) -> None:
    """Take an activity code out of use."""
    await activity_codes.delete_activity_code(context, business_unit_id, activity_code_id)


ROUTES = [
    get_business_units,
    get_business_unit_divisionviews,
    post_business_units,
    get_business_unit,
    patch_business_unit,
    delete_business_unit,
    get_business_unit_management_units,
    get_business_unit_users,
    get_management_units,
    get_management_unit_divisionviews,
    post_management_units,
    get_management_unit,
    patch_management_unit,
    delete_management_unit,
    get_management_unit_users,
    patch_management_unit_agents,
    post_agents,
    get_my_management_unit,
    get_agent_management_unit,
    get_activity_codes,
    get_activity_code,
    post_activity_codes,
    patch_activity_code,
    delete_activity_code,
]
