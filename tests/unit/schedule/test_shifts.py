"""Rules of a single shift, one example that fires and one that is silent each."""

from datetime import datetime

import pytest

from shiftline.foundation.time import TZDATA_VERSION, Disambiguation
from shiftline.workforce.schedule.model import ShiftDraft
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import plan_shift
from unit.schedule.drafts import CHICAGO, activity, at, draft, frame, planned, refusals


def test_a_shift_keeps_wall_zone_instants_offsets_and_tzdata() -> None:
    shift = planned(draft("2023-10-27T06:00"))
    assert (shift.start, shift.end) == (at("2023-10-27T06:00"), at("2023-10-27T14:00"))
    assert (shift.wall_start.hour, shift.wall_end.hour, shift.zone) == (6, 14, "America/Chicago")
    assert (shift.start_offset_seconds, shift.end_offset_seconds) == (-5 * 3600, -5 * 3600)
    assert (shift.start_disambiguation, shift.tzdata) == (Disambiguation.COMPATIBLE, TZDATA_VERSION)


@pytest.mark.parametrize(
    ("first", "start", "hours"), [("2023-10-29", "2023-11-04T22:00", 9), ("2024-03-03", "2024-03-09T22:00", 7)]
)
def test_paid_minutes_are_those_that_elapse(first: str, start: str, hours: int) -> None:
    wall = datetime.fromisoformat(start)
    end = wall.replace(day=wall.day + 1, hour=6)
    shift = planned(ShiftDraft(field="s", wall_start=wall, wall_end=end), first=first)
    assert (shift.minutes, shift.paid_minutes) == (hours * 60, hours * 60)
    assert shift.wall_end == end


def test_the_second_hour_of_the_fold_is_kept_as_the_second() -> None:
    shift = planned(
        ShiftDraft(
            field="s",
            wall_start=datetime.fromisoformat("2023-11-05T01:30"),
            wall_end=datetime.fromisoformat("2023-11-05T06:00"),
            disambiguation=Disambiguation.LATER,
        ),
        first="2023-11-05",
    )
    assert shift.start_disambiguation is Disambiguation.LATER
    assert shift.start_offset_seconds == -6 * 3600
    assert shift.minutes == 270


def test_a_break_inside_the_fold_keeps_its_place() -> None:
    second = activity("2023-11-05T01:15", 30, "1")
    night = draft("2023-11-04T22:00", 540, activities=(second,))
    shift = planned(night, first="2023-10-29")
    assert [(each.code_id, each.minutes) for each in shift.activities] == [("0", 195), ("1", 30), ("0", 315)]


def test_a_shift_of_a_day_is_the_longest_unless_the_unit_says_otherwise() -> None:
    assert planned(draft("2023-10-27T06:00", 1440)).minutes == 1440
    assert refusals(draft("2023-10-27T06:00", 1441)) == [("s.lengthMinutes", "shift.length")]
    assert refusals(draft("2023-10-27T06:00", 601), longest=600) == [("s.lengthMinutes", "shift.length")]


def test_a_shift_starts_in_its_weeks_and_may_end_after_them() -> None:
    assert planned(draft("2023-10-28T23:00")).wall_end.day == 29
    assert planned(draft("2023-10-22T00:00")).wall_start.hour == 0
    assert refusals(draft("2023-10-29T00:00")) == [("s.startDate", "shift.outside.schedule")]
    assert refusals(draft("2023-10-21T23:59")) == [("s.startDate", "shift.outside.schedule")]


def test_wall_times_that_exist_need_no_note_and_others_do() -> None:
    report = Report()
    spring = frame("2024-03-10")
    for start, codes in (("2024-03-10T03:00", []), ("2024-03-10T02:30", ["wall.time.gap"])):
        wanted = ShiftDraft(
            field="s", wall_start=datetime.fromisoformat(start), wall_end=datetime.fromisoformat("2024-03-10T10:00")
        )
        assert plan_shift(wanted, None, CHICAGO, spring, report) is not None
        assert [note.code for note in report.notes] == codes


def test_time_that_nothing_is_said_about_is_on_queue() -> None:
    shift = planned(draft("2023-10-27T06:00", activities=(activity("2023-10-27T08:00", 30, "2"),)))
    assert [(each.code_id, each.minutes, each.payable_minutes) for each in shift.activities] == [
        ("0", 120, 120),
        ("2", 30, 0),
        ("0", 330, 330),
    ]
    assert shift.paid_minutes == 450


def test_paid_and_payable_minutes_can_be_given() -> None:
    given = (activity("2023-10-27T06:00", 480, "2", paid=True, payable_minutes=60),)
    assert planned(draft("2023-10-27T06:00", activities=given)).paid_minutes == 60
    too_many = (activity("2023-10-27T06:00", 480, "2", payable_minutes=481),)
    assert refusals(draft("2023-10-27T06:00", activities=too_many)) == [
        ("s.activities[0].payableMinutes", "invalid.value")
    ]


@pytest.mark.parametrize(
    ("start", "minutes", "code", "expected"),
    [
        ("2023-10-27T05:59", 30, "1", "activity.outside.shift"),
        ("2023-10-27T13:45", 16, "1", "activity.outside.shift"),
        ("2023-10-27T07:59", 30, "1", "activity.overlap"),
        ("2023-10-27T06:00", 30, "x", "activity.code.unknown"),
    ],
)
def test_activities_lie_in_their_shift_without_overlap_under_known_codes(
    start: str, minutes: int, code: str, expected: str
) -> None:
    standing = activity("2023-10-27T07:00", 60, "3")
    wrong = refusals(draft("2023-10-27T06:00", activities=(standing, activity(start, minutes, code))))
    assert [code for _, code in wrong] == [expected]
    assert wrong[0][0].startswith("s.activities[1]")


def test_an_edit_keeps_what_it_does_not_name() -> None:
    meal = (activity("2023-10-27T10:00", 30, "2"),)
    first = planned(draft("2023-10-27T06:00", id="x", activities=meal, is_swap=True, swap_reason="Trade"))
    same = planned(ShiftDraft(field="s", id="x", manually_edited=True), first)
    assert (same.activities, same.swap_reason, same.manually_edited) == (first.activities, "Trade", True)
    moved = planned(ShiftDraft(field="s", id="x", start=at("2023-10-27T07:00")), first)
    assert (moved.minutes, len(moved.activities), moved.is_swap) == (480, 1, True)
    cleared = planned(ShiftDraft(field="s", id="x", is_swap=False, swap_reason=""), first)
    assert (cleared.is_swap, cleared.swap_reason) == (False, None)
