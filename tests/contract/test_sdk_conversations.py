"""The vendor's Python SDK, unmodified, reads and describes conversations on a real port; it also reads what topics carry."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import msgspec
import PureCloudPlatformClientV2 as Vendor
import pytest
import uvicorn
from tests.conftest import SettableContext
from tests.store.conftest import Tenant, make_tenant
from tests.store.conversations.centre import Calls, make_calls

from shiftline.conversations.endpoints import ROUTES
from shiftline.conversations.events import ConversationChanged
from shiftline.conversations.model.changes import EndWrapup, SetHeld, SetMuted, SetTag
from shiftline.conversations.model.conversations import Conversation, Wrapup
from shiftline.conversations.topics import notifications
from shiftline.foundation.context import Actor, Context
from shiftline.foundation.web.application import WebOptions, build
from shiftline.identity.operations.tokens import authenticate

Sdk = Any
sdk: Any = Vendor


@asynccontextmanager
async def listening(context: Context) -> AsyncGenerator[str]:
    """The API on a port of its own; its address."""

    async def who(token: str) -> Actor:
        return await authenticate(context.database, context.clock, token)

    options = WebOptions("localhost:8443")
    app: Any = build(ROUTES, database=context.database, clock=context.clock, authenticate=who, options=options)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    listener = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


def conversations(address: str, token: str) -> Sdk:
    # The SDK keeps one configuration for the process; the address of this test is the one that counts.
    sdk.configuration.host = address
    client = sdk.api_client.ApiClient()
    client.access_token = token
    return sdk.ConversationsApi(client)


@pytest.fixture
async def tenant(context: SettableContext) -> Tenant:
    context.clock.set("2023-11-05T01:59:58.5-05:00")
    return await make_tenant(context)


@pytest.fixture
async def calls(tenant: Tenant) -> Calls:
    return await make_calls(tenant)


async def wrapped_up(calls: Calls, context: SettableContext, person_id: str) -> Conversation:
    """A call of two minutes over the night on which clocks go back, with all that can be said of it."""
    talking, agent = await calls.talk(person_id)
    customer = talking.participants[0]
    await calls.change(talking, SetMuted(agent.id, muted=True), SetHeld(customer.id, held=True), SetTag("crm-4"))
    context.clock.advance(timedelta(minutes=2))
    over = await calls.hang_up(talking)
    context.clock.advance(timedelta(seconds=20))
    return await calls.change(over, EndWrapup(agent.id, Wrapup("solved", "Solved", "fine", ("vip",))))


async def test_the_vendors_sdk_reads_and_describes_conversations(
    tenant: Tenant, calls: Calls, context: SettableContext
) -> None:
    ada = await tenant.person("Ada")
    over = await wrapped_up(calls, context, ada.id)
    agent = over.participants[-1]
    live, mine = await calls.talk(ada.id)

    def script(api: Sdk, admin: Sdk) -> None:
        [own] = api.get_conversations().entities
        [call] = api.get_conversations_calls().entities
        assert own.id == call.id == live.id
        assert (call.participants[-1].state, call.participants[-1].user.id) == ("connected", ada.id)
        read = api.get_conversation(over.id)
        assert (read.start_time, read.end_time) == (over.started_at, over.ended_at)
        assert (read.external_tag, read.state, read.recording_state) == ("crm-4", "terminated", "NONE")
        part = read.participants[-1]
        assert (part.start_acw_time, part.end_acw_time) == (agent.acw_started_at, agent.acw_ended_at)
        assert (part.wrapup.code, part.wrapup.end_time, part.wrapup.duration_seconds) == (
            "solved", agent.acw_ended_at, 20,
        )  # fmt: skip
        assert (part.wrapup_prompt, part.purpose, part.calls[0].muted) == ("mandatory", "agent", True)
        assert part.calls[0].disconnect_type == "endpoint"
        assert part.calls[0].after_call_work.state == "complete"
        assert api.get_conversations_call(over.id).participants[-1].wrapup.tags == ["vip"]
        assert api.get_conversations_call_participant_wrapup(over.id, agent.id).notes == "fine"
        assert [each.name for each in api.get_conversations_call_participant_wrapupcodes(live.id, mine.id)] == [
            "Solved"
        ]
        api.patch_conversation_participant_attributes(live.id, mine.id, {"attributes": {"ticket": "17"}})
        assert api.get_conversation(live.id).participants[-1].attributes == {"ticket": "17"}
        assert admin.put_conversation_tags(live.id, {"externalTag": "crm-5"}) == "Accepted"
        assert api.get_conversation(live.id).external_tag == "crm-5"

    async with listening(context) as address:
        both = (conversations(address, tenant.tokens[each]) for each in (ada.id, "admin-1"))
        await asyncio.to_thread(script, *both)


class Answer:
    """What the SDK takes for an answer."""

    def __init__(self, body: Any) -> None:
        self.data = msgspec.json.encode(body).decode()

    def getheader(self, name: str) -> str | None:
        return {"Content-Type": "application/json"}.get(name)


def strangers(model: Any, body: Any) -> list[str]:
    """Fields that a model of the SDK does not have, at any depth."""
    if isinstance(body, list):
        return [name for one, each in zip(model, body, strict=True) for name in strangers(one, each)]
    if not hasattr(model, "attribute_map"):
        return []
    attributes = {wire: name for name, wire in model.attribute_map.items()}
    found = [name for name in body if name not in attributes]
    known = [(getattr(model, attributes[name]), each) for name, each in body.items() if name in attributes]
    return found + [name for one, each in known for name in strangers(one, each)]


@pytest.mark.parametrize(
    ("topic", "model"),
    [
        ("v2.users.{person}.conversations", "ConversationEventTopicConversation"),
        ("v2.users.{person}.conversations.calls", "ConversationCallEventTopicCallConversation"),
        ("v2.routing.queues.voice.conversations", "QueueConversationEventTopicConversation"),
    ],
)
async def test_the_vendors_models_read_what_topics_carry(
    tenant: Tenant, calls: Calls, context: SettableContext, topic: str, model: str
) -> None:
    ada = await tenant.person("Ada")
    over = await wrapped_up(calls, context, ada.id)
    last = (await tenant.news(ConversationChanged))[-1]
    bodies = {each.topic: each.body for each in notifications(last)}
    body = bodies[topic.format(person=ada.id)]
    told = sdk.api_client.ApiClient().deserialize(Answer(body), model)
    assert "outdated_sdk_version" not in str(told.to_dict())
    assert strangers(told, msgspec.to_builtins(body)) == []
    assert (told.id, told.recording_state) == (over.id, "none")
    agent = told.participants[-1]
    assert (agent.end_acw_time, agent.wrapup.end_time) == (over.participants[-1].acw_ended_at,) * 2
