"""A request's edits, one after the other. Pure."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter

import msgspec

from shiftline.workforce.schedule.rules.editing.activities import (
    add_activity,
    move_activity,
    place_activity,
    remove_activity,
    resize_activity,
    split_activity,
)
from shiftline.workforce.schedule.rules.editing.asked import Edit, EditKind, judge_shape
from shiftline.workforce.schedule.rules.editing.bench import Bench, Step, Workshop
from shiftline.workforce.schedule.rules.editing.whole_shifts import (
    add_shift,
    move_shift,
    open_shift,
    remove_shift,
    resize_shift,
)
from shiftline.workforce.schedule.rules.parts import Planned, judge_overlaps
from shiftline.workforce.schedule.rules.reporting import Report

_STEPS: Mapping[EditKind, Callable[[Step, Workshop], None]] = {
    EditKind.ADD_ACTIVITY: add_activity,
    EditKind.MOVE_ACTIVITY: move_activity,
    EditKind.RESIZE_ACTIVITY: resize_activity,
    EditKind.SPLIT_ACTIVITY: split_activity,
    EditKind.REMOVE_ACTIVITY: remove_activity,
    EditKind.PLACE_ACTIVITY: place_activity,
    EditKind.ADD_SHIFT: add_shift,
    EditKind.MOVE_SHIFT: move_shift,
    EditKind.RESIZE_SHIFT: resize_shift,
    EditKind.REMOVE_SHIFT: remove_shift,
    EditKind.OPEN_SHIFT: open_shift,
}


def apply_edits(edits: Sequence[Edit], shop: Workshop) -> dict[str, Planned]:
    """What the edits, in their order, make of each agent's part. What is wrong stands in the workshop's report."""
    for edit in edits:
        if not judge_shape(edit, shop.report):
            continue
        for index, agent_id in enumerate(edit.agent_ids):
            bench = shop.benches.get(agent_id)
            if bench is not None:
                _STEPS[edit.kind](Step(edit, bench, index), shop)
    return {agent_id: _close(bench, shop.report) for agent_id, bench in shop.benches.items()}


def _close(bench: Bench, report: Report) -> Planned:
    shifts = sorted(bench.shifts.values(), key=attrgetter("start"))
    judge_overlaps(shifts, bench.fields, "edits", report)
    return Planned(msgspec.structs.replace(bench.part, shifts=tuple(shifts)), dict(bench.fields))
