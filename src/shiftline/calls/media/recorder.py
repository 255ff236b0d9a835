"""Records what one leg gives the call: its own packets at their place in time, silence wherever there are none.

The file's time is the wall clock's since the start: a leg that is muted, sends nothing or comes late leaves silence of that length.
So does a pause: what was said in it never leaves this module, whenever its packets arrive.
Instants are seconds of the loop's clock; the aware ones are told from the start by it, so that a machine whose clock is set leaves no gap.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from shiftline.calls.media.model import RecordingSummary, Sink
from shiftline.calls.media.ogg import OggWriter
from shiftline.calls.media.opus import RATE, duration_of, silence
from shiftline.calls.media.reception import MAX_LEAP
from shiftline.calls.media.rtp import Rtp, forward_of, later_of

HOLD = RATE // 5
"""Packets may come so late (200 ms) and still find their place."""
DRIFT = RATE // 10
"""How far (100 ms) a sender's timestamps may run from the wall clock before they are set right."""
LEAP = RATE
"""Timestamps that leap by a second are a sender's that began anew."""
LOOK_SECONDS = 10.0
SHORTEST = 120
"""2.5 ms, the shortest packet."""
LATEST = RATE * 10
"""What was said in a pause is known again for so long (10 s) after it, however late it comes."""


class Recorder:
    """One leg's recording, from the moment it is made."""

    def __init__(self, sink: Sink, tags: Mapping[str, str], started_at: datetime, now: float) -> None:
        self._sink = sink
        self._started_at, self._start = started_at, now
        self._writer = OggWriter(secrets.randbits(32), {**tags, "START": started_at.isoformat(timespec="milliseconds")})
        self._waiting: list[tuple[int, int, bytes, int]] = []
        """Where each packet belongs, its samples, itself, and when it came (samples since the start)."""
        self._anchor: tuple[int, int, int] | None = None
        self._ahead, self._look_until = -LEAP, now + LOOK_SECONDS
        self._expected, self._highest = 0, 0
        self._first_at: float | None = None
        self._last_at = now
        self._packets = 0
        self._paused: int | None = None
        self._unsaid: list[tuple[int, int]] = []
        sink.write(self._writer.head())

    @property
    def sink(self) -> Sink:
        """Where it goes."""
        return self._sink

    def pause(self, since: datetime, now: float) -> datetime:
        """Keep nothing from an instant on, of what waits to be written either; the instant from which on nothing is kept.

        That is ``since``, or later where sound after it was written already. Saying it again changes nothing.
        """
        if self._paused is None:
            asked = int((since - self._started_at) / timedelta(seconds=1) * RATE)
            self._paused = max(min(asked, self._wall(now)), self._writer.granule)
            kept = [each for each in self._waiting if max(each[0] + each[1], each[3]) <= self._paused]
            self._packets -= len(self._waiting) - len(kept)
            self._expected -= len(self._waiting) - len(kept)
            self._waiting = kept
        return self._started_at + timedelta(seconds=self._paused / RATE)

    def resume(self, now: float) -> datetime | None:
        """Keep what is said from now on; the instant from which on that is, None when it was not paused.

        What comes within the first moment may have been said before it: it is not kept.
        """
        if self._paused is None:
            return None
        said = self._wall(now) + HOLD
        self._unsaid.append((self._paused, said))
        self._paused = None
        return self._started_at + timedelta(seconds=said / RATE)

    def _wall(self, now: float) -> int:
        return int((now - self._start) * RATE)

    def _is_unsaid(self, packet: Rtp, wall: int) -> bool:
        """Whether a packet that comes after a pause was sent in it: by its own timestamp, however late it is."""
        self._unsaid = [each for each in self._unsaid if wall <= each[1] + LATEST]
        if any(wall < end for _, end in self._unsaid):
            return True
        if not self._unsaid or self._anchor is None or self._anchor[0] != packet.ssrc:
            return False
        position = self._anchor[1] + later_of(packet.timestamp, self._anchor[2])
        return any(start <= position < end for start, end in self._unsaid)

    def add(self, packet: Rtp, now: float) -> None:
        """Take a packet of the leg; it is written a little later, in its order."""
        try:
            samples = duration_of(packet.payload)
        except ValueError:
            return
        wall = self._wall(now)
        if self._paused is not None or self._is_unsaid(packet, wall):
            self._follow(packet, wall)
            return
        position = self._place(packet, wall)
        self._count(packet)
        self._first_at = now if self._first_at is None else self._first_at
        self._last_at = now
        self._waiting.append((position, samples, packet.payload, wall))

    def _place(self, packet: Rtp, wall: int) -> int:
        if self._anchor is not None and self._anchor[0] == packet.ssrc:
            position = self._anchor[1] + later_of(packet.timestamp, self._anchor[2])
            if -LEAP < position - wall < LEAP:
                self._ahead = max(self._ahead, position - wall)
                self._anchor = (packet.ssrc, position, packet.timestamp)
                return position
        self._anchor = (packet.ssrc, wall, packet.timestamp)
        self._expected, self._highest = self._expected + 1, packet.sequence
        self._ahead = 0  # what was measured against another place says nothing of this one
        return wall

    def _follow(self, packet: Rtp, wall: int) -> None:
        """Know where a sender's clock stands without keeping anything: nothing of it is expected.

        One that is late leaves the clock as it is known: it must not move what was said now to after the pause.
        """
        if self._anchor is None or self._anchor[0] != packet.ssrc:
            self._anchor, self._highest = (packet.ssrc, wall, packet.timestamp), packet.sequence
            return
        position = self._anchor[1] + later_of(packet.timestamp, self._anchor[2])
        if -LEAP < position - wall < LEAP:
            self._anchor = (packet.ssrc, position, packet.timestamp)
        elif position - wall >= LEAP:
            self._anchor = (packet.ssrc, wall, packet.timestamp)
        self.skip(packet)

    def skip(self, packet: Rtp) -> None:
        """A packet that is not part of the recording was not lost either."""
        if (
            self._anchor is not None
            and self._anchor[0] == packet.ssrc
            and forward_of(packet.sequence, self._highest) > 0
        ):
            self._highest = packet.sequence

    def _count(self, packet: Rtp) -> None:
        self._packets += 1
        ahead = forward_of(packet.sequence, self._highest)
        if 0 < ahead <= MAX_LEAP:
            self._expected += ahead
            self._highest = packet.sequence

    def advance(self, now: float) -> None:
        """Write what is old enough to be complete, as whole pages."""
        self._set_right(now)
        self._write_until(self._wall(now) - HOLD)
        data = self._writer.take()
        if data:
            self._sink.write(data)

    def _set_right(self, now: float) -> None:
        if now < self._look_until:
            return
        # The packet that came soonest tells where the sender's clock stands; the others were only late.
        if self._anchor is not None and self._ahead > -LEAP and abs(self._ahead) > DRIFT:
            ssrc, position, timestamp = self._anchor
            self._anchor = (ssrc, position - self._ahead, timestamp)
        self._ahead, self._look_until = -LEAP, now + LOOK_SECONDS

    def _write_until(self, horizon: int) -> None:
        self._waiting.sort()
        ready = 0
        for position, samples, payload, _ in self._waiting:
            if position > horizon:
                break
            ready += 1
            self._fill(position)
            # What the silence before already covers by more than half came too late.
            if self._writer.granule - position <= samples // 2:
                self._writer.add(payload, samples)
        del self._waiting[:ready]
        self._fill(horizon)

    def _fill(self, position: int) -> None:
        gap = position - self._writer.granule
        if gap >= SHORTEST:
            for payload, samples in silence(gap):
                self._writer.add(payload, samples)

    def finish(self, now: float) -> RecordingSummary:
        """Write the rest, and tell the sink."""
        self._write_until(self._wall(now))
        self._waiting.clear()
        self._sink.write(self._writer.take(last=True))
        summary = RecordingSummary(
            started_at=self._started_at,
            first_packet_at=None if self._first_at is None else self._instant(self._first_at),
            last_packet_at=None if self._first_at is None else self._instant(self._last_at),
            packets=self._packets,
            lost=max(self._expected - self._packets, 0),
            duration_ms=self._writer.granule * 1000 // RATE,
        )
        self._sink.finish(summary)
        return summary

    def _instant(self, now: float) -> datetime:
        return self._started_at + timedelta(seconds=now - self._start)
