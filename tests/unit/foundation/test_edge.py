"""The outermost layer of the API: an answer does not overtake what is still being sent to it."""

import asyncio
from typing import Any

import pytest

from shiftline.foundation.clock import Clock
from shiftline.foundation.web import edge
from shiftline.foundation.web.edge import Edge


async def refuse(_scope: Any, _receive: Any, send: Any) -> None:
    """An application that answers before it looks at the body."""
    await send({"type": "http.response.start", "status": 429, "headers": []})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def scope(*headers: tuple[bytes, bytes]) -> Any:
    return {"type": "http", "method": "POST", "path": "/api/v2/x", "headers": list(headers)}


async def serve(parts: list[bytes], *headers: tuple[bytes, bytes], stalls: bool = False) -> list[str]:
    """What happens, in order, when a body comes in parts."""
    happened: list[str] = []
    left = list(parts)

    async def receive() -> Any:
        if not left:
            await asyncio.Event().wait()
        part = left.pop(0)
        happened.append(f"received {len(part)}")
        return {"type": "http.request", "body": part, "more_body": bool(left) or stalls}

    async def send(message: Any) -> None:
        happened.append(message["type"])

    await Edge(refuse, Clock())(scope(*headers), receive, send)
    return happened


ANSWER = ["http.response.start", "http.response.body"]


async def test_a_refusal_waits_for_a_body_that_is_under_way() -> None:
    assert await serve([b"ab", b"c"], (b"content-length", b"3")) == ["received 2", "received 1", *ANSWER]
    assert await serve([b"ab"], (b"transfer-encoding", b"chunked")) == ["received 2", *ANSWER]


@pytest.mark.parametrize("headers", [(), ((b"content-length", b"0"),)])
async def test_where_no_body_is_announced_nothing_is_waited_for(headers: Any) -> None:
    assert await serve([], *headers) == ANSWER


async def test_a_body_without_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    half = edge.TAKEN_IN // 2
    assert len(await serve([b"x" * half] * 9, (b"content-length", b"9"))) == 2 + len(ANSWER)
    monkeypatch.setattr(edge, "TAKEN_IN_WITHIN", 0.01)
    assert await serve([b"x"], (b"content-length", b"9"), stalls=True) == ["received 1", *ANSWER]
