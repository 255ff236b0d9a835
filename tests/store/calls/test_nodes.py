"""Media nodes come, go and die: their calls go on elsewhere, or end with nothing left."""

import asyncio
from datetime import timedelta

import pytest
from tests.store.calls.exchange import OFFER, Exchange

from shiftline.calls.events import NodeChanged, SoftphoneTold
from shiftline.calls.model import NODE_LIFETIME, RESUME_LIFETIME, Leg, LegState
from shiftline.calls.operations import nodes
from shiftline.foundation.errors import Unavailable

MOMENT = timedelta(seconds=1)
NOTHING = timedelta(0)


async def dies(exchange: Exchange, node_id: str = "node-1") -> None:
    """A process of a node is gone, as whoever renews its lease finds: it was not renewed in time."""
    await nodes.end_node(exchange.installation, node_id, "media-1")


async def resume(exchange: Exchange, leg: Leg) -> Leg:
    """A softphone takes the offer by which its session is made anew."""
    await exchange.set_up(leg)
    return await exchange.connect(leg)


async def test_a_softphone_is_offered_its_call_again_in_silence(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    await exchange.node("node-2", "media-2")
    await exchange.floor.tenant.news()
    await dies(exchange)
    assert await exchange.later(NOTHING) == 2
    again = await exchange.now(leg)
    assert (again.state, again.node_id, again.generation) == (LegState.REQUESTED, "node-2", 2)
    assert again.session_id != leg.session_id
    assert again.reinvite
    assert (await caller.leg()).state is LegState.LOST
    assert await caller.state() == "lost"
    talks = [("customer", "connected"), ("acd", "disconnected"), ("agent", "connected")]
    assert await exchange.states(caller.conversation_id) == talks, "the call goes on"
    await resume(exchange, leg)
    (offered,) = await exchange.floor.tenant.news(SoftphoneTold)
    assert (offered.kind, offered.reinvite, offered.session_id) == ("offer", True, again.session_id)
    assert offered.jid == leg.jid
    await caller.renew()
    await caller.connect()
    assert await caller.state() == "connected"
    assert {each.node_id for each in await exchange.legs()} == {"node-2"}
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_recordings_of_legs_that_were_lost_are_stopped_and_new_ones_begin(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    await exchange.node("node-2", "media-2")
    first = await exchange.rows("select id from recordings.recording")
    await dies(exchange)
    await exchange.later(NOTHING)
    assert await exchange.recorded() == []
    await resume(exchange, leg)
    await caller.renew()
    await caller.connect()
    assert await exchange.recorded() == sorted([leg.id, caller.begun.leg.id])
    assert len(await exchange.rows("select id from recordings.recording")) == len(first) + 2
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_what_nobody_takes_up_again_ends(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    await exchange.node("node-2", "media-2")
    await dies(exchange)
    await exchange.later(NOTHING)
    await resume(exchange, leg)
    await exchange.later(RESUME_LIFETIME + MOMENT)
    assert await caller.state() == "ended"
    assert not (await exchange.now(leg)).live, "nobody is left in a call alone"
    await exchange.require_nothing_left(ana)


async def test_a_call_that_rings_or_waits_when_its_node_dies(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    await exchange.node("node-2", "media-2")
    await dies(exchange)
    assert await exchange.later(NOTHING) == 1, "what only rings is in no node yet"
    assert await caller.state() == "lost"
    assert (await exchange.now(rings)).state is LegState.PROPOSED
    await caller.renew()
    await caller.connect()
    assert await caller.state() == "ringing"
    await exchange.answer(rings)
    assert await caller.state() == "connected"
    assert {each.node_id for each in await exchange.legs()} == {"node-2"}
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


@pytest.mark.parametrize("steps", range(3))
async def test_a_node_that_dies_while_a_softphone_is_set_up(exchange: Exchange, steps: int) -> None:
    """Before it made its offer, before the answer, before sound flows: the softphone is offered it anew."""
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    await exchange.accept(rings)
    if steps == 1:
        await nodes.describe_leg(exchange.system, await exchange.now(rings), OFFER)
    elif steps == 2:
        await exchange.set_up(rings)
    await exchange.node("node-2", "media-2")
    await dies(exchange)
    assert await exchange.later(NOTHING) == 2
    await caller.renew()
    await caller.connect()
    await resume(exchange, rings)
    assert await caller.state() == "connected"
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_a_node_that_dies_while_a_caller_is_set_up(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.call_queue(queue)
    await exchange.node("node-2", "media-2")
    await dies(exchange)
    await exchange.later(NOTHING)
    assert await caller.state() == "lost"
    await caller.renew()
    assert await caller.state() == "connecting"
    await caller.connect()
    assert await caller.state() == "waiting"
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_a_caller_makes_their_offer_anew_before_their_sound_flows(exchange: Exchange) -> None:
    caller = await exchange.call_queue(await exchange.queue())
    await caller.renew()
    assert await caller.state() == "connecting"
    await caller.connect()
    assert await caller.state() == "waiting"


async def test_without_another_node_calls_wait_for_one(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    await dies(exchange)
    assert await exchange.later(NOTHING) == 0
    assert (await exchange.now(leg)).state is LegState.CONNECTED
    with pytest.raises(Unavailable, match="No media process"):
        await exchange.call_queue(queue)
    await exchange.node("node-2")
    assert await exchange.later(NOTHING) == 2
    await resume(exchange, leg)
    await caller.renew()
    await caller.connect()
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_a_node_that_is_not_renewed_in_time_is_dead_and_told_so(exchange: Exchange) -> None:
    await exchange.node("node-2", "media-2", lives=NOTHING)
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    _, leg = await exchange.talk(queue, ana)
    assert leg.node_id == "node-1"
    async with exchange.system.transaction() as tx:
        await tx.execute("update calls.leg set node_id = 'node-2' where id = %(id)s", {"id": leg.id})
    assert await nodes.renew_node(exchange.installation, "node-2")
    assert await exchange.later(NODE_LIFETIME - MOMENT) == 0
    await exchange.floor.tenant.news()
    assert await exchange.later(NODE_LIFETIME + MOMENT) == 1
    (dead,) = await exchange.floor.tenant.news(NodeChanged)
    assert (dead.node_id, dead.alive, dead.reason) == ("node-2", False, "lease.expired")
    assert (await exchange.now(leg)).node_id == "node-1"
    assert not await nodes.renew_node(exchange.installation, "node-2"), "it must stop: its legs are elsewhere"


async def test_whoever_takes_a_slot_ends_who_had_it(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    _, leg = await exchange.talk(queue, ana)
    await exchange.floor.tenant.news()
    await exchange.node("node-2", "media-1")
    assert [(each.node_id, each.alive) for each in await exchange.floor.tenant.news(NodeChanged)] == [
        ("node-1", False),
        ("node-2", True),
    ]
    assert not await nodes.renew_node(exchange.installation, "node-1")
    assert await exchange.later(NOTHING) == 2
    assert (await exchange.now(leg)).node_id == "node-2"


async def test_what_a_dead_node_says_late_changes_nothing(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    former = await caller.leg()
    await exchange.node("node-2", "media-2")
    await dies(exchange)
    await exchange.later(NOTHING)
    again = [await exchange.now(leg), await caller.leg()]
    for late in (leg, former):
        await nodes.fail_leg(exchange.system, late, "media.silent")
        await nodes.connect_leg(exchange.system, late)
        await nodes.describe_leg(exchange.system, late, OFFER)
        await nodes.enter_call(exchange.system, late)
        await nodes.keep_stats(exchange.system, [(late, {"lost": 5})])
    assert [await exchange.now(leg), await caller.leg()] == again


async def test_a_burial_that_is_repeated_makes_nothing_anew_twice(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    await exchange.node("node-2", "media-2")
    await dies(exchange)
    assert await nodes.bury_node(exchange.installation, "node-1") == 2
    assert await nodes.bury_node(exchange.installation, "node-1") == 0
    assert [(await exchange.now(leg)).generation, (await caller.leg()).generation] == [2, 2]


async def test_what_is_measured_is_kept_with_its_leg(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    _, leg = await exchange.talk(queue, ana)
    await nodes.keep_stats(exchange.system, [(leg, {"mos": 4.2})])
    assert (await exchange.now(leg)).stats == {"mos": 4.2}
    await nodes.keep_stats(exchange.system, [])


async def test_measurements_wait_for_nobody(exchange: Exchange) -> None:
    queue = await exchange.queue()
    held, free = await exchange.wait_in(queue), await exchange.wait_in(queue)
    legs = [await held.leg(), await free.leg()]
    async with exchange.system.transaction() as tx:
        await nodes.lock_leg_in(tx, legs[0])
        await asyncio.wait_for(nodes.keep_stats(exchange.system, [(leg, {"mos": 4.2}) for leg in legs]), 5)
    assert [(await exchange.now(leg)).stats for leg in legs] == [None, {"mos": 4.2}]
    await nodes.keep_last_stats(exchange.system, legs[0], {"mos": 3.9})
    assert (await held.leg()).stats == {"mos": 3.9}
