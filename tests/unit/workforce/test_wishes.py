"""Wishes against the contract, standing wishes, and what a shift makes of them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shiftline.foundation.errors import Invalid
from shiftline.foundation.time import Interval, Weekday
from shiftline.workforce.preferences.model import AgentWishes, Kind, Level, StandingWish, Wish, WishPlan
from shiftline.workforce.preferences.rules.contract import Contract, Contracts, judge_standing, judge_times
from shiftline.workforce.preferences.rules.standing import check_standing
from shiftline.workforce.preferences.rules.weighing import score_of, weigh_shift
from shiftline.workforce.workplans.model import WEEK_DAYS, WorkPlan
from shiftline.workforce.workplans.rules.choosing import always
from unit.workforce.plans import CHICAGO, WEEK, at, plan, plan_shift

DAY = timedelta(days=1)
TODAY = date(2023, 10, 20)
MONDAY = WEEK


def away(day: date, start: str, end: str, until: date | None = None) -> Interval:
    return Interval(at(day, start), at(until or day, end))


def stated(*spans: Interval) -> WishPlan:
    wishes = [Wish(f"w-{index}", "ada", span, Level.UNAVAILABLE) for index, span in enumerate(spans)]
    made_by = {wish.id: f"entities[{index}]" for index, wish in enumerate(wishes)}
    return WishPlan(wishes, wishes, (), (), made_by)


def told(of: WorkPlan, *spans: Interval, before: tuple[Interval, ...] = ()) -> list[tuple[str, str, str]]:
    found = judge_times(Contracts(always(of), CHICAGO), stated(*spans), [*before, *spans])
    return [(each.code, each.field, each.rule) for each in found]


FLEXIBLE = plan(optional_days=WEEK_DAYS)
HOURS = plan(
    constrain_weekly_paid_time=True,
    flexible_weekly_paid_time=True,
    weekly_minimum_paid_minutes=4 * 480,
    weekly_maximum_paid_minutes=5 * 480,
    optional_days=WEEK_DAYS,
)


def test_a_required_day_on_which_nothing_can_be_worked_is_named_with_the_rule() -> None:
    (found,) = judge_times(
        Contracts(always(plan()), CHICAGO), stated(away(MONDAY, "00:00", "23:00")), [away(MONDAY, "00:00", "23:00")]
    )
    assert (found.field, found.rule, found.work_plan_id) == ("entities[0].timeSpan", "optionalDays", "plan-1")
    assert found.sentence == (
        "No shift can be worked on Monday 2023-10-23, which the contract requires (optionalDays of the work plan Full "
        "Time)."
    )


@pytest.mark.parametrize(
    ("span", "possible"),
    [
        (away(MONDAY, "18:00", "23:00"), True),  # from 10:00 on eight hours
        (away(MONDAY, "00:00", "10:00"), True),  # the latest start is at 10:00
        (away(MONDAY, "00:00", "10:01"), False),
        (away(MONDAY, "13:59", "14:00"), False),  # neither 06:00 to 14:00 nor from 10:00 on
        (away(MONDAY, "14:00", "23:00"), True),  # from 06:00 to 14:00
    ],
)
def test_what_is_left_of_a_day_is_found_to_the_minute(span: Interval, possible: bool) -> None:
    assert (told(plan(), span) == []) is possible


def test_an_increment_of_starts_is_heeded() -> None:
    quarter = plan(plan_shift(start_increment_minutes=60))
    assert told(quarter, away(MONDAY, "00:00", "09:00")) == []
    assert [each[0] for each in told(quarter, away(MONDAY, "00:00", "09:01"), away(MONDAY, "18:00", "19:00"))] == []
    assert [each[0] for each in told(quarter, away(MONDAY, "00:00", "09:01"), away(MONDAY, "17:59", "19:00"))] == [
        "wishes.contract.day"
    ]


def test_what_makes_the_minimum_unreachable_names_it() -> None:
    two_days = away(MONDAY, "00:00", "23:59", MONDAY + DAY)
    assert told(HOURS, away(MONDAY, "00:00", "23:59")) == []
    assert told(HOURS, two_days) == [("wishes.contract.paid", "entities[0].timeSpan", "weeklyMinimumPaidMinutes")]
    tuesday = away(MONDAY + DAY, "00:00", "23:59")
    assert told(HOURS, tuesday, before=(away(MONDAY, "00:00", "23:59"),))[0][0] == "wishes.contract.paid"


def test_what_leaves_too_few_days_names_it() -> None:
    five = plan(optional_days=WEEK_DAYS, minimum_working_days_per_week=5)
    assert told(five, away(MONDAY, "00:00", "23:59")) == [
        ("wishes.contract.days", "entities[0].timeSpan", "minimumWorkingDaysPerWeek")
    ]
    assert told(FLEXIBLE, away(MONDAY, "00:00", "23:59", MONDAY + 4 * DAY)) == []


def test_a_night_shift_that_reaches_into_the_next_day_is_lost_with_it() -> None:
    night = plan(
        plan_shift(
            days=WEEK_DAYS, flexible_start_time=False, exact_start_time_minutes_from_midnight=22 * 60
        )
    )  # fmt: skip
    sunday = MONDAY - DAY
    assert [each[0] for each in told(night, away(MONDAY, "02:00", "03:00"))] == ["wishes.contract.day"]
    assert str(sunday) in judge_times(
        Contracts(always(night), CHICAGO), stated(away(MONDAY, "02:00", "03:00")), [away(MONDAY, "02:00", "03:00")]
    )[0].sentence  # fmt: skip


def standing(kind: Kind = Kind.DAYS, level: Level = Level.PREFER, **more: Any) -> StandingWish:
    if kind is Kind.DAYS:
        more.setdefault("days", (Weekday.MONDAY,))
    return StandingWish("w-1", "ada", kind, level, more.pop("valid_from", TODAY), **more)


def starts(earliest: int, latest: int, level: Level = Level.PREFER) -> StandingWish:
    return standing(Kind.STARTS, level, earliest_start_minutes=earliest, latest_start_minutes=latest)


@pytest.mark.parametrize(
    ("against", "well", "rule"),
    [
        (standing(days=(Weekday.SUNDAY,)), standing(), "shifts[].days"),
        (standing(level=Level.STRONGLY_AVOID), standing(level=Level.AVOID, days=(Weekday.SUNDAY,)), "optionalDays"),
        (starts(601, 900), starts(600, 900), "shifts[].earliestStartTimeMinutesFromMidnight"),
        (
            starts(0, 700, Level.AVOID),
            starts(0, 599, Level.AVOID),
            "shifts[].earliestStartTimeMinutesFromMidnight",
        ),
        (starts(1320, 120), starts(1320, 360), "shifts[].earliestStartTimeMinutesFromMidnight"),
    ],
)
def test_a_standing_wish_against_the_contract_names_the_plans_rule(
    against: StandingWish, well: StandingWish, rule: str
) -> None:
    contract = Contract(plan(), CHICAGO)
    assert [each.rule for each in judge_standing(contract, against)] == [rule]
    assert judge_standing(contract, well) == []


def test_wishes_of_colleagues_contradict_no_contract() -> None:
    assert judge_standing(Contract(plan(), CHICAGO), standing(Kind.PARTNERS, partner_ids=("bob",))) == []


def refused(wish: StandingWish, *others: StandingWish) -> list[str]:
    with pytest.raises(Invalid) as caught:
        check_standing(wish, others, {"bob"}, TODAY)
    return [problem.field for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("wish", "fields"),
    [
        (standing(days=()), ["days"]),
        (standing(partner_ids=("bob",)), ["partnerIds"]),
        (standing(Kind.STARTS, earliest_start_minutes=5), ["latestStartMinutes"]),
        (standing(level=Level.UNAVAILABLE), ["level"]),
        (standing(valid_until=TODAY - DAY), ["validUntil"]),
        (standing(valid_from=TODAY - 9 * DAY, valid_until=TODAY - DAY), ["validUntil"]),
        (standing(valid_from=date(2030, 1, 1)), ["validFrom"]),
        (standing(Kind.PARTNERS, partner_ids=("bob", "ada")), ["partnerIds[1]"]),
        (standing(Kind.PARTNERS, partner_ids=("stranger",)), ["partnerIds[0]"]),
    ],
)
def test_a_standing_wish_that_makes_no_sense_names_its_field(wish: StandingWish, fields: list[str]) -> None:
    assert refused(wish) == fields


def test_a_wish_does_not_contradict_another_at_the_same_time() -> None:
    other = replace(standing(level=Level.AVOID, valid_until=TODAY + 5 * DAY), id="w-2")
    assert refused(standing(), other) == ["days"]
    check_standing(standing(valid_from=TODAY + 6 * DAY), [other], (), TODAY)
    check_standing(standing(days=(Weekday.TUESDAY,)), [other], (), TODAY)
    with_bob = standing(Kind.PARTNERS, partner_ids=("bob",))
    assert refused(with_bob, replace(with_bob, id="w-2", level=Level.STRONGLY_AVOID)) == ["partnerIds"]


def shift(day: date = MONDAY, start: str = "08:00") -> Interval:
    return Interval.lasting(at(day, start), 480)


def kept(wish: Wish | StandingWish, partners: Any = None, of: Interval | None = None) -> list[bool]:
    wishes = AgentWishes((wish,)) if isinstance(wish, Wish) else AgentWishes((), (wish,))
    return [each.kept for each in weigh_shift(of or shift(), CHICAGO, wishes, partners)]


def test_a_shift_keeps_and_breaks_wishes() -> None:
    assert kept(standing()) == [True]
    assert kept(standing(days=(Weekday.SUNDAY,))) == [False]
    assert kept(standing(level=Level.AVOID)) == [False]
    assert kept(standing(level=Level.AVOID, days=(Weekday.SUNDAY,))) == [True]
    assert kept(starts(480, 540)) == [True]
    assert kept(starts(1320, 120)) == [False]
    assert kept(starts(1320, 120), of=shift(start="23:30")) == [True]
    assert kept(standing(valid_from=MONDAY + DAY)) == []
    with_bob = standing(Kind.PARTNERS, partner_ids=("bob",))
    assert kept(with_bob) == []
    assert kept(with_bob, {"bob": [shift()]}) == [True]
    assert kept(with_bob, {"bob": [shift(MONDAY + DAY)]}) == [False]
    assert kept(replace(with_bob, level=Level.AVOID), {"bob": [shift()]}) == [False]


def test_times_weigh_by_their_level_and_only_where_they_meet() -> None:
    def wish(level: Level) -> Wish:
        return Wish("w", "ada", away(MONDAY, "09:00", "10:00"), level)

    assert kept(wish(Level.PREFER)) == [True]
    assert kept(wish(Level.STRONGLY_AVOID)) == [False]
    assert kept(wish(Level.UNAVAILABLE)) == [False]
    assert kept(wish(Level.UNAVAILABLE), of=shift(MONDAY + DAY)) == []
    verdicts = weigh_shift(shift(), CHICAGO, AgentWishes((wish(Level.STRONGLY_AVOID),), (standing(),)))
    assert score_of(verdicts) == -1


def test_days_and_starts_are_those_of_the_wall_in_the_night_of_the_clock_change() -> None:
    """2023-11-05 01:30 comes twice in Chicago; both are Sunday's."""
    second = Interval.lasting(datetime.fromisoformat("2023-11-05T01:30-06:00"), 480)
    assert kept(standing(days=(Weekday.SUNDAY,)), of=second) == [True]
    assert kept(starts(90, 90), of=second) == [True]
