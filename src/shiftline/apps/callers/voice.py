"""A caller's mouth and ears: a sentence from a sound file, said again and again once they are through, and what they hear."""

import asyncio
import contextlib
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, MediaStreamTrack
from numpy.typing import NDArray

RATE = 48_000
FRAME = RATE // 50
_FRAME_SECONDS = FRAME / RATE
_AUDIBLE = 0.003
"""Root mean square, of full scale, from which on something is heard."""

Sound = NDArray[np.int16]


def read_sound(file: Path) -> Sound:
    """The samples of a sound file, one channel of 48 kHz. Raises OSError."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(str(file)) as container:
        frames = [made for frame in container.decode(audio=0) for made in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]).astype(np.int16)


class Voice(AudioStreamTrack):
    """Silent until told to speak; then the sound from its beginning, again and again."""

    def __init__(self, sound: Sound) -> None:
        super().__init__()
        self._frames = np.pad(sound, (0, -len(sound) % FRAME)).reshape(-1, FRAME)
        self._next: int | None = None
        self._number = 0
        self._began = time.monotonic()

    def speak(self) -> None:
        """Begin; who speaks already goes on."""
        if self._next is None:
            self._next = 0

    async def recv(self) -> av.AudioFrame:
        """The next 20 ms, when they are due. Raises MediaStreamError once the call is over."""
        if self.readyState != "live":
            raise MediaStreamError
        await asyncio.sleep(self._began + self._number * _FRAME_SECONDS - time.monotonic())
        samples = np.zeros(FRAME, dtype=np.int16)
        if self._next is not None:
            samples = self._frames[self._next]
            self._next = (self._next + 1) % len(self._frames)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.rate, frame.pts, frame.time_base = RATE, self._number * FRAME, Fraction(1, RATE)
        self._number += 1
        return frame


class Ear:
    """Takes what a track brings, and counts for how long there was something to hear."""

    def __init__(self) -> None:
        self.heard = 0.0
        """Seconds of sound that was no silence."""

    async def listen(self, track: MediaStreamTrack) -> None:
        """Until the track ends."""
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if not isinstance(frame, av.AudioFrame):
                    continue
                samples = frame.to_ndarray().astype(np.float64) / 32768
                if np.sqrt(np.mean(samples**2)) > _AUDIBLE:
                    self.heard += frame.samples / frame.sample_rate
