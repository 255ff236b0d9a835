"""What is in force for people in a span of time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import DAY, Interval
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.schedule.model import FullDay, Schedule, Shift
from shiftline.workforce.schedule.operations.places import VIEW, find_unit
from shiftline.workforce.schedule.store import schedules, shifts
from shiftline.workforce.units.model import ActivityCodes
from shiftline.workforce.units.operations.activity_codes import find_activity_codes
from shiftline.workforce.units.operations.agents import find_agent, find_agents
from shiftline.workforce.units.operations.management_units import find_management_unit

LONGEST: Final = timedelta(days=26 * 7)


@dataclass(frozen=True, slots=True)
class AgentWork:
    """An agent's work in force: shifts with the schedule that each stands in, and whole days off."""

    agent_id: str
    shifts: tuple[tuple[str, Shift], ...]
    full_days: tuple[FullDay, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found, with the schedules in force over the span; the zone is the business unit's."""

    agents: tuple[AgentWork, ...]
    schedules: tuple[Schedule, ...]
    time_zone: str | None


def span_of(start: datetime, end: datetime) -> Interval:
    """The span of a search. Raises Invalid when it is empty or too long."""
    if end <= start:
        raise Invalid(Problem("endDate", "must be after startDate."))
    if end - start > LONGEST:
        raise Invalid(Problem("endDate", f"must be at most {LONGEST.days} days after startDate."))
    if start.year < 1990 or end.year > 2200:  # noqa: PLR2004 - the years that schedules can be in
        raise Invalid(Problem("startDate", "the year must be from 1990 to 2200."))
    return Interval(start, end)


async def search_unit(
    context: Context, business_unit_id: str, span: Interval, person_ids: Collection[str] | None
) -> SearchResult:
    """What is in force for a business unit's agents, or for the named ones of them. Raises BusinessUnitNotFound."""
    async with context.reader() as reader:
        unit = await find_unit(context, reader, business_unit_id, *VIEW)
        in_force = await schedules.list_published(reader, context.organization_id, _days(span), unit.id)
        found = await _find(context, reader, span, person_ids, in_force)
    return SearchResult(found, tuple(in_force), unit.time_zone)


async def search_management_unit(
    context: Context, management_unit_id: str, span: Interval, person_ids: Collection[str] | None
) -> SearchResult:
    """What is in force for a management unit's agents, or for the named ones of them. Raises ManagementUnitNotFound."""
    async with context.reader() as reader:
        inner = await find_management_unit(reader, context.organization_id, management_unit_id)
        require(context, *VIEW, division_id=inner.division_id)
        agents = await find_agents(reader, context.organization_id, business_unit_id=inner.business_unit_id)
        inside = {agent.person_id for agent in agents.values() if agent.management_unit_id == inner.id}
        wanted = inside if person_ids is None else inside & set(person_ids)
        in_force = await schedules.list_published(reader, context.organization_id, _days(span), inner.business_unit_id)
        found = await _find(context, reader, span, wanted, in_force)
    return SearchResult(found, tuple(in_force), inner.time_zone)


async def search_mine(context: Context, span: Interval) -> SearchResult:
    """What is in force for the caller, in whichever unit. Raises Invalid for a token that stands for a program."""
    require(context, "wfm:agentSchedule:view")
    person_id = own_person_id(context)
    async with context.reader() as reader:
        agents = await find_agents(reader, context.organization_id, [person_id])
        in_force = await schedules.list_published(reader, context.organization_id, _days(span))
        found = await _find(context, reader, span, [person_id], in_force)
    used = {schedule_id for work in found for schedule_id, _ in work.shifts}
    agent = agents.get(person_id)
    mine = [
        schedule
        for schedule in in_force
        if schedule.id in used or (agent is not None and schedule.business_unit_id == agent.business_unit_id)
    ]
    return SearchResult(found, tuple(mine), None if agent is None else agent.business_unit_time_zone)


async def search_colleagues(context: Context, span: Interval) -> tuple[SearchResult, ActivityCodes]:
    """What is in force for everybody in the caller's management unit, with the unit's codes. Raises AgentNotFound."""
    require(context, "wfm:agentManagementUnitSchedule:view")
    person_id = own_person_id(context)
    async with context.reader() as reader:
        mine = await find_agent(reader, context.organization_id, person_id)
        agents = await find_agents(reader, context.organization_id, business_unit_id=mine.business_unit_id)
        inside = {each.person_id for each in agents.values() if each.management_unit_id == mine.management_unit_id}
        in_force = await schedules.list_published(reader, context.organization_id, _days(span), mine.business_unit_id)
        found = await _find(context, reader, span, inside, in_force)
        codes = await find_activity_codes(reader, context.organization_id, mine.business_unit_id)
    return SearchResult(found, tuple(in_force), mine.business_unit_time_zone), codes


async def find_work(
    reader: Reader, organization_id: str, span: Interval, person_ids: Collection[str]
) -> dict[str, list[tuple[str, Shift]]]:
    """Shifts in force that overlap a span, with their schedules' ids, by person; for other rooms."""
    work: dict[str, list[tuple[str, Shift]]] = {}
    for found in await shifts.search_shifts(reader, organization_id, span, agent_ids=person_ids):
        work.setdefault(found.agent_id, []).append((found.schedule_id, found.shift))
    return work


async def find_days_off(
    reader: Reader, organization_id: str, span: Interval, business_unit_id: str, person_ids: Collection[str]
) -> dict[str, list[FullDay]]:
    """Whole days off in the schedules in force of a business unit that touch a span, by person; for other rooms."""
    in_force = await schedules.list_published(reader, organization_id, _days(span), business_unit_id)
    return await _find_days((reader, organization_id), span, person_ids, in_force)


def _days(span: Interval) -> tuple[date, date]:
    """The calendar days that a span may touch in any zone."""
    return span.start.date() - DAY, span.end.date() + 2 * DAY


async def _find(
    context: Context,
    reader: Reader,
    span: Interval,
    person_ids: Collection[str] | None,
    in_force: Sequence[Schedule],
) -> tuple[AgentWork, ...]:
    ids = None if person_ids is not None else [schedule.id for schedule in in_force]
    work: dict[str, list[tuple[str, Shift]]] = {}
    for found in await shifts.search_shifts(reader, context.organization_id, span, person_ids, ids):
        work.setdefault(found.agent_id, []).append((found.schedule_id, found.shift))
    off = await _find_days((reader, context.organization_id), span, person_ids, in_force)
    people = sorted({*work, *off})
    return tuple(AgentWork(each, tuple(work.get(each, ())), tuple(off.get(each, ()))) for each in people)


async def _find_days(
    scope: tuple[Reader, str], span: Interval, person_ids: Collection[str] | None, in_force: Sequence[Schedule]
) -> dict[str, list[FullDay]]:
    off: dict[str, list[FullDay]] = {}
    days = (span.start.date() - DAY, span.end.date() + DAY)
    ids = [schedule.id for schedule in in_force]
    for found in await shifts.search_days(*scope, days, ids, person_ids):
        off.setdefault(found.agent_id, []).append(found.full_day)
    return off
