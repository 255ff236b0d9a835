"""Who may see units: whoever has to do with workforce management."""

from typing import Final

from shiftline.authorization.operations import may, require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.workforce.units import store
from shiftline.workforce.units.model import BusinessUnit

READ: Final = (
    "wfm:agentSchedule:view",
    "wfm:agentTimeOffRequest:submit",
    "wfm:agentShiftTradeRequest:participate",
    "wfm:agentUnavailableTimes:submit",
    "wfm:schedule:view",
    "wfm:schedule:edit",
    "wfm:schedule:add",
    "wfm:publishedSchedule:view",
    "wfm:businessUnit:view",
    "wfm:businessUnit:edit",
    "wfm:managementUnit:view",
    "wfm:managementUnit:edit",
    "wfm:agent:view",
    "wfm:agent:edit",
    "wfm:activityCode:view",
    "wfm:activityCode:add",
    "wfm:activityCode:edit",
    "wfm:timeOffRequest:view",
    "wfm:shiftTradeRequest:view",
    "wfm:realtimeAdherence:view",
    "wfm:historicalAdherence:view",
)
READ_AGENTS: Final = (
    "wfm:agent:view",
    "wfm:agent:edit",
    "wfm:schedule:view",
    "wfm:publishedSchedule:view",
    "wfm:historicalAdherence:view",
    "wfm:realtimeAdherence:view",
    "wfm:timeOffRequest:view",
)


async def require_unit(reader: Reader, context: Context, unit: BusinessUnit) -> None:
    """Raise Refused unless the caller may see a business unit: by a permission in its division, or as its agent.

    An agent's role may be theirs in the division of their site alone; their week and zone are the unit's all the same.
    """
    if may(context, *READ, division_id=unit.division_id):
        return
    person_id = context.actor.person_id
    if person_id is not None and may(context, *READ):
        agents = await store.find_agents(reader, context.organization_id, person_ids=[person_id])
        if any(agent.business_unit_id == unit.id for agent in agents):
            return
    require(context, *READ, division_id=unit.division_id)
