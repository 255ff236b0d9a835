"""One line of work for each conversation: looked at again as often as it changed, by one task at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

import structlog

from shiftline.foundation.errors import Unavailable

AGAIN_AFTER = 0.3
"""Seconds until what could not be looked at, because PostgreSQL was away, is looked at again."""

log = structlog.get_logger()


class Lines:
    """Runs ``work`` for keys that are marked; one that is marked while it runs, runs once more."""

    def __init__(self, work: Callable[[Hashable], Awaitable[None]]) -> None:
        self._work = work
        self._marked: set[Hashable] = set()
        self._running: dict[Hashable, asyncio.Task[None]] = {}

    def mark(self, key: Hashable) -> None:
        """Look at a key, now or after what is being done with it."""
        self._marked.add(key)
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._run(key))

    async def close(self) -> None:
        """Stop, whatever is under way."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, key: Hashable) -> None:
        try:
            while key in self._marked:
                self._marked.discard(key)
                await self._once(key)
        finally:
            self._running.pop(key, None)

    async def _once(self, key: Hashable) -> None:
        try:
            await self._work(key)
        except Unavailable:
            self._marked.add(key)
            await asyncio.sleep(AGAIN_AFTER)
        except Exception:
            log.exception("media.line_failed", key=str(key))
