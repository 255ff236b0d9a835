"""The line as SQL counts it is the line in which agents are sought."""

import random
from datetime import timedelta

import pytest
from tests.store.routing.floor import Floor, voice

from shiftline.foundation.web.paging import Page
from shiftline.routing.model.queues import ScoringMethod
from shiftline.routing.operations.interactions import estimate_wait
from shiftline.routing.operations.stories import list_waiting
from shiftline.routing.rules.lines import order
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
        line = await read_line(tx, [queue], floor.context.now())
    sought = [each.conversation_id for each in order(line.waiting, line.queues)]
    listed, total = await list_waiting(floor.context, queue, Page(100))
    assert [each.interaction.conversation_id for each in listed] == sought
    assert total == 40
    async with floor.context.reader() as reader:
        places = [await estimate_wait(reader, "org-1", conversation_id) for conversation_id in sought]
    assert [place and place[0] for place in places] == list(range(1, 41))
