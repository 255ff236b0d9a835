"""Shifts, whole days off and agents' parts, read by revision or by time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shiftline.foundation.database import Reader, Row, Transaction
from shiftline.foundation.time import Disambiguation, Interval
from shiftline.workforce.schedule.model import (
    Activity,
    FullDay,
    KeptPart,
    Neighbour,
    Part,
    PartStamp,
    Shift,
)
from shiftline.workforce.schedule.store.statements import SQL, mark

AGENTS_AT_A_TIME = 100

_DISAMBIGUATIONS = {each.value: each for each in Disambiguation}


async def read_parts(
    reader: Reader,
    organization_id: str,
    schedule_id: str,
    agent_ids: Collection[str] | None = None,
    number: int | None = None,
) -> dict[str, KeptPart]:
    """Agents' parts of a schedule by agent, now or at a revision; of some agents or of all."""
    parameters = {
        "organization_id": organization_id,
        "schedule_id": schedule_id,
        "agent_ids": None if agent_ids is None else list(agent_ids),
        "number": number,
    }
    shifts: dict[str, list[tuple[int, Shift]]] = {}
    for row in await reader.all(SQL["read_shifts"], parameters):
        shifts.setdefault(row["agent_id"], []).append((row["shift_key"], shift_of(row)))
    days: dict[str, list[FullDay]] = {}
    for row in await reader.all(SQL["read_days"], parameters):
        days.setdefault(row.pop("agent_id"), []).append(FullDay(**row))
    return {
        row["agent_id"]: _kept(row, shifts.get(row["agent_id"], []), days.get(row["agent_id"], []))
        for row in await reader.all(SQL["read_parts"], parameters)
    }


async def read_all_parts(
    reader: Reader,
    organization_id: str,
    schedule_id: str,
    wanted: Collection[str] | None = None,
    number: int | None = None,
) -> dict[str, KeptPart]:
    """The same for many agents or all, some at a time: 10,000 shifts in one go would stop the process for half a second."""
    parameters = {"organization_id": organization_id, "schedule_id": schedule_id, "agent_ids": None, "number": number}
    ids = [row["agent_id"] for row in await reader.all(SQL["read_parts"], parameters)]
    if wanted is not None:
        narrow = set(wanted)
        ids = [agent_id for agent_id in ids if agent_id in narrow]
    parts: dict[str, KeptPart] = {}
    for first in range(0, len(ids), AGENTS_AT_A_TIME):
        some = ids[first : first + AGENTS_AT_A_TIME]
        parts |= await read_parts(reader, organization_id, schedule_id, some, number)
    return parts


async def list_touched_agents(reader: Reader, organization_id: str, schedule_id: str, low: int, high: int) -> list[str]:
    """Whose part of a schedule changed after one revision, up to a later one."""
    parameters = {"organization_id": organization_id, "schedule_id": schedule_id, "low": low, "high": high}
    return [row["agent_id"] for row in await reader.all(SQL["list_touched_agents"], parameters)]


def _kept(row: Row, shifts: Sequence[tuple[int, Shift]], days: Sequence[FullDay]) -> KeptPart:
    per_week = row["work_plan_ids_per_week"]
    part = Part(
        agent_id=row["agent_id"],
        shifts=tuple([shift for _, shift in shifts]),
        full_days=tuple(days),
        work_plan_id=row["work_plan_id"],
        work_plan_ids_per_week=None if per_week is None else tuple(per_week),
    )
    stamp = PartStamp(
        version=row["version"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
    )
    return KeptPart(part, stamp, tuple([key for key, _ in shifts]))


def shift_of(row: Row) -> Shift:
    """A row as a shift."""
    return Shift(
        id=row["id"],
        start=row["starts_at"],
        end=row["ends_at"],
        wall_start=row["wall_start"],
        wall_end=row["wall_end"],
        zone=row["zone"],
        start_disambiguation=_DISAMBIGUATIONS[row["start_disambiguation"]],
        end_disambiguation=_DISAMBIGUATIONS[row["end_disambiguation"]],
        start_offset_seconds=row["start_offset_seconds"],
        end_offset_seconds=row["end_offset_seconds"],
        tzdata=row["tzdata"],
        activities=_activities(row),
        paid_minutes=row["paid_minutes"],
        is_swap=row["is_swap"],
        swap_reason=row["swap_reason"],
        skill_ids=tuple(row["skill_ids"]),
        manually_edited=row["manually_edited"],
        work_plan_id=row["work_plan_id"],
        work_plan_shift_id=row["work_plan_shift_id"],
    )


_NOTHING: Row = {}


def _activities(row: Row) -> tuple[Activity, ...]:
    starts: list[datetime] = row["activity_starts"]
    details: dict[int, Row] = {each.pop("index"): each for each in row["activity_details"] or ()}
    return tuple(
        [
            Activity(
                start=start,
                end=end,
                code_id=code_id,
                paid=paid,
                payable_minutes=payable,
                **details.get(index, _NOTHING),
            )
            for index, (start, end, code_id, paid, payable) in enumerate(
                zip(
                    starts,
                    [*starts[1:], row["ends_at"]],
                    row["activity_code_ids"],
                    row["activity_paid"],
                    row["activity_payable_minutes"],
                    strict=True,
                )
            )
        ]
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A shift in force, with whose it is and of which schedule."""

    schedule_id: str
    agent_id: str
    shift: Shift


async def search_shifts(
    reader: Reader,
    organization_id: str,
    span: Interval,
    agent_ids: Collection[str] | None = None,
    schedule_ids: Collection[str] | None = None,
) -> list[Found]:
    """What is in force and overlaps a span, by agent and time; at least one of the two filters must be given."""
    parameters = {
        "organization_id": organization_id,
        "agent_ids": None if agent_ids is None else list(agent_ids),
        "schedule_ids": None if schedule_ids is None else list(schedule_ids),
        "start": span.start,
        "end": span.end,
    }
    rows = await reader.all(SQL["search_shifts"], parameters)
    return [Found(row["schedule_id"], row["agent_id"], shift_of(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class FoundDay:
    """A whole day off of a schedule in force."""

    schedule_id: str
    agent_id: str
    full_day: FullDay


async def search_days(
    reader: Reader,
    organization_id: str,
    days: tuple[date, date],
    schedule_ids: Collection[str],
    agent_ids: Collection[str] | None,
) -> list[FoundDay]:
    """The current whole days off of schedules within the days [first, end)."""
    parameters = {
        "organization_id": organization_id,
        "first_day": days[0],
        "end_day": days[1],
        "schedule_ids": list(schedule_ids),
        "agent_ids": None if agent_ids is None else list(agent_ids),
    }
    rows = await reader.all(SQL["search_days"], parameters)
    return [FoundDay(row.pop("schedule_id"), row.pop("agent_id"), FullDay(**row)) for row in rows]


async def find_neighbours(
    tx: Transaction, span: Interval, agent_ids: Collection[str], schedule_ids: Collection[str]
) -> list[Neighbour]:
    """What is in force for agents near a span outside of some schedules."""
    parameters = {
        **mark(tx),
        "start": span.start,
        "end": span.end,
        "agent_ids": list(agent_ids),
        "schedule_ids": list(schedule_ids),
    }
    rows = await tx.all(SQL["find_neighbours"], parameters)
    return [Neighbour(row["agent_id"], row["schedule_id"], Interval(row["starts_at"], row["ends_at"])) for row in rows]


async def read_starts(reader: Reader, organization_id: str, schedule_id: str) -> dict[str, list[datetime]]:
    """When the current shifts of a schedule start, by agent."""
    starts: dict[str, list[datetime]] = {}
    parameters = {"organization_id": organization_id, "schedule_id": schedule_id}
    for row in await reader.all(SQL["read_starts"], parameters):
        starts.setdefault(row["agent_id"], []).append(row["starts_at"])
    return starts


@dataclass(frozen=True, slots=True)
class AgentSpan:
    """Who is in a schedule, from their first shift's start to their last one's end."""

    agent_id: str
    starts_at: datetime | None
    ends_at: datetime | None


async def summarize_agents(reader: Reader, organization_id: str, schedule_id: str) -> list[AgentSpan]:
    """The agents of a schedule."""
    parameters = {"organization_id": organization_id, "schedule_id": schedule_id}
    return [AgentSpan(**row) for row in await reader.all(SQL["summarize_agents"], parameters)]


@dataclass(frozen=True, slots=True)
class PastShift:
    """A shift's row with the revisions [from, to) that it belongs to."""

    from_revision: int
    to_revision: int | None
    shift: Shift


@dataclass(frozen=True, slots=True)
class PastDay:
    """A whole day off with the revisions [from, to) that it belongs to."""

    from_revision: int
    to_revision: int | None
    full_day: FullDay


@dataclass(frozen=True, slots=True)
class PartHistory:
    """Everything an agent ever had in a schedule; ``spans`` are the revisions [from, to) of their part."""

    spans: tuple[tuple[int, int | None], ...]
    shifts: tuple[PastShift, ...]
    full_days: tuple[PastDay, ...]


async def read_history(reader: Reader, organization_id: str, schedule_id: str, agent_id: str) -> PartHistory:
    """Everything an agent ever had in a schedule."""
    parameters = {"organization_id": organization_id, "schedule_id": schedule_id, "agent_id": agent_id}
    parts = await reader.all(SQL["read_part_history"], parameters)
    shifts = await reader.all(SQL["read_shift_history"], parameters)
    days = await reader.all(SQL["read_day_history"], parameters)
    for row in days:
        del row["agent_id"]
    return PartHistory(
        tuple((row["from_revision"], row["to_revision"]) for row in parts),
        tuple(PastShift(row["from_revision"], row["to_revision"], shift_of(row)) for row in shifts),
        tuple(PastDay(row.pop("from_revision"), row.pop("to_revision"), FullDay(**row)) for row in days),
    )
