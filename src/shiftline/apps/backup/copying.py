"""Objects go into a backup: each once, whatever backup it is for."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import msgspec

from shiftline.apps.backup.facts import Named
from shiftline.apps.backup.manifest import INDEX, IndexEntry, Problem, digest_file, list_backups
from shiftline.apps.backup.showing import Shown
from shiftline.apps.backup.streaming import write_stream
from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.foundation.objects import Objects

WORKERS = 8


@dataclass(slots=True)
class Copied:
    """What came of copying: every object with its digest; how many of them were new, and what is wrong."""

    entries: dict[str, IndexEntry] = field(default_factory=dict[str, IndexEntry])
    new: int = 0
    new_bytes: int = 0
    problems: list[Problem] = field(default_factory=list[Problem])


@dataclass(frozen=True, slots=True)
class _Way:
    """From where to where, and who is told."""

    objects: Objects
    root: Path
    shown: Shown


async def copy_objects(objects: Objects, root: Path, named: Mapping[str, Named], shown: Shown) -> Copied:
    """Copy what the store holds and the folder of backups does not, and hold it against what the database knows.

    An object never changes, so one of the same key and size that an earlier backup counted is not read again. Raises
    OSError (a full disk), Unavailable.
    """
    known = await asyncio.to_thread(_known_entries, root)
    copied, queue = Copied(), asyncio.Queue[tuple[str, int]](WORKERS * 4)

    async def work() -> None:
        while True:
            key, size = await queue.get()
            await _copy(_Way(objects, root, shown), IndexEntry(key, size, ""), known.get(key), copied)
            queue.task_done()

    async def fill() -> None:
        async for key, size in objects.list_all():
            shown.found(size)
            await queue.put((key, size))
        await queue.join()

    workers = [asyncio.create_task(work()) for _ in range(WORKERS)]
    filling = asyncio.create_task(fill())
    try:
        done, _ = await asyncio.wait({filling, *workers}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (filling, *workers):
            task.cancel()
        await asyncio.gather(filling, *workers, return_exceptions=True)
    copied.problems += _compare(copied, named)
    return copied


def _known_entries(root: Path) -> dict[str, IndexEntry]:
    known: dict[str, IndexEntry] = {}
    for folder in list_backups(root).values():
        known |= {each.key: each for each in read_index(folder)}
    return known


async def _copy(way: _Way, wanted: IndexEntry, known: IndexEntry | None, copied: Copied) -> None:
    path = place_of(way.root, wanted.key)
    there = path.stat().st_size if path.is_file() else None
    if there == wanted.size and known is not None and known.size == wanted.size:
        copied.entries[wanted.key] = known
    elif there == wanted.size:  # of an attempt that was cut short: it has its name, so it is whole
        copied.entries[wanted.key] = IndexEntry(wanted.key, *await asyncio.to_thread(digest_file, path))
    else:
        try:
            size, sha256 = await write_stream(path, way.objects.stream(wanted.key), way.shown.written)
        except FileNotFoundError:
            return  # it went meanwhile; if the database still names it, it is told of below
        copied.entries[wanted.key] = IndexEntry(wanted.key, size, sha256)
        copied.new += 1
        copied.new_bytes += size
    way.shown.copied(wanted.size)


def _compare(copied: Copied, named: Mapping[str, Named]) -> list[Problem]:
    found: list[Problem] = []
    for key, fact in named.items():
        entry = copied.entries.get(key)
        if entry is None:
            found.append(Problem(key, f"The object of {fact.what} is not among the objects."))
        elif entry.sha256 != fact.sha256 or fact.size not in (None, entry.size):
            found.append(Problem(key, f"The object of {fact.what} is not what was stored: its SHA-256 is another."))
    return found


def place_of(root: Path, key: str) -> Path:
    """Where an object's content is in a folder of backups. Raises StartRefusedError for a key that leads out of it."""
    parts = PurePosixPath(key).parts
    if not parts or key.startswith("/") or any(part in ("..", ".") for part in parts):
        raise StartRefusedError(f"The object {key!r} has a key that no folder can hold.")
    return root / "objects" / key


def write_index(folder: Path, entries: Iterable[IndexEntry]) -> None:
    """The list of a backup's objects, in order of their keys."""
    partial = folder / f".{INDEX}.partial"
    with partial.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as file:
        for each in sorted(entries, key=lambda entry: entry.key):
            file.write(msgspec.json.encode(each) + b"\n")
    partial.replace(folder / INDEX)


def read_index(folder: Path) -> list[IndexEntry]:
    """The list of a backup's objects. Raises StartRefusedError when it cannot be read."""
    path = folder / INDEX
    try:
        with gzip.open(path, "rb") as file:
            return [msgspec.json.decode(line, type=IndexEntry) for line in file]
    except (OSError, EOFError, msgspec.MsgspecError) as error:
        raise StartRefusedError(f"{path} cannot be read: {error}.") from None


async def check_object(path: Path, entry: IndexEntry) -> str | None:
    """What is wrong with an object of a backup, or None."""
    try:
        size, sha256 = await asyncio.to_thread(digest_file, path)
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}."
    if size != entry.size:
        return f"{path} has {size} bytes, and {entry.size} were backed up."
    return None if sha256 == entry.sha256 else f"{path} is not what was backed up: its SHA-256 is another."


async def read_pieces(path: Path) -> AsyncIterator[bytes]:
    """A file's content, piece by piece."""
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, 1024 * 1024):
            yield piece
