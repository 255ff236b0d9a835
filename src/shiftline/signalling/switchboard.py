"""What all connections of one process share, and the questions to the authority that outlast a frame."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

import structlog
from prometheus_client import Gauge

from shiftline.foundation import telemetry
from shiftline.foundation.clock import Clock
from shiftline.foundation.errors import Unavailable
from shiftline.signalling.agenda import Agenda
from shiftline.signalling.authority import Authority
from shiftline.signalling.bulletin import DUPLICATE_ID
from shiftline.signalling.calls import Calls
from shiftline.signalling.feed import Limits as FeedLimits
from shiftline.signalling.heartbeat import Heartbeat
from shiftline.signalling.model import COULD_NOT_BE_KNOWN, Denial, Notice, Welcome
from shiftline.signalling.review import Reviews
from shiftline.signalling.session import Registry, Session
from shiftline.signalling.stream import Dialect
from shiftline.signalling.telephony import Telephony

T = TypeVar("T")

UNKNOWN = Denial(COULD_NOT_BE_KNOWN, "Whether you may connect could not be known just now; try again.")
REPLACED = Notice(DUPLICATE_ID, "another_connection", sentence="A newer connection uses this channel.")
TICK = 0.25
"""Seconds between looks at the agenda: how late a timer may be."""

MOST_STRANGERS = 2000
"""Sockets of a process on which nobody has signed in yet; each may stay so for ``Limits.setup``."""

XMPP_SESSIONS, JSON_SESSIONS = (telemetry.SESSIONS.labels(transport) for transport in ("xmpp", "json"))

log = structlog.get_logger()


class Connection(Protocol):
    """A socket as the switchboard sees it."""

    def wake(self, now: float) -> None:
        """An appointment has come."""
        ...

    def leave(self) -> None:
        """The server goes: close without fault."""
        ...

    def cut(self) -> None:
        """The server goes now."""
        ...

    def beat(self) -> None:
        """Let whoever stands between see that the server lives."""
        ...


class Switchboard:
    """The dialect, the authority, the registry and the agenda of one process, and its calls if it carries any.

    ``on_open`` and ``on_close`` are called for each session when it is registered and when it is gone. ``shows_life``: there are
    other nodes to go to when this one is cut off, see `heartbeat`.
    """

    def __init__(
        self,
        dialect: Dialect,
        authority: Authority,
        telephony: Telephony | None = None,
        feed_limits: FeedLimits | None = None,
        *,
        shows_life: bool = True,
    ) -> None:
        self.dialect = dialect
        self.authority = authority
        self.feed_limits = feed_limits or FeedLimits()
        self.clock = Clock()
        self.registry = Registry()
        self.reviews = Reviews(self.registry, self._ask_to_stay, self.dismiss, self.spawn)
        self.agenda: Agenda[Connection] = Agenda()
        self._connections: set[Connection] = set()
        self._heartbeat: Heartbeat[Connection] | None = Heartbeat(TICK) if shows_life else None
        self._strangers: set[object] = set()
        self._nobody = asyncio.Event()
        self.on_open: list[Callable[[Session], None]] = []
        self.on_close: list[Callable[[Session], None]] = []
        self.calls = None if telephony is None else Calls(self.registry, telephony, self.spawn)
        if self.calls is not None:
            self.on_open.append(self.calls.opened)
            self.registry.on_subscribe.append(self.calls.subscribed)
            self.on_close.append(self.calls.closed)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._ticking: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to keep the agenda."""
        telemetry.STRANGERS.set_function(lambda: len(self._strangers))
        self._ticking = self._loop.call_later(TICK, self._tick)

    async def stop(self, patience: float = 1.0) -> None:
        """Close every connection without fault, so that clients come back to the same channels, and wait for them."""
        for connection in tuple(self._connections):
            connection.leave()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience if self._connections else 0):
                await self._nobody.wait()
        for connection in tuple(self._connections):
            connection.cut()
        if self._ticking is not None:
            self._ticking.cancel()
        for task in tuple(self._tasks):
            task.cancel()

    @property
    def crowded(self) -> bool:
        """Whether so many sockets wait to be signed in on that no more are let in for now."""
        return len(self._strangers) >= MOST_STRANGERS

    def joined(self, connection: Connection) -> None:
        """A socket's handshake is done."""
        self._connections.add(connection)
        if self._heartbeat is not None:
            self._heartbeat.add(connection)
        self._strangers.add(connection)
        self._nobody.clear()

    def left(self, connection: Connection) -> None:
        """A socket is gone."""
        self._connections.discard(connection)
        if self._heartbeat is not None:
            self._heartbeat.discard(connection)
        self._strangers.discard(connection)
        if not self._connections:
            self._nobody.set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that waits, and keep hold of it."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def ask(self, question: Awaitable[T]) -> T | Denial:
        """The authority's answer; UNKNOWN when it had none, whatever the cause."""
        try:
            return await question
        except Unavailable as refusal:
            log.warning("signalling.authority_unavailable", reason=refusal.message)
            return UNKNOWN
        except Exception:
            log.exception("signalling.authority_failed")
            return UNKNOWN

    def open(self, session: Session, welcome: Welcome, mark: int) -> None:
        """Register a session; ``mark`` was taken before the authority was asked for the welcome."""
        self._strangers.discard(session.wire)
        replaced = self.registry.add(session, welcome.topics)
        self.reviews.note_end(session, welcome.until)
        _gauge(session).inc()
        for hook in self.on_open:
            hook(session)
        if replaced is not None:
            self._gone(replaced)
            replaced.wire.dismiss(REPLACED)
        if self.registry.disturbed_since(mark, session.identity):
            self.reviews.add(session)

    def close(self, session: Session) -> None:
        """Forget a session whose connection ends; harmless when it is forgotten already."""
        if self.registry.remove(session):
            self._gone(session)

    def dismiss(self, session: Session, notice: Notice) -> None:
        """End a session, telling it why."""
        self.close(session)
        session.wire.dismiss(notice)

    async def _ask_to_stay(self, channel_id: str) -> Welcome | Denial:
        return await self.ask(self.authority.admit(channel_id))

    def _gone(self, session: Session) -> None:
        self.reviews.forget(session)
        _gauge(session).dec()
        for hook in self.on_close:
            hook(session)

    def _tick(self) -> None:
        now = self._loop.time()
        for connection in self.agenda.due(now):
            connection.wake(now)
        for connection in () if self._heartbeat is None else self._heartbeat.due():
            connection.beat()
        self._ticking = self._loop.call_later(TICK, self._tick)


def _gauge(session: Session) -> Gauge:
    return XMPP_SESSIONS if session.resource else JSON_SESSIONS
