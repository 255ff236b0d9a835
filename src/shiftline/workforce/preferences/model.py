"""Wishes about working times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shiftline.foundation.time import Interval


class Level(StrEnum):
    """How an agent feels about working in a span, in the vendor's words."""

    STRONGLY_PREFER = "StronglyPrefer"
    PREFER = "Prefer"
    AVOID = "Avoid"
    STRONGLY_AVOID = "StronglyAvoid"
    UNAVAILABLE = "Unavailable"


class Family(StrEnum):
    """The two lists that the vendor keeps apart: wishes of one family never overlap."""

    PREFERENCES = "preferences"
    UNAVAILABLE_TIMES = "unavailable times"


@dataclass(frozen=True, slots=True)
class Wish:
    """A span of an agent and how they feel about working in it."""

    id: str
    person_id: str
    span: Interval
    level: Level
    notes: str | None = None

    @property
    def family(self) -> Family:
        """The list that it stands in."""
        return Family.UNAVAILABLE_TIMES if self.level is Level.UNAVAILABLE else Family.PREFERENCES


@dataclass(frozen=True, slots=True)
class WishChange:
    """One entry of a request. ``id`` None: a new wish; ``delete``: the wish of the id goes away.

    ``start`` and ``minutes`` may be None for a wish that keeps its span. ``field`` is the entry's place in the request.
    """

    field: str
    id: str | None = None
    start: datetime | None = None
    minutes: int | None = None
    level: Level = Level.UNAVAILABLE
    notes: str | None = None
    delete: bool = False


@dataclass(frozen=True, slots=True)
class WishPlan:
    """What a request makes of an agent's wishes. ``results`` has a wish for each entry that was not a deletion, whether
    it changed or was so already; ``removed`` are ids; ``skipped`` were removed before.
    """

    results: Sequence[Wish]
    put: Sequence[Wish]
    removed: Sequence[str]
    skipped: Sequence[str] = ()
