"""Revocation closes a live softphone with its reason; granting again needs no new token; and it says why throughout."""

import asyncio
import os
import signal
import time
from typing import Any

import pytest
from playwright.async_api import Browser

from e2e.stage import Demo, Softphone, softphone_page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("softphone")]


async def agent_role(demo: Demo) -> str:
    async with demo.admin() as admin:
        answer = await admin.get("/api/v2/authorization/roles", params={"name": "Agent"})
        return answer.json()["entities"][0]["id"]


async def set_role(demo: Demo, user_id: str, *, granted: bool) -> None:
    role = await agent_role(demo)
    body = {"grants": [{"roleId": role, "divisionId": "*"}]}
    async with demo.admin() as admin:
        path = f"/api/v2/authorization/subjects/{user_id}/{'bulkadd' if granted else 'bulkremove'}"
        answer = await admin.post(path, json=body)
        assert answer.status_code in (200, 204), answer.text


async def set_state(demo: Demo, user_id: str, state: str) -> None:
    async with demo.admin() as admin:
        version = (await admin.get(f"/api/v2/users/{user_id}")).json()["version"]
        answer = await admin.put(f"/api/v2/users/{user_id}/state", json={"state": state, "version": version})
        assert answer.status_code == 200, answer.text


async def set_webrtc(demo: Demo, *, enabled: bool) -> None:
    async with demo.admin() as admin:
        answer = await admin.patch("/api/v2/organizations/features/webRTC", json={"enabled": enabled})
        assert answer.status_code == 200, answer.text


async def why(demo: Demo, user_id: str, **more: str) -> dict[str, Any]:
    async with demo.admin() as admin:
        answer = await admin.get("/api/v2/shiftline/access/why", params={"userId": user_id, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()


async def change_right(demo: Demo, kind: str, user_id: str, *, given: bool) -> None:
    """Give or take what the softphone needs."""
    if kind == "permission":
        await set_role(demo, user_id, granted=given)
    elif kind == "person":
        await set_state(demo, user_id, "active" if given else "inactive")
    else:
        await set_webrtc(demo, enabled=given)


CODES = {"permission": "permission.missing", "person": "person.inactive", "tenant": "tenant.webrtc_disabled"}


@pytest.mark.parametrize("kind", list(CODES))
@pytest.mark.parametrize("bus", ["with NATS", "without NATS"])
async def test_revoked_closed_explained_and_granted_again(
    demo: Demo, browser: Browser, page_origin: str, kind: str, bus: str
) -> None:
    agent = demo.agent(3)
    token, user_id = agent["accessToken"], agent["userId"]
    stopped = demo.pids("nats") if bus == "without NATS" else []
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        async with softphone_page(browser, demo, page_origin) as phone:
            assert await phone.begin(token) == "ready"
            await change_right(demo, kind, user_id, given=False)
            began = time.monotonic()
            try:
                await phone.until("window.seen.some(each => each[0] === 'disconnected')", 5)
                took = time.monotonic() - began
                decision = await why(demo, user_id)
                assert decision["allowed"] is False
                assert [gate["code"] for gate in decision["blockers"]] == [CODES[kind]]
                assert decision["remedies"][0]["at_once"] is True
                async with demo.client(token) as own:
                    refused = await own.post("/api/v2/notifications/channels")
                    assert refused.status_code == 403
                    path = f"/api/v2/shiftline/access/decisions/{refused.json()['contextId']}"
                    told = (await own.get(path)).json()["blockers"]
                    assert [gate["code"] for gate in told] == [CODES[kind]]
                    assert told[0]["source"]["by"] is None, "who did it is for administrators"
                async with demo.admin() as admin:
                    assert (await admin.get(path)).json()["blockers"] == decision["blockers"]
            finally:
                await change_right(demo, kind, user_id, given=True)
            assert took < 2.5, f"closed after {took:.2f} s"
        async with softphone_page(browser, demo, page_origin) as phone:
            assert await phone.begin(token) == "ready"
        assert (await why(demo, user_id))["allowed"] is True
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


async def test_the_refusal_reaches_the_sdk_with_the_decision(demo: Demo, softphone: Softphone) -> None:
    agent = demo.agent(4)
    await set_role(demo, agent["userId"], granted=False)
    try:
        outcome = await softphone.begin(agent["accessToken"])
        assert outcome.startswith("refused")
    finally:
        await set_role(demo, agent["userId"], granted=True)


async def test_a_dropped_socket_comes_back_to_the_same_channel(demo: Demo, softphone: Softphone) -> None:
    agent = demo.agent(5)
    topic = f"v2.users.{agent['userId']}.presence"
    assert await softphone.begin(agent["accessToken"], [topic]) == "ready"
    for pid in demo.pids("signalling"):
        os.kill(pid, signal.SIGKILL)
    await softphone.until("window.seen.filter(each => each[0] === 'disconnected').length >= 1", 10)
    await softphone.until("window.seen.filter(each => each[0] === 'connected').length >= 2", 15)


async def test_of_two_tabs_closing_one_leaves_the_other(demo: Demo, browser: Browser, page_origin: str) -> None:
    agent = demo.agent(6)
    async with softphone_page(browser, demo, page_origin) as first:
        assert await first.begin(agent["accessToken"]) == "ready"
        async with softphone_page(browser, demo, page_origin) as second:
            assert await second.begin(agent["accessToken"]) == "ready"
        await asyncio.sleep(1)
        assert "disconnected" not in await first.seen()
