import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.store.conftest import serve
from tests.store.workforce.conftest import Centre, person_id

from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.errors import NotFound
from shiftline.foundation.time import Interval
from shiftline.workforce.preferences.endpoints import ROUTES
from shiftline.workforce.preferences.errors import WishesOverlap
from shiftline.workforce.preferences.events import WishesChanged
from shiftline.workforce.preferences.model import Family, Level, WishChange
from shiftline.workforce.preferences.operations.stating import (
    change_own_wishes,
    change_unavailable_times_of,
    list_own_wishes,
    list_wishes_of,
)

NINE = datetime(2023, 10, 23, 9, tzinfo=UTC)
WEEK = Interval(NINE - timedelta(days=1), NINE + timedelta(days=6))
TIMES, PREFERENCES = Family.UNAVAILABLE_TIMES, Family.PREFERENCES


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set("2023-10-20T12:00:00-05:00")


def stated(index: int, hours: int, minutes: int = 60, **more: Any) -> WishChange:
    return WishChange(f"entities[{index}]", start=NINE + timedelta(hours=hours), minutes=minutes, **more)


async def test_what_was_stated_is_read_back_by_family(centre: Centre) -> None:
    times = await change_own_wishes(centre.ada, TIMES, [stated(0, 0, notes="dentist"), stated(1, 24)])
    likes = await change_own_wishes(centre.ada, PREFERENCES, [stated(0, 0, level=Level.STRONGLY_AVOID)])
    assert await list_own_wishes(centre.ada, TIMES, WEEK) == times.results
    assert await list_own_wishes(centre.ada, PREFERENCES, WEEK) == likes.results
    assert await list_own_wishes(centre.ada, TIMES, Interval(NINE + timedelta(hours=1), WEEK.end)) == times.results[1:]
    assert await list_wishes_of(centre.boss, person_id(centre.ada), TIMES, WEEK) == times.results
    assert await list_own_wishes(centre.bob, TIMES, WEEK) == []


async def test_a_repeat_writes_nothing_and_is_no_news(centre: Centre) -> None:
    first = await change_own_wishes(centre.ada, TIMES, [stated(0, 0)])
    await centre.tenant.news()
    again = await change_own_wishes(centre.ada, TIMES, [stated(0, 0)])
    assert again.results == first.results
    removal = [WishChange("entities[0]", first.results[0].id, delete=True)]
    await change_own_wishes(centre.ada, TIMES, removal)
    assert (await change_own_wishes(centre.ada, TIMES, removal)).skipped == [first.results[0].id]
    (happened,) = await centre.tenant.news(WishesChanged)
    assert happened.removed == (first.results[0].id,)


async def test_wishes_change_places(centre: Centre) -> None:
    first = await change_own_wishes(centre.ada, TIMES, [stated(0, 0), stated(1, 1)])
    one, two = (wish.id for wish in first.results)
    await change_own_wishes(centre.ada, TIMES, [stated(0, 1, id=one), stated(1, 0, id=two)])
    assert [wish.id for wish in await list_own_wishes(centre.ada, TIMES, WEEK)] == [two, one]


async def test_a_refused_entry_leaves_all_as_it_was(centre: Centre) -> None:
    before = (await change_own_wishes(centre.ada, TIMES, [stated(0, 5)])).results
    with pytest.raises(WishesOverlap):
        await change_own_wishes(centre.ada, TIMES, [stated(0, 0), stated(1, 5, 30)])
    assert await list_own_wishes(centre.ada, TIMES, WEEK) == before


async def test_of_two_overlapping_at_once_one_stands(centre: Centre) -> None:
    outcomes = await asyncio.gather(
        change_own_wishes(centre.ada, TIMES, [stated(0, 0, 90)]),
        change_own_wishes(centre.ada, TIMES, [stated(0, 1, 90)]),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, WishesOverlap) for outcome in outcomes) == 1
    assert len(await list_own_wishes(centre.ada, TIMES, WEEK)) == 1


async def test_others_need_a_planners_permission_and_their_tenant(centre: Centre, other_centre: Centre) -> None:
    mine = (await change_own_wishes(centre.ada, TIMES, [stated(0, 0)])).results[0]
    with pytest.raises(PermissionMissing):
        await list_wishes_of(centre.bob, person_id(centre.ada), TIMES, WEEK)
    with pytest.raises(PermissionMissing):
        await change_unavailable_times_of(centre.bob, person_id(centre.ada), [stated(0, 9)])
    with pytest.raises(NotFound):
        await list_wishes_of(other_centre.boss, person_id(centre.ada), TIMES, WEEK)
    for stranger in (centre.bob, other_centre.ada):
        with pytest.raises(NotFound):
            await change_own_wishes(stranger, TIMES, [WishChange("entities[0]", mine.id, delete=True)])
    plan = await change_unavailable_times_of(centre.boss, person_id(centre.ada), [stated(0, 9)])
    assert len(await list_own_wishes(centre.ada, TIMES, WEEK)) == 2
    assert plan.results[0].person_id == person_id(centre.ada)


async def test_the_wire(context: Any, centre: Centre) -> None:
    prefix, token = "/api/v2/workforcemanagement", centre.tenant.tokens[person_id(centre.ada)]
    span = {"startDate": "2023-10-23T04:00:00-05:00", "lengthMinutes": 60}
    query = {"startDate": "2023-10-23T00:00:00Z", "endDate": "2023-10-24T00:00:00Z"}
    async with serve(context.database, context.clock, ROUTES) as api:
        added = await api.call(
            "PATCH",
            f"{prefix}/schedulingpreferences",
            token,
            {"preferencesToAdd": [{"timeSpan": span, "preferenceLevel": "Prefer"}]},
        )
        assert added.status_code == 200
        (entity,) = added.json()["entities"]
        assert entity["timeSpan"] == {"startDate": "2023-10-23T09:00:00Z", "lengthMinutes": 60}
        found = await api.call("POST", f"{prefix}/schedulingpreferences/query", token, query)
        assert (found.status_code, found.json()) == (200, added.json())
        twice = {"entities": [{"timeSpan": span}, {"timeSpan": {**span, "lengthMinutes": 30}}]}
        refused = await api.call("PATCH", f"{prefix}/unavailabletimes", token, twice)
        assert refused.status_code == 400
        assert refused.json()["details"][0]["fieldName"] == "entities[1].timeSpan"
        naive = {"entities": [{"timeSpan": {"startDate": "2023-10-23T04:00:00", "lengthMinutes": 60}}]}
        assert (await api.call("PATCH", f"{prefix}/unavailabletimes", token, naive)).status_code == 400
        empty = await api.call("POST", f"{prefix}/unavailabletimes/query", token, query)
        assert empty.json() == {"entities": []}
