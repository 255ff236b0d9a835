"""The vendor's shapes of time-off requests, and both conversions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.paging import Page
from shiftline.foundation.web.wire import Identifier, Instant, LongText, Reference, Wire
from shiftline.workforce.timeoff.model import (
    OwnChanges,
    RequestChanges,
    RequestDraft,
    RequestFilter,
    Ruling,
    Status,
    Substatus,
    TimeOffRequest,
    TimesAsked,
)
from shiftline.workforce.timeoff.rules.times import daily_minutes

PREFIX = "/api/v2/workforcemanagement"

Minutes: TypeAlias = Annotated[int, Meta(ge=-100_000, le=100_000)]
Dates: TypeAlias = Annotated[list[date], Meta(max_length=366)]
Starts: TypeAlias = Annotated[list[Instant], Meta(max_length=366)]
MinutesList: TypeAlias = Annotated[list[Minutes], Meta(max_length=366)]
OffsetList: TypeAlias = Annotated[list[Minutes | None], Meta(max_length=366)]
Ids: TypeAlias = Annotated[list[Identifier], Meta(max_length=5000)]


class ListWrapperInteger(Wire):
    """The vendor's ListWrapperInteger."""

    values: OffsetList | None = None


class TimeOffRequestMetadata(Wire):
    """The vendor's WfmVersionedEntityMetadata."""

    version: int
    modified_by: Reference | None = None
    date_modified: datetime | None = None
    created_by: Reference | None = None
    date_created: datetime | None = None


class TimeOffRequestVersion(Wire):
    """The metadata of a change: the version that was read."""

    version: int


class AskedTimes(Wire):
    """The times in the vendor's create and patch shapes. Each field without a default of its own stays as it was."""

    full_day_management_unit_dates: Dates | None = None
    partial_day_start_date_times: Starts | None = None
    daily_duration_minutes: Minutes | None = None
    duration_minutes: MinutesList | None = None
    payable_minutes: MinutesList | None = None
    notes: LongText | None = None

    def times(
        self, earliest: Sequence[int | None] | None = None, latest: Sequence[int | None] | None = None
    ) -> TimesAsked:
        """The times that are asked for."""
        return TimesAsked(
            days=self.full_day_management_unit_dates or (),
            starts=self.partial_day_start_date_times or (),
            daily_minutes=self.daily_duration_minutes,
            minutes=self.duration_minutes,
            payable_minutes=self.payable_minutes,
            earliest_start_offsets=earliest,
            latest_end_offsets=latest,
        )


class CreateAgentTimeOffRequest(AskedTimes, kw_only=True):
    """The vendor's CreateAgentTimeOffRequest."""

    activity_code_id: Identifier
    full_day_earliest_start_offset_minutes: OffsetList | None = None
    full_day_latest_end_offset_minutes: OffsetList | None = None

    def draft(self) -> RequestDraft:
        """The request to be."""
        times = self.times(self.full_day_earliest_start_offset_minutes, self.full_day_latest_end_offset_minutes)
        return RequestDraft(self.activity_code_id, times, self.notes)


class CreateAdminTimeOffRequest(CreateAgentTimeOffRequest, kw_only=True):
    """The vendor's CreateAdminTimeOffRequest."""

    users: Annotated[list[Reference], Meta(min_length=1, max_length=500)]
    status: Literal["PENDING", "APPROVED"] = "PENDING"
    paid: bool | None = None

    def draft(self) -> RequestDraft:
        """The request to be, for each of the users."""
        return replace(super().draft(), paid=self.paid, status=Status(self.status))


class AdminTimeOffRequestPatch(AskedTimes, kw_only=True):
    """The vendor's AdminTimeOffRequestPatch."""

    metadata: TimeOffRequestVersion
    status: Literal["PENDING", "APPROVED", "DENIED"] | None = None
    activity_code_id: Identifier | None = None
    paid: bool | None = None
    full_day_earliest_start_offset_minutes: ListWrapperInteger | None = None
    full_day_latest_end_offset_minutes: ListWrapperInteger | None = None

    def changes(self) -> RequestChanges:
        """What is to be changed."""
        times = self.times(
            _unwrap(self.full_day_earliest_start_offset_minutes), _unwrap(self.full_day_latest_end_offset_minutes)
        )
        return RequestChanges(
            version=self.metadata.version,
            status=None if self.status is None else Status(self.status),
            activity_code_id=self.activity_code_id,
            paid=self.paid,
            notes=self.notes,
            times=None if times == TimesAsked() else times,
        )


class AgentTimeOffRequestPatch(Wire):
    """The vendor's AgentTimeOffRequestPatch."""

    marked_as_read: bool | None = None
    status: Literal["CANCELED"] | None = None
    notes: LongText | None = None
    full_day_earliest_start_offset_minutes: ListWrapperInteger | None = None
    full_day_latest_end_offset_minutes: ListWrapperInteger | None = None

    def changes(self) -> OwnChanges:
        """What is to be changed."""
        return OwnChanges(
            marked_as_read=self.marked_as_read,
            cancel=self.status is not None,
            notes=self.notes,
            earliest_start_offsets=_unwrap(self.full_day_earliest_start_offset_minutes),
            latest_end_offsets=_unwrap(self.full_day_latest_end_offset_minutes),
        )


def _unwrap(wrapper: ListWrapperInteger | None) -> Sequence[int | None] | None:
    # An empty wrapper takes the estimates away; none at all leaves them.
    return None if wrapper is None else wrapper.values or ()


class TimeOffDateRange(Wire):
    """The vendor's DateRange: inclusive dates of the management unit."""

    start_date: date
    end_date: date


class TimeOffRequestQueryBody(Wire):
    """The vendor's TimeOffRequestQueryBody, of any range."""

    ids: Ids | None = None
    user_ids: Ids | None = None
    statuses: list[Status] | None = None
    substatuses: list[Substatus] | None = None
    date_range: TimeOffDateRange | None = None
    team_ids: Ids | None = None

    def filter(self) -> RequestFilter:
        """Which requests are wanted. Raises Invalid."""
        days = self.date_range
        if self.team_ids:
            raise Invalid(Problem("teamIds", "there are no work teams here; use userIds.", "invalid.value"))
        if days is not None:
            _judge_range(days)
        return RequestFilter(
            ids=self.ids,
            person_ids=self.user_ids,
            statuses=self.statuses,
            substatuses=self.substatuses,
            first_day=None if days is None else days.start_date,
            last_day=None if days is None else days.end_date,
        )


def _judge_range(days: TimeOffDateRange) -> None:
    if days.end_date < days.start_date:
        raise Invalid(Problem("dateRange.endDate", "must not be before the start.", "invalid.date"))
    for name, day in (("startDate", days.start_date), ("endDate", days.end_date)):
        if not 1900 <= day.year <= 2300:  # noqa: PLR2004 - beyond, dates have no instants in every zone
            raise Invalid(Problem(f"dateRange.{name}", "the year must be from 1900 to 2300.", "invalid.date"))


class TimeOffConflict(Wire):
    """What the change met in the schedules in force, in words. Not the vendor's."""

    code: str
    sentence: str


class TimeOffRuling(Wire):
    """What a time-off plan decided of the request last, and why. Not the vendor's."""

    code: str
    sentence: str
    status: Status
    substatus: Substatus
    time_off_plan_id: str | None = None


class TimeOffRequestResponse(Wire):
    """The vendor's TimeOffRequestResponse. All arrays have one value for each day, every default filled in."""

    id: str
    user: Reference
    is_full_day_request: bool
    marked_as_read: bool
    activity_code_id: str
    paid: bool
    status: Status
    partial_day_start_date_times: list[datetime]
    full_day_management_unit_dates: list[date]
    duration_minutes: list[int]
    payable_minutes: list[int]
    submitted_by: Reference
    submitted_date: datetime
    sync_version: int
    metadata: TimeOffRequestMetadata
    self_uri: str
    substatus: Substatus | None = None
    daily_duration_minutes: int | None = None
    full_day_earliest_start_offset_minutes: list[int | None] | None = None
    full_day_latest_end_offset_minutes: list[int | None] | None = None
    notes: str | None = None
    reviewed_by: Reference | None = None
    reviewed_date: datetime | None = None
    modified_by: Reference | None = None
    modified_date: datetime | None = None
    conflicts: list[TimeOffConflict] | None = None
    ruling: TimeOffRuling | None = None


class TimeOffRequestList(Wire):
    """The vendor's TimeOffRequestList."""

    time_off_requests: list[TimeOffRequestResponse]


class TimeOffRequestListing(Wire):
    """The vendor's TimeOffRequestListing, with a page's totals beside it."""

    entities: list[TimeOffRequestResponse]
    page_size: int
    page_number: int
    total: int
    page_count: int


def show(request: TimeOffRequest) -> TimeOffRequestResponse:
    """A request on the wire."""
    pieces, whole = request.pieces, request.is_full_day
    return TimeOffRequestResponse(
        id=request.id,
        user=_user(request.person_id),
        is_full_day_request=whole,
        marked_as_read=request.marked_as_read,
        activity_code_id=request.activity_code_id,
        paid=request.paid,
        status=request.status,
        substatus=request.substatus,
        partial_day_start_date_times=[] if whole else [_utc(piece.starts_at) for piece in pieces],
        full_day_management_unit_dates=[piece.day for piece in pieces if piece.day is not None],
        daily_duration_minutes=daily_minutes(request),
        duration_minutes=[piece.minutes for piece in pieces],
        payable_minutes=[piece.payable_minutes for piece in pieces],
        full_day_earliest_start_offset_minutes=[p.earliest_start_offset for p in pieces] if whole else None,
        full_day_latest_end_offset_minutes=[p.latest_end_offset for p in pieces] if whole else None,
        notes=request.notes,
        submitted_by=_user(request.submitted_by),
        submitted_date=_utc(request.submitted_at),
        reviewed_by=None if request.reviewed_by is None else _user(request.reviewed_by),
        reviewed_date=None if request.reviewed_at is None else _utc(request.reviewed_at),
        modified_by=_user(request.modified_by),
        modified_date=_utc(request.modified_at),
        sync_version=request.sync_version,
        metadata=_metadata(request),
        self_uri=f"{PREFIX}/managementunits/{request.management_unit_id}/users/{request.person_id}"
        f"/timeoffrequests/{request.id}",
        conflicts=[TimeOffConflict(code=each.code, sentence=each.sentence) for each in request.clashes] or None,
        ruling=_ruling(request.ruling),
    )


def _ruling(ruling: Ruling | None) -> TimeOffRuling | None:
    if ruling is None:
        return None
    return TimeOffRuling(
        code=ruling.code,
        sentence=ruling.sentence,
        status=ruling.status,
        substatus=ruling.substatus,
        time_off_plan_id=ruling.plan_id,
    )


def show_all(requests: Sequence[TimeOffRequest]) -> TimeOffRequestList:
    """Several requests on the wire."""
    return TimeOffRequestList(time_off_requests=[show(request) for request in requests])


def show_page(requests: Sequence[TimeOffRequest], total: int, page: Page) -> TimeOffRequestListing:
    """One page of requests on the wire."""
    return TimeOffRequestListing(
        entities=[show(request) for request in requests],
        page_size=page.size,
        page_number=page.number,
        total=total,
        page_count=max(1, -(-total // page.size)),
    )


def _metadata(request: TimeOffRequest) -> TimeOffRequestMetadata:
    return TimeOffRequestMetadata(
        version=request.version,
        modified_by=_user(request.modified_by),
        date_modified=_utc(request.modified_at),
        created_by=_user(request.submitted_by),
        date_created=_utc(request.submitted_at),
    )


def _user(person_id: str) -> Reference:
    return Reference(id=person_id, self_uri=f"/api/v2/users/{person_id}")


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
