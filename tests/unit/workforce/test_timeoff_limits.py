"""Limits count every interval of every local day, also of days of 23 and 25 hours."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shiftline.foundation.errors import Invalid
from shiftline.foundation.time import find_zone
from shiftline.workforce.timeoff.model import (
    Days,
    Granularity,
    Limit,
    Piece,
    Status,
    TimeOffRequest,
    TimesAsked,
    ValuesGiven,
)
from shiftline.workforce.timeoff.rules.limits import (
    check_days,
    convert_values,
    count_minutes,
    count_requests,
    count_slots,
    fill_days,
    find_shortage,
    lay_values,
    list_runs,
)
from shiftline.workforce.timeoff.rules.times import plan_pieces
from shiftline.workforce.units.model import Stamp

CHICAGO = find_zone("America/Chicago")
LONG, SHORT, PLAIN = date(2023, 11, 5), date(2024, 3, 10), date(2023, 11, 8)
NOW = datetime(2023, 10, 1, tzinfo=UTC)
STAMP = Stamp(1, "boss", NOW, "boss", NOW)
DAILY = Limit("l", "bu", "mu", Granularity.DAILY, STAMP)
QUARTERS = Limit("l", "bu", "mu", Granularity.FIFTEEN_MINUTES, STAMP, full_day_start=9 * 60)


def off(*pieces: Piece) -> TimeOffRequest:
    return TimeOffRequest(
        id="r",
        person_id="ada",
        business_unit_id="bu",
        management_unit_id="mu",
        zone=CHICAGO.key,
        activity_code_id="5",
        paid=True,
        pieces=pieces,
        status=Status.PENDING,
        submitted_by="ada",
        submitted_at=NOW,
        modified_by="ada",
        modified_at=NOW,
    )


def whole(day: date, minutes: int = 480, **more: int) -> TimeOffRequest:
    (piece,) = plan_pieces(TimesAsked(days=[day], daily_minutes=minutes), CHICAGO)
    return off(Piece(piece.starts_at, piece.ends_at, minutes, minutes, day, **more))


def part(start: datetime, minutes: int) -> TimeOffRequest:
    return off(Piece(start, start + timedelta(minutes=minutes), minutes, minutes))


@pytest.mark.parametrize(("day", "quarters"), [(LONG, 100), (SHORT, 92), (PLAIN, 96)])
def test_a_day_has_as_many_quarters_as_it_lasts(day: date, quarters: int) -> None:
    assert count_slots(day, QUARTERS, CHICAGO) == quarters
    assert count_slots(day, DAILY, CHICAGO) == 1


def test_a_day_that_a_zone_skipped_has_none() -> None:
    assert count_slots(date(2011, 12, 30), QUARTERS, find_zone("Pacific/Apia")) == 0


def test_values_flow_from_day_to_day_by_the_length_of_each() -> None:
    laid = lay_values([ValuesGiven(LONG, list(range(100 + 96 + 2)), "v")], {}, QUARTERS, CHICAGO)
    assert laid[LONG] == list(range(100))
    assert laid[date(2023, 11, 6)] == list(range(100, 196))
    assert laid[date(2023, 11, 7)][:3] == [196, 197, 0]


def test_quarters_that_are_not_given_stay_and_null_takes_a_value_away() -> None:
    laid = lay_values([ValuesGiven(PLAIN, [None, 7], "v")], {PLAIN: [1, 2, 3, *([0] * 93)]}, QUARTERS, CHICAGO)
    assert laid[PLAIN][:4] == [0, 7, 3, 0]


def test_two_values_for_one_interval_are_refused_naming_the_second() -> None:
    given = [ValuesGiven(PLAIN, [1, 2], "values[0].x"), ValuesGiven(date(2023, 11, 9), [3], "values[1].x")]
    with pytest.raises(Invalid) as refused:
        lay_values(given, {}, DAILY, CHICAGO)
    assert refused.value.problems[0].field == "values[1].x[0]"
    assert lay_values([given[0], ValuesGiven(date(2023, 11, 10), [3], "v")], {}, DAILY, CHICAGO)


def test_a_whole_day_counts_its_minutes_on_its_day() -> None:
    assert count_minutes([whole(LONG, 1500)], DAILY, CHICAGO, [LONG, PLAIN]) == {LONG: [1500], PLAIN: [0]}


def test_a_whole_day_lies_from_the_limits_start_on_also_when_clocks_change() -> None:
    taken = count_minutes([whole(SHORT)], QUARTERS, CHICAGO, [SHORT])[SHORT]
    # Nine on the wall is the eighth elapsed hour of that day.
    assert [i for i, minutes in enumerate(taken) if minutes] == list(range(8 * 4, 8 * 4 + 32))
    late = count_minutes([whole(SHORT, 1200)], QUARTERS, CHICAGO, [SHORT])[SHORT]
    assert [i for i, minutes in enumerate(late) if minutes] == list(range(92 - 80, 92))


def test_a_whole_day_with_an_estimate_lies_from_it_on() -> None:
    request = whole(PLAIN, 60, earliest_start_offset=13 * 60 + 5)
    taken = count_minutes([request], QUARTERS, CHICAGO, [PLAIN])[PLAIN]
    assert {i: minutes for i, minutes in enumerate(taken) if minutes} == {52: 10, 53: 15, 54: 15, 55: 15, 56: 5}


def test_a_part_over_midnight_counts_on_both_days() -> None:
    request = part(datetime(2023, 11, 9, 5, 30, tzinfo=UTC), 60)  # 23:30 in Chicago
    days = [PLAIN, date(2023, 11, 9)]
    assert count_minutes([request], DAILY, CHICAGO, days) == {PLAIN: [30], days[1]: [30]}
    assert count_requests([request, request], DAILY, CHICAGO, days) == {PLAIN: [2], days[1]: [2]}


def test_the_first_interval_without_room_is_named() -> None:
    values, taken = {PLAIN: [480]}, {PLAIN: [100]}
    full = find_shortage(whole(PLAIN, 381), DAILY, CHICAGO, values, taken)
    assert full is not None
    assert full.sentence == (
        "2023-11-08 bears 480 minutes of time off, of which 100 are approved; 381 more are asked for"
    )
    assert find_shortage(whole(PLAIN, 380), DAILY, CHICAGO, values, taken) is None


def test_a_quarter_without_room_is_named_by_its_time_on_the_wall() -> None:
    request = part(datetime(2023, 11, 8, 15, 7, tzinfo=UTC), 20)
    values = {PLAIN: [15 if i < 37 else 0 for i in range(96)]}
    full = find_shortage(request, QUARTERS, CHICAGO, values, {})
    assert full is not None
    assert "the quarter hour of 2023-11-08 09:15" in full.sentence


def test_two_parts_of_one_request_in_an_interval_count_together() -> None:
    start = datetime(2023, 11, 8, 15, tzinfo=UTC)
    both = off(*part(start, 30).pieces, *part(start + timedelta(hours=2), 30).pieces)
    assert find_shortage(both, DAILY, CHICAGO, {PLAIN: [59]}, {}) is not None
    assert find_shortage(both, DAILY, CHICAGO, {PLAIN: [60]}, {}) is None


def test_days_without_values_bear_nothing() -> None:
    assert fill_days({}, QUARTERS, CHICAGO, [SHORT])[SHORT] == [0] * 92


def test_days_that_follow_each_other_are_one_range() -> None:
    days = [date(2023, 11, 1), date(2023, 11, 2), date(2023, 11, 4)]
    assert list_runs(days) == [Days(days[0], days[1]), Days(days[2], days[2])]


@pytest.mark.parametrize(
    ("ranges", "field"),
    [
        ([Days(PLAIN, LONG)], "dateRanges[0].endDate"),
        ([Days(date(2023, 1, 1), date(2024, 1, 2))], "dateRanges"),
        ([Days(date(1, 1, 1), date(1, 1, 2))], "dateRanges[0]"),
        ([Days(PLAIN, PLAIN)] * 31, "dateRanges"),
    ],
)
def test_days_that_cannot_be_asked_for_are_refused(ranges: list[Days], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_days(ranges, "dateRanges")
    assert refused.value.problems[0].field == field


def test_a_year_of_days_can_be_asked_for() -> None:
    check_days([Days(date(2024, 1, 1), date(2024, 12, 31))], "dateRanges")


@pytest.mark.parametrize(
    ("day", "quarters"), [(date(2023, 11, 4), 96), (date(2023, 11, 5), 100), (date(2024, 3, 10), 92)]
)
@pytest.mark.parametrize("minutes", [0, 5, 480, 1447])
def test_a_converted_day_bears_as_much_in_either_granularity(day: date, quarters: int, minutes: int) -> None:
    fine = convert_values({day: [minutes]}, Granularity.FIFTEEN_MINUTES, find_zone("America/Chicago"))
    assert (len(fine[day]), sum(fine[day])) == (quarters, minutes)
    assert max(fine[day]) - min(fine[day]) <= 1
    assert convert_values(fine, Granularity.DAILY, find_zone("America/Chicago")) == {day: [minutes]}


def test_a_day_that_a_zone_skipped_has_no_values() -> None:
    skipped = date(2011, 12, 30)
    assert convert_values({skipped: [480]}, Granularity.DAILY, find_zone("Pacific/Apia")) == {}
