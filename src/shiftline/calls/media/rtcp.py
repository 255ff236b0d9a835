"""RTCP: the sender and receiver reports that we write and read.

Source: RFC 3550 section 6. Other kinds (BYE, feedback, extended reports) are stepped over.
"""

# ruff: noqa: PLR2004 - the numbers of the formats, each beside the section that gives it

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

_HEAD = Struct("!BBH")
_SENDER = Struct("!IQIII")
_BLOCK = Struct("!IIIIII")
_SSRC = Struct("!I")
SENDER_REPORT, RECEIVER_REPORT, DESCRIPTION = 200, 201, 202
NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 to 1970."""


@dataclass(frozen=True, slots=True)
class Block:
    """What a receiver says of one stream: share lost since the last report, packets lost in all, highest extended sequence number,
    jitter in the stream's own clock, and the two numbers the round trip is made of (1/65536 s).
    """

    ssrc: int
    fraction: float
    lost: int
    highest: int
    jitter: int
    last_report: int
    delay: int


@dataclass(frozen=True, slots=True)
class SenderReport:
    """A sender's own clock (64 bits NTP) beside its stream's, and the counts of what it sent."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int


def ntp_of(unix_seconds: float) -> int:
    """The 64-bit NTP timestamp of an instant."""
    return int((unix_seconds + NTP_EPOCH) * (1 << 32))


def middle_of(ntp: int) -> int:
    """The middle 32 bits, which reports refer to."""
    return ntp >> 16 & 0xFFFFFFFF


def parse_rtcp(data: bytes) -> tuple[SenderReport | None, list[Block]]:
    """The sender report (the last, if any) and all blocks of a compound packet. Raises ValueError when it is malformed."""
    report: SenderReport | None = None
    blocks: list[Block] = []
    for kind, count, body in _packets(data):
        if kind == SENDER_REPORT:
            if len(body) < _SENDER.size:
                raise ValueError("a sender report is cut off")
            report = SenderReport(*_SENDER.unpack_from(body))
            blocks += _blocks(body[_SENDER.size :], count)
        elif kind == RECEIVER_REPORT:
            blocks += _blocks(body[4:], count)
    return report, blocks


def _packets(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    position = 0
    while position < len(data):
        if len(data) < position + 4:
            raise ValueError("shorter than a header")
        first, kind, words = _HEAD.unpack_from(data, position)
        end = position + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            raise ValueError("not version 2, or longer inside than outside")
        yield kind, first & 31, data[position + 4 : end]
        position = end


def _blocks(body: bytes, count: int) -> list[Block]:
    if len(body) < count * _BLOCK.size:
        raise ValueError("report blocks are cut off")
    found: list[Block] = []
    for number in range(count):
        ssrc, loss, highest, jitter, last_report, delay = _BLOCK.unpack_from(body, number * _BLOCK.size)
        lost = loss & 0xFFFFFF
        found.append(Block(ssrc, (loss >> 24) / 256, lost - (lost >> 23 << 24), highest, jitter, last_report, delay))
    return found


def write_report(ssrc: int, cname: str, sender: SenderReport | None, block: Block | None) -> bytes:
    """A compound packet: a sender report (or a receiver report when nothing was sent), and the description it must have."""
    blocks = b"" if block is None else _written(block)
    if sender is None:
        body = _SSRC.pack(ssrc) + blocks
        kind = RECEIVER_REPORT
    else:
        body = _SENDER.pack(
            ssrc, sender.ntp, sender.timestamp & 0xFFFFFFFF, sender.packets & 0xFFFFFFFF, sender.octets & 0xFFFFFFFF
        )
        body += blocks
        kind = SENDER_REPORT
    name = cname.encode()[:255]
    item = _SSRC.pack(ssrc) + bytes((1, len(name))) + name + b"\0"
    item += bytes(-len(item) % 4)
    head = _HEAD.pack(0x80 | (block is not None), kind, len(body) // 4)
    return head + body + _HEAD.pack(0x81, DESCRIPTION, len(item) // 4) + item


def _written(block: Block) -> bytes:
    lost = min(max(block.lost, -0x800000), 0x7FFFFF) & 0xFFFFFF
    fraction = min(int(block.fraction * 256), 255)
    return _BLOCK.pack(
        block.ssrc,
        fraction << 24 | lost,
        block.highest & 0xFFFFFFFF,
        block.jitter & 0xFFFFFFFF,
        block.last_report,
        block.delay & 0xFFFFFFFF,
    )
