"""Ten thousand agents of one management unit with a published day, and what they did in it: seeded, so that each run is equal."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString

from shiftline.foundation.context import Context
from shiftline.foundation.time import Weekday
from shiftline.identity.model import PersonDraft
from shiftline.identity.operations.people import create_person_in
from shiftline.presence.model import SYSTEM_DEFINITIONS, SystemPresence
from shiftline.presence.operations.definitions import prepare_organization
from shiftline.workforce.schedule.model import ActivityDraft, PartDraft, ScheduleDraft, ShiftDraft
from shiftline.workforce.schedule.operations.changing import import_schedule_in
from shiftline.workforce.units.model import BREAK_ID, MEAL_ID, MEETING_ID, UnitDraft
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.units.operations.business_units import create_business_unit_in
from shiftline.workforce.units.operations.management_units import create_management_unit_in

ZONE = "America/Chicago"
HOURS = 8
PAUSES = ((60, 15, BREAK_ID), (120, 15, BREAK_ID), (180, 30, MEETING_ID), (240, 30, MEAL_ID), (375, 15, BREAK_ID),
          (420, 15, BREAK_ID))  # fmt: skip
DOING = {
    BREAK_ID: SystemPresence.BREAK,
    MEAL_ID: SystemPresence.MEAL,
    MEETING_ID: SystemPresence.MEETING,
}
SETTINGS = {"adherence": {"adherenceExceptionThresholdSeconds": 0, "adherenceTargetPercent": 85}}
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Floor:
    """The units, the agents and when each one's shift begins."""

    business_unit_id: str
    management_unit_id: str
    starts: dict[str, datetime]


async def publish_day(context: Context, person_ids: Sequence[str], day: date, first: datetime | None = None) -> Floor:
    """Everybody works eight hours with six pauses on a day, beginning in six hours' spread, or all at ``first``."""
    monday = day - timedelta(days=day.weekday())
    async with context.transaction() as tx:
        draft = UnitDraft("Floor", time_zone=ZONE, start_day_of_week=Weekday.MONDAY)
        unit = await create_business_unit_in(tx, draft)
        team = await create_management_unit_in(tx, unit.id, UnitDraft("Everybody", settings=SETTINGS))
        for begin in range(0, len(person_ids), 1000):
            await move_agents_in(tx, person_ids[begin : begin + 1000], team.id)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    starts = {
        person_id: first or noon + timedelta(minutes=15 * (index % 24)) for index, person_id in enumerate(person_ids)
    }
    parts = tuple(
        PartDraft(field="p", agent_id=person_id, shifts=(_shift(start),)) for person_id, start in starts.items()
    )
    async with context.transaction() as tx:
        await import_schedule_in(
            tx, unit.id, monday, ScheduleDraft(description="Floor", published=True, parts=parts, id="floor")
        )
    return Floor(unit.id, team.id, starts)


def _shift(start: datetime) -> ShiftDraft:
    activities = tuple(
        ActivityDraft(start=start + after * MINUTE, minutes=minutes, code_id=code) for after, minutes, code in PAUSES
    )
    return ShiftDraft(field="s", start=start, minutes=HOURS * 60, activities=activities)


async def hire(context: Context, count: int) -> list[str]:
    """So many people without tokens; their ids."""
    person_ids = [f"agent-{number}" for number in range(count)]
    for first in range(0, count, 500):
        async with context.transaction() as tx:
            for person_id in person_ids[first : first + 500]:
                await create_person_in(tx, PersonDraft(person_id, f"{person_id}@floor.example", id=person_id))
    return person_ids


async def prepare_presences(context: Context) -> None:
    """The ten system definitions."""
    async with context.transaction() as tx:
        await prepare_organization(tx, context.organization_id)


@dataclass(frozen=True)
class Did:
    """What somebody did for a time."""

    person_id: str
    presence: SystemPresence
    start: datetime
    end: datetime


def what_they_did(floor: Floor, seed: int = 4) -> Iterator[Did]:
    """Each comes and leaves some minutes early or late, and begins and ends each pause so, too."""
    chance = random.Random(seed)
    for person_id, start in floor.starts.items():
        at, queue = start + chance.randint(-600, 900) * timedelta(seconds=1), SystemPresence.ON_QUEUE
        for after, minutes, code in PAUSES:
            begins = start + after * MINUTE + chance.randint(-200, 300) * timedelta(seconds=1)
            yield Did(person_id, queue, at, begins)
            at = begins + minutes * MINUTE + chance.randint(-200, 300) * timedelta(seconds=1)
            yield Did(person_id, DOING[code], begins, at)
        ends = start + HOURS * 60 * MINUTE + chance.randint(-600, 600) * timedelta(seconds=1)
        yield Did(person_id, queue, at, ends)


PRESENCES: LiteralString = """copy presence.agent_presence_past
  (organization_id, person_id, source_id, definition_id, system_presence, message, is_primary, modified_at, since,
   changed_by, valid) from stdin (format binary)"""
MISSED: LiteralString = """copy presence.routing_status_past
  (organization_id, person_id, status, started_at, since, changed_by, valid) from stdin (format binary)"""


async def write_presences(context: Context, floor: Floor) -> int:
    """Put the day into the presences' past, with a missed call for each tenth; how many changes there were."""
    from psycopg.types.range import TimestamptzRange

    organization_id, rows, missed = context.organization_id, list[Sequence[Any]](), list[Sequence[Any]]()
    for index, did in enumerate(what_they_did(floor)):
        valid = TimestamptzRange(did.start, did.end)
        definition_id = SYSTEM_DEFINITIONS[did.presence]
        rows.append(
            (organization_id, did.person_id, "PURECLOUD", definition_id, did.presence.value, "", True, did.start,
             did.start, did.person_id, valid)
        )  # fmt: skip
        if index % 130 == 0 and did.presence is SystemPresence.ON_QUEUE:
            begins = did.start + (did.end - did.start) / 2
            valid = TimestamptzRange(begins, begins + MINUTE)
            missed.append((organization_id, did.person_id, "NOT_RESPONDING", begins, begins, did.person_id, valid))
    presence_types = ["text"] * 6 + ["bool", "timestamptz", "timestamptz", "text", "tstzrange"]
    missed_types = ["text", "text", "text", "timestamptz", "timestamptz", "text", "tstzrange"]
    async with context.transaction() as tx:
        await tx.copy(PRESENCES, rows, presence_types)
        await tx.copy(MISSED, missed, missed_types)
    async with context.reader() as reader:
        for table in ("presence.agent_presence_past", "presence.routing_status_past", "schedule.shift", "units.agent"):
            await reader.connection.execute(f"analyze {table}".encode())
    return len(rows)
