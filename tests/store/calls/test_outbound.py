"""Calls that agents begin: whom they can call, and what becomes of it."""

import asyncio

import pytest
from tests.store.calls.exchange import Exchange

from shiftline.authorization.errors import PermissionMissing
from shiftline.calls.errors import CalleeInvalid, NotPossibleNow
from shiftline.calls.model import Callee, OutboundDraft
from shiftline.calls.operations.outbound import begin_call
from shiftline.conversations.model.conversations import Direction
from shiftline.presence.model import RoutingState, SystemPresence
from shiftline.stations.model import PhoneDraft
from shiftline.stations.operations.phones import create_phone_in


async def begin(exchange: Exchange, person_id: str, *callees: Callee, **more: str) -> str:
    draft = OutboundDraft(callees=callees, **more)  # type: ignore[arg-type]
    return (await begin_call(exchange.acting_as(person_id), draft)).id


async def test_an_agent_calls_another_and_both_are_communicating(exchange: Exchange) -> None:
    ana, ben = await exchange.agent("Ana"), await exchange.agent("Ben")
    begun = await begin(exchange, ana, Callee(ben))
    own = await exchange.leg_of(ana)
    assert own.auto_answer, "whoever calls takes their own call without being asked"
    assert await exchange.states(begun) == [("user", "contacting"), ("user", "offering")]
    await exchange.answer(own)
    assert await exchange.states(begun) == [("user", "dialing"), ("user", "alerting")]
    await exchange.answer(await exchange.leg_of(ben))
    assert await exchange.states(begun) == [("user", "connected"), ("user", "connected")]
    assert [await exchange.floor.status(each) for each in (ana, ben)] == [RoutingState.COMMUNICATING] * 2
    assert len(await exchange.recorded()) == 2
    await exchange.hang_up(own)
    await exchange.require_nothing_left(ana, ben)


async def test_who_is_called_and_declines_ends_the_call(exchange: Exchange) -> None:
    ana, ben = await exchange.agent("Ana"), await exchange.agent("Ben")
    await begin(exchange, ana, Callee(address="Ben@EXAMPLE.test"))
    await exchange.answer(await exchange.leg_of(ana))
    await exchange.hang_up(await exchange.leg_of(ben))
    await exchange.require_nothing_left(ana, ben)


async def test_a_caller_who_gives_up_before_their_phone_is_there(exchange: Exchange) -> None:
    ana, ben = await exchange.agent("Ana"), await exchange.agent("Ben")
    begun = await begin(exchange, ana, Callee(ben))
    await exchange.hang_up(await exchange.leg_of(ana))
    assert [state for _, state in await exchange.states(begun)] == ["disconnected"] * 2
    await exchange.require_nothing_left(ana, ben)


async def test_an_agent_calls_a_queue(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana, ben = await exchange.agent("Ana"), await exchange.agent("Ben", queue)
    begun = await begin(exchange, ana, Callee(queue_id=queue))
    assert await exchange.states(begun) == [("user", "contacting"), ("acd", "offering")]
    assert await exchange.offer() == 0, "nobody is offered a call whose caller is not there"
    await exchange.answer(await exchange.leg_of(ana))
    await exchange.answer(await exchange.ring(ben))
    assert await exchange.states(begun) == [("user", "connected"), ("acd", "disconnected"), ("agent", "connected")]
    assert await exchange.floor.status(ben) is RoutingState.INTERACTING
    await exchange.hang_up(await exchange.leg_of(ben))
    await exchange.require_nothing_left(ana, ben)


async def test_a_conference_is_called_at_once(exchange: Exchange) -> None:
    ana, ben, cem = [await exchange.agent(name) for name in ("Ana", "Ben", "Cem")]
    begun = await begin(exchange, ana, Callee(ben), Callee(cem))
    await exchange.answer(await exchange.leg_of(ana))
    await exchange.hang_up(await exchange.leg_of(cem))
    await exchange.answer(await exchange.leg_of(ben))
    assert [state for _, state in await exchange.states(begun)] == ["connected", "connected", "disconnected"]
    await exchange.hang_up(await exchange.leg_of(ben))
    await exchange.require_nothing_left(ana, ben, cem)


async def test_on_behalf_of_a_queue(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana, ben = await exchange.agent("Ana", queue), await exchange.agent("Ben")
    begun = await begin(exchange, ana, Callee(ben), from_queue_id=queue)
    there = (await exchange.call(begun)).conversation
    assert (there.direction, there.participants[0].queue_id) == (Direction.OUTBOUND, queue)
    await exchange.answer(await exchange.leg_of(ana))
    await exchange.answer(await exchange.leg_of(ben))
    await exchange.hang_up(await exchange.leg_of(ana))
    await exchange.require_nothing_left(ana, ben)


async def test_whom_nobody_can_call(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana")
    await exchange.agent("Far", session=None)
    for callees, said in (
        ((Callee(ana),), "is yourself"),
        ((Callee("unheard"),), "no active user"),
        ((Callee("Far"),), "not connected"),
        ((Callee(address="+13125550100"),), "no telephone trunk"),
        ((Callee(queue_id="unheard"),), "no queue"),
        ((Callee(queue_id=queue), Callee("Far")), "participants"),
        ((Callee(),), "say whom to call"),
    ):
        with pytest.raises(CalleeInvalid, match=said):
            await begin(exchange, ana, *callees)
    with pytest.raises(CalleeInvalid, match="a queue is called alone"):
        await begin(exchange, ana, Callee(queue_id=queue), Callee(await exchange.agent("Ben")))
    assert await exchange.legs() == []
    await exchange.require_nothing_left(ana)


async def test_who_cannot_call(exchange: Exchange) -> None:
    ben = await exchange.agent("Ben")
    with pytest.raises(PermissionMissing):
        bare = exchange.floor.tenant.acting_as(exchange.agents[ben])
        await begin_call(bare, OutboundDraft(callees=(Callee(ben),)))
    cem = await exchange.agent("Cem", phone=False)
    with pytest.raises(NotPossibleNow, match="no station"):
        await begin(exchange, cem, Callee(ben))
    dee = await exchange.agent("Dee", session=None)
    with pytest.raises(NotPossibleNow, match="not connected"):
        await begin(exchange, dee, Callee(ben))


async def test_a_phone_has_as_many_calls_as_lines(exchange: Exchange) -> None:
    ben, cem = await exchange.agent("Ben"), await exchange.agent("Cem")
    ana = await exchange.agent("Ana")
    await begin(exchange, ana, Callee(ben))
    with pytest.raises(NotPossibleNow, match="1 line"):
        await begin(exchange, ana, Callee(cem))
    dee = await exchange.agent("Dee", phone=False)
    lines = {"webRtcCallAppearances": {"value": {"instance": 2}}}
    async with exchange.floor.context.transaction() as tx:
        await create_phone_in(tx, PhoneDraft("Phone of Dee", dee, line_properties=lines))
    await begin(exchange, dee, Callee(cem))
    await begin(exchange, dee, Callee(ben))
    with pytest.raises(NotPossibleNow, match="2 line"):
        await begin(exchange, dee, Callee(ana))


async def test_a_line_is_used_once_however_many_ask_at_once(exchange: Exchange) -> None:
    ana, ben = await exchange.agent("Ana"), await exchange.agent("Ben")
    asked = await asyncio.gather(*(begin(exchange, ana, Callee(ben)) for _ in range(5)), return_exceptions=True)
    assert len([each for each in asked if isinstance(each, str)]) == 1
    assert len([each for each in asked if isinstance(each, NotPossibleNow)]) == 4


async def test_nobody_is_offered_a_call_while_they_talk_with_another(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana, ben = await exchange.agent("Ana", queue), await exchange.agent("Ben")
    await begin(exchange, ana, Callee(ben))
    await exchange.answer(await exchange.leg_of(ana))
    await exchange.answer(await exchange.leg_of(ben))
    caller = await exchange.wait_in(queue)
    assert await exchange.offer() == 0
    await exchange.hang_up(await exchange.leg_of(ana))
    await exchange.answer(await exchange.ring(ana))
    assert await caller.state() == "connected"
    await caller.hang_up()
    await exchange.require_nothing_left(ana, ben)


async def test_who_leaves_the_queue_in_a_call_stays_off_it(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, _ = await exchange.talk(queue, ana)
    await exchange.floor.be(ana, SystemPresence.BREAK)
    await caller.hang_up()
    assert await exchange.floor.status(ana) is RoutingState.OFF_QUEUE
    await exchange.require_nothing_left()
