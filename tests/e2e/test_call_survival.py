"""Each program is killed once while people call, wait and talk: nobody is lost, nobody has two, and everything is recorded."""

import asyncio

import pytest
from benchmarks.survival.floor import floor
from benchmarks.survival.verdict import judge

from e2e.stage import running_demo

pytestmark = pytest.mark.xdist_group("call survival")

PROGRAMS = ("api", "media-1", "signalling", "router", "media-2", "worker")
BETWEEN = 4.0
DRAIN = 60.0
SETTLE = 60.0
"""What a killed process was recording is sealed by another, which looks every ten seconds."""
UNRECORDED = 5.0


async def test_no_call_is_lost_or_doubled_whichever_program_dies() -> None:
    async with running_demo(None) as demo:
        assert demo.process is not None
        async with floor(demo.ready, demo.process.pid, demo.folder, callers=3, agents=2) as running:
            await running.open()
            stop = asyncio.Event()
            calling = [asyncio.create_task(caller.call_again_and_again(stop)) for caller in running.callers]
            await asyncio.sleep(BETWEEN)
            for name in PROGRAMS:
                await running.kill(name)
                await asyncio.sleep(BETWEEN)
            stop.set()
            _, going_on = await asyncio.wait(calling, timeout=DRAIN)
            assert not going_on, "a call that never came to an end"
            verdict = judge(running.callers, running.agents, await running.settle(SETTLE), unrecorded=UNRECORDED)
            assert running.killed == dict.fromkeys(PROGRAMS, 1)
            assert verdict.faults == []
            assert verdict.figures["talks"] >= len(running.callers)
