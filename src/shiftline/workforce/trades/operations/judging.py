"""What stands around trades is read once for all of them, and each is judged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.time import DAY, Interval, week_bounds
from shiftline.workforce.schedule.operations.searching import find_work
from shiftline.workforce.trades.model import (
    Calendar,
    Held,
    Judgement,
    MatchSnapshot,
    Role,
    Shift,
    Side,
    Trade,
    TradeSettings,
)
from shiftline.workforce.trades.rules.matching import judge_agents, judge_match
from shiftline.workforce.trades.store import trades as store
from shiftline.workforce.units.model import ActivityCode, Agent
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.operations.agents import find_agents
from shiftline.workforce.units.operations.business_units import find_business_unit

AROUND = 2 * DAY


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one agent over the weeks of some trades."""

    work: tuple[Held, ...]
    time_off: tuple[Interval, ...]
    unavailable: tuple[Interval, ...]
    skill_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Parties:
    """A business unit's calendar and codes, and everybody who has a part in some of its trades."""

    calendar: Calendar
    codes: Mapping[str, ActivityCode]
    agents: Mapping[str, Agent]
    known: Mapping[str, Known]


async def find_calendar(reader: Reader, organization_id: str, business_unit_id: str) -> Calendar:
    """How a business unit counts weeks. Raises BusinessUnitNotFound."""
    unit = await find_business_unit(reader, organization_id, business_unit_id)
    return Calendar(unit.zone, unit.start_day_of_week)


async def read_parties(reader: Reader, context: Context, business_unit_id: str, trades: Sequence[Trade]) -> Parties:
    """Everything that the judgement of some matched trades of a business unit needs."""
    people = {trade.person_id for trade in trades}
    people |= {trade.match.person_id for trade in trades if trade.match is not None}
    weeks = [shift.week_date for trade in trades for shift in _shifts_of(trade)]
    return await read_parties_of(reader, context, business_unit_id, people, weeks)


async def read_parties_of(
    reader: Reader, context: Context, business_unit_id: str, people: Collection[str], weeks: Collection[date]
) -> Parties:
    """The same for some people in some weeks."""
    organization_id = context.organization_id
    calendar = await find_calendar(reader, organization_id, business_unit_id)
    codes = await find_activity_codes(reader, organization_id, business_unit_id)
    agents = await find_agents(reader, organization_id, list(people))
    known = await _read_known(reader, organization_id, list(people), _span_of(weeks, calendar)) if weeks else {}
    return Parties(calendar, codes.codes, agents, known)


def _span_of(weeks: Collection[date], calendar: Calendar) -> Interval:
    first, last = (week_bounds(week, calendar.zone, 1) for week in (min(weeks), max(weeks)))
    return Interval(first.start - AROUND, last.end + AROUND)


def _shifts_of(trade: Trade) -> list[Shift]:
    given = None if trade.match is None else trade.match.shift
    return [trade.shift] if given is None else [trade.shift, given]


async def _read_known(reader: Reader, organization_id: str, people: Sequence[str], span: Interval) -> dict[str, Known]:
    work = await find_work(reader, organization_id, span, people)
    time_off = await store.list_time_off_of(reader, organization_id, people, span.start)
    unavailable = await store.list_unavailable_of(reader, organization_id, people, span.start)
    skills = await store.list_held_skills_of(reader, organization_id, people)
    return {
        person_id: Known(
            work=tuple(Held(schedule_id, shift) for schedule_id, shift in work.get(person_id, ())),
            time_off=tuple(time_off.get(person_id, ())),
            unavailable=tuple(unavailable.get(person_id, ())),
            skill_ids=skills.get(person_id, frozenset()),
        )
        for person_id in people
    }


async def judge_trade(
    reader: Reader, context: Context, parties: Parties, trade: Trade, *, reviewing: bool = False
) -> Judgement:
    """What all rules say of a trade with its match."""
    match = trade.match
    assert match is not None
    initiating, receiving = parties.agents.get(trade.person_id), parties.agents.get(match.person_id)
    gone = judge_agents(trade, initiating, receiving)
    if gone is not None or initiating is None or receiving is None:
        assert gone is not None
        return gone
    scope = (reader, context.organization_id)
    other = None if match.shift is None else await store.find_other_trade(*scope, match.shift, trade.id)
    snapshot = MatchSnapshot(
        trade=trade,
        initiating=await read_side(scope, parties, (Role.INITIATING, initiating, trade.shift), None),
        receiving=await read_side(scope, parties, (Role.RECEIVING, receiving, match.shift), other),
        calendar=parties.calendar,
        codes=parties.codes,
    )
    return judge_match(snapshot, context.now(), reviewing=reviewing)


async def read_side(
    scope: tuple[Reader, str], parties: Parties, who: tuple[Role, Agent, Shift | None], other: str | None
) -> Side:
    """A side as things stand. ``other``: the undecided trade in which its shift stands besides."""
    role, agent, traded = who
    known = parties.known[agent.person_id]
    side = Side(
        role=role,
        agent=agent,
        settings=TradeSettings.of(agent.management_unit_settings),
        traded=traded,
        found=None,
        work=known.work,
        time_off=known.time_off,
        unavailable=known.unavailable,
        skill_ids=known.skill_ids,
        other_trade_id=other,
    )
    return side if traded is None else replace(side, found=await _find_again(scope, parties, side, traded))


async def _find_again(scope: tuple[Reader, str], parties: Parties, side: Side, traded: Shift) -> Shift | None:
    """What is published under the shift's id: the agent's own work is at hand, for another's it is looked up."""
    gives = side.gives
    if gives is not None:
        return replace(traded, person_id=side.agent.person_id, span=gives.span)
    return await store.find_shift(*scope, traded.schedule_id, traded.id, parties.calendar)
