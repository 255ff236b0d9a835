"""Calls with the vendor's unmodified SDK in Chromium and a web caller on an independent WebRTC stack: tones tell who hears whom."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from e2e.stage import SDK, Demo
from e2e.telephone import (
    AGENT_TONE,
    CALLER_TONE,
    Telephone,
    WebCaller,
    eventually,
    telephone,
    web_caller,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("calls")]

QUEUE = "queue-voice-support"


@pytest.fixture
async def phone(microphones: Browser, centre: Demo) -> AsyncIterator[Telephone]:
    """Ana's softphone, on queue; off queue again at the end."""
    async with telephone(microphones, centre, SDK, centre.agent(0)) as phone:
        await phone.begin()
        await phone.go_on_queue()
        yield phone
        await phone.leave_queue()


async def answered(phone: Telephone, caller: WebCaller) -> str:
    """Call, ring, accept; the conversation's id once both talk."""
    assert (await caller.call()).status_code == 201
    conversation_id = (await caller.status())["conversationId"]
    await phone.told("pendingSession", conversation_id)
    await phone.do("acceptPendingSession", conversation_id)
    await caller.until("connected")
    return conversation_id


async def test_both_hear_each_other_and_mute_and_hold_do_what_they_say(phone: Telephone, centre: Demo) -> None:
    async with web_caller(centre, QUEUE) as caller:
        conversation_id = await answered(phone, caller)
        assert await caller.hears(AGENT_TONE)
        assert await phone.hears(CALLER_TONE)
        assert await phone.routing_status() == "INTERACTING"

        await phone.do("setAudioMute", conversation_id, mute=True)
        assert await caller.hears(0)
        assert await phone.hears(CALLER_TONE)
        await phone.do("setAudioMute", conversation_id, mute=False)
        assert await caller.hears(AGENT_TONE)

        await phone.do("setConversationHeld", conversation_id, held=True)
        assert await phone.hears(0)
        assert (await caller.until("held"))["state"] == "held"
        assert not await caller.hears(AGENT_TONE, timeout=1.5)
        await phone.do("setConversationHeld", conversation_id, held=False)
        assert await caller.hears(AGENT_TONE)
        assert await phone.hears(CALLER_TONE)

        await phone.do("endSession", conversation_id)
        await phone.told("sessionEnded", conversation_id)
        assert (await caller.until("ended"))["endReason"] == "peer"
        await eventually(lambda: _is(phone, "IDLE"))


async def _is(phone: Telephone, status: str) -> bool:
    return await phone.routing_status() == status


async def test_a_caller_who_goes_while_it_rings_stops_the_ringing(phone: Telephone, centre: Demo) -> None:
    async with web_caller(centre, QUEUE) as caller:
        assert (await caller.call()).status_code == 201
        conversation_id = (await caller.status())["conversationId"]
        await phone.told("pendingSession", conversation_id)
        await caller.hang_up()
        await phone.told("cancelPendingSession", conversation_id)
        assert await phone.routing_status() == "IDLE"


async def test_a_declined_call_goes_to_the_next_agent_and_why_tells_it(
    phone: Telephone, microphones: Browser, centre: Demo
) -> None:
    async with telephone(microphones, centre, SDK, centre.agent(1)) as other, web_caller(centre, QUEUE) as caller:
        assert (await caller.call()).status_code == 201
        conversation_id = (await caller.status())["conversationId"]
        await phone.told("pendingSession", conversation_id)
        await other.begin()
        await other.go_on_queue()
        await phone.do("rejectPendingSession", conversation_id)
        await phone.told("cancelPendingSession", conversation_id)
        await other.told("pendingSession", conversation_id)
        await other.do("acceptPendingSession", conversation_id)
        await caller.until("connected")
        assert await caller.hears(AGENT_TONE)
        await caller.hang_up()
        await other.told("sessionEnded", conversation_id)
        await other.leave_queue()


async def test_a_call_survives_a_dropped_socket_with_its_audio(phone: Telephone, centre: Demo) -> None:
    async with web_caller(centre, QUEUE) as caller:
        conversation_id = await answered(phone, caller)
        assert await caller.hears(AGENT_TONE)
        centre.kill("signalling")
        await phone.until_seen("disconnected")
        assert await caller.hears(AGENT_TONE)
        assert await phone.hears(CALLER_TONE)
        await phone.until_seen("connected", times=2)
        await phone.do("setAudioMute", conversation_id, mute=True)
        assert await caller.hears(0)
        await phone.do("endSession", conversation_id)
        await caller.until("ended")


async def test_a_dead_media_process_gives_its_calls_to_another_within_seconds(phone: Telephone, centre: Demo) -> None:
    async with web_caller(centre, QUEUE) as caller:
        conversation_id = await answered(phone, caller)
        assert await caller.hears(AGENT_TONE)
        assert await phone.hears(CALLER_TONE)
        centre.kill("media")
        status = await caller.until("lost", timeout=30)
        assert status["generation"] == 2
        assert (await caller.renew()).status_code == 200
        await caller.until("connected", timeout=30)
        assert await caller.hears(AGENT_TONE)
        assert await phone.hears(CALLER_TONE)
        await phone.do("endSession", conversation_id)
        await caller.until("ended")


async def test_an_agent_calls_another(phone: Telephone, microphones: Browser, centre: Demo) -> None:
    async with telephone(microphones, centre, SDK, centre.agent(2)) as other, phone.client() as client:
        await other.begin()
        response = await client.post("/api/v2/conversations/calls", json={"callUserId": other.agent["userId"]})
        assert response.status_code == 202, response.text
        conversation_id = response.json()["id"]
        assert (await phone.told("pendingSession", conversation_id))["autoAnswer"] is True
        await other.told("pendingSession", conversation_id)
        await other.do("acceptPendingSession", conversation_id)
        assert await other.hears(AGENT_TONE)
        assert await phone.hears(AGENT_TONE)
        await asyncio.sleep(0.5)
        await other.do("endSession", conversation_id)
        await phone.told("sessionEnded", conversation_id)
