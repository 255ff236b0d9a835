"""Rings that the worker looks for by itself, on a real PostgreSQL."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.test_trade_cycles import (
    FRIDAY,
    THURSDAY,
    TUESDAY,
    WEEK,
    Team,
    accept_all,
    make_team,
    offer,
    offer_ring,
    search,
    set_trading,
    week_of,
)

from shiftline.foundation.context import Actor
from shiftline.foundation.jobs import context_of
from shiftline.foundation.time import MINUTE
from shiftline.workforce.trades.jobs import search_cycles
from shiftline.workforce.trades.model import State, TradeSettings
from shiftline.workforce.trades.model.cycles import CycleState
from shiftline.workforce.trades.operations.agreeing import answer_cycle
from shiftline.workforce.trades.operations.cycling import JOB, CycleSearch, list_cycles, run_search
from shiftline.workforce.trades.operations.offering import change_own_state
from shiftline.workforce.trades.operations.watching import choose_due, start_due_searches
from shiftline.workforce.trades.store.searches import Watched

NOON = datetime.fromisoformat("2023-10-23T12:00:00-05:00")
EVERY = {"ringSearchMinutes": 15, "acrossManagementUnits": "Allow", "autoReview": True}


@pytest.fixture
async def team(centre: Centre, context: Any) -> Team:
    context.clock.set("2023-10-20T12:00:00-05:00")
    team = await make_team(centre)
    await set_trading(team, **EVERY)
    return team


async def look(team: Team) -> int:
    return await start_due_searches(team.boss.acting_as(Actor("", "system")))


async def deferred(team: Team) -> list[dict[str, Any]]:
    """The searches that wait for the worker, and no more after that."""
    async with team.boss.transaction() as tx:
        rows = await tx.all("select args from procrastinate_jobs where task_name = %(name)s order by id", {"name": JOB})
        await tx.execute("delete from procrastinate_jobs where task_name = %(name)s", {"name": JOB})
    return [row["args"] for row in rows]


async def work(team: Team) -> None:
    """The worker does what waits."""
    for arguments in await deferred(team):
        await search_cycles(context_of(team.boss, arguments), **arguments)


async def proposed(team: Team) -> list[CycleState]:
    return [shown.cycle.state for shown in await list_cycles(team.boss, week_of(team))]


async def test_the_worker_searches_when_offers_changed_and_not_otherwise(team: Team, context: Any) -> None:
    await offer_ring(team)
    assert await look(team) == 1
    (arguments,) = await deferred(team)
    assert (arguments["only_free"], arguments["week_count"]) == (True, 6)
    assert sorted(arguments["management_unit_ids"]) == sorted([team.centre.chicago.id, team.centre.berlin.id])
    assert await look(team) == 0  # it is not time
    context.clock.set(team.boss.now() + 15 * MINUTE)
    assert await look(team) == 0  # nothing changed
    context.clock.set(team.boss.now() + 14 * MINUTE)
    await set_trading(team, **EVERY, oneSided="Disallow")
    assert await look(team) == 0
    await change_own_state(team.centre.ada, (await own_offer(team)), State.CANCELED, 1)
    context.clock.set(team.boss.now() + MINUTE)
    assert await look(team) == 1


async def own_offer(team: Team) -> str:
    async with team.boss.reader() as reader:
        row = await reader.one(
            "select id from trades.trade where person_id = %(id)s", {"id": person_id(team.centre.ada)}
        )
    assert row is not None
    return row["id"]


async def test_what_the_worker_finds_is_proposed_and_not_again_after_a_decline(team: Team, context: Any) -> None:
    await offer_ring(team)
    assert await look(team) == 1
    await work(team)
    assert await proposed(team) == [CycleState.PROPOSED]
    (shown,) = await list_cycles(team.boss, week_of(team))
    await answer_cycle(team.centre.bob, team.unit_id, shown.cycle.id, accept=False)
    context.clock.set(team.boss.now() + 15 * MINUTE)
    assert await look(team) == 1  # the offers are free again
    await work(team)
    assert await proposed(team) == [CycleState.DECLINED]
    context.clock.set(team.boss.now() + timedelta(days=1))
    assert await look(team) == 1  # rules and schedules may have changed
    await work(team)
    assert await proposed(team) == [CycleState.DECLINED]


async def test_after_a_decline_another_ring_is_found_with_the_same_offers(team: Team) -> None:
    await offer(team, 0, THURSDAY, TUESDAY)
    await offer(team, 1, FRIDAY)
    (first,) = (await search(team)).cycles
    await answer_cycle(team.centre.ada, team.unit_id, first.id, accept=False)
    await offer(team, 3, FRIDAY)
    (second,) = (await search(team)).cycles
    assert {member.person_id for member in second.members} == {person_id(team.centre.ada), person_id(team.dan)}


async def test_nobody_who_waits_for_a_ring_is_asked_for_another_by_the_worker(team: Team) -> None:
    await offer(team, 0, THURSDAY, TUESDAY)
    await offer(team, 1, FRIDAY)
    await search(team)
    await offer(team, 3, FRIDAY)
    again = await run_search(team.boss, "none", CycleSearch(team.unit_id, WEEK, only_free=True))
    assert again is not None
    assert (again.offers, again.cycles) == (1, ())


async def test_an_offer_that_a_ring_uses_is_in_no_search(team: Team) -> None:
    await set_trading(team, autoReview=False, acrossManagementUnits="Allow")
    await offer_ring(team)
    (cycle,) = (await search(team)).cycles
    assert (await accept_all(team, cycle))[-1] is CycleState.ACCEPTED
    found = await search(team)
    assert (found.offers, found.cycles) == (0, ())


async def test_units_that_do_not_ask_are_not_looked_at(team: Team) -> None:
    await offer_ring(team)
    for settings in (
        {"ringSearchMinutes": None},
        {"ringSearchMinutes": 0},
        {"ringSearchMinutes": 15, "enabled": False},
    ):
        await set_trading(team, **settings)
        assert await look(team) == 0


def test_the_most_eager_unit_says_how_often() -> None:
    def watched(unit: str, minutes: int, ago: int | None) -> Watched:
        at = None if ago is None else NOON - ago * MINUTE
        return Watched("o", "b", unit, TradeSettings(ring_search=minutes * MINUTE), at)

    assert [each.management_unit_ids for each in choose_due([watched("m", 60, None)], NOON)] == [("m",)]
    assert choose_due([watched("m", 60, 59)], NOON) == []
    (both,) = choose_due([watched("n", 60, 30), watched("m", 30, 30)], NOON)
    assert both.management_unit_ids == ("m", "n")
