"""What a caller hears who waits: a piece of our own for electric piano, pad and bass, written for this, in D major.

It begins and ends in silence, so that it can be played again and again.
"""

import numpy as np
from sound import RATE, Sound, seconds, silence

BEAT = 0.75
BEATS = 4
NOTES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
# One bar each: bass, and what the other hand spreads over eight quavers.
BARS = (
    ("D2", "D4 A4 F#5 E5 A4 F#4 A4 E5"),
    ("B1", "D4 F#4 C#5 D5 F#5 D5 A4 F#4"),
    ("G1", "D4 G4 B4 F#5 D5 B4 G4 B4"),
    ("A1", "E4 A4 B4 D5 E5 D5 B4 A4"),
    ("D2", "F#4 A4 D5 E5 F#5 E5 D5 A4"),
    ("B1", "F#4 B4 D5 F#5 A5 F#5 D5 B4"),
    ("E2", "G4 B4 D5 E5 F#5 D5 B4 G4"),
    ("A1", "G4 A4 C#5 E5 D5 C#5 A4 E4"),
)
# Which bars, then a song over the second half: note, first beat, beats.
ORDER = (0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 2, 7)
SONG = (
    ("F#5", 32, 3), ("E5", 35, 1), ("D5", 36, 2.5), ("C#5", 38.5, 0.5), ("D5", 39, 1), ("B4", 40, 3), ("A4", 43, 1),
    ("E5", 44, 3.5), ("A5", 48, 3), ("F#5", 51, 1), ("D5", 52, 2), ("E5", 54, 1), ("F#5", 55, 1), ("G5", 56, 2),
    ("F#5", 58, 1), ("E5", 59, 1), ("D5", 60, 3),
)  # fmt: skip
FADE = 2.5


def compose() -> Sound:
    """The piece, of 48 seconds."""
    length = len(ORDER) * BEATS * BEAT
    dry = silence(length + 6)
    for number, bar in enumerate(ORDER):
        at = number * BEATS
        bass, hand = BARS[bar]
        last = number == len(ORDER) - 1
        _add(dry, at, _bass(_pitch(bass), BEATS * BEAT))
        quavers = hand.split()
        for place, note in enumerate(quavers[:3] if last else quavers):
            _add(dry, at + place / 2, (0.16 if place % 4 else 0.22) * _piano(_pitch(note)))
        for note in dict.fromkeys(quavers[:4]):
            _add(dry, at, 0.05 * _pad(_pitch(note), (BEATS + 1) * BEAT))
    for note, beat, beats in SONG:
        _add(dry, beat, 0.2 * _bell(_pitch(note), beats * BEAT + 1.2))
    sound = (dry + 0.5 * _room(dry))[: round(length * RATE)]
    fade = np.minimum(1, np.arange(len(sound)) / (FADE * RATE))
    return sound * np.minimum(1, fade * 2) * np.sin(np.pi / 2 * fade[::-1]) ** 2


def _pitch(note: str) -> float:
    """Hz of a name such as F#4; A4 is 440."""
    half_tones = NOTES[note[0]] + note.count("#") + 12 * int(note[-1])
    return 440 * 2 ** ((half_tones - 57) / 12)


def _add(sound: Sound, beat: float, note: Sound) -> None:
    start = round(beat * BEAT * RATE)
    sound[start : start + len(note)] += note[: len(sound) - start]


def _piano(pitch: float) -> Sound:
    """A struck tine: frequency modulation that dies sooner than the note."""
    at = seconds(2.4)
    tine = 0.9 * np.exp(-at * 7) * np.sin(2 * np.pi * pitch * at)
    note = np.sin(2 * np.pi * pitch * at + tine) + 0.15 * np.exp(-at * 12) * np.sin(2 * np.pi * 4 * pitch * at)
    return note * np.exp(-at * 2.1) * np.minimum(1, at / 0.004) * np.minimum(1, (2.4 - at) / 0.2)


def _bell(pitch: float, length: float) -> Sound:
    at = seconds(length)
    trembling = 2.5 * np.sin(2 * np.pi * 4.6 * at) * np.minimum(1, at / 0.8) / 1000
    note = np.sin(2 * np.pi * pitch * (at + trembling / 6)) + 0.18 * np.sin(4 * np.pi * pitch * at) * np.exp(-at * 3)
    return note * np.minimum(1, at / 0.05) * np.exp(-at * 0.8) * np.minimum(1, (length - at) / 0.5)


def _pad(pitch: float, length: float) -> Sound:
    at = seconds(length)
    note = sum((np.sin(2 * np.pi * pitch * detuned * at) for detuned in (0.997, 1, 1.003)), np.zeros(len(at)))
    return note * np.sin(np.pi * at / length) ** 0.8


def _bass(pitch: float, length: float) -> Sound:
    at = seconds(length)
    note = np.sin(2 * np.pi * pitch * at) + 0.35 * np.sin(4 * np.pi * pitch * at)
    return 0.3 * note * np.minimum(1, at / 0.03) * np.exp(-at * 0.7) * np.minimum(1, (length - at) / 0.3)


def _room(sound: Sound) -> Sound:
    """A room's echo: noise that dies, always the same."""
    at = seconds(2.2)
    noise = np.random.default_rng(1).standard_normal(len(at)) * np.exp(-at * 3.2)
    noise = np.convolve(noise, np.hanning(24) / 12, mode="same")  # dull walls
    size = 1 << (len(sound) + len(noise)).bit_length()
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(noise, size), size)[: len(sound)]
    return wet * (np.sqrt(np.mean(sound**2)) / np.sqrt(np.mean(wet**2)))
