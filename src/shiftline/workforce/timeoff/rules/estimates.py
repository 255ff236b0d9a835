"""How long a day off would be, from the shifts that lie there. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shiftline.foundation.time import MINUTE, Interval, Zone, day_bounds
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.timeoff.model import OverrideType, Plan
from shiftline.workforce.units.model import ActivityCode


@dataclass(frozen=True, slots=True)
class Estimate:
    """A whole day (``day``) or a part of one (``starts_at``) with its minutes, and those that would be paid.

    ``flexible``: nothing is planned there, so that the agent may ask for other minutes. The offsets are minutes after the
    day's first instant, of whole days with shifts.
    """

    minutes: int
    payable_minutes: int
    flexible: bool
    day: date | None = None
    starts_at: datetime | None = None
    override: OverrideType | None = None
    earliest_start_offset: int | None = None
    latest_end_offset: int | None = None


@dataclass(frozen=True, slots=True)
class Grounds:
    """What an estimate is made from."""

    code: ActivityCode
    paid: bool
    zone: Zone
    plan: Plan | None
    shifts: Sequence[Shift]


def estimate_day(day: date, requested: int | None, grounds: Grounds) -> Estimate:
    """A whole day: as long as its shifts, or as asked, or as the activity code says; never longer than the day."""
    bounds = day_bounds(day, grounds.zone)
    shifts = [shift for shift in grounds.shifts if bounds.contains(shift.start)]
    planned = sum(shift.minutes for shift in shifts)
    minutes = min(requested or planned or grounds.code.length_minutes, bounds.minutes)
    paid = sum(shift.paid_minutes for shift in shifts) if shifts and requested is None else minutes
    return Estimate(
        minutes=minutes,
        payable_minutes=min(paid, minutes) if grounds.paid else 0,
        flexible=not shifts,
        day=day,
        override=None if grounds.plan is None else grounds.plan.overrides.get(day),
        earliest_start_offset=(min(s.start for s in shifts) - bounds.start) // MINUTE if shifts else None,
        latest_end_offset=(max(s.end for s in shifts) - bounds.start) // MINUTE if shifts else None,
    )


def estimate_part(starts_at: datetime, requested: int | None, grounds: Grounds) -> Estimate:
    """A part of a day: as asked, or as the activity code says, no longer than what is left of the shift around it."""
    around = next((shift for shift in grounds.shifts if shift.span.contains(starts_at)), None)
    minutes = requested or grounds.code.length_minutes
    if around is not None:
        minutes = min(minutes, (around.end - starts_at) // MINUTE)
    span = Interval.lasting(starts_at, minutes)
    overrides = {} if grounds.plan is None else grounds.plan.overrides
    hit = [kind for day, kind in sorted(overrides.items()) if day_bounds(day, grounds.zone).overlaps(span)]
    return Estimate(
        minutes=minutes,
        payable_minutes=minutes if grounds.paid else 0,
        flexible=around is None,
        starts_at=span.start,
        override=hit[0] if hit else None,
    )
