"""The vendor's Python SDK, unmodified, drives every operation of work plans."""

from typing import Any

import PureCloudPlatformClientV2 as Vendor
import pytest
from tests.contract.driving import Sdk, drive
from tests.contract.test_sdk_requests import made
from tests.store.conftest import make_tenant
from tests.store.workforce.conftest import Centre, make_centre, person_id

from shiftline.workforce.workplans.endpoints import ROUTES

sdk: Any = Vendor
WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


@pytest.fixture
async def centre(context: Any) -> Centre:
    context.clock.set("2023-10-20T12:00:00-05:00")
    return await make_centre(await make_tenant(context))


def full_time(*agent_ids: str) -> Any:
    """A plan of five eight-hour days with a meal, in the SDK's words."""
    meal = made(
        "CreateWorkPlanActivity",
        activity_code_id="2",
        length_minutes=30,
        start_time_is_relative_to_shift_start=True,
        exact_start_time_minutes=240,
    )
    shift = made(
        "CreateWorkPlanShift",
        name="Day",
        days=made("SetWrapperDayOfWeek", values=WEEK),
        flexible_start_time=True,
        earliest_start_time_minutes_from_midnight=360,
        latest_start_time_minutes_from_midnight=600,
        exact_paid_time_minutes=480,
        constrain_day_off=False,
        planning_period_constraints=made("PlanningPeriodShiftConstraints", enabled=False, minimum_count=0),
        activities=[meal],
    )
    variance = made("ShiftStartVariance", applicable_days=WEEK, max_shift_start_variance_minutes=60)
    return made(
        "CreateWorkPlan",
        name="Full Time",
        enabled=True,
        constrain_weekly_paid_time=True,
        weekly_exact_paid_minutes=2400,
        maximum_days=5,
        optional_days=made("SetWrapperDayOfWeek", values=[]),
        shift_start_variance_type="ShiftStart",
        shift_start_variance_period="Weekly",
        shift_start_variances=made("ListWrapperShiftStartVariance", values=[variance]),
        shifts=[shift],
        agents=[made("UserReference", id=each) for each in agent_ids],
    )


async def test_a_plan_is_made_and_read(centre: Centre) -> None:
    ada, unit = person_id(centre.ada), centre.chicago.id

    def script(api: Sdk) -> None:
        boss = sdk.WorkforceManagementApi(api)
        plan = boss.post_workforcemanagement_managementunit_workplans(unit, full_time(ada))
        assert (plan.name, plan.valid, plan.agent_count, plan.metadata.version) == ("Full Time", True, 1, 1)
        assert (plan.shifts[0].days.values, plan.shifts[0].activities[0].length_minutes) == (WEEK, 30)
        assert plan.shift_start_variances.values[0].max_shift_start_variance_minutes == 60
        read = boss.get_workforcemanagement_managementunit_workplan(unit, plan.id)
        assert read.to_dict() == plan.to_dict()
        listed = boss.get_workforcemanagement_managementunit_workplans(unit, expand=["details", "agents"]).entities
        assert [(each.id, each.agents[0].id) for each in listed] == [(plan.id, ada)]
        fewer = boss.get_workforcemanagement_managementunit_workplans(unit, exclude=["shifts", "agents"]).entities
        assert (fewer[0].name, fewer[0].shifts, fewer[0].agents) == ("Full Time", None, None)
        named = boss.get_workforcemanagement_managementunit_workplan(unit, plan.id, include_only=["name", "metadata"])
        assert (named.name, named.metadata.version, named.maximum_days) == ("Full Time", 1, None)

    await drive(centre.tenant, ROUTES, script, "admin-1")


async def test_what_was_read_is_changed_and_sent_back_whole(centre: Centre) -> None:
    unit = centre.chicago.id

    def script(api: Sdk) -> None:
        boss = sdk.WorkforceManagementApi(api)
        read = boss.post_workforcemanagement_managementunit_workplans(unit, full_time())
        read.maximum_days = 4
        names = sdk.WorkPlanValidationRequest().swagger_types
        checked = made("WorkPlanValidationRequest", **{name: getattr(read, name) for name in names})
        verdict = boss.post_workforcemanagement_managementunit_workplan_validate(
            unit, read.id, checked, expand=["messages"]
        )
        assert (verdict.valid, verdict.work_plan.id) == (False, read.id)
        message = verdict.messages.violation_messages[0]
        assert (message.type, message.severity) == ("DailyRequiredDaysGreaterThanWeeklyMaxDays", "Error")
        with pytest.raises(sdk.rest.ApiException) as contradictory:
            boss.patch_workforcemanagement_managementunit_workplan(unit, read.id, read)
        assert contradictory.value.status == 400
        assert "optionalDays" in contradictory.value.body
        assert "maximumDays" in contradictory.value.body
        kept = boss.patch_workforcemanagement_managementunit_workplan(unit, read.id, read, validation_mode="Ignore")
        assert (kept.valid, kept.metadata.version, len(kept.shifts)) == (False, 2, 1)
        with pytest.raises(sdk.rest.ApiException) as stale:
            boss.patch_workforcemanagement_managementunit_workplan(unit, read.id, read)
        assert stale.value.status == 409
        kept.maximum_days, kept.shifts[0].name = 5, "Early"
        right = boss.patch_workforcemanagement_managementunit_workplan(unit, read.id, kept)
        assert (right.valid, right.shifts[0].name, right.shifts[0].id) == (True, "Early", read.shifts[0].id)

    await drive(centre.tenant, ROUTES, script, "admin-1")


async def test_agents_are_given_plans_and_a_plan_is_deleted(centre: Centre) -> None:
    ada, bob, unit = person_id(centre.ada), person_id(centre.bob), centre.chicago.id

    def script(api: Sdk) -> None:
        boss = sdk.WorkforceManagementApi(api)
        plan = boss.post_workforcemanagement_managementunit_workplans(unit, full_time(ada))
        copied = boss.post_workforcemanagement_managementunit_workplan_copy(
            unit, plan.id, made("CopyWorkPlan", name="Part Time")
        )
        wanted = [
            made("UpdateMuAgentWorkPlanRequest", user_id=who, work_plan_id=made("ValueWrapperString", value=plan_id))
            for who, plan_id in ((ada, copied.id), (bob, plan.id), ("nobody", plan.id))
        ]
        batch = made("UpdateMuAgentWorkPlansBatchRequest", entities=wanted)
        failures = boss.patch_workforcemanagement_managementunit_agents_workplans_bulk(unit, batch).failures
        assert [(each.user.id, each.failure) for each in failures] == [("nobody", "AgentNotInManagementUnit")]
        asked = made("GetAgentsWorkPlansRequest", agent_ids=[ada, bob], start_date="2023-10-23", week_count=1)
        having = boss.post_workforcemanagement_managementunit_agents_workplans_query(unit, asked).result
        found = {
            each.user.id: having.work_plan_lookup[str(each.work_plan_lookup_keys_per_week[0])].id
            for each in having.entities
        }
        assert found == {ada: copied.id, bob: plan.id}
        with pytest.raises(sdk.rest.ApiException) as used:
            boss.delete_workforcemanagement_managementunit_workplan(unit, copied.id)
        assert used.value.status == 409
        read = boss.get_workforcemanagement_managementunit_workplan(unit, plan.id)
        read.agents = [made("DeletableUserReference", id=bob, delete=True)]
        assert boss.patch_workforcemanagement_managementunit_workplan(unit, plan.id, read).agent_count == 0
        boss.delete_workforcemanagement_managementunit_workplan(unit, plan.id)
        left = boss.get_workforcemanagement_managementunit_workplans(unit).entities
        assert [each.name for each in left] == ["Part Time"]

    await drive(centre.tenant, ROUTES, script, "admin-1")


async def test_plans_take_turns_and_single_weeks_go_before(centre: Centre) -> None:
    ada, bob, unit = person_id(centre.ada), person_id(centre.bob), centre.chicago.id

    def script(api: Sdk) -> None:
        boss = sdk.WorkforceManagementApi(api)
        first = boss.post_workforcemanagement_managementunit_workplans(unit, full_time())
        second = boss.post_workforcemanagement_managementunit_workplan_copy(
            unit, first.id, made("CopyWorkPlan", name="Late")
        )
        since = made("DateRangeWithOptionalEnd", start_business_unit_date="2023-10-23")
        rotation = boss.post_workforcemanagement_managementunit_workplanrotations(
            unit,
            made(
                "AddWorkPlanRotationRequest",
                name="Turns",
                date_range=since,
                pattern=made("WorkPlanPatternRequest", work_plan_ids=[first.id, second.id]),
                agents=[made("AddWorkPlanRotationAgentRequest", user_id=ada, date_range=since, position=1)],
            ),
        )
        assert (rotation.enabled, rotation.agent_count, rotation.agents[0].position) == (True, 1, 1)
        assert [each.id for each in rotation.pattern.work_plans] == [first.id, second.id]
        read = boss.get_workforcemanagement_managementunit_workplanrotation(unit, rotation.id)
        assert read.to_dict() == rotation.to_dict()
        changed = boss.patch_workforcemanagement_managementunit_workplanrotation(
            unit,
            rotation.id,
            made(
                "UpdateWorkPlanRotationRequest",
                name="Two weeks",
                agents=[
                    made("UpdateWorkPlanRotationAgentRequest", user_id=bob, date_range=since, position=0),
                    made("UpdateWorkPlanRotationAgentRequest", user_id=ada, delete=False),
                ],
                metadata=read.metadata,
            ),
        )
        assert (changed.name, changed.agent_count, changed.metadata.version) == ("Two weeks", 2, 2)
        week = made(
            "WorkPlanOverrideRequest", action="Add", start_date="2023-10-30", week_count=1, work_plan_id=second.id
        )
        wanted = made(
            "UpdateMuAgentWorkPlanRequest",
            user_id=ada,
            work_plan_overrides=made("WorkPlanOverrideListWrapperWorkPlanOverrideRequest", values=[week]),
        )
        batch = made("UpdateMuAgentWorkPlansBatchRequest", entities=[wanted])
        assert boss.patch_workforcemanagement_managementunit_agents_workplans_bulk(unit, batch).failures == []
        (failure,) = boss.patch_workforcemanagement_managementunit_agents_workplans_bulk(unit, batch).failures
        assert failure.failure == "OverlappingOverride"
        agent = boss.get_workforcemanagement_managementunit_agent(unit, ada, expand=["workPlanOverrides"])
        assert (agent.work_plan, agent.work_plan_rotation.id) == (None, rotation.id)
        assert [(str(each.start_date), each.week_count) for each in agent.work_plan_overrides] == [("2023-10-30", 1)]
        asked = made("GetAgentsWorkPlansRequest", agent_ids=[ada, bob], start_date="2023-10-23", week_count=3)
        having = boss.post_workforcemanagement_managementunit_agents_workplans_query(unit, asked).result
        found = {
            each.user.id: [having.work_plan_lookup[str(key)].id for key in each.work_plan_lookup_keys_per_week]
            for each in having.entities
        }
        assert found == {ada: [second.id, second.id, second.id], bob: [first.id, second.id, first.id]}
        copied = boss.post_workforcemanagement_managementunit_workplanrotation_copy(
            unit, rotation.id, made("CopyWorkPlanRotationRequest", name="Copy")
        )
        listed = boss.get_workforcemanagement_managementunit_workplanrotations(unit, expand=["agents"]).entities
        assert [(each.name, len(each.agents)) for each in listed] == [("Copy", 0), ("Two weeks", 2)]
        for each in (copied, rotation):
            boss.delete_workforcemanagement_managementunit_workplanrotation(unit, each.id)
        assert boss.get_workforcemanagement_managementunit_workplanrotations(unit).entities == []

    await drive(centre.tenant, ROUTES, script, "admin-1")
