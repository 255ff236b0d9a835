"""An agent's part of a schedule as asked for becomes one that can be stored. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from shiftline.foundation.time import Zone
from shiftline.workforce.schedule.model import (
    FullDay,
    FullDayDraft,
    Neighbour,
    Part,
    PartDraft,
    Shift,
)
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import Frame, plan_shift
from shiftline.workforce.units.model import TIME_OFF_ID, ActivityCategory

FULL_DAY_MINUTES_AT_MOST = 25 * 60


@dataclass(frozen=True, slots=True)
class Planned:
    """A part, and where in the request each of its new shifts stands (by the shift's id)."""

    part: Part
    fields: Mapping[str, str]


def plan_part(draft: PartDraft, former: Part | None, zone: Zone, frame: Frame, report: Report) -> Planned:
    """What becomes of an agent's part: named shifts and days are made, edited or deleted; the others stay."""
    shifts, fields = _plan_shifts(draft, former, zone, frame, report)
    days = _plan_days(draft, former, frame, report)
    old = former or Part(agent_id=draft.agent_id)
    per_week = draft.work_plan_ids_per_week
    part = Part(
        agent_id=draft.agent_id,
        shifts=tuple(shifts),
        full_days=tuple(days),
        work_plan_id=draft.work_plan_id or (old.work_plan_id if per_week is None else None),
        work_plan_ids_per_week=per_week
        if per_week is not None
        else (old.work_plan_ids_per_week if draft.work_plan_id is None else None),
    )
    if draft.work_plan_id is not None and per_week is not None:
        report.refuse(f"{draft.field}.workPlanIdsPerWeek", "goes without workPlanId.")
    return Planned(part, fields)


def _plan_shifts(
    draft: PartDraft, former: Part | None, zone: Zone, frame: Frame, report: Report
) -> tuple[list[Shift], dict[str, str]]:
    standing = {shift.id: shift for shift in former.shifts} if former is not None else {}
    fields: dict[str, str] = {}
    named: set[str] = set()
    for wanted in draft.shifts:
        if wanted.id is not None and wanted.id in named:
            report.refuse(f"{wanted.field}.id", f"the shift {wanted.id} is named twice.", "shift.twice")
            continue
        if wanted.id is not None:
            named.add(wanted.id)
        old = None if wanted.id is None else standing.get(wanted.id)
        if wanted.delete:
            if old is None:
                report.refuse(f"{wanted.field}.id", "there is no such shift to delete.", "shift.unknown")
            else:
                del standing[old.id]
            continue
        shift = plan_shift(wanted, old, zone, frame, report)
        if shift is not None:
            standing[shift.id] = shift
            fields[shift.id] = wanted.field
    shifts = sorted(standing.values(), key=attrgetter("start"))
    judge_overlaps(shifts, fields, draft.field, report)
    return shifts, fields


def judge_overlaps(shifts: Sequence[Shift], fields: Mapping[str, str], part_field: str, report: Report) -> None:
    """Report shifts of one agent, in the order of time, that overlap."""
    for one, other in pairwise(shifts):
        if other.start < one.end:
            field = fields.get(other.id) or fields.get(one.id) or f"{part_field}.shifts[?]"
            sentence = f"the shift {wall_text(other)} overlaps the shift {wall_text(one)} of the same agent."
            report.refuse(f"{field}.startDate", sentence, "shift.overlap")


def wall_text(shift: Shift) -> str:
    """A shift as its agent reads it: ``2023-10-27 06:00-14:00 America/Chicago``."""
    return f"{shift.wall_start:%Y-%m-%d %H:%M}-{shift.wall_end:%H:%M} {shift.zone}"


def _plan_days(draft: PartDraft, former: Part | None, frame: Frame, report: Report) -> list[FullDay]:
    standing = {day.day: day for day in former.full_days} if former is not None else {}
    named = set[object]()
    for wanted in draft.full_days:
        if wanted.day in named:
            report.refuse(f"{wanted.field}.businessUnitDate", "the day is named twice.")
            continue
        named.add(wanted.day)
        if wanted.delete:
            if standing.pop(wanted.day, None) is None:
                report.refuse(f"{wanted.field}.businessUnitDate", "there is no such day off to delete.")
            continue
        day = _plan_day(wanted, frame, report)
        if day is not None:
            standing[day.day] = day
    return [standing[day] for day in sorted(standing)]


def _plan_day(draft: FullDayDraft, frame: Frame, report: Report) -> FullDay | None:
    seen, field = len(report.problems), draft.field
    code_id = draft.code_id or TIME_OFF_ID
    code = frame.codes.get(code_id)
    if code is None:
        report.refuse(
            f"{field}.activityCodeId", f"the business unit has no activity code {code_id}.", "activity.code.unknown"
        )
        return None
    if code.category is not ActivityCategory.TIME_OFF:
        report.refuse(f"{field}.activityCodeId", f"{code.name} is not a time-off code.")
    if not frame.first_day <= draft.day < frame.end_day:
        sentence = f"must be a day of the schedule, {frame.first_day} to before {frame.end_day}."
        report.refuse(f"{field}.businessUnitDate", sentence)
    minutes = code.length_minutes if draft.length_minutes is None else draft.length_minutes
    paid = code.counts_as_paid if draft.paid is None else draft.paid
    payable = draft.payable_minutes if draft.payable_minutes is not None else minutes if paid else 0
    if not 0 <= minutes <= FULL_DAY_MINUTES_AT_MOST:
        report.refuse(f"{field}.lengthMinutes", f"must be from 0 to {FULL_DAY_MINUTES_AT_MOST}.")
    elif not 0 <= payable <= minutes:
        report.refuse(f"{field}.payableMinutes", f"must be from 0 to the length of {minutes} minutes.")
    if len(report.problems) > seen:
        return None
    return FullDay(
        day=draft.day,
        code_id=code_id,
        paid=paid,
        length_minutes=minutes,
        payable_minutes=payable,
        start_offset_minutes=draft.start_offset_minutes,
        end_offset_minutes=draft.end_offset_minutes,
        description=draft.description,
        time_off_request_id=draft.time_off_request_id,
        time_off_request_sync_version=draft.time_off_request_sync_version,
    )


def judge_neighbours(planned: Mapping[str, Planned], neighbours: Sequence[Neighbour], report: Report) -> None:
    """Report shifts that overlap what is in force outside the schedule: over the week's boundary, or in another unit."""
    for neighbour in neighbours:
        plan = planned.get(neighbour.agent_id)
        for shift in plan.part.shifts if plan is not None else ():
            if shift.start < neighbour.span.end and neighbour.span.start < shift.end:
                assert plan is not None
                field = plan.fields.get(shift.id, "agentSchedules")
                sentence = (
                    f"the shift {wall_text(shift)} of {neighbour.agent_id} overlaps one in force in schedule "
                    f"{neighbour.schedule_id}, {neighbour.span.start:%Y-%m-%dT%H:%MZ} to {neighbour.span.end:%Y-%m-%dT%H:%MZ}."
                )
                report.refuse(f"{field}.startDate", sentence, "shift.overlap")
