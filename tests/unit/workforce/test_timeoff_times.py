from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiftline.foundation.errors import Invalid
from shiftline.foundation.time import Interval, find_zone
from shiftline.workforce.timeoff.model import Status, TimeOffRequest, TimesAsked
from shiftline.workforce.timeoff.rules.times import cut_span, merge_times, plan_pieces

CHICAGO = find_zone("America/Chicago")


def fields_of(error: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [problem.field for problem in error.value.problems]


def request_of(asked: TimesAsked) -> TimeOffRequest:
    now = datetime(2023, 10, 1, tzinfo=UTC)
    return TimeOffRequest(
        id="r",
        person_id="p",
        business_unit_id="bu",
        management_unit_id="mu",
        zone=CHICAGO.key,
        activity_code_id="5",
        paid=True,
        pieces=plan_pieces(asked, CHICAGO),
        status=Status.PENDING,
        submitted_by="p",
        submitted_at=now,
        modified_by="p",
        modified_at=now,
    )


def test_days_come_in_order_with_every_default_filled_in() -> None:
    pieces = plan_pieces(TimesAsked(days=[date(2023, 11, 6), date(2023, 11, 5)], daily_minutes=480), CHICAGO)
    assert [piece.day for piece in pieces] == [date(2023, 11, 5), date(2023, 11, 6)]
    assert [(piece.minutes, piece.payable_minutes) for piece in pieces] == [(480, 480), (480, 480)]
    assert [piece.span.length for piece in pieces] == [timedelta(hours=25), timedelta(hours=24)]


def test_the_order_of_days_takes_their_minutes_along() -> None:
    asked = TimesAsked(days=[date(2023, 11, 7), date(2023, 11, 6)], minutes=[240, 480], payable_minutes=[200, 400])
    pieces = plan_pieces(asked, CHICAGO)
    assert [(piece.minutes, piece.payable_minutes) for piece in pieces] == [(480, 400), (240, 200)]


def test_minutes_for_each_day_win_over_daily_minutes() -> None:
    pieces = plan_pieces(TimesAsked(days=[date(2023, 11, 6)], daily_minutes=480, minutes=[60]), CHICAGO)
    assert pieces[0].minutes == 60


def test_parts_of_days_last_elapsed_minutes_through_the_repeated_hour() -> None:
    start = datetime(2023, 11, 5, 0, 0, tzinfo=CHICAGO)
    pieces = plan_pieces(TimesAsked(starts=[start], minutes=[240]), CHICAGO)
    assert pieces[0].ends_at == datetime(2023, 11, 5, 9, 0, tzinfo=UTC)  # 03:00 on the wall, after 25-hour day's fold
    assert pieces[0].day is None


@pytest.mark.parametrize(
    ("day", "zone", "longest"),
    [
        (date(2023, 11, 5), "America/Chicago", 1500),
        (date(2024, 3, 10), "America/Chicago", 1380),
        (date(2024, 4, 7), "Australia/Lord_Howe", 1470),
    ],
)
def test_a_whole_day_has_no_more_minutes_than_it_lasts(day: date, zone: str, longest: int) -> None:
    assert plan_pieces(TimesAsked(days=[day], daily_minutes=longest), find_zone(zone))[0].minutes == longest
    with pytest.raises(Invalid) as error:
        plan_pieces(TimesAsked(days=[day], daily_minutes=longest + 1), find_zone(zone))
    assert fields_of(error) == ["durationMinutes[0]"]


def test_a_day_that_the_zone_skipped_is_refused() -> None:
    with pytest.raises(Invalid) as error:
        plan_pieces(TimesAsked(days=[date(2011, 12, 30)], daily_minutes=480), find_zone("Pacific/Apia"))
    assert "does not exist in Pacific/Apia" in error.value.message


WHOLE = date(2023, 11, 6)
START = datetime(2023, 11, 6, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (TimesAsked(), "fullDayManagementUnitDates"),
        (TimesAsked(days=[WHOLE], starts=[START], daily_minutes=60), "fullDayManagementUnitDates"),
        (TimesAsked(days=[WHOLE]), "durationMinutes"),
        (TimesAsked(days=[WHOLE], minutes=[60, 60]), "durationMinutes"),
        (TimesAsked(days=[WHOLE], minutes=[60], payable_minutes=[]), "payableMinutes"),
        (TimesAsked(days=[WHOLE], minutes=[60], payable_minutes=[61]), "payableMinutes[0]"),
        (TimesAsked(days=[WHOLE], minutes=[60], payable_minutes=[-1]), "payableMinutes[0]"),
        (TimesAsked(days=[WHOLE], minutes=[0]), "durationMinutes[0]"),
        (TimesAsked(days=[WHOLE], daily_minutes=-1), "durationMinutes[0]"),
        (TimesAsked(days=[WHOLE, WHOLE], daily_minutes=60), "fullDayManagementUnitDates"),
        (TimesAsked(days=[date(9999, 12, 31)], daily_minutes=60), "fullDayManagementUnitDates[0]"),
        (TimesAsked(starts=[datetime.min.replace(tzinfo=UTC)], daily_minutes=60), "partialDayStartDateTimes[0]"),
        (TimesAsked(starts=[START], daily_minutes=1501), "durationMinutes[0]"),
        (TimesAsked(starts=[START], daily_minutes=10**12), "durationMinutes[0]"),
        (TimesAsked(starts=[START.replace(second=1)], daily_minutes=60), "partialDayStartDateTimes[0]"),
        (TimesAsked(starts=[START, START + timedelta(minutes=59)], daily_minutes=60), "partialDayStartDateTimes"),
        (
            TimesAsked(starts=[START], daily_minutes=60, earliest_start_offsets=[1]),
            "fullDayEarliestStartOffsetMinutes",
        ),
        (
            TimesAsked(days=[WHOLE], daily_minutes=60, earliest_start_offsets=[600], latest_end_offsets=[600]),
            "fullDayEarliestStartOffsetMinutes[0]",
        ),
        (TimesAsked(days=[WHOLE], daily_minutes=60, latest_end_offsets=[9999]), "fullDayLatestEndOffsetMinutes[0]"),
    ],
)
def test_what_cannot_be_asked_is_named(asked: TimesAsked, field: str) -> None:
    with pytest.raises(Invalid) as error:
        plan_pieces(asked, CHICAGO)
    assert fields_of(error) == [field]


def test_parts_that_touch_are_fine() -> None:
    asked = TimesAsked(starts=[START, START + timedelta(minutes=60)], daily_minutes=60)
    assert len(plan_pieces(asked, CHICAGO)) == 2


def test_the_missions_span_is_one_part_of_a_day() -> None:
    span = Interval(
        datetime.fromisoformat("2023-10-28T08:00:00-05:00"), datetime.fromisoformat("2023-10-28T16:00:00-05:00")
    )
    times = cut_span(span, CHICAGO, "timeOffRequests[0]")
    assert (list(times.starts), times.minutes) == ([datetime(2023, 10, 28, 13, tzinfo=UTC)], [480])


def test_a_span_over_midnight_stays_whole() -> None:
    span = Interval(
        datetime(2023, 11, 5, 3, tzinfo=UTC), datetime(2023, 11, 5, 12, tzinfo=UTC)
    )  # 22:00-06:00, nine hours
    assert cut_span(span, CHICAGO, "x").minutes == [540]


def test_a_long_span_is_cut_at_the_zones_midnights() -> None:
    span = Interval(datetime(2023, 11, 4, 23, tzinfo=UTC), datetime(2023, 11, 6, 18, tzinfo=UTC))
    times = cut_span(span, CHICAGO, "x")
    assert times.minutes == [6 * 60, 25 * 60, 12 * 60]
    assert len(plan_pieces(times, CHICAGO)) == 3


def test_an_empty_or_endless_span_is_refused() -> None:
    for end in (START, START + timedelta(days=367)):
        with pytest.raises(Invalid) as error:
            cut_span(Interval(START, end), CHICAGO, "timeOffRequests[3]")
        assert fields_of(error) == ["timeOffRequests[3].endTime"]


@given(
    st.integers(0, 37 * 365 * 24 * 60),
    st.integers(1, 60 * 24 * 60),
    st.sampled_from(["America/Chicago", "Australia/Lord_Howe", "Asia/Beirut", "Pacific/Apia", "Europe/Dublin"]),
)
def test_a_cut_span_loses_no_minute(after: int, minutes: int, zone: str) -> None:
    span = Interval.lasting(datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=after), minutes)
    pieces = plan_pieces(cut_span(span, find_zone(zone), "x"), find_zone(zone))
    assert sum(piece.minutes for piece in pieces) == minutes
    assert (pieces[0].starts_at, pieces[-1].ends_at) == (span.start, span.end)
    assert all(one.ends_at == two.starts_at for one, two in pairwise(pieces))


def test_a_partial_change_keeps_what_still_fits() -> None:
    request = request_of(
        TimesAsked(days=[WHOLE, WHOLE + timedelta(days=1)], minutes=[60, 60], payable_minutes=[30, 60])
    )
    moved = merge_times(request, TimesAsked(days=[date(2023, 12, 1), date(2023, 12, 2)]))
    assert (moved.minutes, moved.payable_minutes) == ([60, 60], [30, 60])
    shorter = merge_times(request, TimesAsked(daily_minutes=40))
    assert [(p.minutes, p.payable_minutes) for p in plan_pieces(shorter, CHICAGO)] == [(40, 40), (40, 40)]
    fewer = merge_times(request, TimesAsked(days=[date(2023, 12, 1)]))
    assert [(p.minutes, p.payable_minutes) for p in plan_pieces(fewer, CHICAGO)] == [(60, 60)]


def test_a_partial_change_that_leaves_minutes_open_is_refused() -> None:
    request = request_of(TimesAsked(days=[WHOLE, WHOLE + timedelta(days=1)], minutes=[60, 90]))
    with pytest.raises(Invalid) as error:
        plan_pieces(merge_times(request, TimesAsked(days=[WHOLE])), CHICAGO)
    assert fields_of(error) == ["durationMinutes"]
