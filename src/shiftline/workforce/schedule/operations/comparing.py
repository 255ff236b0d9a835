"""Any state of a week held against any other: what differs, and who made what lies between, and why."""

from dataclasses import dataclass

from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.errors import Invalid, Problem
from shiftline.workforce.schedule.errors import RevisionNotFound
from shiftline.workforce.schedule.model import Part, Revision, Schedule
from shiftline.workforce.schedule.operations.places import VIEW_ALL, find_schedule_by_id
from shiftline.workforce.schedule.rules.comparing import AgentDifference, compare_parts
from shiftline.workforce.schedule.store import schedules, shifts


@dataclass(frozen=True, slots=True)
class Pair:
    """The two revisions that are asked for: by default the latest, and the one before it. ``other_id``: the later one is
    of another schedule of the same weeks.
    """

    schedule_id: str
    earlier: int | None = None
    later: int | None = None
    other_id: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two revisions; ``between`` are those after the earlier one up to the later one, oldest first."""

    earlier: tuple[Schedule, Revision]
    later: tuple[Schedule, Revision]
    between: tuple[Revision, ...]
    agents: tuple[AgentDifference, ...]


async def compare_revisions(context: Context, pair: Pair) -> Comparison:
    """What two revisions differ in, by agent. Raises ScheduleNotFound, RevisionNotFound, Invalid."""
    async with context.reader() as reader:
        _, one = await find_schedule_by_id(context, reader, pair.schedule_id, VIEW_ALL)
        other = one
        if pair.other_id is not None and pair.other_id != one.id:
            _, other = await find_schedule_by_id(context, reader, pair.other_id, VIEW_ALL)
            _check_weeks(one, other)
        later_number = other.version if pair.later is None else pair.later
        earlier_number = pair.earlier
        if earlier_number is None:
            earlier_number = one.version if other is not one else max(later_number - 1, 1)
        history = await schedules.list_revisions(reader, context.organization_id, other.id)
        earlier = await _find_revision(context, reader, one, earlier_number)
        later = await _find_revision(context, reader, other, later_number)
        agents = None
        if other is one:
            low, high = sorted((earlier.number, later.number))
            agents = await shifts.list_touched_agents(reader, context.organization_id, one.id, low, high)
        before = await _read_parts(context, reader, one, earlier.number, agents)
        after = await _read_parts(context, reader, other, later.number, agents)
    first, last = sorted((earlier.number, later.number)) if other is one else (0, later.number)
    between = tuple(each for each in reversed(history) if first < each.number <= last)
    return Comparison((one, earlier), (other, later), between, tuple(compare_parts(before, after)))


def _check_weeks(one: Schedule, other: Schedule) -> None:
    same = (one.business_unit_id, one.week_date, one.week_count) == (
        other.business_unit_id,
        other.week_date,
        other.week_count,
    )
    if not same:
        sentence = f"the schedule {other.id} is not of the same business unit and weeks as {one.id}."
        raise Invalid(Problem("otherScheduleId", sentence, "schedule.other.weeks"))


async def _find_revision(context: Context, reader: Reader, schedule: Schedule, number: int) -> Revision:
    for revision in await schedules.list_revisions(reader, context.organization_id, schedule.id, number):
        return revision
    raise RevisionNotFound(schedule.id, number)


async def _read_parts(
    context: Context, reader: Reader, schedule: Schedule, number: int, agent_ids: list[str] | None
) -> dict[str, Part]:
    kept = await shifts.read_all_parts(reader, context.organization_id, schedule.id, agent_ids, number)
    return {agent_id: each.part for agent_id, each in kept.items()}
