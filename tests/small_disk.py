"""A disk of a few megabytes, to be filled."""

import contextlib
import os
import subprocess
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class SmallDisk:
    """A file system in memory of its own."""

    folder: Path

    @property
    def _filler(self) -> Path:
        return self.folder / ".filler"

    def fill(self, leaving: int = 0) -> None:
        """Somebody else takes what is free, but for some bytes."""
        free = os.statvfs(self.folder)
        with contextlib.suppress(OSError), self._filler.open("ab") as file:
            file.write(bytes(max(0, free.f_bavail * free.f_frsize - leaving)))

    def make_room(self) -> None:
        """They remove it."""
        self._filler.unlink(missing_ok=True)

    def enlarge(self, size: str) -> None:
        """Give it another size."""
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self.folder)], check=True, capture_output=True)


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Generator[SmallDisk]:
    """A tmpfs of a size (such as ``4m``) on a folder; the test is skipped where nobody may mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("a file system cannot be mounted here")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)
