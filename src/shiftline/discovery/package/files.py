"""A file to be: where, of what kind, and its bytes, made each time they are asked for."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TypeAlias

Stream: TypeAlias = Callable[[], AsyncIterator[bytes]]

JSON = "application/json"
LINES = "application/jsonl"
TEXT = "text/plain; charset=utf-8"
PEM = "application/x-pem-file"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """A file of the package. ``sha256`` (hexadecimal) and ``size`` are known beforehand for what is handed over as it is;
    else they are measured as it is written. ``schema``: which schema its JSON is held against once it is read back.
    """

    path: str
    media_type: str
    stream: Stream
    sha256: str | None = None
    size: int | None = None
    number: int | None = None
    conversation_id: str | None = None
    agent_ids: tuple[str, ...] = ()
    schema: str | None = None


def of_bytes(content: bytes) -> Stream:
    """The stream of bytes that are there."""

    async def stream() -> AsyncIterator[bytes]:
        yield content

    return stream


async def read(stream: AsyncIterator[bytes]) -> bytes:
    """All of a stream that is known to be small."""
    return b"".join([chunk async for chunk in stream])
