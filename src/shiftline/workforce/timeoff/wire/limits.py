"""The vendor's shapes of time-off limits and of the wait list, and both conversions."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, TypeAlias

from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier, Reference, Wire
from shiftline.workforce.timeoff.model import (
    Granularity,
    Limit,
    LimitDraft,
    LimitUse,
    Place,
    Plan,
    Slots,
    ValuesGiven,
)
from shiftline.workforce.timeoff.wire.shapes import (
    ROOT,
    Ranges,
    TimeOffMetadata,
    TimeOffVersion,
    limit_ref,
    metadata_of,
    unit_ref,
)

Minutes: TypeAlias = Annotated[int, Meta(ge=0, le=10_000_000)]
Quarters: TypeAlias = Annotated[list[Minutes | None], Meta(max_length=36_700)]
PerDay: TypeAlias = Annotated[list[Minutes | None], Meta(max_length=366)]
WallTime: TypeAlias = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="HH:mm")]


def start_minutes(text: str) -> int:
    """A time on the wall in minutes from midnight."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


class BuCreateTimeOffLimitRequest(Wire):
    """The vendor's BuCreateTimeOffLimitRequest."""

    management_unit_id: Identifier | None = None
    staffing_group_id: Identifier | None = None
    granularity: Granularity | None = None
    full_day_time_off_start_time: WallTime | None = None

    def draft(self) -> LimitDraft:
        """The limit to be. Raises Invalid."""
        if self.staffing_group_id is not None:
            sentence = "there are no staffing groups here; use managementUnitId."
            raise Invalid(Problem("staffingGroupId", sentence, "timeoff.staffing.groups"))
        if self.management_unit_id is None:
            raise Invalid(Problem("managementUnitId", "is required.", "timeoff.limit.unit"))
        granularity = self.granularity or Granularity.DAILY
        start = None
        if self.full_day_time_off_start_time is not None:
            if granularity is Granularity.DAILY:
                sentence = "is only for limits of granularity FifteenMinutes."
                raise Invalid(Problem("fullDayTimeOffStartTime", sentence, "timeoff.limit.start"))
            start = start_minutes(self.full_day_time_off_start_time)
        return LimitDraft(self.management_unit_id, granularity, start)


class BuTimeOffLimitRange(Wire):
    """The vendor's BuTimeOffLimitRange: values from a day on, for each day or each quarter hour."""

    start_date: date
    limit_minutes_per_day: PerDay | None = None
    limit_minutes_per_fifteen_minutes: Quarters | None = None


class BuSetTimeOffLimitValuesRequest(Wire):
    """The vendor's BuSetTimeOffLimitValuesRequest."""

    values: Annotated[list[BuTimeOffLimitRange], Meta(max_length=366)]
    metadata: TimeOffVersion

    def given(self, granularity: Granularity) -> list[ValuesGiven]:
        """The values for a limit of a granularity. Raises Invalid when they are for the other one."""
        daily = granularity is Granularity.DAILY
        names = ("limitMinutesPerDay", "limitMinutesPerFifteenMinutes")
        wanted, other = names if daily else names[::-1]
        given: list[ValuesGiven] = []
        for index, each in enumerate(self.values):
            if not 1990 <= each.start_date.year <= 2199:  # noqa: PLR2004 - the years that time off can be in
                sentence = "the year must be from 1990 to 2199."
                raise Invalid(Problem(f"values[{index}].startDate", sentence, "timeoff.year"))
            days, quarters = each.limit_minutes_per_day, each.limit_minutes_per_fifteen_minutes
            mine, others = (days, quarters) if daily else (quarters, days)
            if mine is None or others is not None:
                sentence = f"the limit's granularity is {granularity}: give {wanted} alone."
                raise Invalid(Problem(f"values[{index}].{other}", sentence, "timeoff.limit.granularity"))
            given.append(ValuesGiven(each.start_date, mine, f"values[{index}].{wanted}"))
        return given


class QueryTimeOffLimitValuesRequest(Wire):
    """The vendor's QueryTimeOffLimitValuesRequest."""

    date_ranges: Ranges
    time_off_limit_id: Identifier | None = None
    activity_code_id: Identifier | None = None


class QueryTimeOffLimitValuesForGranularityRequest(Wire):
    """The vendor's QueryTimeOffLimitValuesForGranularityRequest."""

    date_ranges: Ranges


class AvailableTimeOffRequest(Wire):
    """The vendor's AvailableTimeOffRequest."""

    activity_code_id: Identifier
    date_ranges: Ranges | None = None
    supported_granularities: list[Granularity] | None = None


class BuTimeOffLimitResponse(Wire):
    """The vendor's BuTimeOffLimitResponse."""

    id: str
    management_unit: Reference
    granularity: Granularity
    metadata: TimeOffMetadata
    self_uri: str
    full_day_time_off_start_time: str | None = None


class BuTimeOffLimitListing(Wire):
    """The vendor's BuTimeOffLimitListing."""

    entities: list[BuTimeOffLimitResponse]


class TimeOffLimitValueRange(Wire):
    """The vendor's BuTimeOffLimitValueRange and TimeOffLimitValueRange: days with their values, interval by interval."""

    time_off_limit: Reference
    start_date: date
    granularity: Granularity
    limit_minutes_per_interval: list[int]
    allocated_minutes_per_interval: list[int]
    waitlisted_minutes_per_interval: list[int]
    waitlisted_requests_per_interval: list[int]
    metadata: TimeOffMetadata


class TimeOffLimitValuesResponse(Wire):
    """The vendor's BuTimeOffLimitValuesResponse and QueryTimeOffLimitValuesResponse."""

    values: list[TimeOffLimitValueRange]


class TimeOffLimitValues(Wire):
    """The vendor's TimeOffLimitValues."""

    limit_minutes: list[int]
    allocated_minutes: list[int]
    waitlisted_minutes: list[int]
    waitlisted_requests: list[int]


class BuTimeOffLimitValues(Wire):
    """The vendor's BuTimeOffLimitValues."""

    start_date: date
    values_per_day: TimeOffLimitValues | None = None
    values_per_fifteen_minutes: TimeOffLimitValues | None = None


class BuTimeOffLimitValuesForGranularityResponse(Wire):
    """The vendor's BuTimeOffLimitValuesForGranularityResponse."""

    time_off_limit: Reference
    granularity: Granularity
    limit_values: list[BuTimeOffLimitValues]
    metadata: TimeOffMetadata


class AvailableTimeOffRange(Wire):
    """The vendor's AvailableTimeOffRange. Without days asked for, only which limit there is."""

    time_off_limit: Reference
    granularity: Granularity
    waitlist_enabled: bool
    start_date: date | None = None
    available_minutes_per_interval: list[int] | None = None
    waitlisted_requests_per_interval: list[int] | None = None


class AvailableTimeOffResponse(Wire):
    """The vendor's AvailableTimeOffResponse."""

    values: list[AvailableTimeOffRange]


class UserTimeOffRequestReference(Wire):
    """The vendor's UserTimeOffRequestReference."""

    id: Identifier
    user: Reference | None = None


class QueryWaitlistPositionsRequest(Wire):
    """The vendor's QueryWaitlistPositionsRequest."""

    time_off_requests: Annotated[list[UserTimeOffRequestReference], Meta(max_length=500)]


class WaitlistPosition(Wire):
    """The vendor's WaitlistPosition."""

    time_off_request: Reference
    time_off_limit: Reference
    date: date
    waitlist_position: int


class WaitlistPositionListing(Wire):
    """The vendor's WaitlistPositionListing."""

    entities: list[WaitlistPosition]


def show_limit(limit: Limit) -> BuTimeOffLimitResponse:
    """A limit on the wire."""
    start = (
        None if limit.full_day_start is None else f"{limit.full_day_start // 60:02d}:{limit.full_day_start % 60:02d}"
    )
    reference = limit_ref(limit.business_unit_id, limit.id)
    assert reference.self_uri is not None
    return BuTimeOffLimitResponse(
        id=limit.id,
        management_unit=unit_ref(limit.management_unit_id),
        granularity=limit.granularity,
        metadata=metadata_of(limit.stamp),
        self_uri=reference.self_uri,
        full_day_time_off_start_time=start,
    )


def show_values(uses: Sequence[LimitUse]) -> TimeOffLimitValuesResponse:
    """What limits bear on the wire."""
    return TimeOffLimitValuesResponse(values=[_range(use) for use in uses if use.values])


def _range(use: LimitUse) -> TimeOffLimitValueRange:
    return TimeOffLimitValueRange(
        time_off_limit=limit_ref(use.limit.business_unit_id, use.limit.id),
        start_date=min(use.values),
        granularity=use.limit.granularity,
        limit_minutes_per_interval=_flat(use.values),
        allocated_minutes_per_interval=_flat(use.taken),
        waitlisted_minutes_per_interval=_flat(use.waiting_minutes),
        waitlisted_requests_per_interval=_flat(use.waiting_requests),
        metadata=metadata_of(use.limit.stamp),
    )


def show_values_of(limit: Limit, uses: Sequence[LimitUse]) -> BuTimeOffLimitValuesForGranularityResponse:
    """What one limit bears on the wire."""
    daily = limit.granularity is Granularity.DAILY
    shown: list[BuTimeOffLimitValues] = []
    for use in uses:
        values = TimeOffLimitValues(
            limit_minutes=_flat(use.values),
            allocated_minutes=_flat(use.taken),
            waitlisted_minutes=_flat(use.waiting_minutes),
            waitlisted_requests=_flat(use.waiting_requests),
        )
        start = min(use.values)
        shown.append(
            BuTimeOffLimitValues(start_date=start, values_per_day=values)
            if daily
            else BuTimeOffLimitValues(start_date=start, values_per_fifteen_minutes=values)
        )
    return BuTimeOffLimitValuesForGranularityResponse(
        time_off_limit=limit_ref(limit.business_unit_id, limit.id),
        granularity=limit.granularity,
        limit_values=shown,
        metadata=metadata_of(limit.stamp),
    )


def show_available(
    limit: Limit | None, plan: Plan | None, uses: Sequence[LimitUse], supported: Sequence[Granularity] | None
) -> AvailableTimeOffResponse:
    """What is left on the wire; nothing for a limit whose granularity the caller does not know."""
    if limit is None or plan is None or limit.granularity not in (supported or (Granularity.DAILY,)):
        return AvailableTimeOffResponse(values=[])
    reference, waits = limit_ref(limit.business_unit_id, limit.id), plan.approval_rule.checks_limits
    if not uses:
        bare = AvailableTimeOffRange(time_off_limit=reference, granularity=limit.granularity, waitlist_enabled=waits)
        return AvailableTimeOffResponse(values=[bare])
    return AvailableTimeOffResponse(
        values=[
            AvailableTimeOffRange(
                time_off_limit=reference,
                granularity=limit.granularity,
                waitlist_enabled=waits,
                start_date=min(use.values),
                available_minutes_per_interval=[
                    max(0, bears - taken) for bears, taken in zip(_flat(use.values), _flat(use.taken), strict=True)
                ],
                waitlisted_requests_per_interval=_flat(use.waiting_requests),
            )
            for use in uses
        ]
    )


def show_places(places: Sequence[Place]) -> WaitlistPositionListing:
    """Places in the wait list on the wire."""
    return WaitlistPositionListing(
        entities=[
            WaitlistPosition(
                time_off_request=Reference(id=each.request_id, self_uri=f"{ROOT}/timeoffrequests/{each.request_id}"),
                time_off_limit=Reference(id=each.limit_id),
                date=each.day,
                waitlist_position=each.position,
            )
            for each in places
        ]
    )


def _flat(slots: Slots) -> list[int]:
    return [minutes for _, row in sorted(slots.items()) for minutes in row]
