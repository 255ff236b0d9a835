"""How long it takes from the ring at the agent's softphone until both hear each other."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from benchmarks.decision import percentile
from benchmarks.processes import free_port, stop
from benchmarks.registry import Outcome, bench, say
from benchmarks.telephones import Caller, Centre, Ear

CALLS = 60
BAR_MS = 1000.0
QUEUE = "queue-voice-support"


@contextmanager
def running_demo() -> Generator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """A fresh sample contact centre: its ready line and its supervisor."""
    base = Path(tempfile.mkdtemp(prefix="shiftline-bench-"))
    base.chmod(0o755)
    command = [sys.executable, "-P", "-m", "shiftline.apps.cli", "demo", "--json"]
    say("starting the sample contact centre")
    with (base / "stderr").open("w") as errors:
        process = subprocess.Popen(
            [*command, "--data", str(base / "data"), "--port", str(free_port())],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError((base / "stderr").read_text())
        yield msgspec.json.decode(line), process
    finally:
        stop(process, 30)
        shutil.rmtree(base, ignore_errors=True)


@bench("call-setup", group="calls", bar=f"p99 from the proposal to media both ways under {BAR_MS:g} ms")
def call_setup() -> Outcome:
    """One call after the other: a web caller waits, the softphone takes it at once, both ends wait for the other's tone."""
    with running_demo() as (ready, _):
        return asyncio.run(_measure(Centre(ready)))


async def _measure(centre: Centre) -> Outcome:
    agent = centre.ready["agents"][0]
    phone, _ = await centre.sign_on(agent)
    await centre.go_on_queue(agent)
    both: list[float] = []
    ringing: list[float] = []
    for number in range(CALLS):
        async with centre.client() as client:
            ear = Ear()
            caller = Caller(client, QUEUE, ear)
            phone.ear.forget()
            began, known = time.perf_counter(), len(phone.proposals)
            await caller.call()
            async with asyncio.timeout(20):
                while len(phone.proposals) == known:
                    await asyncio.sleep(0.002)
                _, _, rang = phone.proposals[-1]
                await phone.ear.loud.wait()
                # What the caller hears before is the queue's; from the connection on it is the agent.
                await _connected(caller)
                ear.forget()
                await ear.loud.wait()
            ringing.append((rang - began) * 1000)
            both.append((max(phone.ear.loud_at, ear.loud_at) - rang) * 1000)
            await caller.end()
        if number % 20 == 19:
            say(f"{number + 1} of {CALLS} calls, median {median(both):.0f} ms")
        await _idle(centre, agent)
    await phone.leave()
    figures = {
        "calls": CALLS,
        "proposal_to_media_ms": {"median": round(median(both)), "p99": round(percentile(both, 99))},
        "post_to_ring_ms": {"median": round(median(ringing)), "p99": round(percentile(ringing, 99))},
    }
    return Outcome(figures, holds=percentile(both, 99) < BAR_MS)


async def _connected(caller: Caller) -> None:
    while (await caller.status())["state"] != "connected":
        await asyncio.sleep(0.01)


async def _idle(centre: Centre, agent: dict[str, Any]) -> None:
    async with centre.client(agent["accessToken"]) as client, asyncio.timeout(20):
        while (await client.get(f"/api/v2/users/{agent['userId']}/routingstatus")).json()["status"] != "IDLE":
            await asyncio.sleep(0.05)
