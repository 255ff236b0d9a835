"""What lies around the shift that a side gets, or in the one they give: locked days, nights, overtime, minors, meetings, wishes.

One rule, one sentence each, as in ``sides``. What lies in a shift changes hands with it, so that as many people are on
their phones as before; whether an interval is staffed well enough is known with a forecast only, and is not judged.
"""

from datetime import datetime, timedelta
from itertools import pairwise

from shiftline.foundation.decision import Reason
from shiftline.foundation.time import DAY, MINUTE, Interval, Zone, day_of, day_start, wall_at
from shiftline.workforce.preferences.model import Level, WishVerdict
from shiftline.workforce.preferences.rules.weighing import weigh_shift
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.trades.model import WHO, MatchSnapshot, Side
from shiftline.workforce.trades.rules.paying import weigh_pay
from shiftline.workforce.trades.rules.sides import span_text, told
from shiftline.workforce.units.model import ActivityCategory
from shiftline.workforce.workplans.rules.spelling import length_text

NIGHT = (timedelta(hours=23), timedelta(hours=30))  # from 23:00 to 06:00, as in directive 2003/88/EC, article 2
NIGHT_WORK = timedelta(hours=2)  # who works so much of it works at night
MEETINGS = frozenset({ActivityCategory.MEETING, ActivityCategory.TRAINING})
# Directive 94/33/EC, articles 8 and 9, on adolescents: 8 hours a day, 40 a week, not between 22:00 and 06:00.
MINOR_DAY, MINOR_WEEK = 8 * 60, 40 * 60
MINOR_WALL = (6 * 60, 22 * 60)


def judge_locked(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """A shift of days that the management unit has locked changes hands no more."""
    del now, snapshot
    days = [] if side.traded is None else [day_of(side.traded.span.start, side.agent.zone)]
    met = next((each for each in side.settings.locked for day in days if each.first <= day <= each.last), None)
    if met is None:
        return told("trade.locked", "The days are not locked.", holds=True)
    sentence = f"The shift of {WHO[side.role]} lies in days that are locked, {met.first} to {met.last}: {met.reason}."
    return told("trade.locked", sentence, holds=False)


def judge_meetings(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """Meetings and training in a shift were arranged with somebody; the vendor's rules of categories stand before this."""
    del now
    activities = side.gives.activities if side.gives is not None else ()
    codes = [snapshot.codes[each.code_id] for each in activities if each.code_id in snapshot.codes]
    open_to = MEETINGS - side.settings.ruled_categories
    names = dict.fromkeys(code.name for code in codes if code.category in open_to)
    sentence = (
        f"The shift of {WHO[side.role]} holds {', '.join(names) or 'no meeting'}, which would go to somebody else."
    )
    return told("trade.meetings", sentence, holds=not names)


def judge_turnaround(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """Between a night shift and the day shift after it lies the longer rest that the management unit asks for."""
    del now
    gets, least = snapshot.other(side).gives, side.settings.turnaround_minutes
    if gets is None or least is None:
        return told("trade.turnaround", "No rest after a night shift is asked for.", holds=True)
    shifts = sorted((*_kept(side), gets), key=lambda shift: shift.start)
    for night, day in pairwise(shifts):
        rest = day.start - night.end
        turns = _is_night(night.span, side.agent.zone) and not _is_night(day.span, side.agent.zone)
        if gets in (night, day) and turns and timedelta(0) <= rest < least * MINUTE:
            sentence = (
                f"Between the night shift {span_text(night.span, side.agent.zone)} and the day shift after it "
                f"{WHO[side.role]} would have {length_text(rest // MINUTE)} of rest; {length_text(least)} are asked for."
            )
            return told("trade.turnaround", sentence, holds=False)
    return told("trade.turnaround", "After each night shift there is rest enough.", holds=True)


def _is_night(span: Interval, zone: Zone) -> bool:
    first = day_of(span.start, zone) - DAY
    nights = (day_start(first + number * DAY, zone) for number in range((span.end - span.start) // DAY + 3))
    shared = (span.intersection(Interval(start + NIGHT[0], start + NIGHT[1])) for start in nights)
    return sum((each.length for each in shared if each is not None), timedelta(0)) >= NIGHT_WORK


def judge_overtime(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """No week gets paid time beyond which it is overtime; a week that was beyond is not made worse."""
    del now
    most, pay = side.settings.overtime_minutes, weigh_pay(side, snapshot)
    high = next((week for week in pay.weeks if most is not None and week.after > max(most, week.before)), None)
    if high is None or most is None:
        return told("trade.overtime", "No week gets overtime.", holds=True)
    sentence = (
        f"In the week of {high.week_date} {WHO[side.role]} would get {length_text(high.after - max(most, high.before))} "
        f"of overtime: {length_text(high.after)} of paid time, overtime begins at {length_text(most)}."
    )
    return told("trade.overtime", sentence, holds=False)


def judge_minor(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """A minor works no night, no more than eight hours a day and forty a week."""
    del now
    gets, until = snapshot.other(side).gives, side.agent.minor_until
    if gets is None or until is None or day_of(gets.start, side.agent.zone) >= until:
        return told("trade.minor", "No minor gets the shift.", holds=True)
    against = _against_minors(side, gets, snapshot)
    why = against or "is within what minors may work"
    sentence = f"{WHO[side.role].capitalize()} is a minor until {until}: the shift they would get {why}."
    return told("trade.minor", sentence, holds=against is None)


def _against_minors(side: Side, gets: Shift, snapshot: MatchSnapshot) -> str | None:
    zone, (earliest, latest) = side.agent.zone, MINOR_WALL
    start, end = wall_at(gets.start, zone), wall_at(gets.end, zone)
    if start.date() != end.date() or start.hour * 60 + start.minute < earliest or end.hour * 60 + end.minute > latest:
        return f"({span_text(gets.span, zone)}) does not lie between 06:00 and 22:00"
    day = day_of(gets.start, zone)
    that_day = [shift for shift in _kept(side) if day_of(shift.start, zone) == day]
    paid = gets.paid_minutes + sum(shift.paid_minutes for shift in that_day)
    if paid > MINOR_DAY:
        return f"makes {length_text(paid)} on {day}; {length_text(MINOR_DAY)} are allowed"
    weeks = weigh_pay(side, snapshot).weeks
    high = next((week for week in weeks if week.after > max(MINOR_WEEK, week.before)), None)
    if high is not None:
        return f"makes {length_text(high.after)} in the week of {high.week_date}; {length_text(MINOR_WEEK)} are allowed"
    return None


def judge_wishes(side: Side, snapshot: MatchSnapshot, now: datetime) -> Reason:
    """The shift that a side gets breaks none of their wishes. Which ones is not told: others read the sentence too."""
    del now
    broken = [each for each in weigh_wishes(side, snapshot) if not each.kept]
    sentence = f"The shift breaks {len(broken)} of the preferences of {WHO[side.role]}."
    return told("trade.wishes", sentence, holds=not broken)


def weigh_wishes(side: Side, snapshot: MatchSnapshot) -> tuple[WishVerdict, ...]:
    """What the shift that a side gets makes of their preferences; unavailable times have a rule of their own."""
    giver = snapshot.other(side)
    gets = giver.gives
    if gets is None:
        return ()
    # Whoever gives the shift does not work it any more.
    partners = {
        person_id: [span for span in spans if person_id != giver.agent.person_id or span != gets.span]
        for person_id, spans in side.partners.items()
    }
    verdicts = weigh_shift(gets.span, side.agent.zone, side.wishes, partners)
    return tuple(each for each in verdicts if each.level is not Level.UNAVAILABLE)


def _kept(side: Side) -> list[Shift]:
    return [held.shift for held in side.work if held.shift is not side.gives]
