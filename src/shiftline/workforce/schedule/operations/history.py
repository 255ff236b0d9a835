"""What happened to an agent's work in a schedule, revision by revision; nothing is ever dropped."""

from dataclasses import dataclass
from datetime import date

from shiftline.foundation.context import Context
from shiftline.workforce.schedule.model import FullDay, Revision, Schedule, Shift
from shiftline.workforce.schedule.operations.places import VIEW, Place, find_schedule_at
from shiftline.workforce.schedule.store import schedules, shifts
from shiftline.workforce.schedule.store.shifts import PartHistory


@dataclass(frozen=True, slots=True)
class HistoryChange:
    """What one revision changed for the agent: what it brought, and what it took without bringing its successor."""

    revision: Revision
    shifts: tuple[Shift, ...]
    full_days: tuple[FullDay, ...]
    deleted_shift_ids: tuple[str, ...] = ()
    deleted_days: tuple[date, ...] = ()
    part_deleted: bool = False


@dataclass(frozen=True, slots=True)
class AgentHistory:
    """An agent's history: the first published state, what changed since, and what was in force for the week before."""

    prior: tuple[Schedule, ...]
    base: HistoryChange | None
    changes: tuple[HistoryChange, ...]


async def get_history(context: Context, place: Place, person_id: str) -> tuple[Schedule, AgentHistory]:
    """Everything that happened to an agent's work in a schedule. Raises ScheduleNotFound."""
    async with context.reader() as reader:
        _, schedule = await find_schedule_at(context, reader, place, *VIEW)
        revisions = await schedules.list_revisions(reader, context.organization_id, schedule.id)
        past = await shifts.read_history(reader, context.organization_id, schedule.id, person_id)
        prior = await schedules.list_superseded(reader, context.organization_id, schedule)
    ordered = sorted(revisions, key=lambda revision: revision.number)
    first = next((revision for revision in ordered if revision.published), None)
    base = None if first is None else _state(past, first)
    start = 0 if first is None else first.number
    changes = [_change(past, revision) for revision in ordered if revision.number > start]
    return schedule, AgentHistory(tuple(prior), base, tuple(change for change in changes if change is not None))


def _state(past: PartHistory, revision: Revision) -> HistoryChange:
    """All that the agent had in a revision."""
    number = revision.number
    return HistoryChange(
        revision,
        tuple(each.shift for each in past.shifts if _covers(each.from_revision, each.to_revision, number)),
        tuple(each.full_day for each in past.full_days if _covers(each.from_revision, each.to_revision, number)),
    )


def _covers(start: int, end: int | None, number: int) -> bool:
    return start <= number and (end is None or number < end)


def _change(past: PartHistory, revision: Revision) -> HistoryChange | None:
    """What a revision changed for the agent, or None when it did not touch them."""
    number = revision.number
    brought = tuple(each.shift for each in past.shifts if each.from_revision == number)
    days = tuple(each.full_day for each in past.full_days if each.from_revision == number)
    ended = {each.shift.id for each in past.shifts if each.to_revision == number} - {shift.id for shift in brought}
    ended_days = {each.full_day.day for each in past.full_days if each.to_revision == number}
    gone = any(end == number for _, end in past.spans) and not any(start == number for start, _ in past.spans)
    change = HistoryChange(
        revision, brought, days, tuple(sorted(ended)), tuple(sorted(ended_days - {day.day for day in days})), gone
    )
    return change if brought or days or ended or change.deleted_days or gone else None
