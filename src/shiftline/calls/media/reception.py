"""Counting what a leg sends: loss, jitter, and the report block about it.

Source: RFC 3550 sections 6.4.1, A.1, A.3 and A.8.
"""

from shiftline.calls.media.opus import RATE
from shiftline.calls.media.rtcp import Block, SenderReport, middle_of
from shiftline.calls.media.rtp import Rtp, forward_of

MAX_LEAP = 3000
"""A sequence number further ahead is a sender that began anew (RFC 3550 A.1, MAX_DROPOUT)."""


class Reception:
    """The stream of one leg, by its present SSRC; totals go on when the sender begins anew."""

    __slots__ = (
        "_base", "_before_expected", "_before_received", "_heard_at", "_highest", "_jitter", "_last_arrival", "_last_timestamp",
        "_lost_before", "_received", "_report", "bytes", "packets", "ssrc",
    )  # fmt: skip

    def __init__(self) -> None:
        self.packets = 0
        self.bytes = 0
        self.ssrc: int | None = None
        self._base = self._highest = self._received = 0
        self._lost_before = self._before_expected = self._before_received = 0
        self._jitter = 0.0
        self._last_arrival = self._last_timestamp = 0.0
        self._report: SenderReport | None = None
        self._heard_at = 0.0

    def receive(self, packet: Rtp, size: int, now: float) -> None:
        """Count a packet of so many bytes that came at an instant of the loop's clock, in seconds."""
        self.packets += 1
        self.bytes += size
        if packet.ssrc != self.ssrc:
            self._begin(packet, now)
            return
        ahead = forward_of(packet.sequence, self._highest & 0xFFFF)
        if ahead > MAX_LEAP or ahead < -MAX_LEAP:
            self._begin(packet, now)
            return
        self._received += 1
        if ahead <= 0:
            return
        self._highest += ahead
        # Timestamps wrap every 24 hours; one wild value is not worth a branch, it decays in a second.
        transit = (now - self._last_arrival) * RATE - (packet.timestamp - self._last_timestamp)
        self._last_arrival, self._last_timestamp = now, packet.timestamp
        if -RATE < transit < RATE:
            self._jitter += (abs(transit) - self._jitter) / 16

    def _begin(self, packet: Rtp, now: float) -> None:
        self._lost_before = self.lost
        self.ssrc = packet.ssrc
        self._base = self._highest = packet.sequence
        self._received = 1
        self._before_expected = self._before_received = 0
        self._last_arrival, self._last_timestamp = now, packet.timestamp

    @property
    def lost(self) -> int:
        """Packets that were expected and did not come."""
        expected = self._highest - self._base + 1 if self.ssrc is not None else 0
        return self._lost_before + max(expected - self._received, 0)

    @property
    def jitter_ms(self) -> float:
        """Mean deviation of the packets' spacing."""
        return self._jitter * 1000 / RATE

    def note(self, report: SenderReport, now: float) -> None:
        """A sender report came, which our next block refers to."""
        self._report, self._heard_at = report, now

    def block(self, now: float) -> Block | None:
        """The report block since the last one; None before the first packet."""
        if self.ssrc is None:
            return None
        expected = self._highest - self._base + 1
        span, got = expected - self._before_expected, self._received - self._before_received
        self._before_expected, self._before_received = expected, self._received
        last, delay = 0, 0
        if self._report is not None:
            last, delay = middle_of(self._report.ntp), int((now - self._heard_at) * 65536)
        fraction = max(span - got, 0) / span if span > 0 else 0.0
        return Block(self.ssrc, fraction, self.lost, self._highest, int(self._jitter), last, delay)
