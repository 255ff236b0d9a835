"""What a program says of itself to whoever asks on its own port: that it lives, that it serves, and its metrics.

For programs that answer nothing else over HTTP: one GET for each connection, the loopback address by default.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import TypeAlias

from shiftline.foundation.telemetry import metrics_text

Page: TypeAlias = Callable[[], tuple[int, str, bytes]]
"""Answers a plain GET: status, content type, body."""

PAGES: Mapping[str, Page] = {
    "/health/live": lambda: (200, "application/json", b'{"status":"live"}'),
    "/health/ready": lambda: (200, "application/json", b'{"status":"ready"}'),
    "/metrics": lambda: (200, "text/plain; version=0.0.4", metrics_text()),
}
PATIENCE = 5.0
"""Seconds in which a request must have come."""
LARGEST_REQUEST = 8192


async def serve_pages(host: str, port: int, pages: Mapping[str, Page] = PAGES) -> asyncio.Server:
    """Answer GET for each path of ``pages``; raises OSError where the port cannot be had."""
    return await asyncio.start_server(partial(_answer, pages), host, port, limit=LARGEST_REQUEST)


async def _answer(pages: Mapping[str, Page], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        writer.write(_respond(pages, head))
        await asyncio.wait_for(writer.drain(), PATIENCE)
    writer.close()


def _respond(pages: Mapping[str, Page], head: bytes) -> bytes:
    method, _, rest = head.partition(b"\r\n")[0].partition(b" ")
    page = pages.get(rest.partition(b" ")[0].partition(b"?")[0].decode(errors="replace"))
    if method != b"GET":
        status, kind, body = 405, "text/plain", b"Only GET is answered here.\n"
    elif page is None:
        status, kind, body = 404, "text/plain", b"There are /health/live, /health/ready and /metrics.\n"
    else:
        status, kind, body = page()
    line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"{line}Cache-Control: no-store\r\nConnection: close\r\n\r\n".encode() + body
