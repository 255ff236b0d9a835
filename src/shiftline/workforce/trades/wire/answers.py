"""Trades as the job-based operations answer them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from shiftline.foundation.web.errors import ErrorBody
from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.trades.model import Opening, State, Trade
from shiftline.workforce.trades.operations.offering import StateOutcome
from shiftline.workforce.trades.wire import PREFIX


class Metadata(Wire):
    """The vendor's WfmVersionedEntityMetadata."""

    version: int
    modified_by: Reference
    date_modified: datetime
    created_by: Reference
    date_created: datetime


class ScheduleReference(Wire):
    """The vendor's ScheduleReferenceWithBusinessUnit."""

    id: str
    week_date: date
    business_unit: Reference


class ShownShift(Wire):
    """The vendor's ShiftTradeShiftResponseItem."""

    id: str
    start_date: datetime
    end_date: datetime
    week_date: date


class InitiatingSide(Wire):
    """The vendor's ShiftTradeInitiatingSideResponseItem."""

    user: Reference
    management_unit: Reference
    schedule: ScheduleReference
    shift: ShownShift
    review_note: str | None = None


class ShownTarget(Wire):
    """The vendor's ShiftTradeTargetResponseItem."""

    user: Reference


class ShownRange(Wire):
    """The vendor's RequiredDateRange."""

    start_date: datetime
    end_date: datetime


class ShownTrade(Wire):
    """The vendor's ShiftTradeResponseItem."""

    id: str
    state: State
    expiration_date: datetime
    initiating: InitiatingSide
    acceptable_intervals: list[ShownRange]
    one_sided: bool
    metadata: Metadata
    target: ShownTarget | None = None


class TradeList(Wire):
    """The vendor's ShiftTradeListJobResponse."""

    entities: list[ShownTrade]


class Match(Wire):
    """The vendor's ShiftTradeMatchResponseItem."""

    shift_ids: list[str]


class Unmatched(Wire):
    """The vendor's SearchUnmatchedShiftTradeResponseItem."""

    trade: ShownTrade
    receiving_shift_matches: list[Match]


class UnmatchedList(Wire):
    """The vendor's SearchUnmatchedShiftTradeListJobResponseItem."""

    trades: list[Unmatched]


class StateResult(Wire):
    """The vendor's BulkUpdateShiftTradeStateResultItem."""

    id: str
    state: State
    metadata: Metadata
    failure_reason: str | None = None


class JobAnswer(Wire):
    """The vendor's shift trading job responses: the result stands under the name of the operation."""

    status: str
    type: str
    id: str | None = None
    error: ErrorBody | None = None
    add_trade_result: ShownTrade | None = None
    query_agent_trades_result: TradeList | None = None
    query_trades_result: TradeList | None = None
    search_unmatched_trades_result: UnmatchedList | None = None
    update_trade_state_result: StateResult | None = None
    self_uri: str | None = None


def show(trade: Trade) -> ShownTrade:
    """A trade on the wire."""
    shift, target = trade.shift, trade.target_person_id
    return ShownTrade(
        id=trade.id,
        state=trade.state,
        expiration_date=utc(trade.expires_at),
        initiating=InitiatingSide(
            user=user(trade.person_id),
            management_unit=unit("managementunits", trade.management_unit_id),
            schedule=ScheduleReference(
                id=shift.schedule_id,
                week_date=shift.schedule_week_date,
                business_unit=unit("businessunits", trade.business_unit_id),
            ),
            shift=ShownShift(
                id=shift.id, start_date=shift.span.start, end_date=shift.span.end, week_date=shift.week_date
            ),
            review_note=trade.review_note,
        ),
        acceptable_intervals=[ShownRange(start_date=each.start, end_date=each.end) for each in trade.acceptable],
        one_sided=trade.one_sided,
        metadata=metadata(trade),
        target=None if target is None else ShownTarget(user=user(target)),
    )


def show_list(trades: Iterable[Trade]) -> TradeList:
    """Trades on the wire."""
    return TradeList(entities=[show(trade) for trade in trades])


def show_openings(openings: Iterable[Opening]) -> UnmatchedList:
    """What somebody could take, on the wire."""
    return UnmatchedList(
        trades=[
            Unmatched(
                trade=show(opening.trade),
                receiving_shift_matches=[Match(shift_ids=[shift_id]) for shift_id in opening.match_ids],
            )
            for opening in openings
        ]
    )


def show_state(outcome: StateOutcome) -> StateResult:
    """What became of a wish for another state, on the wire."""
    trade = outcome.trade
    failure = None if outcome.refusal is None else "TransitionNotAllowed"
    return StateResult(id=trade.id, state=trade.state, metadata=metadata(trade), failure_reason=failure)


def metadata(trade: Trade) -> Metadata:
    """A trade's version with who made and last changed it."""
    return Metadata(
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
