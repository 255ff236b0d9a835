"""Warnings of a swap: each fires once and is silent once."""

from datetime import UTC, datetime

import pytest

from shiftline.foundation.time import Interval
from shiftline.publishing.model import Surroundings, SwapRequest
from shiftline.publishing.rules.swapping import list_problems, list_remarks
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.schedule.operations.swapping import ShiftGiven
from shiftline.workforce.schedule.rules.fitness import LEAST_REST_MINUTES, least_rest_minutes
from unit.schedule.drafts import CHICAGO, at, draft, planned

NOW = datetime(2023, 10, 27, 0, tzinfo=UTC)


def given(start: str, end: str, *skills: str) -> ShiftGiven:
    return ShiftGiven(
        "shifts[0]", datetime.fromisoformat(start), datetime.fromisoformat(end), True, "Agent Preference", skills
    )


def request(*shifts: ShiftGiven) -> SwapRequest:
    return SwapRequest("ann", "sch-1", shifts, (), None)


def codes(
    asked: SwapRequest,
    *shifts: Shift,
    approved: Interval | None = None,
    held: tuple[str, ...] = (),
    now: datetime = NOW,
) -> list[str]:
    around = Surroundings(
        now=now,
        shifts=shifts,
        approved=() if approved is None else ((approved, "Time off"),),
        least_rest_minutes=LEAST_REST_MINUTES,
        held_skills=frozenset(held),
    )
    return [remark.code for remark in list_remarks(asked, CHICAGO, around)]


FRIDAY = given("2023-10-27T06:00:00-05:00", "2023-10-27T14:00:00-05:00", "skill-voice-support")


def test_a_plain_swap_has_no_warnings() -> None:
    assert codes(request(FRIDAY), held=("skill-voice-support",)) == []


def test_an_offset_that_contradicts_the_zone() -> None:
    winter = given("2023-10-27T06:00:00-06:00", "2023-10-27T14:00:00-05:00")
    assert codes(request(winter)) == ["offset.contradicts.zone"]
    assert codes(request(given("2023-10-27T11:00:00+00:00", "2023-10-27T19:00:00+00:00"))) == []


def test_a_shift_in_the_past() -> None:
    asked = request(given("2023-10-27T06:00:00-05:00", "2023-10-27T14:00:00-05:00"))
    assert codes(asked, now=at("2023-10-27T06:01")) == ["shift.in.past"]
    assert codes(asked, now=at("2023-10-27T06:00")) == []


def test_a_shift_over_approved_time_off() -> None:
    asked = request(given("2023-10-27T06:00:00-05:00", "2023-10-27T14:00:00-05:00"))
    assert codes(asked, approved=Interval.lasting(at("2023-10-27T13:59"), 60)) == ["shift.over.approved.time.off"]
    assert codes(asked, approved=Interval.lasting(at("2023-10-27T14:00"), 60)) == []


def test_a_skill_that_the_agent_does_not_have() -> None:
    assert codes(request(FRIDAY)) == ["skill.not.held"]


@pytest.mark.parametrize(("before", "expected"), [("2023-10-26T14:00", []), ("2023-10-26T14:01", ["rest.too.short"])])
def test_rest_between_shifts(before: str, expected: list[str]) -> None:
    asked = request(given("2023-10-27T06:00:00-05:00", "2023-10-27T14:00:00-05:00"))
    assert codes(asked, planned(draft(before)), planned(draft("2023-10-27T06:00"))) == expected


def test_rest_counts_elapsed_hours_over_the_night_of_two_hours() -> None:
    # 22:00 to 05:00 is eight hours on this night.
    asked = request(given("2023-11-05T05:00:00-06:00", "2023-11-05T13:00:00-06:00"))
    late, early = (
        planned(draft("2023-11-04T14:00"), first="2023-10-29"),
        planned(draft("2023-11-05T05:00"), first="2023-11-05"),
    )
    assert codes(asked, late, early) == []


def test_short_rest_between_other_shifts_is_not_this_swaps_business() -> None:
    asked = request(given("2023-10-25T06:00:00-05:00", "2023-10-25T14:00:00-05:00"))
    others = planned(draft("2023-10-27T06:00")), planned(draft("2023-10-27T15:00", 60))
    assert codes(asked, planned(draft("2023-10-25T06:00")), *others, now=at("2023-10-24T06:00")) == []


@pytest.mark.parametrize(
    ("settings", "minutes"),
    [
        ({}, 480),
        ({"shiftTrading": {"minMinutesBetweenShifts": 660}}, 660),
        ({"shiftTrading": {"minMinutesBetweenShifts": "660"}}, 480),
        ({"shiftTrading": None}, 480),
    ],
)
def test_the_rest_asked_for_is_the_units(settings: dict[str, object], minutes: int) -> None:
    assert least_rest_minutes(settings) == minutes


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("2023-10-27T14:00:00-05:00", "2023-10-27T14:00:00-05:00", "shifts[0].endTime"),
        ("2023-10-27T14:00:01-05:00", "2023-10-27T15:00:00-05:00", "shifts[0].startTime"),
        ("0001-01-01T00:00:00+14:00", "2023-10-27T15:00:00-05:00", "shifts[0].startTime"),
    ],
)
def test_times_that_mean_nothing_are_named(start: str, end: str, field: str) -> None:
    assert [problem.field for problem in list_problems(request(given(start, end)))] == [field]
    assert list_problems(request(FRIDAY)) == []
