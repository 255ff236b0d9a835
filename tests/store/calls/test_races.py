"""What happens at once: of two the first one counts, and whatever the order, nothing is left over."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from tests.store.calls.exchange import Exchange

from shiftline.calls.model import LegState
from shiftline.calls.operations import nodes, softphones
from shiftline.calls.operations.controls import end_conversation
from shiftline.calls.operations.offering import miss_offer
from shiftline.conversations.model.conversations import CallState
from shiftline.foundation.errors import Refusal
from shiftline.presence.model import RoutingState
from shiftline.routing.operations.offers import find_offer

ROUNDS = range(6)
"""Each is another order of what the two transactions wait for."""


async def both(*works: Awaitable[Any]) -> list[BaseException | None]:
    """What came of works that were begun together; a refusal is an outcome, anything else a defect."""
    outcomes = await asyncio.gather(*works, return_exceptions=True)
    found = [each if isinstance(each, BaseException) else None for each in outcomes]
    assert [each for each in found if each is not None and not isinstance(each, Refusal)] == []
    return found


async def test_two_tabs_accept_at_once(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    tabs = [f"ana@org.localhost/{number}" for number in range(4)]
    assert await both(*(exchange.accept(rings, jid) for jid in tabs)) == [None] * 4
    taken = await exchange.now(rings)
    assert taken.state is LegState.REQUESTED
    assert taken.jid in tabs
    accepted = await exchange.rows("select count(*) as n from routing.offer where state = 'accepted'")
    assert accepted == [{"n": 1}]
    await exchange.set_up(rings)
    await exchange.connect(rings)
    assert await caller.state() == "connected"
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


@pytest.mark.parametrize("number", ROUNDS)
async def test_a_caller_gives_up_while_the_agent_accepts(exchange: Exchange, number: int) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    works = [caller.hang_up(), exchange.accept(rings)]
    await both(*(works if number % 2 else reversed(works)))
    assert await caller.state() == "ended"
    await exchange.require_nothing_left(ana)


@pytest.mark.parametrize("number", ROUNDS)
async def test_both_hang_up_while_the_leg_connects(exchange: Exchange, number: int) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    await exchange.accept(rings)
    answered = await exchange.set_up(rings)
    works = [caller.hang_up(), nodes.connect_leg(exchange.system, answered), exchange.hang_up(answered)]
    await both(*works[number % 3 :], *works[: number % 3])
    assert not (await exchange.now(rings)).live
    if await caller.state() == "waiting":  # the agent was first: the caller, too, would have been told
        await caller.hang_up()
    assert await exchange.floor.status(ana) in {RoutingState.IDLE, RoutingState.NOT_RESPONDING}
    await exchange.require_nothing_left()


@pytest.mark.parametrize("number", ROUNDS)
async def test_an_agent_accepts_while_their_time_runs_out(exchange: Exchange, number: int) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    offer = await exchange.read(find_offer, exchange.organization_id, rings.offer_id)
    works = [exchange.accept(rings), miss_offer(exchange.system, offer)]
    await both(*(works if number % 2 else reversed(works)))
    settled = await exchange.read(find_offer, exchange.organization_id, rings.offer_id)
    if settled.state == "accepted":
        await exchange.set_up(rings)
        await exchange.connect(rings)
        assert await caller.state() == "connected"
    else:
        assert settled.state == "missed"
        assert not (await exchange.now(rings)).live
        assert await exchange.floor.status(ana) is RoutingState.NOT_RESPONDING
        assert await caller.state() == "waiting"
    await caller.hang_up()
    await exchange.require_nothing_left()


@pytest.mark.parametrize("number", ROUNDS)
async def test_the_router_offers_while_the_caller_hangs_up(exchange: Exchange, number: int) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    works = [caller.hang_up(), exchange.offer()]
    await both(*(works if number % 2 else reversed(works)))
    await exchange.offer()
    await exchange.require_nothing_left(ana)


async def test_two_routers_offer_at_once(exchange: Exchange) -> None:
    """One leads; should there be two for a moment, nothing is offered or rings twice."""
    queue = await exchange.queue()
    people = [await exchange.agent(f"Agent {number}", queue) for number in range(3)]
    callers = [await exchange.wait_in(queue) for _ in range(3)]
    await both(*(exchange.offer() for _ in range(4)))
    rings = [await exchange.leg_of(person_id) for person_id in people]
    assert len({leg.conversation_id for leg in rings}) == 3
    assert await exchange.rows("select count(*) as n from routing.offer") == [{"n": 3}]
    for leg in rings:
        await exchange.answer(leg)
    assert [await caller.state() for caller in callers] == ["connected"] * 3
    await both(*(caller.hang_up() for caller in callers))
    await exchange.require_nothing_left(*people)


async def test_a_maker_of_an_offer_dies_before_it_rings(exchange: Exchange) -> None:
    """The offer is committed, the leg not: whoever leads next rings the phone."""
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    (offer,) = await exchange.floor.route()
    assert len(await exchange.legs()) == 1
    await exchange.offer()
    assert (await exchange.leg_of(ana)).offer_id == offer.id
    await exchange.answer(await exchange.leg_of(ana))
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_an_offer_that_never_rang_is_withdrawn_with_its_caller(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller = await exchange.wait_in(queue)
    await exchange.floor.route()
    await caller.hang_up()
    await exchange.offer()
    await exchange.require_nothing_left(ana)


@pytest.mark.parametrize("number", ROUNDS)
async def test_all_that_may_happen_to_a_call_at_once(exchange: Exchange, number: int) -> None:
    queue = await exchange.queue()
    ana = await exchange.agent("Ana", queue)
    caller, leg = await exchange.talk(queue, ana)
    supervisor = exchange.acting_as(ana, "conversation:communication:disconnect")
    works = [
        exchange.wish(ana, leg, held=True),
        caller.hang_up(),
        exchange.wish(ana, leg, muted=True),
        end_conversation(supervisor, caller.conversation_id),
        nodes.fail_leg(exchange.system, leg, "ice.failed"),
        exchange.wish(ana, leg, state=CallState.DISCONNECTED),
        softphones.hang_up(exchange.system, ana, leg.session_id, "success"),
        nodes.bury_node(exchange.installation, "node-1"),
    ]
    await both(*works[number:], *works[:number])
    await end_conversation(supervisor, caller.conversation_id)
    assert await exchange.floor.status(ana) in {RoutingState.IDLE, RoutingState.NOT_RESPONDING}
    await exchange.require_nothing_left()


async def test_two_call_each_other_at_once(exchange: Exchange) -> None:
    ana, ben = await exchange.agent("Ana"), await exchange.agent("Ben")
    begun = await both(exchange.call_person(ana, ben), exchange.call_person(ben, ana))
    assert begun == [None, None], "each has one line, which rings for their own call"
    legs = await exchange.legs()
    assert sorted(leg.person_id or "" for leg in legs) == [ana, ben]
    for leg in legs:
        await exchange.hang_up(leg)
    await exchange.require_nothing_left(ana, ben)
