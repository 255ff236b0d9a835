"""Objects (uploads and recordings): a folder by default, any S3, GCS or Azure bucket by its URL."""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from urllib.parse import unquote, urlparse

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from shiftline.foundation.errors import Unavailable

_PIECE = 1024 * 1024
_FULL = ("os error 28", "os error 122", "Errno 28", "Errno 122")
"""ENOSPC and EDQUOT, as obstore and Python write them."""


class Objects:
    """A flat namespace of immutable objects by key."""

    def __init__(self, url: str) -> None:
        parsed = urlparse(url)
        self._store: ObjectStore
        self._folder: Path | None = None
        if parsed.scheme == "file":
            self._folder = Path(unquote(parsed.path))
            self._folder.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(prefix=str(self._folder))
        else:
            self._store = from_url(url)

    async def put(self, key: str, content: bytes) -> None:
        """Store or replace an object; on a folder it is on the disk when this returns. Raises Unavailable."""
        with _reaching():
            await obstore.put_async(self._store, key, content)
            await self._settle(key)

    async def put_file(self, key: str, path: Path) -> None:
        """Store or replace an object by a file's content, in parts; on a folder it is on the disk when this returns.

        Raises Unavailable.
        """
        with _reaching():
            await obstore.put_async(self._store, key, path)
            await self._settle(key)

    async def get(self, key: str) -> bytes | None:
        """An object's content, or None. Raises Unavailable."""
        with _reaching(), contextlib.suppress(FileNotFoundError):
            result = await obstore.get_async(self._store, key)
            return bytes(await result.bytes_async())
        return None

    async def get_range(self, key: str, start: int, stop: int) -> bytes | None:
        """An object's bytes from ``start`` up to ``stop``, fewer at its end, or None when there is no such object.

        Raises Unavailable.
        """
        with _reaching(), contextlib.suppress(FileNotFoundError):
            return bytes(await obstore.get_range_async(self._store, key, start=start, end=stop))
        return None

    async def size(self, key: str) -> int | None:
        """How many bytes an object has, or None. Raises Unavailable."""
        with _reaching(), contextlib.suppress(FileNotFoundError):
            return (await obstore.head_async(self._store, key))["size"]
        return None

    async def list_all(self) -> AsyncGenerator[tuple[str, int]]:
        """Key and size of every object, in no order. Raises Unavailable."""
        with _reaching():
            async for batch in obstore.list(self._store, chunk_size=1000):
                for each in batch:
                    yield each["path"], each["size"]

    async def stream(self, key: str) -> AsyncGenerator[bytes]:
        """An object's content in pieces. Raises FileNotFoundError when there is no such object, Unavailable."""
        with _reaching():
            result = await obstore.get_async(self._store, key)
            async for piece in result.stream(min_chunk_size=_PIECE):
                yield bytes(piece)

    async def _settle(self, key: str) -> None:
        if self._folder is not None:
            await asyncio.to_thread(_settle, self._folder / key, self._folder)

    async def delete(self, key: str) -> None:
        """Remove an object; one that is not there is already removed. Raises Unavailable."""
        with _reaching(), contextlib.suppress(FileNotFoundError):
            await obstore.delete_async(self._store, key)


@contextlib.contextmanager
def _reaching() -> Generator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        if any(each in str(error) for each in _FULL):
            raise Unavailable(
                "The disk of the objects is full (SHIFTLINE_OBJECTS_URL): make room there. Nothing was changed."
            ) from error
        raise Unavailable("The objects cannot be reached right now. Nothing was changed.") from error


def _settle(path: Path, root: Path) -> None:
    """Wait until a file is on the disk, with the names of it and of the folders that lead there."""
    for place in (path, *path.parents):
        if not place.is_relative_to(root):
            return
        try:
            descriptor = os.open(place, os.O_RDONLY)
        except FileNotFoundError:  # somebody has removed it meanwhile, as they might have a moment later
            return
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
