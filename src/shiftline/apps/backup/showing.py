"""How far a long work is, on standard error: a line each second where somebody looks, each ten where a log does."""

import time
from collections.abc import Callable

_MEGABYTE = 1024 * 1024


class Shown:
    """Counts what is done and says so now and then by ``say``."""

    def __init__(self, say: Callable[[str], None], *, each: float = 1.0) -> None:
        self._say, self._each, self._next = say, each, time.monotonic() + each
        self._doing = ""
        self._bytes = self._objects = self._found = self._found_bytes = 0

    def begin(self, doing: str) -> None:
        """What is counted from now on."""
        self._doing = doing
        self._bytes = self._objects = self._found = self._found_bytes = 0

    def found(self, size: int) -> None:
        """One more to do."""
        self._found += 1
        self._found_bytes += size

    def written(self, size: int) -> None:
        """So many bytes were written."""
        self._bytes += size
        self._tell()

    def copied(self, size: int) -> None:
        """One of those that were found is done."""
        del size
        self._objects += 1
        self._tell()

    def _tell(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._each
        counted = f" {self._objects} of {self._found} found so far," if self._found else ""
        self._say(f"{self._doing}:{counted} {self._bytes / _MEGABYTE:.0f} MB written")
