"""A package into a folder: each file whole or not at all, never over another.

What is there already with the same bytes is stored, so that an export that ended half-way is simply built again.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

from shiftline.discovery import bag
from shiftline.discovery.errors import FileDiffers, SourceDiffers
from shiftline.discovery.model import Stored
from shiftline.discovery.package.files import PackageFile

_UNFINISHED = ".unfinished"


class FolderSink:
    """Stores a package below a folder of its own, and reads back what it stored."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stored: dict[str, Stored] = {}

    async def put(self, file: PackageFile) -> Stored:
        """Store a file. Raises FileDiffers when another is there already, SourceDiffers for what is not as it was frozen."""
        path = self._folder / file.path
        unfinished = path.with_name(f"{path.name}{_UNFINISHED}")
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        stored = describe(file, *await self._write(file, unfinished))
        await asyncio.to_thread(_settle, unfinished, path)
        if await asyncio.to_thread(_digest, path) != stored.sha256:
            raise FileDiffers(file.path)
        self._stored[file.path] = stored
        return stored

    async def payload(self) -> AsyncIterator[Stored]:
        """What is stored below ``data/``."""
        for path in sorted(self._stored, key=str.encode):
            if path.startswith(bag.PAYLOAD):
                yield self._stored[path]

    async def of_agent(self, agent_id: str) -> AsyncIterator[Stored]:
        """The same of one agent."""
        async for each in self.payload():
            if agent_id in each.agent_ids:
                yield each

    async def _write(self, file: PackageFile, unfinished: Path) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with await asyncio.to_thread(unfinished.open, "wb") as target:
            async for chunk in file.stream():
                digest.update(chunk)
                size += len(chunk)
                await asyncio.to_thread(target.write, chunk)
            target.flush()
            await asyncio.to_thread(os.fsync, target.fileno())
        return digest.hexdigest(), size


def describe(file: PackageFile, sha256: str, size: int) -> Stored:
    """A file with what was measured as it was written. Raises SourceDiffers when that is not what was frozen."""
    if file.sha256 not in (None, sha256) or file.size not in (None, size):
        raise SourceDiffers(file.path, f"{file.sha256}, {file.size} bytes", f"{sha256}, {size} bytes")
    return Stored(
        path=file.path,
        size=size,
        sha256=sha256,
        media_type=file.media_type,
        number=file.number,
        conversation_id=file.conversation_id,
        agent_ids=file.agent_ids,
    )


def _settle(unfinished: Path, path: Path) -> None:
    """Give a whole file its name, unless one has it: then that stays."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return
    finally:
        unfinished.unlink()
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
