"""What stands around trades is read once for all of them, and each is judged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.time import DAY, Interval, week_bounds
from shiftline.workforce.preferences.model import AgentWishes
from shiftline.workforce.preferences.operations.weighing import find_partners, find_wishes
from shiftline.workforce.schedule.operations.searching import find_days_off, find_work
from shiftline.workforce.schedule.rules.rosters import off_of, reach_of
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
from shiftline.workforce.workplans.operations.reading import find_plans_of
from shiftline.workforce.workplans.rules.choosing import AgentPlans
from shiftline.workforce.workplans.rules.worked import DayOff

AROUND = 2 * DAY


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one agent over the weeks of some trades."""

    work: tuple[Held, ...]
    time_off: tuple[Interval, ...]
    skill_ids: frozenset[str]
    queue_ids: frozenset[str] = frozenset()
    plans: AgentPlans | None = None
    days_off: tuple[DayOff, ...] = ()
    wishes: AgentWishes = field(default_factory=AgentWishes)


@dataclass(frozen=True, slots=True)
class Parties:
    """A business unit's calendar and codes, and everybody who has a part in some of its trades. ``partners`` are the shifts
    of those whom they wish to work with, or not.
    """

    calendar: Calendar
    codes: Mapping[str, ActivityCode]
    agents: Mapping[str, Agent]
    known: Mapping[str, Known]
    partners: Mapping[str, Sequence[Interval]] = field(default_factory=dict[str, Sequence[Interval]])


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
    if not weeks:
        return Parties(calendar, codes.codes, agents, {})
    plans = await find_plans_of(reader, organization_id, people)
    span = _span_of(weeks, calendar, max((reach_of(each) for each in plans.values()), default=AROUND))
    work = await find_work(reader, organization_id, span, list(people))
    off = await find_days_off(reader, organization_id, span, business_unit_id, list(plans)) if plans else {}
    wishes = await find_wishes(reader, organization_id, people, span)
    time_off = await store.list_time_off_of(reader, organization_id, list(people), span.start)
    skills = await store.list_held_skills_of(reader, organization_id, list(people))
    queues = await store.list_queues_of(reader, organization_id, list(people))
    known = {
        person_id: Known(
            work=tuple(Held(schedule_id, shift) for schedule_id, shift in work.get(person_id, ())),
            time_off=tuple(time_off.get(person_id, ())),
            skill_ids=skills.get(person_id, frozenset()),
            queue_ids=queues.get(person_id, frozenset()),
            plans=plans.get(person_id),
            days_off=off_of(off.get(person_id, ())),
            wishes=wishes[person_id],
        )
        for person_id in people
    }
    partners = await find_partners(reader, organization_id, list(wishes.values()), span)
    return Parties(calendar, codes.codes, agents, known, partners)


def _span_of(weeks: Collection[date], calendar: Calendar, around: timedelta) -> Interval:
    first, last = (week_bounds(week, calendar.zone, 1) for week in (min(weeks), max(weeks)))
    return Interval(first.start - around, last.end + around)


def _shifts_of(trade: Trade) -> list[Shift]:
    given = None if trade.match is None else trade.match.shift
    return [trade.shift] if given is None else [trade.shift, given]


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
        unavailable=known.wishes.unavailable,
        skill_ids=known.skill_ids,
        queue_ids=known.queue_ids,
        other_trade_id=other,
        plans=known.plans,
        days_off=known.days_off,
        wishes=known.wishes,
        partners=parties.partners,
    )
    return side if traded is None else replace(side, found=await _find_again(scope, parties, side, traded))


async def _find_again(scope: tuple[Reader, str], parties: Parties, side: Side, traded: Shift) -> Shift | None:
    """What is published under the shift's id: the agent's own work is at hand, for another's it is looked up."""
    gives = side.gives
    if gives is not None:
        return replace(traded, person_id=side.agent.person_id, span=gives.span)
    return await store.find_shift(*scope, traded.schedule_id, traded.id, parties.calendar)
