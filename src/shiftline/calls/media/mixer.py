"""Mixes for legs that hear two or more others: the only place where sound is decoded. One thread of its own, so that packets of all
other legs go on untouched; libopus and numpy release the interpreter's lock while they work.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import structlog
from av import AudioFrame, CodecContext
from av.error import FFmpegError
from av.packet import Packet
from numpy.typing import NDArray

from shiftline.calls.media.opus import FRAME, RATE
from shiftline.calls.media.rtp import Rtp, forward_of

log = structlog.get_logger()

TICK = FRAME / RATE
START_FRAMES, MOST_FRAMES = 2, 10
"""A voice begins when 40 ms of it wait, so that jitter is bridged; what is more than 200 ms late is skipped."""
BIT_RATE = 32_000
MAX_WAITING = 50


class Voice:
    """One leg's sound: packets in, 20 ms of samples out at each tick."""

    def __init__(self) -> None:
        self.arrived: deque[tuple[int, int, bytes]] = deque(maxlen=MAX_WAITING)
        self._decoder = CodecContext.create("libopus", "r")
        self._decoder.sample_rate = RATE
        self._decoder.format = "s16"
        self._decoder.layout = "mono"
        self._waiting: dict[int, bytes] = {}
        self._samples: NDArray[np.int16] = np.zeros(0, np.int16)
        self._next: int | None = None
        self._ssrc = -1
        self._is_begun = False

    def take(self) -> NDArray[np.int16] | None:
        """The next 20 ms; None while there is nothing to hear."""
        self._sort_in()
        waiting = len(self._samples) // FRAME + len(self._waiting)
        if not self._is_begun and waiting < START_FRAMES:
            return None
        self._is_begun = True
        while len(self._samples) < FRAME and self._waiting:
            self._decode_next()
        if len(self._samples) < FRAME:
            self._is_begun = False
            return None
        if len(self._samples) + len(self._waiting) * FRAME > MOST_FRAMES * FRAME:
            self._skip()
        found, self._samples = self._samples[:FRAME], self._samples[FRAME:]
        return found

    def _sort_in(self) -> None:
        while self.arrived:
            ssrc, sequence, payload = self.arrived.popleft()
            if ssrc != self._ssrc:
                self._ssrc, self._next = ssrc, sequence
                self._waiting.clear()
            if self._next is None or abs(forward_of(sequence, self._next)) > MAX_WAITING * 2:
                self._next = sequence
                self._waiting.clear()
            if forward_of(sequence, self._next) >= 0:
                self._waiting[sequence] = payload

    def _decode_next(self) -> None:
        assert self._next is not None
        after = self._next
        sequence = min(self._waiting, key=lambda each: forward_of(each, after))
        missing = min(forward_of(sequence, after), MOST_FRAMES)
        self._next = sequence + 1 & 0xFFFF
        parts = [self._samples, np.zeros(missing * FRAME, np.int16)]
        try:
            parts += [
                frame.to_ndarray().reshape(-1) for frame in self._decoder.decode(Packet(self._waiting.pop(sequence)))
            ]
        except (FFmpegError, ValueError, OSError):
            parts.append(np.zeros(FRAME, np.int16))
        self._samples = np.concatenate(parts)

    def _skip(self) -> None:
        while self._waiting:
            self._decode_next()
        self._samples = self._samples[-START_FRAMES * FRAME :]


class Ear:
    """Encodes what one set of voices sounds like together."""

    def __init__(self) -> None:
        self._encoder = CodecContext.create("libopus", "w")
        self._encoder.bit_rate = BIT_RATE
        self._encoder.sample_rate = RATE
        self._encoder.format = "s16"
        self._encoder.layout = "mono"
        self._encoder.options = {"application": "voip", "frame_duration": "20"}
        self._pts = 0

    def encode(self, sound: NDArray[np.int32]) -> list[bytes]:
        """The packets of 20 ms."""
        frame = AudioFrame.from_ndarray(
            np.clip(sound, -32_768, 32_767).astype(np.int16).reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = RATE
        frame.pts = self._pts
        self._pts += FRAME
        return [bytes(packet) for packet in self._encoder.encode(frame)]


class Mixer:
    """All mixes of an engine. ``deliver`` is called in the loop with a listener and its packet."""

    def __init__(self, deliver: Callable[[str, bytes], None]) -> None:
        self._deliver = deliver
        self._wants: dict[str, frozenset[str]] = {}
        self._voices: dict[str, Voice] = {}
        self._ears: dict[frozenset[str], Ear] = {}
        self._thread: threading.Thread | None = None
        self._over = threading.Event()

    def set_listeners(self, wants: Mapping[str, frozenset[str]]) -> frozenset[str]:
        """Who hears whom from now on; the legs whose packets are wanted. Without listeners the thread ends."""
        self._wants = dict(wants)
        sources = frozenset[str]().union(*wants.values())
        self._voices = {each: self._voices.get(each) or Voice() for each in sources}
        if wants and self._thread is None:
            self._begin()
        elif not wants:
            self.close()
        return sources

    def push(self, leg_id: str, packet: Rtp) -> None:
        """A packet of a leg that somebody hears in a mix."""
        voice = self._voices.get(leg_id)
        if voice is not None:
            voice.arrived.append((packet.ssrc, packet.sequence, packet.payload))

    def close(self) -> None:
        """End the thread, after its present tick."""
        self._over.set()
        self._thread = None
        self._ears = {}

    def _begin(self) -> None:
        self._over = threading.Event()
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, args=(loop, self._over), name="mixer", daemon=True)
        self._thread.start()

    def _run(self, loop: asyncio.AbstractEventLoop, over: threading.Event) -> None:
        due = time.monotonic()
        while not over.is_set():
            made = self._safe_tick()
            if made and not loop.is_closed():
                loop.call_soon_threadsafe(self._hand_out, made, over)
            due = max(due + TICK, time.monotonic() - 5 * TICK)
            over.wait(max(due - time.monotonic(), 0.001))

    def _safe_tick(self) -> list[tuple[str, bytes]]:
        try:
            return self._tick()
        except Exception:
            # Twenty milliseconds of one mix, not the thread that all mixes need.
            log.exception("a mix failed")
            return []

    def _tick(self) -> list[tuple[str, bytes]]:
        sounds = {leg_id: sound for leg_id, voice in tuple(self._voices.items()) if (sound := voice.take()) is not None}
        made: list[tuple[str, bytes]] = []
        packets: dict[frozenset[str], list[bytes]] = {}
        for listener, sources in tuple(self._wants.items()):
            if sources not in packets:
                ear = self._ears.get(sources) or self._ears.setdefault(sources, Ear())
                packets[sources] = ear.encode(_sum(sounds[each] for each in sources if each in sounds))
            made += [(listener, packet) for packet in packets[sources]]
        for stale in self._ears.keys() - packets.keys():
            del self._ears[stale]
        return made

    def _hand_out(self, made: list[tuple[str, bytes]], over: threading.Event) -> None:
        if not over.is_set():
            for leg_id, payload in made:
                self._deliver(leg_id, payload)


def _sum(sounds: Iterable[NDArray[np.int16]]) -> NDArray[np.int32]:
    total = np.zeros(FRAME, np.int32)
    for sound in sounds:
        total += sound
    return total
