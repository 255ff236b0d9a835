"""Edits of activities inside a shift. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from shiftline.foundation.time import MINUTE, Interval
from shiftline.workforce.schedule.model import Activity, ActivityDraft, Shift
from shiftline.workforce.schedule.rules.absences import clip
from shiftline.workforce.schedule.rules.editing.bench import (
    Bench,
    Step,
    Workshop,
    find_shift,
    note_bound,
    note_cut,
    note_time_off,
    span_text,
)
from shiftline.workforce.schedule.rules.parts import wall_text
from shiftline.workforce.schedule.rules.placing import Opening, choose_start, take_from
from shiftline.workforce.schedule.rules.shifts import Frame, fill, plan_activity
from shiftline.workforce.units.model import ON_QUEUE_ID


def _find_activity(step: Step, shift: Shift, shop: Workshop) -> Activity | None:
    """The activity that an edit names by its start; time off is not one of them."""
    start, place = step.edit.activity_start, f"{step.edit.field}.activityStartDate"
    for activity in shift.activities:
        if activity.start == start:
            if activity.time_off_request_id is None:
                return activity
            sentence = f"it is time off; change the request {activity.time_off_request_id} instead."
            shop.report.refuse(place, sentence, "edit.time.off")
            return None
    starts = ", ".join(f"{each.start:%Y-%m-%dT%H:%MZ}" for each in shift.activities)
    sentence = f"no activity of the shift {wall_text(shift)} starts then; beneath time off they start at {starts}."
    shop.report.refuse(place, sentence, "activity.unknown")
    return None


def add_activity(step: Step, shop: Workshop) -> None:
    """Put an activity over what stands in the shift that its start lies in."""
    edit = step.edit
    assert edit.start is not None
    if edit.shift_id is not None:
        shift = find_shift(step, shop)
        if shift is None:
            return
    else:
        shift = _find_at(step.bench, edit.start)
    activity = _draw(step, edit.start, shop)
    if activity is not None and _is_inside(activity, shift, step, shop):
        assert shift is not None
        _write(step, shift, activity, shop)


def _find_at(bench: Bench, instant: datetime) -> Shift | None:
    """The shift that an instant lies in, opened."""
    return next((bench.open(each) for each in bench.shifts.values() if each.start <= instant < each.end), None)


def _draw(step: Step, start: datetime, shop: Workshop) -> Activity | None:
    edit = step.edit
    assert edit.minutes is not None
    assert edit.code_id is not None
    draft = ActivityDraft(
        start=start,
        minutes=edit.minutes,
        code_id=edit.code_id,
        paid=edit.paid,
        payable_minutes=edit.payable_minutes,
        description=edit.description,
        external_activity_id=edit.external_activity_id,
        external_activity_type=edit.external_activity_type,
    )
    return plan_activity(draft, start.astimezone(UTC), edit.field, shop.frame, shop.report)


def _is_inside(activity: Activity, shift: Shift | None, step: Step, shop: Workshop) -> bool:
    if shift is not None and shift.start <= activity.start and activity.end <= shift.end:
        return True
    agent = step.bench.part.agent_id
    where = "works no shift then" if shift is None else f"works {wall_text(shift)}"
    sentence = f"the activity {span_text(activity)} must lie within a shift; {agent} {where}."
    place = step.agent_field if len(step.edit.agent_ids) > 1 else f"{step.edit.field}.startDate"
    shop.report.refuse(place, sentence, "activity.outside.shift")
    return False


def _write(step: Step, shift: Shift, activity: Activity, shop: Workshop) -> None:
    """Put an activity over what stands in a shift, and note what it cuts."""
    cut = clip(shift.activities, activity.start, activity.end)
    for each in cut:
        note_cut(step, each, shop)
    note_time_off(step, Interval(activity.start, activity.end), shop)
    span = Interval(activity.start, activity.end)
    take_from(shop.load, shift.activities, span, shop.frame.codes)
    before = clip(shift.activities, shift.start, activity.start)
    after = clip(shift.activities, activity.end, shift.end)
    _rebuild(step, shift, (*before, activity, *after))


def _rebuild(step: Step, shift: Shift, activities: Iterable[Activity]) -> None:
    kept = tuple(activities)
    paid = sum(each.payable_minutes for each in kept)
    made = msgspec.structs.replace(shift, activities=kept, paid_minutes=paid, manually_edited=True)
    step.bench.put(made, step.edit)


def _take_out(shift: Shift, activity: Activity, frame: Frame) -> Shift:
    """The shift with work on queue where an activity stood; it joins the work on queue around it."""
    activities: list[Activity] = []
    for each in shift.activities:
        piece = fill(each.start, each.end, frame) if each is activity else each
        if activities and _is_plain(activities[-1], frame) and _is_plain(piece, frame):
            activities[-1] = fill(activities[-1].start, piece.end, frame)
        else:
            activities.append(piece)
    paid = sum(each.payable_minutes for each in activities)
    return msgspec.structs.replace(shift, activities=tuple(activities), paid_minutes=paid)


def _is_plain(activity: Activity, frame: Frame) -> bool:
    """Whether it is work on queue of which nothing else is said."""
    return activity == fill(activity.start, activity.end, frame)


def move_activity(step: Step, shop: Workshop) -> None:
    """Put an activity elsewhere in its shift; work on queue stays where it was."""
    shift, edit = find_shift(step, shop), step.edit
    activity = None if shift is None else _find_activity(step, shift, shop)
    if shift is None or activity is None or edit.start is None:
        return
    start = edit.start.astimezone(UTC)
    moved = msgspec.structs.replace(activity, start=start, end=start + activity.minutes * MINUTE)
    if _is_inside(moved, shift, step, shop):
        note_bound(step, activity, shop)
        _write(step, _take_out(shift, activity, shop.frame), moved, shop)


def resize_activity(step: Step, shop: Workshop) -> None:
    """Give an activity another end; what is payable of it follows its length."""
    shift, edit = find_shift(step, shop), step.edit
    activity = None if shift is None else _find_activity(step, shift, shop)
    if shift is None or activity is None or edit.minutes is None:
        return
    if edit.minutes <= 0:
        shop.report.refuse(f"{edit.field}.lengthMinutes", "must be at least 1.")
        return
    payable = activity.payable_minutes * edit.minutes // activity.minutes
    resized = msgspec.structs.replace(
        activity, end=activity.start + edit.minutes * MINUTE, payable_minutes=min(payable, edit.minutes)
    )
    if _is_inside(resized, shift, step, shop):
        note_bound(step, activity, shop)
        _write(step, _take_out(shift, activity, shop.frame), resized, shop)


def split_activity(step: Step, shop: Workshop) -> None:
    """Make two of an activity at an instant; the second half may be of another code."""
    shift, edit = find_shift(step, shop), step.edit
    activity = None if shift is None else _find_activity(step, shift, shop)
    if shift is None or activity is None or edit.start is None:
        return
    at = edit.start.astimezone(UTC)
    if not activity.start < at < activity.end:
        sentence = f"must lie within the activity, {span_text(activity)}."
        shop.report.refuse(f"{edit.field}.startDate", sentence, "activity.outside.shift")
        return
    first_minutes = (at - activity.start) // MINUTE
    payable = activity.payable_minutes * first_minutes // activity.minutes
    first = msgspec.structs.replace(activity, end=at, payable_minutes=payable)
    second = _second_half(step, activity, at, shop)
    if second is not None:
        note_bound(step, activity, shop)
        activities = [
            piece for each in shift.activities for piece in ((first, second) if each is activity else (each,))
        ]
        _rebuild(step, shift, activities)


def _second_half(step: Step, activity: Activity, at: datetime, shop: Workshop) -> Activity | None:
    """As the first one, what is paid being shared; or of another code, paid as that says."""
    edit, minutes = step.edit, (activity.end - at) // MINUTE
    if edit.code_id is not None:
        draft = ActivityDraft(
            start=at, minutes=minutes, code_id=edit.code_id, paid=edit.paid, payable_minutes=edit.payable_minutes,
            description=edit.description,
        )  # fmt: skip
        return plan_activity(draft, at, edit.field, shop.frame, shop.report)
    first = activity.payable_minutes * (activity.minutes - minutes) // activity.minutes
    return msgspec.structs.replace(activity, start=at, payable_minutes=activity.payable_minutes - first)


def remove_activity(step: Step, shop: Workshop) -> None:
    """Put work on queue where an activity is."""
    shift = find_shift(step, shop)
    activity = None if shift is None else _find_activity(step, shift, shop)
    if shift is None or activity is None:
        return
    if _is_plain(activity, shop.frame) and activity.code_id == ON_QUEUE_ID:
        sentence = "it is work on queue already, which is what stays where something is removed."
        shop.report.refuse(f"{step.edit.field}.activityStartDate", sentence, "edit.nothing.to.remove")
        return
    note_cut(step, activity, shop)
    _rebuild(step, shift, _take_out(shift, activity, shop.frame).activities)


def place_activity(step: Step, shop: Workshop) -> None:
    """Put an activity at an instant, or at the best one in a window, for one of many agents."""
    edit, bench = step.edit, step.bench
    start = edit.start
    if start is None:
        start = _choose(step, shop)
        if start is None:
            sentence = f"in the window {bench.part.agent_id} has no {edit.minutes} minutes of work in a row without meal, break or time off."
            shop.report.refuse(step.agent_field, sentence, "edit.no.room")
            return
    shift, activity = _find_at(bench, start), _draw(step, start, shop)
    if activity is not None and _is_inside(activity, shift, step, shop):
        assert shift is not None
        shop.placed.setdefault(edit.field, {})[bench.part.agent_id] = activity.start
        _write(step, shift, activity, shop)


def _choose(step: Step, shop: Workshop) -> datetime | None:
    edit, bench = step.edit, step.bench
    assert edit.window is not None
    assert edit.minutes is not None
    blocked = tuple(Interval(each.start, each.end) for each in bench.absences)
    opening = Opening(Interval(*edit.window), edit.minutes, blocked, shop.frame.codes)
    return choose_start([bench.open(each) for each in bench.shifts.values()], opening, shop.load)
