"""Trades as the legacy generation answers them."""

from collections.abc import Sequence
from datetime import date, datetime

from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.trades.model import Judgement, Mode, Opening, State, Trade, WeekMatches
from shiftline.workforce.trades.operations.reviewing import Review
from shiftline.workforce.trades.wire import judgements
from shiftline.workforce.trades.wire.answers import (
    BulkShiftTradeStateResult,
    ShiftTradeMetadata,
    TradedScheduleReference,
    metadata,
    show_review,
    unit,
    user,
    utc,
)
from shiftline.workforce.trades.wire.judgements import (
    ShiftTradeMatchReview,
    ShiftTradeMatchReviewUser,
    ShiftTradeMatchViolation,
    ShiftTradePreview,
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
    receiving_week_date: date | None = None
    receiving_shift_id: str | None = None
    receiving_shift_start: datetime | None = None
    receiving_shift_end: datetime | None = None
    reviewed_by: Reference | None = None
    reviewed_date: datetime | None = None


class ShiftTradeListResponse(Wire):
    """The vendor's ShiftTradeListResponse."""

    entities: list[ShiftTradeResponse]


class WeekShiftTradeResponse(Wire):
    """The vendor's WeekShiftTradeResponse; the review is there while the trade waits for it."""

    trade: ShiftTradeResponse
    match_review: ShiftTradeMatchReview | None = None


class MatchShiftTradeResponse(Wire):
    """The vendor's MatchShiftTradeResponse; the users' paid time is ours."""

    trade: ShiftTradeResponse
    violations: list[ShiftTradeMatchViolation]
    admin_review_violations: list[ShiftTradeMatchViolation]
    unevaluated_rules: list[str]
    initiating_user: ShiftTradeMatchReviewUser | None = None
    receiving_user: ShiftTradeMatchReviewUser | None = None


class BulkUpdateShiftTradeStateResponse(Wire):
    """The vendor's BulkUpdateShiftTradeStateResponse."""

    status: str
    operation_id: str
    result: BulkShiftTradeStateResult


class WeekShiftTradeListResponse(Wire):
    """The vendor's WeekShiftTradeListResponse."""

    entities: list[WeekShiftTradeResponse]


class WeekShiftTradeMatchesSummary(Wire):
    """The vendor's WeekShiftTradeMatchesSummaryResponse."""

    week_date: date
    count: int
    cross_week_receiving_count: int


class ShiftTradeMatchesSummaryResponse(Wire):
    """The vendor's ShiftTradeMatchesSummaryResponse."""

    entities: list[WeekShiftTradeMatchesSummary]


class ShiftTradeUserListing(Wire):
    """The vendor's WfmUserEntityListing."""

    entities: list[Reference]


class SearchShiftTradeResponse(Wire):
    """The vendor's SearchShiftTradeResponse."""

    trade: ShiftTradeResponse
    matching_receiving_shift_ids: list[str]
    preview: ShiftTradePreview | None = None


class SearchShiftTradesResponse(Wire):
    """The vendor's SearchShiftTradesResponse."""

    trades: list[SearchShiftTradeResponse]


def show_summary(weeks: Sequence[WeekMatches]) -> ShiftTradeMatchesSummaryResponse:
    """How many trades wait for a review, on the wire of the legacy generation."""
    return ShiftTradeMatchesSummaryResponse(
        entities=[
            WeekShiftTradeMatchesSummary(
                week_date=each.week_date, count=each.offered, cross_week_receiving_count=each.given
            )
            for each in weeks
        ]
    )


def show_traders(person_ids: Sequence[str]) -> ShiftTradeUserListing:
    """People on the wire of the legacy generation."""
    return ShiftTradeUserListing(entities=[user(each) for each in person_ids])


def show_search(openings: Sequence[Opening]) -> SearchShiftTradesResponse:
    """What somebody could take, on the wire of the legacy generation."""
    return SearchShiftTradesResponse(
        trades=[
            SearchShiftTradeResponse(
                trade=show_legacy(each.trade),
                matching_receiving_shift_ids=list(each.match_ids),
                preview=judgements.preview_of(next(iter(each.judgements.values()))) if each.judgements else None,
            )
            for each in openings
        ]
    )


def show_legacy(trade: Trade) -> ShiftTradeResponse:
    """A trade on the wire of the legacy generation."""
    shift, match = trade.shift, trade.match
    target = trade.target_person_id if match is None else match.person_id
    given = None if match is None else match.shift
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
        receiving_week_date=None if given is None else given.week_date,
        receiving_shift_id=None if given is None else given.id,
        receiving_shift_start=None if given is None else given.span.start,
        receiving_shift_end=None if given is None else given.span.end,
        reviewed_by=None if trade.reviewed_by is None else user(trade.reviewed_by),
        reviewed_date=None if trade.reviewed_at is None else utc(trade.reviewed_at),
    )


def show_legacy_list(trades: Sequence[Trade]) -> ShiftTradeListResponse:
    """Trades on the wire of the legacy generation."""
    return ShiftTradeListResponse(entities=[show_legacy(trade) for trade in trades])


def show_week(trades: Sequence[tuple[Trade, Judgement | None]]) -> WeekShiftTradeListResponse:
    """A week's trades on the wire of the legacy generation."""
    return WeekShiftTradeListResponse(
        entities=[
            WeekShiftTradeResponse(
                trade=show_legacy(trade), match_review=None if judged is None else judgements.show(judged)
            )
            for trade, judged in trades
        ]
    )


def show_match(trade: Trade, judgement: Judgement) -> MatchShiftTradeResponse:
    """What became of the wish to take an offer, on the wire of the legacy generation."""
    review = judgements.show(judgement)
    return MatchShiftTradeResponse(
        trade=show_legacy(trade),
        violations=judgements.violations_of(judgement, Mode.REFUSE),
        admin_review_violations=judgements.violations_of(judgement, Mode.REVIEW),
        unevaluated_rules=review.unevaluated_rules,
        initiating_user=review.initiating_user,
        receiving_user=review.receiving_user,
    )


def show_bulk(review: Review) -> BulkUpdateShiftTradeStateResponse:
    """What became of a review, on the wire of the legacy generation."""
    return BulkUpdateShiftTradeStateResponse(
        status="Complete", operation_id=review.id, result=show_review(review.outcomes)
    )


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
