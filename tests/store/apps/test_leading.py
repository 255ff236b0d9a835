"""One of several leads, and what it loses another takes up."""

import asyncio
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest

from shiftline.apps.leading import lead
from shiftline.foundation.database import Database
from shiftline.foundation.errors import Unavailable

LOCK = 0x7E57


class Candidate:
    """Somebody who would lead; counts how often they began to work."""

    def __init__(self, database_url: str) -> None:
        self.database = Database(database_url)
        self.begun = 0
        self.leads = asyncio.Event()
        self.fail = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> "Candidate":
        await self.database.open()
        self.task = asyncio.create_task(lead(self.database, "test", LOCK, [self.work]))
        return self

    async def work(self) -> None:
        self.begun += 1
        self.leads.set()
        try:
            await self.fail.wait()
            self.fail.clear()
            raise Unavailable("The work cannot go on.")
        finally:
            self.leads.clear()

    async def stop(self) -> None:
        assert self.task is not None
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.database.close()


@pytest.fixture
async def candidates(database_url: str) -> AsyncIterator[list[Candidate]]:
    both = [await Candidate(database_url).start() for _ in range(2)]
    yield both
    for each in both:
        await each.stop()


async def first_of(candidates: list[Candidate]) -> tuple[Candidate, Candidate]:
    await eventually(lambda: any(each.leads.is_set() for each in candidates))
    return (candidates[0], candidates[1]) if candidates[0].leads.is_set() else (candidates[1], candidates[0])


async def eventually(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not look():
            await asyncio.sleep(0.01)


def holders(database_url: str) -> list[int]:
    with psycopg.connect(database_url) as connection:
        statement = "select pid from pg_locks where locktype = 'advisory' and objid = %s and granted"
        return [pid for (pid,) in connection.execute(statement, (LOCK,))]


async def test_one_leads_and_the_other_follows_when_it_goes(candidates: list[Candidate]) -> None:
    leader, follower = await first_of(candidates)
    await asyncio.sleep(1.5)
    assert follower.begun == 0
    await leader.stop()
    await eventually(follower.leads.is_set)
    assert leader.begun == follower.begun == 1


async def test_who_cannot_go_on_gives_up_the_lead_although_the_connection_lives(
    candidates: list[Candidate], database_url: str
) -> None:
    leader, _ = await first_of(candidates)
    before = holders(database_url)
    leader.fail.set()
    await eventually(lambda: holders(database_url) != before)
    await eventually(lambda: any(each.leads.is_set() for each in candidates))
    assert sum(each.begun for each in candidates) == 2


async def test_a_lead_whose_connection_dies_is_taken_up_again(candidates: list[Candidate], database_url: str) -> None:
    leader, _ = await first_of(candidates)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(%s)", holders(database_url))
    await eventually(lambda: sum(each.begun for each in candidates) == 2)
    assert len(holders(database_url)) == 1
    assert leader.task is not None
    assert not leader.task.done()


async def test_who_lost_the_lead_with_its_connection_may_lead_again(
    candidates: list[Candidate], database_url: str
) -> None:
    """It finds out by itself, in the midst of its work, some seconds later."""
    leader, follower = await first_of(candidates)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(%s)", holders(database_url))
    await eventually(follower.leads.is_set)
    await follower.stop()
    await eventually(lambda: leader.begun == 2)
