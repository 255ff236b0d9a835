"""What becomes of one call: each fate of each leg's recording with each pause, and each way in which its offers came to nothing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import TypeAlias

from benchmarks.access.faults import AGENT, QUEUE, SKILL, Case
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    ConversationDraft,
    Direction,
    Participant,
    ParticipantDraft,
    Purpose,
)
from shiftline.conversations.operations.conversations import open_conversation_in
from shiftline.presence.model import SystemPresence
from shiftline.recordings.control.model import Scope
from shiftline.recordings.model import OpenRecording, RecordingDraft
from shiftline.recordings.operations.opening import open_recording_in
from shiftline.recordings.operations.pausing import begin_pause_in, end_pause_in
from shiftline.recordings.operations.scoping import set_scoped_policy
from shiftline.recordings.operations.sealing import lose_recording_in
from shiftline.routing.model.interactions import InteractionDraft, Offer
from shiftline.routing.operations.choosing import make_offers_in
from shiftline.routing.operations.interactions import enqueue_in, withdraw_in
from shiftline.routing.operations.offers import decline_offer_in, fail_offer_in, miss_offer_in

TALK = "the-talk"
Leg: TypeAlias = Callable[[Case, Conversation, Participant], Awaitable[object]]


@dataclass(frozen=True)
class Fate:
    """What became of something, and the code that tells it. ``known`` False: nobody can say."""

    name: str
    code: str | None = None
    known: bool = True


@dataclass(frozen=True)
class Tale:
    """One call: its fates, and what is to be told of it."""

    name: str
    bring_about: Callable[[Case], Awaitable[object]]
    expected: tuple[str, ...]
    unknown: bool = False


async def _record(case: Case, talk: Conversation, one: Participant) -> OpenRecording | None:
    return await open_recording_in(
        case.tx,
        RecordingDraft(
            conversation_id=talk.id,
            participant_id=one.id,
            leg_id=f"leg-of-{one.id}",
            started_at=case.tx.context.now(),
            zone="America/Chicago",
            direction=talk.direction,
            person_id=one.person_id,
            participants=talk.participants,
        ),
    )


async def _lose(case: Case, talk: Conversation, one: Participant) -> None:
    opened = await _record(case, talk, one)
    assert opened is not None
    await lose_recording_in(case.tx, opened.id, case.tx.context.now(), "Its node is gone.")


async def _make_none(case: Case, talk: Conversation, one: Participant) -> None:
    await set_scoped_policy(case.admin, Scope(), {"record": False})
    assert await _record(case, talk, one) is None
    await set_scoped_policy(case.admin, Scope(), {"record": True})


async def _tell_nothing(case: Case, talk: Conversation, one: Participant) -> None:
    """A leg of which no recording and no reason is known."""
    del case, talk, one


LEGS: dict[Fate, Leg] = {
    Fate("recorded"): _record,
    Fate("lost", "recording.lost"): _lose,
    Fate("not made", "recording.not_made"): _make_none,
    Fate("silent", known=False): _tell_nothing,
}
PAUSES = ("never paused", "paused", "was paused")


def list_recorded() -> list[Tale]:
    """Every pair of fates of the two legs, with each pause; and a call in which nobody spoke with anybody."""
    told = [_tell(legs, pause) for legs in product(LEGS, repeat=2) for pause in PAUSES]
    return [*told, Tale("only waited", _wait_alone, ("recording.not_begun",))]


def _tell(legs: Sequence[Fate], pause: str) -> Tale:
    async def bring_about(case: Case) -> None:
        talk = await _talk(case, CallState.CONNECTED)
        for fate, one in zip(legs, talk.participants, strict=True):
            await LEGS[fate](case, talk, one)
        if pause != "never paused":
            await begin_pause_in(case.tx, talk.id)
        if pause == "was paused":
            await end_pause_in(case.tx, talk.id)

    codes = [code for code in ("recording.lost", "recording.not_made") if code in {each.code for each in legs}]
    # Of what was never recorded, no pause is told.
    if pause == "paused" and any(each.name in ("recorded", "lost") for each in legs):
        codes.append("recording.paused")
    name = " and ".join(each.name for each in legs)
    return Tale(f"{name}, {pause}", bring_about, tuple(codes), unknown=not all(each.known for each in legs))


async def _wait_alone(case: Case) -> None:
    await _talk(case, CallState.ALERTING)


async def _talk(case: Case, agent: CallState) -> Conversation:
    caller = ParticipantDraft(purpose=Purpose.CUSTOMER, direction=Direction.INBOUND, state=CallState.CONNECTED)
    answering = ParticipantDraft(purpose=Purpose.AGENT, direction=Direction.INBOUND, state=agent, person_id=AGENT)
    draft = ConversationDraft(direction=Direction.INBOUND, participants=(caller, answering), id=TALK)
    return await open_conversation_in(case.tx, draft)


OFFERS: dict[Fate, Callable[[Case, Offer], Awaitable[object]]] = {
    Fate("missed", "offer.missed"): lambda case, offer: miss_offer_in(case.tx, offer.id),
    Fate("declined", "offer.declined"): lambda case, offer: decline_offer_in(case.tx, offer.id),
    Fate("failed", "offer.failed"): lambda case, offer: fail_offer_in(case.tx, offer.id, "ice.failed"),
}
WITHDRAWN = Fate("taken back while it rang", "offer.withdrawn")


def list_offered() -> list[Tale]:
    """A call that left its queue again: after one offer, after each two of them, looked at by nobody, and one that never came to one."""
    alone = [_offer((fate,)) for fate in OFFERS] + [_offer((WITHDRAWN,))]
    pairs = [_offer((first, second)) for first in OFFERS for second in (*OFFERS, WITHDRAWN)]
    return [
        *alone,
        *pairs,
        Tale("nobody was sought", _leave_at_once, ("offer.none",)),
        Tale("rang by no queue", _wait_alone, ("conversation.not_queued",)),
    ]


def _offer(fates: Sequence[Fate]) -> Tale:
    async def bring_about(case: Case) -> None:
        await _talk(case, CallState.ALERTING)
        await enqueue_in(case.tx, InteractionDraft(TALK, QUEUE, skill_ids=(SKILL,)))
        for fate in fates:
            case.clock.advance(timedelta(minutes=5))  # past the pause after a refusal
            await case.be(SystemPresence.AVAILABLE)
            await case.be(SystemPresence.ON_QUEUE)
            [offer] = await make_offers_in(case.tx)
            if fate is not WITHDRAWN:
                await OFFERS[fate](case, offer)
        await withdraw_in(case.tx, TALK, "abandoned")

    codes = [each.code for each in fates if each.code is not None]
    return Tale(", then ".join(each.name for each in fates), bring_about, tuple(dict.fromkeys(codes)))


async def _leave_at_once(case: Case) -> None:
    await _talk(case, CallState.ALERTING)
    await enqueue_in(case.tx, InteractionDraft(TALK, QUEUE, skill_ids=(SKILL,)))
    await withdraw_in(case.tx, TALK, "abandoned")


LONG_AGO = timedelta(days=3650)
"""Before there was anything."""
