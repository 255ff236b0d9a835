"""Waveforms: the lowest and the highest sample of each pixel, from sound that is decoded once. Slow: belongs on a thread.

Source: the audiowaveform data format, version 2.
"""

import io
from collections.abc import Iterator

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from shiftline.recordings.model import Peaks
from shiftline.recordings.rules import choose_samples_per_pixel

RATE = 48_000


def draw(sound: bytes, samples: int, container_name: str = "ogg") -> Peaks:
    """The waveform of sound (Ogg/Opus unless told otherwise) of about so many samples. Raises ValueError for what cannot be decoded."""
    per_pixel = choose_samples_per_pixel(samples)
    pixels: list[NDArray[np.int8]] = []
    waiting = np.zeros(0, np.int16)
    for part in _decode(sound, container_name) if sound else ():
        waiting = np.concatenate([waiting, part])
        whole = len(waiting) // per_pixel * per_pixel
        pixels.append(_extremes(waiting[:whole].reshape(-1, per_pixel)))
        waiting = waiting[whole:]
    if len(waiting):
        pixels.append(_extremes(waiting.reshape(1, -1)))
    data = np.concatenate(pixels).tobytes() if pixels else b""
    return Peaks(RATE, per_pixel, data)


def _decode(sound: bytes, container_name: str) -> Iterator[NDArray[np.int16]]:
    """Samples at 48 kHz, one channel, frame by frame."""
    try:
        with av.open(io.BytesIO(sound), "r", format=container_name) as container:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in container.decode(audio=0):
                for resampled in resampler.resample(frame):
                    yield resampled.to_ndarray().reshape(-1).astype(np.int16, copy=False)
    except (av.error.FFmpegError, IndexError) as error:
        raise ValueError("the sound cannot be decoded") from error


def _extremes(pixels: NDArray[np.int16]) -> NDArray[np.int8]:
    """Lowest and highest of each row, in turn, as signed bytes."""
    pairs = np.stack([pixels.min(axis=1), pixels.max(axis=1)], axis=1) if len(pixels) else np.zeros((0, 2), np.int16)
    return (pairs >> 8).astype(np.int8).reshape(-1)
