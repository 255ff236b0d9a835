"""Work that waits, done in its order for each person, and beside each other for different people; a few at a time."""

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeAlias

import structlog

AT_ONCE = 4
"""Pieces of work under way; each takes a connection to the database, and newcomers need some too."""
MOST_WAITING = 200
"""Of one person; a call needs about ten."""

Work: TypeAlias = Callable[[], Awaitable[None]]
Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None]], None]

log = structlog.get_logger()


class Turns:
    """One queue for each person who has something waiting. People take turns, so that one who floods delays few."""

    def __init__(self, spawn: Spawn) -> None:
        self._spawn = spawn
        self._queues: dict[str, deque[Work]] = {}
        self._ready: deque[str] = deque()
        self._workers = 0

    def __len__(self) -> int:
        """How many people have something waiting or under way."""
        return len(self._queues)

    def last(self, person_id: str) -> Work | None:
        """What this person has waiting that would be begun last."""
        queue = self._queues.get(person_id)
        return queue[-1] if queue else None

    def add(self, person_id: str, work: Work) -> bool:
        """Do it after what this person has waiting; False, and nothing is done, where that is too much already."""
        queue = self._queues.get(person_id)
        if queue is None:
            queue = self._queues[person_id] = deque()
            self._ready.append(person_id)
        if len(queue) >= MOST_WAITING:
            return False
        queue.append(work)
        if self._ready and self._workers < AT_ONCE:
            self._workers += 1
            self._spawn(self._work())
        return True

    async def _work(self) -> None:
        try:
            while self._ready:
                person_id = self._ready.popleft()
                queue = self._queues[person_id]
                try:
                    await queue.popleft()()
                except Exception:
                    log.exception("signalling.work_failed")
                if queue:
                    self._ready.append(person_id)
                else:
                    del self._queues[person_id]
        finally:
            self._workers -= 1
