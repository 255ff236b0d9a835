"""Each person's work in its order, different people beside each other, nobody drowned by one who floods."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from shiftline.signalling.turns import AT_ONCE, MOST_WAITING, Turns

from .conftest import eventually


class Desk:
    """Turns, and what they did: pieces of work that end when they are let go."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.turns = Turns(self._spawn)
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.gate = asyncio.Event()

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def work(self, name: str) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            self.begun.append(name)
            await self.gate.wait()
            self.ended.append(name)

        return do


async def test_a_persons_work_is_done_in_its_order() -> None:
    desk = Desk()
    for number in range(5):
        assert desk.turns.add("ana", desk.work(f"ana-{number}"))
    await eventually(lambda: desk.begun == ["ana-0"])
    desk.gate.set()
    await eventually(lambda: len(desk.turns) == 0)
    assert desk.ended == desk.begun == [f"ana-{number}" for number in range(5)]


async def test_people_do_not_wait_for_each_other_and_few_work_at_once() -> None:
    desk = Desk()
    for number in range(AT_ONCE + 2):
        desk.turns.add(f"person-{number}", desk.work(f"{number}"))
    await eventually(lambda: len(desk.begun) == AT_ONCE)
    await asyncio.sleep(0.02)
    assert len(desk.begun) == AT_ONCE
    desk.gate.set()
    await eventually(lambda: len(desk.ended) == AT_ONCE + 2)


async def test_whoever_floods_is_refused_and_the_others_come_in_between() -> None:
    desk = Desk()
    desk.gate.set()
    accepted = sum(desk.turns.add("flood", desk.work("flood")) for _ in range(MOST_WAITING + 50))
    assert accepted == MOST_WAITING
    assert desk.turns.add("ana", desk.work("ana"))
    await eventually(lambda: "ana" in desk.ended)
    assert desk.ended.index("ana") < AT_ONCE
    await eventually(lambda: len(desk.turns) == 0)


async def test_what_waits_last_is_known_and_what_is_under_way_is_not() -> None:
    desk = Desk()
    one, two = desk.work("1"), desk.work("2")
    desk.turns.add("ana", one)
    assert desk.turns.last("ana") is one
    desk.turns.add("ana", two)
    assert desk.turns.last("ana") is two
    await eventually(lambda: desk.begun == ["1"])
    desk.gate.set()
    await eventually(lambda: len(desk.turns) == 0)
    assert desk.turns.last("ana") is None


async def test_work_that_fails_keeps_nothing_from_being_done() -> None:
    desk = Desk()
    desk.gate.set()

    async def fail() -> None:
        raise ValueError("on purpose")

    desk.turns.add("ana", fail)
    desk.turns.add("ana", desk.work("after"))
    await eventually(lambda: desk.ended == ["after"])
