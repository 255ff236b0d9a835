"""Trades as the job-based operations answer them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from shiftline.foundation.web.errors import ErrorBody
from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.trades.model import Opening, State, Trade
from shiftline.workforce.trades.operations.offering import StateOutcome
from shiftline.workforce.trades.wire import PREFIX


class ShiftTradeMetadata(Wire):
    """The vendor's WfmVersionedEntityMetadata."""

    version: int
    modified_by: Reference
    date_modified: datetime
    created_by: Reference
    date_created: datetime


class TradedScheduleReference(Wire):
    """The vendor's ScheduleReferenceWithBusinessUnit."""

    id: str
    week_date: date
    business_unit: Reference


class ShiftTradeShiftResponseItem(Wire):
    """The vendor's ShiftTradeShiftResponseItem."""

    id: str
    start_date: datetime
    end_date: datetime
    week_date: date


class ShiftTradeInitiatingSide(Wire):
    """The vendor's ShiftTradeInitiatingSideResponseItem."""

    user: Reference
    management_unit: Reference
    schedule: TradedScheduleReference
    shift: ShiftTradeShiftResponseItem
    review_note: str | None = None


class ShiftTradeTarget(Wire):
    """The vendor's ShiftTradeTargetResponseItem."""

    user: Reference


class ShiftTradeInterval(Wire):
    """The vendor's RequiredDateRange."""

    start_date: datetime
    end_date: datetime


class ShiftTradeResponseItem(Wire):
    """The vendor's ShiftTradeResponseItem."""

    id: str
    state: State
    expiration_date: datetime
    initiating: ShiftTradeInitiatingSide
    acceptable_intervals: list[ShiftTradeInterval]
    one_sided: bool
    metadata: ShiftTradeMetadata
    target: ShiftTradeTarget | None = None


class ShiftTradeListJobResponse(Wire):
    """The vendor's ShiftTradeListJobResponse."""

    entities: list[ShiftTradeResponseItem]


class ShiftTradeMatch(Wire):
    """The vendor's ShiftTradeMatchResponseItem."""

    shift_ids: list[str]


class UnmatchedShiftTrade(Wire):
    """The vendor's SearchUnmatchedShiftTradeResponseItem."""

    trade: ShiftTradeResponseItem
    receiving_shift_matches: list[ShiftTradeMatch]


class UnmatchedShiftTradeList(Wire):
    """The vendor's SearchUnmatchedShiftTradeListJobResponseItem."""

    trades: list[UnmatchedShiftTrade]


class ShiftTradeStateResult(Wire):
    """The vendor's BulkUpdateShiftTradeStateResultItem."""

    id: str
    state: State
    metadata: ShiftTradeMetadata
    failure_reason: str | None = None


class ShiftTradeJobResponse(Wire):
    """The vendor's shift trading job responses: the result stands under the name of the operation."""

    status: str
    type: str
    id: str | None = None
    error: ErrorBody | None = None
    add_trade_result: ShiftTradeResponseItem | None = None
    query_agent_trades_result: ShiftTradeListJobResponse | None = None
    query_trades_result: ShiftTradeListJobResponse | None = None
    search_unmatched_trades_result: UnmatchedShiftTradeList | None = None
    update_trade_state_result: ShiftTradeStateResult | None = None
    self_uri: str | None = None


def show(trade: Trade) -> ShiftTradeResponseItem:
    """A trade on the wire."""
    shift, target = trade.shift, trade.target_person_id
    return ShiftTradeResponseItem(
        id=trade.id,
        state=trade.state,
        expiration_date=utc(trade.expires_at),
        initiating=ShiftTradeInitiatingSide(
            user=user(trade.person_id),
            management_unit=unit("managementunits", trade.management_unit_id),
            schedule=TradedScheduleReference(
                id=shift.schedule_id,
                week_date=shift.schedule_week_date,
                business_unit=unit("businessunits", trade.business_unit_id),
            ),
            shift=ShiftTradeShiftResponseItem(
                id=shift.id, start_date=shift.span.start, end_date=shift.span.end, week_date=shift.week_date
            ),
            review_note=trade.review_note,
        ),
        acceptable_intervals=[
            ShiftTradeInterval(start_date=each.start, end_date=each.end) for each in trade.acceptable
        ],
        one_sided=trade.one_sided,
        metadata=metadata(trade),
        target=None if target is None else ShiftTradeTarget(user=user(target)),
    )


def show_list(trades: Iterable[Trade]) -> ShiftTradeListJobResponse:
    """Trades on the wire."""
    return ShiftTradeListJobResponse(entities=[show(trade) for trade in trades])


def show_openings(openings: Iterable[Opening]) -> UnmatchedShiftTradeList:
    """What somebody could take, on the wire."""
    return UnmatchedShiftTradeList(
        trades=[
            UnmatchedShiftTrade(
                trade=show(opening.trade),
                receiving_shift_matches=[ShiftTradeMatch(shift_ids=[shift_id]) for shift_id in opening.match_ids],
            )
            for opening in openings
        ]
    )


def show_state(outcome: StateOutcome) -> ShiftTradeStateResult:
    """What became of a wish for another state, on the wire."""
    trade = outcome.trade
    failure = None if outcome.refusal is None else "TransitionNotAllowed"
    return ShiftTradeStateResult(id=trade.id, state=trade.state, metadata=metadata(trade), failure_reason=failure)


def metadata(trade: Trade) -> ShiftTradeMetadata:
    """A trade's version with who made and last changed it."""
    return ShiftTradeMetadata(
        version=trade.version,
        modified_by=user(trade.changed_by),
        date_modified=utc(trade.changed_at),
        created_by=user(trade.created_by),
        date_created=utc(trade.created_at),
    )


def user(person_id: str) -> Reference:
    """A person by their id."""
    return Reference(id=person_id, self_uri=f"/api/v2/users/{person_id}")


def unit(kind: str, unit_id: str) -> Reference:
    """A unit (``managementunits``, ``businessunits``) by its id."""
    return Reference(id=unit_id, self_uri=f"{PREFIX}/{kind}/{unit_id}")


def utc(instant: datetime) -> datetime:
    """The instant in UTC."""
    return instant.astimezone(UTC)
