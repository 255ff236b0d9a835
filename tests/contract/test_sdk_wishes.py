"""The vendor's Python SDK, unmodified, drives the settings of wishes and what of trades came with them."""

from datetime import UTC, datetime
from typing import Any

import PureCloudPlatformClientV2 as Vendor
import pytest
from tests.contract.driving import Sdk, drive
from tests.contract.test_sdk_requests import PREFERENCES, TRADES, centre, clients, made, version
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.test_trades import WEEK, publish
from tests.store.workforce.test_wishes import plan_for

__all__ = ["centre"]
sdk: Any = Vendor
THURSDAY = datetime(2023, 10, 26, 11, tzinfo=UTC)


async def test_units_say_whether_they_take_wishes(centre: Centre) -> None:
    ada, business, unit = person_id(centre.ada), centre.unit.id, centre.chicago.id

    def script(boss_api: Sdk, ada_api: Sdk) -> None:
        boss, agent = clients(boss_api, ada_api)
        assert boss.get_workforcemanagement_businessunit_schedulingpreferences_settings(business).enabled
        off = made("UpdateBusinessUnitSchedulingPreferencesSettingsRequest", enabled=False)
        changed = boss.patch_workforcemanagement_businessunit_schedulingpreferences_settings(business, off)
        assert changed.enabled is False
        assert agent.get_workforcemanagement_schedulingpreferences_settings().enabled is False
        assert agent.get_workforcemanagement_unavailabletimes_settings().enabled is True
        off = made("UpdateManagementUnitsSettingsRequest", enabled=False)
        assert boss.patch_workforcemanagement_managementunit_unavailabletimes_settings(unit, off).enabled is False
        asked = made("QueryAvailabilityManagementUnitsSettingsRequest", management_unit_ids=[unit])
        found = boss.post_workforcemanagement_businessunit_unavailabletimes_settings_query(business, asked)
        assert [(each.management_unit.id, each.enabled) for each in found.management_units] == [(unit, False)]

    await drive(centre.tenant, PREFERENCES, script, "admin-1", ada)


async def test_times_are_validated_against_the_work_plan(centre: Centre) -> None:
    await plan_for(centre, centre.ada)

    def script(ada_api: Sdk, bob_api: Sdk) -> None:
        agent, other = clients(ada_api, bob_api)
        span = made("WfmTimeSpan", start_date=datetime(2023, 10, 23, 5, tzinfo=UTC), length_minutes=23 * 60)
        asked = made("ValidateAgentUnavailableTimesRequest", validation_week_date=WEEK)
        asked.unavailable_times = [made("UpdateUnavailableTime", time_span=span)]
        answer = agent.post_workforcemanagement_unavailabletimes_validation_jobs(asked)
        assert (answer.status, answer.result.valid, answer.result.invalid_work_plans) == ("Complete", False, [])
        messages = answer.result.work_plan_constraints_violation_message.fixable_constraints_messages
        told = [(each.type, each.arguments[0].type, each.arguments[0].value) for each in messages]
        assert told == [("RequiredShift", "Date", "2023-10-23"), ("MinimumWeeklyPaidTime", "Minutes", "2400")]
        kept = agent.get_workforcemanagement_unavailabletimes_validation_job(answer.id)
        assert (kept.agent.id, kept.status, kept.result.valid) == (person_id(centre.ada), "Complete", False)
        with pytest.raises(sdk.rest.ApiException) as strange:
            other.get_workforcemanagement_unavailabletimes_validation_job(answer.id)
        assert strange.value.status == 404
        assert other.post_workforcemanagement_unavailabletimes_validation_jobs(asked).result.valid is True
        empty = made("ValidateAgentUnavailableTimesRequest", validation_week_date=WEEK)
        assert agent.post_workforcemanagement_unavailabletimes_validation_jobs(empty).result.valid is True

    await drive(centre.tenant, PREFERENCES, script, person_id(centre.ada), person_id(centre.bob))


async def test_the_unavailable_times_in_the_weeks_of_a_schedule(centre: Centre) -> None:
    await publish(centre)
    ada, business = person_id(centre.ada), centre.unit.id

    def script(boss_api: Sdk, ada_api: Sdk) -> None:
        boss, agent = clients(boss_api, ada_api)
        for day, note in ((23, "School"), (31, "After it")):
            span = made("WfmTimeSpan", start_date=datetime(2023, 10, day, 5, tzinfo=UTC), length_minutes=60)
            stated = made("UpdateUnavailableTime", time_span=span, notes=note)
            agent.patch_workforcemanagement_unavailabletimes(made("UpdateUnavailableTimesRequest", entities=[stated]))
        schedule = made("BuScheduleReference", id="sch-1", week_date=WEEK)
        asked = made("QueryAgentScheduleUnavailableTimesRequest", agent_id=ada, schedule=schedule)
        found = boss.post_workforcemanagement_businessunit_unavailabletimes_schedules_query(business, asked)
        assert found.considered_in_schedule_generation is False
        (time,) = found.schedule_generation_unavailable_times
        assert (time.notes, time.time_span.length_minutes) == ("School", 60)
        for strange in (
            {"agent_id": "nobody", "schedule": schedule},
            {"agent_id": ada, "schedule": made("BuScheduleReference", id="sch-none", week_date=WEEK)},
        ):
            asked = made("QueryAgentScheduleUnavailableTimesRequest", **strange)
            with pytest.raises(sdk.rest.ApiException) as refused:
                boss.post_workforcemanagement_businessunit_unavailabletimes_schedules_query(business, asked)
            assert refused.value.status == 404

    await drive(centre.tenant, PREFERENCES, script, "admin-1", ada)


def offer_of(**more: Any) -> Any:
    shift = made("InitiatingShiftRequestItem", id=f"ada-{WEEK}", week_date=WEEK)
    shift.schedule = made("BuScheduleReference", id="sch-1")
    return made("AddShiftTradeJobRequest", initiating_shift=shift, **more)


async def test_an_open_offer_is_changed_and_weeks_are_summed_up(centre: Centre) -> None:
    await publish(centre)
    ada, bob, business, unit = person_id(centre.ada), person_id(centre.bob), centre.unit.id, centre.chicago.id

    def script(boss_api: Sdk, ada_api: Sdk, bob_api: Sdk) -> None:
        boss, agent, other = clients(boss_api, ada_api, bob_api)
        trade = agent.post_workforcemanagement_shifttrading_trades_jobs(offer_of()).add_trade_result
        change = made("UpdateShiftTradeJobRequest", week_date=WEEK, metadata=version(1))
        change.target = made(
            "ValueWrapperShiftTradeTargetRequestItem", value=made("ShiftTradeTargetRequestItem", user_id=bob)
        )
        change.review_note = made("ValueWrapperString", value="a wedding")
        changed = agent.post_workforcemanagement_shifttrading_trade_jobs(trade.id, change).update_trade_result
        assert (changed.target.user.id, changed.initiating.review_note) == (bob, "a wedding")
        assert (changed.metadata.version, changed.one_sided) == (2, True)
        ranges = [made("RequiredDateRange", start_date=THURSDAY, end_date=datetime(2023, 10, 26, 19, tzinfo=UTC))]
        change = made("UpdateShiftTradeJobRequest", metadata=version(2))
        change.acceptable_intervals = made("ListWrapperRequiredDateRange", values=ranges)
        change.target = made("ValueWrapperShiftTradeTargetRequestItem")
        later = agent.post_workforcemanagement_shifttrading_trade_jobs(trade.id, change, force_async=True)
        kept = agent.get_workforcemanagement_shifttrading_trade_job(trade.id, later.id)
        assert (kept.type, kept.update_trade_result.one_sided) == ("UpdateTrade", False)
        assert (kept.update_trade_result.target, kept.update_trade_result.metadata.version) == (None, 3)

        patch = made("PatchShiftTradeRequest", metadata=version(3))
        patch.acceptable_intervals = made("ListWrapperInterval", values=[])
        legacy = agent.patch_workforcemanagement_managementunit_week_shifttrade("mine", WEEK, trade.id, patch)
        assert (legacy.one_sided, legacy.metadata.version) == (True, 4)

        traders = agent.get_workforcemanagement_managementunit_shifttrades_users("mine").entities
        assert [each.id for each in traders] == [bob]
        wanted = made("SearchShiftTradesRequest", receiving_schedule_id="sch-1", receiving_shift_ids=[f"bob-{WEEK}"])
        found = other.post_workforcemanagement_managementunit_week_shifttrades_search(unit, WEEK, wanted).trades
        assert [(each.trade.id, each.matching_receiving_shift_ids) for each in found] == [(trade.id, [])]
        assert sum(each.payable_minutes for each in found[0].preview.activities) == 480

        taking = made("MatchShiftTradeJobRequest", week_date=WEEK, metadata=version(4))
        other.post_workforcemanagement_shifttrading_trade_match_jobs(trade.id, taking)
        asked = made("QueryWeekSummaryListJobRequest", week_dates=[WEEK], management_unit_ids=[unit])
        now = boss.post_workforcemanagement_businessunit_shifttrading_weeks_summary_jobs(business, asked)
        (week,) = now.query_week_summaries_result.weeks
        assert (week.week_date, week.initiating_matched_count, week.cross_week_receiving_matched_count) == (WEEK, 1, 0)
        later = boss.post_workforcemanagement_businessunit_shifttrading_weeks_summary_jobs(
            business, asked, force_async=True
        )
        kept = boss.get_workforcemanagement_businessunit_shifttrading_weeks_summary_job(business, later.id)
        assert kept.query_week_summaries_result.weeks[0].initiating_matched_count == 1
        summary = boss.get_workforcemanagement_managementunit_shifttrades_matched(unit).entities
        assert [(each.week_date, each.count, each.cross_week_receiving_count) for each in summary] == [(WEEK, 1, 0)]

    await drive(centre.tenant, TRADES, script, "admin-1", ada, bob)
