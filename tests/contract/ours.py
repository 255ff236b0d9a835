"""One real thing of the sample organization for each path parameter of our document, and what must never be shown."""

import json
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from contract.sdk.bulk_calls import BULK_ACTIONS, new_batch, new_credential, new_integration, new_job
from contract.sdk.centre import Centre, made, sdk, until
from contract.sdk.rings import proposed_ring
from contract.sdk.telephones import recorded_call, waiting_call

_minutes: dict[str, Iterator[datetime]] = {}
BU = "/api/v2/workforcemanagement/businessunits"


def things_of(centre: Centre) -> dict[str, str]:
    """An id of ours by the name of the path parameter that it fills."""
    person, trade = centre.agent_id(), centre.new_trade()
    unit, week, _ = centre.new_schedule()
    upload = centre.call(
        "postWorkforcemanagementBusinessunitWeekSchedulesImportUploadurl",
        unit, week, made("UploadUrlRequestBody", content_length_bytes=100),
    )  # fmt: skip
    weeks = made("QueryAgentShiftTradeListJobRequest", week_dates=centre.weeks_ahead())
    job = centre.call(
        "postWorkforcemanagementShifttradingTradesMineQueryJobs", weeks, force_async=True, who=centre.trader
    )
    code = centre.call("postRoutingWrapupcodes", {"name": centre.fresh("Sold"), "division": {"id": centre.home}})
    activity = made("CreateActivityCodeRequest", name=centre.fresh("Ours"), category="Meeting", length_in_minutes=15)
    codes = centre.call("postWorkforcemanagementBusinessunitActivitycodes", centre.business_unit, body=activity)
    presence = {"languageLabels": {"en_US": centre.fresh("Coffee")}, "systemPresence": "Break"}
    channel = centre.call("postNotificationsChannels", who=0).id
    call = recorded_call(centre)
    agent = call.conversation.participants[-1]
    return {
        **dict.fromkeys(("user_id", "agent_id", "subject_id", "member_id"), person),
        "business_unit_id": centre.business_unit,
        "management_unit_id": centre.management_unit,
        "week_id": str(centre.week),
        "week_date_id": str(trade.initiating.shift.week_date),
        "schedule_id": centre.schedule,
        "number": "1",
        "queue_id": "queue-voice-support",
        "skill_id": "skill-voice-support",
        "language_id": centre.call("postRoutingLanguages", {"name": centre.fresh("Klingon")}).id,
        "code_id": code.id,
        "role_id": centre.new_role("webRTC:enable").id,
        "division_id": centre.home,
        "object_type": "USER",
        "feature_name": "webRTC",
        "client_id": centre.ready["admin"]["clientId"],
        "definition_id": centre.call("postPresenceDefinitions", presence).id,
        "source_id": centre.call("postPresenceSources", {"name": centre.fresh("Teams")}).id,
        "station_id": centre.station_of(person),
        "phone_id": centre.call("getTelephonyProvidersEdgesPhones", web_rtc_user_id=person).entities[0].id,
        "phone_base_id": centre.call("getTelephonyProvidersEdgesPhonebasesettings").entities[0].id,
        "site_id": centre.call("getTelephonyProvidersEdgesSites").entities[0].id,
        "channel_id": channel,
        "conversation_id": call.conversation.id,
        "participant_id": agent.id,
        "communication_id": agent.calls[0].id,
        "decision_id": decision_of(centre),
        "code": "permission.missing",
        **tried_of(centre, person),
        **let_in(centre, person),
        "time_off_request_id": centre.new_time_off().id,
        "activity_code_id": codes.id,
        "work_plan_id": work_plan_of(centre),
        "work_plan_rotation_id": rotation_of(centre),
        "time_off_plan_id": time_off_plan_of(centre),
        "time_off_limit_id": time_off_limit_of(centre),
        "trade_id": trade.id,
        "open_shift_id": open_shift_of(centre),
        "explanation_id": explanation_of(centre, person),
        "reason_code_id": reason_of(centre),
        "adjustment_id": adjustment_of(centre),
        "wish_id": raw(
            centre,
            "POST",
            "/api/v2/shiftline/workforce/standingpreferences",
            {"kind": "DaysOfWeek", "level": "Prefer", "days": ["Monday"]},
            who=0,
        )["id"],
        "cycle_id": proposed_ring(centre)[1],
        "job_id": job.id,
        "operation_id": operation_of(centre),
        "transaction_id": centre.new_audit_query().id,
        "key": upload.upload_key,
        "recording_id": call.recordings[0].id,
        "annotation_id": note_on(centre, call.conversation.id, call.recordings[0].id),
        "batch_id": new_batch(centre),
        "recording_job_id": new_job(centre),
        "integration_id": new_integration(centre),
        "credential_id": new_credential(centre),
        "type_id": BULK_ACTIONS,
        "config_type": "properties",
        "export_id": export_of(centre, call.conversation.id),
        **legal_of(centre, call.recordings[0].id, call.recordings[1].id),
        "resource": waiting_call(centre).resource,
        "level": "0",
        "tile_path": "000.p/1",
        **written_of(centre),
        **imported_of(centre),
    }


def note_on(centre: Centre, conversation_id: str, recording_id: str) -> str:
    """A note on a recording, at its beginning."""
    path = f"/api/v2/conversations/{conversation_id}/recordings/{recording_id}/annotations"
    return raw(centre, "POST", path, {"name": "Here", "type": "bookmark", "location": 0})["id"]


def legal_of(centre: Centre, held: str, marked: str) -> dict[str, str]:
    """A matter that holds a recording, and a deletion of another, which waits for a second person."""
    matter = raw(centre, "POST", "/api/v2/shiftline/matters", {"name": centre.fresh("Doe v. Northwind")})
    body = {"selection": {"recordingIds": [held]}, "reason": "Litigation"}
    hold = raw(centre, "POST", f"{matter['selfUri']}/holds", body)
    listed = "/api/v2/shiftline/recordingdeletions"
    known = [each for each in raw(centre, "GET", f"{listed}?state=marked")["entities"] if each["recordingId"] == marked]
    if not known:
        asked = {"recordingIds": [marked], "reason": "Asked for by the caller"}
        known = raw(centre, "POST", listed, asked)["entities"]
    return {"matter_id": matter["id"], "hold_id": hold["id"], "deletion_id": known[0]["id"]}


def imported_of(centre: Centre) -> dict[str, str]:
    """An import of one recording, of which nobody knows when it began."""
    name = centre.fresh("exported").replace(" ", "-").lower()
    # The folder for imports of a demo is in its data folder, as its keys are.
    root = Path(centre.ready["recordingKeys"]).parent.parent / "imports" / centre.ready["organizationId"]
    place = root / name / "conversation_id=imported"
    place.mkdir(parents=True)
    (place / f"{name}_metadata.json").write_text(json.dumps({"recordingId": name, "startTime": None}))
    begun = raw(centre, "POST", "/api/v2/shiftline/recordings/imports", {"folder": name, "reason": "Moved"})
    own = until(lambda: _done(raw(centre, "GET", begun["selfUri"])))
    items = raw(centre, "GET", f"/api/v2/shiftline/recordings/quarantine?importId={own['id']}")["entities"]
    return {"import_id": own["id"], "item_id": items[0]["id"]}


def _done(found: Any) -> Any:
    return found if found["state"] == "done" else None


def open_shift_of(centre: Centre) -> str:
    """Work of a published week that belongs to nobody."""
    last = centre.upcoming_shifts(11)[-1]
    body = {
        "managementUnitId": centre.management_unit,
        "startDate": last.start_date.isoformat(),
        "lengthMinutes": 240,
        "reason": centre.fresh("Campaign"),
    }
    return raw(centre, "POST", f"/api/v2/shiftline/schedules/{last.schedule.id}/openshifts", body)["id"]


def work_plan_of(centre: Centre) -> str:
    """A work plan without rules, that nobody has."""
    made = {"name": centre.fresh("Plan")}
    return centre.call("postWorkforcemanagementManagementunitWorkplans", centre.management_unit, made).id


def rotation_of(centre: Centre) -> str:
    """A rotation of two such plans, with nobody in it."""
    made = {
        "name": centre.fresh("Rotation"),
        "dateRange": {"startBusinessUnitDate": str(centre.now().date())},
        "pattern": {"workPlanIds": [work_plan_of(centre), work_plan_of(centre)]},
    }
    return centre.call("postWorkforcemanagementManagementunitWorkplanrotations", centre.management_unit, made).id


def written_of(centre: Centre) -> dict[str, str]:
    """A guest who has written, with a file, where nobody works: what waits there stays as it is."""
    queue = centre.call("postRoutingQueues", {"name": centre.fresh("Letters")})
    deployment = {"name": centre.fresh("Site"), "queueId": queue.id}
    made = raw(centre, "POST", "/api/v2/shiftline/messaging/deployments", deployment)
    resource = raw(centre, "POST", f"/api/v2/shiftline/messaging/guests/{made['id']}", {"name": "Guest"})["resource"]
    file = uploaded(centre, f"{resource}/attachments?name=note.txt", b"There it is.")
    sent = {"clientId": "first", "text": "Is anybody there?", "attachmentIds": [file["id"]]}
    message = raw(centre, "POST", f"{resource}/messages", sent)
    return {
        "deployment_id": made["id"],
        "guest": resource.rpartition("/")[2],
        "message_id": message["id"],
        "attachment_id": file["id"],
        "address": "support@northwind.example",
    }


def uploaded(centre: Centre, path: str, content: bytes) -> Any:
    """The answer to a body of bytes."""
    address = f"https://{centre.ready['environment']}{path}"
    headers = {"Content-Type": "application/octet-stream"}
    request = urllib.request.Request(address, data=content, headers=headers, method="POST")
    with urllib.request.urlopen(request, context=sdk.configuration.ssl_context) as answer:
        return json.loads(answer.read())


def time_off_plan_of(centre: Centre) -> str:
    """A plan that decides nothing, so that requests elsewhere go on as they are."""
    body = {
        "name": centre.fresh("Leave"),
        "activityCodeIds": [centre.time_off_code],
        "enabled": False,
        "managementUnitAssociation": {"managementUnitId": centre.management_unit},
    }
    return raw(centre, "POST", f"{BU}/{centre.business_unit}/timeoffplans", body)["id"]


def time_off_limit_of(centre: Centre) -> str:
    """The limit of a management unit."""
    path = f"{BU}/{centre.business_unit}/timeofflimits"
    for limit in raw(centre, "GET", path)["entities"]:
        return limit["id"]
    return raw(centre, "POST", path, {"managementUnitId": centre.management_unit, "granularity": "Daily"})["id"]


def raw(centre: Centre, method: str, path: str, body: Any = None, who: str | int = "admin") -> Any:
    """A call of an operation that the vendor's SDK does not have, through the SDK's own client; its JSON."""
    client = centre.client(centre.token_of(who))
    answer = client.call_api(
        path, method, {}, {}, {}, body=body, response_type="object", auth_settings=["PureCloud OAuth"]
    )
    return json.loads(answer) if isinstance(answer, str) else answer


def decision_of(centre: Centre) -> str:
    """A stored decision on an attempt of the first agent."""
    return raw(centre, "GET", "/api/v2/shiftline/access/attempts", who=0)["entities"][0]["decision_id"]


def tried_of(centre: Centre, person_id: str) -> dict[str, str]:
    """A simulation of something, and an assertion that blocks nothing."""
    changes = [{"kind": "settings", "softphone_within_shift": True, "shift_margin_minutes": 15}]
    body = {"changes": changes, "days": 1, "user_ids": [person_id]}
    simulation = raw(centre, "POST", "/api/v2/shiftline/access/simulate", body)
    weekly = {"weekdays": [1], "wall_time": "06:00", "time_zone": "America/Chicago", "blocks": False}
    asserted = {"name": centre.fresh("At six"), "user_ids": [person_id], **weekly}
    assertion = raw(centre, "POST", "/api/v2/shiftline/access/assertions", asserted)
    return {"simulation_id": simulation["id"], "assertion_id": assertion["id"]}


def let_in(centre: Centre, person_id: str) -> dict[str, str]:
    """An exception from the shift rule, which is off, and an override of it."""
    place, why = "/api/v2/shiftline/access", {"reason": "Works at the door"}
    excepted = raw(centre, "POST", f"{place}/shiftexceptions", {"kind": "person", "subjectId": person_id, **why})
    override = raw(centre, "POST", f"{place}/shiftoverrides", {"userId": person_id, **why})
    return {"exception_id": excepted["id"], "override_id": override["id"]}


def export_of(centre: Centre, conversation_id: str) -> str:
    """A legal export of one conversation."""
    body = {
        "matterName": "Doe v. Example",
        "reason": "request for production no. 3",
        "selection": {"conversationIds": [conversation_id]},
        "destination": {"type": "folder", "name": centre.fresh("export").replace(" ", "-")},
    }
    return raw(centre, "POST", "/api/v2/shiftline/discovery/exports", body)["id"]


def explanation_of(centre: Centre, agent_id: str) -> str:
    """An explanation of an agent, by a supervisor, of a minute that nobody has explained."""
    minute = untouched_minute(centre)
    body = made("AddAdherenceExplanationAdminRequest", type="Late", start_date=minute, length_minutes=1)
    job = centre.call("postWorkforcemanagementAgentAdherenceExplanations", agent_id, body).job
    return centre.call("getWorkforcemanagementAdherenceExplanationsJob", job.id).adherence_explanation.id


def untouched_minute(centre: Centre) -> datetime:
    """A minute of the past that was not given before: counted back from one instant, however far the clock has gone."""
    if (minutes := _minutes.get(centre.business_unit)) is None:
        first = centre.now().replace(second=0, microsecond=0)
        minutes = _minutes[centre.business_unit] = (first - timedelta(minutes=each) for each in count(60))
    return next(minutes)


def reason_of(centre: Centre) -> str:
    """Why adherence is adjusted."""
    name = "postWorkforcemanagementBusinessunitAdherenceAdjustmentsReasoncodes"
    return centre.call(name, centre.business_unit, {"name": centre.fresh("Reason")}).id


def adjustment_of(centre: Centre) -> str:
    """An adjustment by the first agent, of a minute that nobody has adjusted."""
    minute = untouched_minute(centre)
    body = {"reasonCodeId": reason_of(centre), "startDate": minute.isoformat(), "lengthMinutes": 1}
    return raw(centre, "POST", "/api/v2/workforcemanagement/adherence/adjustments", body, who=0)["id"]


def operation_of(centre: Centre) -> str:
    """A copy that is worked on later."""
    week = centre.far_week()
    key = centre.uploaded(centre.content(week, 14), "sImport", centre.business_unit, week)
    path = f"/api/v2/workforcemanagement/businessunits/{centre.business_unit}/weeks/{week}/schedules/import"
    return raw(centre, "POST", f"{path}?forceAsync=true", {"uploadKey": key})["operationId"]


def secrets_of(centre: Centre) -> tuple[str, ...]:
    """Texts that nobody outside the organization may be shown, whatever they ask with."""
    people = [text for agent in centre.agents for text in (agent["name"], agent["email"], agent["jabberId"])]
    return ("northwind", "Northwind", "Voice Support", "Priority Customers", "Chicago Support", *people)
