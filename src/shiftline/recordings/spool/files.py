"""The spool: encrypted files that media nodes write while calls go on, and those that a dead process left.

A writer holds a lock on its file for as long as it lives, so whoever gets the lock knows that the writer is gone. Nothing
here waits for anything but the operating system's own buffers; ``Spool.sync`` brings them to the disk and belongs on a
thread.
"""

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from shiftline.foundation.clock import Clock
from shiftline.foundation.ids import is_well_formed
from shiftline.recordings.container import LARGEST_CHUNK, Counts, Writer

SUFFIX = ".slr"
_FULL = {errno.ENOSPC, errno.EDQUOT}
CHUNK_SECONDS = 0.5
"""A chunk is closed at the latest after so long: what a killed process can lose."""
MOST_WAITING = 512 * 1024
"""Bytes of a recording that wait in memory for a disk that is full, about two minutes of speech; what comes after is lost."""

log = structlog.get_logger()


class HasCounts(Protocol):
    """How many packets a writer wrote, and how many never came."""

    @property
    def packets(self) -> int: ...  # noqa: D102 - said above
    @property
    def lost(self) -> int: ...  # noqa: D102 - said above


@dataclass(slots=True)
class Claimed:
    """A file that is no longer written, locked by this process: nobody else seals it."""

    path: Path
    organization_id: str
    recording_id: str
    descriptor: int

    def remove(self) -> None:
        """Delete the file: its sound is safe elsewhere."""
        self.path.unlink(missing_ok=True)
        self.release()

    def keep_copy(self) -> None:
        """Keep the file as it is under another name, which nothing here looks at."""
        with contextlib.suppress(FileExistsError):
            os.link(self.path, self.path.with_name(self.path.name + ".damaged"))

    def release(self) -> None:
        """Let somebody else try; a file that is still there is a leftover then."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class SpoolFile:
    """One recording while it is written: whole Ogg pages in, encrypted chunks out.

    A disk that fails or is full never reaches the caller: ``problem`` tells while it lasts. What it does not take waits in
    memory, and is written once it does; past ``MOST_WAITING`` the recording ends with what it has (``cut``), as by a crash.
    """

    def __init__(self, claimed: Claimed, writer: Writer, clock: Clock) -> None:
        self._claimed = claimed
        self._writer = writer
        self._clock = clock
        self._waiting = bytearray()
        self._due = time.monotonic() + CHUNK_SECONDS
        self._unwritten = bytearray()
        self.problem: str | None = None
        self.cut = False
        self.written = True
        self._unsynced = False
        self._put(writer.header)

    @property
    def recording_id(self) -> str:
        """Whose sound it is."""
        return self._claimed.recording_id

    def write(self, data: bytes) -> None:
        """Take whole pages; a chunk is closed when it is full or a second old."""
        if len(self._waiting) + len(data) > LARGEST_CHUNK:
            self.flush()
        self._waiting += data
        while len(self._waiting) > LARGEST_CHUNK:
            self._close_chunk(LARGEST_CHUNK)
        if time.monotonic() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Close the chunk: from here on a kill of this process does not lose it."""
        self._due = time.monotonic() + CHUNK_SECONDS
        if self._waiting:
            self._close_chunk(len(self._waiting))

    def finish(self, counts: HasCounts) -> Claimed:
        """Write the end; the file is ready to be sealed, by whoever has it from here."""
        self.flush()
        self._put(self._writer.end(Counts(counts.packets, counts.lost)))
        self.written = False
        if self._unwritten:
            self._tell_cut(len(self._unwritten))
        return self._claimed

    def abandon(self) -> None:
        """Close without an end, as a crash would."""
        self.written = False
        self._claimed.release()

    def sync(self) -> None:
        """Bring what was flushed to the disk; waits for it."""
        if self.written and self._unsynced:
            self._unsynced = False
            with contextlib.suppress(OSError):  # finished meanwhile: whoever seals it brings it to safety
                os.fdatasync(self._claimed.descriptor)

    def _close_chunk(self, size: int) -> None:
        sound = bytes(self._waiting[:size])
        del self._waiting[:size]
        self._put(self._writer.chunk(sound, self._clock.now()))

    def _put(self, data: bytes) -> None:
        if not self.cut:  # a file has each byte or none after it: what is left out in the middle cannot be opened
            self._unwritten += data
        try:
            while self._unwritten:
                del self._unwritten[: os.write(self._claimed.descriptor, self._unwritten)]
        except OSError as error:
            self._wait(error)
        else:
            self._go_on()
        self._unsynced = True

    def _wait(self, error: OSError) -> None:
        if self.problem is None:
            self.problem = tell_spool(self._claimed.path.parent.parent, error)
            log.error("recording.spool_waits", recording_id=self.recording_id, sentence=self.problem)
        if not self.cut and len(self._unwritten) > MOST_WAITING:
            self.cut = True
            self._tell_cut(0)

    def _go_on(self) -> None:
        if self.problem is not None:
            self.problem = None
            log.warning("recording.spool_goes_on", recording_id=self.recording_id, cut=self.cut)

    def _tell_cut(self, size: int) -> None:
        log.error(
            "recording.spool_cut",
            recording_id=self.recording_id,
            unwritten=size,
            sentence="The spool took no more for too long: the recording ends before its call does, and is sealed with "
            "what was written.",
        )


class Spool:
    """A folder of such files, one folder below it for each organization. Several processes may share it."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self._clock = clock
        self._open: list[SpoolFile] = []

    def begin(self, organization_id: str, recording_id: str, data_key: bytes) -> SpoolFile:
        """A new file. Raises FileExistsError while there is one of that recording, OSError when there can be none."""
        claimed = self._create(organization_id, recording_id)
        file = SpoolFile(claimed, Writer(data_key, recording_id), self._clock)
        self._open = [*(each for each in self._open if each.written), file]
        return file

    def sync(self) -> None:
        """Bring to the disk what was flushed since the last time; belongs on a thread, once a second."""
        for file in tuple(self._open):
            file.sync()

    def leftovers(self) -> Iterator[Claimed]:
        """The files whose writer is gone, each locked for the caller: finished ones that were not sealed, and torn ones."""
        for path in sorted(self.folder.glob(f"*/*{SUFFIX}")):
            claimed = _claim(path)
            if claimed is not None:
                yield claimed

    def _create(self, organization_id: str, recording_id: str) -> Claimed:
        if not is_well_formed(organization_id) or not is_well_formed(recording_id):
            raise ValueError("an id that can be no file's name")
        folder = self.folder / organization_id
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{recording_id}{SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return Claimed(path, organization_id, recording_id, descriptor)


def tell_spool(folder: Path, error: OSError) -> str:
    """A sentence for what a spool's disk refuses."""
    if error.errno in _FULL:
        return f"The disk of the spool {folder} is full (SHIFTLINE_SPOOL): make room there."
    return f"The spool {folder} cannot be written (SHIFTLINE_SPOOL): {error.strerror or error}."


def replace(claimed: Claimed, content: bytes) -> Claimed:
    """The same file with another content, all or nothing; locked without a gap. Raises OSError."""
    fresh = claimed.path.with_name(claimed.path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
        fresh.replace(claimed.path)
    except OSError:
        os.close(descriptor)
        fresh.unlink(missing_ok=True)  # the disk may be full: it is to take no room
        raise
    claimed.release()
    return Claimed(claimed.path, claimed.organization_id, claimed.recording_id, descriptor)


def _claim(path: Path) -> Claimed | None:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        still_there = os.fstat(descriptor).st_ino == path.stat().st_ino
    except OSError:  # its writer lives, or it was sealed and removed just now
        still_there = False
    if not still_there:
        os.close(descriptor)
        return None
    return Claimed(path, path.parent.name, path.name.removesuffix(SUFFIX), descriptor)
