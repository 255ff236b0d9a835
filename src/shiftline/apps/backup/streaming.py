"""What a program or a store hands over becomes a file: hashed as it comes, on the disk before it has its name."""

import asyncio
import contextlib
import hashlib
import os
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

_PIECE = 1024 * 1024
_GZIP = 31


async def pieces_of(output: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """What a program writes, piece by piece."""
    while piece := await output.read(_PIECE):
        yield piece


async def compressed(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same in the format of gzip, fast."""
    packer = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
    async for piece in pieces:
        if packed := await asyncio.to_thread(packer.compress, piece):
            yield packed
    yield packer.flush()


async def write_stream(path: Path, pieces: AsyncIterator[bytes], seen: Callable[[int], None]) -> tuple[int, str]:
    """Write what comes beside its place, then give it its name; its size and SHA-256. ``seen`` hears of each piece's size.

    One that was cut short leaves only a ``.partial``, which the next attempt begins anew. Raises OSError (a full disk).
    """
    partial = path.with_name(f".{path.name}.partial")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        async for piece in pieces:
            digest.update(piece)
            _write_all(descriptor, piece)
            size += len(piece)
            seen(len(piece))
        await asyncio.to_thread(os.fsync, descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    finally:
        os.close(descriptor)
        await _close(pieces)
    partial.replace(path)
    return size, digest.hexdigest()


def _write_all(descriptor: int, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


async def _close(pieces: Any) -> None:
    if hasattr(pieces, "aclose"):
        await pieces.aclose()
