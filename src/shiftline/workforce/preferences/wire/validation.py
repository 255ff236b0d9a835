"""The vendor's validation of unavailable times against the agent's work plan."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.preferences.model import ContractConflict, WishChange
from shiftline.workforce.preferences.rules.contract import Contract
from shiftline.workforce.preferences.wire.stating import (
    ENTRIES,
    PREFIX,
    UpdateUnavailableTime,
    UpdateUnavailableTimesRequest,
    WishContractConflict,
    show_conflicts,
)

# The vendor's word for a rule of a plan, and for what it wants.
MESSAGES: Mapping[str, tuple[str, str]] = {
    "wishes.contract.day": ("RequiredShift", "Date"),
    "wishes.contract.days": ("MinimumWeeklyWorkDays", "Count"),
    "wishes.contract.paid": ("MinimumWeeklyPaidTime", "Minutes"),
}


class ValidateAgentUnavailableTimesRequest(Wire):
    """The vendor's ValidateAgentUnavailableTimesRequest."""

    validation_week_date: Annotated[date, Meta(description="The first day of the week, in the business unit")]
    unavailable_times: Annotated[list[UpdateUnavailableTime], ENTRIES] | None = None

    def changes(self) -> list[WishChange]:
        """What would be done."""
        entries = self.unavailable_times
        return UpdateUnavailableTimesRequest(entities=entries).changes("unavailableTimes") if entries else []


class UnavailableTimesViolationMessageArgument(Wire):
    """The vendor's UnavailableTimesViolationMessageArgument."""

    type: str
    value: str


class WorkPlanConstraintViolationMessage(Wire):
    """The vendor's WorkPlanConstraintViolationMessage."""

    type: str
    arguments: list[UnavailableTimesViolationMessageArgument]


class WorkPlanConstraintsViolationMessage(Wire):
    """The vendor's WorkPlanConstraintsViolationMessage."""

    type: str
    fixable_constraints_messages: list[WorkPlanConstraintViolationMessage]


class ValidatedWorkPlan(Wire):
    """The vendor's WorkPlanReference."""

    id: str
    management_unit: Reference


class UnavailableTimesValidationResult(Wire):
    """The vendor's UnavailableTimesValidationResult; ``contractConflicts`` is ours."""

    valid: bool
    invalid_work_plans: list[ValidatedWorkPlan]
    contract_conflicts: list[WishContractConflict]
    work_plan_constraints_violation_message: WorkPlanConstraintsViolationMessage | None = None


class ValidateAgentUnavailableTimesResponse(Wire):
    """The vendor's ValidateAgentUnavailableTimesResponse. It is complete at once, and kept for a day under its id."""

    id: str
    status: str
    result: UnavailableTimesValidationResult


class QueryAgentUnavailableTimesValidationJobResponse(Wire):
    """The vendor's QueryAgentUnavailableTimesValidationJobResponse."""

    id: str
    agent: Reference
    status: str
    result: UnavailableTimesValidationResult
    self_uri: str


def stored(answer: ValidateAgentUnavailableTimesResponse) -> Mapping[str, Any]:
    """An answer as it is kept."""
    return msgspec.to_builtins(answer)


def read_stored(person_id: str, body: Mapping[str, Any]) -> QueryAgentUnavailableTimesValidationJobResponse:
    """A kept answer on the wire."""
    answer = msgspec.convert(body, ValidateAgentUnavailableTimesResponse)
    return QueryAgentUnavailableTimesValidationJobResponse(
        id=answer.id,
        agent=Reference(id=person_id, self_uri=f"/api/v2/users/{person_id}"),
        status=answer.status,
        result=answer.result,
        self_uri=f"{PREFIX}/unavailabletimes/validation/jobs/{answer.id}",
    )


def show(
    validation_id: str, contract: Contract | None, conflicts: Sequence[ContractConflict]
) -> ValidateAgentUnavailableTimesResponse:
    """What the contract says, on the wire."""
    plan = None if contract is None else contract.plan
    # A plan whose own rules contradict each other can be kept by nobody; that is not the fault of the times.
    invalid = [] if plan is None or plan.valid else [plan]
    return ValidateAgentUnavailableTimesResponse(
        id=validation_id,
        status="Complete",
        result=UnavailableTimesValidationResult(
            valid=not conflicts,
            invalid_work_plans=[
                ValidatedWorkPlan(
                    id=each.id,
                    management_unit=Reference(
                        id=each.management_unit_id, self_uri=f"{PREFIX}/managementunits/{each.management_unit_id}"
                    ),
                )
                for each in invalid
            ],
            contract_conflicts=show_conflicts(conflicts),
            work_plan_constraints_violation_message=_message(conflicts) if conflicts else None,
        ),
    )


def _message(conflicts: Sequence[ContractConflict]) -> WorkPlanConstraintsViolationMessage:
    return WorkPlanConstraintsViolationMessage(
        type="ConstraintConflictWithPotentialFixes",
        fixable_constraints_messages=[
            WorkPlanConstraintViolationMessage(
                type=MESSAGES[each.code][0],
                arguments=[UnavailableTimesViolationMessageArgument(type=MESSAGES[each.code][1], value=each.limit)],
            )
            for each in conflicts
        ],
    )
