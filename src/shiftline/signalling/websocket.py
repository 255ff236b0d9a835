"""Listening: one picows server for both kinds of connection and for plain GET pages (health, metrics).

The handshake is never refused for a channel: what is wrong with it is said inside, where a browser can read it. It is
refused only while too many sockets wait to be signed in on; the softphone then tries the same channel again, 2 seconds later
and ever more slowly. The subprotocol ``xmpp`` makes it an XMPP connection, its absence a JSON one.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from picows import WSListener, WSUpgradeRequest, WSUpgradeResponse, WSUpgradeResponseWithListener, ws_create_server

from shiftline.foundation import telemetry
from shiftline.foundation.ids import new_secret
from shiftline.signalling.connection import MAX_FRAME, JsonConnection, XmppConnection
from shiftline.signalling.feed import Feed
from shiftline.signalling.stream import Stream
from shiftline.signalling.switchboard import Switchboard

CHANNELS = "/stream/channels/"
SUBPROTOCOL = "xmpp"
MAX_CHANNEL_ID = 128
READ_BUFFER = 1024
"""Bytes to begin with; the smallest that picows takes, and it grows with what is sent."""
BACKLOG = 4096
"""Connections that may wait for accept, when all clients come back at once."""
STREAM_ID_BYTES = 9
CROWDED = b"Too many connections are waiting to be signed in on. Nothing is wrong with this one: try again.\n"
RETRY = {"Content-Type": "text/plain", "Cache-Control": "no-store", "Retry-After": "2"}

Page = Callable[[], tuple[int, str, bytes]]
"""Answers a plain GET: status, content type, body."""


async def listen(
    switchboard: Switchboard, host: str, port: int, pages: Mapping[str, Page] | None = None
) -> asyncio.Server:
    """Serve connections on ``CHANNELS`` and ``pages`` by their path. ``port`` 0 takes a free one."""

    def enter(request: WSUpgradeRequest) -> WSListener | WSUpgradeResponseWithListener | None:
        path = request.path.decode(errors="replace").partition("?")[0]
        page = (pages or {}).get(path)
        if page is not None:
            return _page_response(*page())
        channel_id = path.removeprefix(CHANNELS)
        if channel_id == path or not 0 < len(channel_id) <= MAX_CHANNEL_ID:
            return None
        if switchboard.crowded:
            telemetry.TURNED_AWAY.inc()
            return WSUpgradeResponseWithListener(
                WSUpgradeResponse.create_error_response(HTTPStatus.SERVICE_UNAVAILABLE, CROWDED, RETRY), None
            )
        return _connect(switchboard, channel_id, request)

    # picows makes a logger for each connection out of a plain one, and keeps it; not out of an adapter
    quiet: Any = logging.LoggerAdapter(logging.getLogger("shiftline.signalling.websocket"), {})
    return await ws_create_server(
        enter,
        host,
        port,
        logger_name=quiet,
        max_frame_size=MAX_FRAME,
        read_buffer_init_size=READ_BUFFER,
        websocket_handshake_timeout=10,
        backlog=BACKLOG,
    )


def _connect(switchboard: Switchboard, channel_id: str, request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
    now = asyncio.get_running_loop().time()
    headers = request.headers
    if "upgrade" in headers.get("connection", "").lower().split(", "):
        headers["Connection"] = "upgrade"  # Firefox sends «keep-alive, Upgrade», and picows knows one word only
    offered = {name.strip() for value in headers.getall("Sec-WebSocket-Protocol", []) for name in value.split(",")}
    if SUBPROTOCOL in offered:
        stream = Stream(switchboard.dialect, new_secret(STREAM_ID_BYTES), now)
        response = WSUpgradeResponse.create_101_response({"Sec-WebSocket-Protocol": SUBPROTOCOL})
        return WSUpgradeResponseWithListener(response, XmppConnection(switchboard, channel_id, stream))
    feed = JsonConnection(switchboard, channel_id, Feed(switchboard.feed_limits, now))
    return WSUpgradeResponseWithListener(WSUpgradeResponse.create_101_response(), feed)


def _page_response(status: int, content_type: str, body: bytes) -> WSUpgradeResponseWithListener:
    headers = {"Content-Type": content_type, "Cache-Control": "no-store"}
    if status >= HTTPStatus.BAD_REQUEST:
        return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(status, body, headers), None)
    return WSUpgradeResponseWithListener(WSUpgradeResponse.create_ok_response(body, headers), None)
