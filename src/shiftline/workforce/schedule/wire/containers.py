"""The vendor's other shapes of what is in force: a map by user id, and colleagues' shifts as offsets."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from msgspec import Meta

from shiftline.foundation.time import MINUTE
from shiftline.foundation.web.wire import Identifier, Instant, Reference, Wire
from shiftline.workforce.schedule.model import KeptPart, Schedule, Shift
from shiftline.workforce.schedule.operations.searching import AgentWork, SearchResult
from shiftline.workforce.schedule.wire.agents import ScheduleReference, schedule_ref
from shiftline.workforce.schedule.wire.schedules import Metadata, metadata_of, user_ref
from shiftline.workforce.units.model import ActivityCodes


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
    """UserSchedule; the version of the agent's part where one schedule is asked for."""

    shifts: list[ContainerShift]
    full_day_time_off_markers: list[ContainerFullDay]
    metadata: Metadata | None = None
    work_plan_id: str | None = None


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


class WeekScheduleItem(Wire):
    """WeekScheduleListItemResponse, and with ``userSchedules`` WeekSchedule."""

    id: str
    week_date: date
    description: str
    published: bool
    metadata: Metadata
    self_uri: str
    user_schedules: dict[str, UserSchedule] | None = None


class WeekScheduleList(Wire):
    """WeekScheduleListResponse."""

    entities: list[WeekScheduleItem]


class WeekScheduleAnswer(Wire):
    """WeekScheduleResponse."""

    result: WeekScheduleItem


def week_schedules(management_unit_id: str, found: Sequence[Schedule]) -> WeekScheduleList:
    """Schedules of a management unit's weeks, without what stands in them."""
    return WeekScheduleList(entities=[_item(management_unit_id, schedule) for schedule in found])


def week_schedule(management_unit_id: str, schedule: Schedule, parts: Sequence[KeptPart]) -> WeekScheduleAnswer:
    """A schedule with the parts of a management unit's agents."""
    references = {schedule.id: schedule_ref(schedule)}
    item = _item(management_unit_id, schedule)
    item.user_schedules = {kept.part.agent_id: _kept_schedule(kept, schedule, references) for kept in parts}
    return WeekScheduleAnswer(result=item)


def _kept_schedule(kept: KeptPart, schedule: Schedule, references: dict[str, ScheduleReference]) -> UserSchedule:
    part = kept.part
    shown = _user_schedule(
        AgentWork(part.agent_id, tuple((schedule.id, shift) for shift in part.shifts), part.full_days), references
    )
    shown.metadata, shown.work_plan_id = metadata_of(kept.stamp), part.work_plan_id
    return shown


def _item(management_unit_id: str, schedule: Schedule) -> WeekScheduleItem:
    root = f"/api/v2/workforcemanagement/managementunits/{management_unit_id}"
    return WeekScheduleItem(
        id=schedule.id,
        week_date=schedule.week_date,
        description=schedule.description,
        published=schedule.published,
        metadata=metadata_of(schedule),
        self_uri=f"{root}/weeks/{schedule.week_date}/schedules/{schedule.id}",
    )


class ColleaguesRequest(Wire):
    """AgentMuScheduleQuery."""

    start_date: Instant
    end_date: Instant


class ColleagueActivity(Wire):
    """AgentScheduleShiftActivity: the category, not the code."""

    activity_category: str
    start_offset_minutes: int
    length_minutes: int


class ColleagueShift(Wire):
    """AgentMuScheduleShift."""

    start_offset_minutes: int
    length_minutes: int
    activities: list[ColleagueActivity]


class Colleague(Wire):
    """AgentMuScheduleItem."""

    agent: Reference
    shifts: list[ColleagueShift]
    full_day_time_off_marker_dates: list[date]


class ColleaguesResult(Wire):
    """AgentMuScheduleResult; offsets are elapsed minutes from the reference."""

    reference_start_date: datetime
    agent_schedules: list[Colleague]


class AsyncColleagues(Wire):
    """AgentMuQueryResponse: always done at once."""

    status: str
    result: ColleaguesResult


def colleagues(found: SearchResult, codes: ActivityCodes, reference: datetime) -> AsyncColleagues:
    """Colleagues' shifts as offsets from an instant."""

    def offset(instant: datetime) -> int:
        return (instant - reference) // MINUTE

    def shift_of(shift: Shift) -> ColleagueShift:
        return ColleagueShift(
            start_offset_minutes=offset(shift.start),
            length_minutes=shift.minutes,
            activities=[
                ColleagueActivity(
                    activity_category=codes.codes[activity.code_id].category.value,
                    start_offset_minutes=offset(activity.start),
                    length_minutes=activity.minutes,
                )
                for activity in shift.activities
            ],
        )

    items = [
        Colleague(
            agent=user_ref(work.agent_id),
            shifts=[shift_of(shift) for _, shift in work.shifts],
            full_day_time_off_marker_dates=[day.day for day in work.full_days],
        )
        for work in found.agents
    ]
    result = ColleaguesResult(reference_start_date=reference, agent_schedules=items)
    return AsyncColleagues(status="Complete", result=result)
