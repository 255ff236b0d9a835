"""Schedules, their lists, revisions and operations on the wire."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Response
from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, LongText, Reference, ShortText, Wire
from shiftline.workforce.schedule.model import Note, Revised, Revision, Schedule, ScheduleDraft
from shiftline.workforce.schedule.model.operations import Operation, OperationStatus
from shiftline.workforce.schedule.operations.reading import UnitSummary
from shiftline.workforce.schedule.operations.uploads import Outcome
from shiftline.workforce.schedule.wire.upload import Forecast

ROOT = "/api/v2/workforcemanagement"


def user_ref(person_id: str) -> Reference:
    """A reference to a person."""
    return Reference(id=person_id, self_uri=f"/api/v2/users/{person_id}")


def schedule_uri(schedule: Schedule) -> str:
    """Where a schedule is."""
    return f"{ROOT}/businessunits/{schedule.business_unit_id}/weeks/{schedule.week_date}/schedules/{schedule.id}"


class Metadata(Wire):
    """WfmVersionedEntityMetadata."""

    version: int
    modified_by: Reference
    date_modified: datetime
    created_by: Reference
    date_created: datetime


def metadata_of(stamp: Any) -> Metadata:
    """The version and authors of a schedule or of an agent's part."""
    return Metadata(
        version=stamp.version,
        modified_by=user_ref(stamp.changed_by),
        date_modified=stamp.changed_at,
        created_by=user_ref(stamp.created_by),
        date_created=stamp.created_at,
    )


class ManagementUnitSummary(Wire):
    """BuManagementUnitScheduleSummary."""

    management_unit: Reference
    agent_count: int
    start_date: datetime | None
    end_date: datetime | None
    agents: list[Reference]


class ScheduleMetadata(Wire):
    """BuScheduleMetadata and BuScheduleListItem; ``notes`` is an extension."""

    id: str
    week_date: date
    week_count: int
    description: str
    published: bool
    metadata: Metadata
    self_uri: str
    short_term_forecast: Mapping[str, Any] | None = None
    management_units: list[ManagementUnitSummary] | None = None
    notes: list["NoteBody"] | None = None


class ScheduleListing(Wire):
    """BuScheduleListing."""

    entities: list[ScheduleMetadata]


class NoteBody(Wire):
    """Something that was decided for the caller, at a field of the request."""

    code: str
    field: str
    sentence: str


def note_bodies(notes: Sequence[Note]) -> list[NoteBody] | None:
    """Notes on the wire; none: left out."""
    return [NoteBody(code=note.code, field=note.field, sentence=note.sentence) for note in notes] or None


def schedule_metadata(
    schedule: Schedule, units: Sequence[UnitSummary] | None = None, notes: Sequence[Note] = ()
) -> ScheduleMetadata:
    """A schedule on the wire."""
    return ScheduleMetadata(
        id=schedule.id,
        week_date=schedule.week_date,
        week_count=schedule.week_count,
        description=schedule.description,
        published=schedule.published,
        short_term_forecast=schedule.short_term_forecast,
        metadata=metadata_of(schedule),
        self_uri=schedule_uri(schedule),
        management_units=None if units is None else [_unit_summary(unit) for unit in units],
        notes=note_bodies(notes),
    )


def _unit_summary(unit: UnitSummary) -> ManagementUnitSummary:
    uri = f"{ROOT}/managementunits/{unit.management_unit_id}"
    return ManagementUnitSummary(
        management_unit=Reference(id=unit.management_unit_id, self_uri=uri),
        agent_count=len(unit.agent_ids),
        start_date=unit.starts_at,
        end_date=unit.ends_at,
        agents=[user_ref(agent_id) for agent_id in unit.agent_ids],
    )


class CreateBlankSchedule(Wire):
    """BuCreateBlankScheduleRequest; ``id`` is an extension for imports."""

    description: LongText | None = None
    week_count: Annotated[int, Meta(ge=1, le=6)] | None = None
    short_term_forecast: Forecast | None = None
    id: Identifier | None = None


def blank_draft(data: CreateBlankSchedule) -> ScheduleDraft:
    """The request as a draft."""
    forecast = data.short_term_forecast
    return ScheduleDraft(
        description=data.description,
        week_count=data.week_count,
        id=data.id,
        short_term_forecast=None if forecast is None else msgspec.to_builtins(forecast),
    )


class CopySchedule(Wire):
    """BuCopyScheduleRequest; ``id`` is an extension."""

    week_date: date
    description: LongText | None = None
    include_forecast: bool | None = None
    id: Identifier | None = None


class AsyncSchedule(Wire):
    """BuAsyncScheduleResponse and ScheduleUploadProcessingResponse."""

    status: str
    operation_id: str | None = None
    result: ScheduleMetadata | None = None


def async_schedule(outcome: Outcome) -> AsyncSchedule:
    """What became of a request, on the wire."""
    notes = outcome.revised.notes if outcome.revised is not None else ()
    result = None if outcome.schedule is None else schedule_metadata(outcome.schedule, notes=notes)
    return AsyncSchedule(status=outcome.status.value, operation_id=outcome.operation_id, result=result)


Answer: TypeAlias = Response[AsyncSchedule]


def answer(outcome: Outcome) -> Answer:
    """200 with the result, or 202 for what is being worked on."""
    status = 202 if outcome.status is OperationStatus.PROCESSING else 200
    return Response(async_schedule(outcome), status_code=status)


def deleted() -> AsyncSchedule:
    """A schedule was deleted; nothing is left to poll."""
    return AsyncSchedule(status=OperationStatus.COMPLETE.value)


class OperationError(Wire):
    """One thing that was wrong."""

    field: str
    message: str
    code: str


class OperationBody(Wire):
    """Long work and what became of it. Ours: the vendor only tells by topic, and never why."""

    id: str
    operation_id: str
    event_type: str
    status: str
    errors: list[OperationError]
    started_by: Reference
    date_started: datetime
    date_ended: datetime | None = None
    message: str | None = None
    result: ScheduleMetadata | None = None
    self_uri: str | None = None


def operation_body(operation: Operation, schedule: Schedule | None) -> OperationBody:
    """An operation on the wire."""
    return OperationBody(
        id=operation.id,
        operation_id=operation.id,
        event_type=operation.kind.value,
        status=operation.status.value,
        message=operation.message,
        errors=[
            OperationError(field=problem.field, message=problem.sentence, code=problem.code)
            for problem in operation.problems
        ],
        started_by=user_ref(operation.started_by),
        date_started=operation.started_at,
        date_ended=operation.ended_at,
        result=None if schedule is None else schedule_metadata(schedule),
        self_uri=f"/api/v2/shiftline/operations/{operation.id}",
    )


class AcceptedBreachBody(Wire):
    """A rule that a planner broke knowingly, for which agent."""

    code: str
    user: Reference
    sentence: str


class RevisionBody(Wire):
    """One state of a schedule: who made it, when, why, and which rules were broken knowingly."""

    number: int
    kind: str
    published: bool
    description: str
    by: Reference
    at: datetime
    reason: str | None = None
    restores: int | None = None
    accepted_breaches: list[AcceptedBreachBody] | None = None
    self_uri: str | None = None


class RevisionListing(Wire):
    """A schedule's revisions, the latest first."""

    entities: list[RevisionBody]


def revision_body(schedule: Schedule, revision: Revision) -> RevisionBody:
    """A revision on the wire."""
    return RevisionBody(
        number=revision.number,
        kind=revision.kind.value,
        published=revision.published,
        description=revision.description,
        by=user_ref(revision.by),
        at=revision.at,
        reason=revision.reason,
        restores=revision.restores,
        accepted_breaches=[
            AcceptedBreachBody(code=each.code, user=user_ref(each.agent_id), sentence=each.sentence)
            for each in revision.accepted
        ]
        or None,
        self_uri=f"/api/v2/shiftline/schedules/{schedule.id}/revisions/{revision.number}",
    )


class RepublishRequest(Wire):
    """The version that the caller knows, and why; both may be left out."""

    version: Annotated[int, Meta(ge=1)] | None = None
    reason: ShortText | None = None


class RepublishResponse(Wire):
    """What came into force."""

    changed: bool
    version: int
    previous_version: int
    schedule: ScheduleMetadata
    superseded_schedule_ids: list[str]
    changed_user_ids: list[str]


def republish_response(done: Revised) -> RepublishResponse:
    """What came into force, on the wire."""
    version = done.schedule.version
    return RepublishResponse(
        changed=done.changed,
        version=version,
        previous_version=version - 1 if done.changed else version,
        schedule=schedule_metadata(done.schedule),
        superseded_schedule_ids=[schedule.id for schedule in done.superseded],
        changed_user_ids=sorted(done.updates),
    )
