"""The rules of taking an open shift: each that is theirs alone fires once and is silent once; those of trades are asked too."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shiftline.foundation.decision import Reason
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftState, Taker
from shiftline.workforce.trades.model import Mode, TradeSettings
from shiftline.workforce.trades.model.cycles import Stand
from shiftline.workforce.trades.rules import open_shifts as rules
from shiftline.workforce.trades.rules.open_shifts import judge_take, stand_of
from shiftline.workforce.trades.rules.rings import judge_ring
from unit.workforce.test_trade_matches import NOW, agent, scheduled
from unit.workforce.test_trade_rings import AUTOMATIC, market, stand, taker

OPEN = OpenShift(
    id="o-1",
    schedule_id="sch",
    schedule_week_date=date(2023, 10, 23),
    business_unit_id="bu",
    management_unit_id="chicago",
    week_date=date(2023, 10, 23),
    shift=scheduled("left", "2023-10-28T06:00"),
    queue_ids=("q-1",),
    state=OpenShiftState.OPEN,
    opened_by="boss",
    opened_at=NOW,
    changed_by="boss",
    changed_at=NOW,
)
TAKER = Taker("ada", "chicago", NOW)
IN_QUEUE = taker("dan", queue_ids=frozenset({"q-1"})).side


def left(**more: Any) -> Stand:
    """The open shift in a market."""
    found = stand_of(replace(OPEN, **more), agent("nobody"))
    return replace(found, side=replace(found.side, settings=AUTOMATIC))


NOTICE = replace(IN_QUEUE, settings=TradeSettings(notice=timedelta(days=30)))


@pytest.mark.parametrize(
    ("fires", "silent", "words"),
    [
        (
            rules.judge_open(replace(OPEN, state=OpenShiftState.TAKEN, taker=TAKER), NOW),
            rules.judge_open(OPEN, NOW),
            "is taken.",
        ),
        (rules.judge_open(OPEN, OPEN.shift.start), rules.judge_open(OPEN, NOW), "it has begun"),
        (
            rules.judge_in_force(replace(OPEN, in_force=False), NOW),
            rules.judge_in_force(OPEN, NOW),
            "no longer in force",
        ),
        (rules.judge_notice(OPEN, NOTICE, NOW), rules.judge_notice(OPEN, IN_QUEUE, NOW), "notice of 720 hours"),
        (rules.judge_queues(OPEN, taker("dan").side), rules.judge_queues(OPEN, IN_QUEUE), "queues of the shift: q-1"),
    ],
)
def test_each_rule_of_an_open_shift_fires_and_is_silent(fires: Reason, silent: Reason, words: str) -> None:
    assert (fires.holds, silent.holds) == (False, True)
    assert words in fires.sentence


def test_whoever_keeps_all_rules_has_it_at_once_and_sees_what_each_says() -> None:
    judgement = judge_take(left(), IN_QUEUE, market(left()), NOW)
    assert (judgement.verdict, judgement.ruling.code, judgement.broken) == (Mode.ALLOW, "trade.automatic", ())
    assert judgement.pay is not None
    assert judgement.pay.after - judgement.pay.before == OPEN.shift.paid_minutes
    assert len({each.reason.code for each in judgement.verdicts}) == len(judgement.verdicts) >= 15


@pytest.mark.parametrize(
    ("changes", "code", "mode"),
    [
        (
            {"settings": replace(AUTOMATIC, queues=Mode.REFUSE), "queue_ids": frozenset()},
            "open.shift.queues",
            Mode.REFUSE,
        ),
        ({"queue_ids": frozenset()}, "open.shift.queues", Mode.REVIEW),
        ({"settings": replace(AUTOMATIC, enabled=False)}, "trade.disabled", Mode.REFUSE),
        ({"time_off": (OPEN.shift.span,)}, "trade.time.off", Mode.REFUSE),
        ({"unavailable": (OPEN.shift.span,)}, "trade.unavailable", Mode.REVIEW),
        ({"agent": agent("dan", "berlin")}, "trade.management.unit", Mode.REFUSE),
        (
            {"settings": replace(AUTOMATIC, weekly_maximum=Mode.REFUSE, weekly_maximum_minutes=500)},
            "trade.weekly.maximum",
            Mode.REFUSE,
        ),
    ],
)
def test_the_rules_of_trades_judge_its_taker(changes: dict[str, Any], code: str, mode: Mode) -> None:
    judgement = judge_take(left(), replace(IN_QUEUE, **changes), market(left()), NOW)
    assert [(each.reason.code, each.mode) for each in judgement.broken] == [(code, mode)]
    assert (judgement.verdict, judgement.ruling.code) == (mode, code)


def test_it_is_no_one_sided_trade() -> None:
    settings = replace(AUTOMATIC, one_sided=Mode.REFUSE)
    judgement = judge_take(left(), replace(IN_QUEUE, settings=settings), market(left()), NOW)
    assert judgement.verdict is Mode.ALLOW


def test_a_reviewer_weighs_what_can_be_undone_and_no_more() -> None:
    claimed = left(state=OpenShiftState.CLAIMED, taker=TAKER)
    near = replace(NOTICE, settings=replace(AUTOMATIC, notice=timedelta(days=30)))
    assert judge_take(claimed, near, market(claimed), NOW, reviewing=True).verdict is Mode.REVIEW
    clash = replace(near, time_off=(OPEN.shift.span,))
    assert judge_take(claimed, clash, market(claimed), NOW, reviewing=True).ruling.code == "trade.time.off"


def test_a_chain_begins_with_it_and_nobody_is_judged_for_giving_it() -> None:
    ada = stand("ada", OPEN.shift.span, queue_ids=frozenset({"q-1"}))
    dan = taker("dan", "ada")
    good = judge_ring((dan, ada, left()), market(dan, ada, left()), NOW)
    assert (good.verdict, [move.person_id for move in good.moves]) == (Mode.ALLOW, ["dan", "ada"])
    assert [move.gets for move in good.moves][1] == OPEN.shift
    gone = left(state=OpenShiftState.WITHDRAWN)
    void = judge_ring((dan, ada, gone), market(dan, ada, gone), NOW)
    assert (void.verdict, void.ruling.sentence) == (Mode.REFUSE, "The open shift o-1 is withdrawn.")
    outside = replace(
        ada, side=replace(ada.side, settings=replace(AUTOMATIC, queues=Mode.REFUSE), queue_ids=frozenset())
    )
    refused = judge_ring((dan, outside, left()), market(dan, outside, left()), NOW)
    assert refused.ruling.code == "open.shift.queues"
