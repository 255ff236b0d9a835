"""What waits: once, in one queue, in line, in one organization."""

from datetime import timedelta

import pytest
from tests.store.conftest import Tenant
from tests.store.routing.floor import Floor, one_offer

from shiftline.foundation.errors import Invalid
from shiftline.presence.model import RoutingState, SystemPresence
from shiftline.routing.errors import AlreadyQueued, OfferNotFound, QueueNotFound, Unknown
from shiftline.routing.events import InteractionChanged
from shiftline.routing.model.interactions import InteractionState
from shiftline.routing.model.skills import SkillDraft
from shiftline.routing.operations.interactions import (
    estimate_wait,
    finish_in,
    organizations_waiting,
    withdraw_in,
)
from shiftline.routing.operations.offers import (
    accept_offer_in,
)
from shiftline.routing.rules.lines import FEWEST_HANDLED, HIGHEST_PRIORITY

SECOND = timedelta(seconds=1)


async def test_a_conversation_waits_once_and_in_one_queue(floor: Floor) -> None:
    queue, other = await floor.queue("Voice"), await floor.queue("Other")
    first = await floor.call(queue, conversation_id="c", priority=1)
    assert await floor.call(queue, conversation_id="c", priority=9) == first
    with pytest.raises(AlreadyQueued):
        await floor.call(other, conversation_id="c")
    await floor.do(withdraw_in, "c", "transferred")
    moved = await floor.call(other, conversation_id="c")
    assert (moved.queue_id, moved.id == first.id) == (other, False)
    assert len(await floor.tenant.news(InteractionChanged)) == 3


async def test_a_conversation_that_an_agent_has_can_wait_for_another_too(floor: Floor) -> None:
    ana, offer_id = await one_offer(floor)
    await floor.do(accept_offer_in, offer_id)
    await floor.call("Voice", conversation_id="call-1")
    ben = await floor.agent("Ben", "Voice")
    [offer] = await floor.route()
    await floor.do(accept_offer_in, offer.id)
    await floor.do(finish_in, ana, "call-1")
    assert [await floor.status(each) for each in (ana, ben)] == [RoutingState.IDLE, RoutingState.INTERACTING]


async def test_what_cannot_be_queued_is_refused_by_name(floor: Floor) -> None:
    queue = await floor.queue("Voice")
    with pytest.raises(QueueNotFound):
        await floor.call("unheard")
    with pytest.raises(Unknown, match="skillIds"):
        await floor.call(queue, skill_ids=("unheard",))
    with pytest.raises(Unknown, match="languageId"):
        await floor.call(queue, language_id="unheard")
    with pytest.raises(Invalid, match="priority"):
        await floor.call(queue, priority=HIGHEST_PRIORITY + 1)


async def test_priority_and_skills_choose_among_those_who_wait(floor: Floor) -> None:
    await floor.skill(SkillDraft("Law", id="law"))
    queue = await floor.queue("Voice")
    await floor.call(queue, conversation_id="law", skill_ids=("law",), priority=9)
    await floor.call(queue, conversation_id="first")
    await floor.call(queue, conversation_id="urgent", priority=5)
    ana = await floor.agent("Ana", queue)
    assert await floor.route_all() == [("urgent", ana)]
    assert await floor.why_not("law", ana) == ["busy.with.offer", "skill.missing"]
    ben = await floor.agent("Ben", queue)
    await floor.learn(ben, "law")
    assert await floor.route_all() == [("law", ben)]


async def test_organizations_do_not_serve_each_other(floor: Floor, other_tenant: Tenant) -> None:
    queue = await floor.queue("Voice")
    other = Floor(other_tenant, other_tenant.context)  # type: ignore[arg-type]
    await other.prepare()
    await other.queue("Voice")
    await other.agent("Eve", "Voice")
    await floor.call(queue)
    assert await other.route() == []
    assert await floor.route() == []
    async with floor.context.reader() as reader:
        assert await organizations_waiting(reader) == ["org-1"]
    await other.call("Voice", conversation_id="call-1")
    [offer] = await other.route()
    with pytest.raises(OfferNotFound):
        await floor.do(accept_offer_in, offer.id)
    assert await floor.do(withdraw_in, "call-1", "abandoned") is None
    assert (await other.interaction("call-1")).state is InteractionState.OFFERED


async def test_position_and_wait_are_told_as_well_as_they_can_be_known(floor: Floor) -> None:
    queue = await floor.queue("Voice")
    ana, ben = await floor.agent("Ana", queue), await floor.agent("Ben", queue)
    floor.context.clock.set("2023-10-27T06:00:00-05:00")
    for _ in range(FEWEST_HANDLED):
        await floor.call(queue)
        [offer] = await floor.route()
        await floor.do(accept_offer_in, offer.id)
        floor.context.clock.advance(timedelta(minutes=4))
        await floor.do(finish_in, offer.person_id, offer.conversation_id)
    for _ in (ana, ben):
        await floor.call(queue)
        [offer] = await floor.route()
        await floor.do(accept_offer_in, offer.id)
    for name, priority in (("first", 0), ("second", 0), ("urgent", 1)):
        await floor.call(queue, conversation_id=name, priority=priority)
        floor.context.clock.advance(SECOND)

    async def told(conversation_id: str) -> object:
        async with floor.context.reader() as reader:
            return await estimate_wait(reader, "org-1", conversation_id)

    minute = timedelta(minutes=1)
    assert [await told(each) for each in ("urgent", "first", "second")] == [
        (1, 2 * minute),
        (2, 4 * minute),
        (3, 6 * minute),
    ]
    assert await told("call-1") is None
    for person in (ana, ben):
        await floor.be(person, SystemPresence.MEAL)
    assert await told("urgent") == (1, None)
