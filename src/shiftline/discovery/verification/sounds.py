"""Whether a file is a whole Ogg/Opus stream, told page by page. Source: RFC 3533, section 6; RFC 7845, sections 3 to 5."""

import struct
import zlib

_HEADER = struct.Struct("<4sBBqIIIB")
_CHECKSUM = slice(22, 26)
_BEGINS, _ENDS = 2, 4
_ALL = 0xFFFFFFFF
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class SoundCheck:
    """Takes a stream in pieces, and tells what is wrong with it first."""

    def __init__(self) -> None:
        self._rest = b""
        self._pages = 0
        self._serial = 0
        self._sequence = 0
        self._granule = 0
        self._ended = False
        self.problem: str | None = None

    def take(self, chunk: bytes) -> None:
        """The next piece."""
        if self.problem is not None:
            return
        self._rest += chunk
        place = 0
        while self.problem is None and (stop := self._page_at(place)) is not None:
            place = stop
        self._rest = self._rest[place:]

    def end(self) -> str | None:
        """What is wrong with the whole stream, or None."""
        if self.problem is None and self._rest:
            self.problem = f"its page {self._pages} is cut short"
        if self.problem is None and not self._ended:
            self.problem = "it has no last page" if self._pages else "it is empty"
        return self.problem

    def _page_at(self, place: int) -> int | None:
        """Check the page that begins there; where the next one does, None when it is not all there yet."""
        if len(self._rest) < place + _HEADER.size:
            return None
        magic, version, flags, granule, serial, sequence, told, segments = _HEADER.unpack_from(self._rest, place)
        if magic != b"OggS" or version != 0:
            self.problem = f"there is no page of Ogg where page {self._pages} must be"
            return None
        body = place + _HEADER.size + segments
        lacing = self._rest[place + _HEADER.size : body]
        stop = body + sum(lacing)
        if len(lacing) < segments or stop > len(self._rest):
            return None
        page = self._rest[place:stop]
        self.problem = self._judge(page, told, (flags, granule, serial, sequence))
        return stop

    def _judge(self, page: bytes, told: int, fields: tuple[int, int, int, int]) -> str | None:
        flags, granule, serial, sequence = fields
        number, self._pages = self._pages, self._pages + 1
        if checksum(page[: _CHECKSUM.start] + bytes(4) + page[_CHECKSUM.stop :]) != told:
            return f"the checksum of its page {number} is wrong"
        if self._ended:
            return f"its page {number} comes after its last"
        if number == 0:
            self._serial, self._sequence = serial, sequence
            return None if flags & _BEGINS and b"OpusHead" in page else "it does not begin as Opus does"
        if serial != self._serial or sequence != self._sequence + 1:
            return f"its page {number} is not the one that follows"
        if granule != -1 and granule < self._granule:
            return f"its page {number} goes back in time"
        self._sequence, self._ended = sequence, bool(flags & _ENDS)
        self._granule = max(self._granule, granule)
        return None


def checksum(page: bytes) -> int:
    """Ogg's checksum by zlib's: the same polynomial, each byte and the result the other way round, from 0 and not negated."""
    value = zlib.crc32(page.translate(_REVERSED), _ALL) ^ _ALL
    return int.from_bytes(value.to_bytes(4, "little").translate(_REVERSED), "big")
