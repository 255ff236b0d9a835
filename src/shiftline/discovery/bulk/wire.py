"""Recording jobs as the vendor shows them.

Source: RecordingJobsQuery, AsyncConversationQuery, ExecuteRecordingJobsQuery, RecordingJob, RecordingJobFailedRecording.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from shiftline.discovery.bulk.errors import JobInvalid
from shiftline.discovery.bulk.model import (
    Action,
    Clause,
    Filter,
    Item,
    Job,
    JobFilter,
    JobState,
    Joined,
    Operator,
    Query,
    Test,
    Wanted,
)
from shiftline.discovery.bulk.rules.selecting import CONVERSATION_DIMENSIONS, SEGMENT_DIMENSIONS
from shiftline.foundation.time import Interval, parse_instant
from shiftline.foundation.web.wire import Identifier, Instant, NamedReference, ShortText, Wire

PATH = "/api/v2/recording/jobs"
OURS = "/api/v2/shiftline/recording/jobs"
MOST_DAYS = 36_500

_Texts = Annotated[str, Meta(max_length=1000)]
_FEW = Meta(max_length=100)


class WirePredicate(Wire):
    """One test of a dimension. ``propertyType``, ``property``, ``metric`` and ``range`` are the vendor's, and refused."""

    dimension: ShortText | None = None
    type: Literal["dimension", "property", "metric"] | None = None
    operator: Literal["matches", "exists", "notExists"] | None = None
    value: _Texts | None = None
    metric: ShortText | None = None
    range: dict[str, Any] | None = None
    property: ShortText | None = None
    property_type: ShortText | None = None


class WireClause(Wire):
    """Predicates of which all must hold, or one."""

    type: Literal["and", "or"]
    predicates: Annotated[list[WirePredicate], _FEW]


class WireFilter(Wire):
    """Predicates and clauses of which all must hold, or one."""

    type: Literal["and", "or"]
    predicates: Annotated[list[WirePredicate], _FEW] | None = None
    clauses: Annotated[list[WireClause], _FEW] | None = None


class WireQuery(Wire):
    """AsyncConversationQuery: conversations that began in an interval, all filters holding."""

    interval: _Texts
    conversation_filters: Annotated[list[WireFilter], _FEW] | None = None
    segment_filters: Annotated[list[WireFilter], _FEW] | None = None
    evaluation_filters: list[dict[str, Any]] | None = None
    survey_filters: list[dict[str, Any]] | None = None
    resolution_filters: list[dict[str, Any]] | None = None
    order: Literal["asc", "desc", "unordered"] | None = None
    order_by: Literal["conversationStart", "conversationEnd", "segmentStart", "segmentEnd"] | None = None
    limit: Annotated[int, Meta(ge=1, le=2_000_000_000)] | None = None
    start_of_day_interval_matching: bool | None = None


class JobBody(Wire):
    """RecordingJobsQuery. COMPAT: what it says of sensitive, screen, snippet and policy-based recordings changes nothing:
    nothing is redacted here, there are no screen recordings, and a recording is taken whoever wanted it.
    """

    action: Literal["EXPORT", "DELETE", "ARCHIVE"]
    conversation_query: WireQuery
    action_date: Instant | None = None
    action_age: Annotated[int, Meta(ge=0, le=MOST_DAYS)] | None = None
    integration_id: Identifier | None = None
    include_recordings_with_sensitive_data: bool | None = None
    include_screen_recordings: bool | None = None
    include_policy_based_recordings: bool | None = None
    include_snippet_recordings: bool | None = None
    clear_export: bool | None = None
    screen_recording_action_date: Instant | None = None
    screen_recording_action_age: Annotated[int, Meta(ge=0, le=MOST_DAYS)] | None = None
    aged_conversation_interval: _Texts | None = None


class ExecuteBody(Wire):
    """ExecuteRecordingJobsQuery."""

    state: Literal["PROCESSING"]


class WireJob(Wire, kw_only=True):
    """RecordingJob. ``obstacle`` is ours: why nothing goes on right now, while it is tried again."""

    id: str
    user: NamedReference
    state: str
    recording_jobs_query: dict[str, Any]
    date_created: datetime
    total_conversations: int
    total_recordings: int
    total_skipped_recordings: int
    total_failed_recordings: int
    total_processed_recordings: int
    percent_progress: int
    error_message: str | None = None
    obstacle: str | None = None
    started_by: NamedReference | None = None
    date_started: datetime | None = None
    date_ended: datetime | None = None
    failed_recordings: str
    self_uri: str


class WireFailed(Wire, kw_only=True):
    """RecordingJobFailedRecording; why it failed is ours."""

    conversation: NamedReference
    recording: NamedReference
    error_message: str


class WireItem(Wire, kw_only=True):
    """What a job is for, and what became of it. ``sha256`` and ``sizeBytes`` are of the sound that was stored."""

    position: int
    conversation_id: str
    recording_id: str | None = None
    outcome: str
    error_message: str | None = None
    due_date: datetime
    date: datetime | None = None
    key: str | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    attempts: int


def read_job(body: JobBody) -> Wanted:
    """What a body wants. Raises JobInvalid, Invalid, InstantNaive; each names the field."""
    action = Action(body.action)
    _check_fields(body, action)
    return Wanted(
        action=action,
        query=_query(body.conversation_query),
        integration_id=body.integration_id,
        date=body.action_date,
        age=None if body.action_age is None else timedelta(days=body.action_age),
        asked=msgspec.to_builtins(body),
    )


def _check_fields(body: JobBody, action: Action) -> None:
    if action is Action.EXPORT and body.integration_id is None:
        raise JobInvalid("integrationId", "is missing: an export needs the integration whose bucket it stores into.")
    if action is not Action.EXPORT and body.integration_id is not None:
        raise JobInvalid("integrationId", f"is only for EXPORT; {action.value} stores nothing.")
    if body.action_date is not None and body.action_age is not None:
        raise JobInvalid("actionAge", "and actionDate exclude each other: give one of them.")
    if action is not Action.EXPORT and body.action_date is None and body.action_age is None:
        raise JobInvalid(
            "actionDate", f"is missing: {action.value} needs it, or actionAge, as the date that recordings get."
        )
    if body.aged_conversation_interval is not None:
        raise JobInvalid("agedConversationInterval", "is not known here: give conversationQuery.interval.")


def _query(body: WireQuery) -> Query:
    at = "conversationQuery"
    for name, found in (
        ("evaluationFilters", body.evaluation_filters),
        ("surveyFilters", body.survey_filters),
        ("resolutionFilters", body.resolution_filters),
    ):
        if found:
            raise JobInvalid(f"{at}.{name}", "is not known here: there are none of those. Leave it out.")
    if body.start_of_day_interval_matching:
        raise JobInvalid(
            f"{at}.startOfDayIntervalMatching", "is not known here: what counts is when a conversation began."
        )
    if body.limit is not None and (body.order == "desc" or body.order_by not in (None, "conversationStart")):
        raise JobInvalid(f"{at}.limit", "takes the first by conversationStart, ascending: leave out order and orderBy.")
    return Query(
        began=_interval(body.interval, f"{at}.interval"),
        conversation_filters=_filters(body.conversation_filters, f"{at}.conversationFilters", CONVERSATION_DIMENSIONS),
        segment_filters=_filters(body.segment_filters, f"{at}.segmentFilters", SEGMENT_DIMENSIONS),
        limit=body.limit,
    )


def _interval(text: str, field: str) -> Interval:
    start, slash, end = text.partition("/")
    if not slash:
        raise JobInvalid(field, "must be two instants joined by a slash.")
    begins, ends = parse_instant(start, field), parse_instant(end, field)
    if ends <= begins:
        raise JobInvalid(field, "must end after it starts.")
    return Interval(begins, ends)


def _filters(filters: Sequence[WireFilter] | None, at: str, known: Any) -> tuple[Filter, ...]:
    return tuple(
        Filter(
            Joined(each.type),
            _tests(each.predicates or (), f"{at}[{index}]", known),
            tuple(
                Clause(Joined(clause.type), _tests(clause.predicates, f"{at}[{index}].clauses[{inner}]", known))
                for inner, clause in enumerate(each.clauses or ())
            ),
        )
        for index, each in enumerate(filters or ())
    )


def _tests(predicates: Sequence[WirePredicate], at: str, known: Any) -> tuple[Test, ...]:
    return tuple(_test(each, f"{at}.predicates[{index}]", known) for index, each in enumerate(predicates))


def _test(each: WirePredicate, at: str, known: Any) -> Test:
    for name, found in (("metric", each.metric), ("property", each.property), ("range", each.range)):
        if found is not None:
            raise JobInvalid(f"{at}.{name}", "is not known here: filter by dimension.")
    if each.dimension is None or each.dimension not in known:
        what = "is missing" if each.dimension is None else f"{each.dimension[:60]!r} is not known here"
        raise JobInvalid(f"{at}.dimension", f"{what}; known are {', '.join(sorted(known))}.")
    operator = Operator(each.operator or Operator.MATCHES)
    if operator is Operator.MATCHES and not each.value:
        raise JobInvalid(f"{at}.value", "is missing: matches needs something to match.")
    return Test(each.dimension, operator, each.value)


def read_filter(state: str | None, job_type: str | None, mine: str | None) -> JobFilter:
    """Which jobs a list wants. Raises JobInvalid."""
    for name, value, known in (("state", state, JobState), ("jobType", job_type, Action)):
        if value is not None and value.upper() not in tuple(known):
            raise JobInvalid(name, f"{value[:40]!r} is none of {', '.join(known)}.")
    upper = [None if each is None else each.upper() for each in (state, job_type)]
    return JobFilter(upper[0], upper[1], mine)


def show_job(job: Job) -> WireJob:
    """RecordingJob."""
    return WireJob(
        id=job.id,
        user=_user(job.created_by),
        state=job.state.value,
        recording_jobs_query=dict(job.wanted.asked),
        date_created=job.created_at,
        total_conversations=job.conversations,
        total_recordings=job.recordings,
        total_skipped_recordings=job.skipped,
        total_failed_recordings=job.failed,
        total_processed_recordings=job.processed,
        percent_progress=job.percent,
        error_message=job.problem,
        obstacle=job.obstacle,
        started_by=None if job.started_by is None else _user(job.started_by),
        date_started=job.started_at,
        date_ended=job.ended_at,
        failed_recordings=f"{PATH}/{job.id}/failedrecordings",
        self_uri=f"{PATH}/{job.id}",
    )


def _user(person_id: str) -> NamedReference:
    return NamedReference(id=person_id, self_uri=f"/api/v2/users/{person_id}")


def show_failed(item: Item) -> WireFailed:
    """RecordingJobFailedRecording."""
    conversation, recording = item.conversation_id, item.recording_id or ""
    path = f"/api/v2/conversations/{conversation}"
    return WireFailed(
        conversation=NamedReference(id=conversation, self_uri=path),
        recording=NamedReference(id=recording, self_uri=f"{path}/recordings/{recording}"),
        error_message=item.problem or "",
    )


def show_item(item: Item) -> WireItem:
    """An item with what became of it."""
    return WireItem(
        position=item.position,
        conversation_id=item.conversation_id,
        recording_id=item.recording_id,
        outcome="waiting" if item.outcome is None else item.outcome.value,
        error_message=item.problem,
        due_date=item.due_at,
        date=item.at,
        key=item.object_key,
        sha256=None if item.object_sha256 is None else item.object_sha256.hex(),
        size_bytes=item.object_size,
        attempts=item.attempts,
    )
