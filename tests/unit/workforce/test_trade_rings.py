"""The rules of a ring of trades: each fires once and is silent once; what decides; how rings are found among offers."""

from dataclasses import replace
from typing import Any

import pytest

from shiftline.foundation.decision import Reason
from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.model import Shift as ScheduledShift
from shiftline.workforce.schedule.operations.exchanging import Handover
from shiftline.workforce.trades.model import Held, Mode, Role, Ruling, Side, State, Trade, TradeSettings
from shiftline.workforce.trades.model.cycles import Market, Stand
from shiftline.workforce.trades.rules import rings
from shiftline.workforce.trades.rules.cycles import find_arcs, find_best
from shiftline.workforce.trades.rules.rings import judge_ring
from unit.schedule.drafts import CODES
from unit.workforce.test_trade_matches import CALENDAR, COACHED, NOW, agent, held, scheduled, traded

DAYS = {"ada": "2023-10-27", "bob": "2023-10-26", "cleo": "2023-10-25", "dan": "2023-10-24"}
SHIFTS = {name: scheduled(f"s-{name}", f"{day}T06:00") for name, day in DAYS.items()}
AUTOMATIC = TradeSettings(auto_review=True)


def stand(name: str, *wanted: str | Interval, **more: Any) -> Stand:
    """Somebody who offers the shift of their name for those of others; more: of the side, and ``trade`` of the offer."""
    shift: ScheduledShift = more.pop("shift", SHIFTS[name])
    offer: dict[str, Any] = more.pop("trade", {})
    others: tuple[ScheduledShift, ...] = more.pop("others", ())
    accepts = tuple(each if isinstance(each, Interval) else SHIFTS[each].span for each in wanted)
    what = traded(name, shift)
    work = [Held("sch", each) for each in (shift, *others)]
    side = replace(Side(Role.INITIATING, agent(name), AUTOMATIC, what, what, work), **more)
    trade = Trade(
        id=f"t-{name}",
        state=State.UNMATCHED,
        business_unit_id="bu",
        management_unit_id="chicago",
        person_id=name,
        shift=what,
        acceptable=accepts,
        target_person_id=None,
        expires_at=shift.start,
        review_note=None,
        created_by=name,
        created_at=NOW,
        changed_by=name,
        changed_at=NOW,
    )
    return Stand(side, replace(trade, **offer), accepts)


def taker(name: str, *wanted: str, **more: Any) -> Stand:
    """Somebody who would work more than the shift of their name."""
    side = replace(Side(Role.RECEIVING, agent(name), AUTOMATIC, None, None, held(SHIFTS[name])), **more)
    return Stand(side, None, tuple(SHIFTS[each].span for each in wanted))


def market(*stands: Stand) -> Market:
    return Market(stands, CALENDAR, CODES)


def ring_of(*stands: Stand) -> Any:
    return judge_ring(stands, market(*stands), NOW)


WELL = (stand("ada", "bob"), stand("bob", "cleo"), stand("cleo", "ada"))
CHAIN = (taker("dan", "ada"), stand("ada", "bob"), stand("bob"))


@pytest.mark.parametrize("ring", [WELL, CHAIN, (stand("ada", "bob"), stand("bob", "ada"))])
def test_a_good_ring_is_approved_at_once(ring: tuple[Stand, ...]) -> None:
    judgement = ring_of(*ring)
    assert (judgement.verdict, judgement.ruling.code) == (Mode.ALLOW, "trade.automatic")
    assert [move.findings for move in judgement.moves if move.gets is not None and move.gives is not None] != []
    assert not any(each.mode is not Mode.ALLOW for move in judgement.moves for each in move.findings)


@pytest.mark.parametrize(
    ("fires", "silent", "words"),
    [
        (rings.judge_length(WELL[:1]), rings.judge_length(WELL), "two to 4 people; this one has 1"),
        (rings.judge_length((*WELL, *CHAIN)), rings.judge_length(CHAIN), "this one has 6"),
        (rings.judge_people((WELL[0], WELL[0])), rings.judge_people(WELL), "stands twice"),
        (rings.judge_shape((*CHAIN[:2], WELL[1])), rings.judge_shape(CHAIN), "would go to nobody"),
        (rings.judge_shape((WELL[0], stand("bob"))), rings.judge_shape(WELL), "come from nobody"),
        (rings.judge_wanted(taker("dan", "bob"), WELL[0]), rings.judge_wanted(CHAIN[0], WELL[0]), "outside the times"),
        (
            rings.judge_untaken(stand("ada", "bob", trade={"state": State.APPROVED}), NOW),
            rings.judge_untaken(WELL[0], NOW),
            "The offer t-ada is Approved",
        ),
    ],
)
def test_each_rule_of_a_ring_fires_and_is_silent(fires: Reason, silent: Reason, words: str) -> None:
    assert (fires.holds, silent.holds) == (False, True)
    assert words in fires.sentence


NIGHT = scheduled("x", "2023-10-26T15:00")
ACROSS = scheduled("x", "2023-10-26T10:00")
SKILLED = scheduled("s-bob", "2023-10-26T06:00", skill_ids=("k-1",))


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ({"others": (ACROSS,)}, {}, "trade.overlap"),
        ({"time_off": (SHIFTS["bob"].span,)}, {}, "trade.time.off"),
        ({"others": (NIGHT,), "settings": TradeSettings(rest=Mode.REFUSE)}, {}, "trade.rest"),
        ({"settings": TradeSettings(skills=Mode.REFUSE)}, {"shift": SKILLED}, "trade.skills"),
        ({"agent": agent("ada", "berlin")}, {}, "trade.management.unit"),
        ({"agent": agent("ada", "chicago", "other")}, {}, "trade.business.unit"),
        ({"settings": TradeSettings(enabled=False)}, {}, "trade.disabled"),
        ({"wanted": "cleo"}, {}, "trade.return.unacceptable"),
        ({}, {"trade": {"target_person_id": "dan"}}, "trade.direct"),
        ({}, {"trade": {"state": State.MATCHED}}, "trade.ring.taken"),
        ({}, {"work": held(scheduled("s-bob", "2023-10-26T07:00"))}, "trade.shift.moved"),
        ({}, {"shift": COACHED}, "trade.activity.bound"),
        ({}, {"found": None, "work": []}, "trade.shift.gone"),
        ({}, {"trade": {"expires_at": NOW}}, "trade.not.open"),
        (
            {"settings": TradeSettings(weekly_maximum=Mode.REFUSE, weekly_maximum_minutes=400)},
            {"shift": scheduled("s-bob", "2023-10-26T06:00", 540)},
            "trade.weekly.maximum",
        ),
        (
            {"settings": TradeSettings(weekly_minimum=Mode.REFUSE, weekly_minimum_minutes=480)},
            {"shift": scheduled("s-bob", "2023-10-26T06:00", 360)},
            "trade.weekly.minimum",
        ),
        (
            {"settings": TradeSettings(unequal_paid=Mode.REFUSE)},
            {"shift": scheduled("s-bob", "2023-10-26T06:00", 360)},
            "trade.unequal.paid",
        ),
    ],
)
def test_each_rule_of_two_sided_trades_holds_in_a_ring(
    first: dict[str, Any], second: dict[str, Any], code: str
) -> None:
    of_ada = {name: value for name, value in first.items() if name != "wanted"}
    ring = (stand("ada", first.get("wanted", "bob"), **of_ada), stand("bob", "cleo", **second), stand("cleo", "ada"))
    judgement = ring_of(*ring)
    refused = [each.reason.code for move in judgement.moves for each in move.findings if each.mode is Mode.REFUSE]
    assert judgement.verdict is Mode.REFUSE
    assert code in refused
    if code == "trade.return.unacceptable":
        return  # what she accepts makes another ring
    whole = Interval(SHIFTS["bob"].span.start, SHIFTS["ada"].span.end)
    found = find_best(market(*ring, stand("dan", whole)), NOW)
    assert "t-ada" not in [each.trade.id for ring in found.rings for each in ring.stands if each.trade is not None]


def test_what_only_needs_a_review_is_found_and_reviewed() -> None:
    ring = (WELL[0], replace(WELL[1], side=replace(WELL[1].side, unavailable=(SHIFTS["cleo"].span,))), WELL[2])
    judgement = ring_of(*ring)
    assert (judgement.verdict, judgement.ruling.code) == (Mode.REVIEW, "trade.unavailable")
    assert find_best(market(*ring), NOW).packing.moved == 3


def test_a_ring_and_a_chain_are_found_side_by_side() -> None:
    found = find_best(market(*CHAIN, stand("cleo", "cleo")), NOW)
    assert [[each.person_id for each in ring.stands] for ring in found.rings] == [["dan", "ada", "bob"]]
    assert (found.packing.moved, found.packing.bound, found.rounds) == (2, 2, 1)
    one_sided = replace(AUTOMATIC, one_sided=Mode.REFUSE)
    closed = [replace(each, side=replace(each.side, settings=one_sided)) for each in CHAIN]
    assert find_best(market(*closed), NOW).rings == ()


def test_nobody_is_in_two_rings() -> None:
    stands = (
        stand("ada", "bob", "cleo"),
        stand("bob", "ada"),
        stand("cleo", "ada"),
    )
    assert find_best(market(*stands), NOW).packing.moved == 2
    assert find_arcs(market(*stands), NOW) == [[1, 2], [0], [0]]


def handover(schedule_id: str, giver: str, getter: str, start: str, minutes: int = 480) -> Handover:
    shift = scheduled(f"{schedule_id}-{giver}", start, minutes)
    return Handover("f", schedule_id, shift.id, shift.span, agent(giver), agent(getter))


def test_shifts_of_many_schedules_go_in_an_order_in_which_nobody_holds_two_at_once() -> None:
    from shiftline.workforce.schedule.operations.exchanging import _order_steps  # pyright: ignore[reportPrivateUsage]

    same = "2023-10-27T06:00"
    three = [
        handover(name, giver, getter, same)
        for name, giver, getter in (("a", "x", "y"), ("b", "y", "z"), ("c", "z", "x"))
    ]
    steps = _order_steps(three)
    assert [(s.schedule_id, bool(s.leaving), bool(s.coming)) for s in steps] == [
        ("a", True, False), ("c", True, True), ("b", True, True), ("a", False, True)
    ]  # fmt: skip
    apart = [handover("a", "x", "y", same), handover("b", "y", "x", "2023-10-28T06:00")]
    assert [(s.schedule_id, bool(s.leaving), bool(s.coming)) for s in _order_steps(apart)] == [
        ("a", True, True),
        ("b", True, True),
    ]


@pytest.mark.parametrize(
    ("state", "code", "said"),
    [
        (State.MATCHED, "trade.ring.taken", "was taken in a trade of two"),
        (State.APPROVED, "trade.ring.taken", "was traded before"),
        (State.CANCELED, "trade.ring.taken", "was taken back"),
        (State.DENIED, "trade.ring.taken", "that was denied"),
        (State.UNMATCHED, "trade.ring.taken", "was changed"),
    ],
)
def test_a_void_ring_says_whose_offer_went_where(state: State, code: str, said: str) -> None:
    trade = stand("ada", "bob", trade={"state": state}).trade
    assert trade is not None
    told = rings.tell_end(trade, "ring", NOW)
    assert told.code == code
    assert told.sentence.startswith("The offer of ada ")
    assert said in told.sentence


def test_an_offer_that_another_ring_used_is_told_so_and_not_ones_own() -> None:
    used = Ruling(rings.APPLIED, "It was applied as a part of the ring other.")
    trade = stand("ada", "bob", trade={"state": State.APPROVED, "ruling": used}).trade
    assert trade is not None
    assert rings.tell_end(trade, "this", NOW).code == "trade.ring.used"
    assert rings.tell_end(trade, "other", NOW).code == "trade.ring.taken"


def test_nobody_is_asked_again_to_get_the_shift_that_they_declined() -> None:
    ada, bob = stand("ada", "bob"), stand("bob", "ada")
    whole = market(ada, bob)
    assert find_arcs(whole, NOW) == [[1], [0]]
    declined = replace(whole, declined=frozenset({(ada.stake, bob.stake)}))
    assert find_arcs(declined, NOW) == [[], [0]]
    assert find_best(declined, NOW).rings == ()
    changed = replace(declined, stands=(ada, stand("bob", "ada", trade={"version": 2})))
    assert find_arcs(changed, NOW) == [[1], [0]]
