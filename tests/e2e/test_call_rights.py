"""A right that is lost while its agent talks ends the sound, also when nobody is there to be told: the page is closed, the media goes on."""

import asyncio
import time
from collections.abc import Callable

import pytest
from benchmarks.survival.agents import Agent
from benchmarks.survival.callers import InsistentCaller
from benchmarks.survival.floor import Floor, floor

from e2e.stage import running_demo

pytestmark = pytest.mark.xdist_group("call survival")

FOR_EVER = (3600.0, 3600.0)
SOON = 30.0
"""Seconds; the bar of a second is the bench's."""


async def test_media_ends_with_the_right_although_the_softphones_socket_is_gone() -> None:
    async with running_demo(None) as demo:
        assert demo.process is not None
        async with floor(demo.ready, demo.process.pid, demo.folder, callers=1, agents=1, seconds=FOR_EVER) as running:
            (agent,), (caller,) = running.agents, running.callers
            await agent.begin()
            calling = asyncio.create_task(caller.call())
            await until(lambda: hears(caller, agent, time.time() - 1))
            assert agent.handset is not None
            assert agent.handset.transport is not None
            agent.handset.transport.disconnect()
            await asyncio.sleep(3)
            assert hears(caller, agent, time.time() - 1), "a socket that is gone ends no call"
            await revoke(running, agent)
            await until(lambda: not hears(caller, agent, time.time() - 1))
            await caller.hang_up()
            await asyncio.wait({calling}, timeout=SOON)


def hears(caller: InsistentCaller, agent: Agent, since: float) -> bool:
    return bool(caller.ear.heard_since(since, agent.name) or agent.ear.heard_since(since, caller.name))


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not look():
            await asyncio.sleep(0.05)


async def revoke(running: Floor, agent: Agent) -> None:
    async with running.centre.client(running.centre.ready["admin"]["accessToken"]) as admin:
        roles = await admin.get("/api/v2/authorization/roles", params={"name": "Agent"})
        grants = {"grants": [{"roleId": roles.json()["entities"][0]["id"], "divisionId": "*"}]}
        path = f"/api/v2/authorization/subjects/{agent.given['userId']}/bulkremove"
        (await admin.post(path, json=grants)).raise_for_status()
