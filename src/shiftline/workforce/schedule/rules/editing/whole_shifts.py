"""Edits of whole shifts. Pure."""

from datetime import UTC, datetime

from shiftline.foundation.time import MINUTE, Interval
from shiftline.workforce.schedule.model import Activity, ActivityDraft, Shift, ShiftDraft
from shiftline.workforce.schedule.rules.absences import clip
from shiftline.workforce.schedule.rules.editing.bench import (
    Opened,
    Step,
    Workshop,
    find_shift,
    note_bound,
    note_cut,
    note_time_off,
)
from shiftline.workforce.schedule.rules.shifts import carry_activities, plan_shift


def add_shift(step: Step, shop: Workshop) -> None:
    """Put a shift in; by default all of it is work on queue."""
    edit = step.edit
    draft = ShiftDraft(
        field=edit.field,
        start=edit.start,
        minutes=edit.minutes,
        activities=edit.activities,
        skill_ids=edit.skill_ids,
        manually_edited=True,
    )
    made = plan_shift(draft, None, step.bench.zone, shop.frame, shop.report)
    if made is not None:
        note_time_off(step, made.span, shop)
        step.bench.put(made, edit)


def move_shift(step: Step, shop: Workshop) -> None:
    """Put a shift elsewhere with its activities; what is bound to its time stays behind."""
    shift, edit = find_shift(step, shop), step.edit
    if shift is None or edit.start is None:
        return
    start = edit.start.astimezone(UTC)
    _note_left_behind(step, shift, shop)
    draft = ShiftDraft(
        field=edit.field,
        id=shift.id,
        start=start,
        minutes=shift.minutes,
        activities=carry_activities(shift, start),
        manually_edited=True,
    )
    _replan(step, shift, draft, shop)


def _note_left_behind(step: Step, shift: Shift, shop: Workshop) -> None:
    for activity in shift.activities:
        note_bound(step, activity, shop)


def _replan(step: Step, shift: Shift, draft: ShiftDraft, shop: Workshop) -> None:
    made = plan_shift(draft, shift, step.bench.zone, shop.frame, shop.report)
    if made is None:
        return
    for start, end in _added(shift, made):
        note_time_off(step, Interval(start, end), shop)
    step.bench.put(made, step.edit)


def _added(former: Shift, shift: Shift) -> list[tuple[datetime, datetime]]:
    """The spans of a shift in which it was not worked before."""
    if shift.end <= former.start or former.end <= shift.start:
        return [(shift.start, shift.end)]
    pieces = ((shift.start, former.start), (former.end, shift.end))
    return [(start, end) for start, end in pieces if start < end]


def resize_shift(step: Step, shop: Workshop) -> None:
    """Give a shift another start or end; activities outside are cut, new time is work on queue."""
    shift, edit = find_shift(step, shop), step.edit
    if shift is None:
        return
    start = shift.start if edit.start is None else edit.start.astimezone(UTC)
    # A start alone moves the start; the end stays where it is.
    minutes = edit.minutes if edit.minutes is not None else (shift.end - start) // MINUTE
    for activity in shift.activities:
        if activity.start < start or activity.end > start + minutes * MINUTE:
            note_cut(step, activity, shop)
    kept = clip(shift.activities, start, start + max(minutes, 0) * MINUTE)
    draft = ShiftDraft(
        field=edit.field,
        id=shift.id,
        start=start,
        minutes=minutes,
        activities=tuple(_draft_of(each) for each in kept),
        manually_edited=True,
    )
    _replan(step, shift, draft, shop)


def _draft_of(activity: Activity) -> ActivityDraft:
    return ActivityDraft(
        start=activity.start,
        minutes=activity.minutes,
        code_id=activity.code_id,
        paid=activity.paid,
        payable_minutes=activity.payable_minutes,
        description=activity.description,
        time_off_request_id=activity.time_off_request_id,
        time_off_request_sync_version=activity.time_off_request_sync_version,
        external_activity_id=activity.external_activity_id,
        external_activity_type=activity.external_activity_type,
    )


def remove_shift(step: Step, shop: Workshop) -> None:
    """Take a shift out."""
    shift = find_shift(step, shop)
    if shift is not None:
        _note_left_behind(step, shift, shop)
        del step.bench.shifts[shift.id]
        step.bench.fields[shift.id] = step.edit.field


def open_shift(step: Step, shop: Workshop) -> None:
    """Take a shift out and leave it open; what is bound to its agent becomes work on queue."""
    shift, edit = find_shift(step, shop), step.edit
    if shift is None:
        return
    draft = ShiftDraft(
        field=edit.field,
        id=shift.id,
        start=shift.start,
        minutes=shift.minutes,
        activities=carry_activities(shift, shift.start),
        skill_ids=shift.skill_ids if edit.skill_ids is None else edit.skill_ids,
        manually_edited=True,
    )
    made = plan_shift(draft, None, step.bench.zone, shop.frame, shop.report)
    if made is not None:
        remove_shift(step, shop)
        shop.opened.append(Opened(edit, step.bench.part.agent_id, made))
