"""What limits bear and what stands against them, day by day and interval by interval. Pure.

A limit's days are the local days of its management unit, as the dates of requests are: 23, 24 or 25 hours long, with 92,
96 or 100 quarters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import DAY, MINUTE, Interval, Zone, day_bounds, days_touched, resolve, wall_at
from shiftline.workforce.timeoff.model import (
    Days,
    Granularity,
    Limit,
    Piece,
    Slots,
    TimeOffRequest,
    ValuesGiven,
)

QUARTER = timedelta(minutes=15)
RANGES_AT_MOST = 30
DAYS_AT_MOST = 366
YEARS = range(1990, 2201)


def count_slots(day: date, limit: Limit, zone: Zone) -> int:
    """How many intervals of a limit a local day has; none for a day that its zone skipped."""
    return _count_slots(day, limit.granularity, zone)


def _count_slots(day: date, granularity: Granularity, zone: Zone) -> int:
    bounds = day_bounds(day, zone)
    if bounds.is_empty:
        return 0
    return 1 if granularity is Granularity.DAILY else -(-bounds.length // QUARTER)


def convert_values(values: Slots, granularity: Granularity, zone: Zone) -> dict[date, list[int]]:
    """Values in another granularity: each day's sum is spread evenly over its intervals, the first ones having the odd
    minutes. A day that the zone skipped has none.
    """
    converted: dict[date, list[int]] = {}
    for day, row in values.items():
        count = _count_slots(day, granularity, zone)
        if count:
            each, odd = divmod(sum(row), count)
            converted[day] = [each + (slot < odd) for slot in range(count)]
    return converted


def lay_values(given: Sequence[ValuesGiven], current: Slots, limit: Limit, zone: Zone) -> dict[date, list[int]]:
    """The days that the given values change, whole. Intervals of a day that are not given stay as they are.

    Raises Invalid, naming the field, for values of more than 366 days, or two for one interval.
    """
    laid: dict[date, list[int]] = {}
    said: set[tuple[date, int]] = set()
    for each in given:
        day, slot = each.first_day, 0
        for index, minutes in enumerate(each.minutes):
            while slot >= (count := count_slots(day, limit, zone)):
                day, slot = day + DAY, 0
            if (day, slot) in said:
                sentence = f"{day} has two values for one interval."
                raise Invalid(Problem(f"{each.field}[{index}]", sentence, "timeoff.limit.twice"))
            said.add((day, slot))
            row = laid.setdefault(day, _padded(current.get(day, ()), count))
            row[slot] = minutes or 0
            slot += 1
    if len(laid) > DAYS_AT_MOST:
        sentence = f"has values of {len(laid)} days; at most {DAYS_AT_MOST} can be given at once."
        raise Invalid(Problem("values", sentence, "timeoff.limit.days"))
    return laid


def check_days(ranges: Sequence[Days], field: str) -> None:
    """Whether so many days may be asked for. Raises Invalid, naming the field."""
    if len(ranges) > RANGES_AT_MOST:
        raise Invalid(Problem(field, f"has {len(ranges)} ranges; at most {RANGES_AT_MOST} are possible."))
    total = 0
    for index, days in enumerate(ranges):
        if days.last < days.first:
            raise Invalid(Problem(f"{field}[{index}].endDate", "must not be before the start.", "invalid.date"))
        if days.first.year not in YEARS or days.last.year not in YEARS:
            sentence = f"the year must be from {YEARS[0]} to {YEARS[-1]}."
            raise Invalid(Problem(f"{field}[{index}]", sentence, "timeoff.year"))
        total += (days.last - days.first).days + 1
    if total > DAYS_AT_MOST:
        raise Invalid(Problem(field, f"are {total} days; at most {DAYS_AT_MOST} can be asked for at once."))


def spread(piece: Piece, limit: Limit, zone: Zone) -> Iterator[tuple[date, int, int]]:
    """The day, interval and minutes of each interval of a limit that a piece of a request takes from."""
    if piece.day is not None and limit.granularity is Granularity.DAILY:
        yield piece.day, 0, piece.minutes
        return
    span = piece.span if piece.day is None else _place_whole_day(piece, limit, zone)
    for day in days_touched(span, zone):
        bounds = day_bounds(day, zone)
        shared = bounds.intersection(span)
        if shared is None:
            continue
        if limit.granularity is Granularity.DAILY:
            yield day, 0, shared.minutes
            continue
        first = (shared.start - bounds.start) // QUARTER
        last = -(-(shared.end - bounds.start) // QUARTER)
        for slot in range(first, last):
            quarter = Interval(bounds.start + slot * QUARTER, bounds.start + (slot + 1) * QUARTER)
            inside = quarter.intersection(shared)
            if inside is not None:
                yield day, slot, inside.minutes


def _place_whole_day(piece: Piece, limit: Limit, zone: Zone) -> Interval:
    """Where in its day a whole day's time is thought to lie: from the estimate or the limit's start on, within the day."""
    assert piece.day is not None
    bounds = day_bounds(piece.day, zone)
    if piece.earliest_start_offset is not None:
        start = bounds.start + piece.earliest_start_offset * MINUTE
    else:
        wall = datetime.combine(piece.day, time.min) + (limit.full_day_start or 0) * MINUTE
        start = resolve(wall, zone).instant
    length = piece.minutes * MINUTE
    start = max(min(start, bounds.end - length), bounds.start)
    return Interval(start, min(start + length, bounds.end))


def count_minutes(requests: Iterable[TimeOffRequest], limit: Limit, zone: Zone, days: Iterable[date]) -> Slots:
    """How many minutes of a limit's intervals some requests take, on these days."""
    counted = {day: [0] * count_slots(day, limit, zone) for day in days}
    for request in requests:
        for day, slot, minutes in _all_of(request, limit, zone):
            if day in counted and slot < len(counted[day]):
                counted[day][slot] += minutes
    return counted


def count_requests(requests: Iterable[TimeOffRequest], limit: Limit, zone: Zone, days: Iterable[date]) -> Slots:
    """How many requests touch a limit's intervals, on these days."""
    counted = {day: [0] * count_slots(day, limit, zone) for day in days}
    for request in requests:
        for day, slot in {(day, slot) for day, slot, _ in _all_of(request, limit, zone)}:
            if day in counted and slot < len(counted[day]):
                counted[day][slot] += 1
    return counted


def days_of(request: TimeOffRequest, limit: Limit, zone: Zone) -> list[date]:
    """The days of a limit that a request takes from."""
    return sorted({day for day, _, _ in _all_of(request, limit, zone)})


def _all_of(request: TimeOffRequest, limit: Limit, zone: Zone) -> Iterator[tuple[date, int, int]]:
    for piece in request.pieces:
        yield from spread(piece, limit, zone)


@dataclass(frozen=True, slots=True)
class Shortage:
    """The first interval that has too little left: what it bears, what is approved, what is asked, in minutes."""

    day: date
    starts_at: datetime
    daily: bool
    bears: int
    taken: int
    asked: int

    @property
    def sentence(self) -> str:
        """The shortage for a person."""
        when = f"{self.day}" if self.daily else f"the quarter hour of {self.starts_at:%Y-%m-%d %H:%M}"
        return (
            f"{when} bears {self.bears} minutes of time off, of which {self.taken} are approved; "
            f"{self.asked} more are asked for"
        )


def find_shortage(request: TimeOffRequest, limit: Limit, zone: Zone, values: Slots, taken: Slots) -> Shortage | None:
    """The first interval in which a limit has no room for a request, given what is approved; None when all have it."""
    asked: dict[tuple[date, int], int] = {}
    for day, slot, minutes in _all_of(request, limit, zone):
        asked[day, slot] = asked.get((day, slot), 0) + minutes
    for (day, slot), minutes in sorted(asked.items()):
        bears, used = _at(values, day, slot), _at(taken, day, slot)
        if used + minutes > bears:
            starts_at = wall_at(day_bounds(day, zone).start + slot * QUARTER, zone)
            return Shortage(day, starts_at, limit.granularity is Granularity.DAILY, bears, used, minutes)
    return None


def fill_days(values: Mapping[date, Sequence[int]], limit: Limit, zone: Zone, days: Iterable[date]) -> Slots:
    """The values of these days with nothing free where none are kept."""
    return {day: _padded(values.get(day, ()), count_slots(day, limit, zone)) for day in days}


def _padded(row: Sequence[int], count: int) -> list[int]:
    # A day may have other quarters than when its values were set: zones change their minds.
    return [*row[:count], *([0] * (count - len(row)))]


def _at(slots: Slots, day: date, slot: int) -> int:
    row = slots.get(day, ())
    return row[slot] if slot < len(row) else 0


def list_runs(days: Sequence[date]) -> list[Days]:
    """Days that follow each other as ranges."""
    runs: list[Days] = []
    for day in days:
        if runs and runs[-1].last + DAY == day:
            runs[-1] = Days(runs[-1].first, day)
        else:
            runs.append(Days(day, day))
    return runs
