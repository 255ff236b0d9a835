"""What follows from who takes part in a conversation by message or e-mail. Pure."""

from shiftline.conversations.model.conversations import OUTSIDE, CallState, Conversation, Participant, Purpose
from shiftline.messaging.model import GuestState, GuestStatus


def choose_departures(conversation: Conversation) -> tuple[str, ...]:
    """Who is left behind: all when nobody from outside is there, and those from outside when nobody answers them any more.

    Whoever waits in a queue is not left: somebody will come.
    """
    live = [each for each in conversation.participants if each.live]
    outside = [each for each in live if each.purpose in OUTSIDE]
    if not outside:
        return tuple(each.id for each in live)
    return () if len(live) > len(outside) else tuple(each.id for each in outside)


def find_author(conversation: Conversation, communication_id: str, person_id: str | None) -> Participant | None:
    """The part that a person writes with, by its communication; None: they have no such part."""
    found = (each for each in conversation.participants if each.communication_id == communication_id)
    return next((each for each in found if person_id is not None and each.person_id == person_id), None)


def alerting_part(conversation: Conversation, person_id: str) -> Participant | None:
    """The part of a person whom an offer alerts."""
    for each in conversation.participants:
        if each.person_id == person_id and each.state is CallState.ALERTING:
            return each
    return None


def find_answering(before: Conversation, after: Conversation) -> list[Participant]:
    """Those of ours who were not connected and are."""
    here = {each.id for each in before.participants if each.state is CallState.CONNECTED}
    return [
        each
        for each in after.participants
        if each.person_id is not None and each.state is CallState.CONNECTED and each.id not in here
    ]


def agents_of(conversation: Conversation) -> list[Participant]:
    """Those of ours who are or were in it, the latest first."""
    return [each for each in reversed(conversation.participants) if each.person_id is not None]


def tell_guest(conversation: Conversation | None, participant_id: str | None, position: int | None) -> GuestStatus:
    """What a guest is told of their conversation."""
    if conversation is None:
        return GuestStatus("new")
    mine = conversation.participant(participant_id or "")
    if mine is None or not mine.live:
        return GuestStatus("ended", conversation.id)
    agents = [each for each in agents_of(conversation) if each.live]
    answering = next((each for each in agents if each.state is CallState.CONNECTED), None)
    state: GuestState = "connected" if answering else "ringing" if agents else "waiting"
    return GuestStatus(state, conversation.id, answering.name if answering else None, position)


def is_queue(participant: Participant) -> bool:
    """Whether it is the queue that takes part."""
    return participant.live and participant.purpose is Purpose.ACD
