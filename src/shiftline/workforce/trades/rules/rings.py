"""Whether a ring of trades is good: each of its people is judged by all rules of two-sided trades, with the shift of the
next one in the ring in place of their own; the strictest finding of anybody decides for all. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shiftline.foundation.decision import Reason
from shiftline.workforce.trades.model import Finding, MatchSnapshot, Mode, Role, Ruling, Side, State, Trade
from shiftline.workforce.trades.model.cycles import Market, Move, RingJudgement, Stand
from shiftline.workforce.trades.rules import matching
from shiftline.workforce.trades.rules.matching import TRADE_RULES, fold, list_breaches, list_side_breaches
from shiftline.workforce.trades.rules.open_shifts import list_own_verdicts, list_taker_verdicts
from shiftline.workforce.trades.rules.paying import weigh_pay
from shiftline.workforce.trades.rules.sides import told
from shiftline.workforce.trades.rules.states import as_of

LONGEST: Final = 4
APPLIED: Final = "trade.ring.applied"
"""The ruling of an offer that a ring used."""
# Whom a direct offer is for is asked of whoever gets its shift, not of whoever gives one for it.
OF_EACH = tuple(row for row in TRADE_RULES if row.rule is not matching.judge_target)
# Nobody gives an open shift away: whoever gets it trades with no one.
OF_AN_OPEN_SHIFT = tuple(row for row in OF_EACH if row.rule is not matching.judge_one_sided)
OF_THE_GETTER = tuple(row for row in TRADE_RULES if row.rule is matching.judge_target)


def judge_length(ring: Sequence[Stand]) -> Reason:
    """A ring has two to four people; an open shift at its beginning counts as one."""
    sentence = f"A ring of trades has two to {LONGEST} people; this one has {len(ring)} (an open shift counts as one)."
    return told("trade.ring.length", sentence, holds=1 < len(ring) <= LONGEST)


def judge_people(ring: Sequence[Stand]) -> Reason:
    """Nobody stands twice in a ring: what two trades make of one agent's week would have to be judged together."""
    people = [stand.person_id for stand in ring]
    return told("trade.ring.person", "Somebody stands twice in the ring.", holds=len(set(people)) == len(people))


def judge_shape(ring: Sequence[Stand]) -> Reason:
    """Whoever gives a shift for nothing is followed by the one who takes one for nothing; there is one of each, or none."""
    givers = [place for place, stand in enumerate(ring) if stand.trade is not None and stand.trade.one_sided]
    takers = [place for place, stand in enumerate(ring) if stand.trade is None]
    closes = len(givers) == len(takers) == 1 and (givers[0] + 1) % len(ring) == takers[0]
    sentence = "The ring does not close: a shift would go to nobody, or come from nobody."
    return told("trade.ring.open", sentence, holds=closes or not (givers or takers))


def judge_wanted(stand: Stand, giver: Stand) -> Reason:
    """Whoever takes a shift for nothing gets one within the times at which they would work more."""
    given = giver.side.traded
    holds = stand.trade is not None or given is None or any(each.encloses(given.span) for each in stand.accepts)
    return told("trade.ring.unwanted", "The shift lies outside the times at which its taker would work.", holds=holds)


def judge_untaken(stand: Stand, now: datetime) -> Reason:
    """An offer in a ring is open: nobody has taken it, and its agent has not taken it back."""
    state = State.UNMATCHED if stand.trade is None else as_of(stand.trade, now).state
    offer = "" if stand.trade is None else f" {stand.trade.id}"
    return told("trade.ring.taken", f"The offer{offer} is {state}.", holds=state is State.UNMATCHED)


_ENDS: Final[Mapping[State, str]] = {
    State.MATCHED: "was taken in a trade of two before this ring was agreed on",
    State.APPROVED: "was traded before this ring was agreed on",
    State.DENIED: "was traded, and that was denied",
    State.CANCELED: "was taken back",
    State.EXPIRED: "has expired",
    State.UNMATCHED: "was changed",
}


def tell_end(trade: Trade, cycle_id: str, now: datetime) -> Ruling:
    """Why a ring is void of which one offer is no longer as it was. ``trade``: that offer as it is now."""
    ruling = trade.ruling
    if (
        trade.state is State.APPROVED
        and ruling is not None
        and ruling.code == APPLIED
        and cycle_id not in ruling.sentence
    ):
        return Ruling("trade.ring.used", f"The offer of {trade.person_id} is used by another ring.")
    ended = f"The offer of {trade.person_id} {_ENDS[as_of(trade, now).state]}."
    return Ruling("trade.ring.taken", f"{ended} All other offers of the ring are as they were.")


@dataclass(frozen=True, slots=True)
class View:
    """A ring as one of its people sees it: a trade with who gives to them; ``side`` is theirs in it."""

    snapshot: MatchSnapshot
    role: Role

    @property
    def side(self) -> Side:
        """The side that is judged."""
        return self.snapshot.initiating if self.role is Role.INITIATING else self.snapshot.receiving


def view_of(ring: Sequence[Stand], place: int, market: Market) -> View:
    """What the one at a place of a ring gives and gets, as the rules of two-sided trades see it."""
    me, giver, getter = ring[place], ring[(place + 1) % len(ring)], ring[place - 1]
    if me.trade is None:
        assert giver.trade is not None
        free = replace(giver.trade, acceptable=())
        return View(_snapshot(free, giver.side, me.side, market), Role.RECEIVING)
    if me.trade.one_sided:
        return View(_snapshot(me.trade, me.side, _giving_nothing(getter.side), market), Role.INITIATING)
    return View(_snapshot(me.trade, me.side, giver.side, market), Role.INITIATING)


def _giving_nothing(side: Side) -> Side:
    return replace(side, traded=None, found=None)


def _snapshot(trade: Trade, initiating: Side, receiving: Side, market: Market) -> MatchSnapshot:
    return MatchSnapshot(
        trade=trade,
        initiating=replace(initiating, role=Role.INITIATING),
        receiving=replace(receiving, role=Role.RECEIVING),
        calendar=market.calendar,
        codes=market.codes,
    )


def judge_ring(ring: Sequence[Stand], market: Market, now: datetime, *, reviewing: bool = False) -> RingJudgement:
    """What all rules say of a ring; each of its people gets the shift of the next. ``reviewing``: as in two-sided trades."""
    reasons = [judge_length(ring), judge_people(ring), judge_shape(ring)]
    whole = tuple(Finding("InvalidState", Mode.REFUSE, each) for each in reasons if each.holds is not True)
    if whole:
        return RingJudgement(*fold(whole, automatic=False), ())
    moves = tuple(
        _judge_move(ring, place, market, now, reviewing=reviewing)
        for place, stand in enumerate(ring)
        if stand.open_shift is None
    )
    findings = [finding for stand in ring for finding in list_open_breaches(stand, now)]
    findings += [finding for move in moves for finding in move.findings]
    automatic = all(stand.side.settings.auto_review for stand in ring)
    return RingJudgement(*fold(findings, automatic=automatic), moves)


def list_open_breaches(stand: Stand, now: datetime) -> list[Finding]:
    """What speaks against an open shift alone; nothing for anybody else's stand."""
    if stand.open_shift is None:
        return []
    return [each for each in list_own_verdicts(stand.open_shift, now) if each.reason.holds is not True]


def _list_getter_breaches(getter: Stand, giver: Stand, now: datetime, *, reviewing: bool) -> list[Finding]:
    """What an open shift asks of whoever gets it beyond what every shift does."""
    if giver.open_shift is None:
        return []
    found = list_taker_verdicts(giver.open_shift, getter.side, now, reviewing=reviewing)
    return [each for each in found if each.reason.holds is not True]


def _judge_move(ring: Sequence[Stand], place: int, market: Market, now: datetime, *, reviewing: bool) -> Move:
    view = view_of(ring, place, market)
    me, giver, getter = ring[place], ring[(place + 1) % len(ring)], ring[place - 1]
    rules = OF_EACH if giver.open_shift is None else OF_AN_OPEN_SHIFT
    findings = list(list_breaches(view.snapshot, now, rules, reviewing=reviewing))
    findings += _list_getter_breaches(me, giver, now, reviewing=reviewing)
    findings += list_side_breaches(view.snapshot, now, (view.side,), reviewing=reviewing)
    if me.trade is not None:
        direct = _snapshot(me.trade, me.side, getter.side, market)
        findings += list_breaches(direct, now, OF_THE_GETTER)
    ours = (
        ("ReceivingShiftOutsideAcceptableIntervals", judge_wanted(me, giver)),
        ("InvalidState", judge_untaken(me, now)),
    )
    findings += (Finding(word, Mode.REFUSE, reason) for word, reason in ours if reason.holds is not True)
    return Move(
        person_id=me.person_id,
        gives=view.side.gives,
        gets=view.snapshot.other(view.side).gives,
        pay=weigh_pay(view.side, view.snapshot),
        findings=tuple(findings),
    )


def list_arc_breaches(getter: Stand, giver: Stand, market: Market, now: datetime) -> list[Finding]:
    """What the rules say when one gets the other's shift, in whatever ring: of the one who gets, and, where the shift is
    given for nothing, of the one who gives.
    """
    pair = (getter, giver)
    views = [view_of(pair, 0, market)]
    if giver.trade is not None and giver.trade.one_sided and giver.open_shift is None:
        views.append(view_of(pair, 1, market))
    findings = [*list_open_breaches(giver, now), *_list_getter_breaches(getter, giver, now, reviewing=False)]
    for view in views:
        findings += list_breaches(view.snapshot, now, OF_EACH if giver.open_shift is None else OF_AN_OPEN_SHIFT)
        findings += list_side_breaches(view.snapshot, now, (view.side,))
    if giver.trade is not None:
        findings += list_breaches(_snapshot(giver.trade, giver.side, getter.side, market), now, OF_THE_GETTER)
    return findings
