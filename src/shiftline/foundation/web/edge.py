"""What every answer carries, refusals included: correlation id, the application's clock, CORS, metrics, a log line."""

import asyncio
import contextlib
import time
from collections.abc import Sequence

import structlog
from litestar.types import (
    ASGIApp,
    HTTPReceiveMessage,
    HTTPScope,
    Message,
    Receive,
    Scope,
    Send,
    WebSocketReceiveMessage,
)

from shiftline.foundation.clock import Clock
from shiftline.foundation.ids import is_well_formed, new_id
from shiftline.foundation.revisions import TOLD, Reading
from shiftline.foundation.telemetry import REQUEST_SECONDS, REQUESTS

EXPOSED = (
    "retry-after, inin-correlation-id, shiftline-now, inin-ratelimit-count, inin-ratelimit-allowed, "
    "inin-ratelimit-reset, location, etag, link, shiftline-revision"
)
TAKEN_IN = 64 * 1024
"""Bytes of a body that nobody asked for and that are taken in all the same, before the answer."""
TAKEN_IN_WITHIN = 1.0
_ANNOUNCING = frozenset({b"content-length", b"transfer-encoding"})
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

log = structlog.get_logger()


class Edge:
    """The outermost ASGI layer. ``origins`` empty: any origin may call the API; never with credentials, and never the
    login pages (cookies live there).
    """

    def __init__(self, app: ASGIApp, clock: Clock, origins: Sequence[str] = ()) -> None:
        self._app = app
        self._clock = clock
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        correlation_id = headers.get("inin-correlation-id", "")
        if not is_well_formed(correlation_id):
            correlation_id = new_id()
        scope.setdefault("state", {})["correlation_id"] = correlation_id  # type: ignore[typeddict-item]
        extra = [(b"inin-correlation-id", correlation_id.encode()), *self._cors(scope["path"], headers)]
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _answer_preflight(send, extra, headers)
            return
        await self._serve(scope, receive, send, extra)

    async def _serve(self, scope: HTTPScope, receive: Receive, send: Send, extra: list[tuple[bytes, bytes]]) -> None:
        started, status = time.perf_counter(), 0
        body = _Body(scope, receive)

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                await body.take_in()
                status = message["status"]
                now = self._clock.now().isoformat(timespec="milliseconds").encode()
                limits: dict[str, str] = scope["state"].get("limit_headers", {})
                reading: Reading | None = scope["state"].get("reading")
                revision = None if reading is None else await reading.revision()
                message["headers"] = [
                    *message["headers"],
                    *extra,
                    (b"shiftline-now", now),
                    (b"cache-control", b"no-store"),
                    *(() if revision is None else ((TOLD.encode(), revision.encode()),)),
                    *((name.encode(), value.encode()) for name, value in limits.items()),
                ]
            await send(message)

        structlog.contextvars.bind_contextvars(correlation_id=scope["state"]["correlation_id"])
        try:
            await self._app(scope, body.receive, send_with_headers)
        finally:
            seconds = time.perf_counter() - started
            handler = scope.get("route_handler")
            operation = getattr(handler, "operation_id", None) or "other"
            REQUESTS.labels(str(operation), str(status)).inc()
            REQUEST_SECONDS.labels(str(operation)).observe(seconds)
            secret = getattr(handler, "opt", {}).get("secret_in_path")
            path = f"({operation})" if secret else scope["path"]
            # A balancer that looks each second whether we live would bury everything else.
            tell = log.debug if operation == "getHealthLive" else log.info
            tell("request", method=scope["method"], path=path, status=status, ms=round(seconds * 1e3, 1))
            structlog.contextvars.clear_contextvars()

    def _cors(self, path: str, headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
        origin = headers.get("origin")
        if origin is None or not path.startswith("/api/"):
            return []
        if self._origins and origin not in self._origins:
            return [(b"vary", b"Origin")]
        allowed = origin if self._origins else "*"
        return [
            (b"access-control-allow-origin", allowed.encode("latin-1")),
            (b"access-control-expose-headers", EXPOSED.encode()),
            (b"vary", b"Origin"),
        ]


class _Body:
    """A request's body on its way in. An answer that overtakes it is lost now and then: a proxy that still sends the body may
    close the connection on it. So what is small and under way is taken in first.
    """

    def __init__(self, scope: HTTPScope, receive: Receive) -> None:
        self._receive = receive
        self._more = any(name in _ANNOUNCING and value != b"0" for name, value in scope["headers"])

    async def receive(self) -> HTTPReceiveMessage | WebSocketReceiveMessage:
        """The next part, for whoever wants it."""
        message = await self._receive()
        self._more = message["type"] == "http.request" and message["more_body"]
        return message

    async def take_in(self) -> None:
        """Drop what nobody wanted."""
        room = TAKEN_IN
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TAKEN_IN_WITHIN):
                while self._more and room > 0:
                    message = await self.receive()
                    room -= len(message["body"]) if message["type"] == "http.request" else room


async def _answer_preflight(send: Send, extra: list[tuple[bytes, bytes]], headers: dict[str, str]) -> None:
    wanted = headers.get("access-control-request-headers", "authorization,content-type")
    allowed = [
        (b"access-control-allow-methods", METHODS.encode()),
        (b"access-control-allow-headers", wanted.encode("latin-1")),
        (b"access-control-max-age", b"7200"),
    ]
    granted = any(name == b"access-control-allow-origin" for name, _ in extra)
    await send(
        {
            "type": "http.response.start",
            "status": 204,
            "headers": [*extra, *(allowed if granted else ()), (b"content-length", b"0")],
        }
    )
    await send({"type": "http.response.body", "body": b"", "more_body": False})
