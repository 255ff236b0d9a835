"""What lately changed in the caller's own work in force: by whom, when, why, and how it differs from before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shiftline.authorization.operations import require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.time import DAY
from shiftline.identity.operations.targets import own_person_id
from shiftline.workforce.schedule.model import Part, Revision, Schedule
from shiftline.workforce.schedule.rules.comparing import AgentDifference, compare_part
from shiftline.workforce.schedule.store import schedules, shifts
from shiftline.workforce.schedule.store.shifts import PartHistory

PERMISSION: Final = "wfm:agentSchedule:view"
BACK: Final = timedelta(days=14)
AHEAD: Final = timedelta(weeks=8)
AT_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class OwnChange:
    """One revision of a schedule in force that changed the caller's work."""

    schedule: Schedule
    revision: Revision
    difference: AgentDifference


async def list_own_changes(context: Context, since: datetime | None = None) -> list[OwnChange]:
    """The changes of the last two weeks (or since an instant within them) in what is in force, the latest first.

    A week that comes into force for the first time is no change. At most a hundred. Raises PermissionMissing, Invalid.
    """
    require(context, PERMISSION)
    person_id, now = own_person_id(context), context.now()
    after = now - BACK if since is None else max(since, now - BACK)
    days = ((now - BACK).date(), (now + AHEAD).date() + DAY)
    async with context.reader() as reader:
        in_force = await schedules.list_published(reader, context.organization_id, days)
        who = (context.organization_id, person_id)
        found = [each for one in in_force for each in await _list_changes(reader, who, one, after)]
    return sorted(found, key=_newest_first)[:AT_MOST]


def _newest_first(change: OwnChange) -> tuple[float, str]:
    return -change.revision.at.timestamp(), change.schedule.id


async def _list_changes(reader: Reader, who: tuple[str, str], schedule: Schedule, after: datetime) -> list[OwnChange]:
    organization_id, person_id = who
    past = await shifts.read_history(reader, organization_id, schedule.id, person_id)
    numbers = {number for span in past.spans for number in span if number is not None and number > 1}
    if not numbers:
        return []
    around = numbers | {number - 1 for number in numbers}
    revisions = await schedules.find_revisions(reader, organization_id, schedule.id, around)
    changes: list[OwnChange] = []
    for number in numbers:
        revision, former = revisions[number], revisions[number - 1]
        if revision.at <= after or not (revision.published and former.published):
            continue
        difference = compare_part(_part_at(past, person_id, number - 1), _part_at(past, person_id, number))
        if difference is not None:
            changes.append(OwnChange(schedule, revision, difference))
    return changes


def _part_at(past: PartHistory, person_id: str, number: int) -> Part:
    return Part(
        agent_id=person_id,
        shifts=tuple(each.shift for each in past.shifts if _covers(each.from_revision, each.to_revision, number)),
        full_days=tuple(
            each.full_day for each in past.full_days if _covers(each.from_revision, each.to_revision, number)
        ),
    )


def _covers(start: int, end: int | None, number: int) -> bool:
    return start <= number and (end is None or number < end)
