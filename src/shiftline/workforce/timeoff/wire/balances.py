"""The vendor's shapes of balances and estimates."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from shiftline.foundation.time import to_instant
from shiftline.foundation.web.wire import Identifier, Instant, Reference, Wire
from shiftline.workforce.timeoff.model import Days, OverrideType
from shiftline.workforce.timeoff.operations.balances import Told
from shiftline.workforce.timeoff.operations.estimating import Asked, Estimates
from shiftline.workforce.timeoff.rules.balances import left_on
from shiftline.workforce.timeoff.wire.shapes import (
    ROOT,
    LocalDateRange,
    user_ref,
)

JobStatus: TypeAlias = Literal["Processing", "Complete", "Error"]
Wished: TypeAlias = Annotated[int, Meta(ge=1, le=1500)]


class TimeOffBalanceRequest(Wire):
    """The vendor's TimeOffBalanceRequest."""

    activity_code_ids: Annotated[list[Identifier], Meta(min_length=1, max_length=50)]
    date_ranges: Annotated[list[LocalDateRange], Meta(min_length=1, max_length=366)]


class TimeOffBalanceResponse(Wire):
    """The vendor's TimeOffBalanceResponse: by day what can still be asked for on it, nothing where no period is."""

    activity_code_id: str
    start_date: date
    balance_minutes_per_day: list[int]
    hris_time_off_type_id: str | None = None
    hris_time_off_type_secondary_id: str | None = None


class TimeOffBalanceJobReference(Wire):
    """The vendor's TimeOffBalanceJobReference."""

    id: str
    status: JobStatus
    self_uri: str


class TimeOffBalancesResponse(Wire):
    """The vendor's TimeOffBalancesResponse."""

    job: TimeOffBalanceJobReference
    entities: list[TimeOffBalanceResponse]


class TimeOffBalanceJobResponse(Wire):
    """The vendor's TimeOffBalanceJobResponse."""

    status: JobStatus
    entities: list[TimeOffBalanceResponse]


def answer_on(told: Told, ranges: Sequence[Days]) -> TimeOffBalanceJobResponse:
    """What is left of each balance, day by day."""
    entities: list[TimeOffBalanceResponse] = []
    for account in told.accounts:
        hris = told.hris_types.get(account.activity_code_id)
        entities += [
            TimeOffBalanceResponse(
                activity_code_id=account.activity_code_id,
                start_date=days.first,
                balance_minutes_per_day=left_on(account, days),
                hris_time_off_type_id=None if hris is None else hris.id,
                hris_time_off_type_secondary_id=None if hris is None else hris.secondary_id,
            )
            for days in ranges
        ]
    return TimeOffBalanceJobResponse(status="Complete", entities=entities)


def show_started(job_id: str, answer: TimeOffBalanceJobResponse) -> TimeOffBalancesResponse:
    """An answer and under which id it is kept."""
    job = TimeOffBalanceJobReference(id=job_id, status=answer.status, self_uri=f"{ROOT}/timeoffbalance/jobs/{job_id}")
    return TimeOffBalancesResponse(job=job, entities=answer.entities)


def stored(answer: TimeOffBalanceJobResponse) -> Mapping[str, Any]:
    """An answer as it is kept."""
    return msgspec.to_builtins(answer)


def read_stored(body: Mapping[str, Any]) -> TimeOffBalanceJobResponse:
    """A kept answer."""
    return msgspec.convert(body, TimeOffBalanceJobResponse)


class EstimateAvailableFullDayTimeOffRequest(Wire):
    """The vendor's EstimateAvailableFullDayTimeOffRequest."""

    date: date
    requested_duration_minutes: Wished | None = None


class EstimateAvailablePartialDayTimeOffRequest(Wire):
    """The vendor's EstimateAvailablePartialDayTimeOffRequest."""

    date: Instant
    requested_duration_minutes: Wished | None = None


class EstimateAvailableTimeOffRequest(Wire):
    """The vendor's EstimateAvailableTimeOffRequest."""

    activity_code_id: Identifier
    full_day_dates: Annotated[list[EstimateAvailableFullDayTimeOffRequest], Meta(max_length=366)] | None = None
    partial_day_dates: Annotated[list[EstimateAvailablePartialDayTimeOffRequest], Meta(max_length=366)] | None = None
    paid: bool | None = None

    def asked(self) -> Asked:
        """What is to be estimated."""
        return Asked(
            activity_code_id=self.activity_code_id,
            days=[(each.date, each.requested_duration_minutes) for each in self.full_day_dates or ()],
            starts=[
                (to_instant(each.date, f"partialDayDates[{index}].date"), each.requested_duration_minutes)
                for index, each in enumerate(self.partial_day_dates or ())
            ],
            paid=self.paid,
        )


class EstimateAvailableFullDayTimeOffResponse(Wire):
    """The vendor's EstimateAvailableFullDayTimeOffResponse. The date is the management unit's, as those of requests."""

    date: date
    duration_minutes: int
    payable_minutes: int
    flexible: bool
    override_date_type: OverrideType | None = None
    earliest_start_offset_minutes: int | None = None
    latest_end_offset_minutes: int | None = None


class EstimateAvailablePartialDayTimeOffResponse(Wire):
    """The vendor's EstimateAvailablePartialDayTimeOffResponse."""

    date: datetime
    duration_minutes: int
    payable_minutes: int
    flexible: bool
    override_date_type: OverrideType | None = None


class EstimateAvailableTimeOffResponse(Wire):
    """The vendor's EstimateAvailableTimeOffResponse."""

    full_day_dates: list[EstimateAvailableFullDayTimeOffResponse]
    partial_day_dates: list[EstimateAvailablePartialDayTimeOffResponse]
    user: Reference
    activity_code_id: str
    paid: bool


def show_estimates(made: Estimates) -> EstimateAvailableTimeOffResponse:
    """Estimates on the wire."""
    return EstimateAvailableTimeOffResponse(
        full_day_dates=[
            EstimateAvailableFullDayTimeOffResponse(
                date=each.day,
                duration_minutes=each.minutes,
                payable_minutes=each.payable_minutes,
                flexible=each.flexible,
                override_date_type=each.override,
                earliest_start_offset_minutes=each.earliest_start_offset,
                latest_end_offset_minutes=each.latest_end_offset,
            )
            for each in made.estimates
            if each.day is not None
        ],
        partial_day_dates=[
            EstimateAvailablePartialDayTimeOffResponse(
                date=each.starts_at,
                duration_minutes=each.minutes,
                payable_minutes=each.payable_minutes,
                flexible=each.flexible,
                override_date_type=each.override,
            )
            for each in made.estimates
            if each.starts_at is not None
        ],
        user=user_ref(made.person_id),
        activity_code_id=made.activity_code_id,
        paid=made.paid,
    )
