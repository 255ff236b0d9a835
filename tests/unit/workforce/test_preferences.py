from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiftline.foundation.errors import Invalid
from shiftline.foundation.time import Interval
from shiftline.workforce.preferences.errors import WishesOverlap, WishNotFound
from shiftline.workforce.preferences.model import Level, Wish, WishChange, WishPlan
from shiftline.workforce.preferences.rules.stating import plan_wishes

NOW = datetime(2023, 10, 20, 12, tzinfo=UTC)
NINE = datetime(2023, 10, 23, 9, tzinfo=UTC)


def wish(wish_id: str, start: datetime, minutes: int, notes: str | None = None) -> Wish:
    return Wish(wish_id, "ada", Interval.lasting(start, minutes), Level.UNAVAILABLE, notes)


def change(index: int, start: datetime | None = None, minutes: int | None = None, **more: Any) -> WishChange:
    return WishChange(f"entities[{index}]", start=start, minutes=minutes, **more)


def plan(standing: list[Wish], *changes: WishChange, gone: tuple[str, ...] = ()) -> WishPlan:
    numbered = [(f"new-{index}", each) for index, each in enumerate(changes)]
    return plan_wishes("ada", {each.id: each for each in standing}, gone, numbered, NOW)


def test_a_new_wish_stands() -> None:
    made = plan([], change(0, NINE, 60, notes="dentist"))
    assert made.results == made.put == [wish("new-0", NINE, 60, "dentist")]


def test_what_stands_already_is_answered_and_not_written() -> None:
    made = plan([wish("a", NINE, 60)], change(0, NINE, 60))
    assert (made.results, made.put) == ([wish("a", NINE, 60)], [])


def test_a_change_keeps_what_is_not_given() -> None:
    made = plan([wish("a", NINE, 60, "dentist")], change(0, NINE, 90, id="a"))
    assert made.put == [wish("a", NINE, 90, "dentist")]


def test_room_made_in_the_same_request_can_be_used() -> None:
    made = plan([wish("a", NINE, 60)], change(0, NINE, 120), change(1, id="a", delete=True))
    assert made.removed == ["a"]
    assert made.put == [wish("new-0", NINE, 120)]


def test_two_wishes_may_change_places() -> None:
    standing = [wish("a", NINE, 60), wish("b", NINE + timedelta(hours=1), 60)]
    made = plan(standing, change(0, NINE + timedelta(hours=1), 60, id="a"), change(1, NINE, 60, id="b"))
    assert {each.id: each.span.start for each in made.put} == {"a": NINE + timedelta(hours=1), "b": NINE}


def test_removing_twice_is_harmless_and_a_wrong_id_is_not() -> None:
    assert plan([], change(0, id="a", delete=True), gone=("a",)).skipped == ["a"]
    for wrong in (change(0, id="x", delete=True), change(0, NINE, 60, id="x")):
        with pytest.raises(WishNotFound):
            plan([wish("a", NINE, 60)], wrong)


def test_touching_is_no_overlap() -> None:
    assert len(plan([wish("a", NINE, 60)], change(0, NINE + timedelta(minutes=60), 60)).put) == 1


def test_an_overlap_names_the_field_and_the_other() -> None:
    with pytest.raises(WishesOverlap, match=r"entities\[0\].timeSpan.*id a"):
        plan([wish("a", NINE, 60)], change(0, NINE + timedelta(minutes=59), 60))


def test_an_overlap_within_the_request_names_both() -> None:
    with pytest.raises(Invalid, match=r"entities\[1\].timeSpan: overlaps entities\[0\]"):
        plan([], change(0, NINE, 60), change(1, NINE + timedelta(minutes=30), 60))


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (change(0), "entities[0].timeSpan"),
        (change(0, NINE), "entities[0].timeSpan"),
        (change(0, NINE, 0), "entities[0].timeSpan.lengthMinutes"),
        (change(0, NINE, 60 * 24 * 42 + 1), "entities[0].timeSpan.lengthMinutes"),
        (change(0, NINE.replace(second=30), 60), "entities[0].timeSpan.startDate"),
        (change(0, NOW - timedelta(hours=1), 60), "entities[0].timeSpan.startDate"),
        (change(0, datetime.max.replace(second=0, microsecond=0, tzinfo=UTC), 60), "entities[0].timeSpan.startDate"),
        (change(0, datetime.min.replace(tzinfo=UTC), 60), "entities[0].timeSpan.startDate"),
        (change(0, delete=True), "entities[0].id"),
    ],
)
def test_what_is_no_wish_is_named(bad: WishChange, field: str) -> None:
    with pytest.raises(Invalid) as error:
        plan([], bad)
    assert error.value.problems[0].field == field


def test_a_wish_that_has_begun_may_be_stated() -> None:
    assert len(plan([], change(0, NOW - timedelta(hours=1), 61)).put) == 1


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=12))
def test_what_stands_after_any_accepted_request_never_overlaps(spans: list[tuple[int, int]]) -> None:
    changes = [change(index, NINE + timedelta(minutes=start), length) for index, (start, length) in enumerate(spans)]
    alone = all(
        not Interval.lasting(NINE + timedelta(minutes=a), b).overlaps(Interval.lasting(NINE + timedelta(minutes=c), d))
        for i, (a, b) in enumerate(spans)
        for c, d in spans[i + 1 :]
        if (a, b) != (c, d)
    )
    if alone:
        made = plan([], *changes)
        assert {(each.span.start, each.span.minutes) for each in made.put} == {
            (NINE + timedelta(minutes=start), length) for start, length in spans
        }
    else:
        with pytest.raises(Invalid):
            plan([], *changes)
