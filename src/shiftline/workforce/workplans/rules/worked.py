"""What an agent works, as it is held against a plan: days and times by the wall, lengths by elapsed time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache

from shiftline.foundation.time import DAY, MINUTE, Interval, Weekday, Zone, day_of, wall_at, week_bounds, week_start
from shiftline.workforce.workplans.model import WEEK_DAYS, PlanShift, WorkPlan


@dataclass(frozen=True, slots=True)
class WorkedActivity:
    """A stretch of a shift with one activity code."""

    span: Interval
    code_id: str


@dataclass(frozen=True, slots=True)
class WorkedShift:
    """A shift with its paid minutes and activities. ``plan_shift_id``: the plan's shift that it is meant to be."""

    id: str
    span: Interval
    paid_minutes: int
    activities: tuple[WorkedActivity, ...] = ()
    plan_shift_id: str | None = None


@dataclass(frozen=True, slots=True)
class DayOff:
    """A whole day of approved time off, and what it pays. Nobody need work on it."""

    day: date
    paid_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a plan has of a planning period: the days of the weeks in which it counts.

    What is too much in these is too much; what is too little may be made up elsewhere, unless they are the whole period.
    """

    first: date
    last: date
    days: frozenset[date]

    @property
    def whole(self) -> bool:
        """Whether the plan counts in all of the period."""
        return len(self.days) == (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Roster:
    """An agent's shifts in the order of time. ``zone`` is where their wall hangs.

    ``weeks`` are the first days of the weeks that are judged, on ``first_day`` each; shifts before and after these are
    there for what reaches from one week into the next: rest, and days and weekends in a row. ``stretches`` are what the
    plan has of the planning periods of these weeks.
    """

    shifts: tuple[WorkedShift, ...]
    zone: Zone
    weeks: tuple[date, ...]
    first_day: Weekday = Weekday.MONDAY
    days_off: tuple[DayOff, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    matches: dict[tuple[str, datetime], tuple[WorkPlan, PlanShift | None]] = field(
        default_factory=dict[tuple[str, datetime], "tuple[WorkPlan, PlanShift | None]"], compare=False, repr=False
    )
    """Which of a plan's shifts each is, once that was found: ten rules ask for it."""

    def day(self, shift: WorkedShift) -> date:
        """The day that a shift is of: on which it starts, by the wall."""
        return _day_of(shift.span.start, self.zone)

    def weekday(self, shift: WorkedShift) -> Weekday:
        """That day of the week."""
        return WEEK_DAYS[self.day(shift).weekday()]

    def week_of(self, shift: WorkedShift) -> date:
        """The first day of the week that a shift is of."""
        return week_start(self.day(shift), self.first_day)

    def within(self, week: date) -> list[WorkedShift]:
        """The shifts of a week."""
        return [shift for shift in self.shifts if self.week_of(shift) == week]

    @property
    def judged(self) -> list[WorkedShift]:
        """The shifts of the weeks that are judged."""
        return [shift for shift in self.shifts if self.week_of(shift) in self.weeks]

    @property
    def worked_days(self) -> list[date]:
        """The days on which a shift starts, in order."""
        return sorted({self.day(shift) for shift in self.shifts})

    def days_off_in(self, week: date) -> list[DayOff]:
        """The days off of a week on which no shift starts."""
        worked = self.worked_days
        return [each for each in self.days_off if week <= each.day < week + 7 * DAY and each.day not in worked]

    def bounds(self, week: date) -> Interval:
        """The instants of a week: 167 to 169 hours where clocks move."""
        return week_bounds(week, self.zone)

    def wall_minutes(self, shift: WorkedShift, instant: datetime) -> int:
        """What the clock on the wall shows, in minutes from midnight of the shift's day."""
        return _wall_minutes(self.day(shift), instant, self.zone)


# Each rule asks for these again, before a change and after it: an hour of one week is looked up some hundred times.
@lru_cache(maxsize=16_384)
def _day_of(instant: datetime, zone: Zone) -> date:
    return day_of(instant, zone)


@lru_cache(maxsize=16_384)
def _wall_minutes(day: date, instant: datetime, zone: Zone) -> int:
    return (wall_at(instant, zone).replace(fold=0) - datetime.combine(day, time.min)) // MINUTE


def free_stretches(bounds: Interval, shifts: Sequence[WorkedShift]) -> list[Interval]:
    """What the shifts leave free within bounds, in order of time."""
    free: list[Interval] = []
    since = bounds.start
    for shift in shifts:
        if shift.span.start > since:
            free.append(Interval(since, min(shift.span.start, bounds.end)))
        since = max(since, shift.span.end)
        if since >= bounds.end:
            return free
    return [*free, Interval(since, bounds.end)]
