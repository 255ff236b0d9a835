"""Past adherence on the wire."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.adherence.model import Deviation, Job, JobKind, Measured, Totals
from shiftline.workforce.adherence.operations.history import History, addresses_of
from shiftline.workforce.adherence.topics import secondary_presence_of
from shiftline.workforce.adherence.wire.shapes import (
    AgentAdherenceScheduledActivity,
    BulkUserDayMetrics,
    HistoricalAdherenceActuals,
    HistoricalAdherenceDayMetrics,
    HistoricalAdherenceExceptionInfo,
    HistoricalAdherenceQueryResult,
    JobReference,
    SecondaryPresenceLookupItem,
    WfmAgentHistoricalAdherenceResponse,
    WfmAgentHistoricalAdherenceResult,
    WfmHistoricalAdherenceBulkResponse,
    WfmHistoricalAdherenceBulkResult,
    WfmHistoricalAdherenceBulkUserResult,
    WfmHistoricalAdherenceResponse,
    WfmHistoricalAdherenceResultWrapper,
)

ROOT = "/api/v2/workforcemanagement"


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
