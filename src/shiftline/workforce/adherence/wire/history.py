"""Past adherence on the wire."""

from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Instant, Reference, ShortText, Wire
from shiftline.workforce.adherence.model import Deviation, HistoryQuery, Job, JobKind, Measured, Totals
from shiftline.workforce.adherence.operations.history import History, addresses_of
from shiftline.workforce.adherence.topics import secondary_presence_of

ROOT = "/api/v2/workforcemanagement"

Users: TypeAlias = Annotated[list[Identifier], Meta(max_length=20_000)]


class WfmHistoricalAdherenceQuery(Wire):
    """Past adherence of a management unit. ``teamIds`` ask for nobody here: agents stand in no teams."""

    start_date: Instant
    end_date: Instant | None = None
    time_zone: ShortText | None = None
    user_ids: Users | None = None
    include_exceptions: bool = False
    team_ids: Users | None = None

    def query(self, management_unit_id: str) -> HistoryQuery:
        """The request as a query. COMPAT: the vendor takes an empty list of users for all."""
        return HistoryQuery(
            management_unit_id=management_unit_id,
            start=self.start_date,
            end=self.end_date,
            person_ids=tuple(self.user_ids) if self.user_ids else None,
            zone=self.time_zone,
            exceptions=self.include_exceptions,
        )


class WfmHistoricalAdherenceBulkItem(Wire):
    """One management unit of a bulk query."""

    management_unit_id: Identifier
    start_date: Instant
    end_date: Instant
    user_ids: Users | None = None
    include_exceptions: bool = False
    include_actuals: bool = False


class WfmHistoricalAdherenceBulkQuery(Wire):
    """Past adherence of many management units."""

    items: Annotated[list[WfmHistoricalAdherenceBulkItem], Meta(min_length=1, max_length=50)]
    time_zone: ShortText | None = None

    def queries(self) -> list[HistoryQuery]:
        """The request as queries."""
        return [
            HistoryQuery(
                management_unit_id=item.management_unit_id,
                start=item.start_date,
                end=item.end_date,
                person_ids=tuple(item.user_ids) if item.user_ids else None,
                zone=self.time_zone,
                exceptions=item.include_exceptions,
                actuals=item.include_actuals,
            )
            for item in self.items
        ]


class WfmHistoricalAdherenceQueryForAgent(Wire):
    """Past adherence of the caller."""

    start_date: Instant
    end_date: Instant | None = None
    time_zone: ShortText | None = None

    def query(self) -> HistoryQuery:
        """The request as a query of nobody yet."""
        return HistoryQuery("", self.start_date, self.end_date, zone=self.time_zone, exceptions=True, actuals=True)


class HistoricalAdherenceExceptionInfo(Wire):
    """A stretch out of adherence; offsets are from the start of the query."""

    start_offset_seconds: int
    end_offset_seconds: int
    scheduled_activity_code_id: str
    scheduled_activity_category: str
    actual_activity_category: str
    system_presence: str
    routing_status: str
    impact: str
    secondary_presence_lookup_id: str | None = None


class HistoricalAdherenceActuals(Wire):
    """What an agent did for a time."""

    actual_activity_category: str
    start_offset_seconds: int
    end_offset_seconds: int
    actual_secondary_presence_lookup_id: str | None = None


class HistoricalAdherenceDayMetrics(Wire):
    """A day, in the spelling of the query of one unit."""

    day_start_offset_secs: int
    adherence_schedule_secs: int
    conformance_schedule_secs: int
    conformance_actual_secs: int
    exception_count: int
    exception_duration_secs: int
    impact_seconds: int
    schedule_length_secs: int
    actual_length_secs: int
    adherence_percentage: float | None = None
    conformance_percentage: float | None = None


class BulkUserDayMetrics(Wire):
    """A day, in the spelling of bulk queries and of an agent's own."""

    day_start_offset_seconds: int
    adherence_schedule_seconds: int
    conformance_schedule_seconds: int
    conformance_actual_seconds: int
    exception_count: int
    exception_duration_seconds: int
    impact_seconds: int
    schedule_length_seconds: int
    actual_length_seconds: int
    adherence_percentage: float | None = None
    conformance_percentage: float | None = None


class HistoricalAdherenceQueryResult(Wire):
    """One agent of a query of one unit."""

    user_id: str
    management_unit_id: str
    start_date: datetime
    end_date: datetime
    impact: str
    day_metrics: list[HistoricalAdherenceDayMetrics]
    adherence_percentage: float | None = None
    conformance_percentage: float | None = None
    exception_info: list[HistoricalAdherenceExceptionInfo] | None = None


class WfmHistoricalAdherenceResultWrapper(Wire):
    """The result of a query of one unit."""

    entity_id: str
    data: list[HistoricalAdherenceQueryResult]
    lookup_id_to_secondary_presence_id: dict[str, str]


class WfmHistoricalAdherenceBulkUserResult(Wire):
    """One agent of a bulk query."""

    user_id: str
    impact: str
    day_metrics: list[BulkUserDayMetrics]
    adherence_percentage: float | None = None
    conformance_percentage: float | None = None
    exception_info: list[HistoricalAdherenceExceptionInfo] | None = None
    actuals: list[HistoricalAdherenceActuals] | None = None


class WfmHistoricalAdherenceBulkResult(Wire):
    """One management unit of a bulk query."""

    start_date: datetime
    end_date: datetime
    management_unit_id: str
    user_results: list[WfmHistoricalAdherenceBulkUserResult]
    lookup_id_to_secondary_presence_id: dict[str, str]


class AgentAdherenceScheduledActivity(Wire):
    """What an agent was scheduled for."""

    activity_code_id: str
    start_offset_seconds: int
    end_offset_seconds: int


class SecondaryPresenceLookupItem(Wire):
    """A secondary presence by the id it has in a result."""

    lookup_id: str
    secondary_presence_id: str


class WfmAgentHistoricalAdherenceResult(Wire):
    """An agent's own past adherence."""

    user: Reference
    start_date: datetime
    end_date: datetime
    calculations_completed_date: datetime
    impact: str
    exception_info: list[HistoricalAdherenceExceptionInfo]
    day_metrics: list[BulkUserDayMetrics]
    actuals: list[HistoricalAdherenceActuals]
    secondary_presence_lookup_items: list[SecondaryPresenceLookupItem]
    target_adherence_percentage: float | None = None
    adherence_percentage: float | None = None
    conformance_percentage: float | None = None
    scheduled_activities: list[AgentAdherenceScheduledActivity] | None = None


class WfmHistoricalAdherenceResponse(Wire):
    """A query of one unit: its state, and once complete its result."""

    id: str
    query_state: str
    download_url: str | None = None
    download_urls: list[str] | None = None
    download_result: WfmHistoricalAdherenceResultWrapper | None = None


class JobReference(Wire):
    """Where a job is asked for."""

    id: str
    status: str
    self_uri: str


class WfmHistoricalAdherenceBulkResponse(Wire):
    """A bulk query: its job, and once complete a download for each item (of one item, what that holds)."""

    job: JobReference
    download_urls: list[str] | None = None
    download_result: WfmHistoricalAdherenceBulkResult | None = None


class WfmAgentHistoricalAdherenceResponse(Wire):
    """An agent's own query."""

    job: JobReference
    download_urls: list[str] | None = None
    result: WfmAgentHistoricalAdherenceResult | None = None


class _Lookup:
    """Numbers secondary presences in the order in which they come."""

    def __init__(self) -> None:
        self.by_id: dict[str, str] = {}

    def of(self, definition_id: str) -> str | None:
        if secondary_presence_of(definition_id) is None:
            return None
        return self.by_id.setdefault(definition_id, str(len(self.by_id)))

    def turned(self) -> dict[str, str]:
        return {number: definition_id for definition_id, number in self.by_id.items()}


def show_file(job: Job, history: History) -> bytes:
    """What was measured, as the vendor's file of its kind of query."""
    shown: Wire
    match job.kind:
        case JobKind.BULK:
            shown = _bulk(history)
        case JobKind.OWN:
            shown = _own(history)
        case _:
            shown = _unit(job, history)
    return msgspec.json.encode(shown)


def _unit(job: Job, history: History) -> WfmHistoricalAdherenceResultWrapper:
    lookup = _Lookup()
    data = [
        HistoricalAdherenceQueryResult(
            user_id=each.person_id,
            management_unit_id=history.query.management_unit_id,
            start_date=history.span.start,
            end_date=history.span.end,
            impact=each.impact.value,
            day_metrics=[HistoricalAdherenceDayMetrics(**day) for day in _days(each, history, "secs")],
            adherence_percentage=each.total.adherence_percent,
            conformance_percentage=each.total.conformance_percent,
            exception_info=_exceptions(each, history, lookup) if history.query.exceptions else None,
        )
        for each in history.agents
    ]
    return WfmHistoricalAdherenceResultWrapper(
        entity_id=job.id, data=data, lookup_id_to_secondary_presence_id=lookup.turned()
    )


def _bulk(history: History) -> WfmHistoricalAdherenceBulkResult:
    lookup = _Lookup()
    results = [
        WfmHistoricalAdherenceBulkUserResult(
            user_id=each.person_id,
            impact=each.impact.value,
            day_metrics=[BulkUserDayMetrics(**day) for day in _days(each, history, "seconds")],
            adherence_percentage=each.total.adherence_percent,
            conformance_percentage=each.total.conformance_percent,
            exception_info=_exceptions(each, history, lookup) if history.query.exceptions else None,
            actuals=_actuals(each, history, lookup) if history.query.actuals else None,
        )
        for each in history.agents
    ]
    return WfmHistoricalAdherenceBulkResult(
        start_date=history.span.start,
        end_date=history.span.end,
        management_unit_id=history.query.management_unit_id,
        user_results=results,
        lookup_id_to_secondary_presence_id=lookup.turned(),
    )


def _own(history: History) -> WfmAgentHistoricalAdherenceResult:
    lookup, (mine,) = _Lookup(), history.agents
    start, end = history.window.start, history.window.end
    scheduled = [
        AgentAdherenceScheduledActivity(
            activity_code_id=code_id,
            start_offset_seconds=max(opens, start) - start,
            end_offset_seconds=min(closes, end) - start,
        )
        for opens, closes, code_id in mine.scheduled
    ]
    exceptions, actuals = _exceptions(mine, history, lookup), _actuals(mine, history, lookup)
    return WfmAgentHistoricalAdherenceResult(
        user=Reference(id=mine.person_id, self_uri=f"/api/v2/users/{mine.person_id}"),
        start_date=history.span.start,
        end_date=history.span.end,
        calculations_completed_date=datetime.fromtimestamp(end, UTC),
        impact=mine.impact.value,
        exception_info=exceptions,
        day_metrics=[BulkUserDayMetrics(**day) for day in _days(mine, history, "seconds")],
        actuals=actuals,
        secondary_presence_lookup_items=[
            SecondaryPresenceLookupItem(lookup_id=number, secondary_presence_id=definition_id)
            for number, definition_id in lookup.turned().items()
        ],
        target_adherence_percentage=history.settings.target_percent,
        adherence_percentage=mine.total.adherence_percent,
        conformance_percentage=mine.total.conformance_percent if history.query.conformance else None,
        scheduled_activities=scheduled if history.query.scheduled else None,
    )


def _days(measured: Measured, history: History, unit: str) -> list[dict[str, Any]]:
    return [
        _day(totals, opens - history.window.start, unit, conformance=history.query.conformance)
        for totals, (opens, _) in zip(measured.days, history.window.days, strict=True)
    ]


def _day(totals: Totals, offset: int, unit: str, *, conformance: bool) -> dict[str, Any]:
    return {
        f"day_start_offset_{unit}": offset,
        f"adherence_schedule_{unit}": totals.adherence_schedule,
        f"conformance_schedule_{unit}": totals.conformance_schedule,
        f"conformance_actual_{unit}": totals.conformance_actual,
        "exception_count": totals.exceptions,
        f"exception_duration_{unit}": totals.exception_seconds,
        "impact_seconds": totals.impact,
        f"schedule_length_{unit}": totals.schedule,
        f"actual_length_{unit}": totals.actual,
        "adherence_percentage": totals.adherence_percent,
        "conformance_percentage": totals.conformance_percent if conformance else None,
    }


def _exceptions(measured: Measured, history: History, lookup: _Lookup) -> list[HistoricalAdherenceExceptionInfo]:
    return [_exception(each, history.window.start, lookup) for each in measured.deviations]


def _exception(each: Deviation, start: int, lookup: _Lookup) -> HistoricalAdherenceExceptionInfo:
    return HistoricalAdherenceExceptionInfo(
        start_offset_seconds=each.start - start,
        end_offset_seconds=each.end - start,
        scheduled_activity_code_id=each.code_id,
        scheduled_activity_category=each.scheduled_category,
        actual_activity_category=each.actual_category,
        system_presence=each.system_presence,
        routing_status=each.routing_status,
        impact=each.impact.value,
        secondary_presence_lookup_id=lookup.of(each.definition_id),
    )


def _actuals(measured: Measured, history: History, lookup: _Lookup) -> list[HistoricalAdherenceActuals]:
    start = history.window.start
    return [
        HistoricalAdherenceActuals(
            actual_activity_category=category,
            start_offset_seconds=opens - start,
            end_offset_seconds=closes - start,
            actual_secondary_presence_lookup_id=lookup.of(definition_id),
        )
        for opens, closes, category, definition_id in measured.actuals
    ]


def _urls(job: Job) -> list[str] | None:
    return list(addresses_of(job)) or None


def show_unit_job(job: Job) -> WfmHistoricalAdherenceResponse:
    """A query of one unit."""
    urls = _urls(job)
    return WfmHistoricalAdherenceResponse(
        id=job.id,
        query_state=job.status,
        download_url=urls[0] if urls else None,
        download_urls=urls,
        download_result=_inline(job, WfmHistoricalAdherenceResultWrapper),
    )


def show_bulk_job(job: Job) -> WfmHistoricalAdherenceBulkResponse:
    """A bulk query."""
    return WfmHistoricalAdherenceBulkResponse(
        job=_reference(job, f"{ROOT}/adherence/historical/bulk/jobs"),
        download_urls=_urls(job),
        download_result=_inline(job, WfmHistoricalAdherenceBulkResult),
    )


def show_own_job(job: Job) -> WfmAgentHistoricalAdherenceResponse:
    """An agent's own query."""
    return WfmAgentHistoricalAdherenceResponse(
        job=_reference(job, f"{ROOT}/agents/me/adherence/historical/jobs"),
        download_urls=_urls(job),
        result=_inline(job, WfmAgentHistoricalAdherenceResult),
    )


def _reference(job: Job, path: str) -> JobReference:
    return JobReference(id=job.id, status=job.status, self_uri=f"{path}/{job.id}")


def _inline(job: Job, kind: Any) -> Any:
    return None if job.result is None else msgspec.json.decode(job.result, type=kind)
