"""What callers send, both generations, and what it means."""

from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import Interval, parse_instant, to_instant
from shiftline.foundation.web.wire import Identifier, Instant, LongText, ShortText, Wire
from shiftline.workforce.trades.model import Offer, OfferChange, State, TradeFilter
from shiftline.workforce.trades.operations.matching import Taking
from shiftline.workforce.trades.operations.reading import Search
from shiftline.workforce.trades.operations.reviewing import Wish

YEARS = range(1990, 2201)

Weeks = Annotated[list[date], Meta(max_length=60)]
Ids = Annotated[list[Identifier], Meta(max_length=1000)]
INTERVALS = Meta(max_length=200)


class ShiftTradeVersion(Wire):
    """The metadata of a change: the version that was read."""

    version: int


class RequiredDateRange(Wire):
    """The vendor's RequiredDateRange."""

    start_date: Instant
    end_date: Instant


class TradedScheduleLookup(Wire):
    """A schedule by its id."""

    id: Identifier
    week_date: date | None = None


class InitiatingShiftRequestItem(Wire):
    """The vendor's InitiatingShiftRequestItem."""

    id: Identifier
    schedule: TradedScheduleLookup
    week_date: date | None = None


class ShiftTradeTargetRequestItem(Wire):
    """The vendor's ShiftTradeTargetRequestItem."""

    user_id: Identifier


class AddShiftTradeJobRequest(Wire):
    """The vendor's AddShiftTradeJobRequest."""

    initiating_shift: InitiatingShiftRequestItem
    acceptable_intervals: Annotated[list[RequiredDateRange], INTERVALS] | None = None
    target: ShiftTradeTargetRequestItem | None = None
    expiration_date: Instant | None = None
    review_note: LongText | None = None

    def offer(self) -> Offer:
        """The offer to be. Raises Invalid."""
        field, ranges = "acceptableIntervals", self.acceptable_intervals or ()
        shift = self.initiating_shift
        return Offer(
            shift_id=shift.id,
            schedule_id=shift.schedule.id,
            week_date=shift.week_date or shift.schedule.week_date,
            acceptable=[
                interval_of(each.start_date, each.end_date, f"{field}[{index}]") for index, each in enumerate(ranges)
            ],
            target_person_id=None if self.target is None else self.target.user_id,
            expires_at=None if self.expiration_date is None else _instant(self.expiration_date, "expirationDate"),
            review_note=self.review_note or None,
            fields={
                "shift_id": "initiatingShift.id",
                "week_date": "initiatingShift.weekDate",
                "acceptable": field,
                "target_person_id": "target.userId",
                "expires_at": "expirationDate",
            },
        )


class AddShiftTradeRequest(Wire):
    """The vendor's AddShiftTradeRequest: intervals are ISO 8601 texts, start/end."""

    schedule_id: Identifier
    initiating_shift_id: Identifier
    receiving_user_id: Identifier | None = None
    expiration: Instant | None = None
    acceptable_intervals: Annotated[list[ShortText], INTERVALS] | None = None

    def offer(self, week_date: date) -> Offer:
        """The offer to be. Raises Invalid."""
        field = "acceptableIntervals"
        return Offer(
            shift_id=self.initiating_shift_id,
            schedule_id=self.schedule_id,
            week_date=week_date,
            acceptable=[
                parse_interval(text, f"{field}[{index}]") for index, text in enumerate(self.acceptable_intervals or ())
            ],
            target_person_id=self.receiving_user_id,
            expires_at=None if self.expiration is None else _instant(self.expiration, "expiration"),
            fields={
                "shift_id": "initiatingShiftId",
                "week_date": "weekDateId",
                "acceptable": field,
                "target_person_id": "receivingUserId",
                "expires_at": "expiration",
            },
        )


def parse_interval(text: str, field: str) -> Interval:
    """An ISO 8601 interval of two instants. Raises Invalid, which names ``field``."""
    start, slash, end = text.partition("/")
    if not slash:
        raise Invalid(Problem(field, "must be two instants with a slash between.", "invalid.date"))
    return interval_of(parse_instant(start, field), parse_instant(end, field), field)


def interval_of(start: datetime, end: datetime, field: str) -> Interval:
    """The span of two instants. Raises Invalid, which names ``field``."""
    start, end = _instant(start, field), _instant(end, field)
    if end <= start:
        raise Invalid(Problem(field, "must end after it starts.", "invalid.date"))
    return Interval(start, end)


def _instant(moment: datetime, field: str) -> datetime:
    if moment.year not in YEARS:
        raise Invalid(Problem(field, f"the year must be from {YEARS[0]} to {YEARS[-1]}.", "invalid.date"))
    return to_instant(moment, field)


class TargetWrapper(Wire):
    """The vendor's ValueWrapperShiftTradeTargetRequestItem: without a value the offer is open to all."""

    value: ShiftTradeTargetRequestItem | None = None


class InstantWrapper(Wire):
    """The vendor's ValueWrapperDate: without a value the offer holds until its shift starts."""

    value: Instant | None = None


class TextWrapper(Wire):
    """The vendor's ValueWrapperString: without a value there is none any more."""

    value: LongText | None = None


class PersonWrapper(Wire):
    """The vendor's ValueWrapperString with a person's id: without a value the offer is open to all."""

    value: Identifier | None = None


class RangesWrapper(Wire):
    """The vendor's ListWrapperRequiredDateRange: without values the offer is one-sided."""

    values: Annotated[list[RequiredDateRange], INTERVALS] | None = None


class IntervalsWrapper(Wire):
    """The vendor's ListWrapperInterval: ISO 8601 texts, start/end; without values the offer is one-sided."""

    values: Annotated[list[ShortText], INTERVALS] | None = None


class UpdateShiftTradeJobRequest(Wire):
    """The vendor's UpdateShiftTradeJobRequest: what is not named stays."""

    metadata: ShiftTradeVersion
    week_date: date | None = None
    target: TargetWrapper | None = None
    expiration_date: InstantWrapper | None = None
    acceptable_intervals: RangesWrapper | None = None
    review_note: TextWrapper | None = None

    def change(self) -> OfferChange:
        """What shall become of the offer. Raises Invalid."""
        field, values = "acceptableIntervals.values", dict[str, Any]()
        if self.target is not None:
            values["target_person_id"] = None if self.target.value is None else self.target.value.user_id
        if self.expiration_date is not None:
            values["expires_at"] = _expiry(self.expiration_date, "expirationDate.value")
        if self.acceptable_intervals is not None:
            values["acceptable"] = tuple(
                interval_of(each.start_date, each.end_date, f"{field}[{index}]")
                for index, each in enumerate(self.acceptable_intervals.values or ())
            )
        if self.review_note is not None:
            values["review_note"] = self.review_note.value or None
        fields = {
            "week_date": "weekDate",
            "acceptable": field,
            "target_person_id": "target.value.userId",
            "expires_at": "expirationDate.value",
        }
        return OfferChange(self.metadata.version, values, self.week_date, fields)


class PatchShiftTradeRequest(Wire):
    """The vendor's PatchShiftTradeRequest: what is not named stays."""

    metadata: ShiftTradeVersion
    receiving_user_id: PersonWrapper | None = None
    expiration: InstantWrapper | None = None
    acceptable_intervals: IntervalsWrapper | None = None

    def change(self, week_date: date) -> OfferChange:
        """What shall become of the offer. Raises Invalid."""
        field, values = "acceptableIntervals.values", dict[str, Any]()
        if self.receiving_user_id is not None:
            values["target_person_id"] = self.receiving_user_id.value
        if self.expiration is not None:
            values["expires_at"] = _expiry(self.expiration, "expiration.value")
        if self.acceptable_intervals is not None:
            values["acceptable"] = tuple(
                parse_interval(text, f"{field}[{index}]")
                for index, text in enumerate(self.acceptable_intervals.values or ())
            )
        fields = {
            "week_date": "weekDateId",
            "acceptable": field,
            "target_person_id": "receivingUserId.value",
            "expires_at": "expiration.value",
        }
        return OfferChange(self.metadata.version, values, week_date, fields)


def _expiry(wrapper: InstantWrapper, field: str) -> datetime | None:
    return None if wrapper.value is None else _instant(wrapper.value, field)


class QueryWeekSummaryListJobRequest(Wire):
    """The vendor's QueryWeekSummaryListJobRequest; of any number of weeks."""

    management_unit_ids: Ids | None = None
    week_dates: Weeks | None = None


class SearchShiftTradesRequest(Wire):
    """The vendor's SearchShiftTradesRequest. The shifts are the caller's own, whatever their schedule."""

    receiving_schedule_id: Identifier | None = None
    receiving_shift_ids: Ids | None = None


class UpdateShiftTradeStateJobRequest(Wire):
    """The vendor's UpdateShiftTradeStateJobRequest."""

    state: State
    metadata: ShiftTradeVersion
    week_date: date | None = None


class ReceivingScheduleLookup(Wire):
    """The vendor's ReceivingScheduleLookup."""

    id: Identifier


class MatchShiftTradeJobRequest(Wire):
    """The vendor's MatchShiftTradeJobRequest."""

    metadata: ShiftTradeVersion
    week_date: date | None = None
    receiving_schedule: ReceivingScheduleLookup | None = None
    receiving_shift_id: Identifier | None = None

    def taking(self, trade_id: str) -> Taking:
        """What the caller takes, and gives for it."""
        schedule = self.receiving_schedule
        schedule_id = None if schedule is None else schedule.id
        return Taking(trade_id, self.metadata.version, self.receiving_shift_id, schedule_id)


class MatchShiftTradeRequest(Wire):
    """The vendor's MatchShiftTradeRequest."""

    metadata: ShiftTradeVersion
    receiving_schedule_id: Identifier | None = None
    receiving_shift_id: Identifier | None = None

    def taking(self, trade_id: str) -> Taking:
        """What the caller takes, and gives for it."""
        return Taking(
            trade_id,
            self.metadata.version,
            self.receiving_shift_id,
            self.receiving_schedule_id,
            schedule_field="receivingScheduleId",
        )


class BulkUpdateShiftTradeStateRequestItem(Wire):
    """The vendor's BulkUpdateShiftTradeStateRequestItem."""

    id: Identifier
    state: State
    metadata: ShiftTradeVersion


class BulkUpdateShiftTradeListJobRequest(Wire):
    """The vendor's BulkUpdateShiftTradeListJobRequest and BulkShiftTradeStateUpdateRequest."""

    entities: Annotated[list[BulkUpdateShiftTradeStateRequestItem], Meta(max_length=200)]
    management_unit_ids: Ids | None = None
    week_dates: Weeks | None = None

    def wishes(self) -> list[Wish]:
        """The states that trades shall have, in the order given."""
        return [Wish(each.id, each.state, each.metadata.version) for each in self.entities]


class EvaluateShiftTradeListJobRequest(Wire):
    """The vendor's EvaluateShiftTradeListJobRequest; of any number of weeks."""

    management_unit_ids: Ids | None = None
    week_dates: Weeks | None = None


class QueryAgentShiftTradeListJobRequest(Wire):
    """The vendor's QueryAgentShiftTradeListJobRequest; of any number of weeks."""

    week_dates: Weeks | None = None


class QueryShiftTradeListJobRequest(Wire):
    """The vendor's QueryShiftTradeListJobRequest; of any number of weeks."""

    management_unit_ids: Ids | None = None
    week_dates: Weeks | None = None
    user_ids: Ids | None = None

    def filter(self) -> TradeFilter:
        """Which trades are wanted."""
        return TradeFilter(
            management_unit_ids=self.management_unit_ids or None,
            week_dates=self.week_dates or None,
            person_ids=self.user_ids or None,
        )


class SearchUnmatchedShiftTradeListJobRequest(Wire):
    """The vendor's SearchUnmatchedShiftTradeListJobRequest; of any number of weeks."""

    management_unit_ids: Ids | None = None
    week_dates: Weeks | None = None
    receiving_shift_ids: Ids | None = None

    def search(self, business_unit_id: str) -> Search:
        """What is looked for."""
        return Search(
            business_unit_id, self.management_unit_ids, self.week_dates, tuple(self.receiving_shift_ids or ())
        )
