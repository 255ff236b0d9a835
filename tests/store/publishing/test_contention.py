"""Planners who swap and agents who trade the same shift at the same moment: one of all of them has it."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest
from tests.store.workforce.conftest import Centre, make_centre, person_id
from tests.store.workforce.test_trade_matches import BOBS, set_trading, take, works
from tests.store.workforce.test_trades import FOR_THURSDAY, FRIDAY, publish

from shiftline.foundation.errors import Conflict, Unavailable
from shiftline.publishing.model import SwapOutcome, SwapRequest
from shiftline.publishing.operations.swapping import publish_swap
from shiftline.workforce.schedule.operations.reading import list_revisions
from shiftline.workforce.schedule.operations.swapping import ShiftGiven
from shiftline.workforce.trades.model import State, Trade
from shiftline.workforce.trades.operations.matching import MatchOutcome
from shiftline.workforce.trades.operations.offering import offer_shift

AT_ONCE = 100


@pytest.fixture
async def centre(tenant: Any, context: Any) -> Centre:
    context.clock.set("2023-10-20T12:00:00-05:00")
    made = await make_centre(tenant)
    await publish(made)
    await set_trading(made, autoReview=True)
    return made


async def swap(centre: Centre, number: int) -> SwapOutcome:
    """A planner who read version 1 has Ada begin so many minutes later on Friday."""
    start = FRIDAY + timedelta(minutes=1 + number)
    given = ShiftGiven("shifts[0]", start, start + timedelta(hours=8), is_swap=True, swap_reason=None, skill_ids=())
    return await publish_swap(centre.boss, SwapRequest(person_id(centre.ada), "sch-1", (given,), (), version=1))


async def attempt(centre: Centre, trade: Trade, number: int, *, swaps: bool) -> Any:
    for _ in range(200):
        try:
            return await (swap(centre, number) if swaps else take(centre.bob, trade, BOBS))
        except Unavailable:
            await asyncio.sleep(0.05)  # no connection was free: what every client does then
        except Conflict as lost:
            return lost
    raise AssertionError("never had a connection")


@pytest.mark.parametrize("turn", range(3))
async def test_of_a_hundred_swaps_and_trades_of_a_shift_exactly_one_is_done(centre: Centre, turn: int) -> None:
    trade, _ = await offer_shift(centre.ada, FOR_THURSDAY)
    kinds = [number % 2 == 0 for number in range(AT_ONCE)]
    random.Random(turn).shuffle(kinds)
    answers = await asyncio.gather(
        *(attempt(centre, trade, number, swaps=swaps) for number, swaps in enumerate(kinds)), return_exceptions=True
    )
    swapped = [each for each in answers if isinstance(each, SwapOutcome)]
    approved = {
        each.trade.version for each in answers if isinstance(each, MatchOutcome) and each.trade.state is State.APPROVED
    }
    assert len(swapped) + len(approved) == 1, answers
    lost = [answer for answer, swaps in zip(answers, kinds, strict=True) if swaps and answer not in swapped]
    assert {(type(each).__name__, getattr(each, "current_version", None)) for each in lost} <= {("StaleVersion", 2)}
    schedule, _ = await list_revisions(centre.boss, "sch-1")
    assert schedule.version == 2
    ((adas_shift, adas_start),), ((bobs_shift, _),) = await works(centre, centre.ada, centre.bob)
    if approved:
        assert (adas_shift, bobs_shift) == (BOBS, f"ada-{FOR_THURSDAY.week_date}")
    else:
        assert FRIDAY < adas_start <= FRIDAY + timedelta(minutes=AT_ONCE)
        assert bobs_shift == BOBS
