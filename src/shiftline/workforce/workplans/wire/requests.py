"""The vendor's requests on work plans, as drafts. A field that is missing or null stays as it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta

from shiftline.foundation.time import Weekday
from shiftline.foundation.web.wire import Identifier, Reference, Wire
from shiftline.workforce.workplans.model import (
    WEEK_DAYS,
    ActivityDraft,
    DayOffRule,
    PeriodCounts,
    PlanDraft,
    ShiftDraft,
    StartVariance,
    VariancePeriod,
    VarianceType,
)
from shiftline.workforce.workplans.model.agents import AgentPlan, OverrideAction, OverrideDraft
from shiftline.workforce.workplans.wire.shapes import (
    ListWrapperShiftStartVariance,
    PlanningPeriodShiftConstraints,
    SetWrapperDayOfWeek,
    Shifts,
    WorkPlanActivity,
    WorkPlanShift,
    WorkPlanTerms,
    day_within,
)

PlanName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00]*$")]
# COMPAT: the vendor's validationMode has this one value: what contradicts itself is stored, and marked as not valid.
ValidationMode: TypeAlias = Literal["Ignore"]
AGENTS = Meta(max_length=1500)


class CreateWorkPlan(WorkPlanTerms, kw_only=True):
    """The vendor's CreateWorkPlan."""

    name: PlanName
    enabled: bool = True
    shifts: Shifts | None = None
    agents: Annotated[list[Reference], AGENTS] | None = None


class DeletableUserReference(Wire):
    """The vendor's DeletableUserReference: whoever shall not have the plan any more is marked."""

    id: Identifier
    delete: bool | None = None


class VersionRead(Wire):
    """The version that a change is based on."""

    version: Annotated[int, Meta(ge=1)] | None = None


class UpdateWorkPlan(WorkPlanTerms, kw_only=True):
    """The vendor's WorkPlan, and WorkPlanValidationRequest, in requests. Shifts that are not named stay."""

    name: PlanName | None = None
    enabled: bool | None = None
    shifts: Shifts | None = None
    agents: Annotated[list[DeletableUserReference], AGENTS] | None = None
    metadata: VersionRead | None = None


class CopyWorkPlan(Wire):
    """The vendor's CopyWorkPlan."""

    name: PlanName


class ValueWrapperString(Wire):
    """The vendor's ValueWrapperString: without a value it takes away."""

    value: Identifier | None = None


class WorkPlanOverrideRequest(Wire):
    """The vendor's WorkPlanOverrideRequest."""

    start_date: date
    action: Literal["Add", "Update", "Delete"] = "Add"
    week_count: Annotated[int, Meta(ge=1, le=53)] | None = None
    work_plan_id: Identifier | None = None


class WorkPlanOverrides(Wire):
    """The vendor's WorkPlanOverrideListWrapperWorkPlanOverrideRequest."""

    values: Annotated[list[WorkPlanOverrideRequest], Meta(max_length=200)] | None = None
    delete_all: bool | None = None


class UpdateMuAgentWorkPlanRequest(Wire):
    """The vendor's UpdateMuAgentWorkPlanRequest."""

    user_id: Identifier
    work_plan_id: ValueWrapperString | None = None
    work_plan_overrides: WorkPlanOverrides | None = None


class UpdateMuAgentWorkPlansBatchRequest(Wire):
    """The vendor's UpdateMuAgentWorkPlansBatchRequest."""

    entities: Annotated[list[UpdateMuAgentWorkPlanRequest], AGENTS]

    def wanted(self) -> list[AgentPlan]:
        """Who shall have which plan, and which in single weeks."""
        return [_wanted(each, f"entities[{index}].workPlanOverrides") for index, each in enumerate(self.entities)]


def _wanted(data: UpdateMuAgentWorkPlanRequest, field: str) -> AgentPlan:
    overrides = data.work_plan_overrides or WorkPlanOverrides()
    return AgentPlan(
        person_id=data.user_id,
        work_plan_id=None if data.work_plan_id is None else data.work_plan_id.value,
        keeps=data.work_plan_id is None,
        overrides=tuple(
            OverrideDraft(
                field=f"{field}.values[{index}]",
                action=OverrideAction(each.action),
                start=day_within(each.start_date, f"{field}.values[{index}].startDate"),
                weeks=each.week_count,
                work_plan_id=each.work_plan_id,
            )
            for index, each in enumerate(overrides.values or ())
        ),
        clears=bool(overrides.delete_all),
    )


class GetAgentsWorkPlansRequest(Wire):
    """The vendor's GetAgentsWorkPlansRequest."""

    agent_ids: Annotated[list[Identifier], AGENTS]
    start_date: date
    week_count: Annotated[int, Meta(ge=1, le=53)]


def draft_of_new(data: CreateWorkPlan, mode: ValidationMode | None) -> PlanDraft:
    """A new plan as a draft."""
    return PlanDraft(
        name=data.name,
        enabled=data.enabled,
        terms=_terms(data),
        shifts=_shifts(data.shifts),
        agents={each.id: True for each in data.agents or ()},
        lenient=mode is not None,
    )


def draft_of_change(data: UpdateWorkPlan, mode: ValidationMode | None) -> PlanDraft:
    """A change as a draft."""
    return PlanDraft(
        name=data.name,
        enabled=data.enabled,
        terms=_terms(data),
        shifts=_shifts(data.shifts),
        agents={each.id: not each.delete for each in data.agents or ()},
        version=None if data.metadata is None else data.metadata.version,
        lenient=mode is not None,
    )


def _stated(data: Wire, *besides: str) -> dict[str, Any]:
    """The fields that a request states, as the model has them."""
    values = {name: getattr(data, name) for name in data.__struct_fields__ if name not in besides}
    return {name: _plain(name, value) for name, value in values.items() if value is not None}


def _plain(name: str, value: Any) -> Any:
    match value:
        case SetWrapperDayOfWeek():
            return _days(value.values or ())
        case ListWrapperShiftStartVariance():
            return tuple(
                StartVariance(
                    applicable_days=_days(each.applicable_days),
                    max_shift_start_variance_minutes=each.max_shift_start_variance_minutes,
                )
                for each in value.values or ()
            )
        case PlanningPeriodShiftConstraints():
            return PeriodCounts(
                enabled=bool(value.enabled), minimum_count=value.minimum_count, maximum_count=value.maximum_count
            )
        case str() if name in _WORDS:
            return _WORDS[name](value)
        case _:
            return value


_WORDS: Mapping[str, Any] = {
    "day_off_rule": DayOffRule,
    "shift_start_variance_type": VarianceType,
    "shift_start_variance_period": VariancePeriod,
}


def _days(names: Sequence[str]) -> tuple[Weekday, ...]:
    return tuple(day for day in WEEK_DAYS if day.value in names)


def _terms(data: CreateWorkPlan | UpdateWorkPlan) -> dict[str, Any]:
    return _stated(data, "name", "enabled", "shifts", "agents", "metadata")


def _shifts(data: Sequence[WorkPlanShift] | None) -> tuple[ShiftDraft, ...]:
    return tuple(
        ShiftDraft(
            field=f"shifts[{index}]",
            id=each.id,
            values=_stated(each, "activities", "id", "delete", "validation_id"),
            activities=None if each.activities is None else _activities(each.activities, f"shifts[{index}]"),
            delete=bool(each.delete),
        )
        for index, each in enumerate(data or ())
    )


def _activities(data: Sequence[WorkPlanActivity], at: str) -> tuple[ActivityDraft, ...]:
    return tuple(
        ActivityDraft(
            field=f"{at}.activities[{index}]",
            id=each.id,
            values=_stated(each, "id", "delete", "validation_id"),
            delete=bool(each.delete),
        )
        for index, each in enumerate(data)
    )
