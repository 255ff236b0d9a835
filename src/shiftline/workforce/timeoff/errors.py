"""What this room refuses."""

from shiftline.foundation.decision import Reason
from shiftline.foundation.errors import Conflict, NotFound
from shiftline.workforce.timeoff.model import TimeOffRequest


class RequestNotFound(NotFound):
    """No such request, not of that person, or not in that management unit."""

    def __init__(self, request_id: str) -> None:
        super().__init__("timeOffRequest", request_id)


class StaleVersion(Conflict):
    """The request changed since the caller read it."""

    def __init__(self, current: TimeOffRequest, sent: int) -> None:
        super().__init__(
            f"You sent version {sent}; the current version is {current.version}, "
            f"changed by {current.modified_by} at {current.modified_at.isoformat()}.",
            code="timeoff.version.stale",
            current_version=current.version,
            changed_by=current.modified_by,
            changed_at=current.modified_at,
        )


class NotAllowedNow(Conflict):
    """The request's state or time forbids the change; the reason says which."""

    def __init__(self, current: TimeOffRequest, reason: Reason) -> None:
        super().__init__(
            reason.sentence,
            code=reason.code,
            current_version=current.version,
            changed_by=current.modified_by,
            changed_at=current.modified_at,
        )


class AlreadyOff(Conflict):
    """Another approved request of the person covers part of the same time."""

    def __init__(self, other: TimeOffRequest) -> None:
        super().__init__(
            f"The person already has time off then: {other.sentence} (request {other.id}).",
            code="timeoff.approved.overlap",
        )
