"""Wishes about working times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date, datetime
from enum import StrEnum

from shiftline.foundation.time import Interval, Weekday


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
    it changed or was so already; ``removed`` are ids; ``skipped`` were removed before. ``made_by`` says which entry of
    the request made each of those put, by its id; ``conflicts`` are told where the settings do not refuse them.
    """

    results: Sequence[Wish]
    put: Sequence[Wish]
    removed: Sequence[str]
    skipped: Sequence[str] = ()
    made_by: Mapping[str, str] = default(default_factory=dict[str, str])
    conflicts: Sequence["ContractConflict"] = ()


class ConflictMode(StrEnum):
    """What follows when a wish contradicts the contract: nothing, it is told, or it is refused."""

    ALLOW = "Allow"
    FLAG = "Flag"
    REFUSE = "Refuse"


@dataclass(frozen=True, slots=True)
class PreferenceSettings:
    """Whether agents may state wishes of a family, and what follows when these contradict their work plan.

    Of a business unit for preferences, of a management unit for unavailable times.
    """

    enabled: bool = True
    conflicts: ConflictMode = ConflictMode.FLAG


@dataclass(frozen=True, slots=True)
class ContractConflict:
    """A wish that an agent's work plan contradicts: where it stands in the request, and the plan's rule by its field.

    ``limit`` is what the rule wants: a day, a number of days or of minutes.
    """

    code: str
    field: str
    rule: str
    work_plan_id: str
    sentence: str
    limit: str = ""


class Kind(StrEnum):
    """What a standing wish is about."""

    DAYS = "DaysOfWeek"
    STARTS = "StartTimes"
    PARTNERS = "Partners"


@dataclass(frozen=True, slots=True)
class StandingWish:
    """What an agent wishes of every day from one date to another, both included, in their zone; None: without end.

    By kind it has days of the week; a window of starts, in minutes from midnight on the wall (one that ends before it
    begins goes over midnight); or colleagues to work with, or with a level of avoidance not to.
    """

    id: str
    person_id: str
    kind: Kind
    level: Level
    valid_from: date
    valid_until: date | None = None
    days: tuple[Weekday, ...] = ()
    earliest_start_minutes: int | None = None
    latest_start_minutes: int | None = None
    partner_ids: tuple[str, ...] = ()
    notes: str | None = None
    version: int = 1
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def likes(self) -> bool:
        """Whether it asks for something, and not to be spared it."""
        return self.level in (Level.PREFER, Level.STRONGLY_PREFER)

    def holds_on(self, day: date) -> bool:
        """Whether it is valid on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def starts_in(self, minutes: int) -> bool:
        """Whether a start, in minutes from midnight on the wall, lies in its window."""
        earliest, latest = self.earliest_start_minutes or 0, self.latest_start_minutes or 0
        if earliest <= latest:
            return earliest <= minutes <= latest
        return minutes >= earliest or minutes <= latest


@dataclass(frozen=True, slots=True)
class AgentWishes:
    """All that an agent wishes and cannot, as far as it touches a span of time."""

    wishes: tuple[Wish, ...] = ()
    standing: tuple[StandingWish, ...] = ()

    @property
    def unavailable(self) -> tuple[Interval, ...]:
        """When they cannot work."""
        return tuple(each.span for each in self.wishes if each.level is Level.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class WishVerdict:
    """What a shift makes of one wish."""

    wish_id: str
    level: Level
    kept: bool
    sentence: str
