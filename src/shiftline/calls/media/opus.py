"""What of Opus can be known without decoding: how long a packet lasts, and packets of silence.

Source: RFC 6716 section 3.1 (the first byte), RFC 7845 (Ogg).
"""

# ruff: noqa: PLR2004 - the numbers of the formats, each beside the section that gives it

RATE = 48_000
"""Opus counts time at 48 kHz whatever the sound's own rate is (RFC 7587 section 4.1)."""
FRAME = 960
"""Samples of 20 ms."""
SILENCE = b"\xf8\xff\xfe"
"""20 ms of silence: CELT, full band, mono."""
LONGEST = 5760
"""Samples of 120 ms, the most that one packet may last."""

_FRAME_SAMPLES = tuple(
    [(480, 960, 1920, 2880)[config % 4] for config in range(12)]
    + [(480, 960)[config % 2] for config in range(4)]
    + [(120, 240, 480, 960)[config % 4] for config in range(16)]
)
_SILENCES = tuple(
    (samples, bytes((config << 3,)) + b"\xff\xfe")
    for samples, config in zip((960, 480, 240, 120), (31, 30, 29, 28), strict=True)
)


def duration_of(packet: bytes) -> int:
    """How many samples of 48 kHz a packet lasts. Raises ValueError when it cannot be an Opus packet."""
    if not packet:
        raise ValueError("an empty packet is not Opus")
    code = packet[0] & 3
    if code == 3:
        if len(packet) < 2:
            raise ValueError("the count of frames is missing")
        frames = packet[1] & 63
    else:
        frames = 2 if code else 1
    samples = frames * _FRAME_SAMPLES[packet[0] >> 3]
    if not 0 < samples <= LONGEST:
        raise ValueError("a packet lasts at most 120 ms")
    return samples


def silence(samples: int) -> list[tuple[bytes, int]]:
    """Packets of silence with their samples that fill a gap as far as multiples of 2.5 ms can."""
    found: list[tuple[bytes, int]] = []
    for length, packet in _SILENCES:
        count, samples = divmod(samples, length)
        found += [(packet, length)] * count
    return found
