"""A limit that goes to another granularity: who waits and fits then has the place, and nobody's access changes."""

from datetime import timedelta
from typing import Any

import pytest
from tests.store.workforce.conftest import Centre
from tests.store.workforce.leave import APPROVED, MONDAY, WAITS, ask, bear, bound, now, plan_leave

from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.errors import Invalid, NotFound
from shiftline.workforce.timeoff.model import Days, Granularity, LimitDraft
from shiftline.workforce.timeoff.operations.converting import convert_limit, get_conversion, list_conversions
from shiftline.workforce.timeoff.operations.limits import create_limit, get_limit, query_values


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set("2023-10-20T12:00:00-05:00")


async def test_who_waits_and_fits_the_days_sum_is_approved(centre: Centre) -> None:
    await plan_leave(centre)
    draft = LimitDraft(centre.chicago.id, Granularity.FIFTEEN_MINUTES, 9 * 60)
    limit = await create_limit(centre.boss, centre.unit.id, draft)
    await bear(centre, limit, *([10] * 96))
    first, second = await ask(centre.ada, MONDAY), await ask(centre.bob, MONDAY)
    assert await now(centre.ada, first) == WAITS
    made = await convert_limit(centre.boss, centre.unit.id, limit.id, Granularity.DAILY, None)
    assert (made.day_count, made.days) == (1, Days(MONDAY, MONDAY))
    assert await now(centre.ada, first) == APPROVED
    assert await now(centre.bob, second) == APPROVED
    (use,) = await query_values(centre.boss, centre.unit.id, limit.id, [Days(MONDAY, MONDAY)])
    assert (use.values[MONDAY], use.taken[MONDAY]) == ([960], [960])
    converted = await get_limit(centre.boss, centre.unit.id, limit.id)
    assert (converted.granularity, converted.full_day_start) == (Granularity.DAILY, None)


async def test_a_conversion_takes_nothing_back_and_is_kept(centre: Centre) -> None:
    await plan_leave(centre)
    limit = await bound(centre, 480, 480)
    taken = await ask(centre.ada, MONDAY + timedelta(days=1))
    made = await convert_limit(centre.boss, centre.unit.id, limit.id, Granularity.FIFTEEN_MINUTES, 480)
    assert await now(centre.ada, taken) == APPROVED
    assert (
        await get_conversion(centre.boss, centre.unit.id, limit.id, made.id)
        == (await list_conversions(centre.boss, centre.unit.id, limit.id))[0]
    )
    again = await convert_limit(centre.boss, centre.unit.id, limit.id, Granularity.FIFTEEN_MINUTES, 480)
    assert again.id == made.id


async def test_other_tenants_and_strangers_convert_nothing(centre: Centre, other_centre: Centre) -> None:
    limit = await bound(centre, 480)
    thief, own = other_centre.boss, other_centre.unit.id
    for work in (
        convert_limit(thief, centre.unit.id, limit.id, Granularity.FIFTEEN_MINUTES, None),
        convert_limit(thief, own, limit.id, Granularity.FIFTEEN_MINUTES, None),
        list_conversions(thief, own, limit.id),
        get_conversion(centre.boss, centre.unit.id, limit.id, "none"),
    ):
        with pytest.raises(NotFound):
            await work
    with pytest.raises(PermissionMissing):
        await convert_limit(centre.ada, centre.unit.id, limit.id, Granularity.FIFTEEN_MINUTES, None)
    with pytest.raises(Invalid):
        await convert_limit(centre.boss, centre.unit.id, limit.id, Granularity.DAILY, None)
