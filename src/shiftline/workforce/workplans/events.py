"""What happened to work plans."""

from dataclasses import dataclass

from shiftline.foundation.events import event

WFM = "WorkforceManagement"


@event("workforce.work_plan.changed", service=WFM, entity=("WorkPlan", "work_plan_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPlanChanged:
    """A work plan was made, changed or deleted (``active`` false)."""

    organization_id: str
    work_plan_id: str
    management_unit_id: str
    name: str
    version: int
    valid: bool
    active: bool


@event("workforce.agent_plan.changed", service=WFM, entity=("Agent", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPlanChanged:
    """An agent got a work plan, or has none any more (``work_plan_id`` None)."""

    organization_id: str
    person_id: str
    management_unit_id: str
    work_plan_id: str | None


@event("workforce.agent_overrides.changed", service=WFM, entity=("Agent", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOverridesChanged:
    """An agent's plans of single weeks changed; they have such for ``weeks`` weeks now."""

    organization_id: str
    person_id: str
    management_unit_id: str
    weeks: int


@event("workforce.work_plan_rotation.changed", service=WFM, entity=("WorkPlanRotation", "rotation_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class RotationChanged:
    """A rotation of work plans was made, changed or deleted (``active`` false)."""

    organization_id: str
    rotation_id: str
    management_unit_id: str
    name: str
    version: int
    agent_count: int
    active: bool
