"""The vendor's shapes of past adherence."""

from datetime import datetime
from typing import Annotated, TypeAlias

from msgspec import Meta

from shiftline.foundation.web.wire import Identifier, Instant, Reference, ShortText, Wire
from shiftline.workforce.adherence.model import HistoryQuery

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
