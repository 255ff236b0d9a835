"""What this room refuses."""

from datetime import date

from shiftline.foundation.decision import Reason
from shiftline.foundation.errors import Conflict, NotFound
from shiftline.workforce.timeoff.model import TimeOffRequest
from shiftline.workforce.timeoff.model.balances import ALWAYS, Balance, Overdraft


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


class ConversionNotFound(NotFound):
    """No such conversion of the time-off limit."""

    def __init__(self, conversion_id: str) -> None:
        super().__init__("timeOffLimitGranularityConversionJob", conversion_id)


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


class BalanceNotFound(NotFound):
    """No balance of that activity code and period is kept for the agent."""

    def __init__(self, activity_code_id: str) -> None:
        super().__init__("timeOffBalance", activity_code_id)


class BalanceExceeded(Conflict):
    """What is asked is more than what is left of a balance on a day."""

    def __init__(self, overdraft: Overdraft) -> None:
        super().__init__(overdraft.sentence, code="timeoff.balance.exceeded")


class GrantTooSmall(Conflict):
    """What is granted would be less than what is approved already; ``missing`` minutes on ``day``."""

    def __init__(self, balance: Balance, day: date, missing: int) -> None:
        super().__init__(say_too_small(balance, day, missing), code="timeoff.balance.exceeded")


def say_too_small(balance: Balance, day: date, missing: int) -> str:
    """For a person: how a grant does not cover what is approved."""
    period = "" if balance.period == ALWAYS else f" from {balance.period.first} to {balance.period.last}"
    when = "" if balance.period == ALWAYS else f" on {day}"
    return (
        f"{balance.taken_minutes} minutes of activity code {balance.activity_code_id} are approved for "
        f"{balance.person_id} already{period}: {balance.granted_minutes} granted would leave {-missing}{when}. "
        f"Grant {missing} more at least, or take time off back first."
    )


class PeriodsOverlap(Conflict):
    """Two periods of a balance would share days."""

    def __init__(self, earlier: Balance, later: Balance) -> None:
        super().__init__(say_overlap(earlier, later), code="timeoff.balance.periods.overlap")


def say_overlap(earlier: Balance, later: Balance) -> str:
    """For a person: which two periods share days."""
    if earlier.period == ALWAYS:
        return "A balance without periods is kept for good; give it an endDate first, with startDate left out."
    until = "for good" if later.period.last == ALWAYS.last else f"until {later.period.last}"
    return (
        f"The period that ends on {earlier.period.last} and the one from {later.period.first} {until} share days. "
        "End the first one earlier, or start the other one later."
    )


class BalanceInUse(Conflict):
    """A period cannot go while time off is approved in it."""

    def __init__(self, balance: Balance) -> None:
        super().__init__(
            f"{balance.taken_minutes} minutes are approved between {balance.period.first} and {balance.period.last}: "
            "no other period would cover them. Take that time off back first.",
            code="timeoff.balance.in.use",
        )
