"""The vendor's Python SDK, unmodified, answers a guest; the guest reads it over HTTP, live and again."""

import asyncio
import json
from typing import Any

import httpx
import PureCloudPlatformClientV2 as Vendor
import pytest
from PureCloudPlatformClientV2.rest import ApiException
from tests.conftest import SettableContext
from tests.contract.driving import Sdk, client, listening
from tests.store.conftest import make_tenant
from tests.store.messaging.desk import Desk, Visitor
from tests.store.routing.floor import Floor

from shiftline.conversations.endpoints import ROUTES as CONVERSATIONS
from shiftline.conversations.events import ConversationChanged
from shiftline.conversations.topics import notifications
from shiftline.messaging.endpoints import ROUTES
from shiftline.messaging.wire.vendor import OURS

sdk: Any = Vendor


@pytest.fixture
async def desk(context: SettableContext) -> Desk:
    floor = Floor(await make_tenant(context), context)
    await floor.prepare()
    return Desk(floor)


async def alerted(desk: Desk) -> tuple[Visitor, str]:
    """A guest who wrote, and an agent whom it alerts: Ana."""
    deployment = await desk.deployment()
    await desk.agent("Ana", deployment.queue_id)
    visitor = await desk.guest(deployment, name="Zoë")
    message = await visitor.write("Hello?")
    await desk.route()
    return visitor, message.conversation_id


async def run(desk: Desk, script: Any, *more: Any) -> None:
    """A script of blocking calls with Ana's client."""
    async with listening(desk.floor.context, [*CONVERSATIONS, *ROUTES]) as address:
        ana = client(address, desk.floor.tenant.tokens["Ana"])
        await asyncio.to_thread(script, ana, *more)


async def test_an_agent_accepts_answers_and_reads(desk: Desk) -> None:
    visitor, conversation_id = await alerted(desk)

    def script(api: Sdk) -> None:
        conversations = sdk.ConversationsApi(api)
        (mine,) = conversations.get_conversations_messages().entities
        assert mine.id == conversation_id
        part = next(each for each in mine.participants if each.purpose == "agent")
        assert (part.state, part.user.id, part.type, part.provider) == (
            "alerting", "Ana", "webmessaging", "PureCloud Messaging",
        )  # fmt: skip
        conversations.patch_conversations_message_participant(conversation_id, part.id, body={"state": "connected"})
        whole = conversations.get_conversation(conversation_id)
        agent = next(each for each in whole.participants if each.purpose == "agent")
        assert agent.calls == []
        communication = agent.messages[0]
        assert (communication.state, communication.type) == ("connected", "webmessaging")
        sent = conversations.post_conversations_message_communication_messages(
            conversation_id, communication.id, {"textBody": "Good morning."}
        )
        assert (sent.direction, sent.status, sent.messenger_type) == ("outbound", "sent", "webmessaging")
        assert sent.normalized_message.text == "Good morning."
        assert sent.created_by.id == "Ana"
        read = conversations.get_conversations_message_message(conversation_id, sent.id)
        assert read.normalized_message.direction == "Outbound"
        again = conversations.get_conversations_message(conversation_id)
        ids = [each.message_id for part in again.participants for each in part.messages]
        bulk = conversations.post_conversations_message_messages_bulk(conversation_id, body=ids).entities
        assert [each.normalized_message.text for each in bulk] == ["Hello?", "Good morning."]
        assert bulk[0].status == "received"
        conversations.patch_conversations_message_participant(conversation_id, agent.id, body={"state": "disconnected"})
        assert conversations.get_conversations_messages().entities == [], "the queue asks for no wrap-up"
        with pytest.raises(ApiException) as refused:
            conversations.get_conversations_call(conversation_id)
        assert refused.value.status == 404

    await run(desk, script)
    assert (await visitor.status()).state == "ended"


async def test_refusals_name_what_was_wrong(desk: Desk) -> None:
    _, conversation_id = await alerted(desk)
    part = await desk.part(conversation_id, "Ana")

    def script(api: Sdk) -> None:
        conversations = sdk.ConversationsApi(api)
        send = conversations.post_conversations_message_communication_messages
        for communication, body, status, said in (
            (part.communication_id, {"textBody": "early"}, 409, "Accept it first"),
            ("unheard", {"textBody": "x"}, 404, "communication"),
            (part.communication_id, {"textBody": ""}, 400, "text"),
            (part.communication_id, {"messagingTemplate": {}}, 400, "messagingTemplate"),
        ):
            with pytest.raises(ApiException) as refused:
                send(conversation_id, communication, body)
            assert refused.value.status == status, body
            assert said in str(refused.value.body)
        with pytest.raises(ApiException) as refused:
            conversations.patch_conversations_message_participant(conversation_id, part.id, body={"muted": True})
        assert refused.value.status == 400
        with pytest.raises(ApiException) as refused:
            conversations.patch_conversations_email_participant(conversation_id, part.id, body={"state": "connected"})
        assert refused.value.status == 404

    await run(desk, script)


async def test_an_agent_hands_a_conversation_to_another_queue(desk: Desk) -> None:
    visitor, conversation_id = await alerted(desk)
    second = await desk.floor.queue("Billing")
    part = await desk.accept(conversation_id, "Ana")

    def script(api: Sdk) -> None:
        conversations = sdk.ConversationsApi(api)
        hand = conversations.post_conversations_message_participant_replace
        for body, said in (({"userId": "Ben"}, "userId"), ({}, "queueId"), ({"queueId": "nowhere"}, "queueId")):
            with pytest.raises(ApiException) as refused:
                hand(conversation_id, part.id, body)
            assert refused.value.status == 400
            assert said in str(refused.value.body)
        with pytest.raises(ApiException) as refused:
            conversations.post_conversations_email_participant_replace(conversation_id, part.id, {"queueId": second})
        assert refused.value.status == 404
        hand(conversation_id, part.id, {"queueId": second})
        assert conversations.get_conversations_messages().entities == []

    await run(desk, script)
    assert (await visitor.status()).state == "waiting"


async def test_what_topics_carry_is_what_the_sdk_s_models_read(desk: Desk) -> None:
    await alerted(desk)
    happened = (await desk.floor.tenant.news(ConversationChanged))[-1]
    told = {each.topic: each.body for each in notifications(happened)}
    assert "v2.users.Ana.conversations.calls" not in told
    body = told["v2.users.Ana.conversations.messages"]
    reader = sdk.api_client.ApiClient()
    text = json.dumps(body, default=lambda value: value.isoformat())
    read = reader._ApiClient__deserialize(json.loads(text), "ConversationMessageEventTopicMessageConversation")
    customer = read.participants[0]
    assert customer.messages[0].message.id
    assert customer.messages[0].message_status == "received"
    whole = told["v2.users.Ana.conversations"]["participants"]
    assert [each["calls"] for each in whole] == [[], [], []]
    assert whole[0]["messages"][0]["messages"][0]["messageId"] == customer.messages[0].message.id


async def test_a_guest_over_http_sees_the_answer_live_and_after_a_reload(desk: Desk) -> None:
    deployment = await desk.deployment()
    await desk.agent("Ana", deployment.queue_id)
    async with (
        listening(desk.floor.context, ROUTES) as address,
        httpx.AsyncClient(base_url=address, timeout=20) as guest,
    ):
        place = f"{OURS}/guests/{deployment.id}"
        assert (await guest.get(place)).json()["name"] == deployment.name
        begun = await guest.post(place, json={"name": "Zoë"})
        resource = begun.json()["resource"]
        assert begun.status_code == 201
        sent = {"clientId": "c1", "text": "Hello?"}
        first, repeat = [(await guest.post(f"{resource}/messages", json=sent)).json() for _ in range(2)]
        assert first["id"] == repeat["id"]
        heard = asyncio.create_task(hear(guest, resource, "Good morning."))
        await desk.route()
        await desk.accept(first["conversationId"], "Ana")
        await desk.answer(first["conversationId"], "Ana", "Good morning.")
        events = await asyncio.wait_for(heard, 15)
        assert events[0][1]["messages"][0]["text"] == "Hello?"
        texts = [message["text"] for _, event in events for message in event["messages"]]
        assert texts == ["Hello?", "Good morning."], "each is told once"
        again = (await guest.get(resource)).json()
        assert [each["text"] for each in again["messages"]] == texts
        assert (again["state"], again["agent"]) == ("connected", "Ana")
        # Whoever comes again from where they were is told only what is new.
        resumed = await hear(guest, resource, None, last=events[-1][0])
        assert resumed[0][1]["messages"] == []
        assert (await guest.get(f"{place}/{resource.rpartition('/')[2]}x")).status_code == 404
        assert (await guest.delete(resource)).status_code == 200
        assert (await guest.get(resource)).json()["state"] == "ended"


async def hear(guest: httpx.AsyncClient, resource: str, until: str | None, last: str = "") -> list[tuple[str, Any]]:
    """Events until one brings a text, or the first one."""
    heard: list[tuple[str, Any]] = []
    headers = {"Last-Event-ID": last} if last else {}
    async with guest.stream("GET", f"{resource}/events", headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        event_id = ""
        async for line in stream.aiter_lines():
            if line.startswith("id: "):
                event_id = line.removeprefix("id: ")
            if line.startswith("data: "):
                heard.append((event_id, json.loads(line.removeprefix("data: "))))
                if until is None or any(each["text"] == until for each in heard[-1][1]["messages"]):
                    return heard
    return heard
