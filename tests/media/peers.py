"""Peers of the engine that share no code with it: aiortc's own peer connection, with tones that are told apart by their frequency."""

import asyncio
import fractions
import io
import math
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec

import av
import numpy as np
import uvloop
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError
from av import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from shiftline.calls.media.engine import Engine
from shiftline.calls.media.model import EngineOptions, Legs, RecordingSummary

P = ParamSpec("P")
Sound = NDArray[np.int16]
RATE = 48_000
TONES = (440.0, 1000.0, 1850.0)


def on_uvloop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run a test in a loop of its own of the kind that our programs use."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        uvloop.run(test(*args, **kwargs))

    return run


class Tone(AudioStreamTrack):
    """A sine that goes on."""

    def __init__(self, frequency: float) -> None:
        super().__init__()
        self.frequency = frequency
        self._sample = 0
        self._began: float | None = None

    async def recv(self) -> AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        self._began = self._began or time.monotonic()
        await asyncio.sleep(max(self._began + self._sample / RATE - time.monotonic(), 0))
        at = np.arange(self._sample, self._sample + 960)
        sound = (8000 * np.sin(2 * math.pi * self.frequency * at / RATE)).astype(np.int16)
        frame = AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sample, fractions.Fraction(1, RATE)
        self._sample += 960
        return frame


def samples(frame: AudioFrame) -> Sound:
    return frame.to_ndarray().reshape(-1).astype(np.int16)


def strengths(sound: Sound, frequencies: tuple[float, ...] = TONES) -> dict[float, float]:
    """How loud each frequency is: 1 is full scale."""
    if len(sound) < 960:
        return dict.fromkeys(frequencies, 0.0)
    window = np.hanning(len(sound))
    spectrum = np.abs(np.fft.rfft(sound * window)) / (window.sum() / 2) / 32768
    bins = np.fft.rfftfreq(len(sound), 1 / RATE)
    return {each: float(spectrum[np.abs(bins - each) < 15].max()) for each in frequencies}


def heard(sound: Sound, frequencies: tuple[float, ...] = TONES) -> set[float]:
    """Which of the frequencies are there: a tenth of what was sent (0.24) at least."""
    return {each for each, strength in strengths(sound, frequencies).items() if strength > 0.03}


@dataclass
class Peer:
    """A browser's place taken by aiortc: it sends a tone and keeps what it hears."""

    name: str
    engine: Engine
    frequency: float | None = 440.0
    answer_filter: Callable[[str], str] = lambda sdp: sdp
    connection: RTCPeerConnection = field(default_factory=lambda: RTCPeerConnection(RTCConfiguration(iceServers=[])))
    sound: list[Sound] = field(default_factory=list[Sound])
    tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    def __post_init__(self) -> None:
        self.connection.on("track", self._track)

    def _track(self, track: Any) -> None:
        self.tasks.append(asyncio.create_task(self._keep(track)))

    async def _keep(self, track: Any) -> None:
        resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            self.sound += [samples(each) for each in resampler.resample(frame)]

    async def answer(self) -> None:
        """The softphone's way: the engine offers."""
        offer = await self.engine.create_leg(self.name)
        await self.connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        if self.frequency is not None:
            self.connection.addTrack(Tone(self.frequency))
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        await self.engine.set_answer(self.name, self.answer_filter(self.connection.localDescription.sdp))

    async def offer(self) -> str:
        """The web caller's way: the engine answers; its answer."""
        if self.frequency is not None:
            self.connection.addTrack(Tone(self.frequency))
        else:
            self.connection.addTransceiver("audio", direction="recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        answer = await self.engine.create_leg(self.name, self.answer_filter(self.connection.localDescription.sdp))
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        return answer

    async def hears(self, *tones: float, seconds: float = 30) -> None:
        """Wait until it hears these tones and no other, for half a second on end; how soon depends on what else the machine does."""
        window, last = RATE // 2, set[float]()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    self.sound.clear()
                    while sum(map(len, self.sound)) < window:
                        await asyncio.sleep(0.02)
                    last = heard(np.concatenate(self.sound)[-window:])
                    if last == set(tones):
                        return
        raise AssertionError(f"{self.name} hears {last}, not {set(tones)}")

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await self.connection.close()


class Told:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, ...]] = []
        self._news = asyncio.Event()

    def _tell(self, *event: str) -> None:
        self.events.append(event)
        self._news.set()

    def leg_connected(self, leg_id: str) -> None:
        self._tell("connected", leg_id)

    def leg_failed(self, leg_id: str, reason: str) -> None:
        self._tell("failed", leg_id, reason)

    def leg_recovered(self, leg_id: str) -> None:
        self._tell("recovered", leg_id)

    def digit(self, leg_id: str, digit: str) -> None:
        self._tell("digit", leg_id, digit)

    async def until(self, *event: str, seconds: float = 30) -> None:
        """Wait until it was told of an event."""
        async with asyncio.timeout(seconds):
            while event not in self.events:
                self._news.clear()
                await self._news.wait()


class Kept:
    """A sink that keeps the file in memory, and when its pages came."""

    def __init__(self) -> None:
        self.data = b""
        self.times: list[float] = []
        self.summary: RecordingSummary | None = None

    def write(self, data: bytes) -> None:
        self.data += data
        self.times.append(time.monotonic())

    def finish(self, summary: RecordingSummary) -> None:
        self.summary = summary


async def all_hear(*expected: tuple[Peer, set[float]]) -> None:
    await asyncio.gather(*(peer.hears(*tones) for peer, tones in expected))


async def until_sent(engine: Engine, leg_id: str, packets: int, seconds: float = 30) -> None:
    """Wait until the engine sent so many packets more to a leg."""
    goal = engine.stats(leg_id).sent + packets
    async with asyncio.timeout(seconds):
        while engine.stats(leg_id).sent < goal:
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running_engine(**options: Any) -> AsyncGenerator[tuple[Engine, "Told"]]:
    told = Told()
    engine = Engine(EngineOptions(**options), told)
    try:
        yield engine, told
    finally:
        await engine.close()


@asynccontextmanager
async def talking(**options: Any) -> AsyncGenerator[tuple[Engine, Told, Peer, Peer]]:
    """Two that hear each other: a softphone that was offered, a web caller that was answered."""
    async with running_engine(**options) as (engine, told), peering(engine, 440.0, 1000.0) as (a, b):
        await a.answer()
        await b.offer()
        engine.hear(a.name, Legs(frozenset({b.name})))
        engine.hear(b.name, Legs(frozenset({a.name})))
        await connected(told, a, b)
        yield engine, told, a, b


@asynccontextmanager
async def peering(engine: Engine, *frequencies: float | None) -> AsyncGenerator[list[Peer]]:
    """Peers named a, b, c with a tone each, not connected yet."""
    peers = [Peer(name, engine, frequency) for name, frequency in zip("abcdef", frequencies, strict=False)]
    try:
        yield peers
    finally:
        for peer in peers:
            await peer.close()


async def connected(told: Told, *peers: Peer) -> None:
    for peer in peers:
        await told.until("connected", peer.name)


def decode(data: bytes) -> Sound:
    """The sound of an Ogg/Opus file, decoded by FFmpeg's own demuxer."""
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(io.BytesIO(data), "r", format="ogg") as container:
        frames = [each for frame in container.decode(audio=0) for each in resampler.resample(frame)]
    return np.concatenate([samples(frame) for frame in frames])
