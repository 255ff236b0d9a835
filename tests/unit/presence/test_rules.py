"""The routing status follows presence and interactions by one table; what is not in it changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiftline.foundation.errors import Invalid
from shiftline.presence.errors import RoutingStatusMisused
from shiftline.presence.model import (
    PURECLOUD,
    SYSTEM_DEFINITIONS,
    AgentPresence,
    Definition,
    PresenceChange,
    RoutingState,
    RoutingStatus,
    Standing,
    SystemPresence,
)
from shiftline.presence.rules import MOVES, Cause, change_presence, choose_cause, move

NOW = datetime(2023, 10, 27, 10, 45, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def definition(presence: SystemPresence) -> Definition:
    return Definition(
        SYSTEM_DEFINITIONS[presence], "System", presence, {"en_US": presence}, "*", True, NOW, "x", NOW, "x"
    )


def standing(
    state: RoutingState = RoutingState.OFF_QUEUE, presence: SystemPresence = SystemPresence.OFFLINE
) -> Standing:
    row = AgentPresence("p", PURECLOUD, SYSTEM_DEFINITIONS[presence], presence, "", primary=True, modified_at=NOW)
    return Standing("p", RoutingStatus("p", state, NOW), {PURECLOUD: row})


def say(before: Standing, presence: SystemPresence, source: str = PURECLOUD, *, primary: bool = False) -> Standing:
    return change_presence(before, source, PresenceChange(definition(presence), primary=primary), LATER)


def test_every_move_of_the_table_is_what_the_words_say() -> None:
    for (state, cause), after in MOVES.items():
        assert state is not after
        if cause is Cause.LEFT_QUEUE:
            assert after is RoutingState.OFF_QUEUE
        if state is RoutingState.OFF_QUEUE:
            assert cause is Cause.WENT_ON_QUEUE
    for state in RoutingState:
        if state is not RoutingState.OFF_QUEUE:
            assert (state, Cause.LEFT_QUEUE) in MOVES


def test_going_on_queue_and_leaving_moves_the_status_at_that_instant() -> None:
    on = say(standing(), SystemPresence.ON_QUEUE)
    assert on.routing == RoutingStatus("p", RoutingState.IDLE, LATER)
    assert say(on, SystemPresence.MEAL).routing.state is RoutingState.OFF_QUEUE


def test_a_change_between_other_presences_leaves_the_status() -> None:
    before = standing(presence=SystemPresence.AVAILABLE)
    assert say(before, SystemPresence.BREAK).routing == before.routing


def test_saying_the_same_again_is_saying_nothing() -> None:
    before = standing(RoutingState.INTERACTING, SystemPresence.ON_QUEUE)
    assert say(before, SystemPresence.ON_QUEUE) == before
    assert change_presence(before, PURECLOUD, PresenceChange(message=""), LATER) == before


def test_a_message_alone_leaves_the_definition_and_the_status() -> None:
    before = standing(RoutingState.IDLE, SystemPresence.ON_QUEUE)
    after = change_presence(before, PURECLOUD, PresenceChange(message="at desk 4"), LATER)
    assert (after.primary.message, after.primary.modified_at) == ("at desk 4", LATER)
    assert after.primary.definition_id == before.primary.definition_id
    assert after.routing == before.routing


def test_another_source_counts_only_while_it_is_the_primary_one() -> None:
    before = standing(RoutingState.IDLE, SystemPresence.ON_QUEUE)
    beside = say(before, SystemPresence.AWAY, "TEAMS")
    assert beside.on_queue
    assert beside.routing == before.routing
    instead = change_presence(beside, "TEAMS", PresenceChange(primary=True), LATER)
    assert (instead.primary.source_id, instead.routing.state) == ("TEAMS", RoutingState.OFF_QUEUE)
    assert [each.primary for each in instead.by_source.values()].count(True) == 1
    back = change_presence(instead, PURECLOUD, PresenceChange(primary=True), LATER)
    assert (back.primary.source_id, back.routing.state) == (PURECLOUD, RoutingState.IDLE)


def test_another_source_puts_nobody_on_queue() -> None:
    with pytest.raises(Invalid) as refused:
        say(standing(), SystemPresence.ON_QUEUE, "TEAMS")
    assert refused.value.problems[0].field == "presenceDefinition.id"


def test_sources_do_not_grow_without_end() -> None:
    now = standing()
    for number in range(9):
        now = say(now, SystemPresence.BUSY, f"SOURCE-{number}")
    with pytest.raises(Invalid, match="at most 10"):
        say(now, SystemPresence.BUSY, "ONE-MORE")
    assert say(now, SystemPresence.AWAY, "SOURCE-3").of("SOURCE-3").system_presence is SystemPresence.AWAY


def test_whoever_missed_an_offer_may_say_that_they_are_ready() -> None:
    missed = standing(RoutingState.NOT_RESPONDING, SystemPresence.ON_QUEUE)
    assert choose_cause(missed, RoutingState.IDLE) is Cause.READY_AGAIN
    assert move(missed.routing, Cause.READY_AGAIN, LATER) == RoutingStatus("p", RoutingState.IDLE, LATER)


@pytest.mark.parametrize("state", list(RoutingState))
def test_wishing_for_what_is_changes_nothing(state: RoutingState) -> None:
    assert choose_cause(standing(state, SystemPresence.ON_QUEUE), state) is None


@pytest.mark.parametrize(
    ("state", "presence", "wanted", "advice"),
    [
        (RoutingState.OFF_QUEUE, SystemPresence.AVAILABLE, RoutingState.IDLE, "going on queue is a presence"),
        (RoutingState.IDLE, SystemPresence.ON_QUEUE, RoutingState.OFF_QUEUE, "leaving the queue is a presence"),
        (RoutingState.INTERACTING, SystemPresence.ON_QUEUE, RoutingState.IDLE, "follows from interactions"),
        (RoutingState.IDLE, SystemPresence.ON_QUEUE, RoutingState.INTERACTING, "follows from interactions"),
        (RoutingState.IDLE, SystemPresence.ON_QUEUE, RoutingState.NOT_RESPONDING, "follows from interactions"),
    ],
)
def test_misuse_is_refused_with_what_to_do_instead(
    state: RoutingState, presence: SystemPresence, wanted: RoutingState, advice: str
) -> None:
    with pytest.raises(RoutingStatusMisused, match=advice) as refused:
        choose_cause(standing(state, presence), wanted)
    assert refused.value.problems[0].field == "status"


Step = SystemPresence | Cause
STEPS = st.lists(
    st.one_of(
        st.sampled_from(list(SystemPresence)),
        st.sampled_from([c for c in Cause if c not in (Cause.WENT_ON_QUEUE, Cause.LEFT_QUEUE)]),
    ),
    max_size=30,
)


@given(STEPS)
def test_whatever_happens_off_queue_means_not_on_queue(steps: list[Step]) -> None:
    now = Standing("p", RoutingStatus("p"))
    for step in steps:
        if isinstance(step, SystemPresence):
            now = say(now, step)
        else:
            now = Standing("p", move(now.routing, step, LATER), now.by_source)
        assert now.on_queue == (now.routing.state is not RoutingState.OFF_QUEUE)
