"""Ogg with Opus inside, pure: writing pages from packets, and reading packets from a file.

Source: RFC 3533 (Ogg), RFC 7845 (Opus in it).
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from struct import Struct

from shiftline.calls.media.opus import duration_of

_PAGE = Struct("<4sBBqIIIB")
_HEAD = Struct("<8sBBHIhB")
FIRST, LAST, CONTINUED = 2, 4, 1
HEADS = (b"OpusHead", b"OpusTags")
"""What the first two packets begin with."""
MAX_SEGMENTS = MAX_SEGMENT = 255
VENDOR = b"shiftline"
_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def checksum(page: bytes) -> int:
    """Ogg's CRC: the same polynomial as zlib's with its bits the other way round, so zlib's speed can be had by mirroring bytes."""
    mirrored = zlib.crc32(page.translate(_MIRROR), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_MIRROR), "big")


class OggWriter:
    """Makes pages of packets that are added; the caller decides when a page ends."""

    def __init__(self, serial: int, tags: Mapping[str, str], *, channels: int = 1) -> None:
        self._serial = serial
        self._tags = dict(tags)
        self._channels = channels
        self._sequence = 0
        self._segments = bytearray()
        self._packets: list[bytes] = []
        self._full: list[bytes] = []
        self.granule = 0
        """Samples at 48 kHz so far."""

    def head(self) -> bytes:
        """The two pages that a file begins with. No pre-skip: granules are the time since the start."""
        head = _HEAD.pack(HEADS[0], 1, self._channels, 0, 48_000, 0, 0)
        comments = [f"{name}={value}".encode() for name, value in self._tags.items()]
        tags = HEADS[1] + _counted(VENDOR) + len(comments).to_bytes(4, "little") + b"".join(map(_counted, comments))
        self._hold(head)
        first = self._page(FIRST)
        self._hold(tags)
        return first + self._page(0)

    def add(self, packet: bytes, samples: int) -> None:
        """Append a packet that lasts so many samples."""
        if len(self._segments) + len(packet) // MAX_SEGMENT + 1 > MAX_SEGMENTS:
            self._full.append(self._page(0))
        self._hold(packet)
        self.granule += samples

    def take(self, *, last: bool = False) -> bytes:
        """The pages of what was added since; with ``last``, one more if need be to say that it is the end."""
        if self._packets or last:
            self._full.append(self._page(LAST if last else 0))
        found = b"".join(self._full)
        self._full.clear()
        return found

    def _hold(self, packet: bytes) -> None:
        whole, rest = divmod(len(packet), MAX_SEGMENT)
        self._segments += b"\xff" * whole + bytes((rest,))
        self._packets.append(packet)

    def _page(self, flags: int) -> bytes:
        table = bytes(self._segments)
        head = _PAGE.pack(b"OggS", 0, flags, self.granule, self._serial, self._sequence, 0, len(table))
        page = head + table + b"".join(self._packets)
        self._sequence += 1
        self._segments.clear()
        self._packets.clear()
        return page[:22] + checksum(page).to_bytes(4, "little") + page[26:]


def _counted(data: bytes) -> bytes:
    return len(data).to_bytes(4, "little") + data


@dataclass(frozen=True, slots=True)
class OpusFile:
    """What a file holds: its channels, samples to skip at the start, tags, and packets with their samples."""

    channels: int
    pre_skip: int
    tags: dict[str, str]
    packets: tuple[tuple[bytes, int], ...]
    granule: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page: flags, granule, serial and segments; a segment of 255 bytes goes on in the next."""

    flags: int
    granule: int
    serial: int
    segments: tuple[bytes, ...]


def read_pages(data: bytes) -> Iterator[Page]:
    """The pages of a file, one after the other. Raises ValueError when one is damaged or cut off."""
    position = 0
    while position < len(data):
        if len(data) < position + _PAGE.size:
            raise ValueError("a page is cut off")
        magic, version, flags, granule, serial, _, crc, count = _PAGE.unpack_from(data, position)
        if magic != b"OggS" or version:
            raise ValueError("not a page of Ogg")
        start = position + _PAGE.size + count
        table = data[position + _PAGE.size : start]
        end = start + sum(table)
        if len(table) < count or end > len(data):
            raise ValueError("a page is cut off")
        if checksum(data[position : position + 22] + bytes(4) + data[position + 26 : end]) != crc:
            raise ValueError("a page is damaged")
        yield Page(flags, granule, serial, _cut(data, start, table))
        position = end


def _cut(data: bytes, start: int, table: bytes) -> tuple[bytes, ...]:
    found: list[bytes] = []
    for length in table:
        found.append(data[start : start + length])
        start += length
    return tuple(found)


def read_opus(data: bytes) -> OpusFile:
    """A whole file with one stream of Opus. Raises ValueError when it is none, or damaged."""
    packets, granule, serial = [b""], 0, None
    for page in read_pages(data):
        serial = page.serial if serial is None else serial
        if page.serial != serial:
            raise ValueError("more than one stream")
        granule = max(granule, page.granule)
        for segment in page.segments:
            packets[-1] += segment
            if len(segment) < MAX_SEGMENT:
                packets.append(b"")
    whole = packets[:-1]
    if [each[:8] for each in whole[:2]] != list(HEADS) or len(whole[0]) < _HEAD.size:
        raise ValueError("not a file of Opus")
    _, _, channels, pre_skip, _, _, family = _HEAD.unpack_from(whole[0])
    if family or channels not in {1, 2}:
        raise ValueError("more than two channels")
    return OpusFile(
        channels, pre_skip, _tags(whole[1]), tuple((each, duration_of(each)) for each in whole[2:]), granule
    )


def _tags(packet: bytes) -> dict[str, str]:
    position = 8 + 4 + int.from_bytes(packet[8:12], "little")
    count = int.from_bytes(packet[position : position + 4], "little")
    position += 4
    found: dict[str, str] = {}
    while count and position < len(packet):
        length = int.from_bytes(packet[position : position + 4], "little")
        name, _, value = packet[position + 4 : position + 4 + length].decode(errors="replace").partition("=")
        found[name.upper()] = value
        position += 4 + length
        count -= 1
    return found
