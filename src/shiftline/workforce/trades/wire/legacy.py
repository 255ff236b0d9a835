"""Trades as the legacy generation answers them."""

from collections.abc import Sequence
from datetime import date, datetime

from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.trades.model import State, Trade
from shiftline.workforce.trades.wire.answers import (
    ShiftTradeMetadata,
    TradedScheduleReference,
    metadata,
    unit,
    user,
    utc,
)


class ShiftTradeResponse(Wire):
    """The vendor's ShiftTradeResponse."""

    id: str
    week_date: date
    schedule: TradedScheduleReference
    state: State
    initiating_user: Reference
    initiating_shift_id: str
    initiating_shift_start: datetime
    initiating_shift_end: datetime
    expiration: datetime
    one_sided: bool
    acceptable_intervals: list[str]
    metadata: ShiftTradeMetadata
    receiving_user: Reference | None = None


class ShiftTradeListResponse(Wire):
    """The vendor's ShiftTradeListResponse."""

    entities: list[ShiftTradeResponse]


class WeekShiftTradeResponse(Wire):
    """The vendor's WeekShiftTradeResponse."""

    trade: ShiftTradeResponse


class WeekShiftTradeListResponse(Wire):
    """The vendor's WeekShiftTradeListResponse."""

    entities: list[WeekShiftTradeResponse]


def show_legacy(trade: Trade) -> ShiftTradeResponse:
    """A trade on the wire of the legacy generation."""
    shift, target = trade.shift, trade.target_person_id
    return ShiftTradeResponse(
        id=trade.id,
        week_date=shift.week_date,
        schedule=TradedScheduleReference(
            id=shift.schedule_id,
            week_date=shift.schedule_week_date,
            business_unit=unit("businessunits", trade.business_unit_id),
        ),
        state=trade.state,
        initiating_user=user(trade.person_id),
        initiating_shift_id=shift.id,
        initiating_shift_start=shift.span.start,
        initiating_shift_end=shift.span.end,
        expiration=utc(trade.expires_at),
        one_sided=trade.one_sided,
        acceptable_intervals=[f"{_text(each.start)}/{_text(each.end)}" for each in trade.acceptable],
        metadata=metadata(trade),
        receiving_user=None if target is None else user(target),
    )


def show_legacy_list(trades: Sequence[Trade]) -> ShiftTradeListResponse:
    """Trades on the wire of the legacy generation."""
    return ShiftTradeListResponse(entities=[show_legacy(trade) for trade in trades])


def show_week(trades: Sequence[Trade]) -> WeekShiftTradeListResponse:
    """A week's trades on the wire of the legacy generation."""
    return WeekShiftTradeListResponse(entities=[WeekShiftTradeResponse(trade=show_legacy(trade)) for trade in trades])


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
