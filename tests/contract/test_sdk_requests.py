"""The vendor's Python SDK, unmodified, drives every operation of time off, preferences, trades and WFM notifications."""

from datetime import UTC, datetime
from typing import Any

import PureCloudPlatformClientV2 as Vendor
import pytest
from tests.contract.driving import Sdk, drive
from tests.store.conftest import make_tenant
from tests.store.workforce.conftest import Centre, make_centre, person_id
from tests.store.workforce.test_notices import carry
from tests.store.workforce.test_trades import WEEK, publish

from shiftline.workforce.notices.endpoints import ROUTES as NOTICES
from shiftline.workforce.preferences.endpoints import ROUTES as PREFERENCES
from shiftline.workforce.schedule.endpoints import ROUTES as SCHEDULES
from shiftline.workforce.timeoff.endpoints import ROUTES as TIME_OFF
from shiftline.workforce.trades.endpoints import ROUTES as TRADES

sdk: Any = Vendor


@pytest.fixture
async def centre(context: Any) -> Centre:
    context.clock.set("2023-10-20T12:00:00-05:00")
    return await make_centre(await make_tenant(context))


def made(kind: str, **fields: Any) -> Any:
    """One of the SDK's models with these fields."""
    model = getattr(sdk, kind)()
    for name, value in fields.items():
        setattr(model, name, value)
    return model


def version(number: int) -> Any:
    return made("WfmVersionedEntityMetadata", version=number)


def clients(*apis: Sdk) -> list[Any]:
    return [sdk.WorkforceManagementApi(api) for api in apis]


async def test_approved_time_off_shows_in_the_agents_schedule(centre: Centre) -> None:
    ada, unit = person_id(centre.ada), centre.chicago.id
    await publish(centre)

    def ask(boss_api: Sdk, agent_api: Sdk) -> None:
        boss, agent = clients(boss_api, agent_api)

        def search() -> Any:
            span = {"start_date": datetime(2023, 10, 26, tzinfo=UTC), "end_date": datetime(2023, 10, 29, tzinfo=UTC)}
            (found,) = boss.post_workforcemanagement_managementunit_agentschedules_search(
                unit, body=made("BuSearchAgentSchedulesRequest", user_ids=[ada], **span)
            ).result.agent_schedules
            return found

        assert len(search().shifts) == 1
        days = made(
            "CreateAgentTimeOffRequest",
            activity_code_id="5",
            full_day_management_unit_dates=["2023-10-27"],
            daily_duration_minutes=480,
        )
        asked = agent.post_workforcemanagement_timeoffrequests(body=days)
        approval = made("AdminTimeOffRequestPatch", status="APPROVED", metadata=version(1))
        approved = boss.patch_workforcemanagement_managementunit_user_timeoffrequest(unit, ada, asked.id, body=approval)
        found = search()
        assert found.shifts == []
        (marker,) = found.full_day_time_off_markers
        assert str(marker.business_unit_date) == "2023-10-27"
        assert (marker.time_off_request_id, marker.time_off_request_sync_version) == (asked.id, approved.sync_version)
        assert (marker.length_minutes, marker.activity_code_id, marker.paid) == (480, "5", True)
        agent.patch_workforcemanagement_timeoffrequest(
            asked.id, body=made("AgentTimeOffRequestPatch", status="CANCELED")
        )
        found = search()
        assert ([each.id for each in found.shifts], found.full_day_time_off_markers) == ([f"ada-{WEEK}"], [])

    await drive(centre.tenant, [*TIME_OFF, *SCHEDULES], ask, "admin-1", ada)


async def test_time_off_and_notifications(centre: Centre) -> None:
    ada, unit = person_id(centre.ada), centre.chicago.id

    def ask(boss_api: Sdk, agent_api: Sdk) -> None:
        boss, agent = clients(boss_api, agent_api)
        days = {
            "activity_code_id": "5",
            "full_day_management_unit_dates": ["2023-10-30"],
            "daily_duration_minutes": 480,
        }
        whole = agent.post_workforcemanagement_timeoffrequests(body=made("CreateAgentTimeOffRequest", **days))
        assert (whole.status, whole.substatus, whole.is_full_day_request) == ("PENDING", "ManualApproval", True)
        assert whole.submitted_date == datetime(2023, 10, 20, 17, tzinfo=UTC)
        start = datetime(2023, 11, 2, 14, tzinfo=UTC)
        part = made(
            "CreateAgentTimeOffRequest",
            activity_code_id="5",
            partial_day_start_date_times=[start],
            duration_minutes=[120],
        )
        assert agent.post_workforcemanagement_timeoffrequests(body=part).partial_day_start_date_times == [start]
        assert len(agent.get_workforcemanagement_timeoffrequests().time_off_requests) == 2
        assert agent.get_workforcemanagement_timeoffrequest(whole.id).duration_minutes == [480]
        noted = agent.patch_workforcemanagement_timeoffrequest(
            whole.id, body=made("AgentTimeOffRequestPatch", notes="please", marked_as_read=True)
        )
        assert (noted.notes, noted.metadata.version) == ("please", 2)

        approval = made("AdminTimeOffRequestPatch", status="APPROVED", metadata=version(2))
        approved = boss.patch_workforcemanagement_managementunit_user_timeoffrequest(unit, ada, whole.id, body=approval)
        assert (approved.status, approved.reviewed_by.id) == ("APPROVED", "admin-1")
        with pytest.raises(sdk.rest.ApiException) as stale:
            boss.patch_workforcemanagement_managementunit_user_timeoffrequest(unit, ada, whole.id, body=approval)
        assert stale.value.status == 409
        query = made(
            "TimeOffRequestQueryBody",
            statuses=["APPROVED", "PENDING"],
            date_range=made("DateRange", start_date="2023-01-01", end_date="2024-12-31"),
        )
        found = boss.post_workforcemanagement_managementunit_timeoffrequests_query(unit, body=query)
        assert [each.status for each in found.entities] == ["APPROVED", "PENDING"]
        read = boss.get_workforcemanagement_managementunit_user_timeoffrequest(unit, ada, whole.id)
        assert read.metadata.version == 3
        listed = boss.get_workforcemanagement_managementunit_user_timeoffrequests(unit, ada)
        assert len(listed.time_off_requests) == 2
        entry = made("CreateAdminTimeOffRequest", **{**days, "full_day_management_unit_dates": ["2023-12-01"]})
        entry.users, entry.status = [made("UserReference", id=ada)], "APPROVED"
        entered = boss.post_workforcemanagement_managementunit_timeoffrequests(unit, body=entry)
        assert entered.time_off_requests[0].status == "APPROVED"
        canceled = agent.patch_workforcemanagement_timeoffrequest(
            whole.id, body=made("AgentTimeOffRequestPatch", status="CANCELED")
        )
        assert canceled.status == "CANCELED"

    def read(agent_api: Sdk) -> None:
        (agent,) = clients(agent_api)
        told = agent.get_workforcemanagement_notifications().entities
        assert {each.time_off_request.status for each in told} == {"APPROVED"}
        told[0].marked_as_read = True
        marked = agent.post_workforcemanagement_notifications_update(
            body=made("UpdateNotificationsRequest", entities=[told[0]])
        )
        assert (marked.entities[0].id, marked.entities[0].mutable_group_id) == (told[0].id, told[0].mutable_group_id)
        again = agent.get_workforcemanagement_notifications().entities
        assert [each.marked_as_read for each in again].count(True) == 1

    await drive(centre.tenant, TIME_OFF, ask, "admin-1", ada)
    await carry(centre)
    await drive(centre.tenant, NOTICES, read, ada)


async def test_preferences_and_unavailable_times(centre: Centre) -> None:
    ada = person_id(centre.ada)

    def script(boss_api: Sdk, agent_api: Sdk) -> None:
        boss, agent = clients(boss_api, agent_api)
        span = made("WfmTimeSpan", start_date=datetime(2023, 10, 23, 9, tzinfo=UTC), length_minutes=60)
        month = made(
            "QueryAgentSchedulingPreferencesRequest",
            start_date=datetime(2023, 10, 1, tzinfo=UTC),
            end_date=datetime(2023, 11, 1, tzinfo=UTC),
        )
        wish = made("AgentSchedulingPreference", time_span=span, preference_level="StronglyPrefer")
        wanted = made("UpdateAgentSchedulingPreferencesRequest", preferences_to_add=[wish])
        stated = agent.patch_workforcemanagement_schedulingpreferences(body=wanted).entities[0]
        assert (stated.preference_level, stated.time_span.length_minutes) == ("StronglyPrefer", 60)
        assert len(agent.post_workforcemanagement_schedulingpreferences_query(body=month).entities) == 1
        assert len(boss.post_workforcemanagement_agent_schedulingpreferences_query(ada, body=month).entities) == 1
        gone = made("UpdateAgentSchedulingPreferencesRequest", preference_ids_to_remove=[stated.id])
        assert agent.patch_workforcemanagement_schedulingpreferences(body=gone).entities == []

        away = made("UpdateUnavailableTime", time_span=span, notes="dentist")
        change = made("UpdateUnavailableTimesRequest", entities=[away])
        assert agent.patch_workforcemanagement_unavailabletimes(body=change).entities[0].notes == "dentist"
        assert len(agent.post_workforcemanagement_unavailabletimes_query(body=month).entities) == 1
        assert len(boss.post_workforcemanagement_agent_unavailabletimes_query(ada, body=month).entities) == 1
        results = boss.patch_workforcemanagement_agent_unavailabletimes(ada, body=change).results
        assert [each.status for each in results] == ["Complete"]

    await drive(centre.tenant, PREFERENCES, script, "admin-1", ada)


async def test_trades_of_both_generations(centre: Centre) -> None:
    await publish(centre)
    ada, bob, unit, business = person_id(centre.ada), person_id(centre.bob), centre.chicago.id, centre.unit.id

    def script(boss_api: Sdk, ada_api: Sdk, bob_api: Sdk) -> None:
        boss, agent, other = clients(boss_api, ada_api, bob_api)
        shift = made("InitiatingShiftRequestItem", id=f"ada-{WEEK}", week_date=WEEK)
        shift.schedule = made("BuScheduleReference", id="sch-1")
        expiry = datetime(2023, 10, 26, tzinfo=UTC)
        offer = made("AddShiftTradeJobRequest", initiating_shift=shift, expiration_date=expiry, acceptable_intervals=[])
        started = agent.post_workforcemanagement_shifttrading_trades_jobs(offer, force_async=True)
        assert (started.status, started.add_trade_result) == ("Processing", None)
        job = agent.get_workforcemanagement_shifttrading_trades_job(started.id)
        assert (job.status, job.add_trade_result.state, job.type) == ("Complete", "Unmatched", "AddTrade")
        trade = job.add_trade_result
        assert trade.initiating.shift.start_date == datetime(2023, 10, 27, 11, tzinfo=UTC)

        weeks = {"week_dates": [WEEK]}
        mine = made("QueryAgentShiftTradeListJobRequest", **weeks)
        now = agent.post_workforcemanagement_shifttrading_trades_mine_query_jobs(mine)
        assert now.query_agent_trades_result.entities[0].id == trade.id
        later = agent.post_workforcemanagement_shifttrading_trades_mine_query_jobs(mine, force_async=True)
        kept = agent.get_workforcemanagement_shifttrading_trades_mine_query_job(later.id)
        assert kept.query_agent_trades_result.entities[0].id == trade.id
        everyone = made("QueryShiftTradeListJobRequest", management_unit_ids=[unit], **weeks)
        now = boss.post_workforcemanagement_businessunit_shifttrading_trades_query_jobs(business, everyone)
        assert now.query_trades_result.entities[0].metadata.version == 1
        later = boss.post_workforcemanagement_businessunit_shifttrading_trades_query_jobs(
            business, everyone, force_async=True
        )
        kept = boss.get_workforcemanagement_businessunit_shifttrading_trades_query_job(business, later.id)
        assert len(kept.query_trades_result.entities) == 1
        search = made("SearchUnmatchedShiftTradeListJobRequest", management_unit_ids=[unit], **weeks)
        now = other.post_workforcemanagement_businessunit_shifttrading_unmatched_search_jobs(business, search)
        assert now.search_unmatched_trades_result.trades[0].trade.one_sided is True
        later = other.post_workforcemanagement_businessunit_shifttrading_unmatched_search_jobs(
            business, search, force_async=True
        )
        kept = other.get_workforcemanagement_businessunit_shifttrading_unmatched_search_job(business, later.id)
        assert kept.search_unmatched_trades_result.trades[0].trade.id == trade.id

        assert agent.get_workforcemanagement_shifttrades().entities[0].initiating_shift_id == f"ada-{WEEK}"
        week = boss.get_workforcemanagement_managementunit_week_shifttrades(unit, WEEK)
        assert week.entities[0].trade.week_date == WEEK
        assert len(boss.get_workforcemanagement_managementunit_agent_shifttrades(unit, ada).entities) == 1
        cancel = made("UpdateShiftTradeStateJobRequest", state="Canceled", week_date=WEEK, metadata=version(1))
        done = agent.post_workforcemanagement_shifttrading_trade_state_jobs(trade.id, cancel, force_async=True)
        kept = agent.get_workforcemanagement_shifttrading_trade_state_job(trade.id, done.id)
        assert kept.update_trade_state_result.state == "Canceled"
        legacy = made(
            "AddShiftTradeRequest",
            schedule_id="sch-1",
            initiating_shift_id=f"ada-{WEEK}",
            expiration=expiry,
            acceptable_intervals=["2023-10-26T10:00:00.000Z/2023-10-26T20:00:00.000Z"],
        )
        added = agent.post_workforcemanagement_managementunit_week_shifttrades(unit, WEEK, legacy)
        assert (added.state, added.one_sided) == ("Unmatched", False)

    await drive(centre.tenant, TRADES, script, "admin-1", ada, bob)


async def test_an_offer_is_matched_approved_and_stands_in_the_schedule(centre: Centre) -> None:
    await publish(centre)
    ada, bob, unit, business = person_id(centre.ada), person_id(centre.bob), centre.chicago.id, centre.unit.id
    thursday = datetime(2023, 10, 26, 11, tzinfo=UTC)

    def script(boss_api: Sdk, ada_api: Sdk, bob_api: Sdk) -> None:
        boss, agent, other = clients(boss_api, ada_api, bob_api)
        shift = made("InitiatingShiftRequestItem", id=f"ada-{WEEK}", week_date=WEEK)
        shift.schedule = made("BuScheduleReference", id="sch-1")
        accepted = made("RequiredDateRange", start_date=thursday, end_date=datetime(2023, 10, 26, 19, tzinfo=UTC))
        offer = made("AddShiftTradeJobRequest", initiating_shift=shift, acceptable_intervals=[accepted])
        trade = agent.post_workforcemanagement_shifttrading_trades_jobs(offer).add_trade_result

        search = made("SearchUnmatchedShiftTradeListJobRequest", week_dates=[WEEK], receiving_shift_ids=[f"bob-{WEEK}"])
        found = other.post_workforcemanagement_businessunit_shifttrading_unmatched_search_jobs(business, search)
        (match,) = found.search_unmatched_trades_result.trades[0].receiving_shift_matches
        assert match.shift_ids == [f"bob-{WEEK}"]
        assert sum(each.payable_minutes for each in match.preview.activities) == 480

        taking = made(
            "MatchShiftTradeJobRequest", week_date=WEEK, receiving_shift_id=f"bob-{WEEK}", metadata=version(1)
        )
        taking.receiving_schedule = made("ReceivingScheduleLookup", id="sch-1")
        later = other.post_workforcemanagement_shifttrading_trade_match_jobs(trade.id, taking, force_async=True)
        kept = other.get_workforcemanagement_shifttrading_trade_match_job(trade.id, later.id)
        assert (kept.status, kept.type) == ("Complete", "MatchTrade")
        matched = kept.match_trade_result
        assert (matched.trade.state, matched.trade.receiving.user.id) == ("Matched", bob)
        review = matched.match_review
        assert (review.violations, review.admin_review_violations) == ([], [])
        for side in (review.initiating_user, review.receiving_user):
            assert (side.pre_trade_schedule_paid_minutes, side.post_trade_schedule_paid_minutes) == (480, 480)
        second = other.post_workforcemanagement_shifttrading_trade_match_jobs(trade.id, taking)
        assert second.match_trade_result.trade.metadata.version == 2

        evaluate = made("EvaluateShiftTradeListJobRequest", management_unit_ids=[unit], week_dates=[WEEK])
        now = boss.post_workforcemanagement_businessunit_shifttrading_trades_evaluate_jobs(business, evaluate)
        assert now.evaluate_trades_result.entities[0].trade.id == trade.id
        later = boss.post_workforcemanagement_businessunit_shifttrading_trades_evaluate_jobs(
            business, evaluate, force_async=True
        )
        kept = boss.get_workforcemanagement_businessunit_shifttrading_trades_evaluate_job(business, later.id)
        assert len(kept.evaluate_trades_result.entities) == 1
        week = boss.get_workforcemanagement_managementunit_week_shifttrades(unit, WEEK)
        assert week.entities[0].match_review.unevaluated_rules != []

        wish = made("BulkUpdateShiftTradeStateRequestItem", id=trade.id, state="Approved", metadata=version(2))
        bulk = made("BulkUpdateShiftTradeListJobRequest", entities=[wish])
        later = boss.post_workforcemanagement_businessunit_shifttrading_trades_state_bulk_jobs(
            business, bulk, force_async=True
        )
        kept = boss.get_workforcemanagement_businessunit_shifttrading_trades_state_bulk_job(business, later.id)
        (done,) = kept.bulk_update_trade_states_result.entities
        assert (done.state, done.failure_reason, done.reviewed_by.id) == ("Approved", None, "admin-1")

        wanted = {"start_date": datetime(2023, 10, 23, tzinfo=UTC), "end_date": datetime(2023, 10, 30, tzinfo=UTC)}
        asked = made("BuSearchAgentSchedulesRequest", user_ids=[ada, bob], **wanted)
        stands = boss.post_workforcemanagement_businessunit_agentschedules_search(business, body=asked)
        mine = {each.user.id: [shift.id for shift in each.shifts] for each in stands.result.agent_schedules}
        assert mine == {ada: [f"bob-{WEEK}"], bob: [f"ada-{WEEK}"]}

    await drive(centre.tenant, [*TRADES, *SCHEDULES], script, "admin-1", ada, bob)


async def test_the_legacy_operations_take_and_deny(centre: Centre) -> None:
    await publish(centre)
    ada, bob, unit = person_id(centre.ada), person_id(centre.bob), centre.chicago.id

    def script(boss_api: Sdk, ada_api: Sdk, bob_api: Sdk) -> None:
        boss, agent, other = clients(boss_api, ada_api, bob_api)
        asked = made("AddShiftTradeRequest", schedule_id="sch-1", initiating_shift_id=f"ada-{WEEK}")
        trade = agent.post_workforcemanagement_managementunit_week_shifttrades(unit, WEEK, asked)
        taking = made("MatchShiftTradeRequest", metadata=version(1))
        answer = other.post_workforcemanagement_managementunit_week_shifttrade_match(unit, WEEK, trade.id, taking)
        assert (answer.trade.state, answer.trade.receiving_user.id, answer.violations) == ("Matched", bob, [])
        wish = made("BulkUpdateShiftTradeStateRequestItem", id=trade.id, state="Denied", metadata=version(2))
        bulk = made("BulkShiftTradeStateUpdateRequest", entities=[wish])
        denied = boss.post_workforcemanagement_managementunit_week_shifttrades_state_bulk(unit, WEEK, bulk)
        assert [each.state for each in denied.result.entities] == ["Denied"]

    await drive(centre.tenant, TRADES, script, "admin-1", ada, bob)


async def test_the_older_schedules_of_a_management_unit(centre: Centre) -> None:
    await publish(centre)
    ada, cleo, unit = person_id(centre.ada), person_id(centre.cleo), centre.chicago.id

    def script(boss_api: Sdk) -> None:
        (boss,) = clients(boss_api)
        for week in ("recent", str(WEEK)):
            (listed,) = boss.get_workforcemanagement_managementunit_week_schedules(unit, week).entities
            assert (listed.id, listed.published, listed.metadata.version) == ("sch-1", True, 1)
        assert boss.get_workforcemanagement_managementunit_week_schedules(unit, "2024-01-07").entities == []
        found = boss.get_workforcemanagement_managementunit_week_schedule(unit, str(WEEK), "sch-1").result
        # Cleo works in another management unit.
        assert (ada in found.user_schedules, cleo in found.user_schedules) == (True, False)
        mine = found.user_schedules[ada]
        assert ([each.id for each in mine.shifts], mine.metadata.version) == ([f"ada-{WEEK}"], 1)
        for wrong in (("nowhere", str(WEEK), "sch-1"), (unit, "2024-01-07", "sch-1"), (unit, str(WEEK), "sch-2")):
            with pytest.raises(sdk.rest.ApiException) as refused:
                boss.get_workforcemanagement_managementunit_week_schedule(*wrong)
            assert refused.value.status == 404

    await drive(centre.tenant, SCHEDULES, script, "admin-1")
