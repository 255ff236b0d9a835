"""What a softphone's lines can do: two tabs, a persistent connection, auto-answer, nobody answers, a microphone that is denied."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser

from e2e.stage import SDK, Demo
from e2e.telephone import AGENT_TONE, CALLER_TONE, Telephone, eventually, telephone, web_caller

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("calls")]

QUEUE = "queue-voice-support"


async def change_queue(demo: Demo, **media: Any) -> None:
    """Change how the queue offers calls."""
    async with demo.admin() as admin:
        queue = (await admin.get(f"/api/v2/routing/queues/{QUEUE}")).json()
        queue["mediaSettings"]["call"] |= media
        answer = await admin.put(f"/api/v2/routing/queues/{QUEUE}", json=queue)
        assert answer.status_code == 200, answer.text


async def change_station(demo: Demo, agent: dict[str, Any], **properties: Any) -> None:
    """Change the line of an agent's phone."""
    async with demo.admin() as admin:
        found = (await admin.get("/api/v2/telephony/providers/edges/phones", params={"pageSize": 500})).json()
        phone = next(each for each in found["entities"] if (each.get("webRtcUser") or {}).get("id") == agent["userId"])
        phone = (await admin.get(f"/api/v2/telephony/providers/edges/phones/{phone['id']}")).json()
        for name, value in properties.items():
            phone["lines"][0].setdefault("properties", {})[name] = {"value": {"instance": value}}
        answer = await admin.put(f"/api/v2/telephony/providers/edges/phones/{phone['id']}", json=phone)
        assert answer.status_code == 200, answer.text


async def test_two_tabs_ring_and_the_one_that_answers_has_the_call(microphones: Browser, centre: Demo) -> None:
    agent = centre.agent(0)
    async with (
        telephone(microphones, centre, SDK, agent) as one,
        telephone(microphones, centre, SDK, agent) as two,
        web_caller(centre, QUEUE) as caller,
    ):
        await one.begin()
        await two.begin()
        await one.go_on_queue()
        assert (await caller.call()).status_code == 201
        conversation_id = (await caller.status())["conversationId"]
        await one.told("pendingSession", conversation_id)
        await two.told("pendingSession", conversation_id)
        await two.do("acceptPendingSession", conversation_id)
        await one.told("handledPendingSession", conversation_id)
        await caller.until("connected")
        assert await two.hears(CALLER_TONE)
        assert await caller.hears(AGENT_TONE)
        assert not await one.events("sessionStarted")
        await two.do("endSession", conversation_id)
        await one.leave_queue()


async def test_a_page_that_is_loaded_anew_has_its_call_again(microphones: Browser, centre: Demo) -> None:
    agent = centre.agent(0)
    async with telephone(microphones, centre, SDK, agent) as phone, web_caller(centre, QUEUE) as caller:
        await phone.begin()
        await phone.go_on_queue()
        assert (await caller.call()).status_code == 201
        conversation_id = (await caller.status())["conversationId"]
        await phone.told("pendingSession", conversation_id)
        await phone.do("acceptPendingSession", conversation_id)
        assert await phone.hears(CALLER_TONE)
        before = (await phone.conversation(conversation_id))["participants"]
        await phone.page.reload()
        await phone.begin()
        assert (await phone.told("pendingSession", conversation_id))["autoAnswer"] is True
        assert await phone.hears(CALLER_TONE)
        assert await caller.hears(AGENT_TONE)
        after = (await phone.conversation(conversation_id))["participants"]
        assert [each["id"] for each in after] == [each["id"] for each in before]
        assert await phone.routing_status() == "INTERACTING"
        await phone.do("endSession", conversation_id)
        await caller.until("ended")
        await phone.leave_queue()


async def test_who_does_not_answer_is_not_responding_and_the_caller_waits_on(
    microphones: Browser, centre: Demo
) -> None:
    await change_queue(centre, alertingTimeoutSeconds=7)
    async with (
        telephone(microphones, centre, SDK, centre.agent(0)) as silent,
        telephone(microphones, centre, SDK, centre.agent(1)) as other,
        web_caller(centre, QUEUE) as caller,
    ):
        await silent.begin()
        await silent.go_on_queue()
        assert (await caller.call()).status_code == 201
        conversation_id = (await caller.status())["conversationId"]
        await silent.told("pendingSession", conversation_id)
        await silent.told("cancelPendingSession", conversation_id, timeout=20)
        assert await silent.routing_status() == "NOT_RESPONDING"
        assert (await caller.status())["state"] == "waiting"
        await other.begin()
        await other.go_on_queue()
        await other.told("pendingSession", conversation_id)
        await other.do("acceptPendingSession", conversation_id)
        assert await caller.hears(AGENT_TONE)
        await other.do("endSession", conversation_id)
        await other.leave_queue()
        await silent.leave_queue()
    await change_queue(centre, alertingTimeoutSeconds=30)


async def test_a_queue_that_answers_by_itself(microphones: Browser, centre: Demo) -> None:
    await change_queue(centre, enableAutoAnswer=True)
    try:
        async with telephone(microphones, centre, SDK, centre.agent(0)) as phone, web_caller(centre, QUEUE) as caller:
            await phone.begin()
            await phone.go_on_queue()
            assert (await caller.call()).status_code == 201
            conversation_id = (await caller.status())["conversationId"]
            assert (await phone.told("pendingSession", conversation_id))["autoAnswer"] is True
            await caller.until("connected")
            assert await caller.hears(AGENT_TONE)
            await phone.do("endSession", conversation_id)
            await phone.leave_queue()
    finally:
        await change_queue(centre, enableAutoAnswer=False)


async def test_a_microphone_that_is_denied_gives_the_call_back_to_the_queue(microphones: Browser, centre: Demo) -> None:
    async with telephone(microphones, centre, SDK, centre.agent(0)) as phone, web_caller(centre, QUEUE) as caller:
        await phone.page.evaluate(
            "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
        )
        await phone.begin()
        await phone.go_on_queue()
        assert (await caller.call()).status_code == 201
        conversation_id = (await caller.status())["conversationId"]
        await phone.told("pendingSession", conversation_id)
        await phone.begin_to("acceptPendingSession", conversation_id)
        await eventually(lambda: _status(phone, "NOT_RESPONDING"), timeout=30)
        assert (await caller.until("waiting"))["state"] == "waiting"
        await phone.leave_queue()


async def _status(phone: Telephone, status: str) -> bool:
    return await phone.routing_status() == status


async def test_a_persistent_connection_carries_one_call_after_the_other(microphones: Browser, centre: Demo) -> None:
    agent = centre.agent(3)
    await change_station(centre, agent, station_persistent_enabled=True)
    async with telephone(microphones, centre, SDK, agent) as phone:
        await phone.begin()
        first = await phone.told("sessionStarted", timeout=30)
        await phone.go_on_queue()
        for _ in range(2):
            async with web_caller(centre, QUEUE) as caller:
                assert (await caller.call()).status_code == 201
                conversation_id = (await caller.status())["conversationId"]
                pending = await phone.told("pendingSession", conversation_id)
                assert pending["sessionId"] == first["id"] or pending["sessionId"]
                await phone.do("acceptPendingSession", conversation_id)
                await caller.until("connected")
                assert await caller.hears(AGENT_TONE)
                assert await phone.hears(CALLER_TONE)
                await phone.do("endSession", conversation_id)
                await caller.until("ended")
                await asyncio.sleep(0.5)
        assert await phone.page.evaluate("window.analysers.some(([peer]) => peer.connectionState === 'connected')")
        await phone.leave_queue()


async def test_two_lines_hold_one_call_while_the_other_goes_on(microphones: Browser, centre: Demo) -> None:
    agent, colleague = centre.agent(2), centre.agent(1)
    await change_station(centre, agent, webRtcCallAppearances=2)
    async with (
        telephone(microphones, centre, SDK, agent) as phone,
        telephone(microphones, centre, SDK, colleague) as other,
        web_caller(centre, QUEUE) as caller,
    ):
        await phone.begin()
        await other.begin()
        await phone.go_on_queue()
        assert (await caller.call()).status_code == 201
        first = (await caller.status())["conversationId"]
        await phone.told("pendingSession", first)
        await phone.do("acceptPendingSession", first)
        assert await caller.hears(AGENT_TONE)
        async with phone.client() as client:
            begun = await client.post("/api/v2/conversations/calls", json={"callUserId": colleague["userId"]})
            assert begun.status_code == 202, begun.text
            second = begun.json()["id"]
            await other.told("pendingSession", second)
            await other.do("acceptPendingSession", second)
            assert await other.hears(AGENT_TONE)
            # The vendor's client puts the first call on hold as soon as it takes up another line.
            assert (await caller.until("held"))["conversationId"] == first
            assert not await caller.hears(AGENT_TONE, timeout=2)
            third = await client.post("/api/v2/conversations/calls", json={"callUserId": colleague["userId"]})
            assert (third.status_code, "2 line(s)" in third.json()["message"]) == (409, True)
        assert {each["id"] for each in await phone.events("sessionStarted")} == {
            (await phone.told("sessionStarted", each))["id"] for each in (first, second)
        }
        await phone.do("endSession", second)
        await other.told("sessionEnded", second)
        assert (await caller.status())["state"] == "held", "the end of one call is not that of the other"
        await phone.do("setConversationHeld", first, held=False)
        assert await caller.hears(AGENT_TONE)
        assert await phone.hears(CALLER_TONE)
        await phone.do("endSession", first)
        await caller.until("ended")
        await phone.leave_queue()
    await change_station(centre, agent, webRtcCallAppearances=1)
