"""What follows from the state of a call: who hears whom, who is on hold, who is recorded, and who is left behind. Pure.

A party that put the call on hold is ``held`` and hears silence; one that hears music because of it is ``confined``. Everything
else is derived here from those flags, so that mute, hold, consultation, conference and transfer are one mechanism.

Source: the vendor's model Call (``held``, ``confined``, ``muted``).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from shiftline.calls.errors import NotPossibleNow
from shiftline.calls.model import Call, Consultation, Hearing, Leg, LegKind, LegState, MediaNode, Treatment
from shiftline.conversations.model.conversations import CallState, Conversation, Participant, Purpose
from shiftline.conversations.rules.changing import queue_of

AGAIN = frozenset({LegState.REQUESTED, LegState.LOST, LegState.PROPOSED})
"""Where a leg goes whose connection is gone and whose call is not."""

STEPS: Mapping[LegState, frozenset[LegState]] = MappingProxyType(
    {
        LegState.PROPOSED: frozenset({LegState.REQUESTED}),
        LegState.REQUESTED: frozenset({LegState.OFFERED, LegState.ANSWERED, *AGAIN}),
        LegState.OFFERED: frozenset({LegState.ANSWERED, *AGAIN}),
        LegState.ANSWERED: frozenset({LegState.CONNECTED, *AGAIN}),
        LegState.CONNECTED: AGAIN,
        LegState.LOST: AGAIN,
        LegState.ENDED: frozenset(),
    }
)
"""Where a leg may go; it may end from anywhere. Back to ``REQUESTED``: it is made anew on another node; to
``PROPOSED``: its person's softphones are rung anew."""


AWAY = frozenset({LegState.LOST, LegState.PROPOSED})
"""Of whom nobody knows when they come back. A leg that is made anew on another node is back too soon for music."""


def check_step(leg: Leg, state: LegState) -> None:
    """Raises NotPossibleNow where a leg cannot go to a state."""
    if state is not leg.state and state is not LegState.ENDED and state not in STEPS[leg.state]:
        raise NotPossibleNow(f"The call leg is {leg.state} and cannot become {state}.")


def humans(conversation: Conversation) -> tuple[Participant, ...]:
    """The participants who are there or are being called; queues are no humans."""
    return tuple(each for each in conversation.participants if each.live and each.purpose is not Purpose.ACD)


def _talks(participant: Participant | None) -> bool:
    return (
        participant is not None
        and participant.state is CallState.CONNECTED
        and not participant.held
        and not participant.confined
    )


def hear(call: Call) -> dict[str, Hearing]:
    """What each live leg of a call hears and gives, by leg id."""
    talking = {leg.id for leg in call.legs if leg.state is LegState.CONNECTED and _talks(call.participant_of(leg))}
    return {leg.id: _hear(call, leg, frozenset(talking)) for leg in call.legs if leg.live}


def _hear(call: Call, leg: Leg, talking: frozenset[str]) -> Hearing:
    participant = call.participant_of(leg)
    if participant is None or not participant.live:
        return Hearing()
    recorded = is_recorded(call, leg)
    if leg.id not in talking:
        return Hearing(treatment=_treatment(participant), recorded=recorded)
    if call.announcing:
        return Hearing(treatment=Treatment.CONSENT, recorded=recorded)
    others = talking - {leg.id}
    return Hearing(
        others=others,
        treatment=Treatment.SILENCE if others else _alone(call, participant),
        silenced=participant.muted,
        recorded=recorded,
    )


def _treatment(participant: Participant) -> Treatment:
    """What is played to one who does not talk."""
    if participant.held:
        return Treatment.SILENCE
    if participant.confined:
        return Treatment.HOLD
    return Treatment.RINGBACK if participant.state in {CallState.DIALING, CallState.CONTACTING} else Treatment.SILENCE


def _alone(call: Call, participant: Participant) -> Treatment:
    """What is played to one who talks to nobody: the queue's, that somebody is being called, or music until one comes back."""
    if queue_of(call.conversation) is not None:
        return Treatment.WAITING
    others = [each for each in humans(call.conversation) if each.id != participant.id]
    if any(each.state is not CallState.CONNECTED for each in others):
        return Treatment.RINGBACK
    legs = map(call.leg_of, (each.id for each in others))
    return Treatment.HOLD if any(leg is not None and leg.state in AWAY for leg in legs) else Treatment.SILENCE


def is_recorded(call: Call, leg: Leg) -> bool:
    """Whether what a leg gives belongs into a recording: it is connected, and so is somebody else. Waiting is not recorded."""
    participant = call.participant_of(leg)
    if participant is None or participant.state is not CallState.CONNECTED or leg.state is not LegState.CONNECTED:
        return False
    others = (each for each in humans(call.conversation) if each.id != participant.id)
    return any(each.state is CallState.CONNECTED for each in others)


def choose_confined(call: Call) -> dict[str, bool]:
    """Who hears hold music, by participant id: whom a consultation leaves out, and who is left by all others' hold."""
    connected = [each for each in humans(call.conversation) if each.state is CallState.CONNECTED]
    out = _left_out(call.consultation, {each.id for each in connected})
    return {
        each.id: each.id in out or (not each.held and len(connected) > 1 and _all_held(connected, each))
        for each in connected
    }


def _all_held(connected: Sequence[Participant], one: Participant) -> bool:
    return all(other.held for other in connected if other.id != one.id)


def _left_out(consultation: Consultation | None, present: set[str]) -> set[str]:
    if consultation is None:
        return set()
    destination, wanted = consultation.destination_id, consultation.speak_to
    if wanted == "OBJECT":
        return {destination} & present
    # The one to be transferred hears music as soon as the other is called, not only once they answer.
    return {consultation.object_id} & present if wanted == "DESTINATION" else set()


def asked_no_more(conversation: Conversation, consultation: Consultation | None) -> tuple[str, ...]:
    """Who is still said to be asked in a consultation that is over, by participant id."""
    asked = (each for each in humans(conversation) if each.consult_participant_id is not None)
    return tuple(each.id for each in asked if consultation is None or each.id != consultation.destination_id)


def choose_departures(conversation: Conversation) -> tuple[str, ...]:
    """Who must go because the others went, by participant id: nobody stays in a call alone.

    One who waits in a queue, or is on the way to it, is not alone; the queue goes when nobody waits in it.
    """
    here, queue = humans(conversation), queue_of(conversation)
    goes_on = any(each.state is CallState.CONNECTED for each in here) or not _was_connected(conversation)
    if goes_on and here and (queue is not None or _arrives(here)):
        return ()
    if goes_on and len(here) >= 2:  # noqa: PLR2004  a call has two ends
        return ()
    return tuple(each.id for each in conversation.participants if each.live)


def _arrives(here: Sequence[Participant]) -> bool:
    """Whether a customer's sound does not flow yet: they enter the queue as soon as it does."""
    return any(each.purpose is Purpose.CUSTOMER and each.state is CallState.CONTACTING for each in here)


def _was_connected(conversation: Conversation) -> bool:
    return any(each.connected_at is not None for each in conversation.participants if each.purpose is not Purpose.ACD)


def choose_node(nodes: Sequence[MediaNode], call: Call | None) -> MediaNode | None:
    """The node for one more leg. None: there is none.

    A call lives in one node. Where an organization's softphones keep connections between calls, its new calls begin there:
    a session that moves to another node while it rings is taken by the vendor's client for another one.
    """
    alive = {node.id: node for node in nodes}
    for leg in call.legs if call else ():
        if leg.state is not LegState.PROPOSED and leg.node_id in alive:
            return alive[leg.node_id]
    return min(nodes, key=lambda node: (-node.persistent, node.legs, node.slot), default=None)


def can_resume(leg: Leg) -> bool:
    """Whether a leg whose node died comes back without its other side: a softphone by our own offer, a web caller whose offer
    was not answered yet by that one. Who had our answer makes an offer anew.
    """
    if leg.kind is LegKind.SOFTPHONE:
        return leg.jid is not None
    return leg.state is LegState.REQUESTED and leg.remote_sdp is not None


def may_return(call: Call, leg: Leg) -> bool:
    """Whether a leg that carries nothing any more is waited for: a web caller who is in the call makes their offer anew, and a
    softphone that hung up is about to say so.
    """
    if not _is_in_call(call, leg):
        return False
    return leg.state is LegState.CONNECTED if leg.kind is LegKind.SOFTPHONE else leg.state is not LegState.LOST


def may_be_recalled(call: Call, leg: Leg) -> bool:
    """Whether somebody whose softphone went without a word, such as a page that was loaded anew, is rung once more."""
    return _is_in_call(call, leg) and leg.kind is LegKind.SOFTPHONE and leg.state is not LegState.PROPOSED


def _is_in_call(call: Call, leg: Leg) -> bool:
    """Whether a leg's participant is in the call. What a station keeps between calls is offered anew after its call."""
    participant = call.participant_of(leg)
    return participant is not None and participant.state is CallState.CONNECTED and not leg.persistent
