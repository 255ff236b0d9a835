"""At which nodes an event is missing, by what they said and when."""

from datetime import UTC, datetime, timedelta

import pytest

from shiftline.access.model.changes import Arrival
from shiftline.signalling.propagation.model import Arrived, Follower
from shiftline.signalling.propagation.rules import LIVES, SILENT, SOON, tell_arrivals

WRITTEN = datetime(2023, 10, 27, 11, tzinfo=UTC)
TICK = timedelta(milliseconds=1)


def after(span: timedelta) -> datetime:
    return WRITTEN + span


@pytest.mark.parametrize(
    ("since", "last_seen", "now", "is_missing"),
    [
        (-SILENT, SOON, SOON, True),
        (-SILENT, SOON - TICK, SOON, False),  # it has not said anything since: nothing is known
        (-SILENT, -TICK, SILENT, True),  # it says nothing any more
        (-SILENT, -TICK, SILENT - TICK, False),
        (-SILENT, -LIVES, 2 * LIVES, True),
        (-SILENT, -LIVES - TICK, 2 * LIVES, False),  # it was gone before
        (TICK, SOON, 2 * SOON, False),  # a program that began after that need not know
        (None, SOON, 2 * SOON, False),  # it said that it ends
    ],
)
def test_a_node_that_ought_to_have_it(
    since: timedelta | None, last_seen: timedelta, now: timedelta, *, is_missing: bool
) -> None:
    follower = Follower("b", None if since is None else after(since), after(last_seen))
    found = tell_arrivals({1: WRITTEN}, {"a": [Arrived(1, 0.012, 1)]}, [follower], after(now))
    missing = (Arrival("b", None, None),) if is_missing else ()
    assert found == {1: (Arrival("a", 0.012, 1), *missing)}
    late = tell_arrivals({1: WRITTEN}, {"b": [Arrived(1, 40.0, 0)]}, [follower], after(now))
    assert late == {1: (Arrival("b", 40.0, 0),)}, "what a node had is not missing there"


def test_of_what_nothing_is_known_there_is_nothing() -> None:
    assert tell_arrivals({1: WRITTEN}, {}, [], after(SOON)) == {}
