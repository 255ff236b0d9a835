"""Interactions are offered, and what becomes of it."""

from tests.store.routing.floor import Floor

from shiftline.presence.model import RoutingState
from shiftline.routing.operations.interactions import finish_in
from shiftline.routing.operations.offers import accept_offer_in


async def test_a_call_is_offered_accepted_and_finished(floor: Floor) -> None:
    queue = await floor.queue("Voice")
    ana = await floor.agent("Ana", queue)
    await floor.call(queue)
    [offer] = await floor.route()
    assert (offer.person_id, offer.conversation_id) == (ana, "call-1")
    assert await floor.route() == []
    await floor.do(accept_offer_in, offer.id)
    assert await floor.status(ana) is RoutingState.INTERACTING
    assert (await floor.interaction("call-1")).person_id == ana
    await floor.do(finish_in, ana, "call-1")
    assert await floor.status(ana) is RoutingState.IDLE
