"""Rotations of work plans on the wire."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Reference, Wire
from shiftline.workforce.workplans.model.agents import Days, MemberDraft, Rotation, RotationDraft
from shiftline.workforce.workplans.wire.answers import (
    ROOT,
    WorkPlanMetadata,
    WorkPlanReference,
    person,
    reference,
    show_stamp,
)
from shiftline.workforce.workplans.wire.requests import AGENTS, PlanName, VersionRead
from shiftline.workforce.workplans.wire.shapes import day_within

Position = Annotated[int, Meta(ge=0, le=52, description="Which plan of the pattern the agent's first week has, from 0")]


class DateRangeWithOptionalEnd(Wire):
    """The vendor's DateRangeWithOptionalEnd; both ends are included."""

    start_business_unit_date: date
    end_business_unit_date: date | None = None


class AddWorkPlanRotationAgentRequest(Wire):
    """The vendor's AddWorkPlanRotationAgentRequest. Without days the rotation's, without a position the first plan."""

    user_id: Identifier
    date_range: DateRangeWithOptionalEnd | None = None
    position: Position | None = None


class UpdateWorkPlanRotationAgentRequest(AddWorkPlanRotationAgentRequest):
    """The vendor's UpdateWorkPlanRotationAgentRequest."""

    delete: bool | None = None


class WorkPlanPatternRequest(Wire):
    """The vendor's WorkPlanPatternRequest."""

    work_plan_ids: Annotated[list[Identifier], Meta(min_length=1, max_length=53)]


class AddWorkPlanRotationRequest(Wire):
    """The vendor's AddWorkPlanRotationRequest."""

    name: PlanName
    date_range: DateRangeWithOptionalEnd
    pattern: WorkPlanPatternRequest
    agents: Annotated[list[AddWorkPlanRotationAgentRequest], AGENTS] | None = None


class UpdateWorkPlanRotationRequest(Wire):
    """The vendor's UpdateWorkPlanRotationRequest. Agents that are not named stay."""

    name: PlanName | None = None
    enabled: bool | None = None
    date_range: DateRangeWithOptionalEnd | None = None
    pattern: WorkPlanPatternRequest | None = None
    agents: Annotated[list[UpdateWorkPlanRotationAgentRequest], AGENTS] | None = None
    metadata: VersionRead | None = None


class CopyWorkPlanRotationRequest(Wire):
    """The vendor's CopyWorkPlanRotationRequest."""

    name: PlanName


class WorkPlanPatternResponse(Wire):
    """The vendor's WorkPlanPatternResponse."""

    work_plans: list[WorkPlanReference]


class WorkPlanRotationAgentResponse(Wire):
    """The vendor's WorkPlanRotationAgentResponse."""

    user: Reference
    date_range: DateRangeWithOptionalEnd
    position: int


class WorkPlanRotationResponse(Wire):
    """The vendor's WorkPlanRotationResponse."""

    id: str
    name: str
    enabled: bool
    date_range: DateRangeWithOptionalEnd
    pattern: WorkPlanPatternResponse
    agent_count: int
    agents: list[WorkPlanRotationAgentResponse]
    metadata: WorkPlanMetadata
    self_uri: str


class WorkPlanRotationListResponse(Wire):
    """The vendor's WorkPlanRotationListResponse."""

    entities: list[WorkPlanRotationResponse]


def draft_of(data: AddWorkPlanRotationRequest | UpdateWorkPlanRotationRequest) -> RotationDraft:
    """A request as a draft."""
    change = data if isinstance(data, UpdateWorkPlanRotationRequest) else None
    return RotationDraft(
        name=data.name,
        enabled=None if change is None else change.enabled,
        days=_days(data.date_range, "dateRange"),
        work_plan_ids=None if data.pattern is None else tuple(data.pattern.work_plan_ids),
        members=tuple(
            MemberDraft(
                field=f"agents[{index}]",
                person_id=each.user_id,
                days=_days(each.date_range, f"agents[{index}].dateRange"),
                position=each.position,
                delete=isinstance(each, UpdateWorkPlanRotationAgentRequest) and bool(each.delete),
            )
            for index, each in enumerate(data.agents or ())
        ),
        version=None if change is None or change.metadata is None else change.metadata.version,
    )


def _days(data: DateRangeWithOptionalEnd | None, field: str) -> Days | None:
    if data is None:
        return None
    end = data.end_business_unit_date
    return Days(
        day_within(data.start_business_unit_date, f"{field}.startBusinessUnitDate"),
        None if end is None else day_within(end, f"{field}.endBusinessUnitDate"),
    )


def _range(days: Days) -> DateRangeWithOptionalEnd:
    return DateRangeWithOptionalEnd(start_business_unit_date=days.start, end_business_unit_date=days.end)


def show_rotation(rotation: Rotation, *, agents: bool = True) -> WorkPlanRotationResponse:
    """A rotation on the wire, with its agents or only their number."""
    unit_id = rotation.management_unit_id
    return WorkPlanRotationResponse(
        id=rotation.id,
        name=rotation.name,
        enabled=rotation.enabled,
        date_range=_range(rotation.days),
        pattern=WorkPlanPatternResponse(work_plans=[reference(each, unit_id) for each in rotation.work_plan_ids]),
        agent_count=len(rotation.members),
        agents=[
            WorkPlanRotationAgentResponse(
                user=person(each.person_id), date_range=_range(each.days), position=each.position
            )
            for each in (rotation.members if agents else ())
        ],
        metadata=show_stamp(rotation.stamp),
        self_uri=f"{ROOT}/managementunits/{unit_id}/workplanrotations/{rotation.id}",
    )


def show_rotations(rotations: Sequence[Rotation], *, agents: bool) -> WorkPlanRotationListResponse:
    """Rotations on the wire."""
    return WorkPlanRotationListResponse(entities=[show_rotation(each, agents=agents) for each in rotations])
