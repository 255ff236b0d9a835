"""Pages of an Ogg/Opus stream: how long it lasts, how many packets it has, and a proper end for one that was cut. Pure.

Source: RFC 3533, section 6 (pages); RFC 7845, sections 3 to 5 (Opus in Ogg); RFC 6716, section 3.1 (packet durations).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

RATE = 48_000
"""Granules a second, whatever the sound was sampled at."""

_HEADER = struct.Struct("<4sBBqIIIB")
_CONTINUED, _ENDS = 1, 4
_WHOLE = 255
_HEAD = b"OpusHead"
_POLYNOMIAL, _TOP, _ALL = 0x04C11DB7, 0x80000000, 0xFFFFFFFF
_COUNTED = 3
"""The code of a packet whose second byte counts its frames."""

# Samples at 48 kHz of a frame by configuration number: SILK and hybrid, then CELT.
_FRAMES = (
    *((480, 960, 1920, 2880) * 3),
    *((480, 960) * 2),
    *((120, 240, 480, 960) * 4),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page: where it begins and stops, and its packets' sizes; ``open_end`` when its last one goes on."""

    start: int
    stop: int
    flags: int
    granule: int
    serial: int
    sequence: int
    body: int
    lacing: bytes

    @property
    def open_end(self) -> bool:
        """Whether the last packet goes on in the next page."""
        return bool(self.lacing) and self.lacing[-1] == _WHOLE

    @property
    def packets(self) -> int:
        """How many packets end in it."""
        return sum(1 for size in self.lacing if size < _WHOLE)


@dataclass(frozen=True, slots=True)
class Scan:
    """What the whole pages of a stream hold.

    ``whole`` is where the last page ends after which no packet is open. ``spanned`` is how far the granules reach,
    ``sounding`` how long the packets sound, both in samples; ``pre_skip`` is what a player leaves out at the beginning.
    """

    whole: int = 0
    ended: bool = False
    packets: int = 0
    spanned: int = 0
    sounding: int = 0
    pre_skip: int = 0
    last: Page | None = None

    @property
    def samples(self) -> int:
        """What is heard, in samples."""
        return max(0, self.spanned - self.pre_skip)

    @property
    def duration(self) -> timedelta:
        """How long it sounds."""
        return timedelta(seconds=self.samples / RATE)

    @property
    def missing(self) -> int:
        """How many packets of mean length the gaps between granules would hold."""
        if not self.sounding:
            return 0
        return max(0, round((self.spanned - self.sounding) * self.packets / self.sounding))


def pages(data: bytes) -> Iterator[Page]:
    """The whole pages from the beginning, up to the first thing that is none."""
    place = 0
    while place + _HEADER.size <= len(data):
        magic, version, flags, granule, serial, sequence, _, segments = _HEADER.unpack_from(data, place)
        body = place + _HEADER.size + segments
        lacing = data[place + _HEADER.size : body]
        stop = body + sum(lacing)
        if magic != b"OggS" or version != 0 or stop > len(data):
            return
        yield Page(place, stop, flags, granule, serial, sequence, body, lacing)
        place = stop


def scan(data: bytes) -> Scan:
    """What a stream's whole pages hold; nothing for what is no Ogg/Opus."""
    found = list(pages(data))
    while found and found[-1].open_end:
        found.pop()
    if not found or not data[found[0].body :].startswith(_HEAD):
        return Scan()
    sound = [page for page in found if page.granule > 0]  # both headers are at 0
    lengths = [list(_lengths(data, page)) for page in sound]
    begins = max(0, sound[0].granule - sum(lengths[0])) if sound else 0
    return Scan(
        whole=found[-1].stop,
        ended=bool(found[-1].flags & _ENDS),
        packets=sum(page.packets for page in sound),
        spanned=sound[-1].granule - begins if sound else 0,
        sounding=sum(map(sum, lengths)),
        pre_skip=int.from_bytes(data[found[0].body + 10 : found[0].body + 12], "little"),
        last=found[-1],
    )


def _lengths(data: bytes, page: Page) -> Iterator[int]:
    """How long each packet that begins in a page sounds, in samples at 48 kHz."""
    place, size, goes_on = page.body, 0, bool(page.flags & _CONTINUED)
    for segment in page.lacing:
        size += segment
        if segment < _WHOLE:
            if not goes_on:
                yield packet_samples(data[place : place + min(size, 2)])
            place, size, goes_on = place + size, 0, False


def packet_samples(packet: bytes) -> int:
    """How long an Opus packet sounds, in samples at 48 kHz, from its first two bytes; 0 for one that is none."""
    if not packet:
        return 0
    frame, code = _FRAMES[packet[0] >> 3], packet[0] & 3
    if code == _COUNTED:
        return frame * (packet[1] & 63) if len(packet) > 1 else 0
    return frame * (1 if code == 0 else 2)


def cut(data: bytes) -> bytes:
    """A stream up to its last whole page, with a mark of its end: an empty last page, when it has none yet."""
    found = scan(data)
    if found.last is None:
        return b""
    whole = data[: found.whole]
    if found.ended:
        return whole
    granule = max((page.granule for page in pages(whole)), default=0)
    return whole + _end_page(granule, found.last.serial, found.last.sequence + 1)


def _end_page(granule: int, serial: int, sequence: int) -> bytes:
    fields = (b"OggS", 0, _ENDS, granule, serial, sequence)
    return _HEADER.pack(*fields, checksum(_HEADER.pack(*fields, 0, 0)), 0)


def checksum(page: bytes) -> int:
    """A page's checksum, over the page with its own checksum as zeros."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ (_POLYNOMIAL if value & _TOP else 0)
            value &= _ALL
    return value
