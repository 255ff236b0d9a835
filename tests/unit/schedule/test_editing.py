"""Every kind of edit: what it makes, and where it is refused or silent."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.model import Absence, Covered, Part, Shift
from shiftline.workforce.schedule.rules.absences import cover_shift
from shiftline.workforce.schedule.rules.coverage import count_on_queue, find_difference, quarters
from shiftline.workforce.schedule.rules.editing.applying import apply_edits
from shiftline.workforce.schedule.rules.editing.asked import Edit, EditKind
from shiftline.workforce.schedule.rules.editing.bench import Bench, Workshop
from shiftline.workforce.schedule.rules.placing import Opening, choose_start
from unit.schedule.drafts import CHICAGO, CODES, activity, at, draft, frame, planned

MEAL, MEETING, BREAK, QUEUE = "2", "3", "1", "0"


def day(**more: Any) -> Shift:
    """Wednesday from eight to four, with an unpaid meal at noon and a break at ten."""
    activities = (activity("2023-10-25T12:00", 30, MEAL), activity("2023-10-25T10:00", 15, BREAK))
    return planned(draft("2023-10-25T08:00", id="wed", activities=activities, **more))


def shop_of(*shifts: Shift, absences: tuple[Absence, ...] = (), covered: dict[str, Covered] | None = None) -> Workshop:
    bench = Bench(Part(agent_id="ann", shifts=shifts), CHICAGO, covered or {}, absences)
    return Workshop({"ann": bench}, frame(), count_on_queue(shifts, CODES))


def edit(kind: EditKind, **more: Any) -> Edit:
    for name in ("start", "activity_start"):
        if isinstance(more.get(name), str):
            more[name] = at(more[name])
    return Edit("edits[0]", kind, ("ann",), **more)


def apply(shop: Workshop, *edits: Edit) -> tuple[Shift, ...]:
    """What stands afterwards; nothing is wrong with it."""
    part = apply_edits(edits, shop)["ann"].part
    shop.report.check()
    for shift in part.shifts:
        assert shift.activities[0].start == shift.start
        assert shift.activities[-1].end == shift.end
        assert all(one.end == other.start for one, other in pairwise(shift.activities))
        assert shift.paid_minutes == sum(each.payable_minutes for each in shift.activities)
    return part.shifts


def refused(shop: Workshop, *edits: Edit) -> list[tuple[str, str]]:
    apply_edits(edits, shop)
    return [(problem.field, problem.code) for problem in shop.report.problems]


def inside(shift: Shift) -> list[tuple[str, int, str]]:
    return [(f"{a.start.astimezone(CHICAGO):%H:%M}", a.minutes, a.code_id) for a in shift.activities]


def told(shop: Workshop) -> list[str]:
    return [note.code for note in shop.notes]


def test_an_added_activity_cuts_what_stands_there() -> None:
    shop = shop_of(day())
    add = edit(EditKind.ADD_ACTIVITY, start="2023-10-25T11:00", minutes=30, code_id=MEETING, description="Talk")
    [shift] = apply(shop, add)
    assert inside(shift)[3:6] == [("11:00", 30, MEETING), ("11:30", 30, QUEUE), ("12:00", 30, MEAL)]
    assert (shift.paid_minutes, shift.manually_edited, told(shop)) == (450, True, [])


@pytest.mark.parametrize(
    ("start", "minutes", "notes"),
    [
        ("2023-10-25T11:30", 30, []),
        ("2023-10-25T11:45", 30, ["edit.over.meal"]),
        ("2023-10-25T10:10", 10, ["edit.over.break"]),
        ("2023-10-25T09:00", 240, ["edit.over.break", "edit.over.meal"]),
    ],
)
def test_a_cut_meal_or_break_is_noted(start: str, minutes: int, notes: list[str]) -> None:
    shop = shop_of(day())
    apply(shop, edit(EditKind.ADD_ACTIVITY, start=start, minutes=minutes, code_id=MEETING))
    assert told(shop) == notes


def test_what_was_planned_elsewhere_is_noted_when_it_is_touched() -> None:
    coaching = activity("2023-10-25T14:00", 30, MEETING, external_activity_id="c-1", external_activity_type="Coaching")
    shift = planned(draft("2023-10-25T08:00", id="wed", activities=(coaching,)))
    for change in (
        edit(EditKind.ADD_ACTIVITY, start="2023-10-25T14:15", minutes=30, code_id="6"),
        edit(EditKind.MOVE_ACTIVITY, shift_id="wed", activity_start="2023-10-25T14:00", start="2023-10-25T09:00"),
        edit(EditKind.REMOVE_ACTIVITY, shift_id="wed", activity_start="2023-10-25T14:00"),
        edit(EditKind.MOVE_SHIFT, shift_id="wed", start="2023-10-26T08:00"),
        edit(EditKind.REMOVE_SHIFT, shift_id="wed"),
        edit(EditKind.RESIZE_SHIFT, shift_id="wed", minutes=370),
    ):
        shop = shop_of(shift)
        apply(shop, change)
        assert told(shop) == ["edit.over.external.activity"], change.kind
    shop = shop_of(shift)
    apply(shop, edit(EditKind.RESIZE_SHIFT, shift_id="wed", minutes=400))
    assert told(shop) == []


def test_a_moved_activity_leaves_work_on_queue_and_pays_the_same() -> None:
    shop = shop_of(day())
    move = edit(EditKind.MOVE_ACTIVITY, shift_id="wed", activity_start="2023-10-25T12:00", start="2023-10-25T12:15")
    [shift] = apply(shop, move)
    assert inside(shift) == [
        ("08:00", 120, QUEUE), ("10:00", 15, BREAK), ("10:15", 120, QUEUE), ("12:15", 30, MEAL), ("12:45", 195, QUEUE),
    ]  # fmt: skip
    assert shift.paid_minutes == day().paid_minutes
    assert told(shop) == []
    back = edit(EditKind.MOVE_ACTIVITY, shift_id="wed", activity_start="2023-10-25T12:15", start="2023-10-25T12:00")
    assert inside(apply(shop_of(shift), back)[0]) == inside(day())


def test_a_resized_activity() -> None:
    longer = edit(EditKind.RESIZE_ACTIVITY, shift_id="wed", activity_start="2023-10-25T12:00", minutes=60)
    [shift] = apply(shop_of(day()), longer)
    assert (inside(shift)[3], shift.paid_minutes) == (("12:00", 60, MEAL), 420)
    shorter = edit(EditKind.RESIZE_ACTIVITY, shift_id="wed", activity_start="2023-10-25T12:00", minutes=10)
    [shift] = apply(shop_of(day()), shorter)
    assert (inside(shift)[3:], shift.paid_minutes) == ([("12:00", 10, MEAL), ("12:10", 230, QUEUE)], 470)
    beyond = edit(EditKind.RESIZE_ACTIVITY, shift_id="wed", activity_start="2023-10-25T12:00", minutes=300)
    assert refused(shop_of(day()), beyond) == [("edits[0].startDate", "activity.outside.shift")]


def test_a_split_activity_keeps_what_is_paid() -> None:
    half = planned(
        draft("2023-10-25T08:00", id="wed", activities=(activity("2023-10-25T08:00", 45, "6", payable_minutes=20),))
    )
    split = edit(EditKind.SPLIT_ACTIVITY, shift_id="wed", activity_start="2023-10-25T08:00", start="2023-10-25T08:10")
    [shift] = apply(shop_of(half), split)
    assert [(each.minutes, each.payable_minutes) for each in shift.activities[:2]] == [(10, 4), (35, 16)]
    assert shift.paid_minutes == half.paid_minutes
    other = edit(
        EditKind.SPLIT_ACTIVITY,
        shift_id="wed",
        activity_start="2023-10-25T08:00",
        start="2023-10-25T08:10",
        code_id=MEAL,
    )
    [shift] = apply(shop_of(half), other)
    assert [(each.code_id, each.payable_minutes) for each in shift.activities[:2]] == [("6", 4), (MEAL, 0)]
    outside = edit(EditKind.SPLIT_ACTIVITY, shift_id="wed", activity_start="2023-10-25T08:00", start="2023-10-25T08:45")
    assert refused(shop_of(half), outside) == [("edits[0].startDate", "activity.outside.shift")]


def test_a_removed_activity_becomes_work_on_queue() -> None:
    [shift] = apply(shop_of(day()), edit(EditKind.REMOVE_ACTIVITY, shift_id="wed", activity_start="2023-10-25T10:00"))
    assert inside(shift) == [("08:00", 240, QUEUE), ("12:00", 30, MEAL), ("12:30", 210, QUEUE)]
    nothing = edit(EditKind.REMOVE_ACTIVITY, shift_id="wed", activity_start="2023-10-25T08:00")
    assert refused(shop_of(day()), nothing) == [("edits[0].activityStartDate", "edit.nothing.to.remove")]


def test_a_moved_shift_takes_its_activities_along() -> None:
    [shift] = apply(shop_of(day()), edit(EditKind.MOVE_SHIFT, shift_id="wed", start="2023-10-26T09:00"))
    assert inside(shift)[1:4] == [("11:00", 15, BREAK), ("11:15", 105, QUEUE), ("13:00", 30, MEAL)]
    assert (shift.id, shift.paid_minutes) == ("wed", 450)
    outside = edit(EditKind.MOVE_SHIFT, shift_id="wed", start="2023-10-29T09:00")
    assert refused(shop_of(day()), outside) == [("edits[0].startDate", "shift.outside.schedule")]


def test_a_resized_shift_grows_by_work_and_cuts_what_is_outside() -> None:
    shop = shop_of(day())
    [shift] = apply(shop, edit(EditKind.RESIZE_SHIFT, shift_id="wed", start="2023-10-25T07:00"))
    assert (inside(shift)[:2], shift.minutes, told(shop)) == ([("07:00", 60, QUEUE), ("08:00", 120, QUEUE)], 540, [])
    shop = shop_of(day())
    [shift] = apply(shop, edit(EditKind.RESIZE_SHIFT, shift_id="wed", start="2023-10-25T12:15", minutes=120))
    assert inside(shift) == [("12:15", 15, MEAL), ("12:30", 105, QUEUE)]
    assert told(shop) == ["edit.over.break", "edit.over.meal"]
    none = edit(EditKind.RESIZE_SHIFT, shift_id="wed", start="2023-10-25T16:00")
    assert refused(shop_of(day()), none) == [("edits[0].lengthMinutes", "shift.length")]


def test_shifts_added_and_removed_and_never_over_one_another() -> None:
    add = edit(EditKind.ADD_SHIFT, start="2023-10-26T08:00", minutes=240)
    assert [inside(each) for each in apply(shop_of(day()), add)][1] == [("08:00", 240, QUEUE)]
    assert apply(shop_of(day()), edit(EditKind.REMOVE_SHIFT, shift_id="wed")) == ()
    over = edit(EditKind.ADD_SHIFT, start="2023-10-25T15:00", minutes=240)
    assert refused(shop_of(day()), over) == [("edits[0].startDate", "shift.overlap")]
    assert len(apply(shop_of(day()), edit(EditKind.REMOVE_SHIFT, shift_id="wed"), over)) == 1


def absence(start: str, end: str, **more: Any) -> Absence:
    return Absence(
        request_id="r-1", sync_version=1, code_id="5", paid=True, start=at(start), end=at(end), minutes=60,
        payable_minutes=60, **more,
    )  # fmt: skip


def test_edits_work_on_what_lies_beneath_parts_of_days_off() -> None:
    off = absence("2023-10-25T11:30", "2023-10-25T12:30")
    base = day()
    standing = cover_shift(base, [off])
    assert standing is not None
    covered = {"wed": Covered(id="wed", shift=base, absences=(off,))}
    shop = shop_of(standing, absences=(off,), covered=covered)
    move = edit(EditKind.MOVE_ACTIVITY, shift_id="wed", activity_start="2023-10-25T12:00", start="2023-10-25T13:00")
    [shift] = apply(shop, move)
    assert inside(shift)[2:] == [("10:15", 165, QUEUE), ("13:00", 30, MEAL), ("13:30", 150, QUEUE)]
    assert told(shop) == []
    over = edit(EditKind.ADD_ACTIVITY, start="2023-10-25T12:00", minutes=60, code_id=MEETING)
    shop = shop_of(standing, absences=(off,), covered=covered)
    apply(shop, over)
    assert told(shop) == ["edit.over.meal", "edit.over.time.off"]


def test_a_mark_is_not_an_activity_to_edit() -> None:
    off = absence("2023-10-25T13:00", "2023-10-25T14:00")
    standing = cover_shift(day(), [off])
    assert standing is not None
    shop = shop_of(standing)
    gone = edit(EditKind.REMOVE_ACTIVITY, shift_id="wed", activity_start="2023-10-25T13:00")
    assert refused(shop, gone) == [("edits[0].activityStartDate", "edit.time.off")]


def window(start: str, end: str, minutes: int, *blocked: Interval) -> Opening:
    return Opening(Interval(at(start), at(end)), minutes, blocked, CODES)


def test_the_best_instant_is_where_most_are_on_queue() -> None:
    shift = day()
    load = count_on_queue([shift], CODES)
    for quarter in quarters(at("2023-10-25T13:00"), at("2023-10-25T13:30")):
        load[quarter[0]] += 60
    assert choose_start([shift], window("2023-10-25T08:00", "2023-10-25T16:00", 30), load) == at("2023-10-25T13:00")
    even = count_on_queue([shift], CODES)
    assert choose_start([shift], window("2023-10-25T09:50", "2023-10-25T16:00", 30), even) == at("2023-10-25T10:15")


@pytest.mark.parametrize(
    ("first", "last", "minutes", "found"),
    [
        ("2023-10-25T11:45", "2023-10-25T13:00", 30, "2023-10-25T12:30"),  # after the meal
        ("2023-10-25T11:45", "2023-10-25T12:45", 30, None),
        ("2023-10-25T06:00", "2023-10-25T08:30", 30, "2023-10-25T08:00"),
        ("2023-10-25T06:00", "2023-10-25T08:29", 30, None),
        ("2023-10-25T08:00", "2023-10-25T16:00", 300, None),
    ],
)
def test_a_place_never_touches_meals_breaks_or_the_ends(first: str, last: str, minutes: int, found: str | None) -> None:
    start = choose_start([day()], window(first, last, minutes), Counter())
    assert start == (None if found is None else at(found))


def test_a_place_avoids_time_off() -> None:
    blocked = Interval(at("2023-10-25T08:00"), at("2023-10-25T09:40"))
    opening = window("2023-10-25T08:00", "2023-10-25T10:00", 15, blocked)
    start = choose_start([day()], opening, count_on_queue([day()], CODES))
    assert start == at("2023-10-25T09:40")


def test_coverage_differs_by_what_is_on_queue_alone() -> None:
    before = count_on_queue([day()], CODES)
    [after] = apply(shop_of(day()), edit(EditKind.ADD_ACTIVITY, start="2023-10-25T11:50", minutes=20, code_id=MEETING))
    # Ten minutes before the meal; within it nobody was on queue.
    assert find_difference(before, count_on_queue([after], CODES)) == {at("2023-10-25T11:45"): -10}
    assert find_difference(before, before) == {}
