"""Internet messages written in pieces, the same bytes each time. Source: RFC 5322, RFC 2045 to 2047, RFC 2183, RFC 2231."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import formataddr, getaddresses
from urllib.parse import quote

from shiftline.discovery.package.files import Stream

_LINE = 57
"""Bytes that make a line of base64 with 76 letters."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message, sent as base64; with a ``file_name`` an attachment."""

    media_type: str
    stream: Stream
    file_name: str | None = None


async def write(
    headers: Iterable[tuple[str, str]], parts: Sequence[Part], seed: str, kind: str = "mixed"
) -> AsyncIterator[bytes]:
    """A message of several parts; ``seed`` makes the boundary, so that the same message has the same."""
    boundary = f"=_{hashlib.sha256(seed.encode()).hexdigest()[:40]}"
    yield _head((*headers, ("MIME-Version", "1.0"), ("Content-Type", f'multipart/{kind}; boundary="{boundary}"')))
    for part in parts:
        yield f"--{boundary}\r\n".encode() + _head(_headers_of(part))
        async for chunk in encode(part.stream()):
            yield chunk
    yield f"--{boundary}--\r\n".encode()


async def encode(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Base64 in lines."""
    rest = b""
    async for chunk in stream:
        whole = rest + chunk
        stop = len(whole) // _LINE * _LINE
        rest = whole[stop:]
        if stop:
            yield _lines(whole[:stop])
    if rest:
        yield _lines(rest)


def date(at: datetime) -> str:
    """An instant as a message's date, in UTC."""
    days, months = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    utc = at.astimezone(UTC)
    return f"{days[utc.weekday()]}, {utc.day:02d} {months.split()[utc.month - 1]} {utc:%Y %H:%M:%S} +0000"


def _headers_of(part: Part) -> list[tuple[str, str]]:
    headers = [("Content-Type", part.media_type), ("Content-Transfer-Encoding", "base64")]
    if part.file_name is not None:
        plain = re.fullmatch(r"[A-Za-z0-9 ._-]+", part.file_name)
        name = f'filename="{part.file_name}"' if plain else f"filename*=UTF-8''{quote(part.file_name, safe='')}"
        headers.append(("Content-Disposition", f"attachment; {name}"))
    return headers


def _head(headers: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {_value(name, value)}\r\n" for name, value in headers).encode() + b"\r\n"


def _value(name: str, value: str) -> str:
    """A value that no line break in it can turn into another header."""
    single = " ".join(value.split())
    if name in {"From", "To", "Cc"}:
        return ", ".join(formataddr(each) for each in getaddresses([single]))
    if single.isascii():
        return single
    return Header(single, "utf-8", maxlinelen=75).encode(linesep="\r\n")


def _lines(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")
