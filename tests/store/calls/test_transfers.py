"""Blind transfer, consultation and conference: who comes, who goes, who hears whom meanwhile."""

import pytest
from tests.store.calls.exchange import Caller, Exchange, connected

from shiftline.authorization.errors import PermissionMissing
from shiftline.calls import rules
from shiftline.calls.errors import CalleeInvalid, NotPossibleNow
from shiftline.calls.model import Callee, Leg
from shiftline.calls.operations.transfers import (
    add_to_conference,
    begin_consultation,
    cancel_consultation,
    change_consultation,
    complete_consultation,
    transfer_blind,
)
from shiftline.conversations.errors import ConversationNotFound, ParticipantNotFound
from shiftline.conversations.model.conversations import CallState, DisconnectType
from shiftline.presence.model import RoutingState

DISCONNECT = "conversation:communication:disconnect"


async def talking(exchange: Exchange) -> tuple[Caller, Leg]:
    """Ana talks with a caller of her queue; Ben and Cem are there, too."""
    queue = await exchange.queue()
    for name in ("Ben", "Cem"):
        await exchange.agent(name)
    return await exchange.talk(queue, await exchange.agent("Ana", queue))


async def transfer(exchange: Exchange, leg: Leg, callee: Callee, person_id: str = "Ana") -> None:
    assert leg.conversation_id is not None
    assert leg.participant_id is not None
    await transfer_blind(exchange.acting_as(person_id), leg.conversation_id, leg.participant_id, callee)


async def consult(exchange: Exchange, caller: Caller, person_id: str = "Ben", speak_to: str = "DESTINATION") -> str:
    """Ana asks somebody about her caller: the participant who is asked."""
    ana = exchange.acting_as("Ana")
    part = (await caller.part()).id
    _, asked = await begin_consultation(ana, caller.conversation_id, part, Callee(person_id), speak_to)  # type: ignore[arg-type]
    return asked


async def pairs(exchange: Exchange, conversation_id: str) -> set[str]:
    """Who hears somebody, and whom: ``Ana<caller``."""
    call = await exchange.call(conversation_id)
    names = {leg.id: leg.person_id or "caller" for leg in call.legs}
    return {
        f"{names[leg_id]}<{names[other]}" for leg_id, hearing in rules.hear(call).items() for other in hearing.others
    }


async def consultations(exchange: Exchange) -> list[str | None]:
    rows = await exchange.rows("select outcome from calls.consultation order by began_at, id")
    return [row["outcome"] for row in rows]


async def asked(exchange: Exchange, conversation_id: str) -> list[str | None]:
    """Who is said to be asked in a consultation."""
    participants = (await exchange.call(conversation_id)).conversation.participants
    return [each.person_id for each in participants if each.consult_participant_id is not None]


# blind


async def test_a_blind_transfer_to_an_agent(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    await transfer(exchange, leg, Callee("Ben"))
    assert not (await exchange.now(leg)).live
    assert await exchange.floor.status("Ana") is RoutingState.IDLE
    assert await caller.state() == "ringing"
    await exchange.answer(await exchange.leg_of("Ben"))
    assert await caller.state() == "connected"
    assert await pairs(exchange, caller.conversation_id) == {"Ben<caller", "caller<Ben"}
    await caller.hang_up()
    await exchange.require_nothing_left("Ana", "Ben")


async def test_a_blind_transfer_that_is_not_taken_ends_the_call(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    await transfer(exchange, leg, Callee(address="BEN@example.test"))
    await exchange.hang_up(await exchange.leg_of("Ben"))
    assert await caller.state() == "ended"
    await exchange.require_nothing_left("Ana", "Ben")


async def test_a_blind_transfer_to_another_queue(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    sales = await exchange.queue("Sales")
    dee = await exchange.agent("Dee", sales)
    await transfer(exchange, leg, Callee(queue_id=sales))
    assert await exchange.floor.status("Ana") is RoutingState.IDLE
    assert await caller.state() == "waiting"
    assert (await caller.status()).position == 1
    await exchange.answer(await exchange.ring(dee))
    assert await caller.state() == "connected"
    await caller.hang_up()
    await exchange.require_nothing_left("Ana", dee)


async def test_a_blind_transfer_to_the_queue_it_came_from(exchange: Exchange) -> None:
    """Ana is free again and may get it again: it is hers, if nobody else is there."""
    caller, leg = await talking(exchange)
    await transfer(exchange, leg, Callee(queue_id="Voice"))
    again = await exchange.ring("Ana")
    await exchange.answer(again)
    assert await caller.state() == "connected"
    await caller.hang_up()
    await exchange.require_nothing_left("Ana")


async def test_a_caller_who_gives_up_in_the_midst_of_a_transfer(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    await transfer(exchange, leg, Callee("Ben"))
    await caller.hang_up()
    await exchange.require_nothing_left("Ana", "Ben")


async def test_who_cannot_be_called_is_said_and_nothing_changes(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    await exchange.agent("Far", session=None)
    for callee, said in (
        (Callee("unheard"), "no active user"),
        (Callee(address="+13125550100"), "no telephone trunk"),
        (Callee(queue_id="unheard"), "no queue"),
        (Callee("Far"), "not connected"),
        (Callee("Ana"), "in the call already"),
        (Callee(), "say whom to call"),
    ):
        with pytest.raises(CalleeInvalid, match=said):
            await transfer(exchange, leg, callee)
    assert await caller.state() == "connected"
    assert len((await exchange.call(caller.conversation_id)).conversation.participants) == 3


async def test_only_who_is_in_a_call_or_may_end_others_transfers_it(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    with pytest.raises(ConversationNotFound):
        await transfer(exchange, leg, Callee("Cem"), person_id="Ben")
    assert await caller.state() == "connected"
    assert leg.participant_id is not None
    supervisor = exchange.acting_as("Ben", DISCONNECT)
    await transfer_blind(supervisor, caller.conversation_id, leg.participant_id, Callee("Cem"))
    await exchange.answer(await exchange.leg_of("Cem"))
    assert await pairs(exchange, caller.conversation_id) == {"Cem<caller", "caller<Cem"}


async def test_without_the_permission_nobody_transfers(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    bare = exchange.floor.tenant.acting_as(exchange.agents["Ana"])
    assert leg.participant_id is not None
    with pytest.raises(PermissionMissing):
        await transfer_blind(bare, caller.conversation_id, leg.participant_id, Callee("Ben"))
    with pytest.raises(PermissionMissing):
        await begin_consultation(bare, caller.conversation_id, leg.participant_id, Callee("Ben"), "DESTINATION")
    with pytest.raises(PermissionMissing):
        await add_to_conference(bare, caller.conversation_id, (Callee("Ben"),))


async def test_what_rings_or_is_unknown_cannot_be_transferred(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    ana = exchange.acting_as("Ana")
    with pytest.raises(ParticipantNotFound):
        await transfer_blind(ana, caller.conversation_id, "unheard", Callee("Ben"))
    await transfer(exchange, leg, Callee("Ben"))
    with pytest.raises(NotPossibleNow, match="connected call"):
        await transfer(exchange, leg, Callee("Cem"), person_id="Ana")


# consultation


async def test_a_consultation_that_becomes_a_transfer(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    await consult(exchange, caller)
    assert await caller.state() == "held"
    await exchange.answer(await exchange.leg_of("Ben"))
    assert await pairs(exchange, caller.conversation_id) == {"Ana<Ben", "Ben<Ana"}
    there = await complete_consultation(exchange.acting_as("Ana"), caller.conversation_id)
    assert await asked(exchange, caller.conversation_id) == []
    assert there.participants[2].disconnect_type is DisconnectType.TRANSFER_CONSULT
    assert not (await exchange.now(leg)).live
    assert await pairs(exchange, caller.conversation_id) == {"Ben<caller", "caller<Ben"}
    assert await caller.state() == "connected"
    assert await consultations(exchange) == ["transferred"]
    await caller.hang_up()
    await exchange.require_nothing_left("Ana", "Ben")


async def test_an_initiator_who_hangs_up_transfers(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    await consult(exchange, caller)
    await exchange.answer(await exchange.leg_of("Ben"))
    await exchange.hang_up(leg)
    assert await caller.state() == "connected"
    assert await pairs(exchange, caller.conversation_id) == {"Ben<caller", "caller<Ben"}
    assert None not in await consultations(exchange)
    await caller.hang_up()
    await exchange.require_nothing_left("Ana", "Ben")


async def test_a_consultation_speaks_to_each_in_turn_and_becomes_a_conference(exchange: Exchange) -> None:
    caller, _ = await talking(exchange)
    await consult(exchange, caller)
    await exchange.answer(await exchange.leg_of("Ben"))
    ana, place = exchange.acting_as("Ana"), caller.conversation_id
    await change_consultation(ana, place, "OBJECT")
    assert await pairs(exchange, place) == {"Ana<caller", "caller<Ana"}
    await change_consultation(ana, place, "BOTH")
    assert len(await pairs(exchange, place)) == 6
    assert await consultations(exchange) == [None]
    assert await asked(exchange, place) == ["Ben"]
    _, told = await change_consultation(ana, place, None)
    assert len(await pairs(exchange, place)) == 6
    # Who was asked is told once more; then nobody is, and no page shows a consultation.
    assert (await exchange.call(place)).conversation.participant(told).person_id == "Ben"  # type: ignore[union-attr]
    assert await asked(exchange, place) == []
    assert await consultations(exchange) == ["conference"]
    with pytest.raises(NotPossibleNow, match="No consultation"):
        await change_consultation(ana, place, "OBJECT")
    await caller.hang_up()
    assert await pairs(exchange, place) == {"Ana<Ben", "Ben<Ana"}
    await exchange.hang_up(await exchange.leg_of("Ben"))
    await exchange.require_nothing_left("Ana", "Ben")


@pytest.mark.parametrize("answered", [False, True])
async def test_a_consultation_that_is_cancelled(exchange: Exchange, answered: bool) -> None:
    caller, _ = await talking(exchange)
    await consult(exchange, caller)
    ben = await exchange.leg_of("Ben")
    if answered:
        await exchange.answer(ben)
    await cancel_consultation(exchange.acting_as("Ana"), caller.conversation_id)
    assert not (await exchange.now(ben)).live
    assert await caller.state() == "connected"
    assert await pairs(exchange, caller.conversation_id) == {"Ana<caller", "caller<Ana"}
    assert await consultations(exchange) == ["cancelled"]
    await consult(exchange, caller)
    await caller.hang_up()
    assert (await exchange.leg_of("Ben")).live, "Ana still asks Ben"
    await exchange.hang_up(await exchange.leg_of("Ana"))
    await exchange.require_nothing_left("Ana", "Ben")


async def test_one_who_does_not_want_to_be_asked(exchange: Exchange) -> None:
    caller, _ = await talking(exchange)
    await consult(exchange, caller)
    await exchange.hang_up(await exchange.leg_of("Ben"))
    assert await caller.state() == "connected", "music ends when nobody is asked any more"
    assert await consultations(exchange) == ["left"]
    await caller.hang_up()
    await exchange.require_nothing_left("Ana", "Ben")


async def test_a_caller_who_gives_up_during_a_consultation(exchange: Exchange) -> None:
    caller, _ = await talking(exchange)
    await consult(exchange, caller)
    await exchange.answer(await exchange.leg_of("Ben"))
    await caller.hang_up()
    assert await consultations(exchange) == ["left"]
    assert await pairs(exchange, caller.conversation_id) == {"Ana<Ben", "Ben<Ana"}
    await exchange.hang_up(await exchange.leg_of("Ana"))
    await exchange.require_nothing_left("Ana", "Ben")


async def test_what_cannot_be_asked(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    ana, place, part = exchange.acting_as("Ana"), caller.conversation_id, (await caller.part()).id
    with pytest.raises(CalleeInvalid, match="queue cannot be consulted"):
        await begin_consultation(ana, place, part, Callee(queue_id="Voice"), "DESTINATION")
    with pytest.raises(ParticipantNotFound):
        await begin_consultation(ana, place, "unheard", Callee("Ben"), "DESTINATION")
    with pytest.raises(NotPossibleNow, match="connected in the call"):
        await begin_consultation(exchange.acting_as("Ben"), place, part, Callee("Cem"), "DESTINATION")
    assert await consultations(exchange) == []
    # Whoever names their own part means whom they speak with.
    assert leg.participant_id is not None
    await begin_consultation(ana, place, leg.participant_id, Callee("Ben"), "DESTINATION")
    assert await caller.state() == "held"
    with pytest.raises(NotPossibleNow, match="under way"):
        await consult(exchange, caller, "Cem")


# conference


async def test_a_conference_of_four(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    await add_to_conference(exchange.acting_as("Ana"), caller.conversation_id, (Callee("Ben"), Callee("Cem")))
    for name in ("Ben", "Cem"):
        await exchange.answer(await exchange.leg_of(name))
    assert len(await pairs(exchange, caller.conversation_id)) == 12
    assert len(await exchange.recorded()) == 4
    await exchange.hang_up(leg)
    assert len(await pairs(exchange, caller.conversation_id)) == 6
    await exchange.hang_up(await exchange.leg_of("Ben"))
    await caller.hang_up()
    await exchange.require_nothing_left("Ana", "Ben", "Cem")


async def test_one_who_does_not_join_leaves_the_others_together(exchange: Exchange) -> None:
    caller, _ = await talking(exchange)
    await add_to_conference(exchange.acting_as("Ana"), caller.conversation_id, (Callee("Ben"),))
    await exchange.hang_up(await exchange.leg_of("Ben"))
    there = (await exchange.call(caller.conversation_id)).conversation
    assert connected(there) == ["customer", "agent"]
    assert there.participants[-1].state is CallState.DISCONNECTED
    await caller.hang_up()
    await exchange.require_nothing_left("Ana", "Ben")


async def test_of_several_one_who_cannot_be_called_brings_in_nobody(exchange: Exchange) -> None:
    caller, _ = await talking(exchange)
    ana = exchange.acting_as("Ana")
    for callees, said in (
        ((Callee("Ben"), Callee("unheard")), r"participants\[1\]"),
        ((Callee(queue_id="Voice"),), "queue cannot join"),
        ((Callee("Ben"), Callee("Ben")), "in the call already"),
    ):
        with pytest.raises(CalleeInvalid, match=said):
            await add_to_conference(ana, caller.conversation_id, callees)
    assert len((await exchange.call(caller.conversation_id)).conversation.participants) == 3
    assert len(await exchange.legs()) == 2


# what still waits in a queue


async def waiting(exchange: Exchange) -> tuple[Caller, str]:
    """A caller who waits while Ana's phone rings, and the queue's part of the call."""
    queue = await exchange.queue()
    for name in ("Ben", "Cem"):
        await exchange.agent(name)
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    await exchange.ring(ana)
    return caller, (await exchange.call(caller.conversation_id)).conversation.participants[1].id


async def test_a_supervisor_gives_a_waiting_call_to_an_agent(exchange: Exchange) -> None:
    caller, queue_part = await waiting(exchange)
    rang = await exchange.leg_of("Ana")
    supervisor = exchange.acting_as("Cem", DISCONNECT)
    await transfer_blind(supervisor, caller.conversation_id, queue_part, Callee("Ben"))
    assert not (await exchange.now(rang)).live, "it rings for another now"
    assert await exchange.floor.status("Ana") is RoutingState.IDLE
    await exchange.answer(await exchange.leg_of("Ben"))
    assert await caller.state() == "connected"
    await caller.hang_up()
    await exchange.require_nothing_left("Ana", "Ben")


async def test_a_supervisor_moves_a_waiting_call_to_another_queue(exchange: Exchange) -> None:
    caller, queue_part = await waiting(exchange)
    sales = await exchange.queue("Sales")
    dee = await exchange.agent("Dee", sales)
    await transfer_blind(
        exchange.acting_as("Cem", DISCONNECT), caller.conversation_id, queue_part, Callee(queue_id=sales)
    )
    assert await caller.state() == "waiting"
    await exchange.answer(await exchange.ring(dee))
    assert await caller.state() == "connected"
    await caller.hang_up()
    await exchange.require_nothing_left("Ana", dee)


async def test_a_supervisor_takes_the_queue_out_of_a_call_that_rings(exchange: Exchange) -> None:
    """Nobody is left for the caller then: the phone stops and the call ends."""
    caller, queue_part = await waiting(exchange)
    leg = await exchange.leg_of("Ana")
    supervisor = exchange.acting_as("Cem", DISCONNECT)
    await exchange.wish_as(supervisor, leg, of=queue_part, state=CallState.DISCONNECTED)
    assert await caller.state() == "ended"
    assert not (await exchange.now(leg)).live
    await exchange.require_nothing_left("Ana")
