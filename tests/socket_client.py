"""A WebSocket client for tests of signalling: it queues what it receives, and speaks as the softphone does."""

import asyncio
import base64
from typing import Any

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from shiftline.signalling.stanza import Element, parse_frame

FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
BIND = '<iq xmlns="jabber:client" id="b" type="set"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>'


class Socket(WSListener):
    """A client that queues what it receives; None is the end."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: asyncio.Queue[str | None] = asyncio.Queue()
        self.code: WSCloseCode | None = None
        self.reason = ""
        self.transport: Any = None
        self.response: Any = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self.response = transport.response

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.frames.put_nowait(frame.get_payload_as_utf8_text())
        elif frame.msg_type == WSMsgType.CLOSE:
            self.code, self.reason = frame.get_close_code(), frame.get_close_reason() or ""
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        del transport
        self.frames.put_nowait(None)

    def say(self, frame: str) -> None:
        self.transport.send(WSMsgType.TEXT, frame)

    async def read(self) -> str:
        async with asyncio.timeout(5):
            frame = await self.frames.get()
        assert frame is not None, f"closed: {self.code} {self.reason}"
        return frame

    async def element(self) -> Element:
        return parse_frame(await self.read(), 100_000)

    async def ended(self) -> list[str]:
        """What came before the end."""
        rest: list[str] = []
        async with asyncio.timeout(5):
            while (frame := await self.frames.get()) is not None:
                rest.append(frame)
        return rest

    async def sign_in(self, jid: str, token: str) -> Element:
        """Open the stream and authenticate; the answer, ``success`` or ``failure``."""
        domain = jid.partition("@")[2]
        opening = f'<open xmlns="{FRAMING}" to="{domain}" version="1.0"/>'
        credentials = base64.b64encode(f"\0{jid}\0authKey:{token}".encode()).decode()
        self.say(opening)
        await self.read()
        await self.read()
        self.say(f'<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">{credentials}</auth>')
        answer = await self.element()
        if answer.local_name == "success":
            self.say(opening)
            await self.read()
            await self.read()
        return answer

    async def bind(self) -> str:
        """Bind a resource; the full JID."""
        self.say(BIND)
        return (await self.element()).children[0].children[0].text


async def connect(port: int, channel_id: str, *, xmpp: bool = True) -> Socket:
    """A socket on a channel."""
    protocols: dict[str, Any] = {"extra_headers": {"Sec-WebSocket-Protocol": "xmpp"}} if xmpp else {}
    _, socket = await ws_connect(Socket, f"ws://127.0.0.1:{port}/stream/channels/{channel_id}", **protocols)
    assert isinstance(socket, Socket)
    return socket
