"""Sound as arrays of samples: 48 kHz, one channel, -1 to 1; how it is spoken, sounded and written."""

import subprocess
import tempfile
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000
FRAME = RATE // 50
"""Samples of a packet, 20 ms: each is sent to a caller as it stands in the file."""
LOUDNESS = 0.1
"""Root mean square of all prompts, 20 dB below full scale, as telephone speech has it."""
LOUDEST = 0.7
QUIET = 0.004
LEAD, TAIL = int(0.04 * RATE), int(0.16 * RATE)
"""Silence around what is spoken: prompts follow each other without another pause."""

Sound = NDArray[np.float64]


def seconds(length: float) -> Sound:
    """The instants of a span, in seconds."""
    return np.arange(round(length * RATE)) / RATE


def silence(length: float) -> Sound:
    """Nothing, for so many seconds."""
    return np.zeros(round(length * RATE))


def tone(length: float, *frequencies: float) -> Sound:
    """Sines at once, in Hz, that begin and end without a click."""
    sound = sum((np.sin(2 * np.pi * each * seconds(length)) for each in frequencies), silence(length))
    edge = np.minimum(1, np.arange(len(sound)) / (0.01 * RATE))
    return sound * edge * edge[::-1]


def speak(text: str, voice: str, pace: int = 155, pitch: int = 50) -> Sound:
    """The text as espeak-ng says it; ``pace`` in words a minute."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "spoken.wav")
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(pace), "-p", str(pitch), "-w", str(file), text], check=True)
        with wave.open(str(file)) as spoken:
            rate, raw = spoken.getframerate(), spoken.readframes(spoken.getnframes())
    sound = np.frombuffer(raw, dtype="<i2").astype(float) / 32768
    return np.concatenate([np.zeros(LEAD), _trim(_resample(sound, rate)), np.zeros(TAIL)])


def _resample(sound: Sound, rate: int) -> Sound:
    """The same sound at our rate: its spectrum, continued with nothing."""
    wanted = round(len(sound) * Fraction(RATE, rate))
    spectrum = np.fft.rfft(sound)
    return np.fft.irfft(np.pad(spectrum, (0, wanted // 2 + 1 - len(spectrum))), wanted) * (wanted / len(sound))


def _trim(sound: Sound) -> Sound:
    loud = np.flatnonzero(np.abs(sound) > QUIET)
    return sound[loud[0] : loud[-1] + 1]


def level(sound: Sound) -> Sound:
    """The same sound as loud as all others, measured where it sounds."""
    sounding = np.abs(sound) > QUIET
    scaled = sound * (LOUDNESS / np.sqrt(np.mean(sound[sounding] ** 2)))
    return scaled * min(1, LOUDEST / np.max(np.abs(scaled)))


def write(sound: Sound, file: Path, bit_rate: int) -> int:
    """Write Ogg with Opus in packets of 20 ms; returns the length in milliseconds, of whole packets."""
    whole = np.pad(sound, (0, -len(sound) % FRAME))
    options = {"frame_duration": "20", "vbr": "on", "application": "audio", "compression_level": "10"}
    # Bit-exact: without a random serial number and the encoder's name, so that the same sound is the same file.
    with av.open(str(file), "w", format="ogg", options={"fflags": "bitexact"}) as container:
        stream = container.add_stream("libopus", rate=RATE, options=options, layout="mono")
        stream.bit_rate = bit_rate
        stream.codec_context.flags |= 1 << 23  # AV_CODEC_FLAG_BITEXACT
        for place in range(0, len(whole), FRAME):
            samples = (whole[place : place + FRAME] * 32767).astype("<i2")
            frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
            frame.rate, frame.pts, frame.time_base = RATE, place, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return len(whole) * 1000 // RATE
