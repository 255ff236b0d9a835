"""A running demo with its callers and agents, all in this process."""

import asyncio
import contextlib
import random
import ssl
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.survival import programs
from benchmarks.survival.agents import Agent
from benchmarks.survival.callers import InsistentCaller
from benchmarks.survival.keeping import KeepingAgent, keep_connection
from benchmarks.survival.truth import Truth, find_slot, read_truth
from benchmarks.survival.voices import Ear, make_voices
from benchmarks.telephones import Centre
from shiftline.apps.running import find_settings

QUEUE = "queue-voice-support"


@dataclass
class Floor:
    """Who calls and who answers."""

    centre: Centre
    supervisor: int
    folder: Path
    callers: list[InsistentCaller]
    agents: list[Agent]
    killed: dict[str, int] = field(default_factory=dict[str, int])
    away: dict[str, float] = field(default_factory=dict[str, float])
    """The longest that each program was not ready after it was killed, in seconds."""
    tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    async def open(self) -> None:
        """All agents live and on queue, and kept so."""
        for agent in self.agents:
            if isinstance(agent, KeepingAgent):
                await keep_connection(self.centre, agent.given)
                self.tasks.append(asyncio.create_task(agent.answer_calls()))
            await agent.begin()
            self.tasks += [asyncio.create_task(agent.stay()), asyncio.create_task(agent.watch())]

    async def kill(self, name: str, patience: float = 30.0) -> None:
        """Kill a program, once there is one."""
        end = time.monotonic() + patience
        while (killed := programs.kill(self.supervisor, name)) is None:
            assert time.monotonic() < end, f"{name} did not come back"
            await asyncio.sleep(0.1)
        self.killed[name] = self.killed.get(name, 0) + 1
        self.tasks.append(asyncio.create_task(self._time(name, killed)))

    async def _time(self, name: str, killed: int) -> None:
        """How long a program is away."""
        began = time.monotonic()
        async with httpx.AsyncClient(timeout=2) as client:
            while True:
                await asyncio.sleep(0.1)
                with contextlib.suppress(OSError, httpx.HTTPError):
                    now = programs.pids(self.supervisor).get(name, killed)
                    if now != killed and (await client.get(programs.health_of(now))).is_success:
                        break
        self.away[name] = max(self.away.get(name, 0.0), time.monotonic() - began)

    async def slot_of(self, conversation: str) -> str:
        """Where a call lives, such as ``media-1``."""
        url = find_settings(self.folder, {}).database_url
        return await asyncio.to_thread(find_slot, url, conversation)

    async def read_truth(self) -> Truth:
        """What PostgreSQL says."""
        return await asyncio.to_thread(read_truth, find_settings(self.folder, {}).database_url)

    async def settle(self, patience: float) -> Truth:
        """The truth once nothing is under way any more, or after so many seconds."""
        end = time.monotonic() + patience
        while True:
            truth = await self.read_truth()
            if truth.is_quiet or time.monotonic() > end:
                return truth
            await asyncio.sleep(0.5)


@asynccontextmanager
async def floor(
    ready: dict[str, Any],
    supervisor: int,
    folder: Path,
    *,
    callers: int,
    agents: int,
    seconds: tuple[float, float] = (3.0, 6.0),
    gives_up: float = 0.0,
    keeping: int = 0,
) -> AsyncGenerator[Floor]:
    """A floor that is taken down at the end. ``keeping``: so many of the agents keep a connection between calls."""
    centre = Centre(ready)
    names = [*(f"caller-{number}" for number in range(callers)), *(f"agent-{number}" for number in range(agents))]
    voices = make_voices(names)
    trust: ssl.SSLContext = centre.trust
    owned = {kind: _owners(voices, kind) for kind in ("caller", "agent")}
    whole = Floor(
        centre,
        supervisor,
        folder,
        [
            InsistentCaller(
                name,
                centre.base,
                trust,
                QUEUE,
                voices[name],
                Ear(owned["agent"]),
                address=f"127.0.1.{number + 1}",
                feels=number % 2 == 1,
                dice=random.Random(number),
                gives_up=gives_up,
            )
            for number, name in enumerate(names[:callers])
        ],
        [
            (KeepingAgent if number < keeping else Agent)(
                name,
                centre,
                ready["agents"][number],
                voices[name],
                Ear(owned["caller"]),
                seconds=seconds,
                dice=random.Random(number),
            )
            for number, name in enumerate(names[callers:])
        ],
    )
    try:
        yield whole
    finally:
        for task in whole.tasks:
            task.cancel()
        await asyncio.gather(*whole.tasks, return_exceptions=True)
        for each in whole.agents:
            with contextlib.suppress(Exception):
                await each.leave()


def _owners(voices: dict[str, list[bytes]], kind: str) -> dict[bytes, str]:
    return {packet: name for name, packets in voices.items() if name.startswith(kind) for packet in packets}
