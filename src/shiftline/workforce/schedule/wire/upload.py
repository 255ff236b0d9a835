"""The file that is put at an upload url, and the requests around it."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import Disambiguation
from shiftline.foundation.web.sentences import find_choices, in_words, why_no_json
from shiftline.foundation.web.wire import Identifier, Instant, LongText, ShortText, Wire
from shiftline.workforce.schedule.model import ActivityDraft, FullDayDraft, PartDraft, ScheduleDraft, ShiftDraft
from shiftline.workforce.schedule.model.operations import OperationKind
from shiftline.workforce.schedule.operations.uploads import Address

T = TypeVar("T")

Minutes: TypeAlias = Annotated[int, Meta(ge=0, le=31 * 24 * 60)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2_000_000_000)]
Wall: TypeAlias = Annotated[
    str,
    Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d$", description="What the agent's wall shows, without offset"),
]
Ids: TypeAlias = Annotated[list[Identifier], Meta(max_length=100)]
ExternalType: TypeAlias = Literal["ActivityPlan", "Coaching", "Learning", "Opportunity"]


class Version(Wire):
    """The version that a change is based on."""

    version: Annotated[int, Meta(ge=1)] | None = None


class IdValue(Wire):
    """An id in the vendor's wrapper."""

    value: Identifier | None = None


class IdValues(Wire):
    """Ids in the vendor's wrapper."""

    values: Ids | None = None


class UploadActivity(Wire):
    """BuAgentScheduleActivity."""

    start_date: Instant
    length_minutes: Annotated[int, Meta(ge=1, le=7 * 24 * 60)]
    activity_code_id: Identifier
    description: LongText | None = None
    paid: bool | None = None
    payable_minutes: Minutes | None = None
    time_off_request_id: Identifier | None = None
    time_off_request_sync_version: Count | None = None
    external_activity_id: Identifier | None = None
    external_activity_type: ExternalType | None = None


class UploadShift(Wire):
    """BuUpdateAgentScheduleShift; wall times, swap and skills are extensions."""

    id: Identifier | None = None
    start_date: Instant | None = None
    length_minutes: Annotated[int, Meta(ge=0, le=31 * 24 * 60)] | None = None
    activities: Annotated[list[UploadActivity], Meta(max_length=200)] | None = None
    manually_edited: bool | None = None
    work_plan_id: IdValue | None = None
    work_plan_shift_id: IdValue | None = None
    delete: bool | None = None
    wall_start: Wall | None = None
    wall_end: Wall | None = None
    disambiguation: Literal["compatible", "earlier", "later", "reject"] = "compatible"
    is_swap: bool | None = None
    swap_reason: ShortText | None = None
    skill_ids: Ids | None = None


class UploadFullDay(Wire):
    """BuFullDayTimeOffMarker."""

    business_unit_date: date
    activity_code_id: Identifier | None = None
    length_minutes: Minutes | None = None
    start_offset_minutes: Minutes | None = None
    end_offset_minutes: Minutes | None = None
    description: LongText | None = None
    paid: bool | None = None
    payable_minutes: Minutes | None = None
    time_off_request_id: Identifier | None = None
    time_off_request_sync_version: Count | None = None
    delete: bool | None = None


class UploadAgentSchedule(Wire):
    """BuUpdateAgentScheduleUploadSchema."""

    user_id: Identifier
    work_plan_id: IdValue | None = None
    work_plan_ids_per_week: IdValues | None = None
    shifts: Annotated[list[UploadShift], Meta(max_length=500)] | None = None
    full_day_time_off_markers: Annotated[list[UploadFullDay], Meta(max_length=100)] | None = None
    metadata: Version | None = None
    delete: bool | None = None


class Forecast(Wire):
    """BuShortTermForecastReference."""

    id: Identifier
    week_date: date | None = None
    description: LongText | None = None


class ScheduleUpload(Wire):
    """ImportScheduleUploadSchema and UpdateScheduleUploadSchema; ``id`` and ``reason`` are extensions."""

    description: LongText | None = None
    week_count: Annotated[int, Meta(ge=1, le=6)] | None = None
    published: bool | None = None
    short_term_forecast: Forecast | None = None
    agent_schedules: Annotated[list[UploadAgentSchedule], Meta(max_length=10_000)] | None = None
    metadata: Version | None = None
    id: Identifier | None = None
    reason: ShortText | None = None


_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(?P<name>\w+)`$")


def decode(content: bytes, shape: type[T]) -> T:
    """JSON in a shape. Raises Invalid naming the field as the caller wrote it."""
    try:
        return msgspec.json.decode(content, type=shape)
    except msgspec.ValidationError as error:
        raise Invalid(_problem(str(error), shape)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(Problem("body", f"is not JSON: {why_no_json(error)}.", "bad.request")) from error


def _problem(text: str, shape: type[Any]) -> Problem:
    found = _PLACE.match(text)
    what, path = (found["what"], found["path"] or "") if found is not None else (text, "")
    path = path.removeprefix(".")
    missing = _MISSING.match(what)
    if missing is not None:
        return Problem(".".join(part for part in (path, missing["name"]) if part), "is required.")
    sentence = in_words(what, find_choices(shape, path))
    if "with a timezone component" in what:
        return Problem(path, sentence, "instant.naive")
    return Problem(path or "body", sentence)


def read_draft(purpose: OperationKind, content: bytes) -> ScheduleDraft:
    """A file's content as a draft. Raises Invalid naming the field."""
    data = decode(content, ScheduleUpload)
    forecast = data.short_term_forecast
    return ScheduleDraft(
        description=data.description,
        published=data.published,
        parts=tuple([_part(item, index) for index, item in enumerate(data.agent_schedules or ())]),
        version=None if data.metadata is None or purpose is OperationKind.IMPORT else data.metadata.version,
        id=data.id,
        week_count=data.week_count,
        reason=data.reason,
        short_term_forecast=None if forecast is None else msgspec.to_builtins(forecast),
    )


def _part(data: UploadAgentSchedule, index: int) -> PartDraft:
    field, per_week = f"agentSchedules[{index}]", data.work_plan_ids_per_week
    return PartDraft(
        field=field,
        agent_id=data.user_id,
        shifts=tuple([shift_draft(shift, f"{field}.shifts[{i}]") for i, shift in enumerate(data.shifts or ())]),
        full_days=tuple(
            [
                _full_day(day, f"{field}.fullDayTimeOffMarkers[{i}]")
                for i, day in enumerate(data.full_day_time_off_markers or ())
            ]
        ),
        work_plan_id=_value(data.work_plan_id),
        work_plan_ids_per_week=None if per_week is None or per_week.values is None else tuple(per_week.values),
        version=None if data.metadata is None else data.metadata.version,
        delete=bool(data.delete),
    )


def _value(wrapped: IdValue | None) -> str | None:
    return None if wrapped is None else wrapped.value


def shift_draft(data: UploadShift, field: str) -> ShiftDraft:
    """A shift as asked for, at a field of the request."""
    return ShiftDraft(
        field=field,
        id=data.id,
        start=data.start_date,
        minutes=data.length_minutes,
        wall_start=_wall(data.wall_start, f"{field}.wallStart"),
        wall_end=_wall(data.wall_end, f"{field}.wallEnd"),
        disambiguation=Disambiguation(data.disambiguation),
        activities=None if data.activities is None else activity_drafts(data.activities),
        is_swap=data.is_swap,
        swap_reason=data.swap_reason,
        skill_ids=None if data.skill_ids is None else tuple(data.skill_ids),
        manually_edited=data.manually_edited,
        work_plan_id=_value(data.work_plan_id),
        work_plan_shift_id=_value(data.work_plan_shift_id),
        delete=bool(data.delete),
    )


def _wall(text: str | None, field: str) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(Problem(field, f"{text} is no time of the calendar.", "invalid.date")) from None


def activity_drafts(activities: Sequence[UploadActivity]) -> tuple[ActivityDraft, ...]:
    """Activities as asked for."""
    return tuple(
        [
            ActivityDraft(
                start=activity.start_date,
                minutes=activity.length_minutes,
                code_id=activity.activity_code_id,
                paid=activity.paid,
                payable_minutes=activity.payable_minutes,
                description=activity.description,
                time_off_request_id=activity.time_off_request_id,
                time_off_request_sync_version=activity.time_off_request_sync_version,
                external_activity_id=activity.external_activity_id,
                external_activity_type=activity.external_activity_type,
            )
            for activity in activities
        ]
    )


def _full_day(data: UploadFullDay, field: str) -> FullDayDraft:
    return FullDayDraft(
        field=field,
        day=data.business_unit_date,
        code_id=data.activity_code_id,
        paid=data.paid,
        length_minutes=data.length_minutes,
        payable_minutes=data.payable_minutes,
        start_offset_minutes=data.start_offset_minutes,
        end_offset_minutes=data.end_offset_minutes,
        description=data.description,
        time_off_request_id=data.time_off_request_id,
        time_off_request_sync_version=data.time_off_request_sync_version,
        delete=bool(data.delete),
    )


class UploadUrlRequestBody(Wire):
    """How many bytes the compressed file has."""

    content_length_bytes: int


class UploadUrlResponse(Wire):
    """Where to put the file, with which headers, and the key to have it worked on."""

    upload_key: str
    url: str
    headers: Mapping[str, str]
    upload_body_schema: dict[str, Any]


class ProcessUploadRequest(Wire):
    """The key of the upload to work on. Teams are the vendor's and mean nothing here."""

    upload_key: Identifier


EMPTY_SCHEMA: dict[str, Any] = {"description": "", "published": False, "agentSchedules": []}


def upload_url_response(address: Address, base: str) -> UploadUrlResponse:
    """An upload on the wire; ``base`` is where the caller reached us."""
    return UploadUrlResponse(
        upload_key=address.upload.id,
        url=f"{base}/api/v2/shiftline/uploads/{address.key}",
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
        upload_body_schema=EMPTY_SCHEMA,
    )
