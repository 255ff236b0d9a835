"""Work plans in the vendor's answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Literal

from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.units.model import Stamp
from shiftline.workforce.workplans.model import Contradiction, PlanActivity, PlanShift, Terms, WorkPlan
from shiftline.workforce.workplans.rules.spelling import on_the_wire
from shiftline.workforce.workplans.wire.shapes import (
    ListWrapperShiftStartVariance,
    PlanningPeriodShiftConstraints,
    SetWrapperDayOfWeek,
    ShiftStartVariance,
    WorkPlanActivity,
    WorkPlanShift,
    WorkPlanTerms,
)

ROOT = "/api/v2/workforcemanagement"
KEPT = frozenset({"id", "selfUri"})
"""Fields that are shown whatever is asked for."""


class WorkPlanMetadata(Wire):
    """The vendor's WfmVersionedEntityMetadata."""

    version: int
    modified_by: Reference
    date_modified: datetime
    created_by: Reference | None = None
    date_created: datetime | None = None


class WorkPlanResponse(WorkPlanTerms, kw_only=True):
    """The vendor's WorkPlan and WorkPlanListItemResponse."""

    id: str
    name: str | None = None
    enabled: bool | None = None
    valid: bool | None = None
    shifts: list[WorkPlanShift] | None = None
    agents: list[Reference] | None = None
    agent_count: int | None = None
    metadata: WorkPlanMetadata | None = None
    self_uri: str


class WorkPlanListResponse(Wire):
    """The vendor's WorkPlanListResponse."""

    entities: list[WorkPlanResponse]


class WorkPlanReference(Wire):
    """The vendor's WorkPlanReference."""

    id: str
    management_unit: Reference
    self_uri: str | None = None


class WorkPlanViolation(Wire):
    """The vendor's WorkPlanConfigurationViolationMessage. ``sentence`` and ``fields`` are ours: which rules, in words."""

    type: str
    severity: Literal["Error"]
    arguments: list[dict[str, str]]
    sentence: str
    fields: Sequence[str]


class ValidateWorkPlanMessages(Wire):
    """The vendor's ValidateWorkPlanMessages."""

    violation_messages: list[WorkPlanViolation]


class ValidateWorkPlanResponse(Wire):
    """The vendor's ValidateWorkPlanResponse."""

    work_plan: WorkPlanReference
    valid: bool
    messages: ValidateWorkPlanMessages


# The vendor's word for each of our codes, where it has one.
VIOLATIONS: Mapping[str, str] = {
    "workplan.shift.stop": "ShiftStopEarlierThanStart",
    "workplan.shift.stop.early": "PaidTimeNotMetByShiftStartStop",
    "workplan.shift.stop.late": "EarliestShiftStopIsTooLate",
    "workplan.shift.long": "MaxPaidTimeIsMoreThanShiftLength",
    "workplan.granularity": "MinPaidTimeNotDivisibleByGranularity",
    "workplan.activities.paid": "ActivityPaidTimeGreaterThanShiftPaidTime",
    "workplan.activity.fit": "ActivityEndGreaterThanShiftStop",
    "workplan.activities.overlap": "ActivitiesOverlap",
    "workplan.contiguous.long": "PaidTimeGreaterThanMaxWorkTime",
    "workplan.contiguous.short": "PaidTimeLessThanMinWorkTime",
    "workplan.paid.least": "DailyMaxTotalLessThanWeeklyMin",
    "workplan.paid.most": "DailyMinTotalGreaterThanWeeklyMax",
    "workplan.days.required": "DailyRequiredDaysGreaterThanWeeklyMaxDays",
    "workplan.period.paid.least": "MinPaidTimePerPlanningPeriod",
    "workplan.period.paid.most": "MaxPaidTimePerPlanningPeriod",
    "workplan.period.days.off.most": "MaxDaysOffPerPlanningPeriodNotCorrect",
    "workplan.period.weekends": "PlanningPeriodMaxWorkingWeekendsCannotBeMet",
    "workplan.days.most": "DailyRequiredDaysGreaterThanWeeklyMaxDays",
}
# COMPAT: the vendor's list of violations is closed, and its clients refuse other words: what it has no word for has this one.
OTHER = "DailyShiftMaxPossibilitiesViolated"


def show_plan(plan: WorkPlan, only: Collection[str] | None = None, without: Collection[str] = ()) -> WorkPlanResponse:
    """A plan on the wire; ``only`` and ``without`` name fields as the wire spells them."""
    shown = _whole(plan)
    for name in shown.__struct_fields__:
        spelled = on_the_wire(name)
        hidden = spelled in without or (only is not None and spelled not in only)
        if hidden and spelled not in KEPT:
            setattr(shown, name, None)
    return shown


def show_plans(plans: Sequence[WorkPlan], without: Collection[str]) -> WorkPlanListResponse:
    """Plans on the wire, without the fields that are named."""
    return WorkPlanListResponse(entities=[show_plan(plan, without=without) for plan in plans])


def _whole(plan: WorkPlan) -> WorkPlanResponse:
    terms = {each.name: getattr(plan.terms, each.name) for each in fields(Terms)}
    terms["optional_days"] = SetWrapperDayOfWeek(values=[day.value for day in plan.terms.optional_days])
    terms["shift_start_variances"] = ListWrapperShiftStartVariance(
        values=[
            ShiftStartVariance(
                applicable_days=[day.value for day in each.applicable_days],
                max_shift_start_variance_minutes=each.max_shift_start_variance_minutes,
            )
            for each in plan.terms.shift_start_variances
        ]
    )
    return WorkPlanResponse(
        **terms,
        id=plan.id,
        name=plan.name,
        enabled=plan.enabled,
        valid=plan.valid,
        shifts=[_shift(shift) for shift in plan.shifts],
        agents=[person(person_id) for person_id in plan.agent_ids],
        agent_count=len(plan.agent_ids),
        metadata=show_stamp(plan.stamp),
        self_uri=f"{ROOT}/managementunits/{plan.management_unit_id}/workplans/{plan.id}",
    )


def _shift(shift: PlanShift) -> WorkPlanShift:
    values: dict[str, Any] = {each.name: getattr(shift, each.name) for each in fields(PlanShift)}
    counts = shift.planning_period_constraints
    values["days"] = SetWrapperDayOfWeek(values=[day.value for day in shift.days])
    values["activities"] = [_activity(each) for each in shift.activities]
    values["planning_period_constraints"] = counts and PlanningPeriodShiftConstraints(
        enabled=counts.enabled, minimum_count=counts.minimum_count, maximum_count=counts.maximum_count
    )
    return WorkPlanShift(**values)


def _activity(activity: PlanActivity) -> WorkPlanActivity:
    return WorkPlanActivity(**{each.name: getattr(activity, each.name) for each in fields(PlanActivity)})


def person(person_id: str) -> Reference:
    """A reference to a person."""
    return Reference(id=person_id, self_uri=f"/api/v2/users/{person_id}")


def show_stamp(stamp: Stamp) -> WorkPlanMetadata:
    """A version, and whose it is."""
    return WorkPlanMetadata(
        version=stamp.version,
        modified_by=person(stamp.changed_by),
        date_modified=stamp.changed_at,
        created_by=None if stamp.created_by is None else person(stamp.created_by),
        date_created=stamp.created_at,
    )


def reference(plan_id: str, management_unit_id: str) -> WorkPlanReference:
    """A reference to a plan."""
    unit = f"{ROOT}/managementunits/{management_unit_id}"
    return WorkPlanReference(
        id=plan_id,
        management_unit=Reference(id=management_unit_id, self_uri=unit),
        self_uri=f"{unit}/workplans/{plan_id}",
    )


def show_validation(plan: WorkPlan, found: Sequence[Contradiction]) -> ValidateWorkPlanResponse:
    """What contradicts itself in a plan."""
    return ValidateWorkPlanResponse(
        work_plan=reference(plan.id, plan.management_unit_id),
        valid=not found,
        messages=ValidateWorkPlanMessages(
            violation_messages=[
                WorkPlanViolation(
                    type=VIOLATIONS.get(each.code, OTHER),
                    severity="Error",
                    arguments=[],
                    sentence=each.sentence,
                    fields=each.fields,
                )
                for each in found
            ]
        ),
    )
