"""The vendor's Python SDK, unmodified, drives every operation of adherence adjustments."""

from datetime import timedelta
from typing import Any

import PureCloudPlatformClientV2 as Vendor
import pytest
from PureCloudPlatformClientV2.rest import ApiException
from tests.contract.driving import Sdk, drive
from tests.contract.test_sdk_requests import made
from tests.store.conftest import make_tenant
from tests.store.workforce.conftest import Centre, make_centre, person_id
from tests.store.workforce.test_adherence import SIX

from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import create_role_in, grant_role_in
from shiftline.workforce.adjustments.endpoints import ROUTES

sdk: Any = Vendor
HOUR = timedelta(hours=1)
SUBMIT = "wfm:agentAdherenceAdjustment:submit"


@pytest.fixture
async def centre(context: Any) -> Centre:
    context.clock.set(SIX + 8 * HOUR)
    centre = await make_centre(await make_tenant(context))
    async with context.transaction() as tx:
        role = await create_role_in(tx, RoleDraft("Adjuster", None, (SUBMIT,)))
        await grant_role_in(tx, person_id(centre.ada), role.id, "*")
    return centre


async def test_reason_codes_and_settings(centre: Centre) -> None:
    unit = centre.unit.id

    def script(api: Sdk) -> None:
        boss = sdk.WorkforceManagementApi(api)
        late = boss.post_workforcemanagement_businessunit_adherence_adjustments_reasoncodes(
            unit, made("CreateAdherenceAdjustmentsReasonCodeRequest", name="Late train")
        )
        assert (late.name, late.state, late.metadata.version) == ("Late train", "Active", 1)
        names = [made("CreateAdherenceAdjustmentsReasonCodeRequest", name=each) for each in ("Computer", "Snow")]
        more = boss.post_workforcemanagement_businessunit_adherence_adjustments_reasoncodes_bulk(
            unit, made("CreateAdherenceAdjustmentsReasonCodesBulkRequest", reason_codes=names)
        ).entities
        ids = [each.id for each in more]
        read = boss.get_workforcemanagement_businessunit_adherence_adjustments_reasoncode(unit, late.id)
        assert read.to_dict() == late.to_dict()
        some = boss.get_workforcemanagement_businessunit_adherence_adjustments_reasoncodes_bulk(unit, ids).entities
        assert [each.id for each in some] == ids
        changed = boss.patch_workforcemanagement_businessunit_adherence_adjustments_reasoncode(
            unit,
            late.id,
            made("UpdateAdherenceAdjustmentsReasonCodeRequest", state="Inactive", metadata=late.metadata),
        )
        assert (changed.state, changed.metadata.version) == ("Inactive", 2)
        renamed = [
            made(
                "UpdateAdherenceAdjustmentsReasonCodesBulkItem",
                id=each.id,
                name=f"{each.name} failed",
                metadata=each.metadata,
            )
            for each in more
        ]
        done = boss.patch_workforcemanagement_businessunit_adherence_adjustments_reasoncodes_bulk(
            unit, made("UpdateAdherenceAdjustmentsReasonCodesBulkRequest", reason_codes=renamed)
        ).entities
        assert [each.name for each in done] == ["Computer failed", "Snow failed"]
        boss.delete_workforcemanagement_businessunit_adherence_adjustments_reasoncode(unit, late.id)
        boss.delete_workforcemanagement_businessunit_adherence_adjustments_reasoncodes_bulk(unit, ids)
        assert boss.get_workforcemanagement_businessunit_adherence_adjustments_reasoncodes(unit).entities == []
        setting = boss.get_workforcemanagement_businessunit_adherence_adjustments_settings(unit)
        assert setting.submission_range_constraint_days == 14
        wanted = made(
            "UpdateBuAdherenceAdjustmentsSettingsRequest",
            submission_range_constraint_days=30,
            metadata=setting.metadata,
        )
        kept = boss.patch_workforcemanagement_businessunit_adherence_adjustments_settings(unit, wanted)
        assert (kept.submission_range_constraint_days, kept.metadata.version) == (30, 1)

    await drive(centre.tenant, ROUTES, script, "admin-1")


async def test_an_agent_submits_and_a_supervisor_decides(centre: Centre) -> None:
    ada, unit = person_id(centre.ada), centre.unit.id
    known: dict[str, str] = {}
    span = made("AgentQueryAdherenceAdjustmentsRequest", start_date=SIX - HOUR, end_date=SIX + 9 * HOUR)

    def prepare(api: Sdk) -> None:
        boss = sdk.WorkforceManagementApi(api)
        known["code"] = boss.post_workforcemanagement_businessunit_adherence_adjustments_reasoncodes(
            unit, made("CreateAdherenceAdjustmentsReasonCodeRequest", name="Late train")
        ).id

    def submit(api: Sdk) -> None:
        mine = sdk.WorkforceManagementApi(api)
        wanted = made(
            "AddAdherenceAdjustmentAgentRequest",
            reason_code_id=known["code"],
            start_date=SIX,
            length_minutes=30,
            submitter_notes="Snow",
        )
        found = mine.post_workforcemanagement_adherence_adjustments(wanted)
        assert (found.status, found.length_minutes, found.expired, found.agent.id) == ("Pending", 30, False, ada)
        longer = made("UpdateAdherenceAdjustmentAgentRequest", length_minutes=45, metadata=found.metadata)
        changed = mine.patch_workforcemanagement_adherence_adjustment(found.id, longer)
        assert (changed.length_minutes, changed.metadata.version) == (45, 2)
        with pytest.raises(ApiException) as stale:
            mine.patch_workforcemanagement_adherence_adjustment(found.id, longer)
        assert stale.value.status == 409
        wanted.start_date, wanted.length_minutes = SIX + HOUR, 10
        second = mine.post_workforcemanagement_adherence_adjustments(wanted)
        wanted.start_date = SIX + 2 * HOUR
        mine.delete_workforcemanagement_adherence_adjustment(
            mine.post_workforcemanagement_adherence_adjustments(wanted).id
        )
        page = mine.post_workforcemanagement_adherence_adjustments_query(span, page_size=1)
        assert [each.id for each in page.entities] == [found.id]
        assert f"after={found.id}" in page.next_uri
        rest = mine.post_workforcemanagement_adherence_adjustments_query(span, after=found.id)
        assert ([each.id for each in rest.entities], rest.next_uri) == ([second.id], None)
        assert mine.get_workforcemanagement_adherence_adjustment(found.id).to_dict() == changed.to_dict()
        known["one"], known["two"] = found.id, second.id

    def decide(api: Sdk) -> None:
        boss = sdk.WorkforceManagementApi(api)
        one = boss.get_workforcemanagement_agent_adherence_adjustment(ada, known["one"])
        approve = made(
            "UpdateAdherenceAdjustmentAdminRequest",
            status="Approved",
            reviewer_notes="Seen",
            length_minutes=40,
            metadata=one.metadata,
        )
        done = boss.patch_workforcemanagement_agent_adherence_adjustment(ada, one.id, approve)
        assert (done.status, done.length_minutes, done.reviewed_by.id) == ("Approved", 40, "admin-1")
        (two,) = boss.get_workforcemanagement_businessunit_adherence_adjustments_bulk(unit, [known["two"]]).entities
        items = [made("UpdateAdherenceAdjustmentsBulkItem", id=two.id, status="Denied", metadata=two.metadata)]
        bulk = made("UpdateAdherenceAdjustmentsBulkRequest", adjustments=items)
        (denied,) = boss.patch_workforcemanagement_businessunit_adherence_adjustments_bulk(unit, bulk).entities
        assert denied.status == "Denied"
        hers = boss.post_workforcemanagement_agent_adherence_adjustments_query(ada, span).entities
        assert [each.status for each in hers] == ["Approved", "Denied"]
        wide = made(
            "BuQueryAdherenceAdjustmentsRequest",
            start_date=SIX - HOUR,
            end_date=SIX + 9 * HOUR,
            statuses=["Approved"],
            user_ids=[ada],
            management_unit_ids=[centre.chicago.id],
            reason_code_ids=[known["code"]],
        )
        found = boss.post_workforcemanagement_businessunit_adherence_adjustments_query(unit, wide).entities
        assert [each.id for each in found] == [known["one"]]

    await drive(centre.tenant, ROUTES, prepare, "admin-1")
    await drive(centre.tenant, ROUTES, submit, ada)
    await drive(centre.tenant, ROUTES, decide, "admin-1")
