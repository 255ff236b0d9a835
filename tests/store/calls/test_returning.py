"""Web callers whose connection is gone and whose call is not: they make their offer anew, in time or not."""

import asyncio
from datetime import timedelta

import pytest
from tests.store.calls.exchange import OFFER, Exchange
from tests.store.calls.test_persistent import agent, keep

from shiftline.calls.errors import NotPossibleNow
from shiftline.calls.model import SETUP_LIFETIME, LegState, WebDraft
from shiftline.calls.operations import nodes, web_callers

MOMENT = timedelta(seconds=1)
NOTHING = timedelta(0)


async def dies(exchange: Exchange) -> None:
    await nodes.end_node(exchange.installation, "node-1", "media-1")


async def test_a_caller_who_waits_and_comes_back_keeps_their_place(exchange: Exchange) -> None:
    queue = await exchange.queue()
    first, second = await exchange.wait_in(queue), await exchange.wait_in(queue)
    await nodes.fail_leg(exchange.system, await first.leg(), "media.dead")
    await first.renew()
    await first.connect()
    assert [(await each.status()).position for each in (first, second)] == [1, 2]


async def test_what_is_said_of_a_lost_connection_afterwards_changes_nothing(exchange: Exchange) -> None:
    caller = await exchange.wait_in(await exchange.queue())
    known = await caller.leg()
    await nodes.fail_leg(exchange.system, known, "media.dead")
    lost = await caller.leg()
    await nodes.fail_leg(exchange.system, known, "dtls.closed")
    await nodes.connect_leg(exchange.system, known)
    assert await caller.leg() == lost


async def test_an_offer_that_is_not_answered_in_time_may_be_made_again(exchange: Exchange) -> None:
    """Whoever is in the queue already loses nothing by a connection that does not come up at the first try."""
    queue = await exchange.queue()
    caller = await exchange.wait_in(queue)
    await caller.renew()
    await exchange.later(SETUP_LIFETIME + MOMENT)
    assert await caller.state() == "lost"
    await caller.renew()
    await caller.connect()
    assert await caller.state() == "waiting"
    await caller.hang_up()
    await exchange.require_nothing_left()


async def test_an_offer_whose_node_dies_before_it_answers_is_answered_by_another(exchange: Exchange) -> None:
    draft = WebDraft(queue_id=await exchange.queue(), offer=OFFER)
    begun = asyncio.create_task(web_callers.begin_web_call(exchange.installation, draft))
    while not await exchange.legs():
        await asyncio.sleep(0.01)
    await exchange.node("node-2", "media-2")
    await dies(exchange)
    assert await exchange.later(NOTHING) == 1
    (leg,) = await exchange.legs()
    assert (leg.state, leg.node_id, leg.generation, leg.remote_sdp) == (LegState.REQUESTED, "node-2", 2, OFFER)
    await exchange.answer_requests(begun)
    assert (await begun).leg.generation == 2
    await exchange.connect(leg)
    assert (await exchange.now(leg)).state is LegState.CONNECTED


async def test_a_restart_asked_of_a_node_that_dies_is_refused_at_once_and_forgotten(exchange: Exchange) -> None:
    caller = await exchange.wait_in(await exchange.queue())
    asked = asyncio.create_task(
        web_callers.restart_web_call(exchange.installation, caller.begun.leg.id, caller.begun.secret, "a=ice-ufrag:new")
    )
    while (await caller.leg()).ice_offer is None:
        await asyncio.sleep(0.01)
    await exchange.node("node-2", "media-2")
    await dies(exchange)
    await exchange.later(NOTHING)
    with pytest.raises(NotPossibleNow, match="make a new offer"):
        await asyncio.wait_for(asked, 5)
    await caller.renew()
    assert (await caller.leg()).ice_offer is None


async def test_without_a_media_process_what_can_ring_rings_and_the_rest_when_there_is_one_again(
    exchange: Exchange,
) -> None:
    queue = await exchange.queue()
    ana = await agent(exchange, "Ana", queue)
    await keep(exchange, ana)
    await exchange.wait_in(queue)
    await exchange.wait_in(queue)
    await dies(exchange)
    ben = await exchange.agent("Ben", queue)
    await exchange.offer()
    assert (await exchange.leg_of(ben)).state is LegState.PROPOSED
    assert (await exchange.leg_of(ana)).offer_id is None
    await exchange.node("node-2", "media-2")
    await exchange.offer()
    assert (await exchange.leg_of(ana)).offer_id is not None
