"""Interactions are offered, and what becomes of it: accepted, declined, missed, failed, withdrawn."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg.types.json import Json
from tests.store.routing.floor import CHAT, Floor, one_offer, voice

from shiftline.foundation.errors import Conflict
from shiftline.presence.model import RoutingState, SystemPresence
from shiftline.presence.operations.presences import set_routing_status
from shiftline.routing.errors import OfferNotFound, OfferSettled
from shiftline.routing.events import InteractionChanged, OfferChanged
from shiftline.routing.model.interactions import InteractionState, Offer, OfferState
from shiftline.routing.model.queues import MediaSettings, Medium
from shiftline.routing.model.utilization import MediaUtilization
from shiftline.routing.operations.interactions import (
    finish_in,
    withdraw_in,
)
from shiftline.routing.operations.offers import (
    accept_offer_in,
    decline_offer_in,
    fail_offer_in,
    find_expired_offers,
    find_offer,
    miss_offer_in,
)
from shiftline.routing.operations.settings import set_utilization
from shiftline.routing.rules.choices import REFUSAL_PAUSE
from shiftline.routing.store.interactions import list_of_conversation

SECOND = timedelta(seconds=1)


async def test_a_call_is_offered_accepted_and_finished(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    assert await floor.route() == [], "who is alerted is not offered another, nor another the same"
    assert (await floor.interaction("call-1")).state is InteractionState.OFFERED
    accepted = await floor.do(accept_offer_in, offer_id)
    assert (accepted.state, accepted.person_id) == (OfferState.ACCEPTED, ana)
    assert await floor.status(ana) is RoutingState.INTERACTING
    taken = await floor.interaction("call-1")
    assert (taken.state, taken.person_id) == (InteractionState.ASSIGNED, ana)
    await floor.do(finish_in, ana, "call-1")
    assert await floor.status(ana) is RoutingState.IDLE
    assert (await floor.interaction("call-1")).state is InteractionState.ENDED
    told = await floor.tenant.news(InteractionChanged, OfferChanged)
    assert [(type(each).__name__, each.state) for each in told] == [
        ("InteractionChanged", "waiting"),
        ("OfferChanged", "alerting"),
        ("OfferChanged", "accepted"),
        ("InteractionChanged", "ended"),
    ]


async def test_the_first_answer_counts_and_repeating_it_changes_nothing(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    await floor.do(accept_offer_in, offer_id)
    await floor.tenant.news()
    assert (await floor.do(accept_offer_in, offer_id)).state is OfferState.ACCEPTED
    assert await floor.tenant.news() == []
    for late in (decline_offer_in, miss_offer_in):
        with pytest.raises(OfferSettled, match="accepted"):
            await floor.do(late, offer_id)
    assert await floor.status(ana) is RoutingState.INTERACTING
    with pytest.raises(OfferNotFound):
        await floor.do(accept_offer_in, "unheard")


async def test_a_missed_offer_goes_to_another_and_whoever_missed_it_is_not_responding(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    ben = await floor.agent("Ben", "Voice")
    place = (await floor.interaction("call-1")).enqueued_at
    await floor.call("Voice")
    await floor.do(miss_offer_in, offer_id)
    assert await floor.status(ana) is RoutingState.NOT_RESPONDING
    assert (await floor.interaction("call-1")).enqueued_at == place
    assert await floor.route_all() == [("call-1", ben)], "it is first in line still"
    assert await floor.why_not("call-1", ana) == ["status.NOT_RESPONDING"]
    assert (await floor.do(miss_offer_in, offer_id)).state is OfferState.MISSED, "twice is once"


async def test_who_missed_it_gets_it_again_only_if_nobody_else_is_there(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    await floor.do(miss_offer_in, offer_id)
    await set_routing_status(floor.context, ana, RoutingState.IDLE)
    ben = await floor.agent("Ben", "Voice")
    [offer] = await floor.route()
    assert offer.person_id == ben
    assert await floor.why_not("call-1", ana) == ["missed.before"]
    await floor.do(miss_offer_in, offer.id)
    [again] = await floor.route()
    assert again.person_id == ana


async def test_who_declined_stays_idle_and_is_not_offered_the_same_again_for_a_while(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    await floor.do(decline_offer_in, offer_id)
    assert await floor.status(ana) is RoutingState.IDLE
    assert await floor.route() == []
    assert await floor.why_not("call-1", ana) == ["declined.before"]
    await floor.call("Voice")
    [other] = await floor.route()
    assert other.conversation_id == "call-2"
    await floor.do(withdraw_in, "call-2", "abandoned")
    floor.context.clock.advance(REFUSAL_PAUSE)
    assert [each.conversation_id for each in await floor.route()] == ["call-1"]


@pytest.mark.parametrize("accepted", [False, True])
async def test_a_phone_that_does_not_come_up_gives_the_call_back(floor: Floor, accepted: bool) -> None:
    ana, offer_id = await one_offer(floor)
    place = (await floor.interaction("call-1")).enqueued_at
    if accepted:
        await floor.do(accept_offer_in, offer_id)
    failed = await floor.do(fail_offer_in, offer_id, "ice.timeout")
    assert (failed.state, failed.reason) == (OfferState.FAILED, "ice.timeout")
    assert await floor.status(ana) is RoutingState.NOT_RESPONDING
    back = await floor.interaction("call-1")
    assert (back.state, back.enqueued_at, back.person_id) == (InteractionState.WAITING, place, None)
    ben = await floor.agent("Ben", "Voice")
    assert await floor.route_all() == [("call-1", ben)]
    await floor.do(fail_offer_in, offer_id, "again")
    assert (await floor.offers("call-1"))[0][0].reason == "ice.timeout"


async def test_a_call_that_is_over_does_not_come_back_when_its_phone_fails(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    await floor.do(accept_offer_in, offer_id)
    await floor.do(finish_in, ana, "call-1")
    with pytest.raises(OfferSettled):
        await floor.do(fail_offer_in, offer_id, "ice.timeout")
    assert await floor.status(ana) is RoutingState.IDLE


async def test_a_call_that_waits_elsewhere_already_does_not_come_back(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    await floor.do(accept_offer_in, offer_id)
    await floor.queue("Other")
    await floor.call("Other", conversation_id="call-1")
    await floor.do(fail_offer_in, offer_id, "ice.timeout")
    assert await floor.status(ana) is RoutingState.NOT_RESPONDING
    async with floor.context.reader() as reader:
        found = await list_of_conversation(reader, "org-1", "call-1")
    assert [(each.queue_id, each.state, each.end_reason) for each, _, _ in found] == [
        ("Voice", InteractionState.ENDED, "ice.timeout"),
        ("Other", InteractionState.WAITING, None),
    ]


async def test_a_caller_who_hangs_up_takes_the_offer_with_them(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    withdrawn = await floor.do(withdraw_in, "call-1", "abandoned")
    assert (withdrawn.id, withdrawn.state, withdrawn.reason) == (offer_id, OfferState.WITHDRAWN, "abandoned")
    assert await floor.status(ana) is RoutingState.IDLE
    ended = await floor.interaction("call-1")
    assert (ended.state, ended.end_reason) == (InteractionState.ENDED, "abandoned")
    with pytest.raises(OfferSettled):
        await floor.do(accept_offer_in, offer_id)
    assert await floor.do(withdraw_in, "call-1", "abandoned") is None
    await floor.call("Voice")
    assert await floor.route_all() == [("call-2", ana)]


async def test_what_an_agent_took_is_theirs_until_they_finish(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    await floor.do(accept_offer_in, offer_id)
    assert await floor.do(withdraw_in, "call-1", "abandoned") is None
    assert (await floor.interaction("call-1")).person_id == ana


async def test_who_handles_two_is_idle_after_the_second(floor: Floor) -> None:
    queue = await floor.queue("Chats")
    ana = await floor.agent("Ana", queue)
    for name in ("one", "two"):
        await floor.call(queue, conversation_id=name, medium=CHAT)
        [offer] = await floor.route()
        await floor.do(accept_offer_in, offer.id)
    await floor.call(queue)
    assert await floor.route() == [], "a call may not interrupt a chat"
    assert await floor.why_not("call-1", ana) == ["status.INTERACTING"]
    assert await floor.do(finish_in, ana, "one")
    assert await floor.status(ana) is RoutingState.INTERACTING
    await floor.do(finish_in, ana, "two")
    assert await floor.status(ana) is RoutingState.IDLE


async def test_who_came_back_on_queue_with_a_call_still_on_is_not_offered_another(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    await floor.do(accept_offer_in, offer_id)
    await floor.be(ana, SystemPresence.BREAK)
    await floor.be(ana, SystemPresence.ON_QUEUE)
    assert await floor.status(ana) is RoutingState.IDLE
    await floor.call("Voice")
    assert await floor.route() == []
    assert await floor.why_not("call-2", ana) == ["capacity.reached"]


async def test_an_offer_is_a_lease_in_real_time_for_as_long_as_the_queue_says(floor: Floor) -> None:
    queue = await floor.queue("Voice", voice(media={Medium.CALL: MediaSettings(12)}))
    await floor.agent("Ana", queue)
    await floor.call(queue)
    before = floor.context.clock.real_now()
    [offer] = await floor.route()
    after = floor.context.clock.real_now()
    assert before + 12 * SECOND <= offer.expires_at <= after + 12 * SECOND
    async with floor.context.reader() as reader:
        assert await find_expired_offers(reader, offer.expires_at - SECOND) == []
        assert await find_expired_offers(reader, offer.expires_at) == [("org-1", offer.id)]
    await floor.do(miss_offer_in, offer.id)
    async with floor.context.reader() as reader:
        assert await find_expired_offers(reader, offer.expires_at) == []
        found = await find_offer(reader, "org-1", offer.id)
    assert found is not None
    assert found.state is OfferState.MISSED


@pytest.mark.parametrize(("of_queue", "of_person"), [(False, False), (True, False), (False, True)])
async def test_auto_answer_is_the_queues_or_the_agents(floor: Floor, of_queue: bool, of_person: bool) -> None:
    queue = await floor.queue("Voice", voice(media={Medium.CALL: MediaSettings(enable_auto_answer=of_queue)}))
    ana = await floor.agent("Ana", queue)
    async with floor.context.transaction() as tx:
        update = "update identity.person set acd_auto_answer = %(on)s, since = now() where id = %(id)s"
        await tx.execute(update, {"on": of_person, "id": ana})
    await floor.call(queue)
    [offer] = await floor.route()
    assert offer.auto_answer == (of_queue or of_person)


async def test_a_call_interrupts_what_utilization_says_it_may(floor: Floor) -> None:
    queue = await floor.queue("Mixed")
    ana = await floor.agent("Ana", queue)
    await floor.call(queue, medium=Medium.EMAIL)
    [offer] = await floor.route()
    await floor.do(accept_offer_in, offer.id)
    await floor.call(queue, medium=Medium.EMAIL)
    assert await floor.route() == []
    await floor.call(queue)
    [second] = await floor.route()
    assert (second.person_id, second.medium) == (ana, Medium.CALL)
    await set_utilization(floor.context, {Medium.EMAIL: MediaUtilization(2)})
    await floor.do(decline_offer_in, second.id)
    assert await floor.route_all() == [("call-2", ana)], "two e-mails, and no more interrupted by calls"


async def test_the_database_itself_refuses_what_must_never_be(floor: Floor) -> None:
    _, offer_id = await one_offer(floor)
    await floor.call("Voice")
    copy = """
        insert into routing.offer
        select (jsonb_populate_record(o, %(change)s::jsonb)).* from routing.offer o where o.id = %(id)s
    """

    async def forge(**change: str) -> None:
        async with floor.context.transaction() as tx:
            await tx.execute(copy, {"id": offer_id, "change": Json({"id": "forged", **change})})

    second = (await floor.interaction("call-2")).id
    with pytest.raises(Conflict, match="offer_of_interaction"):
        await forge(person_id="somebody")
    with pytest.raises(Conflict, match="offer_to_person"):
        await forge(interaction_id=second)
    await floor.do(accept_offer_in, offer_id)
    with pytest.raises(Conflict, match="offer_accepted"):
        await forge(person_id="somebody")


async def test_an_agent_or_caller_who_is_being_changed_is_left_for_the_next_time(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    await floor.do(decline_offer_in, offer_id)
    ben = await floor.agent("Ben", "Voice")
    async with floor.context.transaction() as tx:
        await tx.execute("select from presence.routing_status where person_id = %(id)s for update", {"id": ben})
        assert await floor.route() == []
    async with floor.context.transaction() as tx:
        await tx.execute("select from routing.interaction where conversation_id = 'call-1' for update", {})
        assert await floor.route() == []
    assert await floor.route_all() == [("call-1", ben)]
    assert ana != ben


async def test_routers_at_the_same_time_wait_for_each_other_and_none_is_refused(floor: Floor) -> None:
    queue = await floor.queue("Voice")
    people = [await floor.agent(f"agent-{number}", queue) for number in range(4)]
    for _ in range(6):
        await floor.call(queue)
    made = await asyncio.gather(*(floor.route(limit=1) for _ in range(6)))
    offered = [(offer.conversation_id, offer.person_id) for offers in made for offer in offers]
    assert sorted(conversation_id for conversation_id, _ in offered) == [f"call-{number}" for number in range(1, 5)]
    assert sorted(person_id for _, person_id in offered) == people


async def test_answers_at_the_same_time_are_one_answer(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    ways = (accept_offer_in, decline_offer_in, miss_offer_in, accept_offer_in)
    answers = await asyncio.gather(*(floor.do(way, offer_id) for way in ways), return_exceptions=True)
    states = {answer.state for answer in answers if isinstance(answer, Offer)}
    assert len(states) == 1
    assert all(isinstance(answer, Offer | OfferSettled) for answer in answers)
    expected = {
        OfferState.ACCEPTED: RoutingState.INTERACTING,
        OfferState.DECLINED: RoutingState.IDLE,
        OfferState.MISSED: RoutingState.NOT_RESPONDING,
    }
    assert await floor.status(ana) is expected[states.pop()]


async def test_a_finished_agent_who_left_the_queue_stays_off(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    await floor.do(accept_offer_in, offer_id)
    await floor.be(ana, SystemPresence.BREAK)
    assert (await floor.do(finish_in, ana, "call-1")).state is RoutingState.OFF_QUEUE
    assert replace(await floor.interaction("call-1"), ended_at=None).state is InteractionState.ENDED
