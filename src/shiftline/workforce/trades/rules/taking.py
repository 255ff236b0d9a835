"""Which open offers somebody could take. Whether a trade is then good for all (pay, rest, cover) is judged at the match."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from shiftline.foundation.time import Interval
from shiftline.workforce.preferences.rules.weighing import score_of
from shiftline.workforce.trades.model import Opening, Role, Shift, TakerSnapshot, Trade


def find_openings(
    trades: Iterable[Trade], taker: TakerSnapshot, given_ids: Collection[str], now: datetime
) -> list[Opening]:
    """The offers that a taker could take, giving nothing or one of the shifts ``given_ids``; in the order they came.

    Without any ids only one-sided offers are found, as the vendor documents.
    """
    given = [shift for shift in taker.shifts if shift.id in given_ids and is_timely(shift.span, taker, now)]
    found: list[Opening] = []
    for trade in trades:
        if not is_for(trade, taker) or not is_timely(trade.shift.span, taker, now):
            continue
        if trade.one_sided and is_free(trade.shift.span, taker, None):
            found.append(Opening(trade))
        matches = match_shifts(trade, taker, given)
        if matches:
            found.append(Opening(trade, matches))
    return found


def is_for(trade: Trade, taker: TakerSnapshot) -> bool:
    """An offer is for the others of its management unit (of any that trades with it), or for its target alone."""
    me = taker.agent
    if trade.person_id == me.person_id or trade.management_unit_id not in (me.management_unit_id, *taker.unit_ids):
        return False
    return trade.target_person_id in (None, me.person_id)


def is_timely(span: Interval, taker: TakerSnapshot, now: datetime) -> bool:
    """A shift changes hands only with the management unit's notice before its start."""
    return span.start > now and span.start - now >= taker.settings.notice


def is_free(span: Interval, taker: TakerSnapshot, given: Shift | None) -> bool:
    """The taker works no other shift then (but the one given away), has no approved time off, and has not said that they
    cannot work.
    """
    working = any(shift.span.overlaps(span) for shift in taker.shifts if shift is not given)
    return not working and not any(away.overlaps(span) for away in (*taker.time_off, *taker.unavailable))


def match_shifts(trade: Trade, taker: TakerSnapshot, given: Sequence[Shift]) -> tuple[str, ...]:
    """The given shifts that lie within an acceptable interval and leave room for the offered one."""
    return tuple(
        shift.id
        for shift in given
        if any(interval.encloses(shift.span) for interval in trade.acceptable)
        and is_free(trade.shift.span, taker, shift)
    )


def rank_openings(openings: Iterable[Opening]) -> list[Opening]:
    """What keeps the most of the taker's wishes first; of the shifts they could give, what suits the initiator best. What
    weighs the same stays in its order.
    """
    ranked: list[Opening] = []
    for opening in openings:
        given = sorted(opening.match_ids, key=lambda each: -_score(opening, each, Role.INITIATING))
        ranked.append(replace(opening, match_ids=tuple(given)))
    return sorted(ranked, key=lambda each: -_best(each))


def _best(opening: Opening) -> int:
    return max((_score(opening, each, Role.RECEIVING) for each in opening.judgements), default=0)


def _score(opening: Opening, given: str | None, role: Role) -> int:
    judgement = opening.judgements.get(given)
    return 0 if judgement is None else score_of(judgement.wishes.get(role, ()))
