"""Rules of an agent's part of a schedule, and of what differs between two states of it."""

from datetime import UTC, date, datetime, timedelta

import msgspec

from shiftline.foundation.time import DAY, Interval
from shiftline.workforce.schedule.model import (
    AgentUpdate,
    FullDay,
    FullDayDraft,
    KeptPart,
    Neighbour,
    Part,
    PartDraft,
    PartStamp,
    ShiftDraft,
)
from shiftline.workforce.schedule.rules.changes import find_changes, is_same, merge_updates
from shiftline.workforce.schedule.rules.copies import move_part
from shiftline.workforce.schedule.rules.parts import Planned, judge_neighbours, plan_part
from shiftline.workforce.schedule.rules.reporting import PROBLEMS_AT_MOST, Report
from unit.schedule.drafts import CHICAGO, activity, at, draft, frame, part_of, planned

NOW = datetime(2023, 10, 20, tzinfo=UTC)


def kept(part: Part, version: int = 1) -> KeptPart:
    stamp = PartStamp(version=version, created_by="x", created_at=NOW, changed_by="x", changed_at=NOW)
    return KeptPart(part, stamp, tuple(range(100, 100 + len(part.shifts))))


def test_shifts_of_an_agent_may_touch_and_not_overlap() -> None:
    first, second = draft("2023-10-27T06:00"), msgspec.structs.replace(draft("2023-10-27T14:00"), field="t")
    assert part_of(first, second)[1].problems == []
    close = msgspec.structs.replace(draft("2023-10-27T13:59"), field="t")
    [problem] = part_of(first, close)[1].problems
    assert (problem.field, problem.code) == ("t.startDate", "shift.overlap")
    assert "2023-10-27 06:00-14:00" in problem.sentence


def test_a_new_shift_that_meets_one_that_stays_is_named() -> None:
    former = Part(agent_id="ann", shifts=(planned(draft("2023-10-27T06:00", id="old")),))
    [problem] = part_of(draft("2023-10-27T05:00", 120), former=former)[1].problems
    assert problem.field == "s.startDate"


def test_a_days_off_needs_a_time_off_code_and_a_day_of_the_schedule() -> None:
    def codes(**more: object) -> list[str]:
        report = Report()
        day = FullDayDraft(field="d", **{"day": date(2023, 10, 27), **more})  # type: ignore[arg-type]
        plan_part(PartDraft(field="p", agent_id="ann", full_days=(day,)), None, CHICAGO, frame(), report)
        return [problem.field for problem in report.problems]

    assert codes() == []
    assert codes(day=date(2023, 10, 29)) == ["d.businessUnitDate"]
    assert codes(code_id="1") == ["d.activityCodeId"]
    assert codes(length_minutes=1501) == ["d.lengthMinutes"]
    assert codes(delete=True) == ["d.businessUnitDate"]


def test_work_plans_are_for_all_weeks_or_for_each() -> None:
    def problems(**more: object) -> int:
        report = Report()
        plan_part(PartDraft(field="p", agent_id="ann", **more), None, CHICAGO, frame(), report)  # type: ignore[arg-type]
        return len(report.problems)

    assert problems(work_plan_id="w") == problems(work_plan_ids_per_week=("w", "v")) == 0
    assert problems(work_plan_id="w", work_plan_ids_per_week=("v",)) == 1


def test_a_neighbour_in_force_is_met_or_touched() -> None:
    part = Part(agent_id="ann", shifts=(planned(draft("2023-10-28T22:00", id="night")),))
    for start, met in (("2023-10-29T06:00", 0), ("2023-10-29T05:59", 1)):
        report = Report()
        other = Neighbour("ann", "next", Interval.lasting(at(start), 60))
        judge_neighbours({"ann": Planned(part, {"night": "f"})}, [other], report)
        assert [problem.field for problem in report.problems] == ["f.startDate"] * met
        judge_neighbours({"bob": Planned(part, {})}, [other], report)
        assert len(report.problems) == met


def test_changes_are_what_differs_by_id() -> None:
    one, two = planned(draft("2023-10-26T06:00", id="1")), planned(draft("2023-10-27T06:00", id="2"))
    moved, three = planned(draft("2023-10-27T07:00", id="2")), planned(draft("2023-10-28T06:00", id="3"))
    before, after = Part(agent_id="ann", shifts=(one, two)), Part(agent_id="ann", shifts=(moved, three))
    changes = find_changes({"ann": kept(before)}, {"ann": after})
    assert changes.closed_keys == [101, 100]
    assert [shift.id for _, shift in changes.inserted] == ["2", "3"]
    assert changes.updates == {"ann": AgentUpdate((three.start,), (moved.start,), (one.start,))}
    assert changes.agents == [after]
    assert find_changes({"ann": kept(before)}, {"ann": before}).is_empty
    assert find_changes({}, {"ann": None}).is_empty
    assert find_changes({"ann": kept(before)}, {"ann": None}).gone == ["ann"]


def test_by_which_tzdata_a_shift_was_resolved_is_no_difference_and_its_reason_is() -> None:
    one = planned(draft("2023-10-26T06:00", id="1"))
    assert is_same(one, msgspec.structs.replace(one, tzdata="2020a"))
    assert not is_same(one, msgspec.structs.replace(one, tzdata="2020a", swap_reason="Trade"))


def test_days_off_are_compared_by_day() -> None:
    off = FullDay(day=date(2023, 10, 27), code_id="5", paid=True, length_minutes=480, payable_minutes=480)
    longer = msgspec.structs.replace(off, length_minutes=600)
    before, after = Part(agent_id="ann", full_days=(off,)), Part(agent_id="ann", full_days=(longer,))
    changes = find_changes({"ann": kept(before)}, {"ann": after})
    assert (changes.closed_days, changes.inserted_days) == ([("ann", off)], [("ann", longer)])
    assert changes.agents == [after]


def test_a_shift_taken_and_given_at_the_same_time_is_edited() -> None:
    a, b, c = (NOW + timedelta(days=day) for day in range(3))
    merged = merge_updates(AgentUpdate(deleted=(a, b)), AgentUpdate(added=(b, c)))
    assert merged == AgentUpdate(added=(c,), edited=(b,), deleted=(a,))


def test_a_copy_moves_walls_and_forgets_swaps_and_requests() -> None:
    meal = activity("2023-10-28T01:00", 30, "2", time_off_request_id="r", description="Lunch")
    source = planned(draft("2023-10-27T22:00", activities=(meal,), is_swap=True, swap_reason="Trade"))
    report = Report()
    [copied] = move_part(Part(agent_id="ann", shifts=(source,)), 8 * DAY, report).shifts
    assert (copied.wall_start, copied.wall_end) == (source.wall_start + 8 * DAY, source.wall_end + 8 * DAY)
    assert (copied.minutes, copied.paid_minutes) == (540, 510)
    lunch = next(each for each in copied.activities if each.code_id == "2")
    assert (lunch.description, lunch.time_off_request_id, lunch.minutes) == ("Lunch", None, 30)
    assert (copied.is_swap, copied.swap_reason, copied.id == source.id) == (False, None, False)
    assert report.notes == []


def test_a_report_tells_a_hundred_problems_at_most() -> None:
    report = Report()
    for number in range(PROBLEMS_AT_MOST + 50):
        report.refuse(f"f{number}", "is wrong.")
    assert len(report.problems) == PROBLEMS_AT_MOST


def test_a_draft_that_deletes_what_is_not_there_is_refused() -> None:
    [problem] = part_of(ShiftDraft(field="s", id="x", delete=True))[1].problems
    assert (problem.field, problem.code) == ("s.id", "shift.unknown")
