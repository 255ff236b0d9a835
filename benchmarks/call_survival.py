"""Calls while programs are killed: nothing is lost, nothing is doubled; and how soon a call comes back whose media process died."""

import asyncio
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Any, cast

import uvloop

from benchmarks.call_setup import running_demo
from benchmarks.registry import Outcome, bench, say
from benchmarks.survival.callers import InsistentCaller
from benchmarks.survival.floor import Floor, floor
from benchmarks.survival.programs import count_errors
from benchmarks.survival.verdict import judge

CALLERS, AGENTS = 24, 8
PROGRAMS = ("api", "signalling", "media-1", "worker", "router", "media-2")
ROUNDS = 2
GIVE_UP = 0.1
KEEPING = 2
"""Agents whose station keeps its connection between calls."""
EVERY = 8.0
"""Seconds from one kill to the next."""
DRAIN = 60.0
KILLS = 6
BAR_S = 5.0
APART = 15.0
"""Seconds between two kills: each process is killed every other time, and one that lived for half a minute is started again at once."""
FOR_EVER = 3600.0
SETTLE = 30.0
"""Seconds until what a killed process was recording is sealed by another: each looks every ten."""


@bench(
    "call-survival",
    group="calls",
    bar="0 lost, 0 doubled over kill -9 of api, signalling, media, worker and router in turn",
)
def call_survival() -> Outcome:
    """More callers than agents, so that some wait; every few seconds a program dies; then everybody is brought to an end."""
    with running_demo() as (ready, demo):
        return uvloop.run(_survive(ready, demo))


async def _survive(ready: dict[str, Any], demo: subprocess.Popen[str]) -> Outcome:
    async with floor(
        ready, demo.pid, folder_of(demo), callers=CALLERS, agents=AGENTS, gives_up=GIVE_UP, keeping=KEEPING
    ) as running:
        await running.open()
        stop = asyncio.Event()
        calling = [asyncio.create_task(caller.call_again_and_again(stop)) for caller in running.callers]
        await asyncio.sleep(EVERY)
        for name in PROGRAMS * ROUNDS:
            await running.kill(name)
            say(f"killed {name}; {_progress(running)}")
            await asyncio.sleep(EVERY)
        stop.set()
        _, going_on = await asyncio.wait(calling, timeout=DRAIN)
        for task in going_on:
            task.cancel()
        truth = await running.settle(SETTLE)
        verdict = judge(running.callers, running.agents, truth)
        for fault in verdict.faults:
            say(fault)
        away = {name: round(seconds, 1) for name, seconds in running.away.items()}
        figures = {"killed": running.killed, "away_s": away, **verdict.figures, "faults": verdict.faults[:20]}
        return Outcome({**figures, "errors_logged": count_errors(running.folder)}, holds=not verdict.faults)


def folder_of(demo: subprocess.Popen[str]) -> Path:
    """The data folder that a demo was started with."""
    arguments = [str(each) for each in cast("list[str]", demo.args)]
    return Path(arguments[arguments.index("--data") + 1])


@bench(
    "call-reoffer",
    group="calls",
    bar=f"after kill -9 of its media process both hear each other again within {BAR_S:g} s",
)
def call_reoffer() -> Outcome:
    """Two calls that go on: one's caller asks each second how it stands, as the page does; the other's feels the silence, too."""
    with running_demo() as (ready, demo):
        return uvloop.run(_reoffer(ready, demo))


async def _reoffer(ready: dict[str, Any], demo: subprocess.Popen[str]) -> Outcome:
    talk = (FOR_EVER, FOR_EVER)
    async with floor(ready, demo.pid, folder_of(demo), callers=2, agents=2, seconds=talk) as running:
        await running.open()
        calling = [asyncio.create_task(caller.call()) for caller in running.callers]
        took: dict[str, list[float]] = {"asks": [], "feels": []}
        await asyncio.gather(*(_both(running, caller, time.time()) for caller in running.callers))
        for number in range(KILLS):
            # At any moment between two questions.
            await asyncio.sleep(APART + number / KILLS)
            slots = [await running.slot_of(caller.calls[-1].conversation) for caller in running.callers]
            began = time.time()
            await running.kill(slots[0])
            hit = [caller for caller, slot in zip(running.callers, slots, strict=True) if slot == slots[0]]
            heard = await asyncio.gather(*(_both(running, each, began) for each in hit))
            for caller, at in zip(hit, heard, strict=True):
                took["feels" if caller.feels else "asks"].append(at - began)
            say(f"{slots[0]} killed; back after {[round(at - began, 2) for at in heard]} s")
        for caller in running.callers:
            await caller.hang_up()
        await asyncio.gather(*calling)
    figures = {name: _describe(some) for name, some in took.items()}
    return Outcome({"kills": KILLS, **figures}, holds=max(max(some) for some in took.values()) < BAR_S)


async def _both(running: Floor, caller: InsistentCaller, began: float) -> float:
    """When a caller and their agent had been heard by each other after an instant."""
    async with asyncio.timeout(60):
        while True:
            heard = [agent.ear.begun_since(began, caller.name) for agent in running.agents]
            there = [at for at in heard if at is not None]
            here = caller.ear.begun_since(began)
            if there and here is not None:
                return max(here, *there)
            await asyncio.sleep(0.02)


def _describe(took: list[float]) -> dict[str, float]:
    return {"times": len(took), "median_s": round(median(took), 2), "worst_s": round(max(took), 2)}


def _progress(running: Floor) -> str:
    calls = [call for caller in running.callers for call in caller.calls]
    talks = [talk for agent in running.agents for talk in agent.talks]
    over = len([talk for talk in talks if talk.over.is_set()])
    return f"{len(calls)} calls, {len(talks)} taken, {over} over at {time.strftime('%H:%M:%S')}"
