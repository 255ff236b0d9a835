"""The founding case continued: at six in the morning that agent takes a call, and what was recorded of it is complete and can be shown."""

import asyncio
import hashlib
import io
from datetime import UTC, datetime
from typing import Any

import av
import httpx
import numpy as np
import pytest
from playwright.async_api import Browser

from e2e.stage import SDK, running_demo
from e2e.telephone import AGENT_TONE, CALLER_TONE, RATE, eventually, loudest, telephone, web_caller
from e2e.test_founding_case import SCHEDULE, payload, swap

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("recorded story")]

QUEUE = "queue-voice-support"
QUIET = 1.5
"""Seconds: three of the half seconds that are looked at in a recording, two of them silent throughout."""


async def sealed(admin: httpx.AsyncClient, conversation_id: str, count: int = 2) -> list[dict[str, Any]]:
    """The recordings of a conversation once all are sealed."""

    async def look() -> list[dict[str, Any]] | None:
        answer = await admin.get("/api/v2/shiftline/recordings", params={"conversationId": conversation_id})
        assert answer.status_code == 200, answer.text
        found = answer.json()["entities"]
        done = len(found) == count and all(each["state"] == "sealed" for each in found)
        return found if done else None

    return await eventually(look, timeout=20)


async def sound_of(
    admin: httpx.AsyncClient, recording: dict[str, Any], **asked: str
) -> tuple[bytes, np.ndarray[Any, Any]]:
    """A recording's file and its samples."""
    answer = await admin.get(f"/api/v2/shiftline/recordings/{recording['id']}/media", params=asked)
    assert answer.status_code == 200, answer.text
    with av.open(io.BytesIO(answer.content), "r") as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        parts = [
            out.to_ndarray().reshape(-1) for frame in container.decode(audio=0) for out in resampler.resample(frame)
        ]
    return answer.content, np.concatenate(parts)


async def republish(admin: httpx.AsyncClient, number: int) -> None:
    answer = await admin.post(f"/api/v2/shiftline/schedules/{SCHEDULE}/revisions/{number}/republish", json={})
    assert answer.status_code == 200, answer.text


async def test_the_agent_of_the_founding_case_takes_a_call_at_six(microphones: Browser) -> None:
    async with running_demo("2023-10-27T05:59:30-05:00") as centre:
        agent = centre.agent(0)
        async with (
            centre.admin() as admin,
            telephone(microphones, centre, SDK, agent) as phone,
            web_caller(centre, QUEUE) as caller,
        ):
            done = await swap(admin, payload(agent["userId"]))
            await phone.begin()
            await phone.go_on_queue()
            await _six(admin)
            assert (await caller.call()).status_code == 201
            conversation_id = (await caller.status())["conversationId"]
            await phone.told("pendingSession", conversation_id)
            await phone.do("acceptPendingSession", conversation_id)
            await caller.until("connected")
            assert await caller.hears(AGENT_TONE)
            assert await phone.hears(CALLER_TONE)

            await phone.do("setAudioMute", conversation_id, mute=True)
            assert await caller.hears(0)
            await asyncio.sleep(QUIET)
            await republish(admin, done["previousVersion"])
            await _take_a_role(admin, centre.agent(7))
            await phone.do("setAudioMute", conversation_id, mute=False)
            await phone.do("setConversationHeld", conversation_id, held=True)
            assert await phone.hears(0)
            await asyncio.sleep(QUIET)
            await phone.do("setConversationHeld", conversation_id, held=False)
            assert await caller.hears(AGENT_TONE)
            assert await phone.hears(CALLER_TONE)
            await phone.do("endSession", conversation_id)
            await caller.until("ended")

            recordings = await sealed(admin, conversation_id)
            silent: dict[bool, int] = {}
            for recording in recordings:
                assert recording["timeZone"] == "America/Chicago"
                assert recording["utcOffset"] == "-05:00"
                assert recording["startTime"] >= "2023-10-27T11:00:00"
                assert recording["endTime"] > recording["startTime"]
                content, samples = await sound_of(admin, recording)
                assert hashlib.sha256(content).hexdigest() == recording["sha256"]
                assert abs(len(samples) / RATE * 1000 - recording["durationMs"]) < 300
                is_mine = recording.get("userId") == agent["userId"]
                steps = range(RATE // 2, len(samples), RATE // 2)
                heard = [loudest(samples[: step + RATE // 2]) or 0 for step in steps]
                tone = AGENT_TONE if is_mine else CALLER_TONE
                assert sum(abs(each - tone) <= 15 for each in heard) >= 4
                silent[is_mine] = heard.count(0)
            # What was muted or held was given to nobody, and is in no recording: the caller's was held only.
            assert silent[True] >= silent[False] + 2 >= 4
            await _known_to_the_vendor(admin, conversation_id, recordings)
            await _heard_by_us(admin, next(each for each in recordings if each.get("userId") == agent["userId"]))


async def _known_to_the_vendor(
    admin: httpx.AsyncClient, conversation_id: str, recordings: list[dict[str, Any]]
) -> None:
    vendor = await admin.get(f"/api/v2/conversations/{conversation_id}/recordingmetadata")
    assert vendor.status_code == 200
    assert {each["id"] for each in vendor.json()} == {each["id"] for each in recordings}


async def _heard_by_us(admin: httpx.AsyncClient, mine: dict[str, Any]) -> None:
    """Who listened is in its log."""
    assert mine["queueId"] == QUEUE
    accesses = (await admin.get(f"/api/v2/shiftline/recordings/{mine['id']}/accesses")).json()
    assert any(each["allowed"] for each in accesses["entities"])


async def _six(admin: httpx.AsyncClient) -> None:
    """Wait until the clock of the centre says six."""

    async def is_six() -> bool:
        answer = await admin.get("/api/v2/users/me")
        return datetime.fromisoformat(answer.headers["shiftline-now"]) >= datetime(2023, 10, 27, 11, tzinfo=UTC)

    await eventually(is_six, timeout=40, every=0.5)


async def _take_a_role(admin: httpx.AsyncClient, other: dict[str, Any]) -> None:
    """Take every role from another agent: nothing of it concerns the call."""
    held = (await admin.get(f"/api/v2/authorization/subjects/{other['userId']}")).json()
    for grant in held["grants"]:
        answer = await admin.delete(
            f"/api/v2/authorization/subjects/{other['userId']}/divisions/{grant['division']['id']}"
            f"/roles/{grant['role']['id']}"
        )
        assert answer.status_code in {200, 204}, answer.text


async def test_a_call_over_the_night_with_an_hour_twice_has_offsets_that_only_go_on(microphones: Browser) -> None:
    async with running_demo("2023-11-05T01:59:40-05:00") as centre:
        agent = centre.agent(0)
        async with (
            centre.admin() as admin,
            telephone(microphones, centre, SDK, agent) as phone,
            web_caller(centre, QUEUE) as caller,
        ):
            await phone.begin()
            await phone.go_on_queue()
            assert (await caller.call()).status_code == 201
            conversation_id = (await caller.status())["conversationId"]
            await phone.told("pendingSession", conversation_id)
            await phone.do("acceptPendingSession", conversation_id)
            await caller.until("connected")

            async def over() -> bool:
                answer = await admin.get("/api/v2/users/me")
                now = datetime.fromisoformat(answer.headers["shiftline-now"])
                return now > datetime(2023, 11, 5, 7, 0, 3, tzinfo=UTC)

            await eventually(over, timeout=60, every=0.5)
            await asyncio.sleep(0.5)
            await phone.do("endSession", conversation_id)
            for recording in await sealed(admin, conversation_id):
                began = datetime.fromisoformat(recording["startTime"])
                if began < datetime(2023, 11, 5, 7, tzinfo=UTC):
                    assert recording["utcOffset"] == "-05:00"
                    assert [each["utcOffset"] for each in recording["offsets"]] == ["-05:00", "-06:00"]
                changes = [datetime.fromisoformat(each["from"]) for each in recording["offsets"]]
                assert changes == sorted(changes)
                assert changes[0] == began
