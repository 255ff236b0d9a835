"""What each side must bear: the shift they give, and the one they get among all else that they have to do.

One rule, one sentence each. A rule judges a side; ``snapshot.other(side)`` is who gives them a shift.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shiftline.foundation.decision import Fact, Reason
from shiftline.foundation.time import Interval, Zone
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.schedule.rules.fitness import find_clash, find_missing_skills, find_short_rests
from shiftline.workforce.schedule.rules.shifts import place
from shiftline.workforce.trades.model import WHO, MatchSnapshot, Side
from shiftline.workforce.trades.rules.paying import weigh_pay

HOUR = timedelta(hours=1)
UNAVAILABLE = "trade.unavailable"


def told(code: str, sentence: str, *, holds: bool, **facts: Fact) -> Reason:
    """A verdict; its facts are plain values."""
    return Reason(code, holds=holds, sentence=sentence, facts=facts)


def span_text(span: Interval, zone: Zone) -> str:
    """A span as a wall of the zone shows it: ``Fri 2023-10-27 06:00-14:00 America/Chicago``."""
    placed = place(span.start, span.end, zone)
    return f"{placed.wall_start:%a %Y-%m-%d %H:%M}-{placed.wall_end:%H:%M} {zone.key}"


def judge_standing(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """The shift that a side gives is in force, and theirs."""
    del now, snapshot
    if side.traded is None:
        return told("trade.shift.gone", "No shift is given.", holds=True)
    shift = f"the shift {span_text(side.traded.span, side.agent.zone)} of {WHO[side.role]}"
    if side.found is None:
        sentence = f"{shift} is no longer in force: it was deleted, or another schedule was published over it."
        return told("trade.shift.gone", _upper(sentence), holds=False, shift_id=side.traded.id)
    holds = side.found.person_id == side.agent.person_id
    sentence = f"{shift} {'is' if holds else 'is no longer'} theirs{'' if holds else ': somebody else works it now'}."
    return told("trade.shift.gone", _upper(sentence), holds=holds, shift_id=side.traded.id)


def judge_times(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """The shift that a side gives is still at the times at which it was traded."""
    del now, snapshot
    traded, gives = side.traded, side.gives
    if traded is None or gives is None:
        return told("trade.shift.moved", "No shift is given.", holds=True)
    was, now_is = span_text(traded.span, side.agent.zone), span_text(gives.span, side.agent.zone)
    sentence = f"The shift of {WHO[side.role]} was {was} when it was traded; now it is {now_is}."
    return told("trade.shift.moved", sentence, holds=traded.span == gives.span, shift_id=traded.id)


def judge_future(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """A shift that has begun changes hands no more."""
    del snapshot
    begun = side.traded is not None and side.traded.span.start <= now
    sentence = f"The shift of {WHO[side.role]} has {'' if begun else 'not '}begun."
    return told("trade.shift.begun", sentence, holds=not begun)


def judge_notice(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """A shift changes hands with the notice of its agent's management unit before its start."""
    del snapshot
    notice = side.settings.notice
    short = side.traded is not None and now < side.traded.span.start < now + notice
    sentence = f"The shift of {WHO[side.role]} starts in less than the notice of {notice / HOUR:g} hours."
    return told("trade.notice", sentence, holds=not short)


def judge_bound(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """What is booked for one person (coaching, learning, time off) in a shift cannot go to another."""
    del now, snapshot
    activities = side.gives.activities if side.gives is not None else ()
    bound = [each for each in activities if each.external_activity_id or each.time_off_request_id]
    what = ", ".join(dict.fromkeys(each.external_activity_type or "time off" for each in bound))
    sentence = f"The shift of {WHO[side.role]} holds what is booked for them alone: {what or 'nothing'}."
    return told("trade.activity.bound", sentence, holds=not bound)


def judge_categories(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """Activities of some categories do not change hands, where the management unit says so."""
    del now
    activities = side.gives.activities if side.gives is not None else ()
    codes = [snapshot.codes[each.code_id] for each in activities if each.code_id in snapshot.codes]
    kept = [code.name for code in codes if code.category in side.settings.kept_categories]
    sentence = f"The shift of {WHO[side.role]} holds {', '.join(dict.fromkeys(kept))}, which must not be traded."
    return told("trade.activity.kept", sentence, holds=not kept)


def judge_overlap(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """Nobody works twice at once: the shift a side gets meets none that they keep."""
    del now
    gets = snapshot.other(side).gives
    clash = None if gets is None else find_clash(gets.span, [shift.span for shift in _kept(side)])
    if gets is None or clash is None:
        return told("trade.overlap", "No shift overlaps.", holds=True)
    sentence = (
        f"The shift {span_text(gets.span, side.agent.zone)} overlaps one that {WHO[side.role]} works, "
        f"{span_text(clash, side.agent.zone)}."
    )
    return told("trade.overlap", sentence, holds=False)


def judge_rest(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """Between the shift a side gets and those around it lies the rest that their management unit asks for."""
    del now
    gets = snapshot.other(side).gives
    rests = [] if gets is None else find_short_rests([*_kept(side), gets], side.settings.least_rest_minutes)
    short = next((rest for rest in rests if gets in (rest.before, rest.after)), None)
    if short is None:
        return told("trade.rest", "There is rest enough between the shifts.", holds=True)
    return told("trade.rest", f"For {WHO[side.role]}: {short.sentence}", holds=False)


def judge_time_off(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """The shift a side gets does not lie over their approved time off."""
    del now
    sentence = "approved time off of"
    return _judge_free(side, snapshot, side.time_off, ("trade.time.off", sentence))


def judge_unavailable(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """The shift a side gets does not lie over times at which they have said that they cannot work."""
    del now
    sentence = "given as unavailable by"
    return _judge_free(side, snapshot, side.unavailable, (UNAVAILABLE, sentence))


def _judge_free(side: Side, snapshot: MatchSnapshot, taken: Sequence[Interval], words: tuple[str, str]) -> Reason:
    gets, (code, why) = snapshot.other(side).gives, words
    clash = None if gets is None else find_clash(gets.span, taken)
    if gets is None or clash is None:
        return told(code, "The time is free.", holds=True)
    zone = side.agent.zone
    sentence = f"The shift {span_text(gets.span, zone)} meets {span_text(clash, zone)}, {why} {WHO[side.role]}."
    return told(code, sentence, holds=False)


def judge_skills(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """Whoever gets a shift has the skills that it asks for."""
    del now
    gets = snapshot.other(side).gives
    missing = () if gets is None else find_missing_skills(gets.skill_ids, side.skill_ids)
    sentence = f"{_upper(WHO[side.role])} lacks skills of the shift: {', '.join(missing) or 'none'}."
    return told("trade.skills", sentence, holds=not missing, skill_ids=list(missing))


def judge_weekly_minimum(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """A trade leaves each week's paid time at its minimum; a week that was below is not made worse."""
    del now
    pay, least = weigh_pay(side, snapshot), side.settings.weekly_minimum_minutes or 0
    low = next((week for week in pay.weeks if week.after < min(least, week.before)), None)
    if low is None:
        return told("trade.weekly.minimum", "No week has too little paid time.", holds=True)
    sentence = (
        f"In the week of {low.week_date} {WHO[side.role]} would be paid for {low.after} minutes instead of "
        f"{low.before}; the minimum is {least}."
    )
    return told("trade.weekly.minimum", sentence, holds=False)


def judge_weekly_maximum(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """A trade leaves each week's paid time at its maximum; a week that was above is not made worse."""
    del now
    pay, most = weigh_pay(side, snapshot), side.settings.weekly_maximum_minutes
    high = next((week for week in pay.weeks if most is not None and week.after > max(most, week.before)), None)
    if high is None:
        return told("trade.weekly.maximum", "No week has too much paid time.", holds=True)
    sentence = (
        f"In the week of {high.week_date} {WHO[side.role]} would be paid for {high.after} minutes instead of "
        f"{high.before}; the maximum is {most}."
    )
    return told("trade.weekly.maximum", sentence, holds=False)


def judge_single(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """A shift stands in one trade at a time."""
    del now, snapshot
    sentence = f"The shift of {WHO[side.role]} stands in another trade ({side.other_trade_id}): cancel that one first."
    return told("trade.shift.twice", sentence, holds=side.other_trade_id is None)


def _kept(side: Side) -> list[Shift]:
    """What a side works beside the shift that they give."""
    return [held.shift for held in side.work if held.shift is not side.gives]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
