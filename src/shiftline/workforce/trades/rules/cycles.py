"""Rings of trades are found among open offers. Pure.

A rule of two-sided trades speaks of one person, of what they give and what they get. So a ring of different people is good
exactly when each of its arcs is. Arcs are screened by the same rules put as comparisons of numbers (four million pairs in a
busy week); the screen lets through whatever no rule refuses. Each ring of the best packing is then judged by the rules
themselves; if they refuse one (by a rule that the screen does not know), they judge every arc, and the rings are packed
once more.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shiftline.foundation.time import MINUTE, Interval, day_of, week_start
from shiftline.workforce.trades.model import Calendar, MatchSnapshot, Mode, TradeSettings
from shiftline.workforce.trades.model.cycles import Market, RingJudgement, Stand
from shiftline.workforce.trades.rules import sides
from shiftline.workforce.trades.rules.matching import SIDE_RULES
from shiftline.workforce.trades.rules.packing import LONGEST, SECONDS, Graph, Packing, Ring, find_knots, pack
from shiftline.workforce.trades.rules.rings import judge_ring, judge_untaken, list_arc_breaches, list_open_breaches

WEEK = timedelta(days=7)
OF_THE_SHIFT = tuple(
    row
    for row in SIDE_RULES
    if row.rule
    in (
        sides.judge_standing,
        sides.judge_times,
        sides.judge_future,
        sides.judge_notice,
        sides.judge_single,
        sides.judge_bound,
        sides.judge_categories,
    )
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A ring that no rule refuses: its stands in order, each getting the shift of the next."""

    stands: tuple[Stand, ...]
    judgement: RingJudgement


@dataclass(frozen=True, slots=True)
class Searched:
    """The best packing of rings of a market. ``arcs``: who could get whose shift; ``rounds``: 2 if the screen let through what rules refuse."""

    rings: tuple[Judged, ...]
    packing: Packing
    arcs: int
    rounds: int


def find_best(market: Market, now: datetime, longest: int = LONGEST, seconds: float = SECONDS) -> Searched:
    """The rings of at most ``longest`` people that move the most shifts, nobody in two of them."""
    arcs = find_arcs(market, now)
    packing = pack(graph_of(market, arcs), longest, seconds)
    judged = [judge(market, ring, now) for ring in packing.rings]
    rounds = 1
    if any(_is_refused(each) for each in judged):
        arcs = sift_arcs(market, arcs, now)
        packing = pack(graph_of(market, arcs), longest, seconds)
        judged = [judge(market, ring, now) for ring in packing.rings]
        rounds = 2
    good = tuple(each for each in judged if not _is_refused(each))
    return Searched(good, packing, sum(len(each) for each in arcs), rounds)


def _is_refused(ring: Judged) -> bool:
    return ring.judgement.verdict is Mode.REFUSE


def graph_of(market: Market, arcs: Sequence[Sequence[int]]) -> Graph:
    """The market for the packing."""
    return Graph(
        people=[stand.person_id for stand in market.stands],
        arcs=arcs,
        gives=[stand.trade is not None for stand in market.stands],
        gets=[stand.trade is None or not stand.trade.one_sided for stand in market.stands],
    )


def judge(market: Market, ring: Ring, now: datetime) -> Judged:
    """A ring of the packing, judged by the rules themselves."""
    stands = tuple(market.stands[node] for node in ring)
    return Judged(stands, judge_ring(stands, market, now))


def sift_arcs(market: Market, arcs: Sequence[Sequence[int]], now: datetime) -> list[list[int]]:
    """Of the arcs that rings can lie on, those that no rule refuses: each is judged by the rules themselves."""
    sifted: list[list[int]] = [[] for _ in arcs]
    for knot in find_knots(graph_of(market, arcs)):
        inside = set(knot)
        for node in knot:
            sifted[node] = [each for each in arcs[node] if each in inside and _holds(market, (node, each), now)]
    return sifted


def _holds(market: Market, arc: tuple[int, int], now: datetime) -> bool:
    getter, giver = (market.stands[node] for node in arc)
    if giver.trade is None:
        return True
    return all(each.mode is not Mode.REFUSE for each in list_arc_breaches(getter, giver, market, now))


@dataclass(frozen=True, slots=True)
class _Given:
    """A shift as numbers: minutes of the epoch, its week, minutes paid, and the skills that it asks for; of an open shift
    the queues, too, and the time until it begins.
    """

    start: int
    end: int
    week: date
    paid: int
    skills: frozenset[str]
    queues: frozenset[str] = frozenset()
    ahead: timedelta | None = None


@dataclass(frozen=True, slots=True)
class _Node:
    """A stand as numbers. ``busy``: what the person works beside the shift they give; ``off``: approved time off."""

    stand: Stand
    given: _Given | None
    accepts: tuple[tuple[int, int], ...]
    busy: tuple[tuple[int, int], ...]
    off: tuple[tuple[int, int], ...]
    paid: dict[date, int]


def find_arcs(market: Market, now: datetime) -> list[list[int]]:
    """For each stand, those whose shift it could get as far as numbers tell, by the times that it accepts; for one that
    gives for nothing, those that take for nothing.
    """
    nodes = [_node(stand, market.calendar, now) if _stands(stand, market, now) else None for stand in market.stands]
    givers = sorted(
        (node.given.start, node.given.end, index) for index, node in enumerate(nodes) if node and node.given is not None
    )
    starts = [start for start, _, _ in givers]
    takers = [index for index, node in enumerate(nodes) if node is not None and node.given is None]
    arcs: list[list[int]] = []
    for node in nodes:
        if node is None:
            arcs.append([])
        elif not node.accepts:
            arcs.append([each for each in takers if market.stands[each].person_id != node.stand.person_id])
        else:
            found = dict.fromkeys(_within(node.accepts, givers, starts))
            arcs.append([each for each in found if (other := nodes[each]) is not None and _fits(node, other)])
    return _without_declined(market, arcs) if market.declined else arcs


def _without_declined(market: Market, arcs: Sequence[Sequence[int]]) -> list[list[int]]:
    """Whoever has declined to get a shift for what they bring is not asked again."""
    stakes = [stand.stake for stand in market.stands]
    return [
        [giver for giver in found if (stakes[getter], stakes[giver]) not in market.declined]
        for getter, found in enumerate(arcs)
    ]


def _within(
    accepts: Iterable[tuple[int, int]], givers: Sequence[tuple[int, int, int]], starts: Sequence[int]
) -> Iterable[int]:
    for start, end in accepts:
        for place in range(bisect_left(starts, start), bisect_right(starts, end)):
            if givers[place][1] <= end:
                yield givers[place][2]


def _node(stand: Stand, calendar: Calendar, now: datetime) -> _Node | None:
    """A stand as numbers; None when it can be in no ring."""
    if not stand.side.settings.enabled:
        return None
    gives = stand.side.gives
    paid: dict[date, int] = {}
    for held in stand.side.work:
        week = week_start(day_of(held.shift.start, calendar.zone), calendar.first_day)
        paid[week] = paid.get(week, 0) + held.shift.paid_minutes
    given = None
    if gives is not None and stand.side.traded is not None:
        week = stand.side.traded.week_date
        opened = stand.open_shift
        given = _Given(
            *_minutes(gives.span),
            week,
            gives.paid_minutes,
            frozenset(gives.skill_ids),
            frozenset(() if opened is None else opened.queue_ids),
            None if opened is None else gives.start - now,
        )
        paid[week] = paid.get(week, 0) - gives.paid_minutes
    node = _Node(
        stand=stand,
        given=given,
        accepts=tuple(_minutes(each) for each in stand.accepts),
        busy=tuple(sorted(_minutes(held.shift.span) for held in stand.side.work if held.shift is not gives)),
        off=tuple(sorted(_minutes(each) for each in stand.side.time_off)),
        paid=paid,
    )
    # Nobody is paid less for an open shift that somebody takes.
    return node if node.accepts or stand.open_shift is not None or _pays(node, None) else None


def _stands(stand: Stand, market: Market, now: datetime) -> bool:
    """Whether an offer can be in any ring: it is open, and no rule that speaks of its shift alone refuses."""
    if stand.trade is None:
        return True
    if stand.open_shift is not None:
        return not list_open_breaches(stand, now)
    if judge_untaken(stand, now).holds is not True or (not stand.accepts and not stand.side.settings.allow_one_sided):
        return False
    alone = MatchSnapshot(stand.trade, stand.side, stand.side, market.calendar, market.codes)
    return all(
        row.mode(stand.side.settings) is not Mode.REFUSE or row.rule(stand.side, alone, now).holds is True
        for row in OF_THE_SHIFT
    )


def _minutes(span: Interval) -> tuple[int, int]:
    return int(span.start.timestamp()) // 60, int(span.end.timestamp()) // 60


def _fits(getter: _Node, giver: _Node) -> bool:
    """Whether no rule that compares numbers refuses that one gets the other's shift."""
    given = giver.given
    assert given is not None
    mine, theirs = getter.stand.side, giver.stand.side
    offer = giver.stand.trade
    assert offer is not None
    if getter.stand.person_id == giver.stand.person_id or offer.target_person_id not in (None, getter.stand.person_id):
        return False
    return (
        _near(mine.settings, theirs.settings, same=mine.agent.management_unit_id == theirs.agent.management_unit_id)
        and mine.agent.business_unit_id == theirs.agent.business_unit_id
        and _is_free(getter, given)
        and (mine.settings.skills is not Mode.REFUSE or given.skills <= mine.skill_ids)
        and (mine.settings.queues is not Mode.REFUSE or given.queues <= mine.queue_ids)
        and (given.ahead is None or given.ahead >= mine.settings.notice)
        and _alike(getter, giver, given)
        and _pays(getter, given)
    )


def _near(mine: TradeSettings, theirs: TradeSettings, *, same: bool) -> bool:
    return same or Mode.REFUSE not in (mine.across_units, theirs.across_units)


def _is_free(getter: _Node, given: _Given) -> bool:
    settings = getter.stand.side.settings
    rest = settings.least_rest_minutes if settings.rest is Mode.REFUSE else 0
    return not any(start < given.end + rest and given.start - rest < end for start, end in getter.busy) and not any(
        start < given.end and given.start < end for start, end in getter.off
    )


def _alike(getter: _Node, giver: _Node, given: _Given) -> bool:
    """Where a shift is given for another: they lie near enough, and are paid alike where that is asked for; where one is
    given or taken for nothing, both units allow that (an open shift is nobody's gift).
    """
    own = getter.given
    both = getter.stand.side.settings, giver.stand.side.settings
    gift = giver.stand.open_shift is None and (own is None or not giver.accepts)
    if gift and not all(each.allow_one_sided for each in both):
        return False
    if own is None:
        return True
    weeks = min(each.span_weeks for each in both)
    unequal = own.paid != given.paid and Mode.REFUSE in (each.unequal_paid for each in both)
    return abs(own.start - given.start) <= weeks * (WEEK // MINUTE) and not unequal


def _pays(getter: _Node, given: _Given | None) -> bool:
    """Whether with a shift for their own (None: for nothing) the paid time of each week that changes stays within its limits, or comes no further out of them."""
    settings, own = getter.stand.side.settings, getter.given
    for week in {each.week for each in (own, given) if each is not None}:
        kept = getter.paid.get(week, 0)
        before = kept + (own.paid if own is not None and own.week == week else 0)
        after = kept + (given.paid if given is not None and given.week == week else 0)
        low, high = settings.weekly_minimum_minutes, settings.weekly_maximum_minutes
        if settings.weekly_minimum is Mode.REFUSE and low is not None and after < min(low, before):
            return False
        if settings.weekly_maximum is Mode.REFUSE and high is not None and after > max(high, before):
            return False
    return True
