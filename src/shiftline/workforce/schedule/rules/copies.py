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
        copy = _move_shift(shift, by, field, report)
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


def _move_shift(shift: Shift, by: timedelta, field: str, report: Report) -> Shift:
    zone = find_zone(shift.zone)
    start = _move_wall(shift.wall_start, shift.start_disambiguation, by, zone)
    end = _move_wall(shift.wall_end, shift.end_disambiguation, by, zone)
    remark_resolution(resolve(shift.wall_start + by, zone, shift.start_disambiguation), f"{field}.wallStart", report)
    remark_resolution(resolve(shift.wall_end + by, zone, shift.end_disambiguation), f"{field}.wallEnd", report)
    end = max(start, end)
    placed = place(start, end, zone)
    activities = _move_activities(shift, by, (start, end), zone)
    return msgspec.structs.replace(
        shift,
        id=new_id(),
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
        is_swap=False,
        swap_reason=None,
    )


def _move_wall(wall: datetime, disambiguation: Disambiguation, by: timedelta, zone: Zone) -> datetime:
    return resolve(wall + by, zone, disambiguation).instant


def _move_activities(shift: Shift, by: timedelta, span: tuple[datetime, datetime], zone: Zone) -> tuple[Activity, ...]:
    """Each activity begins at its wall time again; those that a gap leaves no time for are gone.

    Payable minutes follow the length where all of it was paid, and are capped by it elsewhere.
    """
    start, end = span
    begins = [start, *(_begin(activity, by, zone) for activity in shift.activities[1:])]
    moved: list[Activity] = []
    for activity, begin, until in zip(shift.activities, begins, [*begins[1:], end], strict=True):
        first, last = max(start, begin), min(end, until)
        if last <= first or (moved and last <= moved[-1].end):
            continue
        first = moved[-1].end if moved else first
        minutes = (last - first) // MINUTE
        payable = minutes if activity.payable_minutes == activity.minutes else min(activity.payable_minutes, minutes)
        moved.append(
            msgspec.structs.replace(
                activity,
                start=first,
                end=last,
                payable_minutes=payable,
                time_off_request_id=None,
                time_off_request_sync_version=None,
            )
        )
    return tuple(moved)


def _begin(activity: Activity, by: timedelta, zone: Zone) -> datetime:
    wall = wall_at(activity.start, zone)
    later = Disambiguation.LATER if wall.fold else Disambiguation.COMPATIBLE
    return resolve(wall.replace(fold=0) + by, zone, later).instant
