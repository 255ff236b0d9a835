"""Rings of trades are searched among the open offers of some weeks, proposed to their people, and listed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Invalid, Problem, Refusal
from shiftline.foundation.ids import new_id
from shiftline.foundation.jobs import defer
from shiftline.foundation.time import DAY, Interval, week_bounds, week_start
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.trades.errors import CycleNotFound, JobNotFound
from shiftline.workforce.trades.events import CycleProposed
from shiftline.workforce.trades.model import Job
from shiftline.workforce.trades.model.cycles import Cycle, CycleFilter, CycleState, Found, Member, Stake, Wanted
from shiftline.workforce.trades.operations.agreeing import PENDING, Shown, as_now, judge_now
from shiftline.workforce.trades.operations.markets import Corner, read_market
from shiftline.workforce.trades.operations.offering import PARTICIPATE
from shiftline.workforce.trades.operations.reading import SEE
from shiftline.workforce.trades.operations.reviewing import EDIT
from shiftline.workforce.trades.rules.cycles import Judged, find_best
from shiftline.workforce.trades.store import cycles
from shiftline.workforce.trades.store import trades as store
from shiftline.workforce.units.model import BusinessUnit
from shiftline.workforce.units.operations.agents import find_agent
from shiftline.workforce.units.operations.business_units import find_business_unit

JOB: Final = "trades.search_cycles"
KIND: Final = "SearchTradeCycles"
WEEKS_AT_MOST: Final = 6
TIMES_AT_MOST: Final = 50
MOST: Final = 2000
"""Proposals in one answer."""
SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class CycleSearch:
    """Where rings are looked for: so many weeks from one on, in some management units or all; of at most so many people.
    ``only_free``: among those alone who wait for no other ring.
    """

    business_unit_id: str
    week_date: date
    week_count: int = 1
    longest: int = 4
    management_unit_ids: tuple[str, ...] | None = None
    only_free: bool = False

    @property
    def corner(self) -> Corner:
        """The offers that are looked at."""
        weeks = weeks_from(self.week_date, self.week_count)
        return Corner(self.business_unit_id, weeks, self.management_unit_ids, self.only_free)


def weeks_from(week_date: date, count: int) -> tuple[date, ...]:
    """So many weeks from one on, each by its first day."""
    return tuple(week_date + 7 * number * DAY for number in range(count))


async def start_search(context: Context, search: CycleSearch) -> Job:
    """Let the worker search; the job to ask for. Raises BusinessUnitNotFound, Invalid, PermissionMissing."""
    async with context.transaction() as tx:
        unit = await find_business_unit(tx, context.organization_id, search.business_unit_id)
        require(context, EDIT, division_id=unit.division_id)
        check_week(unit, search.week_date)
        job = Job(new_id(), KIND, {"status": "Processing"})
        await store.insert_job(tx, job)
        await defer_search(tx, job.id, search)
    return job


async def defer_search(tx: Transaction, search_id: str, search: CycleSearch) -> None:
    """The worker searches after this transaction, one search of a business unit after the other."""
    arguments = {
        "search_id": search_id,
        "business_unit_id": search.business_unit_id,
        "week_date": search.week_date.isoformat(),
        "week_count": search.week_count,
        "longest": search.longest,
        "management_unit_ids": search.management_unit_ids,
        "only_free": search.only_free,
    }
    await defer(tx, JOB, arguments, lock=f"trades:{search.business_unit_id}")


def check_week(unit: BusinessUnit, week_date: date) -> None:
    """A week is named by its first day. Raises Invalid."""
    first = week_start(week_date, unit.start_day_of_week)
    if first != week_date:
        sentence = f"{week_date} is no {unit.start_day_of_week}; weeks of {unit.name} start then, like {first}."
        raise Invalid(Problem("weekId", sentence, "week.start"))


async def get_search(context: Context, business_unit_id: str, job_id: str) -> tuple[Job, list[Cycle]]:
    """How a search of the caller's stands, and its proposals as they are now. Raises JobNotFound."""
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, business_unit_id)
        require(context, EDIT, division_id=unit.division_id)
        job = await store.find_job(reader, context.organization_id, context.actor.id, KIND, job_id)
        if job is None or job.body.get("businessUnitId", unit.id) != unit.id:
            raise JobNotFound(job_id)
        found = [await cycles.find_cycle(reader, context.organization_id, each) for each in job.body.get("cycles", ())]
    return job, [as_now(cycle, context.now()) for cycle in found if cycle is not None]


async def run_search(context: Context, search_id: str, search: CycleSearch) -> Found | None:
    """The worker's part: search, propose, and keep the result or what was refused. A repeat after the end does nothing."""
    try:
        async with context.reader() as reader:
            market = await read_market(reader, context, search.corner)
        now = context.now()
        best = await asyncio.to_thread(find_best, market, now, search.longest, SECONDS)
        async with context.transaction() as tx:
            made = await _propose(tx, search, search_id, best.rings)
            found = Found(search_id, len(market.stands), best.packing.moved, best.packing.bound, tuple(made))
            await store.update_job(tx, Job(search_id, KIND, _describe(search, found)))
    except Refusal as refusal:
        async with context.transaction() as tx:
            failed = {"status": "Error", "businessUnitId": search.business_unit_id, "message": refusal.message}
            await store.update_job(tx, Job(search_id, KIND, failed))
        return None
    return found


def _describe(search: CycleSearch, found: Found) -> Mapping[str, Any]:
    return {
        "status": "Complete",
        "businessUnitId": search.business_unit_id,
        "offers": found.offers,
        "moved": found.moved,
        "bound": found.bound,
        "cycles": [cycle.id for cycle in found.cycles],
    }


async def _propose(tx: Transaction, search: CycleSearch, search_id: str, rings: Sequence[Judged]) -> list[Cycle]:
    """The proposals of the rings. One that waits already is not made again, and one that was declined or denied is none."""
    made = [_compose(tx.context, search, ring) for ring in rings]
    trade_ids = [trade_id for cycle in made for trade_id in cycle.trade_ids]
    open_ids = [open_shift_id for cycle in made for open_shift_id in cycle.open_shift_ids]
    like = await cycles.list_like(tx, tx.context.organization_id, trade_ids, open_ids)
    standing = {_key(cycle): cycle for cycle in like}
    proposed: list[Cycle] = []
    for cycle in made:
        former = standing.get(_key(cycle))
        if former is not None:
            proposed += [former] if former.state in PENDING else []
            continue
        await cycles.insert_cycle(tx, cycle, search_id)
        tx.record(CycleProposed(organization_id=tx.context.organization_id, cycle_id=cycle.id, cycle=cycle))
        proposed.append(cycle)
    return proposed


def _key(cycle: Cycle) -> tuple[Stake, ...]:
    """What makes two proposals the same: who brings which offer at which version, from wherever the ring is read."""
    members = [member.stake for member in cycle.members]
    first = min(range(len(members)), key=lambda place: members[place][0])
    opened = [] if cycle.open_stake is None else [cycle.open_stake]
    return tuple(members[first:] + members[:first] + opened)


def _compose(context: Context, search: CycleSearch, ring: Judged) -> Cycle:
    now, by = context.now(), context.actor.id
    start = next((place for place, stand in enumerate(ring.stands) if stand.open_shift is not None), None)
    opened = None if start is None else ring.stands[start].open_shift
    people = ring.stands if start is None else ring.stands[start + 1 :] + ring.stands[:start]
    members = tuple(
        Member(
            person_id=stand.person_id,
            management_unit_id=stand.side.agent.management_unit_id,
            trade_id=None if stand.trade is None else stand.trade.id,
            trade_version=None if stand.trade is None else stand.trade.version,
            shift=None if stand.trade is None else stand.trade.shift,
        )
        for stand in people
    )
    return Cycle(
        id=new_id(),
        business_unit_id=search.business_unit_id,
        week_date=min(stand.trade.shift.week_date for stand in ring.stands if stand.trade is not None),
        state=CycleState.PROPOSED,
        members=members,
        expires_at=min(stand.trade.expires_at for stand in ring.stands if stand.trade is not None),
        proposed_by=by,
        proposed_at=now,
        changed_by=by,
        changed_at=now,
        open_shift_id=None if opened is None else opened.id,
        open_shift_version=None if opened is None else opened.version,
    )


async def list_cycles(context: Context, wanted: CycleFilter) -> list[Shown]:
    """Proposals, for whoever reviews trades. Raises BusinessUnitNotFound, PermissionMissing."""
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, wanted.business_unit_id)
        require(context, *SEE, division_id=unit.division_id)
        return await _show(reader, context, unit, wanted)


async def list_own_cycles(context: Context, wanted: CycleFilter) -> list[Shown]:
    """The proposals in which the caller has a part. Raises BusinessUnitNotFound."""
    require(context, PARTICIPATE)
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, wanted.business_unit_id)
        return await _show(reader, context, unit, replace(wanted, person_id=own_person_id(context)))


async def _show(reader: Reader, context: Context, unit: BusinessUnit, wanted: CycleFilter) -> list[Shown]:
    """Any day of a week names it here: whoever only reads need not know on which day weeks start."""
    wanted = replace(wanted, weeks=tuple(week_start(each, unit.start_day_of_week) for each in wanted.weeks))
    found = await cycles.list_cycles(reader, context.organization_id, wanted, MOST)
    return [await judge_now(reader, context, cycle) for cycle in found]


async def get_cycle(context: Context, business_unit_id: str, cycle_id: str) -> Shown:
    """A proposal, for its people and for whoever reviews trades. Raises BusinessUnitNotFound, CycleNotFound."""
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, business_unit_id)
        cycle = await cycles.find_cycle(reader, context.organization_id, cycle_id)
        if cycle is None or cycle.business_unit_id != unit.id:
            raise CycleNotFound(cycle_id)
        if context.actor.person_id not in [member.person_id for member in cycle.members]:
            require(context, *SEE, division_id=unit.division_id)
        return await judge_now(reader, context, cycle)


async def set_wanted(context: Context, business_unit_id: str, week_date: date, times: Sequence[Interval]) -> Wanted:
    """The caller says when they would work more in a week, in place of what they said before; with no times they would
    not. Raises BusinessUnitNotFound, AgentNotFound, Invalid.
    """
    require(context, PARTICIPATE)
    person_id = own_person_id(context)
    async with context.transaction() as tx:
        unit = await find_business_unit(tx, context.organization_id, business_unit_id)
        agent = await find_agent(tx, context.organization_id, person_id)
        check_week(unit, week_date)
        _check_times(unit, agent.business_unit_id, week_date, times)
        wanted = Wanted(person_id, week_date, tuple(sorted(times)))
        await cycles.put_wanted(tx, unit.id, wanted)
    return wanted


def _check_times(unit: BusinessUnit, own_unit_id: str, week_date: date, times: Sequence[Interval]) -> None:
    if own_unit_id != unit.id:
        raise Invalid(Problem("businessUnitId", "you work in another business unit.", "trade.business.unit"))
    if len(times) > TIMES_AT_MOST:
        raise Invalid(
            Problem("acceptableIntervals", f"at most {TIMES_AT_MOST} can be given.", "trade.intervals.too.many")
        )
    week = week_bounds(week_date, unit.zone, 1)
    for index, each in enumerate(times):
        if not week.overlaps(each):
            sentence = f"lies outside the week of {week_date}."
            raise Invalid(Problem(f"acceptableIntervals[{index}]", sentence, "trade.interval"))


async def get_wanted(context: Context, business_unit_id: str, week_date: date) -> Wanted:
    """When the caller would work more in a week. Raises BusinessUnitNotFound."""
    require(context, PARTICIPATE)
    person_id = own_person_id(context)
    async with context.reader() as reader:
        unit = await find_business_unit(reader, context.organization_id, business_unit_id)
        found = await cycles.list_wanted(reader, context.organization_id, unit.id, [week_date], person_id)
    return found[0] if found else Wanted(person_id, week_date, ())
