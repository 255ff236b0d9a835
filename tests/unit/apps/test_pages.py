import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from shiftline.apps.pages import serve_pages


@pytest.fixture
async def port() -> AsyncIterator[int]:
    server = await serve_pages("127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = b""
    with contextlib.suppress(ConnectionError):  # what it has not read when it hangs up is answered by a reset
        async with asyncio.timeout(20):
            answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (b"/health/live", b'{"status":"live"}'),
        (b"/health/ready?at=all", b'{"status":"ready"}'),
        (b"/metrics", b"shiftline_jobs"),
    ],
)
async def test_a_program_tells_of_itself(port: int, path: bytes, found: bytes) -> None:
    answer = await ask(port, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert found in body


@pytest.mark.parametrize(
    ("request_line", "status"),
    [(b"GET /etc/passwd HTTP/1.1", b"404"), (b"POST /metrics HTTP/1.1", b"405"), (b"\xff\xfe", b"405")],
)
async def test_anything_else_is_refused(port: int, request_line: bytes, status: bytes) -> None:
    assert (await ask(port, request_line + b"\r\n\r\n")).split(b" ")[1] == status


async def test_what_is_no_request_is_hung_up_on_and_the_next_is_answered(port: int) -> None:
    assert await ask(port, b"x" * 20_000) == b""
    assert b"live" in await ask(port, b"GET /health/live HTTP/1.0\r\n\r\n")
