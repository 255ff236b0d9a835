"""Card data: what is said while recording pauses is heard by the other side and is in no stored file; silence stands there."""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.async_api import Browser

from e2e.stage import SDK, Demo
from e2e.telephone import AGENT_TONE, CALLER_TONE, RATE, loudest, telephone, web_caller
from e2e.test_recorded_story import QUEUE, sealed, sound_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("calls")]

SECRET = 2350
"""Hz, played by the caller in the paused span only."""
STEP = RATE // 10


def strength(samples: np.ndarray[Any, Any], hertz: int) -> list[float]:
    """How much of a frequency is in each tenth of a second, of the largest that there could be."""
    parts = samples[: len(samples) // STEP * STEP].reshape(-1, STEP).astype(float)
    wave = np.exp(-2j * np.pi * hertz * np.arange(STEP) / RATE)
    return [float(abs(part @ (wave * np.hanning(STEP)))) / (32_768 * STEP / 2) for part in parts]


async def control_of(client: httpx.AsyncClient, conversation_id: str) -> dict[str, Any]:
    answer = await client.get(f"/api/v2/shiftline/conversations/{conversation_id}/recordingcontrol")
    assert answer.status_code == 200, answer.text
    return answer.json()


@asynccontextmanager
async def announced(admin: httpx.AsyncClient) -> AsyncGenerator[None]:
    """That calls are recorded is told at their beginning, and whoever would hear one says why; as before at the end."""
    await set_policy(admin, announced=True)
    try:
        yield
    finally:
        await set_policy(admin, announced=False)


async def set_policy(admin: httpx.AsyncClient, *, announced: bool) -> None:
    policy = {"queueId": QUEUE, "announceConsent": announced, "reasonRequired": announced}
    answer = await admin.put("/api/v2/shiftline/recordings/policies", json=policy)
    assert answer.status_code == 200, answer.text


async def test_what_is_said_while_recording_pauses_is_in_no_file(microphones: Browser, centre: Demo) -> None:
    agent = centre.agent(0)
    async with (
        centre.admin() as admin,
        announced(admin),
        telephone(microphones, centre, SDK, agent) as phone,
        web_caller(centre, QUEUE) as caller,
        phone.client() as mine,
    ):
        await phone.begin()
        await phone.go_on_queue()
        assert (await caller.call()).status_code == 201
        conversation_id = (await caller.status())["conversationId"]
        await phone.told("pendingSession", conversation_id)
        await phone.do("acceptPendingSession", conversation_id)
        await caller.until("connected")
        await asyncio.sleep(1.2)
        # Both hear that the call is recorded before they hear each other.
        told = loudest(caller.heard, 0.25)
        assert told is not None
        assert 0 < told < AGENT_TONE - 20
        assert await phone.hears(CALLER_TONE)
        conversation = await phone.conversation(conversation_id)
        me = next(each for each in conversation["participants"] if each.get("userId") == agent["userId"])
        assert (await control_of(mine, conversation_id))["recordingState"] == "active"

        path = f"/api/v2/conversations/calls/{conversation_id}"
        answer = await mine.patch(f"{path}/participants/{me['id']}", json={"recordingState": "paused"})
        assert answer.status_code == 202, answer.text
        # From its answer on, not a moment later.
        caller.retune(SECRET)
        assert await phone.hears(SECRET, within=25)
        assert (await phone.conversation(conversation_id))["recordingState"] == "PAUSED"
        assert (await control_of(mine, conversation_id))["pausedBy"] == agent["userId"]
        await asyncio.sleep(1.5)
        answer = await mine.put(f"{path}/recordingstate", json={"recordingState": "ACTIVE"})
        assert answer.status_code == 202, answer.text
        # Its last word may still be under way: what was said before the end of the pause is not kept either.
        caller.retune(CALLER_TONE)
        assert await phone.hears(CALLER_TONE)
        await asyncio.sleep(1.0)
        await phone.do("endSession", conversation_id)
        await caller.until("ended")
        await phone.leave_queue()

        await _examine(admin, conversation_id, agent["userId"])


async def test_a_media_process_that_dies_in_a_pause_leaves_it_paused_and_nothing_of_it_kept(
    microphones: Browser, centre: Demo
) -> None:
    """What is said goes on being heard by another process, and in no file of either, until somebody resumes."""
    agent = centre.agent(0)
    async with (
        centre.admin() as admin,
        telephone(microphones, centre, SDK, agent) as phone,
        web_caller(centre, QUEUE) as caller,
        phone.client() as mine,
    ):
        await phone.begin()
        await phone.go_on_queue()
        assert (await caller.call()).status_code == 201
        conversation_id = (await caller.status())["conversationId"]
        await phone.told("pendingSession", conversation_id)
        await phone.do("acceptPendingSession", conversation_id)
        await caller.until("connected")
        assert await phone.hears(CALLER_TONE)
        path = f"/api/v2/conversations/calls/{conversation_id}/recordingstate"
        answer = await mine.put(path, json={"recordingState": "PAUSED"})
        assert answer.status_code == 202, answer.text
        caller.retune(SECRET)
        assert await phone.hears(SECRET, within=25)

        centre.kill("media")
        await caller.until("lost", timeout=20)
        assert (await caller.renew()).status_code == 200
        await caller.until("connected", timeout=20)
        caller.retune(SECRET)  # a connection that is made anew begins with the caller's own tone
        assert await phone.hears(SECRET, within=25)
        control = await control_of(mine, conversation_id)
        assert (control["recordingState"], control["pausedBy"]) == ("paused", agent["userId"])
        await asyncio.sleep(1.5)
        answer = await mine.put(path, json={"recordingState": "ACTIVE"})
        assert answer.status_code == 202, answer.text
        caller.retune(CALLER_TONE)
        assert await phone.hears(CALLER_TONE)
        await asyncio.sleep(1.5)
        await phone.do("endSession", conversation_id)
        await caller.until("ended")
        await phone.leave_queue()

        recordings = await sealed(admin, conversation_id, count=4)  # two of each process
        heard: list[float] = []
        for recording in recordings:
            _, samples = await sound_of(admin, recording)
            assert max(strength(samples, SECRET), default=0.0) < 0.002
            heard.append(max(strength(samples, CALLER_TONE), default=0.0))
        assert sum(each > 0.06 for each in heard) >= 2, "what was said before the pause, and what was said after it"


async def _examine(admin: httpx.AsyncClient, conversation_id: str, agent_id: str) -> None:
    """What was recorded: silence where it paused, and what was said before and after."""
    recordings = await sealed(admin, conversation_id)
    for recording in recordings:
        await _lies_in_it(admin, recording)
        (pause,) = recording["pauses"]
        assert pause["confirmed"]
        assert pause["pausedBy"] == pause["resumedBy"] == agent_id
        _, samples = await sound_of(admin, recording, reason="complaint")
        assert abs(len(samples) / RATE * 1000 - recording["durationMs"]) < 300
        assert max(strength(samples, SECRET)) < 0.002
        start, end = (int(pause[name] * RATE / 1000) for name in ("startMs", "endMs"))
        assert np.abs(samples[start + RATE // 10 : end - RATE // 10]).max() < 60
        assert end - start > 2 * RATE
    theirs = next(each for each in recordings if "userId" not in each)
    _, samples = await sound_of(admin, theirs, reason="complaint")
    before = [each > 0.05 for each in strength(samples, CALLER_TONE)]
    spoken = [is_heard for is_heard, _ in itertools.groupby(before)]
    assert spoken.count(True) >= 2, "what was said before and after the pause is there"
    assert max(strength(samples, CALLER_TONE)) > 0.06 > 30 * max(strength(samples, SECRET))


async def _lies_in_it(admin: httpx.AsyncClient, recording: dict[str, Any]) -> None:
    """What is told of a recording, and that nothing is heard without a reason."""
    happened = (await admin.get(f"/api/v2/shiftline/recordings/{recording['id']}/events")).json()["entities"]
    consent, paused = (next(each for each in happened if each["kind"] == kind) for kind in ("consent", "pause"))
    assert 1999 <= consent["durationMs"] <= 2000
    assert consent["offsetMs"] < 100 < paused["offsetMs"]
    offsets = [each["offsetMs"] for each in happened]
    assert offsets == sorted(offsets)
    answer = await admin.get(f"/api/v2/shiftline/recordings/{recording['id']}/media")
    assert (answer.status_code, "complaint" in answer.text) == (400, True)
