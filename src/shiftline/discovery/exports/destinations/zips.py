"""A package in one ZIP (with ZIP64 where it is needed), written from its first to its last byte."""

import asyncio
import contextlib
import hashlib
import os
import zipfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from shiftline.discovery.exports.destinations.folders import check_room, settle_folder, telling
from shiftline.discovery.exports.destinations.placing import Listed
from shiftline.discovery.exports.errors import ObjectDiffers
from shiftline.discovery.exports.model import ExportState, PlannedObject

_PIECE = 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16
_LARGE = 2**31 - 1


class ZipStore:
    """Objects as entries, not compressed. What a crash left is begun again: the same objects give the same bytes."""

    in_order = True
    reads_back = True

    def __init__(self, path: Path, unfinished: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._unfinished = unfinished
        self._archive = archive
        self._whole: zipfile.ZipFile | None = None

    @classmethod
    async def open(cls, path: Path, export: ExportState, needed: int) -> "ZipStore":
        """A ZIP that is begun. Raises DestinationRefused."""
        del needed  # all of it is written again
        unfinished = path.with_name(f".{path.name}.{export.id}.{export.run}.unfinished")
        with telling(path):
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
            for left in path.parent.glob(f".{path.name}.{export.id}.*.unfinished"):
                left.unlink(missing_ok=True)
            await asyncio.to_thread(check_room, path.parent, export.total_bytes)
            archive = await asyncio.to_thread(zipfile.ZipFile, unfinished, "w", zipfile.ZIP_STORED, allowZip64=True)
        return cls(path, unfinished, archive)

    @property
    def name(self) -> str:
        """The ZIP's path."""
        return str(self._path)

    async def create(self, planned: PlannedObject, content: AsyncIterator[bytes], custody: Mapping[str, str]) -> bool:
        """Write the next entry; it carries its custody as a comment, in the ZIP's directory."""
        info = zipfile.ZipInfo(planned.path, _EPOCH)
        info.create_system, info.external_attr, info.file_size = _UNIX, _PLAIN_FILE, planned.size
        info.comment = "; ".join(f"{name}={value}" for name, value in custody.items()).encode()
        large = planned.size > _LARGE
        with telling(self._path), self._archive.open(info, "w", force_zip64=large) as entry:
            async for chunk in content:
                await asyncio.to_thread(entry.write, chunk)
        return True

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """An entry's bytes."""
        with telling(self._path), (self._whole or self._archive).open(path) as entry:
            while chunk := await asyncio.to_thread(entry.read, _PIECE):
                yield chunk

    async def listing(self) -> AsyncIterator[Listed]:
        """All entries; one that stands twice has two versions."""
        sizes: dict[str, int] = {}
        times: dict[str, int] = {}
        for each in (self._whole or self._archive).infolist():
            sizes[each.filename] = each.file_size
            times[each.filename] = times.get(each.filename, 0) + 1
        for path in sorted(sizes, key=str.encode):
            yield Listed(path, sizes[path], times[path])

    async def finish(self) -> None:
        """Write the ZIP's directory, and give the whole its name. Raises ObjectDiffers when another file has it."""
        with telling(self._path):
            await asyncio.to_thread(self._finish)
            self._whole = zipfile.ZipFile(self._path)

    def _finish(self) -> None:
        self._archive.close()
        with self._unfinished.open("rb") as file:
            os.fsync(file.fileno())
        try:
            os.link(self._unfinished, self._path)
        except FileExistsError:
            mine, other = _digest(self._unfinished), _digest(self._path)
            if mine != other:
                raise ObjectDiffers(str(self._path), mine, other) from None
        self._unfinished.unlink()
        settle_folder(self._path.parent)

    async def close(self) -> None:
        """Let go of the file; what is not finished is removed."""
        if self._whole is not None:
            self._whole.close()
            return
        # Closing writes the directory: on a full disk, or with an entry that broke off, it cannot, and is not wanted.
        with contextlib.suppress(OSError, ValueError):
            self._archive.close()
        self._unfinished.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
