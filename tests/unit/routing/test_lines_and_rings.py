"""In which order interactions wait, how a bullseye opens, and how long it will take."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shiftline.routing.model.choices import Need, Waiting
from shiftline.routing.model.queues import HIGHEST_RING, Medium, QueueSettings, Ring, ScoringMethod
from shiftline.routing.rules.lines import FEWEST_HANDLED, expect_wait, name_need, order
from shiftline.routing.rules.rings import reach_ring, relax

NOON = datetime(2023, 10, 27, 12, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
BY_PRIORITY = QueueSettings(scoring_method=ScoringMethod.PRIORITY_ONLY)


def wait(name: str, minutes: float, priority: int = 0, queue_id: str = "voice") -> Waiting:
    """Somebody who waits for so many minutes at noon."""
    return Waiting(name, name, queue_id, Need(Medium.CALL), priority, NOON - minutes * MINUTE)


def names(*waiting: Waiting, **queues: QueueSettings) -> str:
    return " ".join(each.id for each in order(waiting, {"voice": QueueSettings(), **queues}))


def test_who_waits_longest_goes_first() -> None:
    assert names(wait("a", 1), wait("b", 3), wait("c", 2)) == "b c a"


def test_a_point_of_priority_goes_before_a_minute_of_waiting() -> None:
    assert names(wait("long", 4.9), wait("urgent", 0, priority=5)) == "urgent long"
    assert names(wait("long", 5.1), wait("urgent", 0, priority=5)) == "long urgent"
    assert names(wait("long", 1), wait("later", 3, priority=-5)) == "long later"


def test_by_priority_alone_waiting_counts_only_between_equals() -> None:
    waiting = (wait("a", 60), wait("b", 1, priority=1), wait("c", 2, priority=1))
    assert names(*waiting, voice=BY_PRIORITY) == "c b a"


def test_who_waits_in_another_queue_waits_as_long() -> None:
    waiting = (wait("a", 1), wait("b", 3), wait("x", 2, queue_id="other"), wait("y", 4, queue_id="other"))
    assert names(*waiting, other=QueueSettings()) == "y b x a"


def test_a_queue_by_priority_keeps_its_own_order_beside_another() -> None:
    waiting = (wait("a", 9), wait("x", 1, priority=1, queue_id="other"), wait("y", 30, queue_id="other"))
    assert names(*waiting, other=BY_PRIORITY) == "a x y"


def test_equal_ones_have_one_order() -> None:
    assert names(wait("b", 1), wait("a", 1)) == names(wait("a", 1), wait("b", 1)) == "a b"


RINGS = (Ring(10 * SECOND, ("sales",)), Ring(20 * SECOND, ("german",)), Ring(5 * SECOND))


@pytest.mark.parametrize(
    ("seconds", "ring"), [(0, 1), (9.9, 1), (10, 2), (29.9, 2), (30, 3), (34.9, 3), (35, HIGHEST_RING)]
)
def test_waiting_reaches_rings_and_after_the_last_one_everybody(seconds: float, ring: int) -> None:
    assert reach_ring(RINGS, seconds * SECOND) == ring


def test_without_rings_everybody_is_asked_at_once() -> None:
    assert reach_ring((), timedelta(0)) == HIGHEST_RING


def test_leaving_a_ring_removes_its_skills_from_what_is_asked_for() -> None:
    need = Need(Medium.CALL, ("sales", "german", "billing"))
    assert relax(need, RINGS, 1) == need
    assert relax(need, RINGS, 2).skill_ids == ("german", "billing")
    assert relax(need, RINGS, 3).skill_ids == relax(need, RINGS, HIGHEST_RING).skill_ids == ("billing",)


def test_needs_are_named_alike_when_they_are_alike() -> None:
    need = Need(Medium.CALL, ("a", "b"), "german")
    assert name_need(need) == name_need(replace(need, skill_ids=("b", "a")))
    others = [replace(need, skill_ids=("a",)), replace(need, language_id=None), replace(need, medium=Medium.CHAT)]
    assert len({name_need(each) for each in (need, *others)}) == 4


def test_the_wait_is_the_time_until_as_many_agents_are_free_as_stand_before() -> None:
    handled = [4 * MINUTE, 6 * MINUTE] * FEWEST_HANDLED
    assert expect_wait(1, handled, 1) == 5 * MINUTE
    assert expect_wait(3, handled, 5) == 3 * MINUTE


def test_the_wait_cannot_be_told_without_agents_or_with_too_few_handle_times() -> None:
    handled = [MINUTE] * FEWEST_HANDLED
    assert expect_wait(1, handled, 0) is None
    assert expect_wait(1, handled[1:], 3) is None
    assert expect_wait(1, handled, 3) is not None
