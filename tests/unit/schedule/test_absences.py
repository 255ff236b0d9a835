"""Time off laid over shifts, and taken off again."""

from datetime import UTC, date, datetime

import msgspec

from shiftline.foundation.time import day_bounds
from shiftline.workforce.schedule.model import Absence, Part, Shift
from shiftline.workforce.schedule.rules.absences import Book, carry, cover_shift, marks_of, uncover_shift
from unit.schedule.drafts import CHICAGO, activity, at, draft, frame, planned

FRAME = frame()


def day_off(day: date, request_id: str = "r", version: int = 1) -> Absence:
    bounds = day_bounds(day, CHICAGO)
    return Absence(
        request_id=request_id,
        sync_version=version,
        code_id="5",
        paid=True,
        start=bounds.start,
        end=bounds.end,
        minutes=480,
        payable_minutes=480,
        day=day,
    )


def part_off(start: str, minutes: int, *, payable: int | None = None, paid: bool = True) -> Absence:
    begins = at(start)
    return Absence(
        request_id="r",
        sync_version=1,
        code_id="5",
        paid=paid,
        start=begins,
        end=datetime.fromtimestamp(begins.timestamp() + minutes * 60, UTC),
        minutes=minutes,
        payable_minutes=minutes if payable is None else payable,
    )


def lengths(shift: Shift | None) -> list[tuple[str, int, int]]:
    assert shift is not None
    assert shift.paid_minutes == sum(each.payable_minutes for each in shift.activities)
    return [(each.code_id, each.minutes, each.payable_minutes) for each in shift.activities]


FRIDAY = date(2023, 10, 27)
EARLY = planned(draft("2023-10-27T06:00", activities=(activity("2023-10-27T10:00", 30, "2"),)))
NIGHT = planned(draft("2023-10-26T22:00"))


def test_a_shift_that_starts_on_the_day_goes_and_another_stays() -> None:
    assert cover_shift(EARLY, [day_off(FRIDAY)]) is None
    assert cover_shift(EARLY, [day_off(date(2023, 10, 28))]) == EARLY


def test_a_shift_that_reaches_into_the_day_ends_with_its_eve() -> None:
    cut = cover_shift(NIGHT, [day_off(FRIDAY)])
    assert cut is not None
    assert (cut.start, cut.end) == (NIGHT.start, at("2023-10-27T00:00"))
    assert (cut.wall_end, cut.paid_minutes, cut.minutes) == (datetime(2023, 10, 27), 120, 120)  # noqa: DTZ001 - a wall time
    assert cover_shift(NIGHT, [day_off(date(2023, 10, 25))]) == NIGHT


def test_a_part_cuts_what_it_lies_over_and_is_paid_by_its_share() -> None:
    assert lengths(cover_shift(EARLY, [part_off("2023-10-27T10:15", 60)])) == [
        ("0", 240, 240),
        ("2", 15, 0),
        ("5", 60, 60),
        ("0", 165, 165),
    ]
    assert lengths(cover_shift(EARLY, [part_off("2023-10-27T05:00", 120, payable=60)]))[0] == ("5", 60, 30)
    assert lengths(cover_shift(EARLY, [part_off("2023-10-27T06:00", 60, paid=False)]))[0] == ("5", 60, 0)
    assert cover_shift(EARLY, [part_off("2023-10-27T14:00", 60)]) == EARLY


def test_what_lay_under_a_mark_comes_back_else_the_queue() -> None:
    marked = cover_shift(EARLY, [part_off("2023-10-27T10:00", 60)])
    assert marked is not None
    mark = marked.activities[1]
    assert lengths(uncover_shift(marked, [mark], EARLY, FRAME))[1:3] == [("2", 30, 0), ("0", 30, 30)]
    assert lengths(uncover_shift(marked, [mark], None, FRAME))[1] == ("0", 60, 60)
    assert uncover_shift(marked, [], EARLY, FRAME) is marked


def test_carrying_and_taking_back_is_nothing() -> None:
    part = Part(agent_id="ann", shifts=(NIGHT, EARLY))
    book = Book((part_off("2023-10-26T23:00", 30), day_off(FRIDAY, "s")), frozenset({"r", "s"}))
    carried = carry(part, {}, "ann", book, FRAME)
    assert carried.part is not None
    assert marks_of(carried.part) == {"r", "s"}
    assert [shift.minutes for shift in carried.part.shifts] == [120]
    covered = {each.id: each for each in carried.covered}
    assert carry(carried.part, covered, "ann", book, FRAME) == carried
    back = carry(carried.part, covered, "ann", Book((), frozenset({"r", "s"})), FRAME)
    assert (back.part, back.covered, back.clashes) == (part, (), ())


def test_no_part_is_made_for_a_day_off_and_goes_with_it() -> None:
    carried = carry(None, {}, "ann", Book((day_off(FRIDAY),), frozenset({"r"})), FRAME)
    assert carried.part is not None
    assert [day.day for day in carried.part.full_days] == [FRIDAY]
    covered = {each.id: each for each in carried.covered}
    assert carry(carried.part, covered, "ann", Book((), frozenset({"r"})), FRAME).part is None
    assert carry(None, {}, "ann", Book((day_off(date(2023, 12, 1)),), frozenset({"r"})), FRAME).part is None


def test_a_mark_of_nobodys_request_stays_and_a_stale_one_goes() -> None:
    shift = cover_shift(EARLY, [part_off("2023-10-27T10:00", 60)])
    assert shift is not None
    part = Part(agent_id="ann", shifts=(shift,))
    assert carry(part, {}, "ann", Book(), FRAME).part == part
    gone = carry(part, {}, "ann", Book((), frozenset({"r"})), FRAME).part
    assert gone is not None
    assert marks_of(gone) == set()


def test_a_shift_is_put_back_only_where_nothing_stands() -> None:
    book, none = Book((day_off(FRIDAY),), frozenset({"r"})), Book((), frozenset({"r"}))
    carried = carry(Part(agent_id="ann", shifts=(EARLY,)), {}, "ann", book, FRAME)
    assert carried.part is not None
    covered = {each.id: each for each in carried.covered}
    late = planned(draft("2023-10-27T12:00"))
    busy = msgspec.structs.replace(carried.part, shifts=(late,))
    refused = carry(busy, covered, "ann", none, FRAME)
    assert refused.part is not None
    assert refused.part.shifts == (late,)
    assert [clash.code for clash in refused.clashes] == ["timeoff.shift.not.restored"]
    evening = msgspec.structs.replace(carried.part, shifts=(planned(draft("2023-10-27T18:00", 60)),))
    both = carry(evening, covered, "ann", none, FRAME)
    assert both.part is not None
    assert (len(both.part.shifts), both.clashes) == (2, ())
