"""Wake-ups over a real NATS: only who listens to a room is woken by its news, and thousands of commits are few wake-ups."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from shiftline.apps.engines.nats import nats_child, nats_url
from shiftline.apps.supervisor.child import start_child
from shiftline.apps.supervisor.folder import DataFolder
from shiftline.foundation.bus import Bus


@pytest.fixture
def url(tmp_path: Path, unused_tcp_port: int) -> Generator[str]:
    folder = DataFolder.open(tmp_path)
    started = start_child(nats_child(folder, unused_tcp_port), folder.log("nats"))
    yield nats_url(folder, unused_tcp_port)
    started.process.terminate()
    started.process.wait(10)


@pytest.fixture
async def buses(url: str) -> AsyncGenerator[tuple[Bus, Bus]]:
    """One that tells and one that hears, of two programs."""
    telling, hearing = Bus(url), Bus(url)
    await telling.open()
    await hearing.open()
    yield telling, hearing
    await telling.close()
    await hearing.close()


class Count:
    """How often it was called."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


async def reached(count: Count, least: int) -> bool:
    async with asyncio.timeout(10):
        while count.calls < least:
            await asyncio.sleep(0.01)
    return True


async def test_who_listens_to_a_room_hears_its_news_and_no_others(buses: tuple[Bus, Bus]) -> None:
    telling, hearing = buses
    presence, everything, early, tell_tale = Count(), Count(), Count(), Count()
    hearing.on_wake(early, ["presence"])
    telling.on_wake(tell_tale)
    assert await reached(early, 1)  # at the connection's making
    assert await reached(tell_tale, 1)
    hearing.on_wake(presence, ["presence", "routing"])  # later than the connection, as a new leader's
    hearing.on_wake(everything)
    await asyncio.sleep(0.2)
    for rooms in (["signalling"], ["presence"], ["routing", "workforce"], ["workforce"]):
        before = tell_tale.calls
        await telling.wake(rooms)
        assert await reached(tell_tale, before + len(rooms))
    assert await reached(everything, 5)
    assert (presence.calls, early.calls, everything.calls) == (2, 2, 5)


async def test_many_commits_at_once_are_few_wake_ups_and_the_last_is_told(buses: tuple[Bus, Bus]) -> None:
    telling, hearing = buses
    heard, last, ready = Count(), Count(), Count()
    hearing.on_wake(heard, ["presence"])
    hearing.on_wake(last, ["calls"])
    telling.on_wake(ready)
    assert await reached(last, 1)
    assert await reached(ready, 1)
    before = heard.calls
    for _ in range(1000):
        await telling.wake(["presence"])
    await telling.wake(["calls"])
    assert await reached(last, 2)
    assert 1 <= heard.calls - before < 200
