"""A conversation that took place elsewhere grows with each leg that comes in, in whatever order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from shiftline.conversations.model.conversations import Conversation, Direction, Purpose
from shiftline.conversations.model.past import PastConversation, PastParticipant
from shiftline.conversations.rules.recalling import recall

START = datetime(2023, 11, 5, 6, 59, 59, tzinfo=UTC)


def leg(number: int, first: float, last: float, *, division: str = "home") -> PastConversation:
    began, ended = START + timedelta(minutes=first), START + timedelta(minutes=last)
    outside = PastParticipant(
        id="c-outside", purpose=Purpose.CUSTOMER, started_at=began, ended_at=ended, address="tel:+13125550100"
    )
    inside = PastParticipant(
        id=f"r-{number}-agent", purpose=Purpose.AGENT, started_at=began, ended_at=ended, person_id=f"p-{number}"
    )
    return PastConversation(
        id="c", direction=Direction.INBOUND, participants=(outside, inside), division_ids=(division,)
    )


def told(*legs: PastConversation) -> Conversation:
    known: Conversation | None = None
    for each in legs:
        known = recall(known, each, "org-1")
    assert known is not None
    return known


def test_a_leg_makes_a_conversation_that_is_over() -> None:
    found = told(leg(1, 0, 5))
    assert (found.version, found.live, found.imported, found.address) == (1, False, True, "tel:+13125550100")
    assert (found.started_at, found.ended_at) == (START, START + timedelta(minutes=5))
    assert not any(each.live or each.wrapping_up for each in found.participants)


def test_the_order_in_which_legs_come_does_not_matter() -> None:
    legs = [leg(1, 0, 5), leg(2, 3, 9), leg(3, 9, 60, division="other")]
    ends = [told(*some) for some in permutations(legs)]
    assert {(each.started_at, each.ended_at, each.version) for each in ends} == {(START, START + timedelta(hours=1), 3)}
    assert {frozenset(each.division_ids) for each in ends} == {frozenset({"home", "other"})}
    customers = [next(one for one in each.participants if one.id == "c-outside") for each in ends]
    assert {(each.started_at, each.ended_at) for each in customers} == {(START, START + timedelta(hours=1))}


def test_what_is_told_again_is_no_news() -> None:
    found = told(leg(1, 0, 5))
    assert recall(found, leg(1, 0, 5), "org-1") is found
    assert recall(found, leg(1, 1, 4), "org-1") is found


def test_only_what_changed_has_the_new_version() -> None:
    found = told(leg(1, 0, 5), leg(2, 3, 9))
    assert {each.id: each.changed_version for each in found.participants} == {
        "c-outside": 2,
        "r-1-agent": 1,
        "r-2-agent": 2,
    }


def test_nobody_makes_no_conversation() -> None:
    with pytest.raises(ValueError, match="took part"):
        recall(None, replace(leg(1, 0, 5), participants=()), "org-1")
