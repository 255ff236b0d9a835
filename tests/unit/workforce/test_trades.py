from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shiftline.foundation import events
from shiftline.foundation.errors import Invalid
from shiftline.foundation.time import Interval
from shiftline.workforce.trades.events import TradeOffered
from shiftline.workforce.trades.model import (
    Mode,
    Offer,
    OfferSnapshot,
    Shift,
    State,
    TakerSnapshot,
    Trade,
    TradeSettings,
)
from shiftline.workforce.trades.rules import offering, states, taking
from shiftline.workforce.trades.wire.requests import parse_interval
from shiftline.workforce.units.model import Agent

NOW = datetime(2023, 10, 20, 12, tzinfo=UTC)
START = datetime(2023, 10, 27, 11, tzinfo=UTC)
WEEK = date(2023, 10, 23)


def agent(person_id: str = "ada", unit: str = "chicago") -> Agent:
    zone = "America/Chicago"
    return Agent(person_id, unit, "bu", "div", zone, zone, True, NOW, {})


def shift(shift_id: str = "s-1", person_id: str = "ada", start: datetime = START, hours: int = 8) -> Shift:
    return Shift(shift_id, "sch-1", WEEK, person_id, Interval.lasting(start, hours * 60), WEEK)


def trade(person_id: str = "ada", acceptable: tuple[Interval, ...] = (), **more: Any) -> Trade:
    made = Trade(
        id="t-1",
        state=State.UNMATCHED,
        business_unit_id="bu",
        management_unit_id="chicago",
        person_id=person_id,
        shift=shift(person_id=person_id),
        acceptable=acceptable,
        target_person_id=None,
        expires_at=START,
        review_note=None,
        created_by=person_id,
        created_at=NOW,
        changed_by=person_id,
        changed_at=NOW,
    )
    return replace(made, **more)


def snapshot(**more: Any) -> OfferSnapshot:
    found = OfferSnapshot(agent(), TradeSettings(), shift(), open_trade=None, week_offers=0)
    return replace(found, **more)


LATER = Interval.lasting(START + timedelta(days=1), 480)
FINE = Offer("s-1", "sch-1", week_date=WEEK, acceptable=[LATER], expires_at=START)


def test_every_rule_is_silent_about_a_sound_offer() -> None:
    reasons = offering.judge_offer(FINE, snapshot(), NOW)
    assert len(reasons) == len(offering.RULES)
    assert [reason.code for reason in reasons if reason.holds is not True] == []


def in_hours(hours: int) -> Shift:
    return shift(start=NOW + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("rule", "offer", "seen", "code"),
    [
        (offering.judge_enabled, FINE, snapshot(settings=TradeSettings(enabled=False)), "trade.disabled"),
        (offering.judge_own, FINE, snapshot(shift=shift(person_id="bob")), "trade.shift.not.own"),
        (offering.judge_week, replace(FINE, week_date=date(2023, 10, 30)), snapshot(), "trade.week.different"),
        (offering.judge_future, FINE, snapshot(shift=in_hours(0)), "trade.shift.begun"),
        (
            offering.judge_notice,
            FINE,
            snapshot(shift=in_hours(23), settings=TradeSettings(notice=timedelta(hours=24))),
            "trade.notice",
        ),
        (offering.judge_free, FINE, snapshot(open_trade=trade()), "trade.already.offered"),
        (
            offering.judge_intervals,
            replace(FINE, acceptable=[Interval.lasting(NOW - timedelta(hours=2), 60)]),
            snapshot(),
            "trade.interval",
        ),
        (
            offering.judge_intervals,
            replace(FINE, acceptable=[Interval.lasting(START, 14)]),
            snapshot(),
            "trade.interval",
        ),
        (
            offering.judge_intervals,
            replace(FINE, acceptable=[Interval.lasting(START + timedelta(weeks=7), 480)]),
            snapshot(),
            "trade.interval",
        ),
        (
            offering.judge_intervals,
            replace(FINE, acceptable=[LATER, Interval.lasting(LATER.start, 60)]),
            snapshot(),
            "trade.intervals.overlap",
        ),
        (offering.judge_intervals, replace(FINE, acceptable=[LATER] * 51), snapshot(), "trade.intervals.too.many"),
        (offering.judge_expiry, replace(FINE, expires_at=NOW), snapshot(), "trade.expiry.past"),
        (
            offering.judge_expiry,
            replace(FINE, expires_at=START + timedelta(minutes=1)),
            snapshot(),
            "trade.expiry.late",
        ),
        (offering.judge_target, replace(FINE, target_person_id="ada"), snapshot(), "trade.target.self"),
        (offering.judge_target, replace(FINE, target_person_id="x"), snapshot(), "trade.target.elsewhere"),
        (
            offering.judge_target,
            replace(FINE, target_person_id="cleo"),
            snapshot(target=agent("cleo", "berlin")),
            "trade.target.elsewhere",
        ),
        (
            offering.judge_target,
            replace(FINE, target_person_id="bob"),
            snapshot(target=agent("bob"), settings=TradeSettings(allow_direct_trades=False)),
            "trade.target.not.allowed",
        ),
        (
            offering.judge_return,
            replace(FINE, acceptable=[]),
            snapshot(settings=TradeSettings(one_sided=Mode.REFUSE)),
            "trade.one.sided",
        ),
        (
            offering.judge_limit,
            FINE,
            snapshot(week_offers=3, settings=TradeSettings(offers_per_week=3)),
            "trade.weekly.limit",
        ),
    ],
)
def test_each_rule_fires(rule: offering.OfferRule, offer: Offer, seen: OfferSnapshot, code: str) -> None:
    reason = rule(offer, seen, NOW)
    assert (reason.holds, reason.code) == (False, code)
    assert reason.sentence.endswith(".")
    assert reason.facts["field"]


@pytest.mark.parametrize(
    ("rule", "offer", "seen"),
    [
        (offering.judge_week, replace(FINE, week_date=None), snapshot()),
        (
            offering.judge_notice,
            FINE,
            snapshot(shift=in_hours(24), settings=TradeSettings(notice=timedelta(hours=24))),
        ),
        (offering.judge_intervals, replace(FINE, acceptable=[LATER, Interval.lasting(LATER.end, 60)]), snapshot()),
        (offering.judge_expiry, replace(FINE, expires_at=None), snapshot()),
        (offering.judge_target, replace(FINE, target_person_id="bob"), snapshot(target=agent("bob"))),
        (offering.judge_return, replace(FINE, acceptable=[]), snapshot()),
        (offering.judge_limit, FINE, snapshot(week_offers=2, settings=TradeSettings(offers_per_week=3))),
    ],
)
def test_each_rule_is_silent_at_its_edge(rule: offering.OfferRule, offer: Offer, seen: OfferSnapshot) -> None:
    assert rule(offer, seen, NOW).holds is True


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, TradeSettings()),
        (
            {
                "shiftTrading": {
                    "enabled": False,
                    "allowDirectTrades": False,
                    "oneSided": "Disallow",
                    "minHoursInFuture": 48,
                    "maxTradesPerAgentPerWeek": 2,
                }
            },
            TradeSettings(
                enabled=False,
                allow_direct_trades=False,
                one_sided=Mode.REFUSE,
                notice=timedelta(hours=48),
                offers_per_week=2,
            ),
        ),
    ],
)
def test_settings_come_from_the_management_unit(settings: Mapping[str, Any], expected: TradeSettings) -> None:
    assert TradeSettings.of(settings) == expected


def test_the_same_offer_is_recognised_whatever_the_order_of_its_intervals() -> None:
    other = Interval.lasting(START + timedelta(days=2), 480)
    standing = trade(acceptable=(LATER, other))
    assert offering.is_same_offer(standing, replace(FINE, acceptable=[other, LATER], expires_at=None), "ada")
    assert not offering.is_same_offer(standing, replace(FINE, acceptable=[LATER]), "ada")
    assert not offering.is_same_offer(standing, replace(FINE, acceptable=[other, LATER]), "bob")


def test_an_open_offer_is_canceled_or_expires_and_nothing_else() -> None:
    assert states.judge_transition(trade(), State.CANCELED, NOW).holds is True
    assert states.judge_transition(trade(), State.EXPIRED, NOW).holds is False
    assert states.judge_transition(trade(), State.APPROVED, NOW).holds is False
    assert states.judge_transition(trade(), State.MATCHED, NOW).holds is True
    assert states.judge_own_transition(trade(), State.MATCHED, NOW).holds is False
    assert states.as_of(trade(), START).state is State.EXPIRED
    assert states.judge_transition(trade(), State.CANCELED, START).holds is False
    assert states.as_of(trade(state=State.CANCELED), START).state is State.CANCELED


def taker(*shifts: Shift, **more: Any) -> TakerSnapshot:
    return replace(TakerSnapshot(agent("bob"), TradeSettings(), shifts, ()), **more)


def test_a_one_sided_offer_is_for_whoever_is_free_then() -> None:
    assert [each.trade.id for each in taking.find_openings([trade()], taker(), (), NOW)] == ["t-1"]
    busy = shift("mine", "bob", START + timedelta(hours=7))
    assert taking.find_openings([trade()], taker(busy), (), NOW) == []
    off = (Interval.lasting(START + timedelta(hours=7), 600),)
    assert taking.find_openings([trade()], taker(time_off=off), (), NOW) == []
    next_to = shift("mine", "bob", START + timedelta(hours=8))
    assert len(taking.find_openings([trade()], taker(next_to), (), NOW)) == 1


def test_an_offer_is_not_for_its_maker_other_units_or_others_than_its_target() -> None:
    for closed in (trade("bob"), trade(management_unit_id="berlin"), trade(target_person_id="eve")):
        assert taking.find_openings([closed], taker(), (), NOW) == []
    assert len(taking.find_openings([trade(target_person_id="bob")], taker(), (), NOW)) == 1


def test_an_exchange_needs_a_given_shift_within_an_acceptable_interval() -> None:
    mine = shift("mine", "bob", LATER.start)
    wanted = trade(acceptable=(LATER,))
    (opening,) = taking.find_openings([wanted], taker(mine), {"mine"}, NOW)
    assert opening.match_ids == ("mine",)
    assert taking.find_openings([wanted], taker(mine), (), NOW) == []
    longer = shift("mine", "bob", LATER.start, hours=9)
    assert taking.find_openings([wanted], taker(longer), {"mine"}, NOW) == []


def test_a_shift_given_away_leaves_room_for_the_one_taken() -> None:
    same_time = shift("mine", "bob")
    wanted = trade(acceptable=(shift().span,))
    assert taking.find_openings([wanted], taker(same_time), {"mine"}, NOW)[0].match_ids == ("mine",)
    second = shift("second", "bob", START + timedelta(hours=7))
    assert taking.find_openings([wanted], taker(same_time, second), {"mine"}, NOW) == []


def test_what_starts_within_the_notice_is_not_taken() -> None:
    settings = TradeSettings(notice=timedelta(days=8))
    assert taking.find_openings([trade()], taker(settings=settings), (), NOW) == []


def test_an_event_comes_back_as_it_was() -> None:
    happened = TradeOffered(organization_id="org-1", trade_id="t-1", trade=trade(acceptable=(LATER,)))
    assert events.decode("workforce.trade.offered", 1, events.encode(happened)) == happened


def test_the_legacy_interval_needs_two_instants_in_order() -> None:
    text = "2023-10-27T06:00:00-05:00/2023-10-27T14:00:00-05:00"
    assert parse_interval(text, "x") == Interval.lasting(START, 480)
    for bad in ("", "/", "2023-10-27T06:00:00/2023-10-27T14:00:00Z", text[:25], f"{text[26:]}/{text[:25]}"):
        with pytest.raises(Invalid) as error:
            parse_interval(bad, "acceptableIntervals[0]")
        assert error.value.problems[0].field == "acceptableIntervals[0]"
