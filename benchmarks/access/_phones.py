"""Softphones that stay: each has its session again as soon as the vendor's client would, through the edge.

The client's rule, from its own code (genesys-cloud-streaming-client 17.2.7, `client.js`) and seen on the wire: a session that is lost is tried
again after 2 s on the same channel, without REST; a try has 15 s. What fails doubles the pause (4, 8 ... 90 s), and the pause is remembered: it
halves only after five times its length. A SASL failure, or the tenth use of a channel, asks for another channel first. `Retry-After` is waited for
on top of the pause; 401 and 403 end it for good. It pings every 14 s and gives a socket up when two in a row are not answered within 15 s.
"""

import asyncio
import base64
import json
import random
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from picows import WSError, WSFrame, WSMsgType, WSTransport, ws_connect

from benchmarks.access._agents import BIND, FRAMING, SASL, Refused, Rest, Socket
from benchmarks.installation import Account

FIRST, LONGEST = 2.0, 90.0
TRY = 15.0
REUSES = 10
PING_EVERY, PING_PATIENCE, PINGS = 14.0, 15.0, 2
PING = '<iq xmlns="jabber:client" id="ping-{}" type="get"><ping xmlns="urn:xmpp:ping"/></iq>'
DENIALS = ("not-authorized", "credentials-expired", "account-disabled")


class Denied(Exception):  # noqa: N818 - an outcome
    """The client gives up for good, or was told that it may not."""


class _Later(Exception):  # noqa: N818 - an outcome
    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds} s")
        self.seconds = seconds


class Pause:
    """How long the vendor's client waits before it tries again. Instants are monotonic."""

    def __init__(self) -> None:
        self._current = self._halves_at = 0.0

    def first(self, now: float) -> float:
        """Before the first try after a loss."""
        while self._current and now >= self._halves_at:
            self._current /= 2
            self._current = 0.0 if self._current < FIRST else self._current
            self._halves_at += 5 * self._current
        return min(max(self._current, FIRST), LONGEST)

    def failed(self, now: float) -> None:
        """A try failed without a `Retry-After`."""
        self._current = max(2 * self._current, 2 * FIRST)
        self._halves_at = now + 5 * self._current


class Line(Socket):
    """The socket, which knows when it is over and notes the marks of the changes that it is told of."""

    def __init__(self, told: Callable[[str], None]) -> None:
        super().__init__()
        self.over = asyncio.Event()
        self.notice: str | None = None
        self.answers: dict[str, asyncio.Event] = {}
        self._told = told

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        super().on_ws_disconnected(transport)
        self.over.set()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        text = frame.get_payload_as_utf8_text() if frame.msg_type == WSMsgType.TEXT else ""
        if "mark-" in text:
            self._told(text.partition("mark-")[2][:36])
        elif 'id="ping-' in text:
            self.answers.pop(text.partition('id="')[2].partition('"')[0], asyncio.Event()).set()
        elif "no_longer_subscribed" in text:
            self.notice = text
        else:
            super().on_ws_frame(transport, frame)

    def drop(self) -> None:
        """Give the socket up without waiting for the other side."""
        if self.transport is not None:
            self.transport.disconnect(graceful=False)


@dataclass
class Phones:
    """Where they go, and what all of them saw."""

    host: str
    port: int
    trust: ssl.SSLContext
    told: dict[str, float] = field(default_factory=dict[str, float])
    """When (monotonic) each mark came first."""
    denied: list[str] = field(default_factory=list[str])
    failures: list[str] = field(default_factory=list[str])


@dataclass
class Phone:
    """One agent's softphone."""

    phones: Phones
    account: Account
    spans: list[list[float]] = field(default_factory=list[list[float]])
    """From when until when (monotonic) there was a session; the last is open while it has one element."""
    line: Line | None = None
    channel: str | None = None
    uses: int = 0
    pause: Pause = field(default_factory=Pause)
    at_once: bool = False

    @property
    def live(self) -> bool:
        """Whether there is a session."""
        return bool(self.spans) and len(self.spans[-1]) == 1

    def lived_through(self, start: float, end: float) -> bool:
        """Whether one session held from an instant to another."""
        return any(span[0] <= start and (len(span) == 1 or span[1] >= end) for span in self.spans)

    def rejoin(self) -> None:
        """Leave and come again at once, to whichever node the edge chooses."""
        self.at_once = True
        if self.line is not None:
            self.line.drop()

    async def stay(self) -> None:
        """Be there for ever."""
        pause = 0.0
        while True:
            try:
                await self._come(pause)
            except Denied as denial:
                self.phones.denied.append(str(denial))
                return
            assert self.line is not None
            self.spans.append([time.monotonic()])
            pinging = asyncio.create_task(_ping(self.line))
            await self.line.over.wait()
            pinging.cancel()
            self.spans[-1].append(time.monotonic())
            if self.line.notice is not None:
                self.phones.denied.append(self.line.notice[:400])
                self.channel = None
            pause, self.at_once = (0.0 if self.at_once else self.pause.first(time.monotonic())), False

    async def _come(self, pause: float) -> None:
        """Try until there is a session."""
        while True:
            await asyncio.sleep(pause)
            try:
                await self._try()
            except _Later as later:
                await asyncio.sleep(later.seconds)
            except (OSError, TimeoutError, WSError, asyncio.IncompleteReadError, Refused) as error:
                self.phones.failures.append(f"{type(error).__name__} {error}"[:200])
                self.pause.failed(time.monotonic())
            else:
                return
            pause = min(max(2 * pause, FIRST), LONGEST)

    async def _try(self) -> None:
        if self.channel is not None:
            self.uses += 1
            self.channel = None if self.uses >= REUSES else self.channel
        if self.channel is None:
            await self._choose_channel()
        async with asyncio.timeout(TRY):
            line = await self._open()
            try:
                await self._sign_in(line)
            except BaseException:
                line.drop()
                raise
        self.line = line

    async def _choose_channel(self) -> None:
        phones = self.phones
        rest = Rest(phones.host, phones.port, phones.trust, self.account.token)
        try:
            made = await _asked(rest, "POST", "/api/v2/notifications/channels?connectionType=streaming")
            topics = [{"id": f"v2.users.{self.account.person_id}.presence"}]
            await _asked(rest, "PUT", f"/api/v2/notifications/channels/{made['id']}/subscriptions", topics)
        finally:
            rest.close()
        self.channel, self.uses = made["id"], 0

    async def _open(self) -> Line:
        phones = self.phones
        _, line = await ws_connect(
            lambda: Line(self._heard),
            f"wss://{phones.host}:{phones.port}/stream/channels/{self.channel}",
            ssl_context=phones.trust,
            extra_headers=[("Sec-WebSocket-Protocol", "xmpp")],
        )
        assert isinstance(line, Line)
        return line

    async def _sign_in(self, line: Line) -> None:
        jid, token = self.account.jid, self.account.token
        opening = f'<open xmlns="{FRAMING}" xml:lang="en" to="{jid.partition("@")[2]}" version="1.0"/>'
        line.send(opening)
        await line.until("mechanisms")
        secret = base64.b64encode(f"\0{jid}\0authKey:{token}".encode()).decode()
        line.send(f'<auth xmlns="{SASL}" mechanism="PLAIN">{secret}</auth>')
        answer = await line.until(SASL)
        if "<success" not in answer:
            self.channel = None
            if any(each in answer for each in DENIALS):
                self.phones.denied.append(answer[:400])
            raise ConnectionError(answer[:300])
        line.send(opening)
        await line.until("features")
        line.send(f'<iq xmlns="jabber:client" id="1" type="set"><bind xmlns="{BIND}"/></iq>')
        await line.until('id="1"')

    def _heard(self, mark: str) -> None:
        self.phones.told.setdefault(mark, time.monotonic())


async def _asked(rest: Rest, method: str, path: str, body: Any = None) -> Any:
    """The answer's JSON. Raises _Later, Denied, ConnectionError."""
    status, headers, answer = await rest.once(method, path, body)
    if status in (401, 403):
        raise Denied(f"{method} {path} {status} {answer[:300]!r}")
    if status >= 300 and b"retry-after" in headers:
        raise _Later(float(headers[b"retry-after"]))
    if status >= 300:
        raise ConnectionError(f"{method} {path} {status} {answer[:200]!r}")
    return json.loads(answer)


async def _ping(line: Line) -> None:
    """As the client does: two in a row that nobody answers, and the socket is given up."""
    await asyncio.sleep(random.uniform(0, PING_EVERY))  # they did not all come in this instant
    missed = number = 0
    while True:
        number += 1
        answered = line.answers[f"ping-{number}"] = asyncio.Event()
        line.send(PING.format(number))
        try:
            await asyncio.wait_for(answered.wait(), PING_PATIENCE)
        except TimeoutError:
            missed += 1
        else:
            missed = 0
        if missed == PINGS:
            break
        await asyncio.sleep(PING_EVERY)
    line.drop()
