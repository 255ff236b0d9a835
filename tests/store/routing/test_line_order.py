"""The line as SQL counts it is the line in which agents are sought, and its rings are those of the rules."""

import random
from datetime import timedelta

import pytest
from tests.store.routing.floor import Floor, voice

from shiftline.foundation.web.paging import Page
from shiftline.routing.model.choices import Need, Waiting
from shiftline.routing.model.queues import Ring, ScoringMethod
from shiftline.routing.model.skills import SkillDraft
from shiftline.routing.operations.interactions import estimate_wait
from shiftline.routing.operations.offers import decline_offer_in
from shiftline.routing.operations.stories import list_waiting
from shiftline.routing.rules.lines import order
from shiftline.routing.rules.rings import reach_ring
from shiftline.routing.store.offers import read_line


@pytest.mark.parametrize("method", ScoringMethod)
async def test_the_line_is_one(floor: Floor, method: ScoringMethod) -> None:
    dice = random.Random(method)
    queue = await floor.queue("Voice", voice(scoring_method=method))
    floor.context.clock.set("2023-10-27T06:00:00-05:00")
    for _ in range(40):
        floor.context.clock.advance(timedelta(seconds=dice.choice((0, 1, 20, 60))))
        await floor.call(queue, priority=dice.choice((-2, 0, 0, 0, 1, 3)))
    async with floor.context.transaction() as tx:
        line = await read_line(tx, [queue], floor.context.now(), 100)
    sought = [each.conversation_id for each in order(line.waiting, line.queues)]
    listed, total = await list_waiting(floor.context, queue, Page(100))
    assert [each.interaction.conversation_id for each in listed] == sought
    assert total == 40
    async with floor.context.reader() as reader:
        places = [await estimate_wait(reader, "org-1", conversation_id) for conversation_id in sought]
    assert [place and place[0] for place in places] == list(range(1, 41))


@pytest.mark.parametrize("seed", range(3))
async def test_the_first_of_each_need_and_ring_are_read_and_no_others_are_needed(floor: Floor, seed: int) -> None:
    dice, second = random.Random(seed), timedelta(seconds=1)
    await floor.skill(SkillDraft("Law", id="law"), SkillDraft("Tax", id="tax"))
    rings = (Ring(30 * second, ("law",)), Ring(0 * second), Ring(45.5 * second, ("tax",)))
    queues = [
        await floor.queue("Opening", voice(rings=rings)),
        await floor.queue("ByPriority", voice(rings=rings, scoring_method=ScoringMethod.PRIORITY_ONLY)),
        await floor.queue("Plain"),
    ]
    floor.context.clock.set("2023-10-27T06:00:00-05:00")
    for _ in range(60):
        floor.context.clock.advance(second * dice.choice((0, 0.5, 1, 5)))
        skill_ids = dice.choice(((), ("law",), ("law", "tax")))
        await floor.call(dice.choice(queues), priority=dice.choice((-2, 0, 0, 1, 3)), skill_ids=skill_ids)
    async with floor.context.transaction() as tx:
        every, first = [await read_line(tx, queues, floor.context.now(), most) for most in (1000, 1)]
    assert len(every.waiting) == 60
    groups: dict[tuple[str, Need, int], list[Waiting]] = {}
    for each in order(every.waiting, every.queues):
        ring = reach_ring(every.queues[each.queue_id].rings, floor.context.now() - each.enqueued_at)
        groups.setdefault((each.queue_id, each.need, ring), []).append(each)
    assert {each.id for each in first.waiting} == {alike[0].id for alike in groups.values()}
    for alike in groups.values():
        span = (min(each.enqueued_at for each in alike), max(each.enqueued_at for each in alike))
        assert {(each.oldest, each.newest) for each in alike} == {span}


async def test_as_many_more_are_read_as_were_refused_lately(floor: Floor) -> None:
    queue = await floor.queue("Voice")
    ana = await floor.agent("Ana", queue)
    for number in range(4):
        await floor.call(queue)
        [offer] = await floor.route()
        assert (offer.conversation_id, offer.person_id) == (f"call-{number + 1}", ana)
        await floor.do(decline_offer_in, offer.id)
