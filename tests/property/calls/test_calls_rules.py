"""Whoever is in a call in whatever state, with whatever legs: what its rules say of it stays true."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shiftline.calls import rules
from shiftline.calls.errors import NotPossibleNow
from shiftline.calls.model import Call, Consultation, LegState, Treatment
from shiftline.calls.operations.moving import plan_changes
from shiftline.conversations.model.changes import Change, Move, SetHeld, SetMuted
from shiftline.conversations.model.conversations import (
    ENDED,
    CallState,
    Conversation,
    DisconnectType,
    Participant,
    Purpose,
)
from shiftline.conversations.rules.changing import apply
from shiftline.foundation.errors import Refusal
from unit.calls.parties import AT, conversation, leg, party

NAMES = ("one", "two", "three", "four", "five")
LATER = AT + timedelta(seconds=30)

legs = st.none() | st.sampled_from(LegState)


@st.composite
def parties(draw: st.DrawFn, name: str) -> Participant:
    state = draw(st.sampled_from(CallState))
    live = state not in ENDED
    flags = {flag: draw(st.booleans()) and live for flag in ("muted", "held", "confined")}
    was_connected = state is not CallState.CONNECTED and draw(st.booleans())
    return party(name, draw(st.sampled_from(Purpose)), state, was_connected=was_connected, **flags)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """A call of one to five, some with legs, some in a consultation."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    there = [draw(parties(name)) for name in names]
    carried = [leg(name, state) for name in names if (state := draw(legs)) is not None]
    three = st.permutations(NAMES).map(lambda each: (each[0], each[1], each[2]))
    roles, speak_to = draw(st.none() | three), draw(st.sampled_from(("DESTINATION", "OBJECT", "BOTH")))
    consultation = None if roles is None else Consultation("x", *roles, speak_to)
    return Call(conversation(*there), tuple(carried), consultation)


def heard_by(call: Call, participant_id: str) -> set[str]:
    """The legs on which somebody is heard."""
    theirs = f"leg of {participant_id}"
    hearings = rules.hear(call)
    if theirs not in hearings or hearings[theirs].silenced:
        return set()
    return {leg_id for leg_id, hearing in hearings.items() if theirs in hearing.others}


@given(calls())
def test_nobody_hears_themself_and_all_who_talk_hear_each_other(call: Call) -> None:
    hearings = rules.hear(call)
    assert set(hearings) == {each.id for each in call.legs if each.live}
    for leg_id, hearing in hearings.items():
        assert leg_id not in hearing.others
        for other in hearing.others:
            assert hearings[other].others == hearing.others - {other} | {leg_id}
        assert not hearing.others or hearing.treatment is Treatment.SILENCE, "voices, and music over them"


@given(calls())
def test_who_is_muted_or_held_or_hears_music_or_is_not_connected_is_heard_by_nobody(call: Call) -> None:
    for each in call.conversation.participants:
        if each.muted or each.held or each.confined or each.state is not CallState.CONNECTED:
            assert heard_by(call, each.id) == set()


@given(calls())
def test_whoever_may_be_heard_is_heard_by_all_who_talk(call: Call) -> None:
    def talks(each: Participant) -> bool:
        carried = call.leg_of(each.id)
        there = carried is not None and carried.state is LegState.CONNECTED
        return there and each.state is CallState.CONNECTED and not each.held and not each.confined

    talking = [each for each in call.conversation.participants if talks(each)]
    for each in talking:
        others = {f"leg of {other.id}" for other in talking if other is not each}
        assert heard_by(call, each.id) == (set() if each.muted else others)


@given(calls())
def test_what_is_recorded_is_connected_and_has_somebody_to_talk_to(call: Call) -> None:
    hearings, there = rules.hear(call), {each.id: each for each in _connected(call.conversation)}
    for each in call.legs:
        recorded = rules.is_recorded(call, each)
        assert each.id not in hearings or hearings[each.id].recorded is recorded
        if recorded:
            participant = call.participant_of(each)
            assert each.state is LegState.CONNECTED
            assert participant is not None
            assert participant.state is CallState.CONNECTED
            assert set(there) - {participant.id}


def _connected(there: Conversation) -> list[Participant]:
    return [each for each in rules.humans(there) if each.state is CallState.CONNECTED]


@given(calls())
def test_music_is_for_whom_a_consultation_leaves_out_or_all_others_hold(call: Call) -> None:
    there, consultation = _connected(call.conversation), call.consultation
    left_out = {
        None: None,
        "DESTINATION": consultation and consultation.object_id,
        "OBJECT": consultation and consultation.destination_id,
        "BOTH": None,
    }[consultation and consultation.speak_to]
    confined = rules.choose_confined(call)
    assert set(confined) == {each.id for each in there}
    for each in there:
        others = [other for other in there if other is not each]
        on_hold = bool(others) and all(other.held for other in others) and not each.held
        assert confined[each.id] is (on_hold or each.id == left_out)


def after_departures(there: Conversation) -> Conversation:
    gone = [Move(each, CallState.DISCONNECTED, DisconnectType.PEER) for each in rules.choose_departures(there)]
    return apply(there, gone, LATER)


@given(calls())
def test_departures_leave_nobody_alone_and_no_queue_without_somebody_who_waits(call: Call) -> None:
    after = after_departures(call.conversation)
    here = rules.humans(after)
    if rules.queue_of(after) is None:
        arrives = [each for each in here if (each.purpose, each.state) == (Purpose.CUSTOMER, CallState.CONTACTING)]
        assert len(here) != 1 or arrives
    else:
        assert here
    assert rules.choose_departures(after) == (), "who went leaves nobody else behind"


@given(calls())
def test_nobody_who_talks_with_somebody_is_sent_away(call: Call) -> None:
    """Nor anybody who waits in a queue, nor whom either of them is calling."""
    there = call.conversation
    company = len(_connected(there)) > 1 or (rules.queue_of(there) is not None and _connected(there))
    if company:
        assert rules.choose_departures(there) == ()


names = st.sampled_from(NAMES)
wishes: st.SearchStrategy[Change] = st.one_of(
    st.builds(Move, names, st.sampled_from(CallState), st.just(DisconnectType.CLIENT)),
    st.builds(SetMuted, names, st.booleans()),
    st.builds(SetHeld, names, st.booleans()),
)


@given(calls(), st.lists(wishes, max_size=4))
def test_what_follows_is_done_at_once(call: Call, wanted: list[Change]) -> None:
    """A change with all that follows from it leaves nothing to follow; done again, it changes nothing."""
    try:
        plan = plan_changes(call, wanted, LATER, DisconnectType.PEER)
    except Refusal:
        return
    after = replace(call, conversation=plan.conversation, consultation=plan.consultation)
    assert rules.choose_departures(plan.conversation) == ()
    for participant_id, confined in rules.choose_confined(after).items():
        found = plan.conversation.participant(participant_id)
        assert found is not None
        assert found.confined is confined
    again = plan_changes(after, (), LATER, DisconnectType.PEER)
    assert (again.changes, again.conversation, again.consultation) == ((), plan.conversation, plan.consultation)
    # The changes alone, as they are written, come to the same.
    assert _unversioned(apply(call.conversation, plan.changes, LATER)) == _unversioned(plan.conversation)


def _unversioned(there: Conversation) -> Conversation:
    return replace(
        there, version=0, participants=tuple(replace(each, changed_version=0) for each in there.participants)
    )


@given(st.sampled_from(LegState), st.lists(st.sampled_from(LegState), max_size=12))
def test_a_leg_that_ended_stays_ended(first: LegState, wanted: list[LegState]) -> None:
    current, ended = leg("one", first), first is LegState.ENDED
    for state in wanted:
        try:
            rules.check_step(current, state)
        except NotPossibleNow:
            continue
        current = replace(current, state=state)
        ended = ended or state is LegState.ENDED
        assert current.live is not ended


@given(st.sampled_from(LegState))
def test_every_live_leg_may_end_and_each_state_is_reached_from_its_beginning(state: LegState) -> None:
    reached, fresh = {LegState.PROPOSED, LegState.ENDED}, True
    while fresh:
        fresh = {after for before in reached for after in rules.STEPS[before]} - reached
        reached |= fresh
    assert state in reached
    rules.check_step(leg("one", state), LegState.ENDED)
