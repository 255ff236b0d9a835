"""What edits work on: each agent's part in the making, and what there is to say about it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shiftline.foundation.time import Interval, Zone
from shiftline.workforce.schedule.model import Absence, Activity, Covered, Part, Shift
from shiftline.workforce.schedule.rules.absences import cover_shift
from shiftline.workforce.schedule.rules.changes import is_same
from shiftline.workforce.schedule.rules.coverage import Load
from shiftline.workforce.schedule.rules.editing.asked import Edit, EditNote
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import Frame
from shiftline.workforce.units.model import ActivityCategory


@dataclass(slots=True)
class Bench:
    """An agent's part in the making. ``covered`` is what time off covers in it by shift, ``absences`` the approved ones."""

    part: Part
    zone: Zone
    covered: Mapping[str, Covered] = field(default_factory=dict[str, Covered])
    absences: tuple[Absence, ...] = ()
    shifts: dict[str, Shift] = field(default_factory=dict[str, Shift])
    fields: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self.shifts = {shift.id: shift for shift in self.part.shifts}

    def open(self, shift: Shift) -> Shift:
        """A shift without the parts of days that time off covers in it."""
        return uncover(shift, self.covered.get(shift.id)) if shift.id not in self.fields else shift

    def put(self, shift: Shift, edit: Edit) -> None:
        """The shift as it is now."""
        self.shifts[shift.id] = shift
        self.fields[shift.id] = edit.field


@dataclass(frozen=True, slots=True)
class Opened:
    """A shift that an edit takes from its agent and leaves open, as whoever takes it will work it."""

    edit: Edit
    agent_id: str
    shift: Shift


@dataclass(slots=True)
class Workshop:
    """All that a request's edits work on, and what there is to say about them. ``load`` is what is on queue."""

    benches: Mapping[str, Bench]
    frame: Frame
    load: Load
    report: Report = field(default_factory=Report)
    notes: list[EditNote] = field(default_factory=list[EditNote])
    placed: dict[str, dict[str, datetime]] = field(default_factory=dict[str, "dict[str, datetime]"])
    """By the field of a placement: each agent's instant."""
    opened: list[Opened] = field(default_factory=list[Opened])


def uncover(shift: Shift, covered: Covered | None) -> Shift:
    """The shift beneath parts of days off, when nobody changed it since. What ends before a whole day off stays cut."""
    if covered is None or covered.shift is None or any(each.day is not None for each in covered.absences):
        return shift
    expected = cover_shift(covered.shift, covered.absences)
    return covered.shift if expected is not None and is_same(expected, shift) else shift


@dataclass(frozen=True, slots=True)
class Step:
    """An edit for one of its agents."""

    edit: Edit
    bench: Bench
    index: int

    @property
    def agent_field(self) -> str:
        """Where the agent stands in the request."""
        return self.edit.agent_field(self.index)


def find_shift(step: Step, shop: Workshop) -> Shift | None:
    """The shift that an edit names, opened."""
    shift = step.bench.shifts.get(step.edit.shift_id or "")
    if shift is None:
        sentence = f"the agent {step.bench.part.agent_id} has no shift {step.edit.shift_id} in the schedule."
        shop.report.refuse(f"{step.edit.field}.shiftId", sentence, "shift.unknown")
        return None
    return step.bench.open(shift)


def span_text(activity: Activity) -> str:
    """An activity's instants, as refusals tell them."""
    return f"{activity.start:%Y-%m-%dT%H:%MZ} to {activity.end:%Y-%m-%dT%H:%MZ}"


_CUT = {ActivityCategory.MEAL: ("edit.over.meal", "meal"), ActivityCategory.BREAK: ("edit.over.break", "break")}


def note_cut(step: Step, cut: Activity, shop: Workshop) -> None:
    """Note that a meal, a break, or what was planned elsewhere loses this time."""
    agent, edit = step.bench.part.agent_id, step.edit
    span = Interval(cut.start, cut.end)
    if cut.external_activity_id is not None:
        kind = cut.external_activity_type or "activity"
        sentence = (
            f"The edit cuts the {kind} {cut.external_activity_id} of {agent}, planned elsewhere: {span_text(cut)}."
        )
        shop.notes.append(EditNote("edit.over.external.activity", edit.field, agent, sentence, span))
    code = shop.frame.codes.get(cut.code_id)
    if code is not None and code.category in _CUT:
        name, word = _CUT[code.category]
        sentence = f"The edit takes {cut.minutes} min of the {word} of {agent}, {span_text(cut)}."
        shop.notes.append(EditNote(name, edit.field, agent, sentence, span))


def note_time_off(step: Step, span: Interval, shop: Workshop) -> None:
    """Note that what is put into a span meets approved time off."""
    for absence in step.bench.absences:
        if absence.start < span.end and span.start < absence.end:
            stays = "its marker stays on the day" if absence.day is not None else "it stays over the shift"
            sentence = (
                f"What the edit puts at {span.start:%Y-%m-%dT%H:%MZ} to {span.end:%Y-%m-%dT%H:%MZ} meets approved time off of "
                f"{step.bench.part.agent_id} (request {absence.request_id}); {stays}."
            )
            note = EditNote("edit.over.time.off", step.edit.field, step.bench.part.agent_id, sentence, span)
            shop.notes.append(note)
            return


def note_bound(step: Step, activity: Activity, shop: Workshop) -> None:
    """What was planned elsewhere is not moved in silence."""
    if activity.external_activity_id is not None:
        note_cut(step, activity, shop)
