"""The mission's own case: a swap is published while paid time off is pending, and the softphone starts and stays."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser

from e2e.plain_client import connect
from e2e.stage import Demo, running_demo, softphone_page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("softphone")]

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


def shift_of(start: str, end: str) -> dict[str, Any]:
    return {"startTime": start, "endTime": end, "isSwap": True, "swapReason": "Agent Preference"}


# Paid minutes follow from elapsed instants: 450 of a shift of eight hours with its unpaid meal, or all of a new one's.
NIGHTS = {
    "over midnight": (shift_of("2023-10-26T20:00:00-05:00", "2023-10-27T04:00:00-05:00"), 8),
    "over the weekend boundary": (shift_of("2023-10-29T22:00:00-05:00", "2023-10-30T06:00:00-05:00"), 8),
    "over the night with an hour twice": (shift_of("2023-11-04T22:00:00-05:00", "2023-11-05T06:00:00-06:00"), 9),
}


@pytest.mark.parametrize("night", list(NIGHTS))
async def test_the_same_over_special_nights(demo: Demo, browser: Browser, page_origin: str, night: str) -> None:
    shift, hours = NIGHTS[night]
    agent = demo.agent(9 + list(NIGHTS).index(night))
    await swap_and_stay(demo, browser, page_origin, agent, (shift, hours))


async def test_the_same_over_the_night_that_lacks_an_hour(browser: Browser, page_origin: str) -> None:
    async with running_demo("2024-03-08T05:45:00-06:00") as spring:
        shift = shift_of("2024-03-09T22:00:00-06:00", "2024-03-10T06:00:00-05:00")
        await swap_and_stay(spring, browser, page_origin, spring.agent(0), (shift, 7))


async def swap_and_stay(
    demo: Demo, browser: Browser, page_origin: str, agent: dict[str, Any], case: tuple[dict[str, Any], int]
) -> None:
    """Swap with pending time off the day after, become ready, revert and swap again while live."""
    shift, hours = case
    off = {"startTime": shift["endTime"], "endTime": shift["endTime"][:11] + "23:00:00" + shift["endTime"][19:]}
    body = {
        "userId": agent["userId"],
        "scheduleId": SCHEDULE,
        "shifts": [shift],
        "timeOffRequests": [{**off, "status": "PENDING", "type": "PAID_TIME_OFF"}],
    }
    async with demo.admin() as admin:
        done = await swap(admin, body)
        touched = done["schedules"][0]
        now = touched["days"][0]["shifts"][0]
        elapsed = datetime.fromisoformat(now["endTime"]) - datetime.fromisoformat(now["startTime"])
        assert elapsed == timedelta(hours=hours)
        assert not [warning for warning in done["warnings"] if warning["code"] == "offset.contradicts.zone"]
        assert done["access"]["allowed"] is True
        async with softphone_page(browser, demo, page_origin) as phone:
            assert await phone.begin(agent["accessToken"]) == "ready"
            schedule_id, number = touched["scheduleId"], touched["previousVersion"]
            path = f"/api/v2/shiftline/schedules/{schedule_id}/revisions/{number}/republish"
            assert (await admin.post(path, json={})).status_code == 200
            assert (await swap(admin, body))["changed"] is True
            await asyncio.sleep(1.5)
            assert "disconnected" not in await phone.seen()


async def test_fifty_agents_start_at_once(demo: Demo, browser: Browser, page_origin: str) -> None:
    """Five in Chromium, the rest by a plain client, each after their own swap with pending time off."""
    agents = demo.ready["agents"]
    chicago, others = agents[1:30], agents[30:51]
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
