"""How decisions spell instants, spans and lists. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


def when(instant: datetime) -> str:
    """An instant to the minute, in UTC: the page tells it in the reader's zone."""
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def since(instant: datetime | None) -> str:
    """A clause for since when something stands; nothing where that is not known."""
    return "" if instant is None else f" since {when(instant)}"


def at(instant: datetime, zone: str, near: datetime) -> str:
    """An instant to the second in a zone, which it names; with the date unless it is that of ``near``."""
    here, there = instant.astimezone(ZoneInfo(zone)), near.astimezone(ZoneInfo(zone))
    if here.date() == there.date():
        return f"at {here:%H:%M:%S} {zone}"
    return f"on {here:%Y-%m-%d at %H:%M:%S} {zone}"


def lasting(span: timedelta) -> str:
    """How long something lasted, in the one unit that matters: ``12 s``, ``3 min``, ``2 h 5 min``."""
    if span < _MINUTE:
        return f"{max(0, round(span.total_seconds()))} s"
    if span < _HOUR:
        return f"{span // _MINUTE} min"
    return f"{span // _HOUR} h {span % _HOUR // _MINUTE} min"


def listing(names: Sequence[str]) -> str:
    """Names as a sentence has them: ``a``, ``a and b``, ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def count(number: int, thing: str) -> str:
    """So many of something: ``1 call``, ``2 calls``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
