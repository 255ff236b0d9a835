"""From an administrator's revocation to the last packet of the agent's call, in either direction."""

import asyncio
import subprocess
import time
from statistics import median
from typing import Any

import httpx
import uvloop

from benchmarks.call_setup import running_demo
from benchmarks.call_survival import folder_of
from benchmarks.decision import percentile
from benchmarks.registry import Outcome, bench, say
from benchmarks.survival.agents import Agent
from benchmarks.survival.callers import InsistentCaller
from benchmarks.survival.floor import Floor, floor

PAIRS = 4
ROUNDS = 15
APART = 0.4
"""Seconds between the revocations of a round: each is one of its own."""
QUIET = 2.0
"""Seconds in which nothing more must be heard."""
FOR_EVER = 3600.0
BAR_S = 1.0


@bench("revocation-to-media", group="access", bar=f"p99 from the revocation to the last packet under {BAR_S:g} s")
def revocation_to_media() -> Outcome:
    """Agents talk; each in turn loses the role by which they may connect; then they get it back and the next round begins."""
    with running_demo() as (ready, demo):
        return uvloop.run(_measure(ready, demo))


async def _measure(ready: dict[str, Any], demo: subprocess.Popen[str]) -> Outcome:
    talk = (FOR_EVER, FOR_EVER)
    async with floor(ready, demo.pid, folder_of(demo), callers=PAIRS, agents=PAIRS, seconds=talk) as running:
        await running.open()
        calling = [asyncio.create_task(caller.call()) for caller in running.callers]
        took: list[float] = []
        for number in range(ROUNDS):
            await asyncio.gather(*(_talking(running, agent, time.time()) for agent in running.agents))
            took += await asyncio.gather(
                *(_revoke(running, agent, place * APART) for place, agent in enumerate(running.agents))
            )
            say(f"round {number + 1}: {[round(each, 3) for each in took[-PAIRS:]]} s")
        for caller in running.callers:
            await caller.hang_up()
        await asyncio.gather(*calling)
    figures = {
        "revocations": len(took),
        "p50_s": round(median(took), 3),
        "p99_s": round(percentile(took, 0.99), 3),
        "worst_s": round(max(took), 3),
    }
    return Outcome(figures, holds=percentile(took, 0.99) < BAR_S)


async def _talking(running: Floor, agent: Agent, since: float) -> None:
    """Until an agent and some caller hear each other."""
    async with asyncio.timeout(90):
        while not any(_hears(caller, agent, since) for caller in running.callers):
            await asyncio.sleep(0.05)


def _hears(caller: InsistentCaller, agent: Agent, since: float) -> bool:
    return bool(agent.ear.heard_since(since, caller.name) and caller.ear.heard_since(since, agent.name))


async def _revoke(running: Floor, agent: Agent, after: float) -> float:
    """Seconds from just before the request to the last packet that the agent heard or was heard by."""
    await asyncio.sleep(after)
    centre, path = running.centre, f"/api/v2/authorization/subjects/{agent.given['userId']}"
    async with centre.client(centre.ready["admin"]["accessToken"]) as admin:
        grants = await _grants(admin)
        began = time.time()
        (await admin.post(f"{path}/bulkremove", json=grants)).raise_for_status()
        while time.time() - (last := max(began, _last_packet(running, agent))) < QUIET:
            await asyncio.sleep(0.05)
            if last - began > 30:
                break  # it was not ended at all, and is told so
        (await admin.post(f"{path}/bulkadd", json=grants)).raise_for_status()
    return last - began


async def _grants(admin: httpx.AsyncClient) -> dict[str, Any]:
    roles = await admin.get("/api/v2/authorization/roles", params={"name": "Agent"})
    return {"grants": [{"roleId": roles.json()["entities"][0]["id"], "divisionId": "*"}]}


def _last_packet(running: Floor, agent: Agent) -> float:
    heard = [spell.until for spell in agent.ear.spells]
    was_heard = [spell.until for caller in running.callers for spell in caller.ear.spells if spell.whom == agent.name]
    return max((*heard, *was_heard), default=0.0)
