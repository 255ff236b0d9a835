"""One leg: what it sends is counted, recorded and handed to whoever hears it; what it hears is sent to it."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from aiortc import RTCCertificate

from shiftline.calls.media import rtcp
from shiftline.calls.media.digits import PACKET_SECONDS, PAUSE_PACKETS, Keypad, event_packets
from shiftline.calls.media.hub import Output
from shiftline.calls.media.ice import IceConnection
from shiftline.calls.media.mixer import Mixer
from shiftline.calls.media.model import EngineOptions, LegStats, Listener, Silence, Sink, Source
from shiftline.calls.media.opus import FRAME, RATE
from shiftline.calls.media.player import Feed, Library
from shiftline.calls.media.quality import judge_opinion
from shiftline.calls.media.reception import Reception
from shiftline.calls.media.recorder import Recorder
from shiftline.calls.media.rtp import Rtp, parse_rtp
from shiftline.calls.media.sdp.model import DIGITS, OPUS, LocalMedia, RemoteDescription
from shiftline.calls.media.transport import Transport
from shiftline.foundation.clock import Clock

log = structlog.get_logger()

STARVED_SECONDS = 0.5
"""A source that sends nothing for so long is replaced by silence; senders that pause in silence send each 400 ms."""
CATCH_UP_SECONDS = 0.2
"""After a longer standstill of ours, packets begin anew instead of coming in a burst."""
REPORT_EVERY = 5
"""Every so many half seconds a report is sent (RFC 3550 section 6.2: not more often than 2.5 s without a reason)."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all legs of an engine share."""

    options: EngineOptions
    listener: Listener
    clock: Clock
    garbage: Counter[str]
    mixer: Mixer
    library: Library


class Leg:
    """A softphone's or a web caller's media session."""

    def __init__(self, leg_id: str, around: Surroundings, certificate: RTCCertificate, *, offers: bool) -> None:
        self.id = leg_id
        self._around = around
        self._loop = asyncio.get_running_loop()
        self._fingerprint = next(each for each in certificate.getFingerprints() if each.algorithm == "sha-256")
        self.transport = Transport(self, around.options, certificate, offers=offers)
        self.output = Output(secrets.randbits(32), secrets.randbits(15), secrets.randbits(32))
        self._cname = secrets.token_hex(8)
        self._session = secrets.randbits(62)
        self.remote: RemoteDescription | None = None
        self.answer: str | None = None
        self._reception = Reception()
        self._keypad = Keypad()
        self._opus = frozenset({OPUS})
        self._digits = frozenset(number for number, _ in DIGITS)
        self._sounding = frozenset[int]()
        self._key_type: int | None = None
        # What it hears, and who hears it: the engine sets both.
        self.source: Source = Silence()
        self.feed: Feed | None = None
        self.listeners: tuple[Leg, ...] = ()
        self.is_mixed = False
        self.silenced = False
        self.recorder: Recorder | None = None
        self.paused_since: datetime | None = None
        self.is_open = False
        self.is_closed = False
        self._dialling: asyncio.Task[None] | None = None
        self._due = 0.0
        self._heard_at = self._packet_at = 0.0
        self._is_dead = self._is_starved = False
        self._round_trip_ms: float | None = None
        self._reported: rtcp.Block | None = None
        self._turn = secrets.randbelow(REPORT_EVERY)

    # Its description.

    def describe(self, ice: IceConnection | None = None) -> LocalMedia:
        """What our side's description says of this leg, at its present addresses or newer ones."""
        ice = ice or self.transport.ice
        return LocalMedia(
            session=self._session,
            credentials=ice.credentials,
            fingerprint=(self._fingerprint.algorithm, self._fingerprint.value),
            ssrc=self.output.ssrc,
            cname=self._cname,
            candidates=ice.candidate_lines(),
            address=ice.default_address(),
        )

    def accept(self, remote: RemoteDescription) -> None:
        """Begin to connect with the peer of this description."""
        self.remote = remote
        self.output.payload_type = remote.opus
        self._opus |= {remote.opus}
        sounding = frozenset(number for number, rate in remote.digits if rate == RATE) - self._opus
        self._sounding, self._key_type = sounding, next(iter(sounding), None)
        self._digits = (self._digits | {number for number, _ in remote.digits}) - self._opus
        self.transport.connect(remote)

    # What comes from the network.

    def receive_rtp(self, data: bytes) -> None:
        """An authentic packet: the path that all sound takes."""
        now = self._heard_at = self._packet_at = self._loop.time()
        try:
            packet = parse_rtp(data)
        except ValueError:
            self.garbage("rtp.malformed")
            return
        if packet.payload_type in self._opus and packet.payload:
            self._reception.receive(packet, len(data), now)
            if not self.silenced:
                self._hand_on(packet, now)
            elif self.recorder is not None:
                self.recorder.skip(packet)
        elif packet.payload_type in self._digits or packet.payload_type in self._opus:
            self._reception.receive(packet, len(data), now)
            self._pass_over(packet)
        else:
            self.garbage("rtp.payload_type")

    def _pass_over(self, packet: Rtp) -> None:
        is_heard = not self.silenced and packet.payload_type in self._sounding
        for listener in self.listeners:
            if is_heard:
                listener.hear_key(self.id, packet, self._loop.time())
            else:
                listener.output.skip(self.id, packet)
        if self.recorder is not None:
            self.recorder.skip(packet)
        if packet.payload_type in self._digits:
            self._press(packet)
        else:
            self.garbage("rtp.empty")

    def _hand_on(self, packet: Rtp, now: float) -> None:
        if self.recorder is not None:
            self.recorder.add(packet, now)
        for listener in self.listeners:
            listener.hear(self.id, packet, now)
        if self.is_mixed:
            self._around.mixer.push(self.id, packet)

    def _press(self, packet: Rtp) -> None:
        try:
            key = self._keypad.press(packet)
        except ValueError:
            self.garbage("rtp.event")
            return
        if key is not None:
            self._around.listener.digit(self.id, key)

    def receive_rtcp(self, data: bytes) -> None:
        """An authentic report."""
        now = self._loop.time()
        self._heard_at = now
        try:
            report, blocks = rtcp.parse_rtcp(data)
        except ValueError:
            self.garbage("rtcp.malformed")
            return
        if report is not None:
            self._reception.note(report, now)
        for block in blocks:
            if block.ssrc == self.output.ssrc:
                self._reported = block
                self._measure(block)

    def _measure(self, block: rtcp.Block) -> None:
        if not block.last_report:
            return
        now = rtcp.middle_of(rtcp.ntp_of(self._around.clock.real_now().timestamp()))
        trip = (now - block.last_report - block.delay + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        # RFC 3550 section 6.4.1: units of 1/65536 s; rounding may make it negative.
        if trip < 10 * 65_536:
            self._round_trip_ms = max(trip, 0) * 1000 / 65_536

    def garbage(self, kind: str) -> None:
        """Count something that was thrown away."""
        self._around.garbage[kind] += 1

    def connected(self) -> None:
        """Keys are agreed."""
        self.is_open = True
        self._due = self._heard_at = self._loop.time()
        self._around.listener.leg_connected(self.id)

    def failed(self, reason: str) -> None:
        """It will not connect, or the peer ended it."""
        self.is_open = False
        if not self.is_closed:
            self._around.listener.leg_failed(self.id, reason)

    # What it hears.

    def hear(self, source_id: str, packet: Rtp, now: float) -> None:
        """A packet of the one leg that it hears."""
        if self.is_open and self._dialling is None:
            self._is_starved = False
            data = self.output.forward(source_id, packet, now)
            if data is not None:
                self.transport.send(data)

    def hear_key(self, source_id: str, packet: Rtp, now: float) -> None:
        """A key of the one leg that it hears, if it can: its clock is the sound's, so its place in time is too."""
        if self._key_type is None or not self.is_open or self._dialling is not None:
            self.output.skip(source_id, packet)
            return
        data = self.output.forward(source_id, packet, now, self._key_type)
        if data is not None:
            self.transport.send(data)

    def hear_mix(self, payload: bytes) -> None:
        """20 ms of the legs that it hears."""
        if self.is_open and self._dialling is None:
            self._is_starved = False
            self.transport.send(self.output.generate(payload, FRAME, self._loop.time()))

    def change_feed(self, feed: Feed | None) -> None:
        """What is sent when nobody's packets are: None while another leg's are forwarded, or mixed."""
        self.feed = feed
        self._due = self._loop.time()

    def pace(self, now: float, silent: Feed) -> None:
        """Called each 20 ms: send what is due of prompts and silence."""
        if not self.is_open or self._dialling is not None:
            return
        feed = self.feed
        if feed is None:
            last = self.output.last_at
            if last is not None and now - last < STARVED_SECONDS and not self._is_starved:
                return
            feed, self._is_starved = silent, True
        if now - self._due > CATCH_UP_SECONDS:
            self._due = now
        while self._due <= now:
            payload, samples = feed.next()
            self.transport.send(self.output.generate(payload, samples, now))
            self._due += samples / RATE

    def dial(self, keys: str) -> None:
        """Send keys to it; its sound pauses meanwhile."""
        before = self._dialling
        self._dialling = self._loop.create_task(self._dial(keys, before))

    async def _dial(self, keys: str, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await asyncio.wait((before,))
        number, rate = self._event_format()
        try:
            for key in keys if number else "":
                start = self.output.begin_event(self._loop.time())
                for count, payload in enumerate(event_packets(key, rate)):
                    self.transport.send(
                        self.output.event(
                            number, payload, start if rate == RATE else start * rate // RATE, marker=not count
                        )
                    )
                    await asyncio.sleep(PACKET_SECONDS if not payload[1] & 0x80 else 0)
                await asyncio.sleep(PACKET_SECONDS * PAUSE_PACKETS)
        finally:
            if self._dialling is asyncio.current_task():
                self._dialling = None

    def _event_format(self) -> tuple[int, int]:
        formats = () if self.remote is None else self.remote.digits
        return max(formats, key=lambda each: each[1], default=(0, 0))

    # Its recording.

    def record(self, sink: Sink, tags: Mapping[str, str]) -> None:
        """Record what it gives the call, from now on; the same sink again changes nothing."""
        if self.recorder is not None and self.recorder.sink is sink:
            return
        self.stop_recording()
        now, at = self._loop.time(), self._around.clock.now()
        self.recorder = Recorder(sink, tags, at, now)
        if self.paused_since is not None:
            self.recorder.pause(at, now)

    def pause_recording(self, since: datetime) -> datetime | None:
        """Keep nothing of it from an instant on, in this recording and in those that begin until it is resumed.

        The instant from which on nothing is kept; None without a recording.
        """
        self.paused_since = since
        return None if self.recorder is None else self.recorder.pause(since, self._loop.time())

    def resume_recording(self) -> datetime | None:
        """Keep what it gives from now on; the instant, None where nothing was paused."""
        self.paused_since = None
        return None if self.recorder is None else self.recorder.resume(self._loop.time())

    def stop_recording(self) -> None:
        """Finish its recording, if there is one."""
        recorder, self.recorder = self.recorder, None
        if recorder is not None:
            try:
                recorder.finish(self._loop.time())
            except Exception:
                self.garbage("sink")
                log.exception("a recording was not finished", leg_id=self.id)

    # Its life.

    def keep(self, now: float) -> None:
        """Called each half second: write the recording, report, look whether it lives."""
        self.transport.refill()
        if self.recorder is not None:
            self._write(self.recorder, now)
        if not self.is_open:
            return
        self._turn = (self._turn + 1) % REPORT_EVERY
        if not self._turn:
            self._report(now)
        self._look(now)

    def _write(self, recorder: Recorder, now: float) -> None:
        try:
            recorder.advance(now)
        except Exception:
            # A full disk costs this page, not the call, and not the other legs.
            self.garbage("sink")
            log.exception("a page of a recording was not written", leg_id=self.id)

    def _report(self, now: float) -> None:
        sender = None
        if self.output.last_at is not None:
            instant = rtcp.ntp_of(self._around.clock.real_now().timestamp())
            sender = rtcp.SenderReport(
                self.output.ssrc, instant, self.output.clock(now), self.output.packets, self.output.octets
            )
        self.transport.send_rtcp(rtcp.write_report(self.output.ssrc, self._cname, sender, self._reception.block(now)))

    def _look(self, now: float) -> None:
        alive_at = max(self._heard_at, self.transport.consent_at)
        is_dead = now - alive_at > self._around.options.media_timeout.total_seconds()
        if is_dead and not self._is_dead:
            self._around.listener.leg_failed(self.id, "media.dead")
        elif self._is_dead and not is_dead:
            self._around.listener.leg_recovered(self.id)
        self._is_dead = is_dead

    def stats(self) -> LegStats:
        """Its quality until now."""
        reception, output = self._reception, self.output
        expected = reception.packets + reception.lost
        ago = timedelta(seconds=self._loop.time() - self._packet_at)
        jitter = reception.jitter_ms
        return LegStats(
            packets=reception.packets,
            bytes=reception.bytes,
            lost=reception.lost,
            jitter_ms=round(jitter, 2),
            rtt_ms=None if self._round_trip_ms is None else round(self._round_trip_ms, 2),
            mos=round(judge_opinion(reception.lost / expected, jitter, self._round_trip_ms or 0.0), 2)
            if expected
            else None,
            last_packet_at=self._around.clock.now() - ago if reception.packets else None,
            sent=output.packets,
            sent_bytes=output.octets,
            remote_lost=None if self._reported is None else self._reported.lost,
            remote_jitter_ms=None if self._reported is None else round(self._reported.jitter * 1000 / RATE, 2),
        )

    async def close(self) -> None:
        """Finish its recording, tell the peer, free its sockets."""
        self.is_closed, self.is_open = True, False
        self.stop_recording()
        if self._dialling is not None:
            self._dialling.cancel()
        await self.transport.close()
