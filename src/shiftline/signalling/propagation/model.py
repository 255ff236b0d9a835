"""Spans as counts of classes, which add up over minutes and nodes."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

RATIO = 1.1
"""A class's upper bound is so much of the one before: a percentile is told too long by a tenth at most."""
BOUNDS: tuple[float, ...] = tuple(0.0005 * RATIO**power for power in range(130))
"""Upper bounds in seconds, half a millisecond to two minutes; what took longer is in the last class."""


@dataclass(frozen=True)
class Spread:
    """How many took how long: `counts` by class of BOUNDS, `largest` in seconds."""

    counts: tuple[int, ...] = ()
    largest: float = 0.0

    @property
    def counted(self) -> int:
        """How many there were."""
        return sum(self.counts)

    def percentile(self, share: float) -> float | None:
        """The seconds within which a share was told, never too short; None: there were none."""
        rest = share * self.counted
        if not self.counted:
            return None
        for place, count in enumerate(self.counts):
            rest -= count
            if rest <= 0:
                return min(BOUNDS[place], self.largest)
        return self.largest

    def __add__(self, other: "Spread") -> "Spread":
        longer, shorter = sorted((self.counts, other.counts), key=len, reverse=True)
        summed = [count + (shorter[place] if place < len(shorter) else 0) for place, count in enumerate(longer)]
        return Spread(tuple(summed), max(self.largest, other.largest))


@dataclass(frozen=True)
class NodeSpread:
    """One node's, in the minutes that were asked for; `last_seen` is the real instant of its last word, `silent_seconds` ago."""

    node: str
    spread: Spread
    last_seen: datetime
    silent_seconds: float


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event at this node, so many seconds after its writing; it concerned so many live sessions."""

    event_id: int
    seconds: float
    sessions: int


@dataclass(frozen=True, slots=True)
class Follower:
    """A node that reads what happens: all that was written since ``reading_since`` (None: it said that it ends), by ``last_seen``."""

    node: str
    reading_since: datetime | None
    last_seen: datetime


def class_of(seconds: float) -> int:
    """The class of a span."""
    return min(bisect_left(BOUNDS, seconds), len(BOUNDS) - 1)


def spread_of(seconds: Sequence[float]) -> Spread:
    """The spread of some spans."""
    counts = [0] * len(BOUNDS)
    for each in seconds:
        counts[class_of(each)] += 1
    return Spread(tuple(counts), max(seconds, default=0.0))
