"""More than two in a call: blind transfer, consultation, conference, by the API beside the vendor's SDK. Three tones tell who is who."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser

from e2e.stage import SDK, Demo
from e2e.telephone import AGENT_TONE, Telephone, WebCaller, eventually, listening_browser, telephone, web_caller

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("calls")]

QUEUE, OTHER_QUEUE = "queue-voice-support", "queue-billing"
ANA, BEN, CALLER = AGENT_TONE, 1500, 700


@pytest.fixture(scope="module")
async def browsers(microphones: Browser) -> AsyncIterator[tuple[Browser, Browser]]:
    """Two microphones with a tone each."""
    async with listening_browser(BEN) as other:
        yield microphones, other


@dataclass
class Scene:
    """Ana talks to a caller, Ben is there."""

    ana: Telephone
    ben: Telephone
    caller: WebCaller
    conversation_id: str

    async def participant(self, of: Telephone | None = None, purpose: str = "customer") -> dict[str, Any]:
        """The live participant of somebody, or of a purpose."""
        people = (await self.ana.conversation(self.conversation_id))["participants"]
        mine = [each for each in people if of is None or each.get("userId") == of.agent["userId"]]
        return next(each for each in reversed(mine) if of is not None or each["purpose"] == purpose)

    async def post(self, path: str, body: Any, method: str = "POST") -> httpx.Response:
        """As Ana, below the call."""
        async with self.ana.client() as client:
            return await client.request(method, f"/api/v2/conversations/calls/{self.conversation_id}/{path}", json=body)


@pytest.fixture
async def scene(browsers: tuple[Browser, Browser], centre: Demo) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        ana = await stack.enter_async_context(telephone(browsers[0], centre, SDK, centre.agent(0)))
        ben = await stack.enter_async_context(telephone(browsers[1], centre, SDK, centre.agent(1)))
        caller = await stack.enter_async_context(web_caller(centre, QUEUE, CALLER))
        await ana.begin()
        await ben.begin()
        await ana.go_on_queue()
        assert (await caller.call()).status_code == 201
        conversation_id = (await caller.status())["conversationId"]
        await ana.told("pendingSession", conversation_id)
        await ana.do("acceptPendingSession", conversation_id)
        await caller.until("connected")
        yield Scene(ana, ben, caller, conversation_id)
        for phone in (ana, ben):
            await phone.leave_queue()


async def test_a_blind_transfer_to_an_agent(scene: Scene) -> None:
    mine = await scene.participant(scene.ana)
    answer = await scene.post(f"participants/{mine['id']}/replace", {"userId": scene.ben.agent["userId"]})
    assert answer.status_code == 202, answer.text
    await scene.ana.told("sessionEnded", scene.conversation_id)
    await scene.ben.told("pendingSession", scene.conversation_id)
    await scene.ben.do("acceptPendingSession", scene.conversation_id)
    assert await scene.caller.hears(BEN)
    assert await scene.ben.hears(CALLER)
    await scene.ben.do("endSession", scene.conversation_id)
    await scene.caller.until("ended")


async def test_a_blind_transfer_to_a_queue(scene: Scene) -> None:
    mine = await scene.participant(scene.ana)
    answer = await scene.post(f"participants/{mine['id']}/replace", {"queueId": OTHER_QUEUE})
    assert answer.status_code == 202, answer.text
    assert (await scene.caller.until("waiting", "ringing"))["state"] in {"waiting", "ringing"}
    await scene.caller.hang_up()


async def test_a_consultation_that_becomes_a_transfer(scene: Scene) -> None:
    customer = await scene.participant()
    answer = await scene.post(
        f"participants/{customer['id']}/consult",
        {"destination": {"userId": scene.ben.agent["userId"]}, "speakTo": "DESTINATION"},
    )
    assert answer.status_code == 202, answer.text
    await scene.ben.told("pendingSession", scene.conversation_id)
    await scene.ben.do("acceptPendingSession", scene.conversation_id)
    assert await scene.ana.hears(BEN)
    assert await scene.ben.hears(ANA)
    assert (await scene.caller.until("held"))["state"] == "held"
    other = await scene.post(f"participants/{customer['id']}/consult", {"speakTo": "OBJECT"}, "PATCH")
    assert other.status_code == 202, other.text
    assert await scene.caller.hears(ANA)
    assert await scene.ana.hears(CALLER)
    await scene.ana.do("endSession", scene.conversation_id)
    assert await scene.caller.hears(BEN)
    assert await scene.ben.hears(CALLER)
    await scene.ben.do("endSession", scene.conversation_id)
    await scene.caller.until("ended")


async def test_three_hear_each_other_and_the_recordings_hold_each_alone(scene: Scene, centre: Demo) -> None:
    answer = await scene.post("participants", {"participants": [{"userId": scene.ben.agent["userId"]}]})
    assert answer.status_code == 202, answer.text
    await scene.ben.told("pendingSession", scene.conversation_id)
    await scene.ben.do("acceptPendingSession", scene.conversation_id)

    async def connected() -> bool:
        people = (await scene.ana.conversation(scene.conversation_id))["participants"]
        return sum(each["calls"][0]["state"] == "connected" for each in people if each.get("calls")) == 3

    await eventually(connected)
    # Whoever is muted is heard by nobody; of two that speak the louder is found first.
    await scene.ana.do("setAudioMute", scene.conversation_id, mute=True)
    assert await scene.caller.hears(BEN)
    assert await scene.ben.hears(CALLER)
    await scene.ana.do("setAudioMute", scene.conversation_id, mute=False)
    await scene.ben.do("setAudioMute", scene.conversation_id, mute=True)
    assert await scene.caller.hears(ANA)
    assert await scene.ana.hears(CALLER)
    await scene.caller.hang_up()
    # Two agents are left, and go on.
    await scene.ben.do("setAudioMute", scene.conversation_id, mute=False)
    assert await scene.ana.hears(BEN)
    await scene.ana.do("endSession", scene.conversation_id)
    await scene.ben.told("sessionEnded", scene.conversation_id)
