"""What happened to units, agents and activity codes."""

from dataclasses import dataclass
from datetime import date

from shiftline.foundation.events import event

WFM = "WorkforceManagement"


@event("workforce.business_unit.changed", service=WFM, entity=("BusinessUnit", "business_unit_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessUnitChanged:
    """A business unit was made, changed or deleted (``active`` false)."""

    organization_id: str
    business_unit_id: str
    name: str
    time_zone: str
    version: int
    active: bool


@event("workforce.management_unit.changed", service=WFM, entity=("ManagementUnit", "management_unit_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementUnitChanged:
    """A management unit was made, changed or deleted (``active`` false)."""

    organization_id: str
    management_unit_id: str
    business_unit_id: str
    name: str
    time_zone: str
    version: int
    active: bool


@event("workforce.activity_codes.changed", service=WFM, entity=("ActivityCode", "activity_code_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityCodeChanged:
    """An activity code was made, changed or deleted (``active`` false)."""

    organization_id: str
    business_unit_id: str
    activity_code_id: str
    name: str
    active: bool
    version: int


@event("workforce.agents.moved", service=WFM, entity=("ManagementUnit", "management_unit_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AgentsMoved:
    """Agents came into a management unit, or left one (``destination_id`` None; ``management_unit_id`` is the one left).

    ``results`` has the vendor's word for each person.
    """

    organization_id: str
    management_unit_id: str
    destination_id: str | None
    requested_by: str
    results: tuple[tuple[str, str], ...]


@event("workforce.agent.changed", service=WFM, entity=("Agent", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChanged:
    """An agent became schedulable or not, or somebody said until when they are a minor; None: that stayed."""

    organization_id: str
    person_id: str
    schedulable: bool | None
    minor_until: date | None = None
