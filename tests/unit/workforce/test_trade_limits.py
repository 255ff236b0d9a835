"""Locked days, nights, overtime, minors, meetings, wishes: each rule of trades fires once and is silent once."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shiftline.foundation.time import Interval, Weekday
from shiftline.workforce.preferences.model import AgentWishes, Kind, Level, StandingWish, Wish
from shiftline.workforce.trades.model import Judgement, Mode, Opening, Role, TradeSettings
from shiftline.workforce.trades.model.settings import LockedPeriod
from shiftline.workforce.trades.rules import limits
from shiftline.workforce.trades.rules.matching import judge_match
from shiftline.workforce.trades.rules.taking import is_free, rank_openings
from shiftline.workforce.units.model import ActivityCategory
from unit.schedule.drafts import activity
from unit.workforce.test_trade_matches import FRIDAY, LONG, NOW, THURSDAY, WELL, agent, held, scheduled, snapshot
from unit.workforce.test_trades import taker

NIGHT = scheduled("n", "2023-10-26T22:00")
NOON = scheduled("s-a", "2023-10-27T16:00")
MET = scheduled("s-a", "2023-10-27T06:00", activities=(activity("2023-10-27T09:00", 60, "3"),))
CLOSED = LockedPeriod(date(2023, 10, 27), date(2023, 10, 29), "stocktaking")
YOUNG = replace(agent("bob"), minor_until=date(2023, 10, 28))
LATE = scheduled("s-a", "2023-10-27T15:00")


def standing(kind: Kind, level: Level, **more: Any) -> StandingWish:
    return StandingWish("w-1", "bob", kind, level, date(2023, 10, 1), **more)


NO_FRIDAYS = AgentWishes(standing=(standing(Kind.DAYS, Level.AVOID, days=(Weekday.FRIDAY,)),))
FRIDAYS = AgentWishes(standing=(standing(Kind.DAYS, Level.PREFER, days=(Weekday.FRIDAY,)),))


@pytest.mark.parametrize(
    ("rule", "seen", "role", "words"),
    [
        (limits.judge_locked, snapshot(both={"locked": (CLOSED,)}), Role.INITIATING, "2023-10-29: stocktaking"),
        (limits.judge_meetings, snapshot(MET), Role.INITIATING, "holds Meeting"),
        (
            limits.judge_turnaround,
            snapshot(NOON, bob={"work": held(THURSDAY, NIGHT), "settings": TradeSettings(turnaround_minutes=24 * 60)}),
            Role.RECEIVING,
            "would have 10 h of rest; 24 h are asked for",
        ),
        (
            limits.judge_overtime,
            snapshot(given=None, bob={"work": held(THURSDAY), "settings": TradeSettings(overtime_minutes=800)}),
            Role.RECEIVING,
            "1 h 40 min of overtime",
        ),
        (limits.judge_minor, snapshot(LATE, bob={"agent": YOUNG}), Role.RECEIVING, "between 06:00 and 22:00"),
        (
            limits.judge_minor,
            snapshot(bob={"agent": replace(YOUNG, minor_until=date(2024, 1, 1)), "work": held(THURSDAY, LATE)}),
            Role.RECEIVING,
            "8 h are allowed",
        ),
        (limits.judge_wishes, snapshot(bob={"wishes": NO_FRIDAYS}), Role.RECEIVING, "breaks 1 of the preferences"),
    ],
)
def test_each_rule_fires_and_is_silent(rule: Any, seen: Any, role: Role, words: str) -> None:
    one = seen.initiating if role is Role.INITIATING else seen.receiving
    reason = rule(one, seen, NOW)
    assert reason.holds is False
    assert words in reason.sentence
    assert all(rule(each, WELL, NOW).holds is True for each in (WELL.initiating, WELL.receiving))


def test_a_week_of_a_minor_has_forty_hours() -> None:
    week = [scheduled(f"s-{day}", f"2023-10-{day}T06:00") for day in (23, 24, 25, 26, 28)]
    seen = snapshot(given=None, bob={"agent": replace(YOUNG, minor_until=date(2024, 1, 1)), "work": held(*week)})
    assert "47 h 30 min in the week of 2023-10-23; 40 h" in limits.judge_minor(seen.receiving, seen, NOW).sentence
    assert judge_match(seen, NOW, reviewing=True).verdict is Mode.REFUSE


def test_who_is_of_age_on_the_day_of_the_shift_is_no_minor() -> None:
    of_age = snapshot(LATE, bob={"agent": replace(YOUNG, minor_until=date(2023, 10, 27))})
    assert limits.judge_minor(of_age.receiving, of_age, NOW).holds is True


def test_two_nights_in_a_row_are_no_turnaround() -> None:
    again = scheduled("s-a", "2023-10-27T22:00")
    seen = snapshot(again, bob={"work": held(THURSDAY, NIGHT), "settings": TradeSettings(turnaround_minutes=24 * 60)})
    assert limits.judge_turnaround(seen.receiving, seen, NOW).holds is True


def test_a_rule_of_the_vendors_for_meetings_stands_before_ours() -> None:
    kept = {"activityCategoryRules": [{"activityCategory": "Meeting", "action": "KeepWithSchedule"}]}
    settings = TradeSettings.of({"shiftTrading": kept})
    assert settings.ruled_categories == {ActivityCategory.MEETING}
    seen = snapshot(MET, ada={"settings": settings})
    assert limits.judge_meetings(seen.initiating, seen, NOW).holds is True


def test_settings_are_read_and_what_makes_no_sense_is_left_out() -> None:
    periods = [
        {"startDate": "2023-10-27", "endDate": "2023-10-29", "reason": "stocktaking"},
        {"startDate": "Friday"},
        "x",
    ]
    settings = TradeSettings.of(
        {"shiftTrading": {"lockedPeriods": periods, "preferences": "Disallow", "overtimeMinutesPerWeek": 2400}}
    )
    assert settings.locked == (CLOSED,)
    assert (settings.wishes, settings.overtime_minutes, settings.overtime) == (Mode.REFUSE, 2400, Mode.REVIEW)


def test_wishes_show_and_decide_nothing_unless_the_settings_say_so() -> None:
    seen = snapshot(bob={"wishes": NO_FRIDAYS})
    judged = judge_match(seen, NOW)
    assert [(each.violation, each.mode) for each in judged.findings] == [("ReceivingAgentPreferences", Mode.ALLOW)]
    assert [(each.wish_id, each.kept) for each in judged.wishes[Role.RECEIVING]] == [("w-1", False)]
    strict = replace(seen, receiving=replace(seen.receiving, settings=TradeSettings(wishes=Mode.REFUSE)))
    assert judge_match(strict, NOW).verdict is Mode.REFUSE


def test_whoever_gives_the_shift_is_no_partner_in_it() -> None:
    with_ada = AgentWishes(standing=(standing(Kind.PARTNERS, Level.PREFER, partner_ids=("ada",)),))
    seen = snapshot(bob={"wishes": with_ada, "partners": {"ada": [FRIDAY.span]}})
    assert [each.kept for each in limits.weigh_wishes(seen.receiving, seen)] == [False]
    both = snapshot(bob={"wishes": with_ada, "partners": {"ada": [FRIDAY.span, Interval.lasting(FRIDAY.start, 60)]}})
    assert [each.kept for each in limits.weigh_wishes(both.receiving, both)] == [True]


def test_nobody_is_free_while_unavailable() -> None:
    away = replace(taker(), unavailable=(Interval.lasting(FRIDAY.start, 30),))
    assert is_free(FRIDAY.span, away, None) is False
    assert is_free(FRIDAY.span, taker(), None) is True


def test_what_keeps_wishes_is_proposed_first() -> None:
    def opening(trade_id: str, wishes: AgentWishes, given: Any = THURSDAY) -> Opening:
        seen = snapshot(given=given, bob={"wishes": wishes}, trade={"id": trade_id})
        return Opening(seen.trade, (given.id,), {given.id: judge_match(seen, NOW)})

    openings = [opening("bad", NO_FRIDAYS), opening("plain", AgentWishes(), LONG), opening("good", FRIDAYS)]
    assert [each.trade.id for each in rank_openings(openings)] == ["good", "plain", "bad"]


def test_of_the_shifts_to_give_those_come_first_that_the_initiator_likes() -> None:
    afternoon = Wish("w", "ada", Interval(datetime(2023, 10, 26, 20, tzinfo=UTC), datetime(2023, 10, 26, 22, tzinfo=UTC)),
                     Level.STRONGLY_PREFER)  # fmt: skip
    late = scheduled("s-late", "2023-10-26T14:00")
    judged: dict[str | None, Judgement] = {
        given.id: judge_match(snapshot(given=given, ada={"wishes": AgentWishes((afternoon,))}), NOW)
        for given in (THURSDAY, late)
    }
    (ranked,) = rank_openings([Opening(WELL.trade, (THURSDAY.id, late.id), judged)])
    assert ranked.match_ids == (late.id, THURSDAY.id)
