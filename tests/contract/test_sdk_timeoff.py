"""The vendor's Python SDK, unmodified, drives plans, limits, the wait list, balances and estimates of time off."""

import json
from datetime import UTC, date, datetime
from typing import Any

import PureCloudPlatformClientV2 as Vendor
import pytest
from tests.contract.driving import Sdk, drive
from tests.contract.test_sdk_requests import made, version
from tests.store.conftest import make_tenant
from tests.store.workforce.conftest import Centre, make_centre, person_id
from tests.store.workforce.test_trades import publish

from shiftline.workforce.schedule.endpoints import ROUTES as SCHEDULES
from shiftline.workforce.timeoff.endpoints import ROUTES

sdk: Any = Vendor
DAY = "2023-11-06"


@pytest.fixture
async def centre(context: Any) -> Centre:
    context.clock.set("2023-10-20T12:00:00-05:00")
    return await make_centre(await make_tenant(context))


def leave(unit_id: str, **more: Any) -> Any:
    units = made("CreateTimeOffPlanBusinessUnitAssociation", management_unit_ids=[unit_id])
    fields: dict[str, Any] = {
        "name": "Leave",
        "activity_code_ids": ["5"],
        "auto_approval_rule": "CheckLimits",
        "count_against_time_off_limits": True,
        "days_before_start_to_expire_from_waitlist": 2,
        "business_unit_association": units,
    }
    return made("BuCreateTimeOffPlanRequest", **{**fields, **more})


def asking(*days: str, minutes: int = 480) -> Any:
    return made(
        "CreateAgentTimeOffRequest",
        activity_code_id="5",
        full_day_management_unit_dates=list(days),
        daily_duration_minutes=minutes,
    )


def span(first: str, last: str) -> Any:
    return made("LocalDateRange", start_date=date.fromisoformat(first), end_date=date.fromisoformat(last))


def own(api: Sdk, method: str, path: str, body: Any = None) -> Any:
    """One of Shiftline's own operations, by the SDK's client."""
    answer = api.call_api(
        path, method, {}, {}, {}, body=body, response_type="object", auth_settings=["PureCloud OAuth"]
    )
    return json.loads(answer) if isinstance(answer, str) and answer else answer


async def test_plans_limits_and_the_wait_list(centre: Centre) -> None:
    bu, mu, ada, bob = centre.unit.id, centre.chicago.id, person_id(centre.ada), person_id(centre.bob)

    def ask(boss_api: Sdk, ada_api: Sdk, bob_api: Sdk) -> None:
        boss, first, second = (sdk.WorkforceManagementApi(api) for api in (boss_api, ada_api, bob_api))
        plan = boss.post_workforcemanagement_businessunit_timeoffplans(bu, leave(mu))
        assert (plan.auto_approval_rule, plan.enabled, plan.time_off_limits) == ("CheckLimits", True, [])
        limit = boss.post_workforcemanagement_businessunit_timeofflimits(
            bu, made("BuCreateTimeOffLimitRequest", management_unit_id=mu, granularity="Daily")
        )
        days = made("BuTimeOffLimitRange", start_date=date(2023, 11, 6), limit_minutes_per_day=[480, None])
        put = made("BuSetTimeOffLimitValuesRequest", values=[days], metadata=version(1))
        limit = boss.put_workforcemanagement_businessunit_timeofflimit_values(bu, limit.id, put)
        assert (limit.metadata.version, limit.management_unit.id) == (2, mu)
        listed = boss.get_workforcemanagement_businessunit_timeofflimits(bu, management_unit_id=mu).entities
        assert [each.id for each in listed] == [limit.id]
        assert boss.get_workforcemanagement_businessunit_timeofflimit(bu, limit.id).granularity == "Daily"
        read = boss.get_workforcemanagement_businessunit_timeoffplan(bu, plan.id)
        assert [each.id for each in read.time_off_limits] == [limit.id]

        taken = first.post_workforcemanagement_timeoffrequests(asking(DAY))
        assert (taken.status, taken.substatus, taken.reviewed_by.id) == ("APPROVED", "AutoApproved", "System")
        waits = second.post_workforcemanagement_timeoffrequests(asking(DAY))
        assert (waits.status, waits.substatus) == ("PENDING", "Waitlisted")
        (place,) = second.get_workforcemanagement_timeoffrequest_waitlistpositions(waits.id).entities
        assert (str(place.date), place.waitlist_position, place.time_off_limit.id) == (DAY, 1, limit.id)
        reference = made("UserTimeOffRequestReference", id=waits.id, user=made("UserReference", id=bob))
        query = made("QueryWaitlistPositionsRequest", time_off_requests=[reference])
        (place,) = boss.post_workforcemanagement_managementunit_timeoffrequests_waitlistpositions_query(
            mu, query
        ).entities
        assert place.time_off_request.id == waits.id

        ranges = [span("2023-11-05", "2023-11-07")]
        for asked in ({"time_off_limit_id": limit.id}, {"activity_code_id": "5"}):
            query = made("QueryTimeOffLimitValuesRequest", date_ranges=ranges, **asked)
            (values,) = boss.post_workforcemanagement_businessunit_timeofflimits_values_query(bu, query).values
            assert values.limit_minutes_per_interval == [0, 480, 0]
            assert values.allocated_minutes_per_interval == [0, 480, 0]
            assert values.waitlisted_minutes_per_interval == [0, 480, 0]
            assert values.waitlisted_requests_per_interval == [0, 1, 0]
        query = made("QueryTimeOffLimitValuesForGranularityRequest", date_ranges=ranges)
        found = boss.post_workforcemanagement_businessunit_timeofflimit_values_query(bu, limit.id, query)
        assert found.limit_values[0].values_per_day.limit_minutes == [0, 480, 0]
        query = made("AvailableTimeOffRequest", activity_code_id="5", date_ranges=ranges)
        (left,) = second.post_workforcemanagement_timeofflimits_available_query(query).values
        assert (left.available_minutes_per_interval, left.waitlist_enabled) == ([0, 0, 0], True)
        (bare,) = second.post_workforcemanagement_timeofflimits_available_query(
            made("AvailableTimeOffRequest", activity_code_id="5")
        ).values
        assert (bare.time_off_limit.id, bare.available_minutes_per_interval) == (limit.id, None)
        bounds = boss.get_workforcemanagement_managementunit_user_timeoffrequest_timeofflimits(mu, ada, taken.id)
        assert bounds.values[0].allocated_minutes_per_interval == [480]

        first.patch_workforcemanagement_timeoffrequest(taken.id, made("AgentTimeOffRequestPatch", status="CANCELED"))
        granted = second.get_workforcemanagement_timeoffrequest(waits.id)
        assert (granted.status, granted.substatus) == ("APPROVED", "AutoApproved")
        assert second.get_workforcemanagement_timeoffrequest_waitlistpositions(waits.id).entities == []

    await drive(centre.tenant, ROUTES, ask, "admin-1", ada, bob)


async def test_plans_and_limits_change_and_go(centre: Centre) -> None:
    bu, mu = centre.unit.id, centre.chicago.id

    def ask(boss_api: Sdk) -> None:
        boss = sdk.WorkforceManagementApi(boss_api)
        plan = boss.post_workforcemanagement_businessunit_timeoffplans(bu, leave(mu))
        limit = boss.post_workforcemanagement_businessunit_timeofflimits(
            bu, made("BuCreateTimeOffLimitRequest", management_unit_id=mu, granularity="FifteenMinutes")
        )
        listed = boss.get_workforcemanagement_businessunit_timeoffplans(bu, management_unit_id=mu, expand=["details"])
        assert [each.name for each in listed.entities] == ["Leave"]
        change = made(
            "BuUpdateTimeOffPlanRequest",
            name="Holidays",
            auto_approval_rule="Never",
            activity_code_ids=made("SetWrapperString", values=["5"]),
            override_dates=made(
                "ListWrapperOverrideDate", values=[made("OverrideDate", date=date(2023, 12, 24), type="Blocked")]
            ),
            metadata=version(1),
        )
        changed = boss.patch_workforcemanagement_businessunit_timeoffplan(bu, plan.id, change)
        assert (changed.name, changed.metadata.version, changed.override_dates[0].type) == ("Holidays", 2, "Blocked")
        with pytest.raises(sdk.rest.ApiException) as stale:
            boss.patch_workforcemanagement_businessunit_timeoffplan(bu, plan.id, change)
        assert stale.value.status == 409
        boss.delete_workforcemanagement_businessunit_timeoffplan(bu, plan.id)
        boss.delete_workforcemanagement_businessunit_timeofflimit(bu, limit.id)
        for gone in (
            lambda: boss.get_workforcemanagement_businessunit_timeoffplan(bu, plan.id),
            lambda: boss.get_workforcemanagement_businessunit_timeofflimit(bu, limit.id),
        ):
            with pytest.raises(sdk.rest.ApiException) as missing:
                gone()
            assert missing.value.status == 404

    await drive(centre.tenant, ROUTES, ask, "admin-1")


async def test_balances_and_estimates(centre: Centre) -> None:
    mu, ada = centre.chicago.id, person_id(centre.ada)
    await publish(centre)

    def ask(boss_api: Sdk, agent_api: Sdk) -> None:
        boss, agent = sdk.WorkforceManagementApi(boss_api), sdk.WorkforceManagementApi(agent_api)
        path = f"/api/v2/shiftline/timeoff/users/{ada}/balances"
        granted = own(boss_api, "PUT", f"{path}/5", {"grantedMinutes": 960})
        assert (granted["remainingMinutes"], granted["metadata"]["version"]) == (960, 1)
        request = made("CreateAdminTimeOffRequest", **asking(DAY).to_dict())
        request.full_day_management_unit_dates, request.status = [DAY], "APPROVED"
        request.users = [made("UserReference", id=ada)]
        (entered,) = boss.post_workforcemanagement_managementunit_timeoffrequests(mu, request).time_off_requests
        assert own(agent_api, "GET", path)["entities"][0]["approvedMinutes"] == 480

        query = made("TimeOffBalanceRequest", activity_code_ids=["5"], date_ranges=[span(DAY, "2023-11-07")])
        answer = agent.post_workforcemanagement_timeoffbalance_jobs(query)
        assert (answer.job.status, answer.entities[0].balance_minutes_per_day) == ("Complete", [480, 480])
        kept = agent.get_workforcemanagement_timeoffbalance_job(answer.job.id)
        assert (kept.status, kept.entities[0].activity_code_id) == ("Complete", "5")
        with pytest.raises(sdk.rest.ApiException) as strange:
            boss.get_workforcemanagement_timeoffbalance_job(answer.job.id)
        assert strange.value.status == 404
        answer = boss.post_workforcemanagement_managementunit_user_timeoffbalance_jobs(mu, ada, query)
        assert answer.entities[0].balance_minutes_per_day == [480, 480]
        answer = boss.post_workforcemanagement_managementunit_user_timeoffrequest_timeoffbalance_jobs(
            mu, ada, entered.id
        )
        assert (str(answer.entities[0].start_date), answer.entities[0].balance_minutes_per_day) == (DAY, [480])
        with pytest.raises(sdk.rest.ApiException) as overdrawn:
            agent.post_workforcemanagement_timeoffrequests(asking("2023-11-08", minutes=481))
        assert overdrawn.value.status == 409
        assert "480 minutes left" in overdrawn.value.body
        assert "481 are asked for" in overdrawn.value.body

        whole = made("EstimateAvailableFullDayTimeOffRequest", date=date(2023, 10, 27))
        asked = made("EstimateAvailableTimeOffRequest", activity_code_id="5", full_day_dates=[whole], paid=True)
        for made_for in (
            agent.post_workforcemanagement_timeoffrequests_estimate(asked),
            boss.post_workforcemanagement_managementunit_user_timeoffrequests_estimate(mu, ada, asked),
        ):
            (day,) = made_for.full_day_dates
            assert (day.duration_minutes, day.payable_minutes, day.flexible) == (480, 480, False)
            assert made_for.user.id == ada
        start = datetime(2023, 11, 20, 15, tzinfo=UTC)
        part = made("EstimateAvailablePartialDayTimeOffRequest", date=start, requested_duration_minutes=90)
        asked = made("EstimateAvailableTimeOffRequest", activity_code_id="5", partial_day_dates=[part], paid=False)
        (estimate,) = agent.post_workforcemanagement_timeoffrequests_estimate(asked).partial_day_dates
        assert (estimate.date, estimate.duration_minutes, estimate.payable_minutes) == (start, 90, 0)

    await drive(centre.tenant, [*ROUTES, *SCHEDULES], ask, "admin-1", ada)


async def test_a_limit_goes_to_quarter_hours_and_back(centre: Centre) -> None:
    bu, mu = centre.unit.id, centre.chicago.id

    def ask(boss_api: Sdk, agent_api: Sdk) -> None:
        boss, agent = sdk.WorkforceManagementApi(boss_api), sdk.WorkforceManagementApi(agent_api)
        made_limit = made("BuCreateTimeOffLimitRequest", management_unit_id=mu, granularity="Daily")
        limit = boss.post_workforcemanagement_businessunit_timeofflimits(bu, made_limit)
        # A day of 25 hours.
        values = made("BuTimeOffLimitRange", start_date=date(2023, 11, 5), limit_minutes_per_day=[1001])
        put = made("BuSetTimeOffLimitValuesRequest", values=[values], metadata=version(limit.metadata.version))
        boss.put_workforcemanagement_businessunit_timeofflimit_values(bu, limit.id, put)
        wanted = made(
            "BuConvertTimeOffLimitGranularityJobRequest",
            granularity="FifteenMinutes",
            full_day_time_off_start_time="09:00",
        )
        job = boss.post_workforcemanagement_businessunit_timeofflimit_granularityconversion(bu, limit.id, wanted)
        assert (job.status, job.progress.number_of_days_complete, job.progress.percentage_complete) == (
            "Complete",
            1,
            100,
        )
        again = boss.post_workforcemanagement_businessunit_timeofflimit_granularityconversion(bu, limit.id, wanted)
        assert again.id == job.id
        read = boss.get_workforcemanagement_businessunit_timeofflimit(bu, limit.id)
        assert (read.granularity, read.full_day_time_off_start_time) == ("FifteenMinutes", "09:00")
        query = made("QueryTimeOffLimitValuesForGranularityRequest", date_ranges=[span("2023-11-05", "2023-11-05")])
        found = boss.post_workforcemanagement_businessunit_timeofflimit_values_query(bu, limit.id, query)
        minutes = found.limit_values[0].values_per_fifteen_minutes.limit_minutes
        assert (len(minutes), sum(minutes), minutes[0], minutes[1]) == (100, 1001, 11, 10)
        back = made("BuConvertTimeOffLimitGranularityJobRequest", granularity="Daily")
        second = boss.post_workforcemanagement_businessunit_timeofflimit_granularityconversion(bu, limit.id, back)
        listed = boss.get_workforcemanagement_businessunit_timeofflimit_granularityconversion_jobs(bu, limit.id)
        assert sorted(each.id for each in listed.entities) == sorted([job.id, second.id])
        one = boss.get_workforcemanagement_businessunit_timeofflimit_granularityconversion_job(bu, limit.id, job.id)
        assert str(one.progress.date_earliest_complete) == "2023-11-05"
        found = boss.post_workforcemanagement_businessunit_timeofflimit_values_query(bu, limit.id, query)
        assert found.limit_values[0].values_per_day.limit_minutes == [1001]
        for call in (
            lambda: boss.get_workforcemanagement_businessunit_timeofflimit_granularityconversion_job(bu, limit.id, "x"),
            lambda: boss.post_workforcemanagement_businessunit_timeofflimit_granularityconversion(bu, "x", back),
        ):
            with pytest.raises(sdk.rest.ApiException) as refused:
                call()
            assert refused.value.status == 404
        with pytest.raises(sdk.rest.ApiException) as refused:
            agent.post_workforcemanagement_businessunit_timeofflimit_granularityconversion(bu, limit.id, wanted)
        assert refused.value.status == 403

    await drive(centre.tenant, ROUTES, ask, "admin-1", person_id(centre.ada))
