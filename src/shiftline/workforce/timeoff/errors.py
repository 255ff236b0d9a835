"""What this room refuses."""

from shiftline.foundation.decision import Reason
from shiftline.foundation.errors import Conflict, NotFound
from shiftline.workforce.timeoff.model import Balance, TimeOffRequest


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


class PlanNotFound(NotFound):
    """No such time-off plan in the business unit."""

    def __init__(self, plan_id: str) -> None:
        super().__init__("timeOffPlan", plan_id)


class LimitNotFound(NotFound):
    """No such time-off limit in the business unit."""

    def __init__(self, limit_id: str) -> None:
        super().__init__("timeOffLimit", limit_id)


class LimitThere(Conflict):
    """A management unit has one limit."""

    def __init__(self, management_unit_id: str) -> None:
        super().__init__(
            f"Management unit {management_unit_id} has a time-off limit already. Set its values, or delete it first.",
            code="timeoff.limit.there",
        )


class JobNotFound(NotFound):
    """No such answer is kept for the caller."""

    def __init__(self, job_id: str) -> None:
        super().__init__("timeOffBalanceJob", job_id)


class BalanceExceeded(Conflict):
    """What is asked is more than what is left of a balance, or what is granted less than what is taken."""

    def __init__(self, balance: Balance, asked: int) -> None:
        super().__init__(
            f"The balance of activity code {balance.activity_code_id} of {balance.person_id} has "
            f"{balance.left_minutes} minutes left ({balance.granted_minutes} granted, {balance.taken_minutes} approved), "
            f"and {asked} are asked for.",
            code="timeoff.balance.exceeded",
        )


class GrantTooSmall(Conflict):
    """What is granted would be less than what is approved already."""

    def __init__(self, balance: Balance, granted: int) -> None:
        super().__init__(
            f"{balance.taken_minutes} minutes of activity code {balance.activity_code_id} are approved for "
            f"{balance.person_id} already: {granted} granted would leave {granted - balance.taken_minutes}. "
            f"Grant at least {balance.taken_minutes}, or take time off back first.",
            code="timeoff.balance.exceeded",
        )
