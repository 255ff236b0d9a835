"""Agents who come in the morning: each signs on as the vendor's softphone does, from its first request until it is ready.

A process of its own: what it takes is not the server's. Reads what to do from stdin as JSON and prints what came of it.
"""

import asyncio
import base64
import json
import random
import re
import resource
import ssl
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
BIND = "urn:ietf:params:xml:ns:xmpp-bind"
SERVICES = "urn:xmpp:extdisco:1"
PUBSUB = "http://jabber.org/protocol/pubsub"
SDK_PAUSE = 0.1
"""Seconds for which the SDK waits before it says what it wants to hear of."""
TRIES = 10
PATIENCE = 30.0
WAIT = frozenset({429, 503})


class Refused(Exception):  # noqa: N818 - an outcome
    """Something said no, and not "later"."""


class Socket(WSListener):
    """The softphone's socket: what comes in, frame by frame."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[str | None] = asyncio.Queue()
        self.transport: WSTransport | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        del transport
        self.frames.put_nowait(None)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            text = frame.get_payload_as_utf8_text()
            if "urn:xmpp:ping" in text and 'type="get"' in text:
                found = re.search(r'\bid="([^"]*)"', text)
                self.send(f'<iq xmlns="jabber:client" type="result" id="{found[1] if found else ""}"/>')
            else:
                self.frames.put_nowait(text)
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()

    def send(self, *frames: str) -> None:
        for frame in frames if self.transport is not None else ():
            self.transport.send(WSMsgType.TEXT, frame.encode())  # type: ignore[union-attr]

    async def until(self, *words: str) -> str:
        """The frame with the last of some words; each of them must have come, in whatever order."""
        missing, frame = set(words), ""
        while missing:
            async with asyncio.timeout(PATIENCE):
                found = await self.frames.get()
            if found is None:
                raise ConnectionError("the socket is gone")
            frame = found
            missing = {word for word in missing if word not in frame}
        return frame


class Rest:
    """One connection to the API that is kept, as a browser keeps it."""

    def __init__(self, host: str, port: int, trust: ssl.SSLContext, token: str) -> None:
        self._host, self._port, self._trust, self._token = host, port, trust, token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.waited = 0

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON. What says "later" is asked again, then. Raises Refused."""
        for _ in range(TRIES):
            status, headers, answer = await self.once(method, path, body)
            if status < 300:
                return json.loads(answer) if answer else None
            if status not in WAIT or b"retry-after" not in headers:
                raise Refused(f"{method} {path.split('?', maxsplit=1)[0]} {status} {answer[:300]!r}")
            self.waited += 1
            await asyncio.sleep(float(headers[b"retry-after"]))
        raise Refused(f"{method} {path} was told to wait {TRIES} times")

    async def once(self, method: str, path: str, body: Any) -> tuple[int, dict[bytes, bytes], bytes]:
        """The status, the headers by their small names, and the body of one answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                self._host, self._port, ssl=self._trust, server_hostname=self._host
            )
        reader, writer = self._streams
        payload = b"" if body is None else json.dumps(body).encode()
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self._host}:{self._port}",
            f"Authorization: Bearer {self._token}",
            f"Content-Length: {len(payload)}",
            *(("Content-Type: application/json",) if payload else ()),
        ]
        writer.write("\r\n".join((*lines, "", "")).encode() + payload)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        first, *rest = head.split(b"\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in rest if line)}
        length = int(headers.get(b"content-length", b"0"))
        return int(first.split(b" ")[1]), headers, await reader.readexactly(length)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()


@dataclass
class Storm:
    """What everybody saw. Seconds from each one's first request until they were ready, and what was refused."""

    plan: dict[str, Any]
    ready: list[float] = field(default_factory=list[float])
    steps: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    refused: list[str] = field(default_factory=list[str])
    failed: list[str] = field(default_factory=list[str])
    waited: int = 0
    last: float = 0.0
    sockets: list[Socket] = field(default_factory=list[Socket])

    async def run(self) -> dict[str, Any]:
        """All come within the time; then they stay a moment."""
        accounts, within = self.plan["accounts"], float(self.plan["within"])
        dice = random.Random(6)
        arrivals = sorted(dice.uniform(0, within) for _ in accounts)
        trust = ssl.create_default_context(cafile=self.plan["trust"])
        began = time.perf_counter()
        await asyncio.gather(
            *(self._come(began, at, account, trust) for at, account in zip(arrivals, accounts, strict=True))
        )
        lost = sum(1 for socket in self.sockets if None in list(socket.frames._queue))  # type: ignore[attr-defined]  # noqa: SLF001
        cpu = resource.getrusage(resource.RUSAGE_SELF)
        for socket in self.sockets:
            if socket.transport is not None:
                socket.transport.disconnect()
        return {
            "ready": sorted(self.ready),
            "steps": self.steps,
            "refused": self.refused,
            "failed": self.failed,
            "waited": self.waited,
            "last": self.last,
            "lost": lost,
            "cpu": cpu.ru_utime + cpu.ru_stime,
        }

    async def _come(self, began: float, at: float, account: dict[str, str], trust: ssl.SSLContext) -> None:
        await asyncio.sleep(max(0.0, began + at - time.perf_counter()))
        start = time.perf_counter()
        rest = Rest(self.plan["host"], self.plan["port"], trust, account["token"])
        try:
            await self._sign_on(rest, account, trust)
        except Refused as refusal:
            self.refused.append(str(refusal))
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
            self.failed.append(f"{type(error).__name__} {error}")
        else:
            now = time.perf_counter()
            self.ready.append(now - start)
            self.last = max(self.last, now - began)
        self.waited += rest.waited
        rest.close()

    async def _sign_on(self, rest: Rest, account: dict[str, str], trust: ssl.SSLContext) -> None:
        jid, token, person_id = account["jid"], account["token"], account["person_id"]
        lap = _Laps(self.steps)
        me = await rest.call("GET", "/api/v2/users/me?expand=station")
        lap.note("users/me")
        channel = (await rest.call("POST", "/api/v2/notifications/channels?connectionType=streaming"))["id"]
        lap.note("channel")
        url = f"wss://{self.plan['host']}:{self.plan['port']}/stream/channels/{channel}"
        headers = [("Sec-WebSocket-Protocol", "xmpp")]
        _, socket = await ws_connect(Socket, url, ssl_context=trust, extra_headers=headers)
        assert isinstance(socket, Socket)
        self.sockets.append(socket)
        lap.note("handshake")
        domain = jid.partition("@")[2]
        opening = f'<open xmlns="{FRAMING}" xml:lang="en" to="{domain}" version="1.0"/>'
        socket.send(opening)
        await socket.until("mechanisms")
        secret = base64.b64encode(f"\0{jid}\0authKey:{token}".encode()).decode()
        socket.send(f'<auth xmlns="{SASL}" mechanism="PLAIN">{secret}</auth>')
        answer = await socket.until(SASL)
        if "<success" not in answer:
            raise Refused(f"SASL {answer[:300]}")
        lap.note("SASL")
        socket.send(opening)
        await socket.until("features")
        socket.send(f'<iq xmlns="jabber:client" id="1" type="set"><bind xmlns="{BIND}"/></iq>')
        await socket.until('id="1"')
        socket.send(
            *(
                f'<iq xmlns="jabber:client" id="{number}" to="{domain}" type="get">'
                f'<services xmlns="{SERVICES}" type="{kind}"/></iq>'
                for number, kind in ((2, "turn"), (3, "stun"))
            )
        )
        await socket.until('id="2"', 'id="3"')
        node = f"v2.users.{person_id}.conversations"
        socket.send(
            f'<iq xmlns="jabber:client" id="4" to="notifications.{self.plan["environment"]}" type="set">'
            f'<pubsub xmlns="{PUBSUB}"><subscribe node="{node}" jid="{jid}"/></pubsub></iq>'
        )
        answer = await socket.until('id="4"')
        if 'type="error"' in answer:
            raise Refused(f"subscription {answer[:300]}")
        lap.note("bind and first subscription")
        station = ((me.get("station") or {}).get("effectiveStation") or {}).get("id")
        if station is not None:
            await rest.call("GET", f"/api/v2/stations/{station}")
        await asyncio.sleep(SDK_PAUSE)
        topics = [{"id": f"v2.users.{person_id}?conversations&station"}]
        await rest.call("PUT", f"/api/v2/notifications/channels/{channel}/subscriptions", topics)
        lap.note("station and subscriptions")


class _Laps:
    def __init__(self, steps: dict[str, list[float]]) -> None:
        self._steps, self._last = steps, time.perf_counter()

    def note(self, step: str) -> None:
        now = time.perf_counter()
        self._steps.setdefault(step, []).append(now - self._last)
        self._last = now


if __name__ == "__main__":
    _plan = json.load(sys.stdin)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as _runner:
        print(json.dumps(_runner.run(Storm(_plan).run())))
