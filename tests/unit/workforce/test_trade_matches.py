"""The rules of a match: each fires once and is silent once; what decides; paid time; the nights the clocks change."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from shiftline.foundation.time import Interval, Weekday, day_of, week_start
from shiftline.workforce.schedule.model import Shift as ScheduledShift
from shiftline.workforce.trades import topics
from shiftline.workforce.trades.events import TradesReviewed
from shiftline.workforce.trades.model import (
    Calendar,
    Held,
    Match,
    MatchSnapshot,
    Mode,
    Reviewed,
    Role,
    Ruling,
    Shift,
    Side,
    State,
    Trade,
    TradeSettings,
)
from shiftline.workforce.trades.rules import limits, matching, sides
from shiftline.workforce.trades.rules.matching import judge_match
from shiftline.workforce.trades.rules.paying import weigh_pay
from shiftline.workforce.trades.rules.planned import PLAN_RULES
from shiftline.workforce.units.model import ActivityCategory, Agent
from shiftline.workforce.workplans.rules.judging import judge_roster
from unit.schedule.drafts import CHICAGO, CODES, activity, draft, planned
from unit.workforce.plans import plan, roster

NOW = datetime(2023, 10, 20, 12, tzinfo=UTC)
CALENDAR = Calendar(CHICAGO, Weekday.MONDAY)


def scheduled(shift_id: str, start: str, minutes: int = 480, **more: Any) -> ScheduledShift:
    """A shift by Chicago's wall, in the frame of ten weeks."""
    return planned(draft(start, minutes, id=shift_id, **more), first="2023-10-02", weeks=10)


def traded(person_id: str, shift: ScheduledShift) -> Shift:
    week = week_start(day_of(shift.start, CHICAGO), Weekday.MONDAY)
    return Shift(shift.id, "sch", week, person_id, shift.span, week)


def agent(person_id: str, unit: str = "chicago", business_unit: str = "bu") -> Agent:
    zone = "America/Chicago"
    return Agent(person_id, unit, business_unit, "div", zone, zone, True, NOW, {})


FRIDAY = scheduled("s-a", "2023-10-27T06:00", activities=(activity("2023-10-27T09:00", 30, "2"),))
THURSDAY = scheduled("s-b", "2023-10-26T06:00", activities=(activity("2023-10-26T09:00", 30, "2"),))


def side(role: Role, shift: ScheduledShift | None, *others: ScheduledShift, **more: Any) -> Side:
    """A side that trades ``shift`` and works ``others`` beside."""
    person_id = "ada" if role is Role.INITIATING else "bob"
    what = None if shift is None else traded(person_id, shift)
    work = [Held("sch", each) for each in (shift, *others) if each is not None]
    return replace(Side(role, agent(person_id), TradeSettings(), what, what, work), **more)


def snapshot(offered: ScheduledShift = FRIDAY, given: ScheduledShift | None = THURSDAY, **more: Any) -> MatchSnapshot:
    """Ada offers, Bob takes and gives. ``ada`` and ``bob`` change their sides, ``trade`` the trade, ``both`` the settings."""
    ada = replace(side(Role.INITIATING, offered), **more.get("ada", {}))
    bob = replace(side(Role.RECEIVING, given), **more.get("bob", {}))
    if "both" in more:
        ada, bob = (replace(each, settings=TradeSettings(**more["both"])) for each in (ada, bob))
    made = Trade(
        id="t-1",
        state=State.UNMATCHED,
        business_unit_id="bu",
        management_unit_id="chicago",
        person_id="ada",
        shift=traded("ada", offered),
        acceptable=() if given is None else (given.span,),
        target_person_id=None,
        expires_at=offered.start,
        review_note=None,
        created_by="ada",
        created_at=NOW,
        changed_by="ada",
        changed_at=NOW,
        match=Match("bob", "chicago", None if given is None else traded("bob", given), NOW),
    )
    return MatchSnapshot(replace(made, **more.get("trade", {})), ada, bob, CALENDAR, CODES)


def held(*shifts: ScheduledShift) -> list[Held]:
    return [Held("sch", each) for each in shifts]


COACHED = msgspec.structs.replace(
    THURSDAY,
    activities=tuple(
        msgspec.structs.replace(each, external_activity_id="c-1", external_activity_type="Coaching")
        for each in THURSDAY.activities
    ),
)
LONG = scheduled("s-b", "2023-10-26T06:00", 540)
LATE = scheduled("x", "2023-10-26T16:00")
ACROSS = scheduled("x", "2023-10-27T10:00")
FAR = scheduled("s-b", "2023-12-09T06:00")
SKILLED = scheduled("s-a", "2023-10-27T06:00", skill_ids=("k-1",))
MOVED = scheduled("s-a", "2023-10-27T07:00")
WELL = snapshot()
HOUR = Interval.lasting(FRIDAY.start, 60)


@pytest.mark.parametrize(
    ("rule", "seen", "words"),
    [
        (matching.judge_open, snapshot(trade={"state": State.CANCELED}), "is Canceled"),
        (matching.judge_open, snapshot(trade={"expires_at": NOW}), "expired at 2023-10-20T12:00"),
        (matching.judge_self, snapshot(bob={"agent": agent("ada")}), "with yourself"),
        (matching.judge_target, snapshot(trade={"target_person_id": "cleo"}), "somebody else"),
        (
            matching.judge_enabled,
            snapshot(bob={"settings": TradeSettings(enabled=False)}),
            "off in the management unit",
        ),
        (matching.judge_business_unit, snapshot(bob={"agent": agent("bob", "x", "other")}), "different business units"),
        (matching.judge_management_unit, snapshot(bob={"agent": agent("bob", "x")}), "different management units"),
        (matching.judge_no_return, snapshot(trade={"acceptable": ()}), "give none"),
        (matching.judge_return, snapshot(given=None, trade={"acceptable": (THURSDAY.span,)}), "name one of yours"),
        (matching.judge_one_sided, snapshot(given=None), "one-sided"),
        (matching.judge_acceptable, snapshot(trade={"acceptable": (HOUR,)}), "the other agent accepts"),
        (matching.judge_reach, snapshot(given=FAR), "more than 6 weeks apart"),
        (matching.judge_unequal_paid, snapshot(given=LONG), "450 minutes, the other for 540"),
    ],
)
def test_each_rule_of_a_trade_fires_and_is_silent(rule: matching.TradeRule, seen: MatchSnapshot, words: str) -> None:
    reason = rule(seen, NOW)
    assert reason.holds is False
    assert words in reason.sentence
    assert rule(WELL, NOW).holds is True


@pytest.mark.parametrize(
    ("rule", "seen", "role", "words"),
    [
        (sides.judge_standing, snapshot(ada={"found": None, "work": ()}), Role.INITIATING, "no longer in force"),
        (
            sides.judge_standing,
            snapshot(bob={"found": traded("cleo", THURSDAY), "work": ()}),
            Role.RECEIVING,
            "somebody else works it now",
        ),
        (
            sides.judge_times,
            snapshot(ada={"work": held(MOVED)}),
            Role.INITIATING,
            "was Fri 2023-10-27 06:00-14:00 America/Chicago when it was traded; now it is Fri 2023-10-27 07:00-15:00",
        ),
        (
            sides.judge_future,
            snapshot(bob={"traded": traded("bob", scheduled("s", "2023-10-20T06:00"))}),
            Role.RECEIVING,
            "has begun",
        ),
        (
            sides.judge_notice,
            snapshot(ada={"settings": TradeSettings(notice=timedelta(hours=200))}),
            Role.INITIATING,
            "notice of 200 hours",
        ),
        (sides.judge_single, snapshot(bob={"other_trade_id": "t-9"}), Role.RECEIVING, "t-9"),
        (sides.judge_bound, snapshot(bob={"work": held(COACHED)}), Role.RECEIVING, "Coaching"),
        (
            sides.judge_categories,
            snapshot(both={"kept_categories": frozenset({ActivityCategory.MEAL})}),
            Role.INITIATING,
            "holds Meal",
        ),
        (sides.judge_overlap, snapshot(bob={"work": held(THURSDAY, ACROSS)}), Role.RECEIVING, "10:00-18:00"),
        (
            sides.judge_time_off,
            snapshot(bob={"time_off": (HOUR,)}),
            Role.RECEIVING,
            "06:00-07:00 America/Chicago, approved time off",
        ),
        (sides.judge_unavailable, snapshot(bob={"unavailable": (HOUR,)}), Role.RECEIVING, "given as unavailable by"),
        (sides.judge_rest, snapshot(bob={"work": held(THURSDAY, LATE)}), Role.RECEIVING, "only 6 h 00 min of rest"),
        (sides.judge_skills, snapshot(SKILLED), Role.RECEIVING, "lacks skills of the shift: k-1"),
        (
            sides.judge_weekly_minimum,
            snapshot(given=None, both={"weekly_minimum_minutes": 400}),
            Role.INITIATING,
            "week of 2023-10-23 the agent who offers would be paid for 0 minutes instead of 450; the minimum is 400",
        ),
        (
            sides.judge_weekly_maximum,
            snapshot(given=None, both={"weekly_maximum_minutes": 400}),
            Role.RECEIVING,
            "paid for 450 minutes instead of 0; the maximum is 400",
        ),
    ],
)
def test_each_rule_of_a_side_fires_and_is_silent(
    rule: matching.SideRule, seen: MatchSnapshot, role: Role, words: str
) -> None:
    def judged(what: MatchSnapshot, which: Role) -> Any:
        return rule(what.initiating if which is Role.INITIATING else what.receiving, what, NOW)

    reason = judged(seen, role)
    assert reason.holds is False
    assert words in reason.sentence
    assert all(judged(WELL, each).holds is True for each in Role)


def test_every_rule_stands_in_the_table() -> None:
    def named(module: Any) -> set[Callable[..., Any]]:
        return {
            each
            for name, each in vars(module).items()
            if name.startswith("judge_") and each.__module__ == module.__name__
        }

    assert {row.rule for row in matching.TRADE_RULES} == named(matching) - {matching.judge_match, matching.judge_agents}
    apart = {limits.weigh_wishes}
    assert {row.rule for row in matching.SIDE_RULES} == named(sides) | named(limits) - apart
    of_plans = {reason.code for reason in judge_roster(plan(), roster())}
    assert set(PLAN_RULES) == of_plans


def test_refusal_stands_before_review_and_review_before_automatic_approval() -> None:
    automatic = {"auto_review": True}
    assert judge_match(WELL, NOW).ruling.code == "trade.reviewed"
    approved = judge_match(snapshot(both=automatic), NOW)
    assert (approved.verdict, approved.ruling.code, approved.findings) == (Mode.ALLOW, "trade.automatic", ())
    review = judge_match(snapshot(given=LONG, both=automatic), NOW)
    assert (review.verdict, review.ruling.code) == (Mode.REVIEW, "trade.unequal.paid")
    refused = judge_match(snapshot(given=LONG, both=automatic, trade={"target_person_id": "cleo"}), NOW)
    assert (refused.verdict, refused.ruling.code) == (Mode.REFUSE, "trade.direct")
    assert [finding.violation for finding in refused.findings] == ["DirectTradeForOtherUser", "UnequalPaidTime"]


def test_of_two_management_units_the_stricter_counts_and_what_is_allowed_only_shows() -> None:
    lax, strict = (TradeSettings(auto_review=True, unequal_paid=mode) for mode in (Mode.ALLOW, Mode.REFUSE))
    allowed = judge_match(snapshot(given=LONG, ada={"settings": lax}, bob={"settings": lax}), NOW)
    assert (allowed.verdict, [each.mode for each in allowed.findings]) == (Mode.ALLOW, [Mode.ALLOW])
    refused = judge_match(snapshot(given=LONG, ada={"settings": lax}, bob={"settings": strict}), NOW)
    assert refused.verdict is Mode.REFUSE
    one = judge_match(snapshot(ada={"settings": lax}), NOW)
    assert (one.verdict, one.ruling.code) == (Mode.REVIEW, "trade.reviewed")


def test_a_reviewer_weighs_what_was_judged_before_and_is_stopped_by_what_cannot_be() -> None:
    late = {"notice": timedelta(hours=500)}
    assert judge_match(snapshot(both=late), NOW).verdict is Mode.REFUSE
    assert judge_match(snapshot(both=late), NOW, reviewing=True).verdict is Mode.REVIEW
    clash = snapshot(bob={"work": held(THURSDAY, ACROSS)})
    assert judge_match(clash, NOW, reviewing=True).verdict is Mode.REFUSE


def test_limits_that_nobody_set_are_named_as_not_judged() -> None:
    assert judge_match(WELL, NOW).unevaluated == (
        "InitiatingWeeklyMinPaidTime",
        "InitiatingWeeklyMaxPaidTime",
        "ReceivingWeeklyMinPaidTime",
        "ReceivingWeeklyMaxPaidTime",
    )
    known = {"weekly_minimum_minutes": 0, "weekly_maximum_minutes": 3000}
    assert judge_match(snapshot(both=known), NOW).unevaluated == ()


def test_an_agent_who_is_gone_stops_a_trade() -> None:
    gone = matching.judge_agents(WELL.trade, agent("ada"), None)
    assert gone is not None
    assert [finding.violation for finding in gone.findings] == ["ReceivingAgentScheduleDoesNotExist"]
    assert matching.judge_agents(WELL.trade, agent("ada"), agent("bob")) is None


@pytest.mark.parametrize(("start", "minutes"), [("2023-11-04T22:00", 540), ("2023-03-11T22:00", 420)])
def test_a_night_in_which_the_clocks_change_is_paid_by_elapsed_time(start: str, minutes: int) -> None:
    """22:00-06:00 on the wall is nine hours in November and seven in March."""
    night = planned(draft(start, minutes, id="s-a"), first="2023-03-06", weeks=40)
    assert (night.wall_end.hour, night.paid_minutes) == (6, minutes)
    other = planned(draft("2023-10-26T06:00", 480, id="s-b"), first="2023-03-06", weeks=40)
    seen = snapshot(night, other)
    assert f"{minutes} minutes, the other for 480" in matching.judge_unequal_paid(seen, NOW).sentence
    pay = weigh_pay(seen.receiving, seen)
    assert (pay.before, pay.after) == (480, minutes)


def test_rest_over_the_night_of_the_clock_change_is_elapsed_time() -> None:
    """From 20:00 to 03:30 lie eight and a half hours when the clocks go back."""
    evening = scheduled("x", "2023-11-04T12:00", 480)
    morning = scheduled("s-a", "2023-11-05T03:30", 480)
    seen = snapshot(morning, bob={"work": held(THURSDAY, evening)})
    assert sides.judge_rest(seen.receiving, seen, NOW).holds is True
    stricter = snapshot(
        morning, bob={"work": held(THURSDAY, evening), "settings": TradeSettings(least_rest_minutes=511)}
    )
    assert "8 h 30 min" in sides.judge_rest(stricter.receiving, stricter, NOW).sentence


def test_the_management_unit_hears_of_a_review() -> None:
    outcome = Reviewed(WELL.trade, Ruling("trade.shift.gone", "Gone."), "ReceivingShiftDoesNotExist")
    happened = TradesReviewed(
        organization_id="org",
        management_unit_id="chicago",
        operation_id="op",
        week_date=date(2023, 10, 23),
        outcomes=(outcome,),
    )
    (told,) = topics.notifications(happened)
    assert told.topic == "v2.workforcemanagement.managementunits.chicago.shifttrades.state.bulk"
    assert told.body["result"]["entities"][0]["failureReason"] == "ReceivingAgentShiftNotFound"
