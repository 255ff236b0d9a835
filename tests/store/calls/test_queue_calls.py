"""A call from the web to a queue, an agent's phone, and back to nothing: each way that it may go."""

from datetime import timedelta

import pytest
from tests.store.calls.exchange import AGES, ANSWER, JID, OFFER, Caller, Exchange

from shiftline.calls.errors import DescriptionInvalid, LegNotFound
from shiftline.calls.events import LegChanged, SoftphoneTold
from shiftline.calls.model import (
    PARTING_LIFETIME,
    PROPOSAL_LIFETIME,
    RECALL_LIFETIME,
    RESUME_LIFETIME,
    RETURN_LIFETIME,
    SETUP_LIFETIME,
    LegState,
    Treatment,
)
from shiftline.calls.operations import nodes, softphones
from shiftline.calls.operations.clocks import NOT_IN_TIME
from shiftline.calls.rules import hear
from shiftline.conversations.events import ConversationChanged
from shiftline.conversations.model.conversations import CallState, DisconnectType
from shiftline.foundation.context import Actor
from shiftline.presence.model import RoutingState

MOMENT = timedelta(seconds=1)
WAITING = [("customer", "connected"), ("acd", "connected")]
TALKING = [("customer", "connected"), ("acd", "disconnected"), ("agent", "connected")]
OVER = [("customer", "disconnected"), ("acd", "disconnected"), ("agent", "disconnected")]


async def test_a_caller_waits_is_offered_talks_and_hangs_up(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.call_queue(queue)
    assert await caller.state() == "connecting"
    await caller.connect()
    waits = await caller.status()
    assert (waits.state, waits.position) == ("waiting", 1)
    assert await exchange.states(caller.conversation_id) == WAITING
    rings = await exchange.ring(ana)
    assert (rings.state, rings.conversation_id) == (LegState.PROPOSED, caller.conversation_id)
    assert await caller.state() == "ringing"
    await exchange.accept(rings)
    assert (await exchange.now(rings)).state is LegState.REQUESTED
    assert await exchange.floor.status(ana) is RoutingState.INTERACTING
    assert (await exchange.set_up(rings)).state is LegState.ANSWERED
    assert await caller.state() == "ringing", "nobody talks before the sound flows"
    talks = await exchange.connect(rings)
    assert talks.connected_at is not None
    assert await exchange.states(caller.conversation_id) == TALKING
    assert await caller.state() == "connected"
    assert await exchange.recorded() == sorted([caller.begun.leg.id, rings.id])
    await caller.hang_up()
    assert await exchange.states(caller.conversation_id) == OVER
    assert (await caller.part()).disconnect_type is DisconnectType.ENDPOINT
    assert await caller.state() == "ended"
    await exchange.require_nothing_left(ana)


async def test_what_is_told_of_a_call(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    await exchange.floor.tenant.news()
    caller, leg = await exchange.talk(queue, ana)
    await caller.hang_up()
    told = await exchange.floor.tenant.news(SoftphoneTold, LegChanged, ConversationChanged)
    softphone = [each for each in told if isinstance(each, SoftphoneTold)]
    assert [(each.kind, each.jid) for each in softphone] == [("propose", None), ("offer", JID), ("terminate", JID)]
    assert {each.session_id for each in softphone} == {leg.session_id}
    assert [each.state for each in told if isinstance(each, LegChanged) and each.leg_id == leg.id] == [
        "proposed", "requested", "offered", "answered", "connected", "ended",
    ]  # fmt: skip
    assert all(each.node_id == "node-1" for each in told if isinstance(each, LegChanged) and each.state == "connected")
    versions = [each.version for each in told if isinstance(each, ConversationChanged)]
    assert versions == list(range(1, len(versions) + 1))


async def test_an_agent_hangs_up_and_the_caller_s_leg_ends_with_it(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    await exchange.hang_up(leg)
    assert (await caller.part()).disconnect_type is DisconnectType.PEER
    assert (await exchange.now(leg)).state is LegState.ENDED
    await exchange.require_nothing_left(ana)
    with pytest.raises(LegNotFound):
        await softphones.hang_up(exchange.system, ana, leg.session_id, "success")


async def test_a_declined_call_waits_on_and_is_offered_to_the_next(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana, ben = await exchange.agent("Ana", queue), await exchange.agent("Ben", queue)
    caller = await exchange.wait_in(queue)
    await exchange.hang_up(await exchange.ring(ana))
    assert await exchange.floor.status(ana) is RoutingState.IDLE
    assert await caller.state() == "waiting"
    rings = await exchange.ring(ben)
    assert await exchange.read(softphones.list_pending, "org-1", [ana], exchange.floor.context.now()) == []
    await exchange.answer(rings)
    assert (await exchange.states(caller.conversation_id))[2:] == [("agent", "disconnected"), ("agent", "connected")]
    await caller.hang_up()
    await exchange.require_nothing_left(ana, ben)


async def test_a_call_that_nobody_takes_in_time_waits_on(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    assert await exchange.later(timedelta(seconds=29)) == 0, "it rings for thirty seconds"
    assert await exchange.later(timedelta(seconds=31)) > 0
    assert not (await exchange.now(rings)).live
    assert await exchange.floor.status(ana) is RoutingState.NOT_RESPONDING
    assert await caller.state() == "waiting"
    missed = (await exchange.call(caller.conversation_id)).conversation.participants[-1]
    assert missed.disconnect_type is DisconnectType.TRANSFER_NO_ANSWER
    assert await exchange.later(timedelta(seconds=31)) == 0
    await caller.hang_up()
    await exchange.require_nothing_left()


async def test_a_caller_who_gives_up_while_it_rings(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    await exchange.floor.tenant.news()
    await caller.hang_up()
    assert [each.kind for each in await exchange.floor.tenant.news(SoftphoneTold)] == ["retract"]
    assert (await exchange.now(rings)).end_reason == DisconnectType.ENDPOINT
    assert await exchange.states(caller.conversation_id) == OVER
    await exchange.require_nothing_left(ana)
    with pytest.raises(LegNotFound):
        await exchange.accept(rings)


async def test_a_softphone_whose_sound_never_flows(exchange: Exchange) -> None:
    """It took the call; ICE and DTLS came to nothing. The caller waits again at their place, the agent is not responding."""
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    await exchange.accept(rings)
    await exchange.set_up(rings)
    await exchange.later(SETUP_LIFETIME + MOMENT)
    assert not (await exchange.now(rings)).live
    assert (await exchange.call(caller.conversation_id)).conversation.participants[-1].error == NOT_IN_TIME
    assert await exchange.states(caller.conversation_id) == [*WAITING, ("agent", "disconnected")]
    assert await exchange.floor.status(ana) is RoutingState.NOT_RESPONDING
    ben = await exchange.agent("Ben", queue)
    await exchange.answer(await exchange.ring(ben))
    assert await caller.state() == "connected"
    await caller.hang_up()
    await exchange.require_nothing_left(ben)


async def treatment(exchange: Exchange, caller: Caller) -> Treatment:
    leg = await caller.leg()
    return hear(await exchange.call(caller.conversation_id))[leg.id].treatment


@pytest.mark.parametrize("reason", [nodes.CLOSED, "media.dead"])
async def test_an_agent_whose_page_is_loaded_anew_has_the_call_again(exchange: Exchange, reason: str) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    assert leg.conversation_id is not None
    await exchange.floor.tenant.news()
    await nodes.fail_leg(exchange.system, leg, reason)
    assert (await exchange.now(leg)).state is LegState.LOST
    assert await treatment(exchange, caller) is Treatment.HOLD
    assert await exchange.later(PARTING_LIFETIME + MOMENT) == 1
    rings = await exchange.now(leg)
    assert (rings.state, rings.auto_answer, rings.jid, rings.node_id) == (LegState.PROPOSED, True, None, None)
    assert rings.session_id != leg.session_id
    told = [(each.kind, each.session_id, each.jid) for each in await exchange.floor.tenant.news(SoftphoneTold)]
    assert told == [("terminate", leg.session_id, leg.jid), ("propose", rings.session_id, None)]
    assert await caller.state() == "connected", "they are in the call all the time"
    assert await treatment(exchange, caller) is Treatment.HOLD
    await exchange.answer(rings)
    assert leg.id in await exchange.recorded()
    assert await treatment(exchange, caller) is Treatment.SILENCE
    assert await exchange.floor.status(ana) is RoutingState.INTERACTING
    await exchange.hang_up(await exchange.now(leg))
    assert await caller.state() == "ended"
    await exchange.require_nothing_left(ana)


async def test_who_hangs_up_is_not_rung_however_late_they_say_so(exchange: Exchange) -> None:
    """The connection's end and the softphone's word come on two ways."""
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    await nodes.fail_leg(exchange.system, leg, nodes.CLOSED)
    await exchange.hang_up(leg)
    assert await caller.state() == "ended"
    await exchange.require_nothing_left(ana)


async def test_a_caller_who_hangs_up_while_their_agent_is_away(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    await nodes.fail_leg(exchange.system, leg, nodes.CLOSED)
    await exchange.later(PARTING_LIFETIME + MOMENT)
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_an_agent_s_network_that_fails_in_the_midst_of_a_call(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    await nodes.fail_leg(exchange.system, await exchange.now(leg), "media.silent")
    await exchange.later(PARTING_LIFETIME + MOMENT)
    await exchange.later(PARTING_LIFETIME + RECALL_LIFETIME + 2 * MOMENT)
    assert await exchange.floor.status(ana) is RoutingState.NOT_RESPONDING
    assert await caller.state() == "waiting", "who talked to them waits in the queue again"
    assert await exchange.recorded() == []
    ben = await exchange.agent("Ben", queue)
    await exchange.answer(await exchange.ring(ben))
    assert await exchange.recorded() != []
    await caller.hang_up()
    await exchange.require_nothing_left(ben)


async def test_a_caller_whose_sound_never_flows(exchange: Exchange) -> None:
    caller = await exchange.call_queue(await exchange.queue())
    assert await exchange.later(SETUP_LIFETIME + MOMENT) == 1
    assert await caller.state() == "ended"
    assert (await caller.part()).disconnect_type is DisconnectType.TRANSPORT_FAILURE
    await exchange.require_nothing_left()


@pytest.mark.parametrize("talks", [False, True])
async def test_a_caller_who_vanishes_is_waited_for_and_then_gone(exchange: Exchange, talks: bool) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    if talks:
        await exchange.answer(await exchange.ring(ana))
    await nodes.fail_leg(exchange.system, await caller.leg(), "media.silent")
    assert await caller.state() == "lost"
    assert caller.begun.leg.id not in await exchange.recorded()
    await exchange.later(RESUME_LIFETIME + MOMENT)
    assert await caller.state() == "ended"
    await exchange.require_nothing_left(ana)


@pytest.mark.parametrize("talks", [False, True])
async def test_a_caller_who_vanished_comes_back(exchange: Exchange, talks: bool) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    if talks:
        await exchange.answer(await exchange.ring(ana))
    await nodes.fail_leg(exchange.system, await caller.leg(), "ice.failed")
    await caller.renew()
    await caller.connect()
    assert await caller.state() == ("connected" if talks else "waiting")
    assert (await exchange.recorded() != []) is talks
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_a_caller_who_closed_their_connection_is_not_waited_for_as_long(exchange: Exchange) -> None:
    queue = await exchange.queue()
    caller = await exchange.wait_in(queue)
    await nodes.fail_leg(exchange.system, await caller.leg(), nodes.CLOSED)
    assert RETURN_LIFETIME < RESUME_LIFETIME
    await exchange.later(RETURN_LIFETIME + MOMENT)
    assert await caller.state() == "ended"
    await exchange.require_nothing_left()


async def test_a_proposal_that_no_softphone_takes_is_given_up(exchange: Exchange) -> None:
    """An agent who is called by another one: no offer of routing ends it."""
    ana, ben = await exchange.agent("Ana"), await exchange.agent("Ben")
    begun = await exchange.call_person(ana, ben)
    await exchange.answer(await exchange.leg_of(ana))
    assert await exchange.states(begun) == [("user", "dialing"), ("user", "alerting")]
    await exchange.later(PROPOSAL_LIFETIME + MOMENT)
    assert await exchange.states(begun) == [("user", "disconnected"), ("user", "disconnected")]
    await exchange.require_nothing_left(ana, ben)


async def test_an_answer_or_a_leg_that_comes_late_changes_nothing(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    for _ in range(2):
        await exchange.accept(leg, "somebody@org.localhost/other")
        await nodes.describe_leg(exchange.system, leg, OFFER)
        await softphones.take_answer(exchange.system, ana, leg.session_id, ANSWER)
        await nodes.connect_leg(exchange.system, leg)
        assert await exchange.now(leg) == leg
    await caller.hang_up()
    ended = await exchange.now(leg)
    await nodes.connect_leg(exchange.system, leg)
    await nodes.fail_leg(exchange.system, leg, "late")
    assert await exchange.now(leg) == ended
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_an_answer_that_cannot_be_used_changes_nothing(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    await exchange.accept(rings)
    await nodes.describe_leg(exchange.system, await exchange.now(rings), OFFER)
    for answer in ("", "v=0\r\n", ANSWER.replace("m=audio", "m=video"), ANSWER + "a" * 70_000):
        with pytest.raises(DescriptionInvalid):
            await softphones.take_answer(exchange.system, ana, rings.session_id, answer)
    assert (await exchange.now(rings)).state is LegState.OFFERED


async def test_a_call_of_one_organization_is_nobody_s_in_another(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    elsewhere = exchange.system.acting_as(Actor("org-2", "system"))
    with pytest.raises(LegNotFound):
        await softphones.accept_proposal(elsewhere, ana, JID, rings.session_id)
    assert await caller.state() == "ringing"


async def test_nothing_is_due_while_all_goes_well(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, _ = await exchange.talk(queue, ana)
    assert await exchange.later(AGES - MOMENT) == 0
    assert (await caller.part()).state is CallState.CONNECTED
