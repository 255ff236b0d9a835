"""BagIt's own files: manifests, ``bagit.txt`` and ``bag-info.txt``. Pure. Source: RFC 8493."""

import re
from collections.abc import Iterable, Iterator, Sequence

BAGIT = "bagit.txt"
BAG_INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
PAYLOAD = "data/"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

_LINE = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<path>[^\s].*)")
_TAG = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9-]*): (?P<value>.*)")
_ESCAPES = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))


class BagError(ValueError):
    """A file of the bag's own is not what it should be; the text says what."""


def manifest_line(path: str, sha256: str) -> str:
    """A file's line in a manifest."""
    for letter, escape in _ESCAPES:
        path = path.replace(letter, escape)
    return f"{sha256}  {path}\n"


def parse_line(line: str) -> tuple[str, str]:
    """Path and SHA-256 of a manifest's line without its end. Raises BagError."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise BagError(f"the line {line[:200]!r} is not a SHA-256, two spaces and a path")
    path = found["path"]
    for letter, escape in reversed(_ESCAPES):
        path = path.replace(escape, letter)
    if is_unsafe(path):
        raise BagError(f"the path {path[:200]!r} leads out of the package")
    return path, found["sha256"]


def is_unsafe(path: str) -> bool:
    """Whether a path would lead somewhere else than below the package's folder."""
    parts = path.split("/")
    return not path or any(part in ("", ".", "..") for part in parts) or "\\" in path or "\x00" in path


def tags(pairs: Iterable[tuple[str, str]]) -> bytes:
    """``bag-info.txt``; a value's line breaks become spaces."""
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in pairs).encode()


def parse_tags(content: bytes) -> dict[str, str]:
    """``bag-info.txt`` as written here: one line a tag, each once. Raises BagError."""
    found: dict[str, str] = {}
    for line in decode_lines(content):
        tag = _TAG.fullmatch(line)
        if tag is None or tag["name"] in found:
            raise BagError(f"the line {line[:200]!r} is not a tag of its own")
        found[tag["name"]] = tag["value"]
    return found


def decode_lines(content: bytes) -> Sequence[str]:
    """The lines of a text that ends with one. Raises BagError."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise BagError(f"it is no UTF-8 at byte {error.start}") from error
    if not text.endswith("\n"):
        raise BagError("its last line is cut short")
    return text[:-1].split("\n")


def lines_of(chunks: Iterable[bytes], longest: int = 64 * 1024 * 1024) -> Iterator[str]:
    """The lines of a text in pieces, without holding it. Raises BagError for one without an end, or without text."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > longest:
            raise BagError(f"a line is longer than {longest} bytes")
        for line in whole:
            yield _text(line)
    if rest:
        raise BagError("its last line is cut short")


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise BagError(f"a line is no UTF-8 at its byte {error.start}") from error
