"""RTP packets as bytes: reading one strictly, writing one without extensions.

Source: RFC 3550 section 5.1, RFC 8285 (header extensions, skipped), RFC 5761 section 4 (telling RTCP apart).
"""

# ruff: noqa: PLR2004 - the numbers of the formats, each beside the section that gives it

from struct import Struct

_HEADER = Struct("!BBHII")
_EXTENSION = Struct("!HH")
HEADER_LENGTH = _HEADER.size


class Rtp:
    """A packet that was read: counters as they stand in it, not unwrapped; payload without padding."""

    __slots__ = ("marker", "payload", "payload_type", "sequence", "ssrc", "timestamp")

    def __init__(self, second: int, sequence: int, timestamp: int, ssrc: int, payload: bytes) -> None:
        self.marker = second > 127
        self.payload_type = second & 127
        self.sequence = sequence
        self.timestamp = timestamp
        self.ssrc = ssrc
        self.payload = payload


def is_rtcp(data: bytes) -> bool:
    """Whether a packet of the shared port is RTCP."""
    return len(data) > 1 and 192 <= data[1] <= 223


def parse_rtp(data: bytes) -> Rtp:
    """Read a packet. Raises ValueError when it is none."""
    if len(data) < HEADER_LENGTH:
        raise ValueError("shorter than a header")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise ValueError("not version 2")
    if first == 0x80:  # neither padding nor extension nor contributing sources: nearly all packets of some clients
        return Rtp(second, sequence, timestamp, ssrc, data[HEADER_LENGTH:])
    return Rtp(second, sequence, timestamp, ssrc, _payload(data, first))


def _payload(data: bytes, first: int) -> bytes:
    start, end = HEADER_LENGTH + 4 * (first & 15), len(data)
    if first & 0x10:
        if end < start + 4:
            raise ValueError("the extension is cut off")
        start += 4 + 4 * _EXTENSION.unpack_from(data, start)[1]
    if first & 0x20:
        padding = data[-1]
        if not padding:
            raise ValueError("padding of no length")
        end -= padding
    if start > end:
        raise ValueError("longer inside than outside")
    return data[start:end]


def write_rtp(
    payload_type: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, *, marker: bool = False
) -> bytes:
    """A packet with a plain header of 12 bytes; counters are taken modulo their width."""
    second = payload_type | 128 if marker else payload_type
    return _HEADER.pack(0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + payload


def forward_of(sequence: int, before: int) -> int:
    """How far a sequence number is after another, negative when it is before; modulo 16 bits."""
    return (sequence - before + 0x8000 & 0xFFFF) - 0x8000


def later_of(timestamp: int, before: int) -> int:
    """How far a timestamp is after another, negative when it is before; modulo 32 bits."""
    return (timestamp - before + 0x80000000 & 0xFFFFFFFF) - 0x80000000
