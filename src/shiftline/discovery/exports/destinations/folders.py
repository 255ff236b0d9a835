"""A package in a folder of this machine."""

import asyncio
import contextlib
import errno
import os
import shutil
from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from itertools import islice
from pathlib import Path

from shiftline.discovery.exports.destinations.placing import FOLDER_SETTING, Listed
from shiftline.discovery.exports.errors import DestinationRefused, DestinationUnavailable
from shiftline.discovery.exports.model import ExportState, PlannedObject

_PIECE = 1024 * 1024
_AT_ONCE = 4 * 1024 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ELOOP}
_MARGIN = 16 * 1024 * 1024
_KNOWN = 4096
"""Folders that are remembered as made: a package has two for each conversation, and looking again is cheap."""


class FolderStore:
    """Objects as files. A file gets its name once it is whole and on the disk, by a link that another one's name stops."""

    in_order = False
    reads_back = True

    def __init__(self, folder: Path, unfinished: Path) -> None:
        self._folder = folder
        self._unfinished = unfinished
        self._made: set[Path] = set()

    @classmethod
    async def open(cls, folder: Path, export: ExportState, needed: int) -> "FolderStore":
        """The folder, made if need be. Raises DestinationRefused."""
        unfinished = folder.with_name(f".{folder.name}.unfinished")
        with telling(folder):
            await asyncio.to_thread(_prepare, folder, unfinished)
            await asyncio.to_thread(check_room, folder, needed)
        return cls(folder, unfinished / str(export.run))

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._folder)

    async def create(self, planned: PlannedObject, content: AsyncIterator[bytes], custody: Mapping[str, str]) -> bool:
        """Write a file whole, then link it to its name."""
        del custody  # a file has no headers: the export log and the package's own files say the same
        path, partial = self._folder / planned.path, self._unfinished / str(planned.sequence)
        with telling(self._folder), _removing(partial):
            if planned.size <= _AT_ONCE:
                whole = b"".join([chunk async for chunk in content])
                return await asyncio.to_thread(self._write_whole, partial, whole, path)
            await asyncio.to_thread(partial.parent.mkdir, parents=True, exist_ok=True)
            descriptor = await asyncio.to_thread(_open, partial)
            try:
                async for chunk in content:
                    await asyncio.to_thread(_write, descriptor, chunk)
                await asyncio.to_thread(os.fsync, descriptor)
            finally:
                os.close(descriptor)
            return await asyncio.to_thread(self._settle, partial, path)

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """A file's bytes."""
        with telling(self._folder):
            file = await asyncio.to_thread((self._folder / path).open, "rb")
            with file:
                while chunk := await asyncio.to_thread(file.read, _PIECE):
                    yield chunk

    async def listing(self) -> AsyncIterator[Listed]:
        """All files."""
        walk = _walk(self._folder, "")
        while some := await asyncio.to_thread(_some, walk):
            for each in some:
                yield each

    async def finish(self) -> None:
        """Nothing unfinished is left beside it."""
        await asyncio.to_thread(shutil.rmtree, self._unfinished.parent, ignore_errors=True)

    async def close(self) -> None:
        """Nothing is held open."""

    def _write_whole(self, partial: Path, content: bytes, path: Path) -> bool:
        partial.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _open(partial)
        try:
            _write(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return self._settle(partial, path)

    def _settle(self, partial: Path, path: Path) -> bool:
        """Give a whole file its name, unless one has it."""
        self._make(path.parent)
        try:
            os.link(partial, path)
        except FileExistsError:
            return False
        finally:
            partial.unlink(missing_ok=True)
        settle_folder(path.parent)
        return True

    def _make(self, folder: Path) -> None:
        """A folder below ours, on the disk."""
        if folder in self._made:
            return
        if len(self._made) >= _KNOWN:
            self._made.clear()
        if folder != self._folder:
            self._make(folder.parent)
            with contextlib.suppress(FileExistsError):
                folder.mkdir()
            settle_folder(folder.parent)
        if folder.is_symlink():
            raise DestinationRefused("link", f"{folder} is a link: it may lead elsewhere. Remove it.")
        self._made.add(folder)


@contextlib.contextmanager
def _removing(partial: Path) -> Generator[None]:
    """Take no room for what broke off: the disk may be full."""
    try:
        yield
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def telling(place: Path) -> Generator[None]:
    """Say in a sentence what a disk refuses."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in _FULL:
            raise DestinationRefused(
                "full",
                f"The disk of {place} is full: make room there, or choose another destination ({FOLDER_SETTING}).",
            ) from error
        if error.errno in _CLOSED:
            raise DestinationRefused(
                "closed",
                f"{error.filename or place} cannot be written ({reason}): give the worker's user the right to, or "
                f"choose another destination ({FOLDER_SETTING}).",
            ) from error
        raise DestinationUnavailable(f"{place} cannot be used: {reason}.") from error


def check_room(place: Path, needed: int) -> None:
    """Whether a disk has room. Raises DestinationRefused."""
    there = place
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    if free < needed + _MARGIN:
        raise DestinationRefused(
            "full",
            f"The disk of {place} has {free} bytes free, and {needed} more are to be stored: make room there, or choose "
            f"another destination ({FOLDER_SETTING}).",
        )


def settle_folder(folder: Path) -> None:
    """Wait until a folder's names are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prepare(folder: Path, unfinished: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, exist_ok=True)
    settle_folder(folder.parent)


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o640)


def _write(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def _walk(folder: Path, prefix: str) -> Iterator[Listed]:
    """Files below a folder, in the order of their paths' bytes."""
    with os.scandir(folder) as entries:
        found = sorted((f"{each.name}/" if each.is_dir(follow_symlinks=False) else each.name) for each in entries)
    for name in sorted(found, key=str.encode):
        if name.endswith("/"):
            yield from _walk(folder / name, f"{prefix}{name}")
        else:
            yield Listed(f"{prefix}{name}", (folder / name).lstat().st_size)


def _some(walk: Iterator[Listed], most: int = 500) -> list[Listed]:
    return list(islice(walk, most))
