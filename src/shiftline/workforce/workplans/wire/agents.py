"""Agents with their work plans, on the wire."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from shiftline.foundation.time import DAY
from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.units.model import Agent
from shiftline.workforce.workplans.model.agents import Failure
from shiftline.workforce.workplans.rules.choosing import AgentPlans, choose_plan
from shiftline.workforce.workplans.wire.answers import ROOT, WorkPlanReference, person, reference


class AgentMetadata(Wire):
    """The vendor's WfmVersionedEntityMetadata, as far as it is known of an agent."""

    date_modified: datetime


class WorkPlanOverride(Wire):
    """The vendor's WorkPlanOverride."""

    start_date: date
    week_count: int
    work_plan: WorkPlanReference


class WorkPlanRotationReference(Wire):
    """The vendor's WorkPlanRotationReference."""

    id: str
    self_uri: str


class WfmAgent(Wire):
    """The vendor's WfmAgent; ``minorUntil`` is ours."""

    id: str
    user: Reference
    schedulable: bool
    metadata: AgentMetadata
    self_uri: str
    work_plan: WorkPlanReference | None = None
    work_plan_rotation: WorkPlanRotationReference | None = None
    work_plan_overrides: list[WorkPlanOverride] | None = None
    minor_until: date | None = None


class UpdateMuAgentWorkPlanFailure(Wire):
    """The vendor's UpdateMuAgentWorkPlanFailureResponse."""

    user: Reference
    failure: Literal[
        "AgentNotInManagementUnit", "OverlappingOverride", "OverrideNotFound", "TooManyOverrides", "WorkPlanNotFound"
    ]
    not_found_work_plan_id: str | None = None


class UpdateMuAgentWorkPlansBatchResponse(Wire):
    """The vendor's UpdateMuAgentWorkPlansBatchResponse."""

    failures: list[UpdateMuAgentWorkPlanFailure]


class AgentWorkPlans(Wire):
    """The vendor's AgentWorkPlans: for each week the key of a plan, or null."""

    user: Reference
    work_plan_lookup_keys_per_week: list[int | None]


class MuAgentsWorkPlansResult(Wire):
    """The vendor's MuAgentsWorkPlansResult."""

    entities: list[AgentWorkPlans]
    reference_start_week_date: date
    work_plan_lookup: dict[str, WorkPlanReference]


class AgentsWorkPlansResponse(Wire):
    """The vendor's AgentsWorkPlansResponse."""

    result: MuAgentsWorkPlansResult


def show_agent(agent: Agent, having: AgentPlans, today: date, *, overrides: bool = False) -> WfmAgent:
    """An agent on the wire, with the rotation that they are in or will be next, and with ``overrides`` these too."""
    unit_id = agent.management_unit_id
    own = having.plans.get(having.own or "")
    turn = next((each for each in having.turns if each.days.end is None or today <= each.days.end), None)
    return WfmAgent(
        id=agent.person_id,
        user=person(agent.person_id),
        schedulable=agent.schedulable,
        metadata=AgentMetadata(date_modified=agent.since),
        work_plan=None if own is None else reference(own.id, unit_id),
        work_plan_rotation=None if turn is None else refer_to_rotation(turn.rotation_id, unit_id),
        work_plan_overrides=[
            WorkPlanOverride(
                start_date=each.start, week_count=each.weeks, work_plan=reference(each.work_plan_id, unit_id)
            )
            for each in having.overrides
        ]
        if overrides
        else None,
        minor_until=agent.minor_until,
        self_uri=f"{ROOT}/managementunits/{unit_id}/agents/{agent.person_id}",
    )


def refer_to_rotation(rotation_id: str, management_unit_id: str) -> WorkPlanRotationReference:
    """A reference to a rotation."""
    uri = f"{ROOT}/managementunits/{management_unit_id}/workplanrotations/{rotation_id}"
    return WorkPlanRotationReference(id=rotation_id, self_uri=uri)


def show_failures(failures: Sequence[Failure]) -> UpdateMuAgentWorkPlansBatchResponse:
    """Who could not be given what was wanted, and why."""
    return UpdateMuAgentWorkPlansBatchResponse(
        failures=[
            UpdateMuAgentWorkPlanFailure(
                user=person(each.person_id), failure=each.why.value, not_found_work_plan_id=each.work_plan_id
            )
            for each in failures
        ]
    )


def show_agent_plans(
    having: Mapping[str, AgentPlans], management_unit_id: str, start: date, weeks: int
) -> AgentsWorkPlansResponse:
    """Which plan counts for each agent in each week from a day on."""
    days = [start + 7 * number * DAY for number in range(weeks)]
    chosen = {
        person_id: [None if plan is None else plan.id for plan in (choose_plan(each, day).plan for day in days)]
        for person_id, each in having.items()
    }
    known = sorted({plan_id for ids in chosen.values() for plan_id in ids if plan_id is not None})
    keys = {plan_id: key for key, plan_id in enumerate(known)}
    return AgentsWorkPlansResponse(
        result=MuAgentsWorkPlansResult(
            entities=[
                AgentWorkPlans(
                    user=person(person_id),
                    work_plan_lookup_keys_per_week=[None if plan_id is None else keys[plan_id] for plan_id in ids],
                )
                for person_id, ids in chosen.items()
            ],
            reference_start_week_date=start,
            work_plan_lookup={str(key): reference(plan_id, management_unit_id) for plan_id, key in keys.items()},
        )
    )
