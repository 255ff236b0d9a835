"""What a file of media is, by its content alone. Pure.

Source: RFC 3533 and 7845 (Ogg, Opus), RFC 2361 and the RIFF specification (WAVE), ISO 11172-3 (MPEG audio, layer III), RFC 8794 (EBML).
"""

import struct
from collections.abc import Mapping
from datetime import timedelta

from shiftline.imports.model import Media
from shiftline.recordings.spool import ogg

_CODECS: Mapping[int, str] = {1: "pcm", 6: "pcma", 7: "pcmu", 0x11: "adpcm", 0x31: "gsm"}
_ID3_HEADER = 10
_MP3_RATES = ((11025, 12000, 8000), (0, 0, 0), (22050, 24000, 16000), (44100, 48000, 32000))
_MP3_BITS = (
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
)

FORMATS: Mapping[str, tuple[str, ...]] = {
    "ogg": ("OGG_OPUS", "OGG_VORBIS", "OGG", "OPUS"),
    "wav": ("WAV", "WAV_ULAW"),
    "mp3": ("MP3",),
    "webm": ("WEBM",),
}
"""The vendor's names of formats by what the file is."""


def probe(content: bytes) -> Media | None:
    """What a file is and how long it sounds; None for what we do not know."""
    if content.startswith(b"OggS"):
        return _ogg(content)
    if content[:4] in (b"RIFF", b"RF64") and content[8:12] == b"WAVE":
        return _wave(content)
    if content.startswith(b"ID3") or _frame(content, 0) is not None:
        return _mp3(content)
    return None


def _ogg(content: bytes) -> Media | None:
    scanned = ogg.scan(content)
    if not scanned.packets:
        return None
    truncated = not scanned.ended or scanned.whole != len(content)
    return Media("ogg", "opus", "audio/ogg", scanned.duration, scanned.packets, truncated)


def _wave(content: bytes) -> Media | None:
    """Chunks up to the data; a size of all ones is what a writer leaves that could not go back."""
    place, codec, rate = 12, None, 0
    while place + 8 <= len(content):
        name, size = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        start = place + 8
        if name == b"fmt " and size >= 16 and start + 16 <= len(content):  # noqa: PLR2004 - the least that it holds
            kind, _, _, rate = struct.unpack_from("<HHII", content, start)
            codec = _CODECS.get(kind)
        if name == b"data":
            if codec is None or not rate:
                return None
            held = min(size, len(content) - start)
            return Media("wav", codec, "audio/wav", timedelta(seconds=held / rate), None, size > len(content) - start)
        place = start + size + (size & 1)
    return None


def _mp3(content: bytes) -> Media | None:
    """Frame by frame: a header's guess is wrong for variable bit rates."""
    place = 0
    if content.startswith(b"ID3") and len(content) > _ID3_HEADER:
        size = 0
        for each in content[6:10]:
            size = size << 7 | each & 0x7F
        place = _ID3_HEADER + size
    frames, seconds = 0, 0.0
    while (frame := _frame(content, place)) is not None:
        length, lasting = frame
        if place + length > len(content):
            return Media("mp3", "mp3", "audio/mpeg", timedelta(seconds=seconds), None, truncated=True)
        frames, seconds, place = frames + 1, seconds + lasting, place + length
    if frames < 2:  # noqa: PLR2004 - two in a row are no accident
        return None
    rest = content[place:]
    truncated = bool(rest.strip(b"\0")) and not rest.startswith((b"TAG", b"APETAGEX"))
    return Media("mp3", "mp3", "audio/mpeg", timedelta(seconds=seconds), None, truncated)


def _frame(content: bytes, place: int) -> tuple[int, float] | None:
    """Length in bytes and in seconds of a frame of layer III, None where there is none."""
    head = content[place : place + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # noqa: PLR2004 - a header's four bytes
        return None
    version, index, rate_index = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or index in (0, 15) or rate_index == 3:  # noqa: PLR2004 - reserved
        return None
    is_first = version == 3  # noqa: PLR2004 - MPEG-1
    rate = _MP3_RATES[version][rate_index]
    bits = _MP3_BITS[is_first][index] * 1000
    samples = 1152 if is_first else 576
    return samples // 8 * bits // rate + (head[2] >> 1 & 1), samples / rate
