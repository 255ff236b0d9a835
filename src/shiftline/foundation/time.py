"""Zones, half-open intervals, wall times and what daylight saving does to them. Pure.

Zones come from the pinned ``tzdata`` wheel alone, never from the machine's own files: the two differ, and two nodes
must never disagree on when a shift starts. A *wall* time is a naive ``datetime`` (what a clock on the wall of the zone
shows; ``fold`` 1 marks its second occurrence); an *instant* is always aware and in UTC.
"""

import difflib
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Self, TypeAlias

import tzdata

from shiftline.foundation.errors import Invalid, Problem

# zoneinfo would read the machine's files first. Zones loaded before this line would keep the machine's rules.
zoneinfo.reset_tzpath(())
zoneinfo.ZoneInfo.clear_cache()

TZDATA_VERSION = tzdata.IANA_VERSION
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)

Zone: TypeAlias = zoneinfo.ZoneInfo


class ZoneUnknown(Invalid):
    """A text that names no IANA zone."""

    def __init__(self, name: str, field: str) -> None:
        near = difflib.get_close_matches(name, zone_names(), n=1)
        hint = f" Did you mean {near[0]}?" if near else " It must be an IANA name like America/Chicago."
        super().__init__(Problem(field, f"there is no time zone {name[:80]!r}.{hint}", "time.zone.unknown"))


class InstantNaive(Invalid):
    """A time without zone or offset where an instant is needed."""

    def __init__(self, field: str) -> None:
        sentence = "an instant needs a zone or offset, like 2023-10-27T06:00:00-05:00."
        super().__init__(Problem(field, sentence, "instant.naive"))


@cache
def zone_names() -> frozenset[str]:
    """Every zone of the pinned tzdata."""
    return frozenset(zoneinfo.available_timezones())


def find_zone(name: str, field: str = "timeZone") -> Zone:
    """The zone of an IANA name (exact spelling). Raises ZoneUnknown, which names ``field`` and the text."""
    if name not in zone_names():
        raise ZoneUnknown(name, field)
    return Zone(name)


def to_instant(moment: datetime, field: str = "instant") -> datetime:
    """An aware datetime in UTC. Raises InstantNaive, which names ``field``; Invalid at the very ends of the calendar."""
    if moment.utcoffset() is None:
        raise InstantNaive(field)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise Invalid(Problem(field, f"{moment.isoformat()} lies outside the calendar.", "invalid.date")) from None


def parse_instant(text: str, field: str) -> datetime:
    """An ISO 8601 instant in UTC. Raises Invalid, which names ``field``, for nonsense and for a naive time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(Problem(field, f"{text[:60]!r} is not an ISO 8601 instant.", "invalid.date")) from None
    return to_instant(moment, field)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open span of elapsed time, [start, end); both are kept in UTC. It may be empty, never negative."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", to_instant(self.start, "start"))
        object.__setattr__(self, "end", to_instant(self.end, "end"))
        if self.end < self.start:
            raise ValueError("an interval cannot end before it starts")

    @classmethod
    def lasting(cls, start: datetime, minutes: int) -> Self:
        """The interval of so many elapsed minutes."""
        return cls(start, to_instant(start, "start") + minutes * MINUTE)

    @property
    def length(self) -> timedelta:
        """Elapsed time, whatever the clocks on the wall did meanwhile."""
        return self.end - self.start

    @property
    def minutes(self) -> int:
        """Elapsed whole minutes."""
        return self.length // MINUTE

    @property
    def is_empty(self) -> bool:
        """Whether no instant is in it (a day that its zone skipped)."""
        return self.start == self.end

    def contains(self, instant: datetime) -> bool:
        """Whether an instant is in it; the end is not."""
        return self.start <= instant < self.end

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share time; touching is not sharing, and nothing overlaps an empty interval."""
        return max(self.start, other.start) < min(self.end, other.end)

    def encloses(self, other: "Interval") -> bool:
        """Whether the other lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def intersection(self, other: "Interval") -> "Interval | None":
        """The time that both share, or None."""
        return Interval(max(self.start, other.start), min(self.end, other.end)) if self.overlaps(other) else None


class Disambiguation(StrEnum):
    """Which instant a wall time means when the zone shows it twice or never (the words of TC39 Temporal)."""

    COMPATIBLE = "compatible"  # twice: the earlier; never: as far after the gap as the wall time was into it
    EARLIER = "earlier"
    LATER = "later"
    REJECT = "reject"


class Occurrence(StrEnum):
    """How often a wall time exists in its zone."""

    ONCE = "once"
    GAP = "gap"
    FOLD = "fold"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A wall time that became an instant.

    ``wall`` is what the clock shows at ``instant``; it differs from ``asked`` only for a gap. ``offset`` is the zone's
    offset from UTC at the instant.
    """

    instant: datetime
    asked: datetime
    wall: datetime
    offset: timedelta
    occurrence: Occurrence
    disambiguation: Disambiguation

    @property
    def sentence(self) -> str | None:
        """What was decided for the caller, in words; None when there was nothing to decide."""
        asked = self.asked.isoformat(sep=" ", timespec="minutes")
        if self.occurrence is Occurrence.GAP:
            taken = self.wall.isoformat(sep=" ", timespec="minutes")
            return f"{asked} does not exist on that day (clocks go forward); {taken} was taken."
        if self.occurrence is Occurrence.FOLD:
            which = "second" if self.wall.fold else "first"
            return f"{asked} happens twice on that day (clocks go back); the {which} was taken."
        return None


class WallTimeUnresolvable(Invalid):
    """A wall time that exists twice or never, where the caller asked for exactness."""

    def __init__(self, wall: datetime, zone: Zone, occurrence: Occurrence, field: str) -> None:
        how = "does not exist" if occurrence is Occurrence.GAP else "happens twice"
        sentence = f"{wall.isoformat(timespec='minutes')} {how} in {zone.key} on that day."
        super().__init__(Problem(field, sentence, f"wall.time.{occurrence}"))


def resolve(
    wall: datetime,
    zone: Zone,
    disambiguation: Disambiguation = Disambiguation.COMPATIBLE,
    field: str = "wallTime",
) -> Resolved:
    """The instant that a naive wall time means in a zone. Raises WallTimeUnresolvable under REJECT, ValueError if aware."""
    if wall.tzinfo is not None:
        raise ValueError("a wall time carries no zone of its own")
    wall = wall.replace(fold=0)
    before, after = _offsets_around(wall, zone)
    occurrence = Occurrence.ONCE if before == after else Occurrence.FOLD if before > after else Occurrence.GAP
    if occurrence is not Occurrence.ONCE and disambiguation is Disambiguation.REJECT:
        raise WallTimeUnresolvable(wall, zone, occurrence, field)
    instant = (wall - _offset_for(occurrence, disambiguation, before, after)).replace(tzinfo=UTC)
    return Resolved(
        instant=instant,
        asked=wall,
        wall=wall_at(instant, zone),
        offset=offset_at(instant, zone),
        occurrence=occurrence,
        disambiguation=disambiguation,
    )


def _offsets_around(wall: datetime, zone: Zone) -> tuple[timedelta, timedelta]:
    """The offsets in force before and after the transition that a wall time may fall into (equal when it does not)."""
    before, after = wall.replace(tzinfo=zone).utcoffset(), wall.replace(tzinfo=zone, fold=1).utcoffset()
    assert before is not None
    assert after is not None
    return before, after


def _offset_for(
    occurrence: Occurrence, disambiguation: Disambiguation, before: timedelta, after: timedelta
) -> timedelta:
    # The offset before the transition names the earlier of two instants in a fold, and the later one in a gap.
    if occurrence is Occurrence.FOLD:
        return after if disambiguation is Disambiguation.LATER else before
    return after if disambiguation is Disambiguation.EARLIER else before


def wall_at(instant: datetime, zone: Zone) -> datetime:
    """What the clock on the wall shows at an instant: naive, ``fold`` 1 for the second occurrence."""
    return to_instant(instant).astimezone(zone).replace(tzinfo=None)


def offset_at(instant: datetime, zone: Zone) -> timedelta:
    """The zone's offset from UTC at an instant."""
    offset = to_instant(instant).astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def offset_text(offset: timedelta) -> str:
    """An offset as ``-05:00`` (with seconds only where a zone had them)."""
    sign, rest = ("-", -offset) if offset < timedelta(0) else ("+", offset)
    minutes, seconds = divmod(int(rest.total_seconds()), 60)
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")


def disambiguation_at(instant: datetime, zone: Zone) -> Disambiguation:
    """How the wall time at an instant must be read so that it means this instant again."""
    return Disambiguation.LATER if wall_at(instant, zone).fold else Disambiguation.COMPATIBLE


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An instant was sent with an offset that its supposed zone does not have then."""

    sent: datetime
    zone: str
    sent_offset: timedelta
    zone_offset: timedelta
    wall: datetime

    @property
    def sentence(self) -> str:
        """The contradiction for a person."""
        return (
            f"{self.sent.isoformat(timespec='minutes')} was sent with offset {offset_text(self.sent_offset)}, but "
            f"{self.zone} is at {offset_text(self.zone_offset)} then: on site it is "
            f"{self.wall.isoformat(sep=' ', timespec='minutes')}."
        )


def find_contradiction(sent: datetime, zone: Zone) -> Contradiction | None:
    """Whether the offset an instant was written with differs from its zone's at that instant; UTC contradicts nothing.

    Raises InstantNaive for a time without offset.
    """
    instant = to_instant(sent, "instant")
    sent_offset, zone_offset = sent.utcoffset(), offset_at(instant, zone)
    if not sent_offset or sent_offset == zone_offset:
        return None
    return Contradiction(sent, zone.key, sent_offset, zone_offset, wall_at(instant, zone))


def day_start(day: date, zone: Zone) -> datetime:
    """The first instant of a local day: the first midnight of two, the end of the gap when there is none.

    Where clocks go back over midnight (St. John's until 2011, 00:01 -> 23:01), the repeated minutes of the day before
    belong to the day that had begun: days always follow each other without gap or overlap.
    """
    midnight = datetime.combine(day, time.min)
    resolved = resolve(midnight, zone, Disambiguation.EARLIER)
    if resolved.occurrence is not Occurrence.GAP:
        return resolved.instant
    return _transition(resolved.instant, resolve(midnight, zone, Disambiguation.LATER).instant, zone)


def _transition(before: datetime, after: datetime, zone: Zone) -> datetime:
    """The first second between two instants at which the zone has its new offset."""
    new = offset_at(after, zone)
    low, high = 0, (after - before) // SECOND  # before + low has the old offset, before + high the new one
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(before + middle * SECOND, zone) == new:
            high = middle
        else:
            low = middle
    return before + high * SECOND


def day_bounds(day: date, zone: Zone) -> Interval:
    """A local day's instants: 23, 24 or 25 hours; empty when the zone skipped that day (Apia, 2011-12-30)."""
    return Interval(day_start(day, zone), day_start(day + DAY, zone))


def days_touched(span: Interval, zone: Zone) -> list[date]:
    """The local days that a span shares time with, in order; for an empty span the day of its instant."""
    day = day_of(span.start, zone)
    days = [day]
    while day_start(day + DAY, zone) < span.end:
        day += DAY
        if not day_bounds(day, zone).is_empty:
            days.append(day)
    return days


def day_of(instant: datetime, zone: Zone) -> date:
    """The local day in whose bounds an instant lies."""
    day = wall_at(instant, zone).date()
    return day + DAY if day_start(day + DAY, zone) <= instant else day


class Weekday(StrEnum):
    """A day of the week, in the vendor's words."""

    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"

    @property
    def number(self) -> int:
        """As ``date.weekday()`` counts: Monday is 0."""
        return _NUMBERS[self]


_NUMBERS = {day: number for number, day in enumerate(Weekday)}


def week_start(day: date, first: Weekday) -> date:
    """The first day of the week that a day lies in."""
    return day - (day.weekday() - first.number) % 7 * DAY


def week_bounds(week_date: date, zone: Zone, weeks: int = 1) -> Interval:
    """The instants of one or more weeks from their first day: 167, 168 or 169 hours each where clocks move an hour."""
    return Interval(day_start(week_date, zone), day_start(week_date + weeks * 7 * DAY, zone))
