"""What happened to time off. Each event of a request carries the whole request, so that a missed one is repaired by the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shiftline.foundation.events import event
from shiftline.workforce.timeoff.model import Status, TimeOffRequest

SERVICE = "WorkforceManagement"
ENTITY = ("TimeOffRequest", "request_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffNews:
    """What all of them say. ``former_status`` is None for a new request."""

    organization_id: str
    request_id: str
    person_id: str
    request: TimeOffRequest
    former_status: Status | None = None


@event("workforce.timeoff.requested", service=SERVICE, entity=ENTITY, action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffRequested(TimeOffNews):
    """A request was filed that awaits, or was given, a decision other than approval."""


@event("workforce.timeoff.entered", service=SERVICE, entity=ENTITY, action="Create", affects_access=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffEntered(TimeOffNews):
    """An approver entered time off that is approved from the start."""


@event("workforce.timeoff.changed", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffChanged(TimeOffNews):
    """A request changed; the time that is approved off did not."""


@event("workforce.timeoff.rescheduled", service=SERVICE, entity=ENTITY, affects_access=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedTimeOffChanged(TimeOffNews):
    """Time became approved off, or no longer is: only a tenant's shift rule looks at it."""


@event("workforce.timeoff.plan.changed", service=SERVICE, entity=("TimeOffPlan", "plan_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffPlanChanged:
    """A time-off plan was made, changed or deleted (``active`` false)."""

    organization_id: str
    plan_id: str
    business_unit_id: str
    name: str
    version: int
    active: bool


@event("workforce.timeoff.limit.changed", service=SERVICE, entity=("TimeOffLimit", "limit_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffLimitChanged:
    """A time-off limit was made or deleted (``active`` false), or bears other minutes on ``days`` days."""

    organization_id: str
    limit_id: str
    management_unit_id: str
    version: int
    active: bool
    days: int = 0


@event("workforce.timeoff.balance.changed", service=SERVICE, entity=("TimeOffBalance", "person_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffBalanceGranted:
    """An agent was granted other minutes of a kind of time off, in a period if it has days; or that was taken out."""

    organization_id: str
    person_id: str
    activity_code_id: str
    granted_minutes: int
    taken_minutes: int
    first_day: date | None = None
    last_day: date | None = None
    active: bool = True


@event("workforce.timeoff.balances.imported", service=SERVICE, entity=("TimeOffBalance", "by"))
@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffBalancesImported:
    """So many balances at once were granted; ``people`` are those for whom something changed."""

    organization_id: str
    by: str
    people: list[str]
    rows: int


@event("workforce.timeoff.balance.told", service=SERVICE, entity=("TimeOffBalanceJob", "job_id"), action="Read")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffBalanceTold:
    """Somebody asked for balances, and this is the answer in the vendor's shape."""

    organization_id: str
    job_id: str
    asked_by: str
    body: Mapping[str, Any]
