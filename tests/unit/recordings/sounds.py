"""Real Ogg/Opus, made with the same library that plays it."""

import io
from functools import cache

import av
import numpy as np

RATE = 48_000


@cache
def tone(seconds: float, frequency: float = 440.0, page_seconds: float = 0.2) -> bytes:
    """A mono tone as Ogg/Opus."""
    wave = np.sin(2 * np.pi * frequency * np.arange(round(RATE * seconds)) / RATE) * 10_000
    samples = wave.astype(np.int16)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="ogg", options={"page_duration": str(round(page_seconds * 1e6))}) as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        for start in range(0, len(samples), 960):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 960], format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def heard(ogg: bytes) -> np.ndarray:
    """What a player hears: samples between -1 and 1 at 48 kHz."""
    with av.open(io.BytesIO(ogg), "r") as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]) if frames else np.zeros(0, np.float32)


def loudest(samples: np.ndarray) -> float:
    """The frequency that is heard most, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / RATE)[spectrum.argmax()])
