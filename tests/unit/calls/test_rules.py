"""What follows from the state of a call, rule by rule: once it fires, once it is silent."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from shiftline.calls import rules
from shiftline.calls.errors import NotPossibleNow
from shiftline.calls.model import Call, Consultation, Hearing, LegKind, LegState, Treatment
from shiftline.conversations.model.conversations import CallState, Participant, Purpose
from unit.calls.parties import agent, call, caller, conversation, gone, leg, node, party, queue

ALERTING, CONTACTING, DIALING = CallState.ALERTING, CallState.CONTACTING, CallState.DIALING


def of(whole: Call, participant_id: str) -> Hearing:
    return rules.hear(whole)[f"leg of {participant_id}"]


def hears(whole: Call, participant_id: str) -> set[str]:
    """Whom a participant hears."""
    heard = of(whole, participant_id).others
    return {each.removeprefix("leg of ") for each in heard}


def consulting(speak_to: Any = "DESTINATION", **expert: Any) -> Call:
    """The agent asks an expert about a caller."""
    consultation = Consultation("x", "agent", "caller", "expert", speak_to)
    whole = call(caller(), agent(), party("expert", **expert), consultation=consultation)
    confined = rules.choose_confined(whole)
    there = [replace(each, confined=confined.get(each.id, False)) for each in whole.conversation.participants]
    return replace(whole, conversation=replace(whole.conversation, participants=tuple(there)))


# who hears whom


def test_the_parties_of_a_call_hear_each_other() -> None:
    both = call(caller(), agent())
    assert (hears(both, "caller"), hears(both, "agent")) == ({"agent"}, {"caller"})
    assert not of(both, "caller").silenced
    three = call(caller(), agent(), party("expert"))
    assert hears(three, "agent") == {"caller", "expert"}


def test_while_it_is_said_that_the_call_is_recorded_nobody_hears_the_others() -> None:
    told = replace(call(caller(), agent()), announcing=True)
    for each in ("caller", "agent"):
        assert of(told, each) == Hearing(treatment=Treatment.CONSENT, recorded=True)
    assert of(replace(call(caller(), agent(ALERTING)), announcing=True), "agent") == Hearing()


def test_who_only_rings_is_heard_by_nobody_and_hears_nothing() -> None:
    ringing = call(caller(), agent(ALERTING))
    assert hears(ringing, "caller") == set()
    assert of(ringing, "agent") == Hearing()


def test_a_leg_that_carries_no_sound_is_heard_by_nobody() -> None:
    half = replace(call(caller(), agent()), legs=(leg("caller"), leg("agent", LegState.ANSWERED)))
    assert hears(half, "caller") == set()
    lost = replace(half, legs=(leg("caller", LegState.LOST), leg("agent")))
    assert hears(lost, "agent") == set()


def test_an_ended_leg_hears_nothing_at_all() -> None:
    ended = replace(call(caller(), agent()), legs=(leg("caller"), leg("agent", LegState.ENDED)))
    assert set(rules.hear(ended)) == {"leg of caller"}


def test_who_has_left_hears_nothing_more() -> None:
    left = replace(call(caller(), gone("agent")), legs=(leg("caller"), leg("agent")))
    assert of(left, "agent") == Hearing()
    assert of(replace(left, legs=(leg(None),)), "None") == Hearing()


def test_who_is_muted_hears_and_gives_nothing() -> None:
    muted = call(caller(), agent(muted=True))
    assert hears(muted, "agent") == {"caller"}
    assert of(muted, "agent").silenced
    assert not of(muted, "caller").silenced


def test_who_holds_hears_silence_and_gives_nothing_and_the_other_hears_music() -> None:
    held = call(caller(confined=True), agent(held=True))
    assert of(held, "agent") == Hearing(treatment=Treatment.SILENCE, recorded=True)
    assert of(held, "caller") == Hearing(treatment=Treatment.HOLD, recorded=True)


def test_the_others_go_on_when_one_of_three_holds() -> None:
    held = call(caller(), agent(held=True), party("expert"))
    assert (hears(held, "caller"), hears(held, "expert"), hears(held, "agent")) == ({"expert"}, {"caller"}, set())


@pytest.mark.parametrize("state", [DIALING, CONTACTING])
def test_whose_call_is_not_taken_yet_hears_that_it_rings(state: CallState) -> None:
    assert of(call(party("user", Purpose.USER, state), agent(ALERTING)), "user").treatment is Treatment.RINGBACK


def test_who_waits_in_a_queue_hears_it_and_its_agent_s_phone_changes_nothing() -> None:
    assert of(call(caller(), queue()), "caller").treatment is Treatment.WAITING
    assert of(call(caller(), queue(), agent(ALERTING)), "caller").treatment is Treatment.WAITING
    assert of(call(caller(), queue(CallState.DISCONNECTED), agent()), "caller").treatment is Treatment.SILENCE


def test_who_was_transferred_to_a_phone_that_rings_hears_it() -> None:
    assert of(call(caller(), gone("agent"), party("expert", state=ALERTING)), "caller").treatment is Treatment.RINGBACK
    assert of(call(caller()), "caller").treatment is Treatment.SILENCE


# what is recorded


def test_a_leg_is_recorded_while_somebody_else_is_connected() -> None:
    both = call(caller(), agent())
    assert all(rules.is_recorded(both, each) for each in both.legs)


def test_hold_and_mute_end_no_recording() -> None:
    held = call(caller(confined=True), agent(held=True, muted=True))
    assert all(rules.is_recorded(held, each) for each in held.legs)


@pytest.mark.parametrize(
    "whole",
    [
        call(caller(), queue()),
        call(caller(), queue(), agent(ALERTING)),
        call(caller(), gone("agent")),
        call(party("user", Purpose.USER, DIALING), agent(ALERTING)),
    ],
    ids=["waits", "rings", "alone", "dials"],
)
def test_nothing_is_recorded_while_nobody_talks(whole: Call) -> None:
    assert not any(rules.is_recorded(whole, each) for each in whole.legs)


def test_a_leg_that_carries_no_sound_or_belongs_to_nobody_is_not_recorded() -> None:
    both = call(caller(), agent())
    assert not rules.is_recorded(both, leg("agent", LegState.LOST))
    assert not rules.is_recorded(both, leg("nobody"))


# hold music


def confined(whole: Call) -> set[str]:
    return {each for each, is_confined in rules.choose_confined(whole).items() if is_confined}


def test_who_is_left_by_all_others_hold_hears_music() -> None:
    assert confined(call(caller(), agent(held=True))) == {"caller"}
    assert confined(call(caller(), agent(held=True), party("expert", held=True))) == {"caller"}


def test_nobody_hears_music_while_one_other_is_there() -> None:
    assert confined(call(caller(), agent())) == set()
    assert confined(call(caller(), agent(held=True), party("expert"))) == set()


def test_two_who_hold_each_other_hear_silence_and_no_music() -> None:
    assert confined(call(caller(held=True), agent(held=True))) == set()


def test_who_waits_alone_or_rings_is_not_confined() -> None:
    assert confined(call(caller(), queue())) == set()
    assert rules.choose_confined(call(caller(), agent(ALERTING, held=True))) == {"caller": False}


def test_a_consultation_leaves_out_the_caller_as_soon_as_it_rings() -> None:
    assert confined(consulting(state=ALERTING)) == {"caller"}
    asked = consulting()
    assert (hears(asked, "agent"), hears(asked, "expert"), hears(asked, "caller")) == ({"expert"}, {"agent"}, set())
    assert of(asked, "caller").treatment is Treatment.HOLD


def test_whom_a_consultation_speaks_to_is_heard() -> None:
    asked = consulting("OBJECT")
    assert confined(asked) == {"expert"}
    assert (hears(asked, "agent"), hears(asked, "caller")) == ({"caller"}, {"agent"})
    assert confined(consulting("BOTH")) == set()
    assert confined(consulting("OBJECT", state=ALERTING)) == set()


# who goes because others went


def test_nobody_stays_in_a_call_alone() -> None:
    assert rules.choose_departures(conversation(caller(), gone("agent"))) == ("caller",)
    assert rules.choose_departures(conversation(gone("caller", Purpose.CUSTOMER), agent())) == ("agent",)


def test_two_of_three_stay() -> None:
    assert rules.choose_departures(conversation(caller(), agent())) == ()
    assert rules.choose_departures(conversation(caller(), gone("agent"), party("expert"))) == ()


def test_one_who_waits_in_a_queue_is_not_alone() -> None:
    assert rules.choose_departures(conversation(caller(), queue())) == ()
    assert rules.choose_departures(conversation(caller(), queue(), agent(ALERTING))) == ()


def test_one_who_is_on_the_way_to_a_queue_is_not_alone() -> None:
    """Their page may make its offer anew, or their media node may die, before their sound flows."""
    assert rules.choose_departures(conversation(caller(CONTACTING))) == ()
    assert rules.choose_departures(conversation(party("user", Purpose.USER, CONTACTING))) == ("user",)


def test_a_queue_goes_when_nobody_waits_in_it() -> None:
    assert rules.choose_departures(conversation(gone("caller", Purpose.CUSTOMER), queue())) == ("queue",)
    ringing = conversation(gone("caller", Purpose.CUSTOMER), queue(), agent(ALERTING))
    assert rules.choose_departures(ringing) == ("queue", "agent")


def test_who_is_called_goes_when_the_caller_gave_up_before_they_talked() -> None:
    """The caller's softphone was there and dialed; now one is left who rings."""
    given_up = conversation(gone("user", Purpose.USER), party("agent", state=ALERTING))
    assert rules.choose_departures(given_up) == ("agent",)
    dialing = conversation(party("user", Purpose.USER, DIALING), party("agent", state=ALERTING))
    assert rules.choose_departures(dialing) == ()


def test_whoever_is_only_ringing_goes_when_all_who_talked_went() -> None:
    over = conversation(
        gone("caller", Purpose.CUSTOMER), gone("agent"), party("expert", state=ALERTING), party("other", state=ALERTING)
    )
    assert rules.choose_departures(over) == ("expert", "other")
    assert rules.choose_departures(conversation(gone("caller", Purpose.CUSTOMER), gone("agent"))) == ()


# nodes


def test_a_call_lives_in_one_node() -> None:
    nodes = [node("1", legs=5), node("2")]
    whole = Call(conversation(caller(), agent()), (leg("caller", node_id="node 1"),))
    assert rules.choose_node(nodes, whole) == nodes[0]


def test_where_a_call_lives_does_not_count_once_that_node_is_dead_or_nothing_is_there_yet() -> None:
    nodes = [node("1", legs=5), node("2")]
    dead = Call(conversation(caller()), (leg("caller", node_id="node 9"),))
    rings = Call(conversation(caller()), (leg("caller", LegState.PROPOSED, node_id="node 1"),))
    assert [rules.choose_node(nodes, each) for each in (dead, rings, None)] == [nodes[1]] * 3


def test_new_calls_begin_where_the_organization_keeps_connections() -> None:
    nodes = [node("1"), node("2", legs=40, persistent=3)]
    assert rules.choose_node(nodes, None) == nodes[1]
    assert rules.choose_node([replace(each, persistent=0) for each in nodes], None) == replace(nodes[0], persistent=0)


def test_of_two_with_as_much_to_do_the_first_slot_is_taken() -> None:
    assert rules.choose_node([node("2"), node("1")], None) == node("1")
    assert rules.choose_node([], None) is None


def test_who_makes_a_leg_anew() -> None:
    assert rules.can_resume(leg("agent", jid="ana@org.localhost/tab"))
    assert not rules.can_resume(leg("agent"))
    assert not rules.can_resume(leg("caller", kind=LegKind.WEB))
    assert not rules.can_resume(leg("caller", LegState.ANSWERED, kind=LegKind.WEB, remote_sdp="v=0"))
    assert rules.can_resume(leg("caller", LegState.REQUESTED, kind=LegKind.WEB, remote_sdp="v=0"))


# steps of a leg


@pytest.mark.parametrize("state", LegState)
def test_a_leg_may_end_from_anywhere_and_stay_as_it_is(state: LegState) -> None:
    rules.check_step(leg("agent", state), LegState.ENDED)
    rules.check_step(leg("agent", state), state)


@pytest.mark.parametrize("state", [each for each in LegState if each is not LegState.ENDED])
def test_an_ended_leg_stays_ended(state: LegState) -> None:
    with pytest.raises(NotPossibleNow, match=f"is ended and cannot become {state}"):
        rules.check_step(leg("agent", LegState.ENDED), state)


def test_a_leg_goes_step_by_step() -> None:
    way = (LegState.PROPOSED, LegState.REQUESTED, LegState.OFFERED, LegState.ANSWERED, LegState.CONNECTED)
    for before, after in pairwise(way):
        rules.check_step(leg("agent", before), after)
    for before, after in ((LegState.PROPOSED, LegState.CONNECTED), (LegState.CONNECTED, LegState.ANSWERED)):
        with pytest.raises(NotPossibleNow):
            rules.check_step(leg("agent", before), after)


def test_queues_are_no_humans_and_who_has_left_is_not_there() -> None:
    there = conversation(caller(), queue(), agent(ALERTING), gone("expert"))
    assert [each.id for each in rules.humans(there)] == ["caller", "agent"]
    found = rules.queue_of(there)
    assert isinstance(found, Participant)
    assert found.id == "queue"
    assert rules.queue_of(conversation(caller(), queue(CallState.DISCONNECTED))) is None


def test_who_may_come_back_after_their_connection_was_lost() -> None:
    """Whoever is in the call, once; nobody waits for one who never came in, nor for what a station keeps between calls."""
    web = leg("caller", kind=LegKind.WEB)
    assert rules.may_return(call(caller(), agent()), web)
    assert not rules.may_return(call(caller(CONTACTING)), web)
    phone = leg("agent", jid="ana@org.localhost/tab")
    assert rules.may_return(call(caller(), agent()), phone)
    assert not rules.may_return(call(caller(), agent()), replace(phone, persistent=True))
    assert not rules.may_return(call(caller(), agent(ALERTING)), phone)
    assert not rules.may_return(call(caller(), agent()), replace(phone, state=LegState.LOST))
    assert not rules.may_return(call(caller(), agent()), leg("caller", LegState.LOST, kind=LegKind.WEB))
    assert not rules.may_return(call(gone("caller", Purpose.CUSTOMER), agent()), web)


@pytest.mark.parametrize("state", [LegState.LOST, LegState.REQUESTED, LegState.OFFERED, LegState.ANSWERED])
def test_who_is_rung_once_more_after_their_softphone_went(state: LegState) -> None:
    phone = leg("agent", state)
    assert rules.may_be_recalled(call(caller(), agent()), phone)
    assert not rules.may_be_recalled(call(caller(), agent()), replace(phone, state=LegState.PROPOSED)), "not for ever"
    assert not rules.may_be_recalled(call(caller(), agent()), replace(phone, kind=LegKind.WEB))
    assert not rules.may_be_recalled(call(caller(), agent(ALERTING)), phone), "they never were in the call"
    assert not rules.may_be_recalled(call(caller(), gone("agent")), phone)
