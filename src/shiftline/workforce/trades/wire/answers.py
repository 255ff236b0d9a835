"""Trades as the job-based operations answer them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from msgspec.structs import replace

from shiftline.foundation.web.errors import ErrorBody
from shiftline.foundation.web.wire import Reference, Wire
from shiftline.workforce.trades.model import (
    Judgement,
    Opening,
    Reviewed,
    Role,
    Ruling,
    Shift,
    State,
    Trade,
    WeekMatches,
)
from shiftline.workforce.trades.operations.offering import StateOutcome
from shiftline.workforce.trades.topics import failure_reason
from shiftline.workforce.trades.wire import PREFIX, judgements
from shiftline.workforce.trades.wire.judgements import ShiftTradeMatchReview, ShiftTradePreview


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


class ShiftTradeReceivingSide(Wire):
    """The vendor's ShiftTradeReceivingSideResponseItem."""

    user: Reference
    shift: ShiftTradeShiftResponseItem | None = None


class ShiftTradeRuling(Wire):
    """The rule that decided how a trade goes on; ours."""

    code: str
    sentence: str


class ShiftTradeResponseItem(Wire):
    """The vendor's ShiftTradeResponseItem; ``decidedBy`` is ours, and ``matchReview`` in the list of one's own trades."""

    id: str
    state: State
    expiration_date: datetime
    initiating: ShiftTradeInitiatingSide
    acceptable_intervals: list[ShiftTradeInterval]
    one_sided: bool
    metadata: ShiftTradeMetadata
    receiving: ShiftTradeReceivingSide | None = None
    target: ShiftTradeTarget | None = None
    reviewed_by: Reference | None = None
    reviewed_date: datetime | None = None
    decided_by: ShiftTradeRuling | None = None
    match_review: ShiftTradeMatchReview | None = None


class ShiftTradeListJobResponse(Wire):
    """The vendor's ShiftTradeListJobResponse."""

    entities: list[ShiftTradeResponseItem]


class ShiftTradeMatch(Wire):
    """The vendor's ShiftTradeMatchResponseItem; ``matchReview`` (paid time, what stands against it) is ours."""

    shift_ids: list[str]
    preview: ShiftTradePreview | None = None
    match_review: ShiftTradeMatchReview | None = None


class ShiftTradeWish(Wire):
    """What the shift that is offered makes of a wish of the caller; ours."""

    id: str
    level: str
    kept: bool
    sentence: str


class UnmatchedShiftTrade(Wire):
    """The vendor's SearchUnmatchedShiftTradeResponseItem; ``matchReview``, of an offer for nothing, and ``wishes`` are ours."""

    trade: ShiftTradeResponseItem
    receiving_shift_matches: list[ShiftTradeMatch]
    match_review: ShiftTradeMatchReview | None = None
    wishes: list[ShiftTradeWish] | None = None


class EvaluatedShiftTrade(Wire):
    """The vendor's EvaluatedShiftTradeResponseItem."""

    trade: ShiftTradeResponseItem
    match_review: ShiftTradeMatchReview


class EvaluatedShiftTradeList(Wire):
    """The vendor's EvaluateShiftTradeListJobResponseItem."""

    entities: list[EvaluatedShiftTrade]


class UnmatchedShiftTradeList(Wire):
    """The vendor's SearchUnmatchedShiftTradeListJobResponseItem."""

    trades: list[UnmatchedShiftTrade]


class ShiftTradeStateResult(Wire):
    """The vendor's BulkUpdateShiftTradeStateResultItem; ``failureSentence`` is ours."""

    id: str
    state: State
    metadata: ShiftTradeMetadata
    reviewed_by: Reference | None = None
    reviewed_date: datetime | None = None
    failure_reason: str | None = None
    failure_sentence: str | None = None


class BulkShiftTradeStateResult(Wire):
    """The vendor's BulkUpdateShiftTradeStateResult."""

    entities: list[ShiftTradeStateResult]


class ShiftTradeWeekSummary(Wire):
    """The vendor's ShiftTradeWeekSummaryResponseItem."""

    week_date: date
    initiating_matched_count: int
    cross_week_receiving_matched_count: int


class QueryWeekSummaryList(Wire):
    """The vendor's QueryWeekSummaryListJobResponseItem."""

    weeks: list[ShiftTradeWeekSummary]


class ShiftTradeJobResponse(Wire):
    """The vendor's shift trading job responses: the result stands under the name of the operation."""

    status: str
    type: str
    id: str | None = None
    error: ErrorBody | None = None
    add_trade_result: ShiftTradeResponseItem | None = None
    update_trade_result: ShiftTradeResponseItem | None = None
    query_week_summaries_result: QueryWeekSummaryList | None = None
    query_agent_trades_result: ShiftTradeListJobResponse | None = None
    query_trades_result: ShiftTradeListJobResponse | None = None
    search_unmatched_trades_result: UnmatchedShiftTradeList | None = None
    update_trade_state_result: ShiftTradeStateResult | None = None
    match_trade_result: EvaluatedShiftTrade | None = None
    bulk_update_trade_states_result: BulkShiftTradeStateResult | None = None
    evaluate_trades_result: EvaluatedShiftTradeList | None = None
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
            shift=_shift(shift),
            review_note=trade.review_note,
        ),
        acceptable_intervals=[
            ShiftTradeInterval(start_date=each.start, end_date=each.end) for each in trade.acceptable
        ],
        one_sided=trade.one_sided,
        metadata=metadata(trade),
        receiving=_receiving(trade),
        target=None if target is None else ShiftTradeTarget(user=user(target)),
        reviewed_by=None if trade.reviewed_by is None else user(trade.reviewed_by),
        reviewed_date=None if trade.reviewed_at is None else utc(trade.reviewed_at),
        decided_by=None
        if trade.ruling is None
        else ShiftTradeRuling(code=trade.ruling.code, sentence=trade.ruling.sentence),
    )


def _receiving(trade: Trade) -> ShiftTradeReceivingSide | None:
    if trade.match is None:
        return None
    given = trade.match.shift
    return ShiftTradeReceivingSide(user=user(trade.match.person_id), shift=None if given is None else _shift(given))


def _shift(shift: Shift) -> ShiftTradeShiftResponseItem:
    return ShiftTradeShiftResponseItem(
        id=shift.id, start_date=shift.span.start, end_date=shift.span.end, week_date=shift.week_date
    )


def show_weeks(weeks: Iterable[WeekMatches]) -> QueryWeekSummaryList:
    """How many trades wait for a review, on the wire."""
    return QueryWeekSummaryList(
        weeks=[
            ShiftTradeWeekSummary(
                week_date=each.week_date,
                initiating_matched_count=each.offered,
                cross_week_receiving_matched_count=each.given,
            )
            for each in weeks
        ]
    )


def show_list(trades: Iterable[Trade]) -> ShiftTradeListJobResponse:
    """Trades on the wire."""
    return ShiftTradeListJobResponse(entities=[show(trade) for trade in trades])


def show_own_list(trades: Iterable[tuple[Trade, Judgement | None]]) -> ShiftTradeListJobResponse:
    """One's own trades on the wire: those that wait for a review with the paid time of both sides."""
    return ShiftTradeListJobResponse(
        entities=[
            show(trade) if judged is None else replace(show(trade), match_review=judgements.show(judged))
            for trade, judged in trades
        ]
    )


def show_openings(openings: Iterable[Opening]) -> UnmatchedShiftTradeList:
    """What somebody could take, on the wire: with what they would get, and the paid time of both sides."""
    return UnmatchedShiftTradeList(trades=[_show_opening(opening) for opening in openings])


def _show_opening(opening: Opening) -> UnmatchedShiftTrade:
    matches = [
        ShiftTradeMatch(
            shift_ids=[shift_id],
            preview=judgements.preview_of(opening.judgements[shift_id]),
            match_review=judgements.show(opening.judgements[shift_id]),
        )
        for shift_id in opening.match_ids
    ]
    alone = opening.judgements.get(None)
    return UnmatchedShiftTrade(
        trade=show(opening.trade),
        receiving_shift_matches=matches,
        match_review=None if alone is None else judgements.show(alone),
        wishes=_wishes(opening) or None,
    )


def _wishes(opening: Opening) -> list[ShiftTradeWish]:
    """The caller's, who would take the offer: the same whatever they give for it."""
    judgement = next(iter(opening.judgements.values()), None)
    verdicts = () if judgement is None else judgement.wishes.get(Role.RECEIVING, ())
    return [
        ShiftTradeWish(id=each.wish_id, level=each.level.value, kept=each.kept, sentence=each.sentence)
        for each in verdicts
    ]


def show_judged(trade: Trade, judgement: Judgement) -> EvaluatedShiftTrade:
    """A trade with what the rules say, on the wire."""
    return EvaluatedShiftTrade(trade=show(trade), match_review=judgements.show(judgement))


def show_evaluated(evaluated: Iterable[tuple[Trade, Judgement]]) -> EvaluatedShiftTradeList:
    """Trades with what the rules say of them, on the wire."""
    return EvaluatedShiftTradeList(entities=[show_judged(trade, judgement) for trade, judgement in evaluated])


def show_state(outcome: StateOutcome) -> ShiftTradeStateResult:
    """What became of a wish for another state, on the wire."""
    refusal = outcome.refusal
    return show_reviewed(Reviewed(outcome.trade, None if refusal is None else Ruling(refusal.code, refusal.sentence)))


def show_reviewed(outcome: Reviewed) -> ShiftTradeStateResult:
    """A trade after a review, on the wire."""
    trade, refusal = outcome.trade, outcome.refusal
    return ShiftTradeStateResult(
        id=trade.id,
        state=trade.state,
        metadata=metadata(trade),
        reviewed_by=None if trade.reviewed_by is None else user(trade.reviewed_by),
        reviewed_date=None if trade.reviewed_at is None else utc(trade.reviewed_at),
        failure_reason=None if refusal is None else failure_reason(outcome.violation),
        failure_sentence=None if refusal is None else refusal.sentence,
    )


def show_review(outcomes: Iterable[Reviewed]) -> BulkShiftTradeStateResult:
    """Trades after a review, on the wire."""
    return BulkShiftTradeStateResult(entities=[show_reviewed(outcome) for outcome in outcomes])


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
