"""The engine: legs by name, who hears whom, and the timers that all legs share. Everything here is called in one event loop."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from aiortc import RTCCertificate

from shiftline.calls.media.digits import keys_of
from shiftline.calls.media.leg import Leg, Surroundings
from shiftline.calls.media.mixer import Mixer
from shiftline.calls.media.model import (
    EngineOptions,
    Legs,
    LegStats,
    LegUnknown,
    Listener,
    Play,
    SdpRefused,
    Sink,
    Source,
)
from shiftline.calls.media.player import SILENT, Library, Playlist
from shiftline.calls.media.sdp.model import RemoteDescription
from shiftline.calls.media.sdp.reading import read_answer, read_fragment, read_offer
from shiftline.calls.media.sdp.writing import write_answer, write_fragment, write_offer
from shiftline.foundation.clock import Clock

TICK_SECONDS = 0.02
KEEP_TICKS = 25
CERTIFICATE_SECONDS = 24 * 3600


class Engine:
    """The media sessions of one process. What a leg hears, whether it is silenced and recorded are levels: saying them again changes
    nothing, and they may be said before it connects.
    """

    def __init__(self, options: EngineOptions, listener: Listener, clock: Clock | None = None) -> None:
        self.garbage: Counter[str] = Counter()
        """What was thrown away, by kind: packets, checks and candidates."""
        self._options = options
        self._mixer = Mixer(self._deliver)
        self._around = Surroundings(
            options, listener, clock or Clock(), self.garbage, self._mixer, Library(options.prompts)
        )
        self._legs: dict[str, Leg] = {}
        self._mixed: dict[str, frozenset[str]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._ticks = 0
        self._next_tick = 0.0
        self._certificate: RTCCertificate | None = None
        self._certified_at = 0.0

    @property
    def legs(self) -> frozenset[str]:
        """The legs that are open, connected or not."""
        return frozenset(self._legs)

    async def create_leg(self, leg_id: str, offer: str | None = None) -> str:
        """Make a leg: its offer, or the answer to the peer's. Raises SdpRefused, and ValueError when the leg is open already."""
        remote = None if offer is None else read_offer(offer)
        if leg_id in self._legs:
            raise ValueError(f"The leg {leg_id} is open already.")
        leg = self._legs[leg_id] = Leg(leg_id, self._around, self._current_certificate(), offers=remote is None)
        leg.change_feed(SILENT)
        self._begin()
        await self._gather(leg)
        self._rewire()
        if remote is None:
            return write_offer(leg.describe())
        answer = write_answer(remote, leg.describe())
        await self._accept(leg, remote)
        return answer

    async def _gather(self, leg: Leg) -> None:
        try:
            await leg.transport.gather()
        except BaseException:
            await self.close_leg(leg.id)
            raise
        if leg.is_closed:
            await leg.close()
            raise LegUnknown(leg.id)

    async def set_answer(self, leg_id: str, sdp: str) -> None:
        """Take the peer's answer to our offer; the same again changes nothing. Raises SdpRefused and LegUnknown."""
        leg = self._find(leg_id)
        if sdp == leg.answer:
            return
        remote = read_answer(sdp)
        if leg.remote is not None:
            raise SdpRefused("The leg has an answer already, and this is another.")
        leg.answer = sdp
        await self._accept(leg, remote)

    async def _accept(self, leg: Leg, remote: RemoteDescription) -> None:
        leg.accept(remote)
        for line in remote.candidates:
            await leg.transport.ice.add_line(line)

    async def add_candidate(self, leg_id: str, fragment: str) -> None:
        """Take candidates that came later, or before the answer. Raises LegUnknown; SdpRefused when the text is too long."""
        leg = self._find(leg_id)
        await leg.transport.add_candidates(read_fragment(fragment))

    async def restart_ice(self, leg_id: str, sdpfrag: str) -> str:
        """Begin checks anew with the peer's new credentials: ours and our addresses. With its present credentials, the fragment only adds
        candidates, and the answer is empty. Raises SdpRefused and LegUnknown.
        """
        leg = self._find(leg_id)
        fragment = read_fragment(sdpfrag)
        if fragment.credentials is None or fragment.credentials.username == leg.transport.remote_username:
            await leg.transport.add_candidates(fragment)
            return ""
        if leg.remote is None:
            raise SdpRefused("The leg has no description of its peer yet, so there is nothing to restart.")
        fresh = await leg.transport.restart(fragment)
        return write_fragment(leg.describe(fresh), leg.remote.sections[leg.remote.chosen].mid)

    def hear(self, leg_id: str, source: Source) -> None:
        """What the leg hears from now on. Raises LegUnknown, and PromptUnknown before anything changes."""
        leg = self._find(leg_id)
        if isinstance(source, Legs):
            source = Legs(source.leg_ids - {leg_id})
        if source == leg.source:
            return
        playlist = None
        if isinstance(source, Play):
            playlist = Playlist([self._around.library.find(name) for name in source.prompts], loop=source.loop)
        leg.source = source
        leg.change_feed(playlist or SILENT)
        self._rewire()

    def silence(self, leg_id: str, silenced: bool) -> None:  # noqa: FBT001 - a level, not an option
        """Whether the leg's own sound goes nowhere (muted or held). Raises LegUnknown."""
        leg = self._find(leg_id)
        if leg.silenced != silenced:
            leg.silenced = silenced
            self._rewire()

    def record(self, leg_id: str, sink: Sink, tags: Mapping[str, str] | None = None) -> None:
        """Record what the leg gives the call, with tags in the file. Another sink ends the recording before. Raises LegUnknown."""
        self._find(leg_id).record(sink, tags or {})

    def pause_recording(self, leg_id: str, since: datetime) -> datetime | None:
        """Nothing of what the leg gives is kept from an instant on, nor of recordings that begin later. Raises LegUnknown.

        The instant from which on nothing is kept: ``since``, or later where sound after it was written already; None without a recording.
        """
        return self._find(leg_id).pause_recording(since)

    def resume_recording(self, leg_id: str) -> datetime | None:
        """What the leg gives is kept again from the instant that is answered; None where nothing was paused. Raises LegUnknown."""
        return self._find(leg_id).resume_recording()

    def stop_recording(self, leg_id: str) -> None:
        """End the leg's recording, if there is one. Raises LegUnknown."""
        self._find(leg_id).stop_recording()

    def send_digits(self, leg_id: str, digits: str) -> None:
        """Press keys towards the leg. Raises ValueError when one is none of 0-9, *, #, A-D, and LegUnknown."""
        self._find(leg_id).dial(keys_of(digits))

    def stats(self, leg_id: str) -> LegStats:
        """The leg's quality until now. Raises LegUnknown."""
        return self._find(leg_id).stats()

    async def close_leg(self, leg_id: str) -> None:
        """End a leg and its recording; one that is not open is not an error."""
        leg = self._legs.pop(leg_id, None)
        if leg is not None:
            self._rewire()
            await leg.close()

    async def close(self) -> None:
        """End everything."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await asyncio.gather(*(self.close_leg(leg_id) for leg_id in tuple(self._legs)))
        self._mixer.close()

    def _find(self, leg_id: str) -> Leg:
        try:
            return self._legs[leg_id]
        except KeyError:
            raise LegUnknown(leg_id) from None

    def _current_certificate(self) -> RTCCertificate:
        if self._certificate is None or time.monotonic() - self._certified_at > CERTIFICATE_SECONDS:
            self._certificate, self._certified_at = RTCCertificate.generateCertificate(), time.monotonic()
        return self._certificate

    # Who hears whom.

    def _rewire(self) -> None:
        mixed: dict[str, frozenset[str]] = {}
        heard: dict[str, list[Leg]] = {}
        for leg in self._legs.values():
            if not isinstance(leg.source, Legs):
                continue
            if len(leg.source.leg_ids) > 1:
                mixed[leg.id] = leg.source.leg_ids
                self._feed(leg, is_fed=True)
                continue
            sources = [self._legs[each] for each in leg.source.leg_ids if each in self._legs]
            for source in sources:
                heard.setdefault(source.id, []).append(leg)
            self._feed(leg, is_fed=any(not source.silenced for source in sources))
        if mixed != self._mixed:
            self._mixed = mixed
            self._mixer.set_listeners(mixed)
        voices = frozenset[str]().union(*mixed.values())
        for leg in self._legs.values():
            leg.listeners = tuple(heard.get(leg.id, ()))
            leg.is_mixed = leg.id in voices

    def _feed(self, leg: Leg, *, is_fed: bool) -> None:
        wanted = None if is_fed else SILENT
        if leg.feed is not wanted:
            leg.change_feed(wanted)

    def _deliver(self, leg_id: str, payload: bytes) -> None:
        leg = self._legs.get(leg_id)
        if leg is not None and leg_id in self._mixed:
            leg.hear_mix(payload)

    # Timers.

    def _begin(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._next_tick = loop.time() + TICK_SECONDS
            self._timer = loop.call_at(self._next_tick, self._tick)

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._next_tick = max(self._next_tick + TICK_SECONDS, now)
        self._timer = loop.call_at(self._next_tick, self._tick)
        self._ticks += 1
        legs = tuple(self._legs.values())
        for leg in legs:
            leg.pace(now, SILENT)
        # A twenty-fifth of the legs at each tick: half a second apart for one leg, and no burst of disk writes.
        self._keep(legs[self._ticks % KEEP_TICKS :: KEEP_TICKS], now)

    def _keep(self, legs: Iterable[Leg], now: float) -> None:
        for leg in legs:
            leg.keep(now)
