"""Standing wishes, settings, and the contract on a real PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.store.conftest import serve
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.test_workplans import PLAN

from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.errors import Conflict, Invalid, NotFound
from shiftline.foundation.time import DAY, Interval, Weekday
from shiftline.workforce.preferences.endpoints import ROUTES
from shiftline.workforce.preferences.errors import ContractContradicted, StaleVersion, WishesDisabled
from shiftline.workforce.preferences.events import StandingWishChanged
from shiftline.workforce.preferences.model import ConflictMode, Family, Kind, Level, WishChange
from shiftline.workforce.preferences.operations.settings import (
    change_settings,
    change_unit_settings,
    get_own_settings,
    get_settings,
    list_settings,
)
from shiftline.workforce.preferences.operations.standing import (
    StandingDraft,
    list_own_standing,
    list_standing_of,
    remove_standing,
    replace_standing,
    state_standing,
)
from shiftline.workforce.preferences.operations.stating import change_own_wishes, list_own_wishes
from shiftline.workforce.preferences.operations.weighing import find_wishes, weigh_shift
from shiftline.workforce.workplans.operations.plans import create_work_plan
from shiftline.workforce.workplans.wire.requests import CreateWorkPlan, draft_of_new

MONDAYS = StandingDraft(Kind.DAYS, Level.PREFER, days=(Weekday.MONDAY,))
MONDAY = datetime(2023, 10, 23, 5, tzinfo=UTC)  # midnight in Chicago
TODAY = date(2023, 10, 20)


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set("2023-10-20T23:30:00-05:00")


async def plan_for(centre: Centre, *who: Any) -> str:
    """Ada's contract: five eight-hour days, Monday to Friday, none optional."""
    body = {**PLAN, "agents": [{"id": person_id(each)} for each in who]}
    draft = draft_of_new(msgspec.convert(body, CreateWorkPlan), None)
    return (await create_work_plan(centre.boss, centre.chicago.id, draft)).id


async def test_a_standing_wish_is_stated_read_replaced_and_taken_away(centre: Centre) -> None:
    stated, new = await state_standing(centre.ada, MONDAYS)
    wish = stated.wish
    assert (new, wish.version, wish.valid_from, stated.conflicts) == (True, 1, TODAY, ())
    assert await state_standing(centre.ada, MONDAYS) == (stated, False)
    assert await list_own_standing(centre.ada) == [wish]
    assert await list_standing_of(centre.boss, person_id(centre.ada)) == [wish]
    assert await list_own_standing(centre.bob) == []
    changed = (await replace_standing(centre.ada, wish.id, replace(MONDAYS, valid_until=TODAY + 9 * DAY), 1)).wish
    assert (changed.version, changed.valid_until) == (2, TODAY + 9 * DAY)
    repeated = await replace_standing(centre.ada, wish.id, replace(MONDAYS, valid_until=TODAY + 9 * DAY), 1)
    assert repeated.wish == changed
    with pytest.raises(StaleVersion) as error:
        await replace_standing(centre.ada, wish.id, MONDAYS, 1)
    assert error.value.current_version == 2
    with pytest.raises(StaleVersion):
        await remove_standing(centre.ada, wish.id, 1)
    await remove_standing(centre.ada, wish.id, 2)
    assert await list_own_standing(centre.ada) == []
    with pytest.raises(NotFound):
        await remove_standing(centre.ada, wish.id, 2)
    happened = await centre.tenant.news(StandingWishChanged)
    assert [(each.wish.version, each.active) for each in happened] == [(1, True), (2, True), (2, False)]


async def test_others_wishes_are_not_found_and_not_shown(centre: Centre, other_centre: Centre) -> None:
    wish = (await state_standing(centre.ada, MONDAYS))[0].wish
    for stranger in (centre.bob, other_centre.ada):
        with pytest.raises(NotFound):
            await replace_standing(stranger, wish.id, MONDAYS, 1)
        with pytest.raises(NotFound):
            await remove_standing(stranger, wish.id, 1)
    with pytest.raises(PermissionMissing):
        await list_standing_of(centre.bob, person_id(centre.ada))
    with pytest.raises(NotFound):
        await list_standing_of(other_centre.boss, person_id(centre.ada))


async def test_partners_are_colleagues_of_the_business_unit(centre: Centre, other_centre: Centre) -> None:
    with_cleo = StandingDraft(Kind.PARTNERS, Level.PREFER, partner_ids=(person_id(centre.cleo),))
    assert (await state_standing(centre.ada, with_cleo))[1]
    with pytest.raises(Invalid, match="is no agent"):
        await state_standing(centre.ada, replace(with_cleo, partner_ids=(person_id(other_centre.ada),)))
    with pytest.raises(Invalid, match="contradicts"):
        await state_standing(centre.ada, replace(with_cleo, level=Level.AVOID))


async def test_contradictory_wishes_at_the_same_moment_do_not_both_stand(centre: Centre) -> None:
    outcomes = await asyncio.gather(
        state_standing(centre.ada, MONDAYS),
        state_standing(centre.ada, replace(MONDAYS, level=Level.AVOID)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Invalid) for outcome in outcomes) == 1
    assert len(await list_own_standing(centre.ada)) == 1


def away(hours: int, length: int, field: str = "entities[0]") -> WishChange:
    return WishChange(field, start=MONDAY + timedelta(hours=hours), minutes=length * 60)


async def test_a_time_against_the_contract_is_told_refused_or_allowed_as_the_settings_say(centre: Centre) -> None:
    plan_id = await plan_for(centre, centre.ada)
    family, week = Family.UNAVAILABLE_TIMES, Interval(MONDAY, MONDAY + 7 * DAY)
    told = await change_own_wishes(centre.ada, family, [away(0, 22)])
    assert {(each.code, each.rule) for each in told.conflicts} == {
        ("wishes.contract.day", "optionalDays"),
        ("wishes.contract.paid", "weeklyExactPaidMinutes"),
    }
    assert {each.work_plan_id for each in told.conflicts} == {plan_id}
    await change_unit_settings(centre.boss, centre.chicago.id, enabled=None, conflicts=ConflictMode.REFUSE)
    with pytest.raises(ContractContradicted) as error:
        await change_own_wishes(centre.ada, family, [away(22, 1), away(24, 22, "entities[1]")])
    assert {problem.field for problem in error.value.problems} == {"entities[0].timeSpan"}
    assert len(await list_own_wishes(centre.ada, family, week)) == 1
    assert (await change_own_wishes(centre.bob, family, [away(24, 22)])).conflicts == ()  # Bob has no contract
    await change_unit_settings(centre.boss, centre.chicago.id, enabled=None, conflicts=ConflictMode.ALLOW)
    assert (await change_own_wishes(centre.ada, family, [away(24, 22)])).conflicts == ()


async def test_a_standing_wish_against_the_contract_is_told_or_refused(centre: Centre) -> None:
    await plan_for(centre, centre.ada)
    sundays = StandingDraft(Kind.DAYS, Level.PREFER, days=(Weekday.SUNDAY,))
    (conflict,) = (await state_standing(centre.ada, sundays))[0].conflicts
    assert (conflict.field, conflict.rule) == ("days", "shifts[].days")
    await change_settings(centre.boss, centre.unit.id, enabled=None, conflicts=ConflictMode.REFUSE)
    with pytest.raises(ContractContradicted):
        await state_standing(centre.ada, StandingDraft(Kind.DAYS, Level.AVOID, days=(Weekday.MONDAY,)))
    assert len(await list_own_standing(centre.ada)) == 1


async def test_a_unit_that_takes_no_wishes_says_so_and_lets_them_be_removed(centre: Centre) -> None:
    family = Family.UNAVAILABLE_TIMES
    stated = await change_own_wishes(centre.ada, family, [away(0, 1)])
    await change_unit_settings(centre.boss, centre.chicago.id, enabled=False, conflicts=None)
    with pytest.raises(WishesDisabled):
        await change_own_wishes(centre.ada, family, [away(9, 1)])
    assert (await change_own_wishes(centre.cleo, family, [away(9, 1)])).put
    await change_own_wishes(centre.ada, family, [WishChange("entities[0]", stated.results[0].id, delete=True)])
    await change_settings(centre.boss, centre.unit.id, enabled=False, conflicts=None)
    with pytest.raises(Conflict):
        await state_standing(centre.ada, MONDAYS)
    assert not (await get_own_settings(centre.ada, family)).enabled
    assert (await get_own_settings(centre.cleo, family)).enabled
    assert not (await get_settings(centre.boss, centre.unit.id)).enabled
    found = await list_settings(centre.boss, centre.unit.id, ())
    assert {unit: each.enabled for unit, each in found.items()} == {centre.chicago.id: False, centre.berlin.id: True}


async def test_settings_are_the_tenants_own(centre: Centre, other_centre: Centre) -> None:
    with pytest.raises(NotFound):
        await change_settings(other_centre.boss, centre.unit.id, enabled=False, conflicts=None)
    with pytest.raises(NotFound):
        await change_unit_settings(other_centre.boss, centre.chicago.id, enabled=False, conflicts=None)
    with pytest.raises(NotFound):
        await list_settings(other_centre.boss, other_centre.unit.id, [centre.chicago.id])
    with pytest.raises(PermissionMissing):
        await change_settings(centre.ada, centre.unit.id, enabled=False, conflicts=None)


async def test_other_rooms_find_all_wishes_and_weigh_a_shift(centre: Centre) -> None:
    await change_own_wishes(centre.ada, Family.UNAVAILABLE_TIMES, [away(0, 1)])
    await change_own_wishes(centre.ada, Family.PREFERENCES, [replace(away(0, 2), level=Level.PREFER)])
    await state_standing(centre.ada, MONDAYS)
    ada, bob = person_id(centre.ada), person_id(centre.bob)
    async with centre.boss.reader() as reader:
        span = Interval(MONDAY, MONDAY + DAY)
        found = await find_wishes(reader, centre.boss.organization_id, [ada, bob], span)
    assert [each.level for each in found[ada].wishes] == [Level.UNAVAILABLE, Level.PREFER]
    assert (found[bob].wishes, found[bob].standing) == ((), ())
    verdicts = weigh_shift(span, centre.chicago.zone, found[ada])
    assert sorted((each.level, each.kept) for each in verdicts) == [
        (Level.PREFER, True),
        (Level.PREFER, True),
        (Level.UNAVAILABLE, False),
    ]


async def test_the_wire(context: Any, centre: Centre) -> None:
    await plan_for(centre, centre.ada)
    own, token = "/api/v2/shiftline/workforce/standingpreferences", centre.tenant.tokens[person_id(centre.ada)]
    asked = {"kind": "StartTimes", "level": "Prefer", "earliestStartMinutes": 1200, "latestStartMinutes": 1300}
    async with serve(context.database, context.clock, ROUTES) as api:
        made = await api.call("POST", own, token, asked)
        body = made.json()
        assert (made.status_code, body["version"], body["validFrom"]) == (201, 1, "2023-10-20")
        (conflict,) = body["contractConflicts"]
        assert conflict["rule"] == "shifts[].earliestStartTimeMinutesFromMidnight"
        assert conflict["field"] == "earliestStartMinutes"
        assert (await api.call("POST", own, token, asked)).status_code == 200
        wrong = await api.call("POST", own, token, {**asked, "days": ["Monday"], "latestStartMinutes": None})
        fields = [detail["fieldName"] for detail in wrong.json()["details"]]
        assert (wrong.status_code, fields) == (400, ["days", "latestStartMinutes"])
        path = f"{own}/{body['id']}"
        replaced = await api.call("PUT", path, token, {**asked, "latestStartMinutes": 1310, "version": 1})
        assert (replaced.status_code, replaced.json()["version"]) == (200, 2)
        stale = await api.call("PUT", path, token, {**asked, "version": 1})
        assert (stale.status_code, stale.json()["messageParams"]["currentVersion"]) == (409, "2")
        assert (await api.call("DELETE", f"{path}?version=1", token)).status_code == 409
        assert (await api.call("DELETE", f"{path}?version=2", token)).status_code == 204
        assert (await api.call("GET", own, token)).json() == {"entities": []}
