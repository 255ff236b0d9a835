"""The stream that one leg is sent, whatever its source: browsers stay with the first SSRC they see, so it never changes, its sequence
numbers go on, and at each switch of source its timestamp advances by the wall clock and the marker bit is set.
"""

from shiftline.calls.media.opus import FRAME, RATE
from shiftline.calls.media.rtp import Rtp, forward_of, later_of, write_rtp

_EVENT = object()
"""The source while keys are sent."""
MAX_LEAP = 500
"""A source whose sequence number leaps further (10 s) has begun anew."""


class Output:
    """One outgoing stream. Instants are seconds of the loop's clock."""

    __slots__ = (
        "_first_timestamp",
        "_highest",
        "_shift_sequence",
        "_shift_timestamp",
        "_since",
        "_source",
        "_source_ssrc",
        "last_at",
        "octets",
        "packets",
        "payload_type",
        "sequence",
        "ssrc",
        "timestamp",
    )  # fmt: skip

    def __init__(self, ssrc: int, sequence: int, timestamp: int) -> None:
        self.ssrc = ssrc
        self.payload_type = 0
        self.sequence = sequence
        self.timestamp = timestamp
        self.last_at: float | None = None
        self.packets = 0
        self.octets = 0
        self._source: object = None
        self._source_ssrc = -1
        self._highest = self._since = 0
        self._shift_sequence = self._shift_timestamp = 0
        self._first_timestamp = 0

    def forward(self, source: object, packet: Rtp, now: float, payload_type: int | None = None) -> bytes | None:
        """The packet of a source as this leg gets it; None when it is a copy, or too late to be told from the source before.

        payload_type: of a key; sound has the stream's own.
        """
        ahead = forward_of(packet.sequence, self._highest)
        if source is not self._source or packet.ssrc != self._source_ssrc or ahead > MAX_LEAP or ahead < -MAX_LEAP:
            return self._switch(source, packet, now, payload_type)
        if ahead > 0:
            self._highest = packet.sequence
            self._since += ahead
            self.sequence = packet.sequence + self._shift_sequence & 0xFFFF
            self.timestamp = packet.timestamp + self._shift_timestamp & 0xFFFFFFFF
            self.last_at = now
        elif ahead == 0 or -ahead > self._since:
            return None
        self.packets += 1
        self.octets += len(packet.payload)
        return write_rtp(
            self.payload_type if payload_type is None else payload_type,
            packet.sequence + self._shift_sequence,
            packet.timestamp + self._shift_timestamp,
            self.ssrc,
            packet.payload,
            marker=packet.marker,
        )

    def skip(self, source: object, packet: Rtp) -> None:
        """A packet of the source that is not for this leg leaves no gap in its numbers."""
        ahead = forward_of(packet.sequence, self._highest)
        if source is self._source and packet.ssrc == self._source_ssrc and 0 < ahead <= MAX_LEAP:
            self._highest = packet.sequence
            self._shift_sequence -= 1
            # What came before would now have a number that was used: one number, one packet, or its encryption is broken.
            self._since = -1

    def _switch(self, source: object, packet: Rtp, now: float, payload_type: int | None) -> bytes:
        self._source, self._source_ssrc = source, packet.ssrc
        self._highest, self._since = packet.sequence, 0
        self._advance(now)
        self._shift_sequence = self.sequence - packet.sequence
        self._shift_timestamp = self.timestamp - packet.timestamp
        return self._write(packet.payload, marker=True, payload_type=payload_type)

    def generate(self, payload: bytes, samples: int, now: float) -> bytes:
        """A packet of our own making that lasts so many samples."""
        if self._source is not None or self.last_at is None:
            self._source = None
            self._advance(now)
            self._first_timestamp = self.timestamp
            self._since = samples
            return self._write(payload, marker=True)
        self.sequence = self.sequence + 1 & 0xFFFF
        # Exactly so many samples a packet: the pace of our timer must not show.
        self.timestamp = self._first_timestamp + self._since & 0xFFFFFFFF
        self._since += samples
        self.last_at = now
        return self._write(payload, marker=False)

    def begin_event(self, now: float) -> int:
        """The timestamp of a telephone event that begins now; the sound after it follows by the wall clock."""
        self.timestamp = self.clock(now)
        self.last_at = now
        self._source = _EVENT
        return self.timestamp

    def event(self, payload_type: int, payload: bytes, timestamp: int, *, marker: bool) -> bytes:
        """A packet of a telephone event, whose timestamp is that of its start (RFC 4733 section 2.2.1)."""
        self.sequence = self.sequence + 1 & 0xFFFF
        self.packets += 1
        self.octets += len(payload)
        return write_rtp(payload_type, self.sequence, timestamp, self.ssrc, payload, marker=marker)

    def clock(self, now: float) -> int:
        """What the stream's timestamp would be now."""
        if self.last_at is None:
            return self.timestamp
        return self.timestamp + int((now - self.last_at) * RATE) & 0xFFFFFFFF

    def _advance(self, now: float) -> None:
        if self.last_at is not None:
            self.sequence = self.sequence + 1 & 0xFFFF
            self.timestamp = self.timestamp + max(later_of(self.clock(now), self.timestamp), FRAME) & 0xFFFFFFFF
        self.last_at = now

    def _write(self, payload: bytes, *, marker: bool, payload_type: int | None = None) -> bytes:
        self.packets += 1
        self.octets += len(payload)
        kind = self.payload_type if payload_type is None else payload_type
        return write_rtp(kind, self.sequence, self.timestamp, self.ssrc, payload, marker=marker)
