"""Reading schedules: lists, one, its agents, its revisions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.time import DAY, day_of
from shiftline.workforce.schedule.errors import RevisionNotFound
from shiftline.workforce.schedule.model import KeptPart, Revision, Schedule
from shiftline.workforce.schedule.operations.places import (
    VIEW,
    VIEW_ALL,
    Place,
    find_schedule_at,
    find_schedule_by_id,
    find_unit,
    sees_drafts,
)
from shiftline.workforce.schedule.store import schedules, shifts
from shiftline.workforce.units.model import BusinessUnit
from shiftline.workforce.units.operations.agents import find_agents
from shiftline.workforce.units.operations.management_units import find_management_unit

RECENT: Final = timedelta(weeks=26)


@dataclass(frozen=True, slots=True)
class UnitSummary:
    """A management unit's agents in a schedule, from their first shift to their last."""

    management_unit_id: str
    agent_ids: tuple[str, ...]
    starts_at: datetime | None
    ends_at: datetime | None


async def list_schedules(
    context: Context, business_unit_id: str, days: tuple[date, date] | None, *, only_published: bool = False
) -> list[Schedule]:
    """A unit's schedules that touch the days [first, end), or with None the 26 weeks around now.

    Whoever may only see what is in force gets only that. Raises BusinessUnitNotFound.
    """
    async with context.reader() as reader:
        unit = await find_unit(context, reader, business_unit_id, *VIEW)
        if days is None:
            today = day_of(context.now(), unit.zone)
            days = (today - RECENT, today + RECENT + DAY)
        published = only_published or not sees_drafts(context, unit)
        return await schedules.list_schedules(reader, context.organization_id, unit.id, days, only_published=published)


async def get_schedule(context: Context, place: Place) -> tuple[Schedule, list[UnitSummary]]:
    """A schedule with who is in it, by management unit (of those who are in one still). Raises ScheduleNotFound."""
    async with context.reader() as reader:
        _, schedule = await find_schedule_at(context, reader, place, *VIEW)
        spans = await shifts.summarize_agents(reader, context.organization_id, schedule.id)
        agents = await find_agents(reader, context.organization_id, [span.agent_id for span in spans])
    by_unit: dict[str, list[shifts.AgentSpan]] = {}
    for span in spans:
        if span.agent_id in agents:
            by_unit.setdefault(agents[span.agent_id].management_unit_id, []).append(span)
    return schedule, [_summarize(unit_id, inside) for unit_id, inside in sorted(by_unit.items())]


def _summarize(management_unit_id: str, spans: Sequence[shifts.AgentSpan]) -> UnitSummary:
    starts = [span.starts_at for span in spans if span.starts_at is not None]
    ends = [span.ends_at for span in spans if span.ends_at is not None]
    return UnitSummary(
        management_unit_id,
        tuple(span.agent_id for span in spans),
        min(starts, default=None),
        max(ends, default=None),
    )


async def query_parts(
    context: Context, place: Place, management_unit_id: str | None, person_ids: Collection[str] | None
) -> tuple[BusinessUnit, Schedule, list[KeptPart]]:
    """Agents' parts of a schedule: of a management unit, of named people, of both, or of all.

    Raises ScheduleNotFound, ManagementUnitNotFound.
    """
    async with context.reader() as reader:
        unit, schedule = await find_schedule_at(context, reader, place, *VIEW)
        wanted = await _narrow(context, reader, unit, management_unit_id, person_ids)
        parts = await shifts.read_all_parts(reader, context.organization_id, schedule.id, wanted)
    return unit, schedule, list(parts.values())


async def _narrow(
    context: Context,
    reader: Reader,
    unit: BusinessUnit,
    management_unit_id: str | None,
    person_ids: Collection[str] | None,
) -> Collection[str] | None:
    if management_unit_id is None:
        return person_ids
    await find_management_unit(reader, context.organization_id, management_unit_id)
    agents = await find_agents(reader, context.organization_id, business_unit_id=unit.id)
    inside = {agent.person_id for agent in agents.values() if agent.management_unit_id == management_unit_id}
    return inside if person_ids is None else inside & set(person_ids)


async def find_unit_of_site(context: Context, management_unit_id: str) -> str:
    """The business unit whose schedules are a management unit's. Raises ManagementUnitNotFound."""
    async with context.reader() as reader:
        found = await find_management_unit(reader, context.organization_id, management_unit_id)
    return found.business_unit_id


async def list_revisions(context: Context, schedule_id: str) -> tuple[Schedule, list[Revision]]:
    """A schedule's revisions, the latest first. Raises ScheduleNotFound."""
    async with context.reader() as reader:
        _, schedule = await find_schedule_by_id(context, reader, schedule_id, VIEW_ALL)
        return schedule, await schedules.list_revisions(reader, context.organization_id, schedule.id)


@dataclass(frozen=True, slots=True)
class RevisionContent:
    """A revision with what every agent had in it."""

    unit: BusinessUnit
    schedule: Schedule
    revision: Revision
    parts: tuple[KeptPart, ...]


async def get_revision(context: Context, schedule_id: str, number: int) -> RevisionContent:
    """One revision with everything in it, as it was. Raises ScheduleNotFound, RevisionNotFound."""
    async with context.reader() as reader:
        unit, schedule = await find_schedule_by_id(context, reader, schedule_id, VIEW_ALL)
        for revision in await schedules.list_revisions(reader, context.organization_id, schedule.id, number):
            parts = await shifts.read_all_parts(reader, context.organization_id, schedule.id, number=number)
            return RevisionContent(unit, schedule, revision, tuple(parts.values()))
    raise RevisionNotFound(schedule_id, number)
