"""The vendor's shapes of scheduling preferences and unavailable times, and both conversions."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import Interval, to_instant
from shiftline.foundation.web.wire import Identifier, Instant, LongText, Wire
from shiftline.workforce.preferences.model import ContractConflict, Level, Wish, WishChange, WishPlan

PREFIX = "/api/v2/workforcemanagement"
ENTRIES = Meta(max_length=500)
PreferenceLevel = Literal["StronglyPrefer", "Prefer", "Avoid", "StronglyAvoid"]


class StatedTimeSpan(Wire):
    """The vendor's WfmTimeSpan."""

    start_date: Instant
    length_minutes: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]


class StatedSchedulingPreference(Wire):
    """The vendor's AgentSchedulingPreference, as an agent states it: its id is given here."""

    time_span: StatedTimeSpan
    preference_level: PreferenceLevel


class UpdateAgentSchedulingPreferencesRequest(Wire):
    """The vendor's UpdateAgentSchedulingPreferencesRequest."""

    preferences_to_add: Annotated[list[StatedSchedulingPreference], ENTRIES] | None = None
    preference_ids_to_remove: Annotated[list[Identifier], ENTRIES] | None = None

    def changes(self) -> list[WishChange]:
        """What is to be done. Raises Invalid when that is nothing."""
        removals = [
            WishChange(f"preferenceIdsToRemove[{index}]", wish_id, delete=True)
            for index, wish_id in enumerate(self.preference_ids_to_remove or ())
        ]
        additions = [
            WishChange(
                f"preferencesToAdd[{index}]",
                start=stated.time_span.start_date,
                minutes=stated.time_span.length_minutes,
                level=Level(stated.preference_level),
            )
            for index, stated in enumerate(self.preferences_to_add or ())
        ]
        return _something([*removals, *additions], "preferencesToAdd")


class UpdateUnavailableTime(Wire):
    """The vendor's UpdateUnavailableTime."""

    id: Identifier | None = None
    time_span: StatedTimeSpan | None = None
    notes: LongText | None = None
    delete: bool | None = None


class UpdateUnavailableTimesRequest(Wire):
    """The vendor's UpdateUnavailableTimesRequest."""

    entities: Annotated[list[UpdateUnavailableTime], ENTRIES]

    def changes(self, field: str = "entities") -> list[WishChange]:
        """What is to be done; ``field`` is where the entries stand. Raises Invalid when that is nothing."""
        return _something(
            [
                WishChange(
                    f"{field}[{index}]",
                    entity.id,
                    None if entity.time_span is None else entity.time_span.start_date,
                    None if entity.time_span is None else entity.time_span.length_minutes,
                    notes=entity.notes,
                    delete=bool(entity.delete),
                )
                for index, entity in enumerate(self.entities)
            ],
            field,
        )


def _something(changes: list[WishChange], field: str) -> list[WishChange]:
    if not changes:
        raise Invalid(Problem(field, "is empty: there is nothing to change."))
    return changes


class QueryAgentTimesRequest(Wire):
    """The vendor's QueryAgentSchedulingPreferencesRequest and QueryAgentUnavailableTimesRequest."""

    start_date: Instant
    end_date: Instant

    def span(self) -> Interval:
        """The span that is asked about. Raises Invalid."""
        for name, moment in (("startDate", self.start_date), ("endDate", self.end_date)):
            if not 1900 <= moment.year <= 2300:  # noqa: PLR2004 - beyond, an offset leads out of the calendar
                raise Invalid(Problem(name, "the year must be from 1900 to 2300.", "invalid.date"))
        start, end = to_instant(self.start_date, "startDate"), to_instant(self.end_date, "endDate")
        if end <= start:
            raise Invalid(Problem("endDate", "must be after startDate.", "invalid.date"))
        return Interval(start, end)


class WfmTimeSpan(Wire):
    """The vendor's WfmTimeSpan."""

    start_date: datetime
    length_minutes: int


class AgentSchedulingPreference(Wire):
    """The vendor's AgentSchedulingPreference."""

    id: str
    time_span: WfmTimeSpan
    preference_level: Level


class AgentSchedulingPreferenceListing(Wire):
    """The vendor's AgentSchedulingPreferenceListing."""

    entities: list[AgentSchedulingPreference]


class UnavailableTime(Wire):
    """The vendor's UnavailableTime."""

    id: str
    time_span: WfmTimeSpan
    notes: str | None = None


class WishContractConflict(Wire):
    """A rule of the agent's work plan that a wish contradicts; ours."""

    code: str
    field: str
    rule: str
    work_plan_id: str
    sentence: str


class ScheduleOfTimes(Wire):
    """The vendor's BuScheduleReference: a schedule and the first day of its first week."""

    id: Identifier
    week_date: date


class QueryAgentScheduleUnavailableTimesRequest(Wire):
    """The vendor's QueryAgentScheduleUnavailableTimesRequest."""

    agent_id: Identifier
    schedule: ScheduleOfTimes


class AgentScheduleUnavailableTime(Wire):
    """The vendor's AgentScheduleUnavailableTime."""

    time_span: WfmTimeSpan
    notes: str | None = None


class QueryAgentScheduleUnavailableTimesResponse(Wire):
    """The vendor's QueryAgentScheduleUnavailableTimesResponse. Schedules are not generated here, so that none was considered:
    the times are those that stand now in the schedule's weeks.
    """

    considered_in_schedule_generation: bool
    schedule_generation_unavailable_times: list[AgentScheduleUnavailableTime]


class UnavailableTimeListing(Wire):
    """The vendor's UnavailableTimeListing; ``contractConflicts``, of what was just stated, is ours."""

    entities: list[UnavailableTime]
    contract_conflicts: list[WishContractConflict] | None = None


class TargetUnavailableTime(Wire):
    """The vendor's TargetUnavailableTime."""

    id: str


class UnavailableTimeResult(Wire):
    """The vendor's BulkUpdateAgentUnavailableTimesResultItem. Skipped: it was removed before."""

    unavailable_time: TargetUnavailableTime
    status: Literal["Complete", "Skipped"]


class BulkUpdateAgentUnavailableTimesResponse(Wire):
    """The vendor's BulkUpdateAgentUnavailableTimesResponse."""

    results: list[UnavailableTimeResult]


def show_preferences(wishes: Sequence[Wish]) -> AgentSchedulingPreferenceListing:
    """Preferences on the wire."""
    return AgentSchedulingPreferenceListing(
        entities=[
            AgentSchedulingPreference(id=wish.id, time_span=_span(wish.span), preference_level=wish.level)
            for wish in wishes
        ]
    )


def show_unavailable_times(
    wishes: Sequence[Wish], conflicts: Sequence[ContractConflict] = ()
) -> UnavailableTimeListing:
    """Unavailable times on the wire, with what of those just stated contradicts the contract."""
    return UnavailableTimeListing(
        entities=[UnavailableTime(id=wish.id, time_span=_span(wish.span), notes=wish.notes) for wish in wishes],
        contract_conflicts=show_conflicts(conflicts) or None,
    )


def show_times_of_schedule(wishes: Sequence[Wish]) -> QueryAgentScheduleUnavailableTimesResponse:
    """The unavailable times in a schedule's weeks on the wire."""
    return QueryAgentScheduleUnavailableTimesResponse(
        considered_in_schedule_generation=False,
        schedule_generation_unavailable_times=[
            AgentScheduleUnavailableTime(time_span=_span(wish.span), notes=wish.notes) for wish in wishes
        ],
    )


def show_conflicts(conflicts: Sequence[ContractConflict]) -> list[WishContractConflict]:
    """What contradicts the contract."""
    return [
        WishContractConflict(
            code=each.code, field=each.field, rule=each.rule, work_plan_id=each.work_plan_id, sentence=each.sentence
        )
        for each in conflicts
    ]


def show_results(plan: WishPlan) -> BulkUpdateAgentUnavailableTimesResponse:
    """What became of each entry."""
    done = [*(wish.id for wish in plan.results), *plan.removed]
    return BulkUpdateAgentUnavailableTimesResponse(
        results=[
            *(
                UnavailableTimeResult(unavailable_time=TargetUnavailableTime(id=wish_id), status="Complete")
                for wish_id in done
            ),
            *(
                UnavailableTimeResult(unavailable_time=TargetUnavailableTime(id=wish_id), status="Skipped")
                for wish_id in plan.skipped
            ),
        ]
    )


def _span(span: Interval) -> WfmTimeSpan:
    return WfmTimeSpan(start_date=span.start, length_minutes=span.minutes)
