"""The mission's own case: a swap is published while paid time off is pending, and the softphone starts and stays."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser

from e2e.plain_client import connect
from e2e.stage import Demo, softphone_page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

SCHEDULE = "sch-987654321"
SWAP = "/api/v2/wfm/schedule/agent/swap"


def payload(user_id: str) -> dict[str, Any]:
    """The mission's payload as it was written, for any agent."""
    return {
        "userId": user_id,
        "scheduleId": SCHEDULE,
        "shifts": [
            {
                "startTime": "2023-10-27T06:00:00-05:00",
                "endTime": "2023-10-27T14:00:00-05:00",
                "skillIds": ["skill-voice-support"],
                "isSwap": True,
                "swapReason": "Agent Preference",
            }
        ],
        "timeOffRequests": [
            {
                "startTime": "2023-10-28T08:00:00-05:00",
                "endTime": "2023-10-28T16:00:00-05:00",
                "status": "PENDING",
                "type": "PAID_TIME_OFF",
            }
        ],
    }


async def swap(admin: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = await admin.post(SWAP, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def republish(admin: httpx.AsyncClient, number: int) -> int:
    answer = await admin.post(f"/api/v2/shiftline/schedules/{SCHEDULE}/revisions/{number}/republish", json={})
    assert answer.status_code == 200, answer.text
    return answer.json()["version"] if "version" in answer.json() else answer.json()["metadata"]["version"]


async def test_swap_then_softphone_then_revert_and_swap_again(demo: Demo, browser: Browser, page_origin: str) -> None:
    agent = demo.agent(0)
    body = payload(agent["userId"])
    async with demo.admin() as admin:
        done = await swap(admin, body)
        before, after = done["previousVersion"], done["version"]
        assert done["changed"] is True
        assert done["access"]["allowed"] is True
        again = await swap(admin, body)
        assert again["changed"] is False
        assert again["version"] == after

        async with softphone_page(browser, demo, page_origin) as phone:
            topic = f"v2.users.{agent['userId']}.workforcemanagement.schedules"
            assert await phone.begin(agent["accessToken"], [topic]) == "ready"

            params = {"userId": agent["userId"], "action": "connect", "at": "2023-10-27T06:00:00-05:00"}
            why = (await admin.get("/api/v2/shiftline/access/why", params=params)).json()
            assert why["allowed"] is True
            assert {"timeoff.pending", "shift.swapped"} <= {each["code"] for each in why["not_a_cause"]}

            reverted = await republish(admin, before)
            assert reverted > after
            swapped = await swap(admin, body)
            assert swapped["changed"] is True
            assert swapped["timeOffRequests"][0]["created"] is False

            await phone.until("window.events.length >= 2", 10)
            assert "disconnected" not in await phone.seen()


async def test_fifty_agents_start_at_once(demo: Demo, browser: Browser, page_origin: str) -> None:
    """Five in Chromium, the rest by a plain client, each after their own swap with pending time off."""
    agents = demo.ready["agents"]
    chicago, others = agents[:30], agents[30:50]
    async with demo.admin() as admin, AsyncExitStack() as stack:
        for agent in chicago:
            await swap(admin, payload(agent["userId"]))
        plain = [connect(demo, agent) for agent in (*chicago[5:], *others)]
        pages = [await stack.enter_async_context(softphone_page(browser, demo, page_origin)) for _ in range(5)]
        starting = [phone.begin(agent["accessToken"]) for phone, agent in zip(pages, chicago[:5], strict=True)]
        phones, outcomes = await asyncio.gather(asyncio.gather(*plain), asyncio.gather(*starting))
        assert outcomes == ["ready"] * 5
        assert len(phones) == 45
        await swap(admin, {**payload(chicago[7]["userId"]), "timeOffRequests": []})
        await asyncio.sleep(2)
        assert [phone.closed for phone in phones] == [None] * 45
        for phone in phones:
            phone.leave()
