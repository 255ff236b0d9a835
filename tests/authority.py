"""A timestamp authority of openssl's behind a real HTTP server on loopback, which may be told to answer otherwise."""

import base64
import contextlib
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.unit.discovery.sample import Authority

REPLY = "application/timestamp-reply"
REFUSAL = bytes.fromhex("3018 3016 020102 300d 0c0b") + b"not today.." + bytes.fromhex("03020780")
"""Rejected, with a text and the failure "badAlg". Source: RFC 3161, section 2.4.2."""


@dataclass
class Answer:
    """What is answered; ``slowly`` sends a byte each tenth of a second, ``content`` None is a real token."""

    status: int = 200
    kind: str | None = REPLY
    content: bytes | Callable[[bytes], bytes] | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    slowly: bool = False
    silent: float = 0.0


@dataclass
class TimeServer:
    """A server that runs, and what it was asked."""

    authority: Authority
    port: int = 0
    answer: Answer = field(default_factory=Answer)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list[tuple[str, dict[str, str], bytes]])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/tsa"

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        request = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.asked.append((handler.path, {name.lower(): value for name, value in handler.headers.items()}, request))
        answer = self.answer
        content = answer.content
        if content is None:
            content = self.authority.answer(request)
        elif callable(content):
            content = content(request)
        time.sleep(answer.silent)
        handler.send_response(answer.status)
        if answer.kind is not None:
            handler.send_header("Content-Type", answer.kind)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        pieces = [content[at : at + 1] for at in range(len(content))] if answer.slowly else [content]
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for piece in pieces:
                handler.wfile.write(piece)
                handler.wfile.flush()
                if answer.slowly:
                    time.sleep(0.1)


@contextlib.contextmanager
def time_server(authority: Authority) -> Generator[TimeServer]:
    """A server for as long as the block lasts."""
    made = TimeServer(authority)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.respond(self)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def basic(user: str, password: str) -> str:
    """A header's value."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
