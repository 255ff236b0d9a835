"""Days tile the calendar and wall times come back, in every zone."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shiftline.foundation.time import (
    Disambiguation,
    Interval,
    Occurrence,
    Weekday,
    Zone,
    day_bounds,
    day_of,
    days_touched,
    disambiguation_at,
    find_zone,
    resolve,
    wall_at,
    week_bounds,
    week_start,
    zone_names,
)

zones = st.sampled_from(sorted(zone_names())).map(find_zone)
days = st.dates(date(1975, 1, 1), date(2060, 1, 1))
instants = st.datetimes(datetime(1975, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
walls = st.datetimes(datetime(1975, 1, 1), datetime(2060, 1, 1))  # noqa: DTZ001


@given(zones, days)
def test_days_follow_each_other_without_gap_or_overlap(zone: Zone, day: date) -> None:
    today, tomorrow = day_bounds(day, zone), day_bounds(day + timedelta(days=1), zone)
    assert today.end == tomorrow.start
    assert timedelta(0) <= today.length <= timedelta(hours=48)


@given(zones, instants)
def test_an_instant_lies_in_its_day(zone: Zone, instant: datetime) -> None:
    assert day_bounds(day_of(instant, zone), zone).contains(instant)


@given(zones, instants)
def test_the_wall_time_of_an_instant_means_that_instant(zone: Zone, instant: datetime) -> None:
    again = resolve(wall_at(instant, zone), zone, disambiguation_at(instant, zone))
    assert again.instant == instant
    assert again.occurrence is not Occurrence.GAP


@given(zones, walls)
def test_a_resolved_wall_time_shows_on_the_wall_unless_it_does_not_exist(zone: Zone, wall: datetime) -> None:
    earlier, later = (resolve(wall, zone, how) for how in (Disambiguation.EARLIER, Disambiguation.LATER))
    assert earlier.instant <= later.instant
    if earlier.occurrence is Occurrence.GAP:
        assert earlier.wall < wall < later.wall
    else:
        assert earlier.wall.replace(fold=0) == later.wall.replace(fold=0) == wall
        assert (earlier.instant == later.instant) == (earlier.occurrence is Occurrence.ONCE)


@given(zones, instants, st.integers(1, 5 * 24 * 60))
def test_the_days_of_a_span_cover_it_and_no_more(zone: Zone, start: datetime, minutes: int) -> None:
    span = Interval.lasting(start, minutes)
    touched = [day_bounds(day, zone) for day in days_touched(span, zone)]
    assert touched[0].contains(span.start)
    assert touched[-1].start < span.end <= touched[-1].end
    assert all(span.overlaps(day) for day in touched)


@given(zones, days, st.sampled_from(Weekday), st.integers(1, 6))
def test_weeks_follow_each_other(zone: Zone, day: date, first: Weekday, weeks: int) -> None:
    start = week_start(day, first)
    assert start <= day < start + timedelta(days=7)
    assert start.weekday() == first.number
    assert week_bounds(start, zone, weeks).end == week_bounds(start + weeks * timedelta(days=7), zone).start
