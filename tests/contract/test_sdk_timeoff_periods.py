"""The vendor's Python SDK, unmodified, asks for balances of periods and of HRIS types; many are granted at once."""

from typing import Any

import PureCloudPlatformClientV2 as Vendor
import pytest
from tests.contract.driving import Sdk, drive
from tests.contract.test_sdk_requests import made, version
from tests.contract.test_sdk_timeoff import asking, leave, own, span
from tests.store.conftest import make_tenant
from tests.store.workforce.conftest import Centre, make_centre, person_id

from shiftline.workforce.timeoff.endpoints import ROUTES

sdk: Any = Vendor
OWN = "/api/v2/shiftline/timeoff"


@pytest.fixture
async def centre(context: Any) -> Centre:
    context.clock.set("2023-10-20T12:00:00-05:00")
    return await make_centre(await make_tenant(context))


async def test_balances_of_periods_day_by_day_with_their_hris_type(centre: Centre) -> None:
    bu, mu, ada = centre.unit.id, centre.chicago.id, person_id(centre.ada)

    def ask(boss_api: Sdk, agent_api: Sdk) -> None:
        boss, agent = sdk.WorkforceManagementApi(boss_api), sdk.WorkforceManagementApi(agent_api)
        hris = made("HrisTimeOffType", id="PTO", name="Leave", hris_integration_id="hr-1", secondary_id="US")
        plan = boss.post_workforcemanagement_businessunit_timeoffplans(
            bu, leave(mu, auto_approval_rule="Always", hris_time_off_type=hris)
        )
        kind = boss.get_workforcemanagement_businessunit_timeoffplan(bu, plan.id).hris_time_off_type
        assert (kind.id, kind.name, kind.hris_integration_id, kind.secondary_id) == ("PTO", "Leave", "hr-1", "US")
        text = (
            "userId,activityCodeId,startDate,endDate,grantedMinutes,accrual,carryOverAtMostMinutes,carryOverExpiresOn\r\n"
            f"{ada},5,2023-01-01,2023-12-31,960,,480,2024-03-31\r\n"
            f"{ada},5,2024-01-01,2024-12-31,480,AtOnce,,\r\n"
        )
        assert own(boss_api, "POST", f"{OWN}/balances/import", {"csv": text}) == {"rows": 2, "changed": 2}
        request = agent.post_workforcemanagement_timeoffrequests(asking("2023-12-29", "2024-01-02"))
        assert request.status == "APPROVED"
        first, second = own(boss_api, "GET", f"{OWN}/users/{ada}/balances")["entities"]
        assert (first["endDate"], first["remainingMinutes"]) == ("2023-12-31", 480)
        assert [second[name] for name in ("carriedMinutes", "approvedMinutes", "remainingMinutes")] == [480, 480, 480]

        query = made(
            "TimeOffBalanceRequest",
            activity_code_ids=["5"],
            date_ranges=[span("2023-12-30", "2024-01-02"), span("2024-12-31", "2025-01-01")],
        )
        answer = agent.post_workforcemanagement_timeoffbalance_jobs(query)
        assert [each.balance_minutes_per_day for each in answer.entities] == [[480] * 4, [480, 0]]
        one = answer.entities[0]
        assert (one.hris_time_off_type_id, one.hris_time_off_type_secondary_id) == ("PTO", "US")
        kept = agent.get_workforcemanagement_timeoffbalance_job(answer.job.id)
        assert kept.entities[0].hris_time_off_type_id == "PTO"
        answer = boss.post_workforcemanagement_managementunit_user_timeoffrequest_timeoffbalance_jobs(
            mu, ada, request.id
        )
        assert [str(each.start_date) for each in answer.entities] == ["2023-12-29", "2024-01-02"]

        none = made("ValueWrapperHrisTimeOffType")
        change = made("BuUpdateTimeOffPlanRequest", hris_time_off_type=none, metadata=version(plan.metadata.version))
        assert boss.patch_workforcemanagement_businessunit_timeoffplan(bu, plan.id, change).hris_time_off_type is None

    await drive(centre.tenant, ROUTES, ask, "admin-1", ada)


async def test_every_bad_row_of_a_file_is_named_and_periods_are_taken_out(centre: Centre) -> None:
    ada = person_id(centre.ada)

    def ask(boss_api: Sdk, agent_api: Sdk) -> None:
        def refusal(method: str, path: str, body: Any = None, api: Sdk = boss_api) -> Any:
            with pytest.raises(sdk.rest.ApiException) as refused:
                own(api, method, path, body)
            return refused.value

        several = refusal(
            "POST",
            f"{OWN}/balances/import",
            {
                "rows": [
                    {"userId": ada, "activityCodeId": "5", "grantedMinutes": "60"},
                    {"userId": ada, "activityCodeId": "5", "grantedMinutes": 60, "startdate": "2024-01-01"},
                    {"userId": ada, "grantedMinutes": 60},
                    {"userId": ada, "activityCodeId": "5", "grantedMinutes": 60, "startDate": "2024-02-30"},
                ]
            },
        )
        assert several.status == 400
        for field in ("rows[0].grantedMinutes", "rows[1].startdate", "rows[2].activityCodeId", "rows[3].startDate"):
            assert field in several.body
        for text, said in (
            (f"userId,activityCodeId,grantedMinutes\n{ada},5,many\n", "csv[2].grantedMinutes"),
            (f"userId,activityCodeId,grantedMinutes\n{ada},5,1,2\n", "csv[2]"),
            ("userId,activityCode,grantedMinutes\n", "csv"),
            ("", "csv"),
            ('userId,activityCodeId,grantedMinutes\n"x', "csv"),
        ):
            answer = refusal("POST", f"{OWN}/balances/import", {"csv": text})
            assert (answer.status, said in answer.body) == (400, True), answer.body
        assert refusal("POST", f"{OWN}/balances/import", {}).status == 400
        assert refusal("POST", f"{OWN}/balances/import", {"csv": "userId"}, agent_api).status == 403

        path = f"{OWN}/users/{ada}/balances/5"
        period = {"grantedMinutes": 480, "startDate": "2024-01-01", "endDate": "2024-12-31", "accrual": "Monthly"}
        assert own(boss_api, "PUT", path, period)["accrual"] == "Monthly"
        overlap = refusal("PUT", path, {**period, "startDate": "2024-06-01"})
        assert (overlap.status, "share days" in overlap.body) == (409, True)
        endless = refusal("PUT", path, {"grantedMinutes": 1, "accrual": "Weekly"})
        assert (endless.status, "accrual" in endless.body) == (400, True)
        assert refusal("DELETE", path).status == 404
        own(boss_api, "DELETE", f"{path}?startDate=2024-01-01")
        assert own(boss_api, "GET", f"{OWN}/users/{ada}/balances")["entities"] == []

    await drive(centre.tenant, ROUTES, ask, "admin-1", ada)
