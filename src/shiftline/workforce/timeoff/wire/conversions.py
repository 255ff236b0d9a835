"""The vendor's shapes of a limit's conversion between days and quarter hours."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.timeoff.model import Conversion, Granularity
from shiftline.workforce.timeoff.wire.limits import WallTime, start_minutes
from shiftline.workforce.timeoff.wire.shapes import limit_ref


class BuConvertTimeOffLimitGranularityJobRequest(Wire):
    """The vendor's BuConvertTimeOffLimitGranularityJobRequest."""

    granularity: Granularity
    full_day_time_off_start_time: WallTime | None = None

    def full_day_start(self) -> int | None:
        """From when on a whole day counts, in minutes. Raises Invalid for a limit by the day."""
        if self.full_day_time_off_start_time is None:
            return None
        if self.granularity is Granularity.DAILY:
            sentence = "is only for limits of granularity FifteenMinutes."
            raise Invalid(Problem("fullDayTimeOffStartTime", sentence, "timeoff.limit.start"))
        return start_minutes(self.full_day_time_off_start_time)


class BuConvertTimeOffLimitGranularityJobProgress(Wire):
    """The vendor's BuConvertTimeOffLimitGranularityJobProgress."""

    number_of_days_complete: int
    percentage_complete: int
    date_earliest_complete: date | None = None
    date_latest_complete: date | None = None


class BuConvertTimeOffLimitGranularityJobResponse(Wire):
    """The vendor's BuConvertTimeOffLimitGranularityJobResponse. It is complete when it answers."""

    id: str
    time_off_limit: Reference
    status: Literal["Complete", "Error", "Processing"]
    progress: BuConvertTimeOffLimitGranularityJobProgress
    self_uri: str


class BuConvertTimeOffGranularityLimitJobListing(Wire):
    """The vendor's BuConvertTimeOffGranularityLimitJobListing."""

    entities: list[BuConvertTimeOffLimitGranularityJobResponse]


def show_conversion(made: Conversion) -> BuConvertTimeOffLimitGranularityJobResponse:
    """A conversion on the wire."""
    limit = limit_ref(made.limit.business_unit_id, made.limit.id)
    return BuConvertTimeOffLimitGranularityJobResponse(
        id=made.id,
        time_off_limit=limit,
        status="Complete",
        progress=BuConvertTimeOffLimitGranularityJobProgress(
            number_of_days_complete=made.day_count,
            percentage_complete=100,
            date_earliest_complete=None if made.days is None else made.days.first,
            date_latest_complete=None if made.days is None else made.days.last,
        ),
        self_uri=f"{limit.self_uri}/granularityconversion/jobs/{made.id}",
    )


def show_conversions(made: Sequence[Conversion]) -> BuConvertTimeOffGranularityLimitJobListing:
    """Conversions on the wire."""
    return BuConvertTimeOffGranularityLimitJobListing(entities=[show_conversion(each) for each in made])
