"""Keys pressed in a call, as telephone events.

Source: RFC 4733 sections 2.2 to 2.5.
"""

from collections.abc import Iterator
from struct import Struct

from shiftline.calls.media.rtp import Rtp

KEYS = "0123456789*#ABCD"
_EVENT = Struct("!BBH")
PACKET_SECONDS = 0.02
TONE_PACKETS, PAUSE_PACKETS, ENDS = 6, 4, 3
"""120 ms of tone and 80 ms of pause, like a quick finger; the end is said three times against loss."""
VOLUME = 10


class Keypad:
    """Hears the keys of one leg, each once however often its event is repeated."""

    def __init__(self) -> None:
        self._last: tuple[int, int] | None = None

    def press(self, packet: Rtp) -> str | None:
        """The key of an event that begins; None when it goes on, or is none. Raises ValueError when it is malformed."""
        if len(packet.payload) < _EVENT.size:
            raise ValueError("an event is cut off")
        number = packet.payload[0]
        event = (packet.ssrc, packet.timestamp)
        if event == self._last or number >= len(KEYS):
            return None
        self._last = event
        return KEYS[number]


def keys_of(text: str) -> str:
    """The keys to press, in capitals. Raises ValueError when one is none."""
    keys = text.upper()
    if any(key not in KEYS for key in keys):
        raise ValueError("Digits are 0 to 9, *, # and A to D.")
    return keys


def event_packets(key: str, rate: int) -> Iterator[bytes]:
    """The payloads of a key, one each 20 ms, the last three at once."""
    step, number = rate // 50, KEYS.index(key)
    for count in range(1, TONE_PACKETS + 1):
        yield _EVENT.pack(number, VOLUME, count * step)
    for _ in range(ENDS):
        yield _EVENT.pack(number, 0x80 | VOLUME, TONE_PACKETS * step)
