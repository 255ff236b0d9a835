"""A connection to PostgreSQL that stays known to the event loop between statements.

Psycopg tells the loop of its socket anew for each answer that it waits for, and takes it away again: a third of what a short
statement costs this program's processor. This one is told of once, and taken away when the socket goes, when something comes
that nobody waits for (the server hung up), and for the rare waits that are left to psycopg: to send much, to give up.
"""

import asyncio
from typing import Any, TypeAlias, TypeVar, cast

import psycopg
from psycopg import AsyncConnection
from psycopg.abc import PQGen
from psycopg.pq import ConnStatus
from psycopg.waiting import READY_NONE, READY_R, WAIT_R, Ready, Wait

Row: TypeAlias = dict[str, Any]
T = TypeVar("T")
NOBODY = -1
LONGEST_TURN = 0.01
"""Seconds after which a connection that never had to wait lets others have the loop."""


class Connection(AsyncConnection[Row]):
    """An asynchronous connection whose rows are dicts."""

    _watched = NOBODY
    _waiter: "asyncio.Future[None] | None" = None
    _yielded = 0.0

    async def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:  # noqa: ASYNC109  psycopg's
        """Carry out what a generator of psycopg wants from the server; the same as psycopg's own, which see."""
        if timeout is not None:
            self._unwatch()
            return await super().wait(gen, interval, timeout)
        loop = asyncio.get_running_loop()
        try:
            state = next(gen)
            while state == WAIT_R:
                self._waiter = loop.create_future()
                self._watch(loop)
                try:
                    await self._waiter
                finally:
                    self._waiter = None
                    self._yielded = loop.time()
                state = gen.send(READY_R)
        except StopIteration as end:
            if loop.time() - self._yielded >= LONGEST_TURN:
                await asyncio.sleep(0)
                self._yielded = loop.time()
            return cast("T", end.value)
        except OSError as error:
            raise psycopg.OperationalError("connection socket closed") from error
        except asyncio.CancelledError as interruption:
            self._unwatch()
            return await super().wait(_going_on(gen, interruption), interval)
        finally:
            if self.pgconn.status != ConnStatus.OK:
                self._unwatch()
        self._unwatch()
        return await super().wait(_going_on(gen, state), interval)

    async def close(self) -> None:
        """Close the connection."""
        self._unwatch()
        await super().close()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        line = self.pgconn.socket
        if line != self._watched:
            self._unwatch()
            loop.add_reader(line, self._something_came)
            self._watched = line

    def _unwatch(self) -> None:
        if self._watched != NOBODY:
            asyncio.get_running_loop().remove_reader(self._watched)
            self._watched = NOBODY

    def _something_came(self) -> None:
        if self._waiter is None:
            self._unwatch()  # or the loop would tell of it for ever
        elif not self._waiter.done():
            self._waiter.set_result(None)


class _Again:
    """A generator that is under way, from its last state on, or from an interruption on: psycopg cancels the statement, then."""

    def __init__(self, gen: PQGen[Any], last: Wait | BaseException) -> None:
        self._gen = gen
        self._last: Wait | BaseException | None = last

    def __next__(self) -> Wait:
        last, self._last = self._last, None
        if isinstance(last, BaseException):
            raise last
        return self._gen.send(READY_NONE) if last is None else last

    def send(self, ready: Ready | int) -> Wait:
        """Go on."""
        return self._gen.send(ready)


def _going_on(gen: PQGen[T], last: Wait | BaseException) -> PQGen[T]:
    return cast("PQGen[T]", _Again(gen, last))
