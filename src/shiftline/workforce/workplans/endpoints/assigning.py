"""Agents with their work plans over HTTP."""

from typing import Annotated

from litestar import get, patch, post
from litestar.params import Parameter

from shiftline.foundation.context import Context
from shiftline.foundation.time import day_of
from shiftline.foundation.web.paging import commas
from shiftline.foundation.web.wire import ShortText
from shiftline.workforce.workplans.operations import assigning
from shiftline.workforce.workplans.wire import agents, requests
from shiftline.workforce.workplans.wire.answers import ROOT
from shiftline.workforce.workplans.wire.shapes import day_within

MU = f"{ROOT}/managementunits/{{management_unit_id:str}}"
TAGS = ["Workforce Management"]

Expand = Annotated[
    ShortText | None, Parameter(query="expand", description="``workPlanOverrides`` shows the plans of single weeks")
]


@get(f"{MU}/agents/{{agent_id:str}}", operation_id="getWorkforcemanagementManagementunitAgent", tags=TAGS)
async def get_management_unit_agent(
    context: Context, management_unit_id: str, agent_id: str, expand: Expand = None
) -> agents.WfmAgent:
    """One agent of a management unit, with their work plan and rotation."""
    agent, having = await assigning.get_agent_with_plans(context, management_unit_id, agent_id)
    overrides = "workPlanOverrides" in (commas(expand) or ())
    return agents.show_agent(agent, having, day_of(context.now(), agent.zone), overrides=overrides)


@patch(
    f"{MU}/agents/workplans/bulk",
    operation_id="patchWorkforcemanagementManagementunitAgentsWorkplansBulk",
    tags=TAGS,
)
async def patch_agents_work_plans(
    context: Context, management_unit_id: str, data: requests.UpdateMuAgentWorkPlansBatchRequest
) -> agents.UpdateMuAgentWorkPlansBatchResponse:
    """Give agents each a work plan, or none, and plans for single weeks; answers for whom that could not be done."""
    return agents.show_failures(await assigning.assign_work_plans(context, management_unit_id, data.wanted()))


@post(
    f"{MU}/agents/workplans/query",
    operation_id="postWorkforcemanagementManagementunitAgentsWorkplansQuery",
    status_code=200,
    tags=TAGS,
)
async def query_agents_work_plans(
    context: Context, management_unit_id: str, data: requests.GetAgentsWorkPlansRequest
) -> agents.AgentsWorkPlansResponse:
    """Which work plan counts for each of these agents in each week: of single weeks, else of a rotation, else their own."""
    start = day_within(data.start_date, "startDate")
    unit, having = await assigning.list_agent_plans(context, management_unit_id, data.agent_ids)
    return agents.show_agent_plans(having, unit.id, start, data.week_count)


ROUTES = [get_management_unit_agent, patch_agents_work_plans, query_agents_work_plans]
