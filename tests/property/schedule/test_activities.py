"""Activities partition their shift, whatever was asked for and however often it is copied."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shiftline.foundation.time import DAY, TZDATA_VERSION, resolve
from shiftline.workforce.schedule.model import ActivityDraft, Part, Shift, ShiftDraft
from shiftline.workforce.schedule.rules.copies import move_part
from shiftline.workforce.schedule.rules.reporting import Report
from shiftline.workforce.schedule.rules.shifts import plan_shift
from unit.schedule.drafts import CHICAGO, CODES, at, frame

# The weeks around both nights on which Chicago's clocks move.
starts = st.one_of(
    st.integers(0, 14 * 24 * 4 - 1).map(lambda quarter: at("2023-10-29T00:00") + timedelta(minutes=15 * quarter)),
    st.integers(0, 14 * 24 * 4 - 1).map(lambda quarter: at("2024-03-03T00:00") + timedelta(minutes=15 * quarter)),
)
pieces = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 16), st.sampled_from(sorted(CODES))), max_size=6)


def plan(start: object, quarters: int, asked: list[tuple[int, int, str]]) -> Shift | None:
    report = Report()
    drafts = tuple(
        ActivityDraft(start=start + timedelta(minutes=15 * offset), minutes=15 * length, code_id=code)  # type: ignore[operator]
        for offset, length, code in asked
    )
    wanted = ShiftDraft(field="s", start=start, minutes=15 * quarters, activities=drafts)  # type: ignore[arg-type]
    first = "2023-10-29" if start < at("2024-01-01T00:00") else "2024-03-03"  # type: ignore[operator]
    shift = plan_shift(wanted, None, CHICAGO, frame(first, 3), report)
    assert (shift is None) == bool(report.problems)
    return shift


def check_partition(shift: Shift) -> None:
    assert shift.activities[0].start == shift.start
    assert shift.activities[-1].end == shift.end
    assert all(one.end == other.start for one, other in pairwise(shift.activities))
    assert all(0 <= each.payable_minutes <= each.minutes for each in shift.activities)
    assert sum(each.minutes for each in shift.activities) == shift.minutes
    assert shift.paid_minutes == sum(each.payable_minutes for each in shift.activities)


@given(starts, st.integers(1, 96), pieces)
def test_activities_partition_their_shift(start: object, quarters: int, asked: list[tuple[int, int, str]]) -> None:
    shift = plan(start, quarters, asked)
    if shift is not None:
        check_partition(shift)
        assert shift.tzdata == TZDATA_VERSION
        again = resolve(shift.wall_start, CHICAGO, shift.start_disambiguation)
        assert again.instant == shift.start


@given(starts, st.integers(1, 96), st.lists(st.integers(-30, 30), min_size=1, max_size=3))
def test_copies_are_partitioned_and_keep_the_wall(start: object, quarters: int, weeks: list[int]) -> None:
    shift = plan(start, quarters, [(4, 2, "2"), (8, 1, "1")])
    if shift is None:
        return
    part = Part(agent_id="ann", shifts=(shift,))
    for week in weeks:
        report = Report()
        moved = move_part(part, week * 7 * DAY, report)
        if not moved.shifts:
            assert [note.code for note in report.notes][-1:] == ["shift.gone"]
            return
        [copied] = moved.shifts
        check_partition(copied)
        if not report.notes:
            assert copied.wall_start == part.shifts[0].wall_start + week * 7 * DAY
            assert copied.wall_end == part.shifts[0].wall_end + week * 7 * DAY
        part = moved
