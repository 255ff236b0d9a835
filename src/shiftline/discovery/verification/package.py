"""A package as it is being looked at: its files, what its manifests say of them, and what was found so far."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field

from shiftline.discovery import bag
from shiftline.discovery.verification.model import Check, Finding, PackageUnreadable, Verdict
from shiftline.discovery.verification.readers import Reader

SMALL = 64 * 1024 * 1024
"""What is read as a whole, such as a conversation's description, is not larger."""


@dataclass(slots=True)
class Document:
    """A document by what its conversation says of it."""

    kind: str
    path: str
    id: str
    sha256: str | None
    size: int | None
    described: bool = False


class Digests(MutableMapping[str, str]):
    """SHA-256 by path, hexadecimal to whoever asks and half as long in memory: a package may have a million files."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def __getitem__(self, path: str) -> str:
        return self._kept[path].hex()

    def __setitem__(self, path: str, sha256: str) -> None:
        self._kept[path] = bytes.fromhex(sha256)

    def __delitem__(self, path: str) -> None:
        del self._kept[path]

    def __contains__(self, path: object) -> bool:
        return path in self._kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(slots=True)
class Package:
    """``payload`` and ``tags``: SHA-256 by path, as the manifests say. ``digests``: as found,
    of what is not in the payload. ``broken``: what is wrong with sounds, by path; ``foreign``: sounds that came from elsewhere. ``transcripts``: what was sealed of what was written, by its recording's id.
    """

    reader: Reader
    files: Mapping[str, int]
    payload: Digests = field(default_factory=Digests)
    tags: Digests = field(default_factory=Digests)
    digests: dict[str, str] = field(default_factory=dict[str, str])
    documents: dict[str, Document] = field(default_factory=dict[str, Document])
    transcripts: dict[str, Document] = field(default_factory=dict[str, Document])
    conversations: int = 0
    media_bytes: int = 0
    broken: dict[str, str] = field(default_factory=dict[str, str])
    foreign: set[str] = field(default_factory=set[str])

    def read_small(self, path: str) -> bytes:
        """A file that must not be large. Raises PackageUnreadable."""
        self._require(path)
        if self.files[path] > SMALL:
            raise PackageUnreadable(f"{path} has {self.files[path]} bytes, more than such a file can have.")
        return b"".join(self.reader.read(path))

    def digest(self, path: str, take: Callable[[bytes], None] | None = None) -> str:
        """A file's SHA-256, read once; ``take`` gets each piece, too."""
        if path in self.digests and take is None:
            return self.digests[path]
        self._require(path)
        found = hashlib.sha256()
        for chunk in self.reader.read(path):
            found.update(chunk)
            if take is not None:
                take(chunk)
        told = found.hexdigest()
        if path not in self.payload:  # the payload's are in the manifest, and there may be a million
            self.digests[path] = told
        return told

    def lines(self, path: str) -> Iterator[str]:
        """A text's lines, one after another. Raises BagError, PackageUnreadable."""
        self._require(path)
        return bag.lines_of(self.reader.read(path))

    def _require(self, path: str) -> None:
        if path not in self.files:
            raise PackageUnreadable(f"{path} is missing.")


def fails(
    check: Check, sentence: str, *, file: str | None = None, expected: str | None = None, found: str | None = None
) -> Finding:
    """Something that is wrong."""
    return Finding(check=check, verdict=Verdict.FAILS, sentence=sentence, file=file, expected=expected, found=found)


def holds(check: Check, sentence: str) -> Finding:
    """Something that is right."""
    return Finding(check=check, verdict=Verdict.HOLDS, sentence=sentence)


def unproven(check: Check, sentence: str) -> Finding:
    """Something that nothing shows."""
    return Finding(check=check, verdict=Verdict.UNPROVEN, sentence=sentence)
