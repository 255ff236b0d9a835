"""The unit, week and schedule that a request names: found, checked against each other, and who may see them."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from shiftline.authorization.operations import may, require
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import week_start
from shiftline.workforce.schedule.errors import ScheduleNotFound
from shiftline.workforce.schedule.model import Schedule
from shiftline.workforce.schedule.store import schedules
from shiftline.workforce.units.model import BusinessUnit
from shiftline.workforce.units.operations.business_units import find_business_unit

VIEW_ALL: Final = "wfm:schedule:view"
VIEW: Final = (VIEW_ALL, "wfm:publishedSchedule:view")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a schedule stands in the addresses of its operations."""

    business_unit_id: str
    week_date: date
    schedule_id: str


async def find_unit(context: Context, reader: Reader, business_unit_id: str, *any_of: str) -> BusinessUnit:
    """A business unit in whose division the caller holds one of the permissions. Raises BusinessUnitNotFound."""
    unit = await find_business_unit(reader, context.organization_id, business_unit_id)
    require(context, *any_of, division_id=unit.division_id)
    return unit


async def find_schedule_at(
    context: Context, reader: Reader, place: Place, *any_of: str
) -> tuple[BusinessUnit, Schedule]:
    """A schedule by its whole address. A draft needs ``wfm:schedule:view`` where only viewing is asked.

    Raises BusinessUnitNotFound, ScheduleNotFound, PermissionMissing.
    """
    unit = await find_unit(context, reader, place.business_unit_id, *any_of)
    schedule = await schedules.find_schedule(reader, context.organization_id, place.schedule_id)
    if schedule is None or (schedule.business_unit_id, schedule.week_date) != (unit.id, place.week_date):
        raise ScheduleNotFound(place.schedule_id)
    if not schedule.published and any_of == VIEW:
        require(context, VIEW_ALL, division_id=unit.division_id)
    return unit, schedule


async def find_schedule_by_id(
    context: Context, reader: Reader, schedule_id: str, *any_of: str
) -> tuple[BusinessUnit, Schedule]:
    """A schedule by its id alone. Raises ScheduleNotFound, PermissionMissing."""
    schedule = await schedules.find_schedule(reader, context.organization_id, schedule_id)
    if schedule is None:
        raise ScheduleNotFound(schedule_id)
    place = Place(schedule.business_unit_id, schedule.week_date, schedule.id)
    return await find_schedule_at(context, reader, place, *any_of)


def sees_drafts(context: Context, unit: BusinessUnit) -> bool:
    """Whether the caller may see schedules that are not in force."""
    return may(context, VIEW_ALL, division_id=unit.division_id)


def check_week(unit: BusinessUnit, week_date: date, field: str) -> date:
    """The first day of a week of the unit. Raises Invalid for any other day."""
    first = week_start(week_date, unit.start_day_of_week)
    if first != week_date:
        sentence = f"{week_date} is no {unit.start_day_of_week}; weeks of {unit.name} start then, like {first}."
        raise Invalid(Problem(field, sentence, "week.start"))
    return week_date
