"""Trades are listed, and offers are found that the caller could take."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.time import DAY, Interval
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.preferences.operations.weighing import find_wishes
from shiftline.workforce.trades.errors import TooManyTrades
from shiftline.workforce.trades.model import (
    Calendar,
    Judgement,
    Match,
    Mode,
    Opening,
    State,
    TakerSnapshot,
    Trade,
    TradeFilter,
    TradeSettings,
    WeekMatches,
)
from shiftline.workforce.trades.operations.judging import judge_trade, read_parties
from shiftline.workforce.trades.rules.sides import UNAVAILABLE
from shiftline.workforce.trades.rules.states import as_of
from shiftline.workforce.trades.rules.taking import find_openings, rank_openings
from shiftline.workforce.trades.store import cycles
from shiftline.workforce.trades.store import trades as store
from shiftline.workforce.units.errors import ManagementUnitNotFound
from shiftline.workforce.units.model import Agent
from shiftline.workforce.units.operations.agents import find_agent, find_agents
from shiftline.workforce.units.operations.business_units import find_business_unit
from shiftline.workforce.units.operations.management_units import find_management_unit, find_management_units

MINE = "mine"  # stands for the caller's management unit
PARTICIPATE = "wfm:agentShiftTradeRequest:participate"
AHEAD = 3 * 366 * DAY
"""How far shifts to come are looked at; wishes reach two years."""
MOST = 5000
"""Trades in one answer."""
SEE = ("wfm:shiftTradeRequest:view", "wfm:shiftTradeRequest:edit")


@dataclass(frozen=True, slots=True)
class Search:
    """Which offers somebody looks for, and the ids of the shifts that they would give."""

    business_unit_id: str
    management_unit_ids: Sequence[str] | None = None
    week_dates: Sequence[date] | None = None
    shift_ids: Sequence[str] = ()


async def list_own_trades(context: Context, week_dates: Sequence[date] | None = None) -> list[Trade]:
    """The trades in which the caller has a part, of any weeks. Raises TooManyTrades."""
    require(context, PARTICIPATE, *SEE)
    wanted = TradeFilter(person_ids=[own_person_id(context)], week_dates=week_dates)
    async with context.reader() as reader:
        return await _list(reader, context, wanted)


async def list_trades(context: Context, business_unit_id: str, wanted: TradeFilter) -> list[Trade]:
    """The trades of a business unit, or of some of its management units. Raises BusinessUnitNotFound,
    ManagementUnitNotFound, TooManyTrades.
    """
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, business_unit_id)
        if not wanted.management_unit_ids:
            require(context, *SEE, division_id=unit.division_id)
        for unit_id in wanted.management_unit_ids or ():
            part = await find_management_unit(reader, context.organization_id, unit_id)
            require(context, *SEE, division_id=part.division_id)
        return await _list(reader, context, replace(wanted, business_unit_id=unit.id))


async def list_trades_of_unit(context: Context, management_unit_id: str, wanted: TradeFilter) -> list[Trade]:
    """The trades of a management unit. Raises ManagementUnitNotFound, TooManyTrades."""
    async with context.reader() as reader:
        unit = await find_management_unit(reader, context.organization_id, management_unit_id)
        require(context, *SEE, division_id=unit.division_id)
        return await _list(reader, context, replace(wanted, management_unit_ids=[unit.id]))


async def _list(reader: Reader, context: Context, wanted: TradeFilter) -> list[Trade]:
    return [as_of(trade, context.now()) for trade in await _all_of(reader, context, wanted)]


async def _all_of(reader: Reader, context: Context, wanted: TradeFilter) -> list[Trade]:
    """Every trade that is wanted, never some of them: the vendor does not page these lists. Raises TooManyTrades."""
    trades = await store.list_trades(reader, context.organization_id, wanted, context.now(), limit=MOST + 1)
    if len(trades) > MOST:
        raise TooManyTrades(MOST)
    return trades


async def search_openings(context: Context, search: Search) -> list[Opening]:
    """The open offers of a business unit that the caller could take, each with what the rules say: those of their own
    management unit, and of others where both units trade with others. What a rule refuses is left out, what lies in
    an unavailable time of either side, and what a ring holds that waits for its review; what keeps the most of the caller's wishes comes first.

    Raises BusinessUnitNotFound, TooManyTrades.
    """
    require(context, PARTICIPATE)
    person_id = own_person_id(context)
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, search.business_unit_id)
        agent = (await find_agents(reader, context.organization_id, [person_id])).get(person_id)
        if agent is None or agent.business_unit_id != unit.id:
            return []
        near = await find_near_units(reader, context, agent)
        wanted_units = [each for each in near if each in (search.management_unit_ids or near)]
        if not wanted_units:
            return []
        wanted = TradeFilter(unit.id, wanted_units, search.week_dates or None, only_open=True)
        trades = await _all_of(reader, context, wanted)
        ids = [trade.id for trade in trades]
        held = await cycles.list_held(reader, context.organization_id, ids, context.now())
        trades = [trade for trade in trades if trade.id not in held]
        calendar = Calendar(unit.zone, unit.start_day_of_week)
        taker = await _take_snapshot(reader, context, agent, calendar, near)
        found = find_openings(trades, taker, set(search.shift_ids), context.now())
        return await _judge(reader, context, taker, found)


async def find_near_units(reader: Reader, context: Context, agent: Agent) -> list[str]:
    """The management units whose offers an agent may take: their own first."""
    own = TradeSettings.of(agent.management_unit_settings)
    if own.across_units is Mode.REFUSE:
        return [agent.management_unit_id]
    units = await find_management_units(reader, context.organization_id, agent.business_unit_id)
    open_to = [unit.id for unit in units if TradeSettings.of(unit.settings).across_units is not Mode.REFUSE]
    return list(dict.fromkeys((agent.management_unit_id, *open_to)))


async def _take_snapshot(
    reader: Reader, context: Context, agent: Agent, calendar: Calendar, near: Sequence[str]
) -> TakerSnapshot:
    start = context.now() - DAY
    organization_id, person_id = context.organization_id, agent.person_id
    ahead = Interval(start, start + AHEAD)
    wishes = await find_wishes(reader, organization_id, [person_id], ahead)
    return TakerSnapshot(
        agent=agent,
        settings=TradeSettings.of(agent.management_unit_settings),
        shifts=await store.list_shifts_of(reader, organization_id, person_id, start, calendar),
        time_off=await store.list_time_off(reader, organization_id, person_id, start),
        unit_ids=frozenset(near),
        unavailable=wishes[person_id].unavailable,
    )


async def _judge(reader: Reader, context: Context, taker: TakerSnapshot, openings: Sequence[Opening]) -> list[Opening]:
    """The openings that no rule refuses, each option with its judgement."""
    given = {shift.id: shift for shift in taker.shifts}
    options = [
        (opening, None if shift_id is None else given[shift_id])
        for opening in openings
        for shift_id in (opening.match_ids or (None,))
    ]
    me, now = taker.agent, context.now()
    taken = [
        replace(opening.trade, match=Match(me.person_id, me.management_unit_id, shift, now))
        for opening, shift in options
    ]
    parties = await read_parties(reader, context, me.business_unit_id, taken)
    judged: dict[str, Opening] = {}
    for trade, (opening, shift) in zip(taken, options, strict=True):
        judgement = await judge_trade(reader, context, parties, trade)
        if judgement.verdict is Mode.REFUSE or _is_away(judgement):
            continue
        standing = judged.get(trade.id, replace(opening, match_ids=()))
        option = None if shift is None else shift.id
        judged[trade.id] = replace(
            standing,
            match_ids=standing.match_ids if option is None else (*standing.match_ids, option),
            judgements={**standing.judgements, option: judgement},
        )
    return rank_openings(judged.values())


def _is_away(judgement: Judgement) -> bool:
    """Whether a side would get a shift at a time at which they cannot work: that is never proposed."""
    return any(finding.reason.code == UNAVAILABLE for finding in judgement.findings)


async def count_matches(
    context: Context, business_unit_id: str, unit_ids: Sequence[str] | None, week_dates: Sequence[date] | None
) -> list[WeekMatches]:
    """How many matched trades wait for a review in a business unit or some of its management units, week by week.

    Raises BusinessUnitNotFound, ManagementUnitNotFound, TooManyTrades.
    """
    wanted = TradeFilter(management_unit_ids=unit_ids, week_dates=week_dates, states=[State.MATCHED])
    return _count(await list_trades(context, business_unit_id, wanted), week_dates)


async def count_matches_of_unit(context: Context, management_unit_id: str) -> list[WeekMatches]:
    """The same for a management unit, or ``mine``. Raises AgentNotFound, ManagementUnitNotFound, TooManyTrades."""
    unit_id = await _unit_id(context, management_unit_id)
    return _count(await list_trades_of_unit(context, unit_id, TradeFilter(states=[State.MATCHED])), None)


def _count(trades: Sequence[Trade], week_dates: Sequence[date] | None) -> list[WeekMatches]:
    offered, given = Counter[date](), Counter[date]()
    for trade in trades:
        other = None if trade.match is None else trade.match.shift
        if trade.state is not State.MATCHED:
            continue  # its end has come since
        offered[trade.shift.week_date] += 1
        if other is not None and other.week_date != trade.shift.week_date:
            given[other.week_date] += 1
    weeks = sorted({*offered, *given}) if week_dates is None else list(dict.fromkeys(week_dates))
    return [WeekMatches(week, offered[week], given[week]) for week in weeks]


async def list_traders(context: Context, management_unit_id: str) -> list[str]:
    """Whom the caller could offer a shift directly: the other agents of their management unit, and of those that trade
    with it. Raises AgentNotFound, ManagementUnitNotFound (it is not the caller's).
    """
    require(context, PARTICIPATE)
    async with context.reader() as reader:
        me = await find_agent(reader, context.organization_id, own_person_id(context))
        if management_unit_id not in (MINE, me.management_unit_id):
            raise ManagementUnitNotFound(management_unit_id)
        near = await find_near_units(reader, context, me)
        found = await find_agents(reader, context.organization_id, business_unit_id=me.business_unit_id)
    return [
        each.person_id for each in found.values() if each.management_unit_id in near and each.person_id != me.person_id
    ]


async def search_openings_of_week(
    context: Context, management_unit_id: str, week_date: date, shift_ids: Sequence[str]
) -> list[Opening]:
    """The open offers of a week that the caller could take. Raises as ``list_traders``, and TooManyTrades."""
    require(context, PARTICIPATE)
    async with context.reader() as reader:
        me = await find_agent(reader, context.organization_id, own_person_id(context))
    if management_unit_id not in (MINE, me.management_unit_id):
        raise ManagementUnitNotFound(management_unit_id)
    search = Search(me.business_unit_id, [me.management_unit_id], [week_date], shift_ids)
    return [each for each in await search_openings(context, search) if each.trade.shift.week_date == week_date]


async def _unit_id(context: Context, management_unit_id: str) -> str:
    if management_unit_id != MINE:
        return management_unit_id
    async with context.reader() as reader:
        return (await find_agent(reader, context.organization_id, own_person_id(context))).management_unit_id
