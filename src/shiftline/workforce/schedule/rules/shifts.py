"""A shift as asked for becomes a shift that can be stored. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeAlias

from shiftline.foundation.errors import Invalid
from shiftline.foundation.ids import new_id
from shiftline.foundation.time import (
    MINUTE,
    TZDATA_VERSION,
    Disambiguation,
    Interval,
    Occurrence,
    Resolved,
    Zone,
    resolve,
)
from shiftline.workforce.schedule.model import LONGEST_SHIFT_MINUTES, Activity, ActivityDraft, Shift, ShiftDraft
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.units.model import ON_QUEUE_ID, ActivityCode

YEARS = range(1990, 2201)

Span: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Frame:
    """What every shift of a schedule is judged by. ``bounds`` are the schedule's weeks in the business unit's zone."""

    bounds: Interval
    first_day: date
    end_day: date
    codes: Mapping[str, ActivityCode]
    longest_minutes: int = LONGEST_SHIFT_MINUTES


def plan_shift(draft: ShiftDraft, former: Shift | None, zone: Zone, frame: Frame, report: Report) -> Shift | None:
    """The shift that a draft asks for; ``former`` is the one that it edits. None when it cannot be, which is reported."""
    span = _find_span(draft, former, zone, report)
    if span is None or not _judge_span(span, draft.field, frame, report):
        return None
    start, end = span
    activities = _choose_activities(draft, former, span, frame, report)
    if activities is None:
        return None
    placed = place(start, end, zone)
    old = former or _BLANK
    return Shift(
        id=draft.id or new_id(),
        start=start,
        end=end,
        wall_start=placed.wall_start,
        wall_end=placed.wall_end,
        zone=zone.key,
        start_disambiguation=placed.start_disambiguation,
        end_disambiguation=placed.end_disambiguation,
        start_offset_seconds=placed.start_offset_seconds,
        end_offset_seconds=placed.end_offset_seconds,
        tzdata=TZDATA_VERSION,
        activities=activities,
        paid_minutes=sum([activity.payable_minutes for activity in activities]),
        is_swap=old.is_swap if draft.is_swap is None else draft.is_swap,
        swap_reason=old.swap_reason if draft.swap_reason is None else draft.swap_reason or None,
        skill_ids=old.skill_ids if draft.skill_ids is None else draft.skill_ids,
        manually_edited=old.manually_edited if draft.manually_edited is None else draft.manually_edited,
        work_plan_id=draft.work_plan_id or old.work_plan_id,
        work_plan_shift_id=draft.work_plan_shift_id or old.work_plan_shift_id,
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """What the wall shows at a shift's two instants."""

    wall_start: datetime
    wall_end: datetime
    start_disambiguation: Disambiguation
    end_disambiguation: Disambiguation
    start_offset_seconds: int
    end_offset_seconds: int


def place(start: datetime, end: datetime, zone: Zone) -> Placed:
    """Read two instants off the wall of a zone."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    return Placed(
        wall_start=first.replace(tzinfo=None, fold=0),
        wall_end=last.replace(tzinfo=None, fold=0),
        start_disambiguation=Disambiguation.LATER if first.fold else Disambiguation.COMPATIBLE,
        end_disambiguation=Disambiguation.LATER if last.fold else Disambiguation.COMPATIBLE,
        start_offset_seconds=_offset_seconds(first),
        end_offset_seconds=_offset_seconds(last),
    )


def _offset_seconds(local: datetime) -> int:
    offset = local.utcoffset()
    assert offset is not None
    return offset.days * 86400 + offset.seconds


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BLANK = Shift(
    id="",
    start=_EPOCH,
    end=_EPOCH,
    wall_start=_EPOCH.replace(tzinfo=None),
    wall_end=_EPOCH.replace(tzinfo=None),
    zone="",
    start_disambiguation=Disambiguation.COMPATIBLE,
    end_disambiguation=Disambiguation.COMPATIBLE,
    start_offset_seconds=0,
    end_offset_seconds=0,
    tzdata="",
    activities=(),
    paid_minutes=0,
)


def _find_span(draft: ShiftDraft, former: Shift | None, zone: Zone, report: Report) -> Span | None:
    if draft.wall_start is not None or draft.wall_end is not None:
        return _find_wall_span(draft, zone, report)
    start = draft.start if draft.start is not None else former.start if former is not None else None
    minutes = draft.minutes if draft.minutes is not None else former.minutes if former is not None else None
    if start is None:
        report.refuse(f"{draft.field}.startDate", "is required.")
        return None
    if minutes is None:
        report.refuse(f"{draft.field}.lengthMinutes", "is required.")
        return None
    if start.year not in YEARS:
        report.refuse(f"{draft.field}.startDate", f"the year must be from {YEARS[0]} to {YEARS[-1]}.", "invalid.date")
        return None
    start = start.astimezone(UTC)
    if start.second or start.microsecond:
        report.refuse(f"{draft.field}.startDate", "must stand on a whole minute.", "invalid.date")
        return None
    return start, start + minutes * MINUTE


def _find_wall_span(draft: ShiftDraft, zone: Zone, report: Report) -> Span | None:
    found: list[Resolved] = []
    for name, wall in (("wallStart", draft.wall_start), ("wallEnd", draft.wall_end)):
        field = f"{draft.field}.{name}"
        if wall is None:
            report.refuse(field, "is required beside the other wall time.")
        elif wall.second or wall.microsecond or wall.year not in YEARS:
            report.refuse(
                field, f"must stand on a whole minute of the years {YEARS[0]} to {YEARS[-1]}.", "invalid.date"
            )
        else:
            try:
                resolved = resolve(wall, zone, draft.disambiguation, field)
            except Invalid as error:
                report.take(error)
                continue
            found.append(resolved)
            remark_resolution(resolved, field, report)
    if len(found) < 2:  # noqa: PLR2004 - both times
        return None
    start, end = found[0].instant, found[1].instant
    if end <= start:
        report.refuse(f"{draft.field}.wallEnd", "must be after the start.")
        return None
    return start, end


def remark_resolution(resolved: Resolved, field: str, report: Report) -> None:
    """Tell the caller about a wall time in a gap or a fold."""
    if resolved.occurrence is not Occurrence.ONCE and resolved.sentence is not None:
        report.remark(f"wall.time.{resolved.occurrence}", field, resolved.sentence)


def _judge_span(span: Span, field: str, frame: Frame, report: Report) -> bool:
    start, end = span
    minutes = (end - start) // MINUTE
    if not 0 < minutes <= frame.longest_minutes:
        limit = frame.longest_minutes
        sentence = f"a shift lasts from 1 minute to {limit} minutes ({limit / 60:g} hours); this one has {minutes}."
        report.refuse(f"{field}.lengthMinutes", sentence, "shift.length")
        return False
    if not frame.bounds.start <= start < frame.bounds.end:
        sentence = f"the shift must start within the schedule's weeks, {frame.first_day} to before {frame.end_day}."
        report.refuse(f"{field}.startDate", sentence, "shift.outside.schedule")
        return False
    return True


def _choose_activities(
    draft: ShiftDraft, former: Shift | None, span: Span, frame: Frame, report: Report
) -> tuple[Activity, ...] | None:
    if draft.activities is not None:
        return plan_activities(draft.activities, span, f"{draft.field}.activities", frame, report)
    if former is not None and (former.start, former.end) == span:
        return former.activities
    return (fill(*span, frame),)


def fill(start: datetime, end: datetime, frame: Frame) -> Activity:
    """Time that nothing was said about: on queue."""
    code = frame.codes[ON_QUEUE_ID]
    minutes = (end - start) // MINUTE
    return Activity(
        start=start,
        end=end,
        code_id=code.id,
        paid=code.counts_as_paid,
        payable_minutes=minutes if code.counts_as_paid else 0,
    )


def plan_activities(
    drafts: tuple[ActivityDraft, ...], span: Span, field: str, frame: Frame, report: Report
) -> tuple[Activity, ...] | None:
    """The activities of a shift: in order, without overlaps, within it; gaps between them are on queue."""
    planned: list[Activity] = []
    seen, (cursor, end) = len(report.problems), span
    for index, draft in sorted(enumerate(drafts), key=_by_start):
        if draft.start.year not in YEARS:
            report.refuse(
                f"{field}[{index}].startDate", "the activity lies outside its shift.", "activity.outside.shift"
            )
            continue
        start = draft.start.astimezone(UTC)
        activity = plan_activity(draft, start, f"{field}[{index}]", frame, report)
        if activity is None:
            continue
        if not _fits(activity, cursor, span, f"{field}[{index}]", report):
            continue
        if start > cursor:
            planned.append(fill(cursor, start, frame))
        planned.append(activity)
        cursor = activity.end
    if cursor < end:
        planned.append(fill(cursor, end, frame))
    return tuple(planned) if len(report.problems) == seen else None


def _by_start(item: tuple[int, ActivityDraft]) -> datetime:
    return item[1].start


def _fits(activity: Activity, cursor: datetime, span: Span, field: str, report: Report) -> bool:
    if activity.start < span[0] or activity.end > span[1]:
        report.refuse(f"{field}.startDate", "the activity lies outside its shift.", "activity.outside.shift")
    elif activity.start < cursor:
        report.refuse(f"{field}.startDate", "the activity overlaps the one before it.", "activity.overlap")
    else:
        return True
    return False


def plan_activity(draft: ActivityDraft, start: datetime, field: str, frame: Frame, report: Report) -> Activity | None:
    """The activity that a draft asks for, at an instant in UTC; None when it cannot be, which is reported."""
    code, minutes = frame.codes.get(draft.code_id), draft.minutes
    if code is None:
        sentence = f"the business unit has no activity code {draft.code_id}."
        report.refuse(f"{field}.activityCodeId", sentence, "activity.code.unknown")
        return None
    if start.second or start.microsecond:
        report.refuse(f"{field}.startDate", "must stand on a whole minute.", "invalid.date")
        return None
    if minutes <= 0:
        report.refuse(f"{field}.lengthMinutes", "must be at least 1.")
        return None
    paid = code.counts_as_paid if draft.paid is None else draft.paid
    payable = draft.payable_minutes
    if payable is None:
        payable = minutes if paid else 0
    elif not 0 <= payable <= minutes:
        report.refuse(f"{field}.payableMinutes", f"must be from 0 to the length of {minutes} minutes.")
        return None
    return Activity(
        start=start,
        end=start + minutes * MINUTE,
        code_id=code.id,
        paid=paid,
        payable_minutes=payable,
        description=draft.description,
        time_off_request_id=draft.time_off_request_id,
        time_off_request_sync_version=draft.time_off_request_sync_version,
        external_activity_id=draft.external_activity_id,
        external_activity_type=draft.external_activity_type,
    )


def carry_activities(former: Shift, start: datetime) -> tuple[ActivityDraft, ...]:
    """What a shift takes along to another start or agent; what is bound to its own time and person stays behind."""
    moved = start - former.start
    return tuple(
        ActivityDraft(
            start=activity.start + moved,
            minutes=activity.minutes,
            code_id=activity.code_id,
            paid=activity.paid,
            payable_minutes=activity.payable_minutes,
            description=activity.description,
        )
        for activity in former.activities
        if activity.external_activity_id is None and activity.time_off_request_id is None
    )
