"""Edits as they are asked for, and whether they say what they need. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.model import ActivityDraft
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import YEARS


class EditKind(StrEnum):
    """What an edit does."""

    ADD_ACTIVITY = "addActivity"
    MOVE_ACTIVITY = "moveActivity"
    RESIZE_ACTIVITY = "resizeActivity"
    SPLIT_ACTIVITY = "splitActivity"
    REMOVE_ACTIVITY = "removeActivity"
    PLACE_ACTIVITY = "placeActivity"  # for many agents: at an instant, or at each one's best instant in a window
    ADD_SHIFT = "addShift"
    MOVE_SHIFT = "moveShift"
    RESIZE_SHIFT = "resizeShift"
    REMOVE_SHIFT = "removeShift"
    OPEN_SHIFT = "openShift"  # taken from its agent, and left open for others


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit as asked for; ``field`` is where it stands in the request. ``agent_ids`` are one but for PLACE_ACTIVITY.

    ``activity_start`` names an activity; ``start`` and ``minutes`` are what shall be (the second half's start of a split).
    Paid, payable minutes: by the code unless given.
    """

    field: str
    kind: EditKind
    agent_ids: tuple[str, ...]
    shift_id: str | None = None
    activity_start: datetime | None = None
    start: datetime | None = None
    minutes: int | None = None
    code_id: str | None = None
    window: tuple[datetime, datetime] | None = None
    paid: bool | None = None
    payable_minutes: int | None = None
    description: str | None = None
    external_activity_id: str | None = None
    external_activity_type: str | None = None
    activities: tuple[ActivityDraft, ...] | None = None
    skill_ids: tuple[str, ...] | None = None
    queue_ids: tuple[str, ...] | None = None

    def agent_field(self, index: int) -> str:
        """Where one of its agents stands in the request."""
        return f"{self.field}.userIds[{index}]" if self.kind is EditKind.PLACE_ACTIVITY else f"{self.field}.userId"


@dataclass(frozen=True, slots=True)
class EditNote:
    """Something that an edit does and that a planner must agree to; ``span`` is where."""

    code: str
    field: str
    agent_id: str
    sentence: str
    span: Interval


_NAMES = {
    "shift_id": "shiftId",
    "activity_start": "activityStartDate",
    "start": "startDate",
    "minutes": "lengthMinutes",
    "code_id": "activityCodeId",
}
_NEEDED: Mapping[EditKind, tuple[str, ...]] = {
    EditKind.ADD_ACTIVITY: ("start", "minutes", "code_id"),
    EditKind.MOVE_ACTIVITY: ("shift_id", "activity_start", "start"),
    EditKind.RESIZE_ACTIVITY: ("shift_id", "activity_start", "minutes"),
    EditKind.SPLIT_ACTIVITY: ("shift_id", "activity_start", "start"),
    EditKind.REMOVE_ACTIVITY: ("shift_id", "activity_start"),
    EditKind.PLACE_ACTIVITY: ("minutes", "code_id"),
    EditKind.ADD_SHIFT: ("start", "minutes"),
    EditKind.MOVE_SHIFT: ("shift_id", "start"),
    EditKind.RESIZE_SHIFT: ("shift_id",),
    EditKind.REMOVE_SHIFT: ("shift_id",),
    EditKind.OPEN_SHIFT: ("shift_id",),
}


def judge_shape(edit: Edit, report: Report) -> bool:
    """Whether an edit says what its kind needs."""
    seen = len(report.problems)
    for name in _NEEDED[edit.kind]:
        if getattr(edit, name) is None:
            report.refuse(f"{edit.field}.{_NAMES[name]}", f"is required to {edit.kind}.", "edit.incomplete")
    if not edit.agent_ids:
        name = "userIds" if edit.kind is EditKind.PLACE_ACTIVITY else "userId"
        report.refuse(f"{edit.field}.{name}", f"is required to {edit.kind}.", "edit.incomplete")
    if len(set(edit.agent_ids)) < len(edit.agent_ids):
        report.refuse(f"{edit.field}.userIds", "names an agent twice.", "agent.twice")
    if edit.kind is EditKind.RESIZE_SHIFT and edit.start is None and edit.minutes is None:
        report.refuse(f"{edit.field}.lengthMinutes", "is required, or startDate, or both.", "edit.incomplete")
    if edit.kind is EditKind.PLACE_ACTIVITY:
        _judge_window(edit, report)
    for name in ("activity_start", "start"):
        _judge_instant(getattr(edit, name), f"{edit.field}.{_NAMES[name]}", report)
    return len(report.problems) == seen


def _judge_window(edit: Edit, report: Report) -> None:
    if (edit.start is None) == (edit.window is None):
        report.refuse(f"{edit.field}.window", "is required, or startDate, and not both.", "edit.incomplete")
    if edit.window is None:
        return
    for name, instant in zip(("startDate", "endDate"), edit.window, strict=True):
        _judge_instant(instant, f"{edit.field}.window.{name}", report)
    if edit.window[1] <= edit.window[0]:
        report.refuse(f"{edit.field}.window.endDate", "must be after startDate.", "invalid.date")
    if edit.minutes is not None and edit.minutes <= 0:
        report.refuse(f"{edit.field}.lengthMinutes", "must be at least 1.")


def _judge_instant(instant: datetime | None, place: str, report: Report) -> None:
    if instant is None:
        return
    if instant.year not in YEARS:
        report.refuse(place, f"the year must be from {YEARS[0]} to {YEARS[-1]}.", "invalid.date")
    elif instant.second or instant.microsecond:
        report.refuse(place, "must stand on a whole minute.", "invalid.date")


def is_window(window: tuple[datetime, datetime]) -> bool:
    """Whether a window can be looked into; if not, its edit is refused."""
    return window[0] < window[1] and all(instant.year in YEARS for instant in window)
