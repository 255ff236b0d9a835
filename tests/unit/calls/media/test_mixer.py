"""The mix: what two voices sound like together, through the real codec."""

import numpy as np
import pytest
from av import CodecContext
from av.packet import Packet
from numpy.typing import NDArray

from shiftline.calls.media.mixer import Ear, Voice
from shiftline.calls.media.opus import FRAME, RATE


def encoded(frequency: float, frames: int) -> list[bytes]:
    ear = Ear()
    at = np.arange(frames * FRAME)
    sound = (8000 * np.sin(2 * np.pi * frequency * at / RATE)).astype(np.int32)
    return [packet for frame in range(frames) for packet in ear.encode(sound[frame * FRAME : (frame + 1) * FRAME])]


def loudness(sound: NDArray[np.int16], frequency: float) -> float:
    at = np.arange(len(sound))
    return float(2 * abs(np.dot(sound, np.exp(-2j * np.pi * frequency * at / RATE))) / len(sound))


def play(voice: Voice, packets: list[tuple[int, bytes]], ticks: int) -> list[NDArray[np.int16] | None]:
    coming = iter(packets)
    found: list[NDArray[np.int16] | None] = []
    for _ in range(ticks):
        number_packet = next(coming, None)
        if number_packet is not None:
            voice.arrived.append((1, number_packet[0] & 0xFFFF, number_packet[1]))
        found.append(voice.take())
    return found


def test_a_voice_waits_for_40_milliseconds_and_then_goes_on_without_a_gap() -> None:
    packets = list(enumerate(encoded(1000, 50), 65_530))
    found = play(Voice(), packets, 50)
    assert found[0] is None
    assert all(each is not None for each in found[1:])
    sound = np.concatenate([each for each in found[10:] if each is not None])
    assert loudness(sound, 1000) == pytest.approx(8000, rel=0.1)


def test_lost_packets_are_silence_and_reordered_ones_find_their_place() -> None:
    packets = list(enumerate(encoded(1000, 60)))
    packets[20], packets[21] = packets[21], packets[20]
    found = play(Voice(), packets[:40] + packets[41:], 58)
    assert sum(each is None for each in found) <= 2
    sound = np.concatenate([each for each in found[25:35] if each is not None])
    assert loudness(sound, 1000) == pytest.approx(8000, rel=0.1)


def test_a_burst_is_caught_up_with() -> None:
    voice = Voice()
    for number, packet in enumerate(encoded(1000, 40)):
        voice.arrived.append((1, number, packet))
    assert voice.take() is not None
    # At most 40 ms of it are left to play.
    assert sum(voice.take() is not None for _ in range(10)) <= 2


def test_what_is_no_opus_and_a_sender_that_begins_anew_do_no_harm() -> None:
    voice = Voice()
    for number in range(4):
        voice.arrived.append((1, number, b"\xfb"))
    for _ in range(6):
        voice.take()
    for number, packet in enumerate(encoded(500, 10), 40_000):
        voice.arrived.append((2, number, packet))
    found = [voice.take() for _ in range(10)]
    assert sum(each is not None for each in found) >= 8


def test_two_voices_are_heard_together_and_too_loud_is_cut_off() -> None:
    ear = Ear()
    decoder = CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.format, decoder.layout = RATE, "s16", "mono"
    at = np.arange(FRAME * 30)
    both = (8000 * np.sin(2 * np.pi * 500 * at / RATE) + 8000 * np.sin(2 * np.pi * 2000 * at / RATE)).astype(np.int32)
    frames: list[NDArray[np.int16]] = []
    for start in range(0, len(both), FRAME):
        for packet in ear.encode(both[start : start + FRAME]):
            frames += [frame.to_ndarray().reshape(-1).astype(np.int16) for frame in decoder.decode(Packet(packet))]
    sound = np.concatenate(frames)[4_800:]
    assert loudness(sound, 500) == pytest.approx(8000, rel=0.15)
    assert loudness(sound, 2000) == pytest.approx(8000, rel=0.15)
    assert ear.encode(np.full(FRAME, 100_000, np.int32))
