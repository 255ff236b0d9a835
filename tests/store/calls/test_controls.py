"""What parties do to a call by the API, and who may: answer, hang up, mute, hold, keys, wrap up, end it for all."""

from typing import Any

import pytest
from tests.store.calls.exchange import Caller, Exchange

from shiftline.authorization.errors import PermissionMissing
from shiftline.calls import rules
from shiftline.calls.errors import CalleeInvalid, NotPossibleNow
from shiftline.calls.model import Leg, Treatment
from shiftline.calls.operations.controls import end_conversation, require_communication, send_digits
from shiftline.conversations.errors import ConversationNotFound, ParticipantEnded, ParticipantNotFound, WrapupTooEarly
from shiftline.conversations.model.conversations import CallState, DisconnectType, Purpose, Wrapup
from shiftline.presence.model import RoutingState

VIEW, DISCONNECT = "conversation:communication:view", "conversation:communication:disconnect"
WRAP_UP = "conversation:participant:wrapup"


async def talking(exchange: Exchange) -> tuple[Caller, Leg]:
    queue = await exchange.queue()
    await exchange.agent("Ben")
    return await exchange.talk(queue, await exchange.agent("Ana", queue))


async def hears(exchange: Exchange, leg: Leg) -> Any:
    assert leg.conversation_id is not None
    return rules.hear(await exchange.call(leg.conversation_id))[leg.id]


async def test_mute_and_hold_and_back(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    theirs = await caller.leg()
    await exchange.wish("Ana", leg, muted=True)
    assert (await hears(exchange, leg)).silenced
    await exchange.wish("Ana", leg, muted=False, held=True)
    assert await caller.state() == "held"
    assert (await caller.part()).confined
    assert (await hears(exchange, theirs)).treatment is Treatment.HOLD
    assert (await hears(exchange, leg)).others == frozenset()
    await exchange.wish("Ana", leg, held=False)
    assert await caller.state() == "connected"
    assert (await hears(exchange, theirs)).others == {leg.id}
    await caller.hang_up()
    await exchange.require_nothing_left("Ana")


async def test_a_wish_that_is_repeated_makes_no_version(exchange: Exchange) -> None:
    _, leg = await talking(exchange)
    once = await exchange.wish("Ana", leg, muted=True, held=True)
    assert await exchange.wish("Ana", leg, muted=True, held=True) == once


async def test_an_agent_hangs_up_by_the_api_once_and_again(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    await exchange.wish("Ana", leg, state=CallState.DISCONNECTED)
    over = await exchange.wish("Ana", leg, state=CallState.DISCONNECTED)
    assert [each.disconnect_type for each in over.participants] == [
        DisconnectType.PEER,
        DisconnectType.TRANSFER,
        DisconnectType.CLIENT,
    ]
    assert await caller.state() == "ended"
    await exchange.require_nothing_left("Ana")
    with pytest.raises(ParticipantEnded):
        await exchange.wish("Ana", leg, muted=True)


async def test_an_agent_ends_the_caller_s_part_of_their_own_call(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    await exchange.wish("Ana", leg, of=(await caller.part()).id, state=CallState.DISCONNECTED)
    await exchange.require_nothing_left("Ana")


async def test_an_agent_declines_by_the_api_while_it_rings(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    with pytest.raises(NotPossibleNow, match="accept it there"):
        await exchange.wish(ana, rings, state=CallState.CONNECTED)
    await exchange.wish(ana, rings, state=CallState.DISCONNECTED)
    assert await exchange.floor.status(ana) is RoutingState.IDLE
    assert await caller.state() == "waiting"
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_an_offer_that_a_softphone_took_is_answered_again_without_harm(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    before = await exchange.call(caller.conversation_id)
    assert await exchange.wish("Ana", leg, state=CallState.CONNECTED) == before.conversation


async def test_who_has_nothing_to_do_with_a_call_does_not_learn_of_it(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    for wished in ({"muted": True}, {"state": CallState.DISCONNECTED}, {"wrapup_skipped": True}):
        with pytest.raises(ConversationNotFound):
            await exchange.wish("Ben", leg, **wished)
    assert await caller.state() == "connected"


async def test_who_may_see_a_call_is_told_which_permission_is_missing(exchange: Exchange) -> None:
    _, leg = await talking(exchange)
    supervisor = exchange.acting_as("Ben", VIEW)
    with pytest.raises(PermissionMissing) as refused:
        await exchange.wish_as(supervisor, leg, held=True)
    assert DISCONNECT in str(refused.value.params)
    with pytest.raises(PermissionMissing) as refused:
        await exchange.wish_as(supervisor, leg, wrapup_skipped=True)
    assert WRAP_UP in str(refused.value.params)


async def test_who_may_end_others_calls_does_in_the_divisions_where_they_may(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    elsewhere = exchange.floor.tenant.acting_as(exchange.agents["Ben"], DISCONNECT, division_id="elsewhere")
    with pytest.raises(ConversationNotFound):
        await exchange.wish_as(elsewhere, leg, state=CallState.DISCONNECTED)
    with pytest.raises(PermissionMissing):
        await end_conversation(elsewhere, caller.conversation_id)
    await exchange.wish_as(exchange.acting_as("Ben", DISCONNECT), leg, state=CallState.DISCONNECTED)
    assert await caller.state() == "ended"


async def test_nobody_answers_for_another(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana, ben = await exchange.agent("Ana", queue), await exchange.agent("Ben")
    await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    with pytest.raises(ConversationNotFound):
        await exchange.wish(ben, rings, state=CallState.CONNECTED)


async def test_a_call_is_ended_for_all_by_whom_may(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    for person_id in ("Ana", "Ben"):
        with pytest.raises(PermissionMissing):
            await end_conversation(exchange.acting_as(person_id), caller.conversation_id)
    supervisor = exchange.acting_as("Ben", DISCONNECT)
    for _ in range(2):
        assert not (await end_conversation(supervisor, caller.conversation_id)).live
    assert not (await exchange.now(leg)).live
    await exchange.require_nothing_left("Ana")
    with pytest.raises(ConversationNotFound):
        await end_conversation(supervisor, "unheard")


async def test_a_call_that_waits_is_ended_for_all(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    await exchange.ring(ana)
    await end_conversation(exchange.acting_as(ana, DISCONNECT), caller.conversation_id)
    await exchange.require_nothing_left(ana)


async def test_keys_are_heard_by_the_others(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    ana = exchange.acting_as("Ana")
    await send_digits(ana, caller.conversation_id, leg.participant_id or "", "12#")
    await send_digits(ana, caller.conversation_id, leg.participant_id or "", "a")
    assert (await caller.leg()).digits == "12#A"
    assert (await exchange.now(leg)).digits == ""
    for wrong in ("", "x", "1" * 101, "1 2"):
        with pytest.raises(CalleeInvalid, match="digits"):
            await send_digits(ana, caller.conversation_id, leg.participant_id or "", wrong)
    with pytest.raises(ParticipantNotFound):
        await send_digits(ana, caller.conversation_id, "unheard", "1")
    with pytest.raises(ConversationNotFound):
        await send_digits(exchange.acting_as("Ben"), caller.conversation_id, leg.participant_id or "", "1")


async def test_a_communication_is_its_participant_s(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    there = (await exchange.call(caller.conversation_id)).conversation
    ana, customer = there.participants[-1], there.participants[0]
    await require_communication(exchange.system, there.id, ana.id, ana.communication_id)
    for conversation_id, participant_id, communication_id in (
        (there.id, ana.id, customer.communication_id),
        (there.id, "unheard", ana.communication_id),
    ):
        with pytest.raises(ParticipantNotFound):
            await require_communication(exchange.system, conversation_id, participant_id, communication_id)
    with pytest.raises(ConversationNotFound):
        await require_communication(exchange.system, "unheard", ana.id, ana.communication_id)
    assert leg.participant_id == ana.id


async def test_unknown_things_are_not_found(exchange: Exchange) -> None:
    _, leg = await talking(exchange)
    with pytest.raises(ParticipantNotFound):
        await exchange.wish("Ana", leg, of="unheard", muted=True)


async def test_a_wrap_up_comes_after_the_call(exchange: Exchange) -> None:
    caller, leg = await talking(exchange)
    with pytest.raises(WrapupTooEarly):
        await exchange.wish("Ana", leg, wrapup=Wrapup("solved"))
    over = await exchange.wish("Ana", leg, state=CallState.DISCONNECTED, wrapup=Wrapup("solved"))
    agent = next(each for each in over.participants if each.purpose is Purpose.AGENT)
    assert agent.wrapup is not None
    assert (agent.wrapup.code_id, agent.wrapup.provisional) == ("solved", False)
    assert await caller.state() == "ended"
    await exchange.require_nothing_left("Ana")


@pytest.mark.parametrize("steps", range(3))
async def test_a_call_that_is_taken_and_hung_up_before_anybody_talked(exchange: Exchange, steps: int) -> None:
    """The caller waits again at their place, and whoever hung up is not offered it over and over."""
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    await exchange.accept(rings)
    if steps:
        await exchange.set_up(rings)
    if steps == 2:
        await exchange.wish(ana, rings, state=CallState.DISCONNECTED)
    else:
        await exchange.hang_up(rings)
    assert await caller.state() == "waiting"
    assert not (await exchange.now(rings)).live
    assert await exchange.floor.status(ana) is RoutingState.NOT_RESPONDING
    assert await exchange.offer() == 0
    await caller.hang_up()
    await exchange.require_nothing_left()
