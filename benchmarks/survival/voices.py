"""Tones that are encoded once, and ears that know whose they are: a packet is forwarded untouched, so nothing has to be decoded.

Thirty connections on aiortc would else need more than the machine has.
"""

import asyncio
import fractions
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCPeerConnection

RATE, FRAME = 48_000, 960
PAUSE = 1.0
"""Seconds without a voice after which its next packet begins to be heard anew."""


def encode(hertz: int) -> list[bytes]:
    """A second of a tone as Opus packets of 20 ms."""
    codec: Any = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = RATE, "mono", "s16", 24_000
    samples = (8000 * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE)).astype(np.int16)
    packets: list[bytes] = []
    for start in range(0, RATE, FRAME):
        frame = av.AudioFrame.from_ndarray(samples[start : start + FRAME].reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, fractions.Fraction(1, RATE)
        packets += [bytes(packet) for packet in codec.encode(frame)]
    return packets


def make_voices(names: Sequence[str]) -> dict[str, list[bytes]]:
    """A voice for each; no packet of one is another's too."""
    voices: dict[str, list[bytes]] = {}
    known: set[bytes] = set()
    for number, name in enumerate(names):
        packets = [packet for packet in encode(300 + 37 * number) if packet not in known]
        assert packets, name
        known.update(packets)
        voices[name] = packets
    return voices


class Voice(MediaStreamTrack):
    """A voice in real time."""

    kind = "audio"

    def __init__(self, packets: Sequence[bytes]) -> None:
        super().__init__()
        self._packets, self._sent, self._began = packets, 0, 0.0

    async def recv(self) -> Any:
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        await asyncio.sleep(max(0.0, self._began + self._sent * FRAME / RATE - loop.time()))
        packet = av.Packet(self._packets[self._sent % len(self._packets)])
        packet.pts, packet.time_base = self._sent * FRAME, fractions.Fraction(1, RATE)
        self._sent += 1
        return packet


@dataclass
class Spell:
    """So long somebody was heard: seconds of the wall clock."""

    whom: str
    began: float
    until: float

    @property
    def seconds(self) -> float:
        return self.until - self.began


@dataclass
class Ear:
    """Notes whom it hears, and when."""

    owners: Mapping[bytes, str]
    spells: list[Spell] = field(default_factory=list[Spell])
    packet_at: float = 0.0
    _latest: dict[str, Spell] = field(default_factory=dict[str, Spell])

    def listen(self, connection: RTCPeerConnection) -> None:
        """Take a connection's packets as they come, before they are decoded."""
        self.packet_at = time.time()

        def begin(_track: MediaStreamTrack) -> None:
            for receiver in connection.getReceivers():
                receiver._handle_rtp_packet = self._take  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

        connection.on("track", begin)

    async def _take(self, packet: Any, arrival_time_ms: int) -> None:
        del arrival_time_ms
        now = self.packet_at = time.time()
        whom = self.owners.get(packet.payload)
        if whom is None:
            return
        spell = self._latest.get(whom)
        if spell is None or now - spell.until > PAUSE:
            spell = self._latest[whom] = Spell(whom, now, now)
            self.spells.append(spell)
        spell.until = now

    def heard_since(self, at: float, whom: str | None = None) -> Spell | None:
        """Somebody (or one) who was heard after an instant, if there is one."""
        spells = (each for each in self.spells if each.until >= at and whom in {None, each.whom})
        return next(spells, None)

    def begun_since(self, at: float, whom: str | None = None) -> float | None:
        """When the first spell (of one) after an instant began."""
        spells = (each.began for each in self.spells if each.began >= at and whom in {None, each.whom})
        return min(spells, default=None)
