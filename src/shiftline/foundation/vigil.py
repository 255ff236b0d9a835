"""A server that fell silent without hanging up (stopped, cut off): noticed by asking it, and every wait on it ended.

A statement may rightly take a minute, so its age proves nothing. While one is under way, a connection of the vigil's own
asks for a 1 each second; when no answer comes in time, the sockets of all statements under way are shut down, so that
they fail at once as if the server had died, and nobody begins another until it answers again. An idle pool costs
nothing, a statement two operations on a set.
"""

import asyncio
import contextlib
import os
import socket
from typing import Any, TypeAlias

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

LOOK = 1.0
"""Seconds between looks at the statements under way."""
PATIENCE = 2.0
"""Seconds in which a living server answers the simplest question, however busy it is."""

Connection: TypeAlias = AsyncConnection[Any]

log = structlog.get_logger()


class Vigil:
    """Watches the connections in use; ``silent`` while the server does not answer."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._in_use: set[Connection] = set()
        self._probe: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self.silent = False

    def begin(self) -> None:
        """Start to watch."""
        self._task = asyncio.create_task(self._watch())

    async def end(self) -> None:
        """Stop watching."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._drop_probe()

    def add(self, connection: Connection) -> None:
        """A connection was handed out."""
        self._in_use.add(connection)

    def discard(self, connection: Connection) -> None:
        """A connection was given back."""
        self._in_use.discard(connection)

    async def _watch(self) -> None:
        seen: set[Connection] = set()
        while True:
            await asyncio.sleep(LOOK)
            waiting = {each for each in self._in_use if _is_waiting(each)}
            if self.silent or waiting & seen:
                await self._ask()
            seen = waiting

    async def _ask(self) -> None:
        answered = await self._answers()
        if self.silent is answered:
            log.warning("database.answers_again" if answered else "database.silent")
        self.silent = not answered
        if self.silent:
            for connection in tuple(self._in_use):
                if _is_waiting(connection):
                    hang_up(connection)

    async def _answers(self) -> bool:
        """Whether the server answers. One that refuses does so audibly: its connections end without our help."""
        asking = asyncio.create_task(self._question())
        done, _ = await asyncio.wait({asking}, timeout=PATIENCE)
        if done:
            return asking.result()
        # Not by cancellation: that would ask the silent server to cancel the question, and wait.
        if self._probe is not None:
            hang_up(self._probe)
        else:
            asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
        return False

    async def _question(self) -> bool:
        try:
            if self._probe is None:
                self._probe = await AsyncConnection.connect(
                    self._url, autocommit=True, connect_timeout=2, application_name="shiftline vigil"
                )
            await self._probe.execute("select 1")
        except psycopg.errors.ConnectionTimeout:
            return False
        except psycopg.Error:
            self._drop_probe()
        return True

    def _drop_probe(self) -> None:
        if self._probe is not None:
            self._probe.pgconn.finish()
            self._probe = None


def _is_waiting(connection: Connection) -> bool:
    return not connection.closed and connection.pgconn.transaction_status == TransactionStatus.ACTIVE


def hang_up(connection: Connection) -> None:
    """Shut down a connection's socket: whoever waits for it is told at once that it is lost."""
    with contextlib.suppress(OSError, psycopg.Error):
        line = socket.socket(fileno=os.dup(connection.fileno()))
        try:
            line.shutdown(socket.SHUT_RDWR)
        finally:
            line.close()
