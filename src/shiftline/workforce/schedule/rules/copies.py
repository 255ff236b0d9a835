"""A part of a schedule in another week: every wall time stays what it was. Pure."""

from datetime import datetime, timedelta

import msgspec

from shiftline.foundation.ids import new_id
from shiftline.foundation.time import DAY, MINUTE, TZDATA_VERSION, Disambiguation, Zone, find_zone, resolve, wall_at
from shiftline.workforce.schedule.model import Activity, Part, Shift
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import place, remark_resolution


def move_part(part: Part, by: timedelta, report: Report) -> Part:
    """The part so many whole days later. A shift that a change of clocks leaves no time for is left out and noted."""
    moved: list[Shift] = []
    for index, shift in enumerate(part.shifts):
        field = f"{part.agent_id}.shifts[{index}]"
        copy = _copy_shift(shift, by, field, report)
        if not copy.activities:
            report.remark("shift.gone", field, "has no time in its new week (clocks go forward) and was left out.")
        elif moved and copy.start < moved[-1].end:
            report.refuse(field, "would overlap the shift before it in its new week.", "shift.overlap")
        else:
            moved.append(copy)
    days = tuple(
        msgspec.structs.replace(
            day, day=day.day + by // DAY * DAY, time_off_request_id=None, time_off_request_sync_version=None
        )
        for day in part.full_days
    )
    return msgspec.structs.replace(part, shifts=tuple(moved), full_days=days)


def move_shift(shift: Shift, by: timedelta, field: str, report: Report) -> Shift:
    """The shift at the same wall times so many whole days later (or, with none, by the present tzdata)."""
    zone = find_zone(shift.zone)
    first = resolve(shift.wall_start + by, zone, shift.start_disambiguation)
    last = resolve(shift.wall_end + by, zone, shift.end_disambiguation)
    remark_resolution(first, f"{field}.wallStart", report)
    remark_resolution(last, f"{field}.wallEnd", report)
    start, end = first.instant, max(first.instant, last.instant)
    placed = place(start, end, zone)
    activities = _move_activities(shift, by, (start, end), zone)
    return msgspec.structs.replace(
        shift,
        start=start,
        end=end,
        wall_start=placed.wall_start,
        wall_end=placed.wall_end,
        start_disambiguation=placed.start_disambiguation,
        end_disambiguation=placed.end_disambiguation,
        start_offset_seconds=placed.start_offset_seconds,
        end_offset_seconds=placed.end_offset_seconds,
        tzdata=TZDATA_VERSION,
        activities=activities,
        paid_minutes=sum(activity.payable_minutes for activity in activities),
    )


def _copy_shift(shift: Shift, by: timedelta, field: str, report: Report) -> Shift:
    """A shift of its own: no swap, and bound to no time-off request."""
    moved = move_shift(shift, by, field, report)
    activities = tuple(
        msgspec.structs.replace(activity, time_off_request_id=None, time_off_request_sync_version=None)
        for activity in moved.activities
    )
    return msgspec.structs.replace(moved, id=new_id(), activities=activities, is_swap=False, swap_reason=None)


def _move_activities(shift: Shift, by: timedelta, span: tuple[datetime, datetime], zone: Zone) -> tuple[Activity, ...]:
    """Each activity begins at its wall time again; those that a gap leaves no time for are gone.

    Payable minutes follow the length where all of it was paid, and are capped by it elsewhere.
    """
    start, end = span
    begins = [start, *(_begin(activity, shift, by, zone) for activity in shift.activities[1:])]
    moved: list[Activity] = []
    for activity, begin, until in zip(shift.activities, begins, [*begins[1:], end], strict=True):
        first = moved[-1].end if moved else start
        last = min(end, until)
        if last <= first or last <= begin:
            continue
        minutes = (last - first) // MINUTE
        payable = minutes if activity.payable_minutes == activity.minutes else min(activity.payable_minutes, minutes)
        moved.append(msgspec.structs.replace(activity, start=first, end=last, payable_minutes=payable))
    return tuple(moved)


def _begin(activity: Activity, shift: Shift, by: timedelta, zone: Zone) -> datetime:
    wall = _wall_of(activity, shift, zone)
    how = Disambiguation.LATER if wall.fold else Disambiguation.COMPATIBLE
    return resolve(wall.replace(fold=0) + by, zone, how).instant


def _wall_of(activity: Activity, shift: Shift, zone: Zone) -> datetime:
    """What the wall showed when the activity was planned, by the tzdata of then."""
    if shift.tzdata != TZDATA_VERSION and shift.start_offset_seconds == shift.end_offset_seconds:
        return (activity.start + timedelta(seconds=shift.start_offset_seconds)).replace(tzinfo=None)
    return wall_at(activity.start, zone)
