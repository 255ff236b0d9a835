"""A server that hangs is noticed in seconds, refused as unavailable, and taken back without a restart."""

import asyncio
import os
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from shiftline.foundation.database import SQL, Database
from shiftline.foundation.errors import Unavailable


@pytest.fixture
def database_url(fresh_database_url: str) -> str:
    """A database of the test's own: its servers are stopped and killed."""
    return fresh_database_url


SLEEP = "select pg_sleep(%(seconds)s)"


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def processes_of(url: str) -> list[int]:
    """Every process of the server, the postmaster first so that it makes no new one."""
    with psycopg.connect(url) as connection:
        postmaster = parent_of(connection.info.backend_pid)
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return [postmaster, *map(int, children)]


@contextmanager
def hung(url: str) -> Generator[None]:
    """All processes of a server stopped."""
    stopped: list[int] = []
    try:
        for pid in processes_of(url):
            os.kill(pid, signal.SIGSTOP)
            stopped.append(pid)
        yield
    finally:
        for pid in stopped:
            with suppress(ProcessLookupError):  # woken, one whose client hung up is gone at once
                os.kill(pid, signal.SIGCONT)


async def is_alive(database: Database) -> None:
    async with database.reader() as reader:
        await reader.one(SQL["is_alive"], {})


async def fails_within(database: Database, seconds: float) -> None:
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await is_alive(database)
    assert time.monotonic() - began < seconds


async def test_a_server_that_hangs_is_unavailable_in_seconds_and_back_at_once(
    database: Database, database_url: str
) -> None:
    await is_alive(database)
    with hung(database_url):
        await asyncio.gather(*(fails_within(database, 6) for _ in range(12)))
        await fails_within(database, 0.1)
    deadline = time.monotonic() + 5
    while True:
        try:
            await is_alive(database)
        except Unavailable:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
        else:
            break


async def test_a_transaction_under_way_when_it_hangs_ends_too(database: Database, database_url: str) -> None:
    async def hold() -> None:
        async with database.reader() as reader, reader.connection.transaction():
            await reader.one(SQL["is_alive"], {})
            await asyncio.sleep(0.3)
            await reader.one(SQL["is_alive"], {})

    work = asyncio.create_task(hold())
    await asyncio.sleep(0.1)
    with hung(database_url):
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await work
        assert time.monotonic() - began < 6


async def test_a_statement_that_only_takes_long_is_left_alone(database: Database) -> None:
    async with database.reader() as reader:
        await reader.one(SLEEP, {"seconds": 4.5})
    await is_alive(database)
