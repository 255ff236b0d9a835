"""A connection that stays known to the event loop: it waits, gives up and goes as psycopg's own does, and leaves nothing behind."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import suppress

import psycopg
import pytest
from psycopg.rows import dict_row

from shiftline.foundation.connection import Connection

ROUNDS = 20


async def connect(url: str) -> Connection:
    return await Connection.connect(url, autocommit=True, row_factory=dict_row)


@pytest.fixture
async def connection(database_url: str) -> AsyncGenerator[Connection]:
    opened = await connect(database_url)
    yield opened
    await opened.close()


async def one(connection: Connection, number: int = 1) -> int:
    cursor = await connection.execute("select %(number)s::int as number", {"number": number})
    row = await cursor.fetchone()
    assert row is not None
    return int(row["number"])


async def test_many_wait_at_the_same_time_and_each_gets_its_own(database_url: str) -> None:
    connections = [await connect(database_url) for _ in range(8)]
    async with asyncio.timeout(30):
        for turn in range(ROUNDS):
            asked = [one(each, 100 * turn + place) for place, each in enumerate(connections)]
            assert await asyncio.gather(*asked) == [100 * turn + place for place in range(8)]
    for each in connections:
        await each.close()


async def test_a_statement_that_is_given_up_is_cancelled_and_the_connection_goes_on(connection: Connection) -> None:
    for _ in range(3):
        asking = asyncio.create_task(connection.execute("select pg_sleep(60)"))
        await asyncio.sleep(0.1)
        asking.cancel()
        async with asyncio.timeout(10):
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert await one(connection, 7) == 7


async def test_one_that_the_server_ends_while_nobody_waits_is_no_work_for_the_loop(
    connection: Connection, database_url: str
) -> None:
    assert await one(connection) == 1
    ending = await connect(database_url)
    await ending.execute("select pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))
    began = time.process_time()
    await asyncio.sleep(1.0)
    assert time.process_time() - began < 0.5, "the loop is told of it again and again"
    with pytest.raises(psycopg.OperationalError):
        await one(connection)
    await ending.close()


async def test_a_socket_number_that_is_used_again_is_another_connections(database_url: str) -> None:
    """The server ends each connection in the middle of a wait: its number goes to the next, which must be heard all the same."""
    ending = await connect(database_url)
    lines: set[int] = set()
    async with asyncio.timeout(60):
        for turn in range(ROUNDS):
            connection = await connect(database_url)
            lines.add(connection.fileno())
            assert await one(connection, turn) == turn
            asking = asyncio.create_task(connection.execute("select pg_sleep(60)"))
            await asyncio.sleep(0.02)
            await ending.execute("select pg_terminate_backend(%s)", (connection.info.backend_pid,))
            with pytest.raises(psycopg.OperationalError):
                await asking
            if turn % 2:
                await connection.close()
            else:
                with suppress(psycopg.Error):
                    await one(connection)
    assert len(lines) < ROUNDS, "no number was used again"
    await ending.close()


async def test_much_is_sent_and_read(connection: Connection) -> None:
    await connection.execute("create temporary table much (number int, body text)")
    body = "x" * 2000
    async with asyncio.timeout(60):
        async with connection.cursor() as cursor:
            async with cursor.copy("copy much from stdin") as copy:
                for number in range(5000):
                    await copy.write_row((number, body))
            await cursor.executemany("insert into much values (%s, %s)", [(number, body) for number in range(2000)])
            await cursor.execute("select count(*) as found, sum(length(body)) as letters from much")
            assert await cursor.fetchone() == {"found": 7000, "letters": 7000 * 2000}
            await cursor.execute("select %s::text as back", ("y" * 8_000_000,))
            row = await cursor.fetchone()
    assert row is not None
    assert len(row["back"]) == 8_000_000


async def test_others_have_their_turn_while_much_is_sent(connection: Connection) -> None:
    """Rows that go into the socket at once wait for nothing: the loop is left to others all the same."""
    await connection.execute("create temporary table much (number int)")
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    async with connection.cursor() as cursor, cursor.copy("copy much from stdin") as copy:
        for number in range(200_000):
            await copy.write_row((number,))
    beside.cancel()
    assert turns > 5
