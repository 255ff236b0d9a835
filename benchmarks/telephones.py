"""Both ends of a call without a browser: a web caller by WHIP and an agent's softphone over XMPP, each on aiortc with a tone."""

import asyncio
import base64
import contextlib
import fractions
import html
import json
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import av
import httpx
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

RATE, FRAME = 48_000, 960
LOUD = 300
"""Of 32768: a frame with more than this is somebody's tone and no silence."""

FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
BIND = "urn:ietf:params:xml:ns:xmpp-bind"
ON_QUEUE = "e08eaf1b-ee47-4fa9-a231-1200e284798f"


class Tone(MediaStreamTrack):
    """A steady tone in real time."""

    kind = "audio"

    def __init__(self, hertz: int) -> None:
        super().__init__()
        samples = (8000 * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE)).astype(np.int16)
        self._second, self._position, self._began = samples, 0, 0.0

    async def recv(self) -> av.AudioFrame:
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        await asyncio.sleep(max(0.0, self._began + self._position / RATE - loop.time()))
        start = self._position % RATE
        frame = av.AudioFrame.from_ndarray(
            self._second[start : start + FRAME].reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._position, fractions.Fraction(1, RATE)
        self._position += FRAME
        return frame


class Listener(Protocol):
    """Hears what comes of a connection."""

    def listen(self, connection: RTCPeerConnection) -> None:
        """To be called before the connection has its remote description."""
        ...


class Ear:
    """Notes when something loud is heard of a connection."""

    def __init__(self) -> None:
        self.loud = asyncio.Event()
        self.loud_at = 0.0

    def listen(self, connection: RTCPeerConnection) -> None:
        connection.on("track", self._begin)

    def _begin(self, track: MediaStreamTrack) -> None:
        asyncio.ensure_future(self._take(track))  # noqa: RUF006 - it ends with the track

    def forget(self) -> None:
        """From now on, anew."""
        self.loud.clear()

    async def _take(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(Exception):
            while True:
                samples = cast("av.AudioFrame", await track.recv()).to_ndarray()
                if not self.loud.is_set() and int(np.abs(samples).max()) > LOUD:
                    self.loud_at = time.perf_counter()
                    self.loud.set()


@dataclass
class Caller:
    """A web caller."""

    client: httpx.AsyncClient
    queue_id: str
    ear: Listener = field(default_factory=Ear)
    voice: Callable[[], MediaStreamTrack] = lambda: Tone(700)
    location: str = ""
    connection: RTCPeerConnection | None = None

    async def call(self) -> None:
        """Ring the queue; raises for a refusal."""
        response = await self._send(f"/api/v2/shiftline/calls/whip/{self.queue_id}")
        self.location = response.headers["location"]

    async def renew(self) -> None:
        """The offer anew, on the same call."""
        await self._send(self.location)

    async def _send(self, path: str) -> httpx.Response:
        if self.connection is not None:
            await self.connection.close()
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.addTrack(self.voice())
        self.ear.listen(self.connection)
        await self.connection.setLocalDescription(await self.connection.createOffer())
        sdp = self.connection.localDescription.sdp
        response = await self.client.post(path, content=sdp, headers={"content-type": "application/sdp"})
        response.raise_for_status()
        await self.connection.setRemoteDescription(RTCSessionDescription(response.text, "answer"))
        return response

    async def status(self) -> dict[str, Any]:
        return (await self.client.get(self.location)).json()

    async def end(self) -> None:
        with contextlib.suppress(httpx.HTTPError):
            await self.client.delete(self.location)
        if self.connection is not None:
            await self.connection.close()


class Softphone(WSListener):
    """An agent's softphone that takes whatever rings. ``proposals``: (session, conversation, when) in their order."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[str | None] = asyncio.Queue()
        self.proposals: list[tuple[str, str, float]] = []
        self.ear = Ear()
        self.connections: dict[str, RTCPeerConnection] = {}
        self.transport: WSTransport | None = None
        self.gone = asyncio.Event()
        self._number = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        del transport
        self.gone.set()
        self.frames.put_nowait(None)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()
        if frame.msg_type != WSMsgType.TEXT:
            return
        text = frame.get_payload_as_utf8_text()
        if "<propose" in text:
            self._propose(text)
        elif "genesys-webrtc" in text and 'type="set"' in text:
            self._spawn(self._webrtc(text))
        elif "urn:xmpp:ping" in text and 'type="get"' in text:
            self.send(f'<iq xmlns="jabber:client" type="result" id="{_attribute(text, "id")}"/>')
        elif "<event" not in text:
            self.frames.put_nowait(text)

    def send(self, frame: str) -> None:
        if self.transport is not None and not self.gone.is_set():
            self.transport.send(WSMsgType.TEXT, frame.encode())

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _propose(self, text: str) -> None:
        session = re.search(r'<propose[^>]* id="([^"]+)"', text)
        assert session is not None
        if all(session[1] != known for known, _, _ in self.proposals):
            self.proposals.append((session[1], _attribute(text, "inin-cid"), time.perf_counter()))
        peer = _attribute(text, "from")
        self.send(
            f'<message xmlns="jabber:client" to="{peer}"><proceed xmlns="urn:xmpp:jingle-message:0" id="{session[1]}"/></message>'
        )

    async def _webrtc(self, text: str) -> None:
        found = re.search(r"<genesys-webrtc[^>]*>(.*)</genesys-webrtc>", text, re.DOTALL)
        assert found is not None
        said = json.loads(html.unescape(found[1]))
        params, peer = said["params"], _attribute(text, "from")
        if said["method"] == "terminate":
            await self.ended(params["sessionId"])
        elif said["method"] == "offer":
            await self.offered(params, peer)

    async def offered(self, params: dict[str, Any], peer: str) -> None:
        """Our offer comes: answer it."""
        session = params["sessionId"]
        self.connections[session] = await self.answer(params, peer, Tone(1000), self.ear)

    async def ended(self, session: str) -> None:
        """A session is over."""
        connection = self.connections.pop(session, None)
        if connection is not None:
            await connection.close()

    async def answer(
        self, params: dict[str, Any], peer: str, voice: MediaStreamTrack, ear: Listener
    ) -> RTCPeerConnection:
        """A connection of an offer, with the answer on its way."""
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        connection.addTrack(voice)
        ear.listen(connection)
        await connection.setRemoteDescription(RTCSessionDescription(params["sdp"], "offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        self.say(peer, "answer", {"sdp": connection.localDescription.sdp, "sessionId": params["sessionId"]})
        return connection

    def say(self, peer: str, method: str, params: dict[str, Any]) -> None:
        self._number += 1
        body = html.escape(
            json.dumps({"jsonrpc": "2.0", "id": str(self._number), "method": method, "params": params}), quote=False
        )
        self.send(
            f'<iq xmlns="jabber:client" type="set" id="w{self._number}" to="{peer}">'
            f'<genesys-webrtc xmlns="genesys">{body}</genesys-webrtc></iq>'
        )

    async def until(self, word: str) -> str:
        async with asyncio.timeout(20):
            while True:
                frame = await self.frames.get()
                if frame is None:
                    raise ConnectionError("the socket is gone")
                if word in frame:
                    return frame

    async def leave(self) -> None:
        for connection in list(self.connections.values()):
            await connection.close()
        if self.transport is not None:
            self.transport.disconnect()


def _attribute(text: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', text)
    return found[1] if found else ""


@dataclass(frozen=True)
class Centre:
    """A running demo as its clients see it: the ready line."""

    ready: dict[str, Any]

    @property
    def base(self) -> str:
        return f"https://{self.ready['environment']}"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ready["caCertificate"])

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        return httpx.AsyncClient(base_url=self.base, headers=headers, verify=self.trust, timeout=30)

    async def sign_on(
        self,
        agent: dict[str, Any],
        *,
        channel: str | None = None,
        make: Callable[[], Softphone] = Softphone,
    ) -> tuple[Softphone, str]:
        """A softphone of an agent, live; and its channel, by which it may come back."""
        token, jid = agent["accessToken"], agent["jabberId"]
        if channel is None:
            async with self.client(token) as client:
                answer = await client.post("/api/v2/notifications/channels")
                answer.raise_for_status()
                channel = str(answer.json()["id"])
        url = f"wss://{self.ready['environment']}/stream/channels/{channel}"
        headers = [("Sec-WebSocket-Protocol", "xmpp")]
        _, phone = await ws_connect(make, url, ssl_context=self.trust, extra_headers=headers)
        assert isinstance(phone, Softphone)
        domain = jid.partition("@")[2]
        phone.send(f'<open xmlns="{FRAMING}" to="{domain}" version="1.0"/>')
        await phone.until("mechanisms")
        secret = base64.b64encode(f"\0{jid}\0authKey:{token}".encode()).decode()
        phone.send(f'<auth xmlns="{SASL}" mechanism="PLAIN">{secret}</auth>')
        assert "<success" in await phone.until(SASL)
        phone.send(f'<open xmlns="{FRAMING}" to="{domain}" version="1.0"/>')
        await phone.until("features")
        phone.send(f'<iq xmlns="jabber:client" type="set" id="1"><bind xmlns="{BIND}"/></iq>')
        await phone.until('id="1"')
        return phone, channel

    async def go_on_queue(self, agent: dict[str, Any], presence: str = ON_QUEUE) -> None:
        async with self.client(agent["accessToken"]) as client:
            path = f"/api/v2/users/{agent['userId']}/presences/purecloud"
            (await client.patch(path, json={"presenceDefinition": {"id": presence}})).raise_for_status()
