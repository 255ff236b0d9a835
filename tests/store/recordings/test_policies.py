"""Policies by queue, direction and channel, and reasons that are asked for, over HTTP."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from tests.store.recordings.conftest import Api, Room

from shiftline.recordings.events import RecordingNotMade
from shiftline.recordings.operations.opening import open_recording_in

OURS = "/api/v2/shiftline/recordings"
POLICIES = f"{OURS}/policies"


async def put(api: Api, **body: Any) -> Any:
    answer = await api.call("PUT", POLICIES, body=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def wrong(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["details"][0]["fieldName"]


async def test_a_direction_has_its_own_policy_and_the_audit_names_it(room: Room, api: Api) -> None:
    await put(api, queueId="voice", direction="inbound", record=False)
    conversation, agent = await room.calls.talk(room.agent.id)
    await room.tenant.news()
    async with room.context.transaction() as tx:
        assert await open_recording_in(tx, room.draft(conversation, agent)) is None
        assert await open_recording_in(tx, room.draft(conversation, agent, direction="outbound")) is not None
    (news,) = await room.tenant.news(RecordingNotMade)
    assert "Inbound calls of queue voice are not recorded, as set by admin-1." in news.sentence


async def test_what_is_left_out_stays(room: Room, api: Api) -> None:
    del room
    await put(api, queueId="voice", pauseAllowed=False, reasonRequired=True)
    shown = await put(api, queueId="voice", record=False)
    (policy,) = shown["policies"]
    assert (policy["record"], policy["pauseAllowed"], policy["reasonRequired"]) == (False, False, True)
    assert policy["id"] == "voice.any.call"
    assert [each["record"] for each in shown["queues"]] == [False]


async def test_the_older_way_keeps_its_meaning(room: Room, api: Api) -> None:
    del room
    await put(api, record=False)
    await put(api, queueId="voice", direction="inbound", record=True)
    shown = await api.get(POLICIES)
    assert (shown["default"]["record"], shown["queues"]) == (False, [])
    effective = await api.get(f"{POLICIES}/effective?queueId=voice&direction=inbound")
    assert (effective["record"], effective["id"]) == (True, "voice.inbound.call")
    effective = await api.get(f"{POLICIES}/effective?queueId=voice&direction=outbound")
    assert (effective["record"], effective["id"]) == (False, "default.any.call")


async def test_of_two_equal_policies_the_second_is_refused(room: Room, api: Api) -> None:
    del room
    body = {"queueId": "voice", "direction": "outbound", "record": False}
    assert (await api.call("POST", POLICIES, body=body)).status_code == 201
    answer = await api.call("POST", POLICIES, body={**body, "record": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "recording.policy.exists")
    assert "outbound calls of queue voice" in answer.json()["message"]
    query = "queueId=voice&direction=outbound"
    assert (await api.call("DELETE", f"{POLICIES}?{query}")).status_code == 204
    assert (await api.call("DELETE", f"{POLICIES}?{query}")).status_code == 404
    assert (await api.get(POLICIES))["policies"] == []
    assert (await api.call("POST", POLICIES, body={**body, "record": True})).status_code == 201


async def test_bad_policies_are_refused_by_their_field(room: Room, api: Api) -> None:
    for body, field in (
        ({"record": True, "snippet": True}, "snippet"),
        ({"channel": "email", "announceConsent": True}, "announceConsent"),
        ({"record": False, "announceConsent": True}, "announceConsent"),
        ({"queueId": "nothing", "pauseAllowed": False}, "queueId"),
        ({"direction": "sideways", "record": True}, "direction"),
        ({"channel": "fax", "record": True}, "channel"),
    ):
        for method in ("PUT", "POST"):
            assert wrong(await api.call(method, POLICIES, body=body)) == (400, field), body
    assert (await api.call("PUT", POLICIES, room.agent, {"pauseAllowed": False})).status_code == 403
    assert (await api.call("POST", POLICIES, room.agent, {"record": False})).status_code == 403
    assert (await api.call("DELETE", POLICIES, room.agent)).status_code == 403
    assert (await api.call("GET", f"{POLICIES}/effective", room.agent)).status_code == 403
    assert (await api.get(POLICIES))["policies"] == []


async def test_policies_keep_their_past_with_their_terms(room: Room, api: Api) -> None:
    await put(api, pauseAllowed=False)
    room.clock.advance(timedelta(hours=1))
    await put(api, pauseAllowed=True)
    room.clock.advance(timedelta(hours=1))
    assert (await api.call("DELETE", POLICIES)).status_code == 204
    rows = await room.rows("select pause, active from recordings.policy_timeline order by lower(valid)")
    assert [(row["pause"], row["active"]) for row in rows] == [(False, True), (True, True), (True, False)]
    assert await room.rows("select * from recordings.public_policy") == []


# Reasons


async def test_without_a_reason_nothing_is_heard_where_the_policy_asks_for_one(room: Room, api: Api) -> None:
    recording = await room.sealed()
    media = f"{OURS}/{recording.id}/media"
    assert (await api.call("GET", media)).status_code == 200
    await put(api, reasonRequired=True)
    for path in (media, f"{OURS}/{recording.id}/peaks"):
        answer = await api.call("GET", path)
        assert wrong(answer) == (400, "reason")
        assert "complaint" in answer.json()["message"]
        assert wrong(await api.call("GET", f"{path}?reason=nosiness")) == (400, "reason")
    assert (await api.call("HEAD", media)).status_code == 200
    answer = await api.call("GET", f"{media}?reason=complaint")
    assert answer.status_code == 200
    shown = await api.get(f"{OURS}/{recording.id}")
    assert shown["reasonRequired"] is True
    accesses = (await api.get(f"{OURS}/{recording.id}/accesses"))["entities"]
    assert Counter((each["allowed"], each["code"], each.get("reason")) for each in accesses) == {
        (True, "permission.held", None): 2,
        (False, "reason.missing", None): 4,
        (True, "permission.held", "complaint"): 1,
    }
    rows = await room.rows(
        "select convert_from(facts, 'utf8')::jsonb ->> 'reason' as reason from ledger.entry"
        " where kind = 'recording.accessed' order by real_at desc limit 1"
    )
    assert rows == [{"reason": "complaint"}]


async def test_who_may_not_hear_it_is_told_so_and_not_of_reasons(room: Room, api: Api) -> None:
    recording = await room.sealed()
    await put(api, reasonRequired=True)
    assert (await api.call("GET", f"{OURS}/{recording.id}/media", room.agent)).status_code == 403


async def test_a_ticket_needs_the_reason_too(room: Room, api: Api) -> None:
    recording = await room.sealed()
    await put(api, reasonRequired=True)
    uri = (await api.get(f"{OURS}/{recording.id}"))["mediaUri"]
    path = uri.partition("localhost:8443")[2]
    assert (await api.call("GET", path, None)).status_code == 400
    assert (await api.call("GET", f"{path}&reason=legal", None)).status_code == 200


async def test_an_organization_has_its_own_reasons(room: Room, api: Api) -> None:
    usual = (await api.get(f"{OURS}/reasons"))["entities"]
    assert {"code": "legal", "name": "A legal matter"} in usual
    own = {"entities": [{"code": "ombudsman", "name": "The ombudsman asks"}]}
    answer = await api.call("PUT", f"{OURS}/reasons", body=own)
    assert answer.json() == own
    assert await api.get(f"{OURS}/reasons") == own
    assert (await api.call("PUT", f"{OURS}/reasons", room.agent, own)).status_code == 403
    await put(api, reasonRequired=True)
    recording = await room.sealed()
    assert (await api.call("GET", f"{OURS}/{recording.id}/media?reason=legal")).status_code == 400
    assert (await api.call("GET", f"{OURS}/{recording.id}/media?reason=ombudsman")).status_code == 200


@pytest.mark.parametrize(
    ("entities", "field"),
    [
        ([], "entities"),
        ([{"code": "A B", "name": "x"}], "entities[0].code"),
        ([{"code": "a", "name": "  "}], "entities[0].name"),
        ([{"code": "a", "name": "x"}, {"code": "a", "name": "y"}], "entities"),
    ],
)
async def test_reasons_that_cannot_be_are_refused(room: Room, api: Api, entities: list[Any], field: str) -> None:
    del room
    assert wrong(await api.call("PUT", f"{OURS}/reasons", body={"entities": entities})) == (400, field)
