"""A database that was killed is used again as soon as it serves again, by the pool that was open all the time."""

import os
import signal
from pathlib import Path

import pytest

from shiftline.apps.engines import postgres
from shiftline.foundation.database import Database
from shiftline.foundation.errors import Unavailable


async def test_pool_finds_a_killed_server_again(own_folder: Path) -> None:
    server = postgres.start(own_folder)
    database = Database(server.url)
    await database.open()
    try:
        assert await answers(database)
        os.kill(server.started.process.pid, signal.SIGKILL)
        server.started.process.wait()
        with pytest.raises(Unavailable):  # each connection's process notices by itself, a moment later
            while True:
                await answers(database)
        for _ in range(4):  # each connection of the pool, and more
            with pytest.raises(Unavailable):
                await answers(database)
        server = postgres.start(own_folder)
        assert await answers(database)
    finally:
        await database.close()
        server.stop()


async def answers(database: Database) -> bool:
    async with database.reader() as reader:
        return await reader.one("select 1 as one", {}) == {"one": 1}
