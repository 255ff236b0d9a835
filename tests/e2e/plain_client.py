"""A softphone without a browser: the same protocol over one WebSocket, to have fifty at once."""

import asyncio
import base64
import json
import re
import ssl
from typing import Any

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from e2e.stage import Demo

FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
BIND = "urn:ietf:params:xml:ns:xmpp-bind"


class PlainSoftphone(WSListener):
    """One agent's live session. ``closed`` tells why it ended, None while it lives."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[str] = asyncio.Queue()
        self.events: list[tuple[str, Any]] = []
        self.closed: str | None = None
        self.transport: WSTransport | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self._take(frame.get_payload_as_utf8_text())
        elif frame.msg_type == WSMsgType.CLOSE:
            self.closed = self.closed or "closed by the server"
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.closed = self.closed or "disconnected"

    def _take(self, text: str) -> None:
        found = re.search(r'<items node="([^"]+)">.*?<json[^>]*>(.*)</json>', text, re.DOTALL)
        if found:
            body = found[2].replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            self.events.append((found[1], json.loads(body)))
        elif "urn:xmpp:ping" in text:
            ping = re.search(r'id="([^"]+)"', text)
            self.send(f'<iq xmlns="jabber:client" type="result" id="{ping[1] if ping else ""}"/>')
        else:
            self.frames.put_nowait(text)

    def send(self, frame: str) -> None:
        assert self.transport is not None
        self.transport.send(WSMsgType.TEXT, frame.encode())

    async def until(self, word: str) -> str:
        async with asyncio.timeout(15):
            while True:
                frame = await self.frames.get()
                if word in frame:
                    return frame

    def leave(self) -> None:
        if self.transport is not None:
            self.transport.disconnect()


async def connect(demo: Demo, agent: dict[str, Any], kind: type[PlainSoftphone] = PlainSoftphone) -> PlainSoftphone:
    """Channel, SASL, bind, subscriptions: what the SDK does, in its order."""
    token, jid = agent["accessToken"], agent["jabberId"]
    async with demo.client(token) as client:
        answer = await client.post("/api/v2/notifications/channels")
        assert answer.status_code == 200, answer.text
        channel = answer.json()["id"]
        trust = ssl.create_default_context(cafile=demo.ready["caCertificate"])
        url = f"wss://localhost:{demo.port}/stream/channels/{channel}"
        headers = [("Sec-WebSocket-Protocol", "xmpp")]
        # A machine that has just started everything may need longer than the library's five seconds.
        _, phone = await ws_connect(kind, url, ssl_context=trust, extra_headers=headers, websocket_handshake_timeout=20)
        assert isinstance(phone, PlainSoftphone)
        domain = jid.partition("@")[2]
        phone.send(f'<open xmlns="{FRAMING}" to="{domain}" version="1.0"/>')
        await phone.until("mechanisms")
        secret = base64.b64encode(f"\0{jid}\0authKey:{token}".encode()).decode()
        phone.send(f'<auth xmlns="{SASL}" mechanism="PLAIN">{secret}</auth>')
        assert "<success" in await phone.until(SASL)
        phone.send(f'<open xmlns="{FRAMING}" to="{domain}" version="1.0"/>')
        await phone.until("features")
        phone.send(f'<iq xmlns="jabber:client" type="set" id="1"><bind xmlns="{BIND}"/></iq>')
        assert "<jid>" in await phone.until('id="1"')
        topics = [
            {"id": f"v2.users.{agent['userId']}?conversations&station"},
            {"id": f"v2.users.{agent['userId']}.workforcemanagement.schedules"},
        ]
        subscribed = await client.put(f"/api/v2/notifications/channels/{channel}/subscriptions", json=topics)
        assert subscribed.status_code == 200, subscribed.text
    return phone
