"""Whether a worked shift is one that its plan knows: one method, one rule, one sentence when it is broken. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from shiftline.foundation.time import MINUTE
from shiftline.workforce.workplans.model import (
    DAY_MINUTES,
    WEEK_DAYS,
    Bounds,
    PlanActivity,
    PlanShift,
    WorkPlan,
)
from shiftline.workforce.workplans.rules.spelling import clock_text, count_text, days_text, length_text, lengths_text
from shiftline.workforce.workplans.rules.worked import Roster, WorkedActivity, WorkedShift

FitRule: TypeAlias = Callable[[PlanShift, WorkedShift, Roster], str | None]
"""None where the rule is kept, else a sentence."""


def days_before(plan_shift: PlanShift, shift: WorkedShift, roster: Roster) -> int:
    """On which day before its start a worked shift is the plan's: 1 where a window of starts reaches over midnight and
    the shift starts in that part of it, the night of a day that the plan's shift is for; else 0.
    """
    if plan_shift.starts.most < DAY_MINUTES:
        return 0
    shown = roster.wall_minutes(shift, shift.span.start)
    yesterday = WEEK_DAYS[roster.day(shift).weekday() - 1]
    here = roster.weekday(shift) in plan_shift.days and plan_shift.starts.hold(shown)
    over = plan_shift.starts.hold(shown + DAY_MINUTES) and yesterday in plan_shift.days
    return int(over and not here)


def _shown(plan_shift: PlanShift, shift: WorkedShift, roster: Roster, instant: datetime) -> int:
    """What the clock shows, in minutes from the midnight of the plan's day."""
    return roster.wall_minutes(shift, instant) + days_before(plan_shift, shift, roster) * DAY_MINUTES


def fit_day(plan_shift: PlanShift, shift: WorkedShift, roster: Roster) -> str | None:
    """The shift is worked on a day of the week that it is for."""
    if roster.weekday(shift) in plan_shift.days or days_before(plan_shift, shift, roster):
        return None
    return f"it is on a {roster.weekday(shift)}, but {plan_shift.name} is for {days_text(plan_shift.days)}."


def fit_start(plan_shift: PlanShift, shift: WorkedShift, roster: Roster) -> str | None:
    """The clock on the wall at its start is within the start window."""
    shown, starts = _shown(plan_shift, shift, roster, shift.span.start), plan_shift.starts
    if starts.hold(shown):
        return None
    window = clock_text(starts.least)
    if starts.least != starts.most:
        window = f"from {window} to {clock_text(starts.most)}"
    return f"it starts at {clock_text(shown)}, but {plan_shift.name} starts {window}."


def fit_increment(plan_shift: PlanShift, shift: WorkedShift, roster: Roster) -> str | None:
    """Its start is a whole number of increments after the earliest."""
    step, starts = plan_shift.start_increment_minutes, plan_shift.starts
    shown = _shown(plan_shift, shift, roster, shift.span.start)
    if not plan_shift.flexible_start_time or not step or not starts.hold(shown) or (shown - starts.least) % step == 0:
        return None
    return (
        f"it starts at {clock_text(shown)}, but {plan_shift.name} starts every {length_text(step)} from "
        f"{clock_text(starts.least)} on."
    )


def fit_stop(plan_shift: PlanShift, shift: WorkedShift, roster: Roster) -> str | None:
    """The clock on the wall at its end is within the bounds of its stop."""
    shown, earliest, latest = (
        _shown(plan_shift, shift, roster, shift.span.end),
        plan_shift.earliest_stop,
        plan_shift.latest_stop,
    )
    if latest is not None and shown > latest:
        return f"it is over at {clock_text(shown)}, but {plan_shift.name} is over by {clock_text(latest)}."
    if earliest is not None and shown < earliest:
        return f"it is over at {clock_text(shown)}, but {plan_shift.name} lasts until {clock_text(earliest)}."
    return None


def fit_length(plan_shift: PlanShift, shift: WorkedShift, roster: Roster) -> str | None:
    """Its paid time, elapsed, is within bounds: from 22:00 to 06:00 it is nine hours when clocks go back."""
    del roster
    if plan_shift.paid.hold(shift.paid_minutes):
        return None
    return f"it pays {length_text(shift.paid_minutes)}, but {plan_shift.name} pays {lengths_text(plan_shift.paid)}."


def fit_activities(plan_shift: PlanShift, shift: WorkedShift, roster: Roster) -> str | None:
    """It has each of the plan's meals and breaks, in its length, inside of the shift."""
    del roster
    have = [each for each in shift.activities if shift.span.encloses(each.span)]
    for planned in plan_shift.activities:
        wanted = sum(_is_alike(planned, each) for each in plan_shift.activities)
        found = sum(_is_of(planned, each) for each in have)
        if found < wanted:
            return (
                f"{plan_shift.name} has {count_text(wanted, _noun(planned))} of {length_text(planned.length_minutes)}, "
                f"but there {'is' if found == 1 else 'are'} {found or 'none'}."
            )
    return None


def fit_activity_times(plan_shift: PlanShift, shift: WorkedShift, roster: Roster) -> str | None:
    """Each meal and break starts when it may: within its window, and far enough from both ends of the shift."""
    left = list(plan_shift.activities)
    for each in sorted(shift.activities, key=lambda activity: activity.span):
        # Whoever must start the soonest takes the first that suits: no other choice leaves more of them.
        suited = [planned for planned in left if _is_of(planned, each) and _is_timely(planned, each, shift, roster)]
        if suited:
            left.remove(min(suited, key=lambda planned: _last_start(planned, shift, roster)))
    counts = fit_activities(plan_shift, shift, roster)
    if not left or counts is not None:
        return None
    planned = left[0]
    return (
        f"{_noun(planned, article=True)} of {length_text(planned.length_minutes)} must start "
        f"{_window_text(planned)}, and none does."
    )


def _noun(planned: PlanActivity, *, article: bool = False) -> str:
    named = planned.description or f"activity {planned.activity_code_id}"
    return f"the {named}" if article else named


def _is_alike(one: PlanActivity, two: PlanActivity) -> bool:
    return (one.activity_code_id, one.length_minutes) == (two.activity_code_id, two.length_minutes)


def _is_of(planned: PlanActivity, each: WorkedActivity) -> bool:
    return planned.activity_code_id == each.code_id and planned.length_minutes == each.span.minutes


def _is_timely(planned: PlanActivity, each: WorkedActivity, shift: WorkedShift, roster: Roster) -> bool:
    after, before = (each.span.start - shift.span.start) // MINUTE, (shift.span.end - each.span.end) // MINUTE
    shown = after if planned.start_time_is_relative_to_shift_start else roster.wall_minutes(shift, each.span.start)
    step, starts = planned.start_time_increment_minutes, planned.starts
    if not starts.hold(shown) or (planned.flexible_start_time and step and (shown - starts.least) % step):
        return False
    most = planned.maximum_length_from_shift_end_minutes
    return (
        shift.span.encloses(each.span)
        and after >= (planned.minimum_length_from_shift_start_minutes or 0)
        and before >= (planned.minimum_length_from_shift_end_minutes or 0)
        and (most is None or before <= most)
    )


def _last_start(planned: PlanActivity, shift: WorkedShift, roster: Roster) -> int:
    """The latest minute after the shift's start at which it may start, for putting activities in order."""
    latest = planned.starts.most
    if not planned.start_time_is_relative_to_shift_start:
        latest -= roster.wall_minutes(shift, shift.span.start)
    end = shift.span.minutes - planned.length_minutes - (planned.minimum_length_from_shift_end_minutes or 0)
    return min(latest, end)


def _window_text(planned: PlanActivity) -> str:
    starts = planned.starts
    if planned.start_time_is_relative_to_shift_start:
        text = f"{lengths_text(Bounds(starts.least, starts.most))} after the shift's start"
    else:
        text = f"from {clock_text(starts.least)} to {clock_text(starts.most)}"
    ends = planned.minimum_length_from_shift_end_minutes
    if ends:
        text += f" and be over {length_text(ends)} before the shift's end"
    return text


def fit_contiguous(plan_shift: PlanShift, shift: WorkedShift, roster: Roster) -> str | None:
    """No stretch of work without a break is shorter or longer than allowed."""
    del roster
    if not plan_shift.constrain_contiguous_work_time:
        return None
    bounds = Bounds(
        plan_shift.minimum_contiguous_work_time_minutes or 0, plan_shift.maximum_contiguous_work_time_minutes or 0
    )
    breaks = [each for each in plan_shift.activities if not each.counts_as_contiguous_work_time]
    since: datetime = shift.span.start
    stretches: list[int] = []
    for each in sorted(shift.activities, key=lambda activity: activity.span):
        if any(_is_of(planned, each) for planned in breaks):
            stretches.append((each.span.start - since) // MINUTE)
            since = each.span.end
    stretches.append((shift.span.end - since) // MINUTE)
    wrong = next((minutes for minutes in stretches if minutes and not bounds.hold(minutes)), None)
    if wrong is None:
        return None
    return f"it has {length_text(wrong)} of work in one go, but {plan_shift.name} allows {lengths_text(bounds)}."


RULES: Mapping[str, FitRule] = {
    "workplan.day": fit_day,
    "workplan.start": fit_start,
    "workplan.start.increment": fit_increment,
    "workplan.stop": fit_stop,
    "workplan.length": fit_length,
    "workplan.activities": fit_activities,
    "workplan.activity.times": fit_activity_times,
    "workplan.contiguous": fit_contiguous,
}


def match_shift(plan: WorkPlan, shift: WorkedShift, roster: Roster) -> PlanShift | None:
    """The plan's shift that a worked one is: the one it is meant to be, else the one that it breaks the fewest rules of.

    None where the plan has no shifts.
    """
    for each in plan.shifts:
        if each.id == shift.plan_shift_id:
            return each
    if len(plan.shifts) == 1:
        return plan.shifts[0]
    key = (shift.id, shift.span.start)
    judged, matched = roster.matches.get(key, (None, None))
    if judged is not plan:
        matched = min(plan.shifts, key=lambda each: _broken(each, shift, roster), default=None)
        roster.matches[key] = (plan, matched)
    return matched


def _broken(plan_shift: PlanShift, shift: WorkedShift, roster: Roster) -> int:
    return sum(rule(plan_shift, shift, roster) is not None for rule in RULES.values())
