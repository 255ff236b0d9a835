"""What daylight saving and odd zones do to wall times, days and weeks: the cases of a year's real transitions."""

import io
import struct
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import tzdata

from shiftline.foundation.errors import Invalid
from shiftline.foundation.time import (
    TZDATA_VERSION,
    Disambiguation,
    InstantNaive,
    Interval,
    Occurrence,
    WallTimeUnresolvable,
    Weekday,
    ZoneUnknown,
    day_bounds,
    day_of,
    day_start,
    days_touched,
    disambiguation_at,
    find_contradiction,
    find_zone,
    offset_at,
    offset_text,
    parse_instant,
    resolve,
    to_instant,
    wall_at,
    week_bounds,
    week_start,
)

CHICAGO = find_zone("America/Chicago")


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


# -- the source of the rules


def test_zones_come_from_the_wheel_and_not_from_the_machine() -> None:
    # Vancouver stays on summer time from 2026 on, which the wheel knows and an older machine does not.
    assert tzdata.IANA_VERSION == TZDATA_VERSION
    import zoneinfo

    assert zoneinfo.TZPATH == ()


def test_the_wheel_wins_in_a_process_that_was_told_otherwise() -> None:
    code = "import shiftline.foundation.time, zoneinfo; print(zoneinfo.TZPATH)"
    environment = {"PYTHONTZPATH": "/usr/share/zoneinfo", "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "()"


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", "america/chicago", "../etc/passwd", "Europe", "America/Chicago\0"]
)
def test_an_unknown_zone_is_named(name: str) -> None:
    with pytest.raises(ZoneUnknown) as caught:
        find_zone(name, "settings.timeZone")
    assert caught.value.problems[0].field == "settings.timeZone"
    assert repr(name) in caught.value.message


def test_an_unknown_zone_suggests_the_near_one() -> None:
    with pytest.raises(ZoneUnknown, match="Did you mean America/Chicago"):
        find_zone("America/Chicaco")


# -- instants


def test_a_naive_instant_is_refused_naming_the_field() -> None:
    with pytest.raises(InstantNaive, match=r"shifts\[0\]\.startTime"):
        parse_instant("2023-10-27T06:00:00", "shifts[0].startTime")


@pytest.mark.parametrize("text", ["soon", "", "2023-13-01T00:00:00Z", "2023-02-29T00:00:00Z"])
def test_nonsense_is_refused_naming_the_field(text: str) -> None:
    with pytest.raises(Invalid, match="startTime"):
        parse_instant(text, "startTime")


def test_the_ends_of_the_calendar_are_refused_and_do_not_crash() -> None:
    with pytest.raises(Invalid, match="outside the calendar"):
        to_instant(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "startDate")


def test_an_interval_is_half_open_and_in_utc() -> None:
    morning = Interval(at("2023-10-27T06:00:00-05:00"), at("2023-10-27T14:00:00-05:00"))
    assert morning.start == datetime(2023, 10, 27, 11, tzinfo=UTC)
    assert morning.contains(morning.start)
    assert not morning.contains(morning.end)
    assert not morning.overlaps(Interval.lasting(morning.end, 60))
    assert morning.intersection(Interval.lasting(morning.end - timedelta(hours=1), 120)) == Interval(
        at("2023-10-27T13:00:00-05:00"), morning.end
    )
    assert morning.intersection(Interval.lasting(morning.end, 60)) is None
    with pytest.raises(ValueError, match="before it starts"):
        Interval(morning.end, morning.start)
    with pytest.raises(InstantNaive):
        Interval(datetime(2023, 1, 1), morning.end)  # noqa: DTZ001 - the refusal of a naive time is the point


# -- shifts over the two Chicago nights


@pytest.mark.parametrize(
    ("night", "hours"),
    [("2023-11-04", 9), ("2024-03-09", 7), ("2023-10-27", 8)],
)
def test_a_night_shift_lasts_what_elapses(night: str, hours: int) -> None:
    start = wall(f"{night}T22:00")
    end = (start + timedelta(days=1)).replace(hour=6)
    span = Interval(resolve(start, CHICAGO).instant, resolve(end, CHICAGO).instant)
    assert span.minutes == hours * 60
    assert wall_at(span.start, CHICAGO).hour == 22
    assert wall_at(span.end, CHICAGO).hour == 6


def test_a_start_in_the_gap_moves_on_by_the_gap_and_says_so() -> None:
    found = resolve(wall("2024-03-10T02:30"), CHICAGO)
    assert found.occurrence is Occurrence.GAP
    assert found.instant == at("2024-03-10T03:30:00-05:00")
    assert found.wall == wall("2024-03-10T03:30")
    assert found.sentence == (
        "2024-03-10 02:30 does not exist on that day (clocks go forward); 2024-03-10 03:30 was taken."
    )


def test_a_gap_can_be_resolved_backwards_or_refused() -> None:
    asked = wall("2024-03-10T02:30")
    assert resolve(asked, CHICAGO, Disambiguation.EARLIER).wall == wall("2024-03-10T01:30")
    assert resolve(asked, CHICAGO, Disambiguation.LATER).wall == wall("2024-03-10T03:30")
    with pytest.raises(WallTimeUnresolvable, match=r"wallStart: 2024-03-10T02:30 does not exist in America/Chicago"):
        resolve(asked, CHICAGO, Disambiguation.REJECT, "wallStart")


def test_an_end_in_the_fold_is_the_first_unless_asked_and_says_so() -> None:
    asked = wall("2023-11-05T01:30")
    first, second = resolve(asked, CHICAGO), resolve(asked, CHICAGO, Disambiguation.LATER)
    assert first.occurrence is second.occurrence is Occurrence.FOLD
    assert (first.instant, second.instant) == (at("2023-11-05T01:30:00-05:00"), at("2023-11-05T01:30:00-06:00"))
    assert (first.wall.fold, second.wall.fold) == (0, 1)
    assert first.sentence is not None
    assert first.sentence.endswith("the first was taken.")
    assert second.sentence is not None
    assert second.sentence.endswith("the second was taken.")
    with pytest.raises(WallTimeUnresolvable, match="happens twice"):
        resolve(asked, CHICAGO, Disambiguation.REJECT)


def test_an_ordinary_wall_time_needs_no_word() -> None:
    found = resolve(wall("2023-10-27T06:00"), CHICAGO, Disambiguation.REJECT)
    assert (found.occurrence, found.sentence) == (Occurrence.ONCE, None)
    assert found.offset == timedelta(hours=-5)


def test_a_break_inside_the_fold_keeps_its_place() -> None:
    # 01:15-01:45 the second time round lies 75 minutes after 01:00 the first time.
    start = resolve(wall("2023-11-05T01:15"), CHICAGO, Disambiguation.LATER).instant
    end = resolve(wall("2023-11-05T01:45"), CHICAGO, Disambiguation.LATER).instant
    shift = Interval(at("2023-11-04T22:00:00-05:00"), at("2023-11-05T06:00:00-06:00"))
    assert shift.encloses(Interval(start, end))
    assert Interval(shift.start, start).minutes == 4 * 60 + 15
    assert disambiguation_at(start, CHICAGO) is Disambiguation.LATER
    assert resolve(wall_at(start, CHICAGO), CHICAGO, disambiguation_at(start, CHICAGO)).instant == start


def test_an_aware_wall_time_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no zone of its own"):
        resolve(at("2023-11-05T01:30:00Z"), CHICAGO)


# -- Lord Howe moves by thirty minutes


def test_lord_howe_moves_by_thirty_minutes() -> None:
    zone = find_zone("Australia/Lord_Howe")
    back, forward = day_bounds(date(2024, 4, 7), zone), day_bounds(date(2023, 10, 1), zone)
    assert (back.minutes, forward.minutes) == (24 * 60 + 30, 23 * 60 + 30)
    assert resolve(wall("2024-04-07T01:45"), zone).occurrence is Occurrence.FOLD
    gap = resolve(wall("2023-10-01T02:15"), zone)
    assert (gap.occurrence, gap.wall) == (Occurrence.GAP, wall("2023-10-01T02:45"))


# -- days


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Chicago", "2024-03-10", 23),
        ("America/Chicago", "2023-11-05", 25),
        ("America/Chicago", "2023-10-27", 24),
        ("Europe/Berlin", "2024-03-31", 23),
        ("Europe/Berlin", "2024-10-27", 25),
        ("Asia/Beirut", "2024-03-31", 23),
        ("Africa/Cairo", "2024-04-26", 23),
        ("America/Santiago", "2024-09-08", 23),
        ("America/Santiago", "2024-04-06", 25),
        ("America/Havana", "2024-03-10", 23),
        ("America/Havana", "2024-11-03", 25),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Asia/Kolkata", "2024-03-10", 24),
    ],
)
def test_a_local_day_has_the_hours_that_elapse(zone: str, day: str, hours: int) -> None:
    bounds = day_bounds(date.fromisoformat(day), find_zone(zone))
    assert bounds.minutes == hours * 60
    assert bounds.is_empty == (hours == 0)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Asia/Beirut", "2024-03-31"),
        ("Africa/Cairo", "2024-04-26"),
        ("America/Santiago", "2024-09-08"),
        ("America/Havana", "2024-03-10"),
    ],
)
def test_a_day_without_midnight_starts_when_the_gap_ends(zone: str, day: str) -> None:
    found, start = find_zone(zone), day_start(date.fromisoformat(day), find_zone(zone))
    assert wall_at(start, found) == wall(f"{day}T01:00")
    assert wall_at(start - timedelta(seconds=1), found).date() == date.fromisoformat(day) - timedelta(days=1)


def test_a_gap_that_begins_before_midnight_ends_the_day_at_the_transition() -> None:
    # Toronto 1919: 23:30 became 00:30.
    zone = find_zone("America/Toronto")
    start = day_start(date(1919, 3, 31), zone)
    assert wall_at(start, zone) == wall("1919-03-31T00:30")
    assert wall_at(start - timedelta(seconds=1), zone) == wall("1919-03-30T23:29:59")


def test_a_midnight_that_happens_twice_starts_the_day_once() -> None:
    zone = find_zone("America/Havana")
    assert day_start(date(2024, 11, 3), zone) == at("2024-11-03T00:00:00-04:00")


def test_clocks_going_back_over_midnight_do_not_tear_the_days() -> None:
    zone = find_zone("America/St_Johns")  # 2006-10-29 00:01 -> 2006-10-28 23:01
    second = resolve(wall("2006-10-28T23:30"), zone, Disambiguation.LATER).instant
    assert day_of(second, zone) == date(2006, 10, 29)
    assert day_bounds(date(2006, 10, 28), zone).end == day_bounds(date(2006, 10, 29), zone).start


def test_apia_never_had_its_thirtieth_of_december() -> None:
    zone = find_zone("Pacific/Apia")
    found = resolve(wall("2011-12-30T08:00"), zone)
    assert (found.occurrence, found.wall) == (Occurrence.GAP, wall("2011-12-31T08:00"))
    whole = Interval(day_start(date(2011, 12, 29), zone), day_start(date(2012, 1, 1), zone))
    assert days_touched(whole, zone) == [date(2011, 12, 29), date(2011, 12, 31)]
    assert week_bounds(date(2011, 12, 26), zone).minutes == 6 * 24 * 60


def test_a_shift_over_midnight_touches_two_days_and_one_that_ends_at_midnight_touches_one() -> None:
    night = Interval(at("2023-10-27T22:00:00-05:00"), at("2023-10-28T06:00:00-05:00"))
    late = Interval(at("2023-10-27T16:00:00-05:00"), at("2023-10-28T00:00:00-05:00"))
    assert days_touched(night, CHICAGO) == [date(2023, 10, 27), date(2023, 10, 28)]
    assert days_touched(late, CHICAGO) == [date(2023, 10, 27)]


# -- weeks


@pytest.mark.parametrize(
    ("first", "expected"),
    [(Weekday.SUNDAY, "2023-10-22"), (Weekday.MONDAY, "2023-10-23"), (Weekday.SATURDAY, "2023-10-21")],
)
def test_a_week_starts_on_the_units_own_day(first: Weekday, expected: str) -> None:
    friday = date(2023, 10, 27)
    assert week_start(friday, first) == date.fromisoformat(expected)
    assert week_start(date.fromisoformat(expected), first) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("week", "hours"),
    [("2023-11-05", 169), ("2024-03-10", 167), ("2023-10-22", 168)],
)
def test_a_week_has_the_hours_that_elapse(week: str, hours: int) -> None:
    assert week_bounds(date.fromisoformat(week), CHICAGO).minutes == hours * 60


def test_six_weeks_over_a_transition() -> None:
    assert week_bounds(date(2023, 10, 22), CHICAGO, 6).minutes == (6 * 168 + 1) * 60


# -- negative daylight saving


@pytest.mark.parametrize(
    ("zone", "instant", "offset"),
    [
        ("Europe/Dublin", "2024-01-15T12:00:00Z", "+00:00"),
        ("Europe/Dublin", "2024-07-15T12:00:00Z", "+01:00"),
        ("Africa/Casablanca", "2024-03-20T12:00:00Z", "+00:00"),  # Ramadan
        ("Africa/Casablanca", "2024-07-15T12:00:00Z", "+01:00"),
    ],
)
def test_negative_daylight_saving_is_only_an_offset(zone: str, instant: str, offset: str) -> None:
    assert offset_text(offset_at(at(instant), find_zone(zone))) == offset


def test_dublins_gap_and_fold() -> None:
    zone = find_zone("Europe/Dublin")
    assert resolve(wall("2024-03-31T01:30"), zone).occurrence is Occurrence.GAP
    assert resolve(wall("2024-10-27T01:30"), zone).occurrence is Occurrence.FOLD


# -- offsets that contradict


def test_the_offset_of_summer_in_winter_contradicts_chicago() -> None:
    sent = datetime.fromisoformat("2023-11-06T06:00:00-05:00")
    found = find_contradiction(sent, CHICAGO)
    assert found is not None
    assert found.wall == wall("2023-11-06T05:00")
    assert "America/Chicago is at -06:00 then" in found.sentence


@pytest.mark.parametrize("text", ["2023-10-27T06:00:00-05:00", "2023-10-27T11:00:00Z", "2023-11-06T06:00:00-06:00"])
def test_the_right_offset_and_utc_contradict_nothing(text: str) -> None:
    assert find_contradiction(datetime.fromisoformat(text), CHICAGO) is None


def test_both_offsets_of_the_fold_are_right_in_their_hour() -> None:
    for text in ("2023-11-05T01:30:00-05:00", "2023-11-05T01:30:00-06:00"):
        assert find_contradiction(datetime.fromisoformat(text), CHICAGO) is None
    assert find_contradiction(datetime.fromisoformat("2023-11-05T00:30:00-06:00"), CHICAGO) is not None


# -- a swap between zones, and new rules between publish and shift


def test_the_same_wall_time_in_two_zones_is_two_instants() -> None:
    chicago, denver = (
        resolve(wall("2023-10-27T06:00"), find_zone(f"America/{name}")) for name in ("Chicago", "Denver")
    )
    assert denver.instant - chicago.instant == timedelta(hours=1)


def zone_by_rule(rule: str, key: str = "Test/Site") -> ZoneInfo:
    """A zone of one POSIX rule, as a tzdata release would bring it."""
    header = b"TZif2" + b"\0" * 15 + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = struct.pack(">lbb", 0, 0, 0) + b"UTC\0"
    return ZoneInfo.from_file(io.BytesIO(header + block + header + block + f"\n{rule}\n".encode()), key)


def test_new_rules_move_the_instant_and_keep_the_wall_time() -> None:
    before, after = zone_by_rule("CST6CDT,M3.2.0,M11.1.0"), zone_by_rule("CST6")
    planned = wall("2027-07-01T06:00")
    old, new = resolve(planned, before), resolve(planned, after)
    assert old.wall == new.wall == planned
    assert new.instant - old.instant == timedelta(hours=1)
