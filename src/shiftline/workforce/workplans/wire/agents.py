"""An agent with their work plan, on the wire."""

from datetime import date, datetime

from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.units.model import Agent
from shiftline.workforce.workplans.wire.answers import ROOT, WorkPlanReference, reference


class AgentMetadata(Wire):
    """The vendor's WfmVersionedEntityMetadata, as far as it is known of an agent."""

    date_modified: datetime


class WfmAgent(Wire):
    """The vendor's WfmAgent; ``minorUntil`` is ours."""

    id: str
    user: Reference
    schedulable: bool
    metadata: AgentMetadata
    self_uri: str
    work_plan: WorkPlanReference | None = None
    minor_until: date | None = None


def show_agent(agent: Agent, plan_id: str | None) -> WfmAgent:
    """An agent on the wire."""
    unit_id = agent.management_unit_id
    return WfmAgent(
        id=agent.person_id,
        user=Reference(id=agent.person_id, self_uri=f"/api/v2/users/{agent.person_id}"),
        schedulable=agent.schedulable,
        metadata=AgentMetadata(date_modified=agent.since),
        work_plan=None if plan_id is None else reference(plan_id, unit_id),
        minor_until=agent.minor_until,
        self_uri=f"{ROOT}/managementunits/{unit_id}/agents/{agent.person_id}",
    )
