"""Connections that stay between calls: offered once, used by one call after the other, made anew when they are lost."""

from datetime import timedelta

import pytest
from tests.store.calls.exchange import Exchange

from shiftline.calls.events import LegChanged, SoftphoneTold
from shiftline.calls.jobs import offer_connection_again, offer_connection_of_station, offer_connections
from shiftline.calls.model import PROPOSAL_LIFETIME, Leg, LegState
from shiftline.calls.operations import nodes
from shiftline.calls.operations.persistent import offer_persistent
from shiftline.conversations.model.conversations import CallState
from shiftline.identity.operations.organizations import change_tenant_settings
from shiftline.presence.events import SessionOpened
from shiftline.presence.model import RoutingState
from shiftline.routing.model.queues import MediaSettings, Medium, QueueSettings, WebCalls
from shiftline.stations.events import AssociationChanged
from shiftline.stations.model import PhoneDraft
from shiftline.stations.operations.phones import create_phone_in

MOMENT = timedelta(seconds=1)
PERSISTENT = {"station_persistent_enabled": {"value": {"instance": True}}}


async def agent(exchange: Exchange, name: str, *queues: str, persistent: bool = True) -> str:
    """Somebody on queue whose station keeps its connection."""
    person_id = await exchange.agent(name, *queues, phone=False)
    async with exchange.floor.context.transaction() as tx:
        properties = PERSISTENT if persistent else {}
        await create_phone_in(tx, PhoneDraft(f"Phone of {name}", person_id, line_properties=properties))
    return person_id


async def keep(exchange: Exchange, person_id: str) -> Leg:
    """The connection that somebody's softphone keeps."""
    assert await offer_persistent(exchange.system, person_id)
    leg = await exchange.answer(await exchange.leg_of(person_id))
    assert (leg.state, leg.persistent, leg.conversation_id) == (LegState.CONNECTED, True, None)
    return leg


async def test_it_is_offered_once_and_accepted_in_silence(exchange: Exchange) -> None:
    ana = await agent(exchange, "Ana")
    await exchange.floor.tenant.news()
    assert await offer_persistent(exchange.system, ana)
    assert not await offer_persistent(exchange.system, ana)
    (told,) = await exchange.floor.tenant.news(SoftphoneTold)
    assert (told.kind, told.persistent, told.auto_answer) == ("propose", True, True)
    assert told.conversation_id, "the vendor's client wants one"
    assert await exchange.floor.status(ana) is RoutingState.IDLE


async def test_who_wants_none_or_is_not_there_is_offered_none(exchange: Exchange) -> None:
    assert not await offer_persistent(exchange.system, await agent(exchange, "Ana", persistent=False))
    ben = await exchange.agent("Ben", phone=False)
    assert not await offer_persistent(exchange.system, ben)
    async with exchange.floor.context.transaction() as tx:
        away = await exchange.floor.tenant.person("Cem")
        await create_phone_in(tx, PhoneDraft("Phone of Cem", away.id, line_properties=PERSISTENT))
    assert not await offer_persistent(exchange.system, away.id)


async def test_a_tenant_may_want_it_of_every_station(exchange: Exchange) -> None:
    ana = await agent(exchange, "Ana", persistent=False)
    ben = await exchange.agent("Ben", phone=False)
    await change_tenant_settings(exchange.floor.context, persistent_connection_required=True)
    assert await offer_persistent(exchange.system, ana)
    assert not await offer_persistent(exchange.system, ben), "there is no station"


async def test_one_call_after_the_other_uses_it(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await agent(exchange, "Ana", queue)
    kept = await keep(exchange, ana)
    await exchange.floor.tenant.news()
    for _ in range(2):
        caller = await exchange.wait_in(queue)
        rings = await exchange.ring(ana)
        assert (rings.id, rings.state, rings.conversation_id) == (kept.id, LegState.CONNECTED, caller.conversation_id)
        assert await caller.state() == "ringing"
        assert (await exchange.states(caller.conversation_id))[-1] == ("agent", "alerting")
        await exchange.wish(ana, rings, state=CallState.CONNECTED)
        await nodes.enter_call(exchange.system, await exchange.now(rings))
        assert await caller.state() == "connected"
        assert kept.id in await exchange.recorded()
        await exchange.wish(ana, rings, state=CallState.DISCONNECTED)
        assert await caller.state() == "ended"
        free = await exchange.now(kept)
        assert (free.state, free.conversation_id, free.due_at, free.generation) == (LegState.CONNECTED, None, None, 1)
        await exchange.require_nothing_left(ana)
    told = await exchange.floor.tenant.news(SoftphoneTold)
    assert told == [], "the connection stays, its softphone hears of the calls by their topics"


async def test_who_gives_up_or_declines_leaves_the_connection(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await agent(exchange, "Ana", queue)
    kept = await keep(exchange, ana)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    await caller.hang_up()
    assert (await exchange.now(kept)).conversation_id is None
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    await exchange.wish(ana, rings, state=CallState.DISCONNECTED)
    assert await exchange.floor.status(ana) is RoutingState.IDLE
    assert await caller.state() == "waiting"
    assert (await exchange.now(kept)).live
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_a_call_that_is_not_taken_in_time_leaves_it(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await agent(exchange, "Ana", queue)
    kept = await keep(exchange, ana)
    caller = await exchange.wait_in(queue)
    await exchange.ring(ana)
    await exchange.later(timedelta(seconds=31))
    assert await exchange.floor.status(ana) is RoutingState.NOT_RESPONDING
    assert await caller.state() == "waiting"
    free = await exchange.now(kept)
    assert (free.state, free.conversation_id, free.due_at) == (LegState.CONNECTED, None, None)
    await caller.hang_up()
    await exchange.require_nothing_left()


async def test_another_agent_s_call_that_is_not_taken_in_time_leaves_it(exchange: Exchange) -> None:
    ana, ben = await agent(exchange, "Ana"), await agent(exchange, "Ben")
    kept = [await keep(exchange, person_id) for person_id in (ana, ben)]
    begun = await exchange.call_person(ana, ben)
    await nodes.enter_call(exchange.system, await exchange.now(kept[0]))
    assert await exchange.states(begun) == [("user", "dialing"), ("user", "alerting")]
    await exchange.later(PROPOSAL_LIFETIME + MOMENT)
    assert [state for _, state in await exchange.states(begun)] == ["disconnected"] * 2
    assert [(await exchange.now(leg)).conversation_id for leg in kept] == [None, None]
    await exchange.require_nothing_left(ana, ben)


async def test_a_queue_that_answers_by_itself(exchange: Exchange) -> None:
    automatic = {Medium.CALL: MediaSettings(enable_auto_answer=True)}
    queue = await exchange.queue(settings=QueueSettings(media=automatic, web_calls=WebCalls(enabled=True)))
    ana = await agent(exchange, "Ana", queue)
    await keep(exchange, ana)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    assert rings.auto_answer
    assert await exchange.floor.status(ana) is RoutingState.INTERACTING
    await nodes.enter_call(exchange.system, rings)
    assert await caller.state() == "connected"
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_a_call_in_another_node_takes_the_connection_there(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await agent(exchange, "Ana", queue)
    await exchange.node("node-2", "media-2")
    caller = await exchange.wait_in(queue)
    kept = await keep(exchange, ana)
    assert ((await caller.leg()).node_id, kept.node_id) == ("node-1", "node-2"), (
        "each begins where there is least to do"
    )
    rings = await exchange.ring(ana)
    assert (rings.id, rings.state, rings.generation, rings.node_id) == (kept.id, LegState.REQUESTED, 2, "node-1")
    await exchange.set_up(rings)
    await exchange.connect(rings)
    assert await caller.state() == "ringing", "the session is there again, and it rings"
    await exchange.wish(ana, rings, state=CallState.CONNECTED)
    await nodes.enter_call(exchange.system, await exchange.now(rings))
    assert await caller.state() == "connected"
    await caller.hang_up()
    await exchange.require_nothing_left(ana)


async def test_a_connection_between_calls_whose_node_dies_is_made_anew(exchange: Exchange) -> None:
    ana = await agent(exchange, "Ana")
    kept = await keep(exchange, ana)
    await exchange.node("node-2", "media-2")
    await nodes.end_node(exchange.installation, "node-1", "media-1")
    assert await exchange.later(timedelta(0)) == 1
    await exchange.set_up(kept)
    again = await exchange.connect(kept)
    assert (again.state, again.node_id, again.generation) == (LegState.CONNECTED, "node-2", 2)


@pytest.mark.parametrize(("reason", "offered"), [("ice.failed", True), ("media.silent", True), ("success", False)])
async def test_what_was_lost_is_offered_again_and_what_was_ended_is_not(
    exchange: Exchange, reason: str, offered: bool
) -> None:
    ana = await agent(exchange, "Ana")
    kept = await keep(exchange, ana)
    await exchange.floor.tenant.news()
    if reason == "success":
        await exchange.hang_up(kept)
    else:
        await nodes.fail_leg(exchange.system, kept, reason)
    (ended,) = [each for each in await exchange.floor.tenant.news(LegChanged) if each.state == "ended"]
    await offer_connection_again(exchange.system, ended)
    assert [leg.state for leg in await exchange.legs()] == ([LegState.PROPOSED] if offered else [])


@pytest.mark.parametrize("accepted", [True, False])
async def test_one_that_did_not_come_up_is_offered_again_if_somebody_took_it(
    exchange: Exchange, accepted: bool
) -> None:
    """A page that is left while its connection is set up does not answer any more; the next one wants another."""
    ana = await agent(exchange, "Ana")
    assert await offer_persistent(exchange.system, ana)
    if accepted:
        await exchange.accept(await exchange.leg_of(ana))
    await exchange.floor.tenant.news()
    await exchange.later(PROPOSAL_LIFETIME + MOMENT)
    (ended,) = [each for each in await exchange.floor.tenant.news(LegChanged) if each.state == "ended"]
    await offer_connection_again(exchange.system, ended)
    assert [leg.state for leg in await exchange.legs()] == ([LegState.PROPOSED] if accepted else [])


async def test_a_station_that_comes_after_the_softphone_is_offered_its_connection(exchange: Exchange) -> None:
    ana = await exchange.agent("Ana", phone=False)
    (came,) = [each for each in await exchange.floor.tenant.news(SessionOpened) if each.person_id == ana]
    await offer_connections(exchange.system, [came])
    assert await exchange.legs() == []
    async with exchange.floor.context.transaction() as tx:
        await create_phone_in(tx, PhoneDraft("Phone of Ana", ana, line_properties=PERSISTENT))
    for each in await exchange.floor.tenant.news(AssociationChanged):
        await offer_connection_of_station(exchange.system, each)
    assert [leg.person_id for leg in await exchange.legs()] == [ana]


async def test_a_softphone_that_comes_is_offered_its_connection(exchange: Exchange) -> None:
    """Of all who come at the same time, those whose stations want one."""
    ana, ben = await agent(exchange, "Ana"), await agent(exchange, "Ben", persistent=False)
    eve = await agent(exchange, "Eve")
    came = await exchange.floor.tenant.news(SessionOpened)
    assert {each.person_id for each in came} == {ana, ben, eve}
    await offer_connections(exchange.system, came)
    await offer_connections(exchange.system, came)
    assert sorted(leg.person_id or "" for leg in await exchange.legs()) == sorted([ana, eve])


async def test_a_connection_that_breaks_in_a_call_ends_the_agent_s_part(exchange: Exchange) -> None:
    queue = await exchange.queue()
    ana = await agent(exchange, "Ana", queue)
    kept = await keep(exchange, ana)
    caller = await exchange.wait_in(queue)
    rings = await exchange.ring(ana)
    await exchange.wish(ana, rings, state=CallState.CONNECTED)
    await nodes.enter_call(exchange.system, await exchange.now(rings))
    await nodes.fail_leg(exchange.system, await exchange.now(rings), "ice.failed")
    assert not (await exchange.now(kept)).live
    assert await caller.state() == "waiting"
    assert await exchange.floor.status(ana) is RoutingState.NOT_RESPONDING
    await caller.hang_up()
    await exchange.require_nothing_left()
