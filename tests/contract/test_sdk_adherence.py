"""The vendor's Python SDK, unmodified, drives every operation of adherence."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import PureCloudPlatformClientV2 as Vendor
import pytest
from PureCloudPlatformClientV2.rest import ApiException
from tests.contract.driving import Sdk, drive
from tests.contract.test_sdk_requests import made
from tests.store.conftest import make_tenant
from tests.store.workforce.conftest import Centre, make_centre, person_id
from tests.store.workforce.test_adherence import SIX, publish

from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import create_role_in, grant_role_in
from shiftline.presence.model import PURECLOUD, PresenceRequest, SystemPresence
from shiftline.presence.operations.definitions import prepare_organization
from shiftline.presence.operations.presences import change_presence
from shiftline.workforce.adherence.endpoints import ROUTES
from shiftline.workforce.adherence.operations.history import run_history
from shiftline.workforce.adherence.wire.history import show_file

sdk: Any = Vendor
HOUR = timedelta(hours=1)


@pytest.fixture
async def centre(context: Any) -> Centre:
    """Friday at seven in Chicago: Ada came to her shift half an hour late."""
    context.clock.set(SIX - HOUR)
    centre = await make_centre(await make_tenant(context))
    async with context.transaction() as tx:
        await prepare_organization(tx, "org-1")
    await publish(centre, SIX, 8)
    context.clock.set(SIX + HOUR / 2)
    on_queue = PresenceRequest(system_presence=SystemPresence.ON_QUEUE)
    await change_presence(centre.boss, person_id(centre.ada), PURECLOUD, on_queue)
    context.clock.set(SIX + HOUR)
    return centre


def explanation(**more: Any) -> Any:
    return made("AddAdherenceExplanationAdminRequest", type="Late", start_date=SIX, length_minutes=30, **more)


async def test_boards(centre: Centre) -> None:
    ada, bob, unit = person_id(centre.ada), person_id(centre.bob), centre.chicago.id

    def script(api: Sdk) -> None:
        boss = sdk.WorkforceManagementApi(api)
        board = {each.user.id: each for each in boss.get_workforcemanagement_managementunit_adherence(unit).entities}
        assert set(board) == {ada, bob}
        hers = board[ada]
        assert (hers.adherence_state, hers.impact, hers.scheduled_activity_category) == (
            "InAdherence",
            "Neutral",
            "OnQueueWork",
        )
        assert (hers.system_presence, hers.routing_status, hers.actual_activity_category) == (
            "OnQueue",
            "IDLE",
            "OnQueueWork",
        )
        assert (hers.scheduled_activity_code.id, hers.removed_from_management_unit) == ("0", False)
        assert hers.time_of_adherence_change == SIX + HOUR / 2
        assert board[bob].adherence_state == "Unscheduled"
        assert [each.user.id for each in boss.get_workforcemanagement_adherence([bob])] == [bob]

    await drive(centre.tenant, ROUTES, script, "admin-1")


async def test_explanations(centre: Centre) -> None:
    ada, unit = person_id(centre.ada), centre.unit.id

    def script(api: Sdk) -> None:
        boss = sdk.WorkforceManagementApi(api)
        job = boss.post_workforcemanagement_agent_adherence_explanations(ada, explanation(notes="Train")).job
        assert (job.type, job.status) == ("AddExplanation", "Complete")
        kept = boss.get_workforcemanagement_adherence_explanations_job(job.id)
        found = kept.adherence_explanation
        assert (found.status, found.length_minutes, found.notes, found.agent.id) == ("Pending", 30, "Train", ada)
        read = boss.get_workforcemanagement_agent_adherence_explanation(ada, found.id)
        assert (read.id, read.start_date) == (found.id, SIX)
        decision = made("UpdateAdherenceExplanationStatusRequest", status="Approved")
        done = boss.patch_workforcemanagement_agent_adherence_explanation(ada, found.id, decision).job
        assert done.type == "UpdateExplanation"
        span = made("AgentQueryAdherenceExplanationsRequest", start_date=SIX - HOUR, end_date=SIX + HOUR)
        (one,) = boss.post_workforcemanagement_agent_adherence_explanations_query(ada, span).result.entities
        assert (one.status, one.reviewed_by.id) == ("Approved", "admin-1")
        wide = made("BuQueryAdherenceExplanationsRequest", start_date=SIX - HOUR, end_date=SIX + HOUR, agent_ids=[ada])
        later = boss.post_workforcemanagement_businessunit_adherence_explanations_query(
            unit, wide, force_async=True
        ).job
        kept = boss.get_workforcemanagement_adherence_explanations_job(later.id)
        assert [each.id for each in kept.bu_query_response_template.entities] == [found.id]
        with pytest.raises(ApiException) as refused:
            boss.post_workforcemanagement_agent_adherence_explanations(ada, explanation())
        assert refused.value.status == 409
        mine = made("AddAdherenceExplanationAgentRequest", type="Late", start_date=SIX, length_minutes=30)
        with pytest.raises(ApiException) as nobody:  # the administrator is no agent
            boss.post_workforcemanagement_adherence_explanations(mine)
        assert nobody.value.status == 404
        assert boss.post_workforcemanagement_adherence_explanations_query(span).result.entities == []
        with pytest.raises(ApiException) as strange:
            boss.get_workforcemanagement_adherence_explanation(found.id)
        assert strange.value.status == 404

    await drive(centre.tenant, ROUTES, script, "admin-1")


async def test_history(centre: Centre, context: Any) -> None:
    unit, ada = centre.chicago.id, person_id(centre.ada)
    context.clock.set(datetime(2023, 10, 28, 12, tzinfo=UTC))
    loop = asyncio.get_running_loop()

    def work(job_id: str) -> None:
        """What the worker does."""
        asyncio.run_coroutine_threadsafe(run_history(centre.boss, job_id, show_file), loop).result(30)

    def script(api: Sdk) -> None:
        boss = sdk.WorkforceManagementApi(api)
        asked = made("WfmHistoricalAdherenceQuery", start_date=SIX, end_date=SIX + 8 * HOUR, include_exceptions=True)
        started = boss.post_workforcemanagement_managementunit_historicaladherencequery(unit, asked)
        assert started.query_state == "Processing"
        work(started.id)
        done = boss.get_workforcemanagement_adherence_historical_job(started.id)
        assert (done.query_state, len(done.download_urls)) == ("Complete", 1)
        results = {each.user_id: each for each in done.download_result.data}
        assert results[ada].adherence_percentage == 93.75
        (late,) = results[ada].exception_info
        assert (late.start_offset_seconds, late.end_offset_seconds, late.impact) == (0, 1800, "Negative")
        (day,) = results[ada].day_metrics
        assert (day.schedule_length_secs, day.exception_duration_secs, day.exception_count) == (28800, 1800, 1)
        item = made(
            "WfmHistoricalAdherenceBulkItem",
            management_unit_id=unit,
            start_date=SIX,
            end_date=SIX + HOUR,
            include_actuals=True,
        )
        bulk = boss.post_workforcemanagement_adherence_historical_bulk(
            made("WfmHistoricalAdherenceBulkQuery", items=[item])
        )
        work(bulk.job.id)
        whole = boss.get_workforcemanagement_adherence_historical_bulk_job(bulk.job.id)
        hers = next(each for each in whole.download_result.user_results if each.user_id == ada)
        assert [each.actual_activity_category for each in hers.actuals] == ["Unavailable", "OnQueueWork"]
        assert (hers.adherence_percentage, hers.day_metrics[0].adherence_schedule_seconds) == (50.0, 3600)
        own = made("WfmHistoricalAdherenceQueryForAgent", start_date=SIX)
        with pytest.raises(ApiException) as nobody:
            boss.post_workforcemanagement_agents_me_adherence_historical_jobs(body=own)
        assert nobody.value.status == 404

    await drive(centre.tenant, ROUTES, script, "admin-1")


async def test_an_agents_own_history(centre: Centre, context: Any) -> None:
    context.clock.set(SIX + 8 * HOUR)
    ada, loop = person_id(centre.ada), asyncio.get_running_loop()
    async with centre.boss.transaction() as tx:
        permissions = ("wfm:agentHistoricalAdherence:view", "wfm:agentSchedule:view")
        role = await create_role_in(tx, RoleDraft("History", None, permissions))
        await grant_role_in(tx, ada, role.id, "*")

    def script(api: Sdk) -> None:
        mine = sdk.WorkforceManagementApi(api)
        asked = made("WfmHistoricalAdherenceQueryForAgent", start_date=SIX, end_date=SIX + 8 * HOUR)
        started = mine.post_workforcemanagement_agents_me_adherence_historical_jobs(
            body=asked, expand=["scheduledActivities"]
        )
        assert started.job.status == "Processing"
        asyncio.run_coroutine_threadsafe(run_history(centre.boss, started.job.id, show_file), loop).result(30)
        result = mine.get_workforcemanagement_agents_me_adherence_historical_job(started.job.id).result
        assert (result.user.id, result.adherence_percentage, result.conformance_percentage) == (ada, 93.75, None)
        assert [each.activity_code_id for each in result.scheduled_activities] == ["0"]
        with pytest.raises(ApiException) as refused:
            mine.post_workforcemanagement_agents_me_adherence_historical_jobs(body=asked, expand=["conformance"])
        assert refused.value.status == 403

    await drive(centre.tenant, ROUTES, script, ada)
