"""NATS: says that there is news; never carries truth. Everything works, a second slower, when it is dead."""

import asyncio
import contextlib
from collections.abc import Callable

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

WAKE = "shiftline.outbox"

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
        self._listeners: list[Callable[[], None]] = []
        self._connecting: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to connect; returns at once, also when NATS is not there."""
        self._connecting = asyncio.create_task(self._connect())

    async def close(self) -> None:
        """Leave NATS."""
        if self._connecting is not None:
            # A cancellation that meets the end of a failed try is lost in Python 3.11's wait_for, and nats-py tries on for ever.
            while not self._connecting.done():
                self._connecting.cancel()
                await asyncio.wait({self._connecting}, timeout=0.1)
        if self._client.is_connected:
            with contextlib.suppress(NatsError, OSError):
                await self._client.close()

    async def wake(self) -> None:
        """Tell every reader of the outbox that there is something to read."""
        if self._client.is_connected:
            with contextlib.suppress(NatsError, OSError):
                await self._client.publish(WAKE, b"")

    def on_wake(self, listener: Callable[[], None]) -> None:
        """Call a function whenever there is news; also once after each reconnect."""
        self._listeners.append(listener)

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
                await self._client.subscribe(WAKE, cb=self._on_message)
                await self._notify()
            except (NatsError, OSError):
                await asyncio.sleep(0.5)
            else:
                return

    async def _on_message(self, message: Msg) -> None:
        del message
        await self._notify()

    async def _notify(self) -> None:
        for listener in self._listeners:
            listener()


async def _quiet(error: Exception) -> None:
    log.debug("bus.error", error=str(error))
