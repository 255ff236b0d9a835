"""Whether live sessions may stay: asked again when news says so and when a right ends by itself, a few at a time.

A session that cannot be judged just now stays, and is asked about again a moment later; it keeps nobody else waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

import structlog

from shiftline.signalling.bulletin import NO_LONGER_SUBSCRIBED
from shiftline.signalling.model import COULD_NOT_BE_KNOWN, Denial, Notice, Welcome
from shiftline.signalling.session import Registry, Session

AT_ONCE = 4
"""Questions under way; each takes a connection to the database, and newcomers need some too."""
AGAIN_AFTER = 1.0
"""Seconds until a question that could not be answered is asked again."""

Ask = Callable[[str], Awaitable[Welcome | Denial]]
Dismiss = Callable[[Session, Notice], None]
Spawn = Callable[[Coroutine[Any, Any, None]], None]

log = structlog.get_logger()


class Reviews:
    """The sessions to be judged again, each once however often it is named, and the ends of rights that are known."""

    def __init__(self, registry: Registry, ask: Ask, dismiss: Dismiss, spawn: Spawn) -> None:
        self._registry = registry
        self._ask = ask
        self._dismiss = dismiss
        self._spawn = spawn
        self._waiting: dict[Session, None] = {}
        self._ends: dict[Session, datetime] = {}
        self._workers = 0

    @property
    def ends(self) -> int:
        """How many sessions' ends are known."""
        return len(self._ends)

    def add(self, session: Session) -> None:
        """Judge a session, after those that wait already; one that is being judged now is judged once more."""
        if not self._is_live(session):
            return
        self._waiting[session] = None
        if self._workers < AT_ONCE:
            self._workers += 1
            self._spawn(self._work())

    def note_end(self, session: Session, until: datetime | None) -> None:
        """Note when (the application's time) a session's right has to be judged again, if that is known."""
        if until is None:
            self._ends.pop(session, None)
        else:
            self._ends[session] = until

    def add_due(self, now: datetime) -> None:
        """Judge the sessions whose instant has come."""
        for session in [each for each, until in self._ends.items() if until <= now]:
            del self._ends[session]
            self.add(session)

    def forget(self, session: Session) -> None:
        """The session is gone."""
        self._waiting.pop(session, None)
        self._ends.pop(session, None)

    async def _work(self) -> None:
        try:
            while self._waiting:
                session = next(iter(self._waiting))
                del self._waiting[session]
                await self._judge(session)
        finally:
            self._workers -= 1

    async def _judge(self, session: Session) -> None:
        mark = self._registry.mark()
        answer = await self._ask(session.identity.channel_id)
        if not self._is_live(session):
            return
        if isinstance(answer, Welcome):
            self.note_end(session, answer.until)
            if self._registry.disturbed_since(mark, session.identity):
                self.add(session)  # what was read may be older than the news that came meanwhile
            else:
                self._registry.subscribe(session, answer.topics)
        elif answer.condition == COULD_NOT_BE_KNOWN:
            asyncio.get_running_loop().call_later(AGAIN_AFTER, self.add, session)
        else:
            log.info("signalling.revoked", channel=session.identity.channel_digest, decision_id=answer.decision_id)
            self._dismiss(session, Notice(NO_LONGER_SUBSCRIBED, "access_revoked", answer))

    def _is_live(self, session: Session) -> bool:
        return session in self._registry.on_channel(session.identity.channel_id)
