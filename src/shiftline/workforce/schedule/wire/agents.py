"""Agents' shifts on the wire."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated

from msgspec import Meta

from shiftline.foundation.time import offset_text
from shiftline.foundation.web.wire import Identifier, Instant, Reference, Wire
from shiftline.workforce.schedule.model import Activity, FullDay, KeptPart, Part, Schedule, Shift
from shiftline.workforce.schedule.operations.history import AgentHistory, HistoryChange
from shiftline.workforce.schedule.operations.searching import AgentWork, SearchResult
from shiftline.workforce.schedule.wire.schedules import (
    Metadata,
    RevisionBody,
    metadata_of,
    schedule_uri,
    user_ref,
)


class ActivityBody(Wire):
    """BuAgentScheduleActivity."""

    start_date: datetime
    length_minutes: int
    activity_code_id: str
    paid: bool
    payable_minutes: int
    description: str | None = None
    time_off_request_id: str | None = None
    time_off_request_sync_version: int | None = None
    external_activity_id: str | None = None
    external_activity_type: str | None = None


class ScheduleReference(Wire):
    """BuScheduleReference, and with its weeks BuAgentSchedulePublishedScheduleReference."""

    id: str
    week_date: date
    self_uri: str
    week_count: int | None = None


def schedule_ref(schedule: Schedule, *, weeks: bool = False) -> ScheduleReference:
    """A reference to a schedule."""
    count = schedule.week_count if weeks else None
    return ScheduleReference(
        id=schedule.id, week_date=schedule.week_date, self_uri=schedule_uri(schedule), week_count=count
    )


class ShiftBody(Wire):
    """BuAgentScheduleShift; from ``wallStart`` to ``swapReason`` the fields are extensions: what the agent's wall
    shows, so that no client must find it out.
    """

    id: str
    start_date: datetime
    length_minutes: int
    activities: list[ActivityBody]
    manually_edited: bool
    schedule: ScheduleReference | None
    wall_start: str
    wall_end: str
    time_zone: str
    utc_offset_start: str
    utc_offset_end: str
    paid_minutes: int
    is_swap: bool
    skill_ids: list[str]
    swap_reason: str | None = None
    work_plan_id: str | None = None
    work_plan_shift_id: str | None = None


class FullDayBody(Wire):
    """BuFullDayTimeOffMarker."""

    business_unit_date: date
    length_minutes: int
    activity_code_id: str
    paid: bool
    payable_minutes: int
    start_offset_minutes: int | None = None
    end_offset_minutes: int | None = None
    description: str | None = None
    time_off_request_id: str | None = None
    time_off_request_sync_version: int | None = None


class AgentScheduleBody(Wire):
    """BuAgentScheduleQueryResponse and BuAgentScheduleSearchResponse."""

    user: Reference
    shifts: list[ShiftBody]
    full_day_time_off_markers: list[FullDayBody]
    work_plan: Reference | None = None
    work_plans_per_week: list[Reference] | None = None
    metadata: Metadata | None = None


def activity_body(activity: Activity) -> ActivityBody:
    """An activity on the wire."""
    return ActivityBody(
        start_date=activity.start,
        length_minutes=activity.minutes,
        activity_code_id=activity.code_id,
        paid=activity.paid,
        payable_minutes=activity.payable_minutes,
        description=activity.description,
        time_off_request_id=activity.time_off_request_id,
        time_off_request_sync_version=activity.time_off_request_sync_version,
        external_activity_id=activity.external_activity_id,
        external_activity_type=activity.external_activity_type,
    )


@cache
def _offset(seconds: int) -> str:
    return offset_text(timedelta(seconds=seconds))


def shift_body(shift: Shift, schedule: ScheduleReference | None) -> ShiftBody:
    """A shift on the wire."""
    return ShiftBody(
        id=shift.id,
        start_date=shift.start,
        length_minutes=shift.minutes,
        activities=[activity_body(activity) for activity in shift.activities],
        manually_edited=shift.manually_edited,
        schedule=schedule,
        work_plan_id=shift.work_plan_id,
        work_plan_shift_id=shift.work_plan_shift_id,
        wall_start=shift.wall_start.isoformat(timespec="minutes"),
        wall_end=shift.wall_end.isoformat(timespec="minutes"),
        time_zone=shift.zone,
        utc_offset_start=_offset(shift.start_offset_seconds),
        utc_offset_end=_offset(shift.end_offset_seconds),
        paid_minutes=shift.paid_minutes,
        is_swap=shift.is_swap,
        swap_reason=shift.swap_reason,
        skill_ids=list(shift.skill_ids),
    )


def full_day_body(day: FullDay) -> FullDayBody:
    """A whole day off on the wire."""
    return FullDayBody(
        business_unit_date=day.day,
        length_minutes=day.length_minutes,
        activity_code_id=day.code_id,
        paid=day.paid,
        payable_minutes=day.payable_minutes,
        start_offset_minutes=day.start_offset_minutes,
        end_offset_minutes=day.end_offset_minutes,
        description=day.description,
        time_off_request_id=day.time_off_request_id,
        time_off_request_sync_version=day.time_off_request_sync_version,
    )


def part_body(kept: KeptPart, schedule: ScheduleReference) -> AgentScheduleBody:
    """An agent's part with its version, on the wire."""
    part: Part = kept.part
    per_week = part.work_plan_ids_per_week
    return AgentScheduleBody(
        user=user_ref(part.agent_id),
        shifts=[shift_body(shift, schedule) for shift in part.shifts],
        full_day_time_off_markers=[full_day_body(day) for day in part.full_days],
        work_plan=None if part.work_plan_id is None else Reference(id=part.work_plan_id),
        work_plans_per_week=None if per_week is None else [Reference(id=plan_id) for plan_id in per_week],
        metadata=metadata_of(kept.stamp),
    )


class QueryAgentSchedules(Wire):
    """BuQueryAgentSchedulesRequest."""

    management_unit_id: Identifier | None = None
    user_ids: Annotated[list[Identifier], Meta(max_length=5000)] | None = None


class QueryResult(Wire):
    """BuAgentSchedulesQueryResponse."""

    agent_schedules: list[AgentScheduleBody]
    business_unit_time_zone: str


class AsyncQuery(Wire):
    """BuAsyncAgentSchedulesQueryResponse: always done at once."""

    status: str
    result: QueryResult
    progress: int = 100


def query_response(parts: Iterable[KeptPart], schedule: Schedule, time_zone: str) -> AsyncQuery:
    """The agents' parts of a schedule on the wire."""
    reference = schedule_ref(schedule)
    bodies = [part_body(kept, reference) for kept in parts]
    return AsyncQuery(status="Complete", result=QueryResult(agent_schedules=bodies, business_unit_time_zone=time_zone))


class RevisionContent(Wire):
    """A revision with everything that it holds."""

    revision: RevisionBody
    agent_schedules: list[AgentScheduleBody]
    business_unit_time_zone: str


class SearchRequest(Wire):
    """BuSearchAgentSchedulesRequest and BuGetCurrentAgentScheduleRequest."""

    start_date: Instant
    end_date: Instant
    user_ids: Annotated[list[Identifier], Meta(max_length=5000)] | None = None


class SearchBody(Wire):
    """BuAgentSchedulesSearchResponse, and with the two instants BuCurrentAgentScheduleSearchResponse."""

    agent_schedules: list[AgentScheduleBody]
    business_unit_time_zone: str | None
    published_schedules: list[ScheduleReference]
    start_date: datetime | None = None
    end_date: datetime | None = None


class AsyncSearch(Wire):
    """BuAsyncAgentSchedulesSearchResponse: always done at once."""

    status: str
    result: SearchBody
    progress: int = 100


def search_body(found: SearchResult) -> SearchBody:
    """What was found in force, on the wire."""
    references = {schedule.id: schedule_ref(schedule) for schedule in found.schedules}
    return SearchBody(
        agent_schedules=[_work_body(work, references) for work in found.agents],
        business_unit_time_zone=found.time_zone,
        published_schedules=[schedule_ref(schedule, weeks=True) for schedule in found.schedules],
    )


def _work_body(work: AgentWork, references: dict[str, ScheduleReference]) -> AgentScheduleBody:
    return AgentScheduleBody(
        user=user_ref(work.agent_id),
        shifts=[shift_body(shift, references.get(schedule_id)) for schedule_id, shift in work.shifts],
        full_day_time_off_markers=[full_day_body(day) for day in work.full_days],
    )


class HistoryDeletes(Wire):
    """BuAgentScheduleHistoryDeletedChange."""

    shift_ids: list[str]
    full_day_time_off_marker_dates: list[date]
    agent_schedule: bool


class HistoryMetadata(Wire):
    """BuAgentScheduleHistoryChangeMetadata; the revision and its kind are extensions."""

    date_modified: datetime
    modified_by: Reference
    revision: int
    kind: str
    reason: str | None = None


class HistoryChangeBody(Wire):
    """BuAgentScheduleHistoryChange."""

    metadata: HistoryMetadata
    shifts: list[ShiftBody]
    full_day_time_off_markers: list[FullDayBody]
    deletes: HistoryDeletes | None = None


class HistoryBody(Wire):
    """BuAgentScheduleHistoryResponse: nothing is ever dropped."""

    prior_published_schedules: list[ScheduleReference]
    changes: list[HistoryChangeBody]
    dropped_changes: list[HistoryChangeBody]
    base_published_schedule: HistoryChangeBody | None = None


def history_body(history: AgentHistory, schedule: Schedule) -> HistoryBody:
    """An agent's history in a schedule on the wire."""
    reference = schedule_ref(schedule)
    base = history.base
    return HistoryBody(
        prior_published_schedules=[schedule_ref(each) for each in history.prior],
        base_published_schedule=None if base is None else _change_body(base, reference),
        changes=[_change_body(change, reference) for change in history.changes],
        dropped_changes=[],
    )


def _change_body(change: HistoryChange, reference: ScheduleReference) -> HistoryChangeBody:
    deletes = None
    if change.deleted_shift_ids or change.deleted_days or change.part_deleted:
        deletes = HistoryDeletes(
            shift_ids=list(change.deleted_shift_ids),
            full_day_time_off_marker_dates=list(change.deleted_days),
            agent_schedule=change.part_deleted,
        )
    return HistoryChangeBody(
        metadata=HistoryMetadata(
            date_modified=change.revision.at,
            modified_by=user_ref(change.revision.by),
            revision=change.revision.number,
            kind=change.revision.kind.value,
            reason=change.revision.reason,
        ),
        shifts=[shift_body(shift, reference) for shift in change.shifts],
        full_day_time_off_markers=[full_day_body(day) for day in change.full_days],
        deletes=deletes,
    )
