"""The vendor's older shape of what is in force: a map by user id."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Instant, Wire
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.schedule.operations.searching import AgentWork, SearchResult
from shiftline.workforce.schedule.wire.agents import ScheduleReference, schedule_ref


class ContainerRequest(Wire):
    """UserListScheduleRequestBody and CurrentUserScheduleRequestBody."""

    start_date: Instant
    end_date: Instant
    user_ids: Annotated[list[Identifier], Meta(max_length=5000)] | None = None


class ContainerActivity(Wire):
    """UserScheduleActivity."""

    activity_code_id: str
    start_date: datetime
    length_in_minutes: int
    counts_as_paid_time: bool
    description: str | None = None
    time_off_request_id: str | None = None


class ContainerShift(Wire):
    """UserScheduleShift."""

    id: str
    week_schedule: ScheduleReference | None
    start_date: datetime
    length_in_minutes: int
    activities: list[ContainerActivity]
    manually_edited: bool


class ContainerFullDay(Wire):
    """UserScheduleFullDayTimeOffMarker."""

    management_unit_date: date
    activity_code_id: str
    is_paid: bool
    length_in_minutes: int
    description: str | None = None


class UserSchedule(Wire):
    """UserSchedule."""

    shifts: list[ContainerShift]
    full_day_time_off_markers: list[ContainerFullDay]


class UserScheduleContainer(Wire):
    """UserScheduleContainer."""

    management_unit_time_zone: str | None
    published_schedules: list[ScheduleReference]
    user_schedules: dict[str, UserSchedule]


def container(found: SearchResult) -> UserScheduleContainer:
    """What was found in force, by user id."""
    references = {schedule.id: schedule_ref(schedule) for schedule in found.schedules}
    return UserScheduleContainer(
        management_unit_time_zone=found.time_zone,
        published_schedules=list(references.values()),
        user_schedules={work.agent_id: _user_schedule(work, references) for work in found.agents},
    )


def _user_schedule(work: AgentWork, references: dict[str, ScheduleReference]) -> UserSchedule:
    return UserSchedule(
        shifts=[_shift(shift, references.get(schedule_id)) for schedule_id, shift in work.shifts],
        full_day_time_off_markers=[
            ContainerFullDay(
                management_unit_date=day.day,
                activity_code_id=day.code_id,
                is_paid=day.paid,
                length_in_minutes=day.length_minutes,
                description=day.description,
            )
            for day in work.full_days
        ],
    )


def _shift(shift: Shift, schedule: ScheduleReference | None) -> ContainerShift:
    return ContainerShift(
        id=shift.id,
        week_schedule=schedule,
        start_date=shift.start,
        length_in_minutes=shift.minutes,
        manually_edited=shift.manually_edited,
        activities=[
            ContainerActivity(
                activity_code_id=activity.code_id,
                start_date=activity.start,
                length_in_minutes=activity.minutes,
                counts_as_paid_time=activity.paid,
                description=activity.description,
                time_off_request_id=activity.time_off_request_id,
            )
            for activity in shift.activities
        ],
    )
