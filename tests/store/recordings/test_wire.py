"""Recordings in the vendor's shapes and in our own."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from PureCloudPlatformClientV2 import ApiClient
from tests.store.recordings.conftest import START, Api, Room, pages_of

from shiftline.conversations.model.conversations import Conversation
from shiftline.foundation.time import TZDATA_VERSION
from shiftline.recordings.container import Counts
from shiftline.recordings.events import RecordingLost, RecordingSealed
from shiftline.recordings.model import Recording
from shiftline.recordings.operations.sealing import lose_recording, seal_spooled
from shiftline.recordings.topics import TOPICS, notifications
from unit.recordings.sounds import tone

VIEW, RETENTION = "recording:recording:view", "recording:recording:editRetention"
OURS = "/api/v2/shiftline/recordings"


def of(recording: Recording, what: str = "recordings") -> str:
    return f"/api/v2/conversations/{recording.conversation_id}/{what}"


def _json(_: str) -> str:
    return "application/json"


def as_sdk(kind: str, body: Any) -> Any:
    """What the vendor's SDK makes of a body."""
    answer = SimpleNamespace(data=json.dumps(body), getheader=_json)
    return ApiClient().deserialize(answer, kind)


async def test_a_recording_as_the_vendor_shows_it(room: Room, api: Api) -> None:
    recording = await room.sealed()
    shown = await api.get(f"{of(recording)}/{recording.id}")
    assert shown["id"] == recording.id
    assert (shown["startTime"], shown["endTime"]) == ("2023-10-27T11:00:00Z", "2023-10-27T11:00:03Z")
    assert (shown["timeZone"], shown["utcOffset"], shown["tzdataVersion"]) == (
        "America/Chicago",
        "-05:00",
        TZDATA_VERSION,
    )
    assert shown["offsets"] == [{"from": "2023-10-27T11:00:00Z", "utcOffset": "-05:00"}]
    assert (shown["fileState"], shown["media"], shown["mediaSubtype"]) == ("AVAILABLE", "audio", "Station")
    assert (shown["outputDurationMs"], shown["outputSizeInBytes"]) == (3000, len(tone(3.0)))
    assert shown["users"][0]["name"] == "Ana Ruiz"
    assert (shown["endedBy"], shown["packets"], shown["packetsLost"], shown["revision"]) == ("call", 151, 2, 1)
    model = as_sdk("Recording", shown)
    assert (model.id, model.conversation_id, model.session_id) == (
        recording.id,
        recording.conversation_id,
        recording.leg_id,
    )
    assert model.media_uris["0"].media_uri.startswith("https://api.localhost:8443/api/v2/shiftline/recordings/")
    assert model.file_state == "AVAILABLE"


async def test_a_conversations_recordings_are_listed_in_order(room: Room, api: Api) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    customer = conversation.participants[0]
    first = await room.record(await room.open_for(conversation, agent), tone(3.0))
    second = await room.record(await room.open_for(conversation, customer, queue_id="voice"), tone(3.0))
    shown = await api.get(of(first))
    assert [each["id"] for each in shown] == [first.id, second.id]
    assert [each["mediaSubtype"] for each in shown] == ["Station", "Trunk"]
    metadata = await api.get(of(first, "recordingmetadata"))
    assert [each["id"] for each in metadata] == [first.id, second.id]
    assert "mediaUris" not in metadata[0]
    one = await api.get(f"{of(first, 'recordingmetadata')}/{first.id}")
    assert one == metadata[0]
    assert as_sdk("RecordingMetadata", one).start_time


async def test_times_are_told_also_while_it_is_recorded(room: Room, api: Api) -> None:
    opened = await room.open()
    shown = await api.get(f"{OURS}/{opened.id}")
    assert (shown["state"], shown["startTime"], shown["utcOffset"]) == ("open", "2023-10-27T11:00:00Z", "-05:00")
    assert shown["offsets"] == [{"from": "2023-10-27T11:00:00Z", "utcOffset": "-05:00"}]
    assert "mediaUri" not in shown
    vendor = await api.get(f"/api/v2/conversations/{shown['conversationId']}/recordings/{opened.id}")
    assert (vendor["fileState"], vendor["mediaUris"]) == ("UPLOADING", {})
    await lose_recording(room.context, opened.id, "The disk is full.")
    vendor = await api.get(f"/api/v2/conversations/{shown['conversationId']}/recordings/{opened.id}")
    assert (vendor["fileState"], vendor["endedBy"]) == ("ERROR", "crash")


@pytest.mark.parametrize(
    ("query", "has_media"),
    [("", True), ("?formatId=NONE", False), ("?formatId=none&mediaFormats=WAV", True), ("?formatId=OGG_OPUS", True)],
)
async def test_formats_ask_for_media_or_none(room: Room, api: Api, query: str, has_media: bool) -> None:
    recording = await room.sealed()
    shown = await api.get(f"{of(recording)}/{recording.id}{query}")
    assert bool(shown["mediaUris"]) is has_media


async def test_an_unknown_format_is_named(room: Room, api: Api) -> None:
    recording = await room.sealed()
    for query, field in (("formatId=FLAC", "formatId"), ("mediaFormats=WAV,FLAC", "mediaFormats")):
        answer = await api.call("GET", f"{of(recording)}?{query}")
        assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, field)
        assert "'FLAC'" in answer.json()["message"]


async def test_a_recording_belongs_to_its_conversation(room: Room, api: Api) -> None:
    first, second = await room.sealed(), await room.sealed()
    assert (await api.call("GET", f"{of(first)}/{second.id}")).status_code == 404
    assert (await api.call("GET", f"{of(first, 'recordingmetadata')}/{second.id}")).status_code == 404
    answer = await api.call("GET", "/api/v2/conversations/nothing/recordings")
    assert (answer.status_code, answer.json()["entityName"]) == (404, "conversation")


async def test_who_may_not_see_recordings_sees_none(room: Room, api: Api) -> None:
    recording = await room.sealed()
    for path in (of(recording), of(recording, "recordingmetadata"), f"{of(recording)}/{recording.id}", OURS):
        answer = await api.call("GET", path, room.agent)
        assert (answer.status_code, answer.json()["messageParams"]["permissions"]) == (403, VIEW), path


async def test_a_conversation_without_recordings_has_none(room: Room, api: Api) -> None:
    conversation: Conversation
    conversation, _ = await room.calls.talk(room.agent.id)
    assert await api.get(f"/api/v2/conversations/{conversation.id}/recordings") == []
    answer = await api.call("GET", f"/api/v2/conversations/{conversation.id}/recordings", room.agent)
    assert answer.status_code == 403


# Retention


async def test_dates_of_retention_are_set_and_taken_away(room: Room, api: Api) -> None:
    recording = await room.sealed()
    path, dates = (
        f"{of(recording)}/{recording.id}",
        {"archiveDate": "2024-01-01T00:00:00Z", "deleteDate": "2030-01-01T00:00:00+01:00"},
    )
    answer = await api.call("PUT", path, body=dates)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["archiveDate"], shown["deleteDate"]) == ("2024-01-01T00:00:00Z", "2029-12-31T23:00:00Z")
    assert shown["revision"] == 2
    assert (await api.call("PUT", path, body=dates)).json()["revision"] == 2
    shown = (await api.call("PUT", path, body={"deleteDate": "2030-01-01T00:00:00+01:00"})).json()
    assert ("archiveDate" in shown, shown["revision"]) == (False, 3)
    revisions = (await api.get(f"{OURS}/{recording.id}/revisions"))["entities"]
    assert [each["reason"] for each in revisions] == ["recording.sealed", "recording.retention", "recording.retention"]
    assert revisions[2]["difference"] == [{"field": "archiveDate", "before": "2024-01-01T00:00:00Z", "after": None}]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"archiveDate": "2020-01-01T00:00:00Z"}, "archiveDate"),
        ({"deleteDate": "2020-01-01T00:00:00Z"}, "deleteDate"),
        ({"archiveDate": "2025-01-01T00:00:00Z", "deleteDate": "2024-01-01T00:00:00Z"}, "deleteDate"),
        ({"archiveDate": "2025-01-01T00:00:00"}, "archiveDate"),
        ({"archiveDate": "soon"}, "archiveDate"),
    ],
)
async def test_dates_that_cannot_be_are_refused(room: Room, api: Api, body: dict[str, str], field: str) -> None:
    recording = await room.sealed()
    answer = await api.call("PUT", f"{of(recording)}/{recording.id}", body=body)
    assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, field)


async def test_retention_needs_its_permission(room: Room, api: Api) -> None:
    recording = await room.sealed()
    path, body = f"{of(recording)}/{recording.id}", {"archiveDate": "2024-01-01T00:00:00Z"}
    viewer = await room.tenant.person("Viewer", VIEW)
    assert (await api.call("PUT", path, viewer, body)).json()["messageParams"]["permissions"] == RETENTION
    keeper = await room.tenant.person("Keeper", VIEW, RETENTION)
    assert (await api.call("PUT", path, keeper, body)).status_code == 200


# Our own


async def test_all_that_is_known_is_shown(room: Room, api: Api) -> None:
    recording = await room.sealed()
    shown = await api.get(f"{OURS}/{recording.id}")
    assert [each["purpose"] for each in shown["participants"]] == ["customer", "acd", "agent"]
    assert (shown["userId"], shown["userName"], shown["queueId"]) == (room.agent.id, "Ana Ruiz", "voice")
    assert (shown["state"], shown["codec"], shown["container"], shown["reason"]) == (
        "sealed",
        "opus",
        "ogg",
        "policy.record",
    )
    assert shown["divisionIds"] == [room.calls.division_id]
    assert len(shown["sha256"]) == 64
    for secret in ("wrappedKey", "keyId", "objectKey", "storedSha256"):
        assert secret not in shown


async def test_a_night_on_which_clocks_go_back_is_shown_with_both_offsets(room: Room, api: Api) -> None:
    room.clock.set("2023-11-05T01:50:00-05:00")
    opened = await room.open()
    file, key = await room.begin(opened)
    room.write(file, pages_of(tone(3.0)), timedelta(minutes=20))
    await room.stop(opened)
    recording = await seal_spooled(room.context, room.vault, file.finish(Counts(151, 0)), key)
    shown = await api.get(f"{OURS}/{recording.id}")
    assert shown["offsets"] == [
        {"from": "2023-11-05T06:50:00Z", "utcOffset": "-05:00"},
        {"from": "2023-11-05T07:00:00Z", "utcOffset": "-06:00"},
    ]
    assert (shown["startTime"], shown["endTime"]) == ("2023-11-05T06:50:00Z", "2023-11-05T07:10:00Z")


async def test_recordings_are_found_by_what_they_are_of(room: Room, api: Api) -> None:
    first = await room.sealed()
    room.clock.set(START + timedelta(hours=1))
    second = await room.sealed()
    room.clock.set(START + timedelta(hours=2))
    conversation, agent = await room.calls.talk(room.agent.id)
    third = await room.open_for(conversation, agent, queue_id=None, person_id=None)

    async def found(query: str) -> list[str]:
        answer = await api.get(f"{OURS}?{query}")
        assert answer["total"] == len(answer["entities"])
        return [each["id"] for each in answer["entities"]]

    assert await found("") == [third.id, second.id, first.id]
    assert await found(f"conversationId={second.conversation_id}") == [second.id]
    assert await found(f"conversationId={second.conversation_id},{first.conversation_id}") == [second.id, first.id]
    assert await found(f"userId={room.agent.id}") == [second.id, first.id]
    assert await found("queueId=voice") == [second.id, first.id]
    assert await found("interval=2023-10-27T06:00:00-05:00/2023-10-27T07:00:00-05:00") == [first.id]
    assert await found("userId=nobody") == []
    page = await api.get(f"{OURS}?pageSize=1&pageNumber=2")
    assert ([each["id"] for each in page["entities"]], page["total"], page["pageCount"]) == ([second.id], 3, 3)
    page = await api.get(f"{OURS}?pageSize=1&pageNumber=9")
    assert (page["entities"], page["total"]) == ([], 3)


@pytest.mark.parametrize(
    "interval", ["2023-10-27", "2023-10-27T06:00:00/2023-10-27T07:00:00", "2023-10-28T00:00Z/2023-10-27T00:00Z", "/"]
)
async def test_an_interval_that_is_none_is_named(room: Room, api: Api, interval: str) -> None:
    answer = await api.call("GET", f"{OURS}?interval={interval}")
    assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, "interval")


async def test_lists_hold_what_is_in_ones_divisions(room: Room, api: Api) -> None:
    recording = await room.sealed()
    north = await room.tenant.person("North", VIEW, division_id=room.calls.division_id)
    (home,) = await room.rows('select id from "authorization".division where home')
    elsewhere = await room.tenant.person("Elsewhere", VIEW, division_id=home["id"])
    assert [each["id"] for each in (await api.get(OURS, north))["entities"]] == [recording.id]
    assert (await api.get(OURS, elsewhere))["entities"] == []
    assert (await api.call("GET", of(recording), elsewhere)).status_code == 403


async def test_the_access_log_is_for_auditors(room: Room, api: Api) -> None:
    recording = await room.sealed()
    other = await room.tenant.person("Ben Ito")
    await api.call("GET", f"{OURS}/{recording.id}/media", Range="bytes=0-9")
    await api.call("GET", f"{OURS}/{recording.id}/media", other)
    viewer = await room.tenant.person("Viewer", VIEW)
    assert (await api.call("GET", f"{OURS}/{recording.id}/accesses", viewer)).status_code == 403
    auditor = await room.tenant.person("Auditor", VIEW, "audits:audit:view")
    shown = await api.get(f"{OURS}/{recording.id}/accesses", auditor)
    assert shown["total"] == 2
    told = {each["userId"]: (each["what"], each["range"], each["allowed"], each["code"]) for each in shown["entities"]}
    assert told == {
        other.id: ("media", None, False, "permission.missing"),
        "admin-1": ("media", "bytes=0-9", True, "permission.held"),
    }


# Policies and settings


async def test_policies_are_set_for_all_and_for_queues(room: Room, api: Api) -> None:
    path = f"{OURS}/policies"
    assert await api.get(path) == {
        "default": {"queueId": None, "record": True, "since": None, "changedBy": None},
        "queues": [],
        "policies": [],
    }
    answer = await api.call("PUT", path, body={"queueId": "voice", "record": False})
    assert answer.json()["queues"] == [
        {"queueId": "voice", "record": False, "since": "2023-10-27T11:00:00Z", "changedBy": "admin-1"}
    ]
    room.clock.advance(timedelta(hours=1))
    again = await api.call("PUT", path, body={"queueId": "voice", "record": False})
    assert again.json() == answer.json()
    answer = await api.call("PUT", path, body={"record": False})
    assert answer.json()["default"]["record"] is False
    rows = await room.rows("select record, valid from recordings.public_policy_timeline where queue_id = 'voice'")
    assert len(rows) == 1


async def test_policies_keep_their_past(room: Room, api: Api) -> None:
    path = f"{OURS}/policies"
    for record in (False, True):
        await api.call("PUT", path, body={"record": record})
        room.clock.advance(timedelta(hours=1))
    at = START + timedelta(minutes=30)
    rows = await room.rows(
        "select record from recordings.public_policy_timeline where valid @> %(at)s::timestamptz", at=at
    )
    assert rows == [{"record": False}]


async def test_a_policy_of_no_queue_is_refused(room: Room, api: Api) -> None:
    path = f"{OURS}/policies"
    answer = await api.call("PUT", path, body={"queueId": "nothing", "record": False})
    assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, "queueId")
    assert (await api.call("PUT", path, room.agent, {"record": False})).status_code == 403
    assert (await api.call("GET", path, room.agent)).status_code == 403


async def test_settings_are_the_vendors(room: Room, api: Api) -> None:
    path = "/api/v2/recording/settings"
    shown = await api.get(f"{path}?createDefault=true", room.agent)
    assert shown["recordingPlaybackUrlTtl"] == 60
    assert as_sdk("RecordingSettings", shown).regional_recording_storage_enabled is False
    changed = {**shown, "recordingPlaybackUrlTtl": 5, "maxSimultaneousStreams": 2}
    answer = await api.call("PUT", path, body=changed)
    assert answer.json() == changed
    assert await api.get(path) == changed
    assert (await api.call("PUT", path, room.agent, changed)).status_code == 403
    for wrong in (1, 61, "5"):
        answer = await api.call("PUT", path, body={"recordingPlaybackUrlTtl": wrong})
        assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, "recordingPlaybackUrlTtl")


# Topics


async def test_whoever_took_part_is_told(room: Room) -> None:
    conversation, agent = await room.calls.talk(room.agent.id)
    recording = await room.record(await room.open_for(conversation, agent), tone(3.0))
    lost = await room.open_for(conversation, agent)
    await lose_recording(room.context, lost.id, "The disk is full.")
    told = [each for news in await room.tenant.news(RecordingSealed, RecordingLost) for each in notifications(news)]
    topic = f"v2.users.{room.agent.id}.conversations.{conversation.id}.recordings"
    assert [each.topic for each in told] == [topic, topic]
    assert [(each.body["id"], each.body["fileState"]) for each in told] == [
        (recording.id, "AVAILABLE"),
        (lost.id, "ERROR"),
    ]
    assert as_sdk("RecordingEventRecording", told[0].body).conversation_id == conversation.id
    assert TOPICS[0].pattern == "v2.users.{id}.conversations.{id}.recordings"
    assert datetime.now(UTC) > START
