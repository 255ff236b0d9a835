"""Conversations over HTTP, with real tokens: whose, for whom, in the vendor's shapes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.store.conftest import Api, Tenant, serve
from tests.store.conversations.centre import Calls, make_calls

from shiftline.authorization.operations import create_division
from shiftline.conversations.endpoints import ROUTES
from shiftline.conversations.model.changes import EndWrapup, Move
from shiftline.conversations.model.conversations import CallState, Conversation, DisconnectType, Participant, Wrapup
from shiftline.identity.model import Person

ROOT = "/api/v2/conversations"
VIEW, TAG = "conversation:communication:view", "conversation:externalTag:edit"


@pytest.fixture
async def api(tenant: Tenant) -> AsyncIterator[Api]:
    async with serve(tenant.context.database, tenant.context.clock, ROUTES) as api:
        yield api


@pytest.fixture
async def ada(tenant: Tenant) -> Person:
    return await tenant.person("Ada")


@pytest.fixture
async def talk(calls: Calls, ada: Person) -> tuple[Conversation, Participant]:
    return await calls.talk(ada.id)


Talk = tuple[Conversation, Participant]


async def test_an_agent_sees_their_conversation_whole(api: Api, tenant: Tenant, ada: Person, talk: Talk) -> None:
    conversation, agent = talk
    answer = await api.call("GET", f"{ROOT}/{conversation.id}", tenant.tokens[ada.id])
    assert answer.status_code == 200
    body = answer.json()
    assert (body["id"], body["state"], body["recordingState"]) == (conversation.id, "connected", "NONE")
    assert body["selfUri"] == f"{ROOT}/{conversation.id}"
    customer, queue, mine = body["participants"]
    assert [each["purpose"] for each in body["participants"]] == ["customer", "acd", "agent"]
    assert (customer["ani"], customer["calls"][0]["state"]) == ("sip:caller@example.test", "connected")
    assert (queue["queueId"], queue["name"], queue["calls"][0]["disconnectType"]) == ("voice", "Voice", "transfer")
    assert (mine["userId"], mine["userUri"], mine["queueName"]) == (ada.id, f"/api/v2/users/{ada.id}", "Voice")
    assert (mine["wrapupRequired"], mine["wrapupPrompt"]) == (True, "mandatory")
    call = mine["calls"][0]
    assert (call["id"], call["other"]["name"], call["provider"]) == (agent.communication_id, "Caller", "Edge")
    assert {call[name] for name in ("muted", "held", "confined", "recording")} == {False}


async def test_the_same_conversation_as_a_call(api: Api, tenant: Tenant, ada: Person, talk: Talk) -> None:
    conversation, agent = talk
    body = (await api.call("GET", f"{ROOT}/calls/{conversation.id}", tenant.tokens[ada.id])).json()
    mine = body["participants"][-1]
    assert (mine["id"], mine["state"], mine["user"]["id"], mine["queue"]["name"]) == (
        agent.id, "connected", ada.id, "Voice",
    )  # fmt: skip


async def test_the_callers_own_conversations(api: Api, tenant: Tenant, ada: Person, talk: Talk, calls: Calls) -> None:
    token, conversation = tenant.tokens[ada.id], talk[0]
    for path, ids in (
        (ROOT, [conversation.id]),
        (f"{ROOT}?communicationType=Call", [conversation.id]),
        (f"{ROOT}?communicationType=chat", []),
        (f"{ROOT}/calls", [conversation.id]),
    ):
        body = (await api.call("GET", path, token)).json()
        assert ([each["id"] for each in body["entities"]], body["total"]) == (ids, len(ids))
    after = await calls.hang_up(conversation)
    await calls.change(after, EndWrapup(talk[1].id, Wrapup("solved")))
    assert (await api.call("GET", ROOT, token)).json()["entities"] == []
    assert (await api.call("GET", f"{ROOT}/{conversation.id}", token)).json()["endTime"]


async def test_others_need_a_permission_in_one_of_its_divisions(
    api: Api, tenant: Tenant, talk: Talk, calls: Calls
) -> None:
    elsewhere = (await create_division(tenant.context, "Elsewhere", None)).id
    for name, permissions, division_id, status in (
        ("Nobody", (), "*", 403),
        ("Elsewhere", (VIEW,), elsewhere, 403),
        ("There", (VIEW,), calls.division_id, 200),
        ("Everywhere", (VIEW,), "*", 200),
    ):
        who = await tenant.person(name, *permissions, division_id=division_id)
        answer = await api.call("GET", f"{ROOT}/{talk[0].id}", tenant.tokens[who.id])
        assert answer.status_code == status, name
        if status == 403:
            assert VIEW in answer.json()["message"]


async def test_another_tenants_conversation_is_not_found(
    api: Api, tenant: Tenant, other_tenant: Tenant, ada: Person, talk: Talk
) -> None:
    conversation, agent = talk
    stranger = other_tenant.tokens["admin-2"]
    participant = f"{ROOT}/calls/{conversation.id}/participants/{agent.id}"
    for method, path, body in (
        ("GET", f"{ROOT}/{conversation.id}", None),
        ("GET", f"{ROOT}/calls/{conversation.id}", None),
        ("GET", f"{participant}/wrapup", None),
        ("GET", f"{participant}/wrapupcodes", None),
        ("PATCH", f"{ROOT}/{conversation.id}/participants/{agent.id}/attributes", {"attributes": {"a": "b"}}),
        ("PUT", f"{ROOT}/{conversation.id}/tags", {"externalTag": "theirs"}),
    ):
        assert (await api.call(method, path, stranger, body)).status_code == 404, path
    assert (await api.call("GET", f"{ROOT}/{conversation.id}", tenant.tokens[ada.id])).json().get("externalTag") is None
    assert (await api.call("GET", ROOT, stranger)).json()["entities"] == []


async def test_two_tenants_with_equal_ids_see_their_own(
    api: Api, tenant: Tenant, other_tenant: Tenant, calls: Calls
) -> None:
    await calls.begin(id="same", address="sip:ours")
    await (await make_calls(other_tenant)).begin(id="same", address="sip:theirs")
    for token, address in ((tenant.tokens["admin-1"], "sip:ours"), (other_tenant.tokens["admin-2"], "sip:theirs")):
        assert (await api.call("GET", f"{ROOT}/same", token)).json()["address"] == address


async def test_what_does_not_exist_is_not_found(api: Api, tenant: Tenant, ada: Person, talk: Talk) -> None:
    token = tenant.tokens[ada.id]
    for path in ("nothing", "calls/nothing", f"calls/{talk[0].id}/participants/nobody/wrapup"):
        answer = await api.call("GET", f"{ROOT}/{path}", token)
        assert (answer.status_code, answer.json()["code"]) == (404, "not.found")


async def test_a_wrapup_is_read_and_a_provisional_one_only_when_asked_for(
    api: Api, tenant: Tenant, ada: Person, talk: Talk, calls: Calls
) -> None:
    conversation, agent = talk
    token, path = tenant.tokens[ada.id], f"{ROOT}/calls/{conversation.id}/participants/{agent.id}/wrapup"
    assert (await api.call("GET", path, token)).status_code == 404
    saved = Wrapup("solved", notes="so far", provisional=True)
    await calls.change(conversation, Move(agent.id, CallState.DISCONNECTED), EndWrapup(agent.id, saved))
    assert (await api.call("GET", path, token)).status_code == 404
    assert (await api.call("GET", f"{path}?provisional=true", token)).json()["notes"] == "so far"
    await calls.change(conversation, EndWrapup(agent.id, Wrapup("solved", "Solved", tags=("vip",))))
    body: dict[str, Any] = (await api.call("GET", path, token)).json()
    assert (body["code"], body["tags"], body["durationSeconds"]) == ("solved", ["vip"], 0)
    assert body["endTime"].endswith("Z")


async def test_the_codes_that_a_participant_can_give(api: Api, tenant: Tenant, ada: Person, talk: Talk) -> None:
    conversation, agent = talk
    token, path = tenant.tokens[ada.id], f"{ROOT}/calls/{conversation.id}/participants"
    body = (await api.call("GET", f"{path}/{agent.id}/wrapupcodes", token)).json()
    assert [(each["id"], each["name"], each["division"]["id"]) for each in body] == [("solved", "Solved", "*")]
    customer = conversation.participants[0].id
    assert (await api.call("GET", f"{path}/{customer}/wrapupcodes", token)).json() == []


async def test_attributes_are_added_by_whoever_sees_the_conversation(
    api: Api, tenant: Tenant, ada: Person, talk: Talk
) -> None:
    conversation, agent = talk
    path = f"{ROOT}/{conversation.id}/participants/{agent.id}/attributes"
    for attributes in ({"a": "1", "b": "2"}, {"b": "3"}):
        answer = await api.call("PATCH", path, tenant.tokens[ada.id], {"attributes": attributes})
        assert (answer.status_code, answer.content) == (202, b"")
    body = (await api.call("GET", f"{ROOT}/{conversation.id}", tenant.tokens["admin-1"])).json()
    assert body["participants"][-1]["attributes"] == {"a": "1", "b": "3"}
    bo = await tenant.person("Bo")
    assert (await api.call("PATCH", path, tenant.tokens[bo.id], {"attributes": {"b": "4"}})).status_code == 403


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({"a": 1}, "attributes"),
        ({"": "x"}, "attributes"),
        ({"a\u0000": "x"}, "attributes"),
        ({"a": "\u0000"}, "attributes"),
        ({"a": "x" * 4001}, "attributes"),
        ({str(number): "" for number in range(251)}, "attributes"),
    ],
)
async def test_impossible_attributes_are_refused_by_name(
    api: Api, tenant: Tenant, ada: Person, talk: Talk, attributes: dict[str, Any], field: str
) -> None:
    conversation, agent = talk
    path = f"{ROOT}/{conversation.id}/participants/{agent.id}/attributes"
    answer = await api.call("PATCH", path, tenant.tokens[ada.id], {"attributes": attributes})
    assert answer.status_code == 400
    assert field in answer.json()["message"]


async def test_a_tag_is_set_and_taken_by_those_who_may(api: Api, tenant: Tenant, ada: Person, talk: Talk) -> None:
    path = f"{ROOT}/{talk[0].id}/tags"
    assert (await api.call("PUT", path, tenant.tokens[ada.id], {"externalTag": "crm-4"})).status_code == 403
    for body, tag in (({"externalTag": "crm-4"}, "crm-4"), ({"externalTag": ""}, None), ({}, None)):
        answer = await api.call("PUT", path, tenant.tokens["admin-1"], body)
        assert (answer.status_code, answer.json()) == (202, "Accepted")
        seen = (await api.call("GET", f"{ROOT}/{talk[0].id}", tenant.tokens["admin-1"])).json()
        assert seen.get("externalTag") == tag
    editor = await tenant.person("Bo", TAG)
    assert (await api.call("PUT", path, tenant.tokens[editor.id], {"externalTag": "x"})).status_code == 403
    both = await tenant.person("Cy", TAG, VIEW)
    assert (await api.call("PUT", path, tenant.tokens[both.id], {"externalTag": "x"})).status_code == 202


async def test_how_a_call_ended_is_said(api: Api, tenant: Tenant, ada: Person, talk: Talk, calls: Calls) -> None:
    conversation, agent = talk
    failed = Move(agent.id, CallState.TERMINATED, DisconnectType.TRANSPORT_FAILURE, "The phone was lost.")
    await calls.change(conversation, failed)
    body = (await api.call("GET", f"{ROOT}/{conversation.id}", tenant.tokens[ada.id])).json()
    call = body["participants"][-1]["calls"][0]
    assert (call["state"], call["disconnectType"]) == ("terminated", "transport.failure")
    assert call["errorInfo"]["message"] == "The phone was lost."
    assert call["afterCallWork"]["state"] == "pending"
