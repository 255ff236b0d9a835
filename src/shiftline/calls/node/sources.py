"""From what a leg shall hear to what the engine plays to it."""

from datetime import timedelta

from shiftline.calls.media.announcements import HOLD_MUSIC, RECORDED, RINGBACK, announce
from shiftline.calls.media.model import Legs, Play, Silence, Source
from shiftline.calls.model import Hearing, Treatment


def choose_source(
    hearing: Hearing, keys: dict[str, str], *, position: int | None = None, wait: timedelta | None = None
) -> Source:
    """The engine's source for a hearing. ``keys``: leg id -> what the engine knows it by; a leg elsewhere is not heard."""
    others = frozenset(keys[leg_id] for leg_id in hearing.others if leg_id in keys)
    if others:
        return Legs(others)
    match hearing.treatment:
        case Treatment.WAITING:
            return Play((*announce(position, wait), HOLD_MUSIC), loop=True)
        case Treatment.HOLD:
            return Play((HOLD_MUSIC,), loop=True)
        case Treatment.RINGBACK:
            return Play((RINGBACK,), loop=True)
        case Treatment.CONSENT:
            return Play((RECORDED,))
        case Treatment.SILENCE:
            return Silence()
