"""Sessions to be told how things stand: all that come within a moment are looked up at once, so that it costs each little.

What a session hears while it is looked up is newer than what is found: ``note`` it, and ``missed`` says so.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from shiftline.foundation.errors import Unavailable
from shiftline.signalling.session import Session
from shiftline.signalling.turns import Spawn

GATHERING = 0.03
"""Seconds in which those who come gather before they are looked up."""
BETWEEN = 0.25
"""Seconds from one look to the next: while many come, each look is for many."""
AGAIN_AFTER = 0.5
"""Seconds until a look that could not be had is tried again."""

Look = Callable[[Sequence[Session]], Awaitable[None]]
"""Tell these sessions how things stand. Raises Unavailable."""

log = structlog.get_logger()


class Newcomers:
    """The sessions that are still to be told."""

    def __init__(self, spawn: Spawn, look: Look) -> None:
        self._spawn = spawn
        self._look = look
        self._heard: dict[Session, set[str]] = {}
        self._is_looking = False
        self._time = asyncio.get_running_loop().time
        self._next_look = 0.0

    def __len__(self) -> int:
        return len(self._heard)

    def add(self, session: Session) -> None:
        """A session came."""
        self._heard[session] = set()
        if not self._is_looking:
            self._is_looking = True
            self._spawn(self._work())

    def forget(self, session: Session) -> None:
        """A session is gone, or was told."""
        self._heard.pop(session, None)

    def note(self, session: Session, what: str) -> None:
        """A session hears of something now: what is found of it is older."""
        heard = self._heard.get(session)
        if heard is not None:
            heard.add(what)

    def missed(self, session: Session, what: str) -> bool:
        """Whether a session came and has not heard of this since."""
        heard = self._heard.get(session)
        return heard is not None and what not in heard

    async def _work(self) -> None:
        try:
            while self._heard:
                await asyncio.sleep(max(GATHERING, self._next_look - self._time()))
                self._next_look = self._time() + BETWEEN
                batch = tuple(self._heard)
                try:
                    await self._look(batch)
                except Unavailable:
                    await asyncio.sleep(AGAIN_AFTER)
                    continue
                except Exception:
                    log.exception("signalling.look_failed")
                for session in batch:
                    self.forget(session)
        finally:
            self._is_looking = False


def by_organization(sessions: Sequence[Session]) -> dict[str, list[str]]:
    """The people of sessions, each once, by organization."""
    people: dict[str, dict[str, None]] = {}
    for session in sessions:
        people.setdefault(session.identity.organization_id, {})[session.identity.person_id] = None
    return {organization_id: list(ids) for organization_id, ids in people.items()}
