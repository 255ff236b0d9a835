"""NATS: says that there is news; never carries truth. Everything works, a second slower, when it is dead."""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Coroutine
from functools import partial
from typing import Any

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

WAKE = "shiftline.outbox"
"""Under it a subject for each room whose events are news."""
EVERY_ROOM = ">"
GATHER = 0.005
"""Seconds after a wake-up in which further news of a program waits for the next: thousands of commits wake nobody thousands of times."""

log = structlog.get_logger()


class Bell:
    """Rings for whoever waits in this program; who listens before they look misses nothing."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        """There is news."""
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    def listen(self) -> asyncio.Event:
        """What is set at the next ring."""
        return self._next


class Bus:
    """A connection to NATS that reconnects for ever and never raises on a lost message.

    The URL is that of one server, or those of several in a cluster, with commas between.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = Client()
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._connecting: asyncio.Task[None] | None = None
        self._heard: set[str] = set()
        self._news: set[str] = set()
        self._gathering: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to connect; returns at once, also when NATS is not there."""
        self._connecting = asyncio.create_task(self._connect())

    async def close(self) -> None:
        """Leave NATS."""
        if self._gathering is not None:
            self._gathering.cancel()
        for task in tuple(self._tasks):
            task.cancel()
        if self._connecting is not None:
            # A cancellation that meets the end of a failed try is lost in Python 3.11's wait_for, and nats-py tries on for ever.
            while not self._connecting.done():
                self._connecting.cancel()
                await asyncio.wait({self._connecting}, timeout=0.1)
        if self._client.is_connected:
            with contextlib.suppress(NatsError, OSError):
                await self._client.close()

    async def wake(self, rooms: Collection[str]) -> None:
        """Tell every reader of the outbox who listens to one of these rooms that there is something to read."""
        self._news.update(rooms)
        if self._gathering is None:
            await self._tell()

    def on_wake(self, listener: Callable[[], None], rooms: Collection[str] = (EVERY_ROOM,)) -> None:
        """Call a function whenever there is news of some rooms, by the first word of an event's name; of all if none are named.

        Also once after each reconnect.
        """
        for room in rooms:
            self._listeners.setdefault(room, []).append(listener)
        if self._client.is_connected:
            self._spawn(self._subscribe())

    async def _tell(self) -> None:
        self._gathering = asyncio.get_running_loop().call_later(GATHER, self._tell_rest)
        rooms, self._news = self._news, set()
        if self._client.is_connected:
            with contextlib.suppress(NatsError, OSError):
                for room in rooms:
                    await self._client.publish(f"{WAKE}.{room}", b"")

    def _tell_rest(self) -> None:
        self._gathering = None
        if self._news:
            self._spawn(self._tell())

    async def _subscribe(self) -> None:
        """Listen to the rooms that somebody here wants to hear of and that are not listened to yet."""
        for room in self._listeners.keys() - self._heard:
            self._heard.add(room)
            try:
                await self._client.subscribe(f"{WAKE}.{room}", cb=partial(self._on_message, room))
            except (NatsError, OSError):
                self._heard.discard(room)

    async def _on_message(self, room: str, message: Msg) -> None:
        del message
        for listener in self._listeners[room]:
            listener()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self) -> None:
        while True:
            self._client = Client()  # a half-made connection of an earlier try is not used again
            try:
                await self._client.connect(
                    self._url.split(","),
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=1,
                    error_cb=_quiet,
                    reconnected_cb=self._notify,
                )
                self._heard.clear()
                await self._notify()
            except (NatsError, OSError):
                await asyncio.sleep(0.5)
            else:
                return

    async def _notify(self) -> None:
        await self._subscribe()
        for listeners in self._listeners.values():
            for listener in listeners:
                listener()


async def _quiet(error: Exception) -> None:
    log.debug("bus.error", error=str(error))
