"""What happened to time-off requests. Each event carries the whole request, so that a missed one is repaired by the next."""

from dataclasses import dataclass

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
