"""Both sides of a call as one WAV of two channels, decoded block by block. Slow: belongs on a thread.

Source: the RIFF/WAVE format (Microsoft and IBM, 1991); RFC 7845, section 5.2 (comments of Ogg/Opus).
"""

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import av
import av.error
import numpy as np
from numpy.typing import NDArray

RATE = 48_000
BLOCK = RATE
"""Samples of a block: what is in memory of the decoded sound at a time."""
CHANNELS, BYTES = 2, 2
HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
LONGEST = (2**32 - 1 - HEADER.size) // (CHANNELS * BYTES)
"""Samples that a WAV can say it has: a little over six hours."""
_START = b"START="
_TAGS_WITHIN = 4096


@dataclass(frozen=True, slots=True)
class Track:
    """One leg's sound, where it begins on the time line (samples), and its channel: 0 is left."""

    sound: bytes
    begins: int
    channel: int


def begun_at(sound: bytes) -> datetime | None:
    """When the first sample of a file was taken, as its writer noted; None where it did not."""
    place = sound.find(_START, 0, _TAGS_WITHIN)
    if place < 4:  # noqa: PLR2004 - a comment's length stands before it
        return None
    size = int.from_bytes(sound[place - 4 : place], "little")
    try:
        return datetime.fromisoformat(sound[place + len(_START) : place + size].decode())
    except ValueError:
        return None


def wav_header(samples: int) -> bytes:
    """What a WAV of so many samples begins with."""
    size = samples * CHANNELS * BYTES
    frame = CHANNELS * BYTES
    return HEADER.pack(
        b"RIFF", HEADER.size - 8 + size, b"WAVE", b"fmt ", 16, 1, CHANNELS, RATE, RATE * frame, frame, BYTES * 8, b"data", size
    )  # fmt: skip


def interleave(tracks: Sequence[Track], samples: int) -> Iterator[bytes]:
    """The sound of a WAV of so many samples, block by block. Raises ValueError for what cannot be decoded."""
    readers = [(_Reader(each), each.channel) for each in tracks]
    for start in range(0, samples, BLOCK):
        count = min(BLOCK, samples - start)
        mixed = np.zeros((count, CHANNELS), np.int32)
        for reader, channel in readers:
            reader.add_to(mixed[:, channel], start)
        yield np.clip(mixed, -32_768, 32_767).astype("<i2").tobytes()


class _Reader:
    """Gives a track's samples in the order of the time line."""

    def __init__(self, track: Track) -> None:
        self._parts = _decode(track.sound) if track.sound else iter(())
        self._begins = track.begins
        self._part: tuple[int, NDArray[np.int16]] | None = None

    def add_to(self, block: NDArray[np.int32], start: int) -> None:
        """Add what falls into a block that begins at a sample; what is beyond it waits."""
        stop = start + len(block)
        while True:
            if self._part is None:
                self._part = next(self._parts, None)
                if self._part is None:
                    return
            at, part = self._part[0] + self._begins, self._part[1]
            if at >= stop:
                return
            first, last = max(at, start), min(at + len(part), stop)
            if first < last:
                block[first - start : last - start] += part[first - at : last - at]
            if at + len(part) > stop:
                return
            self._part = None


def _decode(sound: bytes) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """Samples at 48 kHz, one channel, each frame with its place in the file."""
    try:
        with av.open(io.BytesIO(sound), "r", format="ogg") as container:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            place = 0
            for frame in container.decode(audio=0):
                if frame.pts is not None and frame.time_base is not None:
                    place = round(frame.pts * frame.time_base * RATE)
                for resampled in resampler.resample(frame):
                    part = resampled.to_ndarray().reshape(-1).astype(np.int16, copy=False)
                    yield place, part
                    place += len(part)
    except (av.error.FFmpegError, IndexError) as error:
        raise ValueError("the sound cannot be decoded") from error
