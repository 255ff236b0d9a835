"""What a trade changes in the paid time of its two sides, by weeks of the business unit's calendar. Pure."""

from collections.abc import Iterable
from datetime import date

from shiftline.foundation.time import day_of, week_start
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.trades.model import Calendar, MatchSnapshot, Pay, Side, WeekPay
from shiftline.workforce.workplans.rules.choosing import group_weeks


def weigh_pay(side: Side, snapshot: MatchSnapshot) -> Pay:
    """A side's paid minutes in each week that the trade touches; whole days off are not counted.

    The limits of a week are the settings', else those of the side's work plans: the strictest, where weeks have others.
    """
    gives, receives = side.gives, snapshot.other(side).gives
    weeks = sorted(touched_weeks(snapshot))
    before = {week: _paid((held.shift for held in side.work), week, snapshot.calendar) for week in weeks}
    lost = {week: _paid([gives] if gives is not None else [], week, snapshot.calendar) for week in weeks}
    won = {week: _paid([receives] if receives is not None else [], week, snapshot.calendar) for week in weeks}
    planned = [plan.terms.weekly_paid for plan, _ in group_weeks(side.plans, weeks)] if side.plans is not None else []
    bounds = [each for each in planned if each is not None]
    minimum, maximum = side.settings.weekly_minimum_minutes, side.settings.weekly_maximum_minutes
    return Pay(
        weeks=tuple(WeekPay(week, before[week], before[week] - lost[week] + won[week]) for week in weeks),
        minimum=max((each.least for each in bounds), default=None) if minimum is None else minimum,
        maximum=min((each.most for each in bounds), default=None) if maximum is None else maximum,
    )


def touched_weeks(snapshot: MatchSnapshot) -> set[date]:
    """The first days of the weeks in which the traded shifts start."""
    traded = (snapshot.initiating.traded, snapshot.receiving.traded)
    return {shift.week_date for shift in traded if shift is not None}


def _paid(shifts: Iterable[Shift], week: date, calendar: Calendar) -> int:
    starts = ((shift, day_of(shift.start, calendar.zone)) for shift in shifts)
    return sum(shift.paid_minutes for shift, day in starts if week_start(day, calendar.first_day) == week)
