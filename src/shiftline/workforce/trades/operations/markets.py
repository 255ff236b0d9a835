"""What stands around open offers, or around one proposed ring of them, is read as a market."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftFilter, OpenShiftState
from shiftline.workforce.schedule.operations.opening import find_open_shifts
from shiftline.workforce.trades.errors import TooManyOffers
from shiftline.workforce.trades.model import Role, Shift, Trade, TradeFilter
from shiftline.workforce.trades.model.cycles import Cycle, Market, Stand, Wanted
from shiftline.workforce.trades.operations.judging import Parties, read_parties_of, read_side
from shiftline.workforce.trades.operations.open_shifts import stands_of
from shiftline.workforce.trades.store import cycles
from shiftline.workforce.trades.store import trades as store
from shiftline.workforce.units.model import Agent

OFFERS_AT_MOST = 5000


@dataclass(frozen=True, slots=True)
class Corner:
    """Which offers are looked at: of a business unit's weeks, of some of its management units or of all; ``only_free``:
    of those alone who wait for no other ring.
    """

    business_unit_id: str
    weeks: tuple[date, ...]
    management_unit_ids: tuple[str, ...] | None = None
    only_free: bool = False


async def read_market(reader: Reader, context: Context, corner: Corner) -> Market:
    """All open offers and open shifts that no ring uses, and all who would work more.

    Raises BusinessUnitNotFound, TooManyOffers.
    """
    organization_id, unit_id = context.organization_id, corner.business_unit_id
    wanted = TradeFilter(unit_id, corner.management_unit_ids, corner.weeks, only_open=True)
    found = await store.list_trades(reader, organization_id, wanted, context.now(), limit=OFFERS_AT_MOST + 1)
    if len(found) > OFFERS_AT_MOST:
        raise TooManyOffers(OFFERS_AT_MOST)
    busy = await cycles.list_busy(reader, organization_id, unit_id)
    waiting = busy.people if corner.only_free else frozenset[str]()
    trades = [
        trade
        for trade in found
        if trade.shift.week_date in corner.weeks and trade.id not in busy.held and trade.person_id not in waiting
    ]
    more = _gather(await cycles.list_wanted(reader, organization_id, unit_id, corner.weeks))
    more = {person_id: times for person_id, times in more.items() if person_id not in waiting}
    people = list(dict.fromkeys([*(trade.person_id for trade in trades), *more]))
    parties = await read_parties_of(reader, context, unit_id, people, corner.weeks)
    twice = await store.list_given_twice(reader, organization_id, [trade.id for trade in trades])
    scope = (reader, organization_id)
    stands: list[Stand] = []
    for trade in sorted(trades, key=lambda each: (each.created_at, each.id)):
        agent = _agent_in(parties, trade.person_id, corner)
        if agent is not None:
            side = await read_side(scope, parties, (Role.INITIATING, agent, trade.shift), twice.get(trade.id))
            stands.append(Stand(side, trade, trade.acceptable))
    for person_id, times in more.items():
        agent = _agent_in(parties, person_id, corner)
        if agent is not None:
            side = await read_side(scope, parties, (Role.RECEIVING, agent, None), None)
            stands.append(Stand(side, None, times))
    opened = [each for each in await _list_open(reader, context, corner) if each.stake[1] not in busy.held]
    stands += opened
    open_ids = [each.open_shift.id for each in opened if each.open_shift is not None]
    proposed = await cycles.list_like(reader, organization_id, [trade.id for trade in trades], open_ids)
    declined = frozenset(each for cycle in proposed for each in cycle.declined)
    return Market(stands, parties.calendar, parties.codes, declined)


async def _list_open(reader: Reader, context: Context, corner: Corner) -> list[Stand]:
    """The open shifts of the corner, as offers of nobody's."""
    wanted = OpenShiftFilter(
        business_unit_id=corner.business_unit_id,
        management_unit_ids=corner.management_unit_ids,
        week_dates=corner.weeks,
        states=(OpenShiftState.OPEN,),
        after=context.now(),
    )
    found = await find_open_shifts(reader, context.organization_id, wanted)
    return await stands_of(reader, context.organization_id, [each for each in found if each.in_force])


def _agent_in(parties: Parties, person_id: str, corner: Corner) -> Agent | None:
    agent = parties.agents.get(person_id)
    if agent is None or agent.business_unit_id != corner.business_unit_id:
        return None
    inside = corner.management_unit_ids is None or agent.management_unit_id in corner.management_unit_ids
    return agent if inside else None


@dataclass(frozen=True, slots=True)
class Ring:
    """A proposed ring as things stand: its stands in order, and the agents. ``gone``: who works in no unit any more."""

    stands: tuple[Stand, ...]
    market: Market
    agents: Mapping[str, Agent]
    gone: tuple[str, ...] = ()


async def read_ring(
    reader: Reader, context: Context, cycle: Cycle, trades: Mapping[str, Trade], opened: OpenShift | None = None
) -> Ring:
    """A proposal with its offers, and the open shift that it begins with, as they are now."""
    weeks = [member.shift.week_date for member in cycle.members if member.shift is not None]
    weeks += [] if opened is None else [opened.week_date]
    people = [member.person_id for member in cycle.members]
    organization_id, unit_id = context.organization_id, cycle.business_unit_id
    parties = await read_parties_of(reader, context, unit_id, people, weeks)
    wanted = await cycles.list_wanted(reader, organization_id, unit_id, sorted({cycle.week_date, *weeks}))
    times = _gather(wanted)
    twice = await store.list_given_twice(reader, organization_id, cycle.trade_ids)
    stands: list[Stand] = []
    for member in cycle.members:
        agent = parties.agents.get(member.person_id)
        trade = trades.get(member.trade_id or "")
        if agent is None or (member.trade_id is not None and trade is None):
            continue
        role = Role.RECEIVING if trade is None else Role.INITIATING
        who: tuple[Role, Agent, Shift | None] = (role, agent, member.shift)
        side = await read_side((reader, organization_id), parties, who, twice.get(member.trade_id or ""))
        stands.append(Stand(side, trade, times.get(agent.person_id, ()) if trade is None else trade.acceptable))
    stands += await stands_of(reader, organization_id, [] if opened is None else [opened])
    market = Market(stands, parties.calendar, parties.codes)
    gone = tuple(person_id for person_id in people if person_id not in parties.agents)
    return Ring(tuple(stands), market, parties.agents, gone)


def _gather(wanted: Sequence[Wanted]) -> dict[str, tuple[Interval, ...]]:
    """When each person would work more, in all weeks."""
    times: dict[str, list[Interval]] = {}
    for each in wanted:
        times.setdefault(each.person_id, []).extend(each.times)
    return {person_id: tuple(sorted(spans)) for person_id, spans in times.items()}
