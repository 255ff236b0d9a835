"""Balances of periods: by many at once, carried over, accrued, moved between, and granted by the thousands."""

import asyncio
import time
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.leave import APPROVED, ask, cancel, days, decide, now, plan_leave

from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.errors import Conflict, Invalid, NotFound
from shiftline.workforce.timeoff.errors import BalanceExceeded, BalanceInUse, GrantTooSmall, PeriodsOverlap
from shiftline.workforce.timeoff.model import (
    ApprovalRule,
    Days,
    RequestChanges,
    Status,
    Substatus,
    TimeOffRequest,
    TimesAsked,
)
from shiftline.workforce.timeoff.model.balances import Accrual, Balance, CarryOver, Grant
from shiftline.workforce.timeoff.operations.balances import find_own_balances, list_balances
from shiftline.workforce.timeoff.operations.changing import Target, change_request
from shiftline.workforce.timeoff.operations.filing import enter_requests
from shiftline.workforce.timeoff.operations.granting import Row, grant_balance, import_balances, remove_balance
from shiftline.workforce.timeoff.rules.balances import left_on

OLD, NEW = Days(date(2023, 1, 1), date(2023, 12, 31)), Days(date(2024, 1, 1), date(2024, 12, 31))
DECEMBER, JANUARY, APRIL = date(2023, 12, 29), date(2024, 1, 5), date(2024, 4, 5)
CARRY = CarryOver(480, date(2024, 3, 31))


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set("2023-10-20T12:00:00-05:00")


async def grant(centre: Centre, minutes: int, period: Days, **more: Any) -> Balance:
    return await grant_balance(centre.boss, Grant(person_id(centre.ada), "5", minutes, period, **more), None)


async def two_years(centre: Centre) -> None:
    await plan_leave(centre, approval_rule=ApprovalRule.ALWAYS, counts_against_limits=False)
    await grant(centre, 960, OLD, carry_over=CARRY)
    await grant(centre, 480, NEW)


async def left(centre: Centre, *off: date) -> list[int]:
    asked = [Days(day, day) for day in off]
    (account,) = (await find_own_balances(centre.ada, ["5"], asked)).accounts
    return left_on(account, off)


async def figures(centre: Centre) -> list[tuple[int, int, int, int]]:
    kept = await list_balances(centre.boss, person_id(centre.ada))
    return [(each.taken_minutes, each.carried_minutes, each.lost_minutes, each.left_minutes) for each in kept]


async def test_a_request_over_new_year_draws_from_each_period_by_its_days(centre: Centre) -> None:
    await two_years(centre)
    request = await ask(centre.ada, DECEMBER, JANUARY)
    assert request.status is Status.APPROVED
    # What is carried goes first, and what is left of it lapses.
    assert await figures(centre) == [(480, 0, 0, 480), (480, 480, 0, 480)]
    await cancel(centre.ada, request)
    assert await figures(centre) == [(0, 0, 0, 960), (0, 480, 480, 480)]


async def test_what_is_carried_lapses_and_is_not_promised_twice(centre: Centre) -> None:
    await two_years(centre)
    assert await left(centre, DECEMBER, JANUARY, APRIL, date(2025, 1, 2)) == [960, 960, 480, 0]
    await ask(centre.ada, JANUARY)
    await ask(centre.ada, JANUARY + timedelta(days=3))
    # Both come from what is carried and this year's: only the half that is not carried is left of last year.
    assert await left(centre, DECEMBER, JANUARY, APRIL) == [480, 0, 0]
    with pytest.raises(BalanceExceeded, match=r"2023-01-01 to 2023-12-31 has 480 minutes left on 2023-12-29"):
        await ask(centre.ada, date(2023, 12, 28), DECEMBER)
    with pytest.raises(
        BalanceExceeded, match=r"has 0 minutes left on 2024-04-05 \(480 granted, 480 carried over, 960 appr"
    ):
        await ask(centre.ada, APRIL)
    with pytest.raises(BalanceExceeded, match=r"No period of the balance .* covers 2025-01-02"):
        await ask(centre.ada, date(2025, 1, 2))


async def test_two_requests_at_once_never_overdraw_two_periods(centre: Centre) -> None:
    await two_years(centre)
    outcomes = await asyncio.gather(
        *(ask(centre.ada, DECEMBER - timedelta(days=n), JANUARY + timedelta(days=n)) for n in range(5)),
        return_exceptions=True,
    )
    assert len([each for each in outcomes if isinstance(each, TimeOffRequest)]) == 1
    assert len([each for each in outcomes if isinstance(each, BalanceExceeded)]) == 4
    more = await asyncio.gather(ask(centre.ada, APRIL), ask(centre.ada, date(2023, 11, 15)), return_exceptions=True)
    # One of them fits: what November took would not be carried, and then January had this year's.
    assert sorted(type(each).__name__ for each in more) == ["BalanceExceeded", "TimeOffRequest"]
    assert all(remaining >= 0 for *_, remaining in await figures(centre))


async def test_an_accrued_balance_is_there_when_it_has_come(centre: Centre) -> None:
    await plan_leave(centre, approval_rule=ApprovalRule.ALWAYS, counts_against_limits=False)
    await grant(centre, 4800, NEW, accrual=Accrual.MONTHLY)
    assert await left(centre, JANUARY, date(2024, 3, 1), date(2024, 12, 1)) == [400, 1200, 4800]
    assert (await ask(centre.ada, date(2024, 3, 1))).status is Status.APPROVED
    assert await left(centre, JANUARY, date(2024, 2, 1), date(2024, 3, 1)) == [400, 720, 720]
    with pytest.raises(BalanceExceeded, match="has 400 minutes left on 2024-01-05"):
        await ask(centre.ada, JANUARY)


async def test_an_approved_request_that_moves_to_another_period_takes_from_that(centre: Centre) -> None:
    await two_years(centre)
    request = await ask(centre.ada, DECEMBER)
    target = Target(centre.chicago.id, request.person_id, request.id)
    await change_request(
        centre.boss, target, RequestChanges(request.version, times=TimesAsked(days=[APRIL], daily_minutes=480))
    )
    assert await figures(centre) == [(0, 0, 0, 960), (480, 480, 480, 0)]


async def test_a_late_shift_off_counts_on_the_local_day_on_which_it_starts(centre: Centre) -> None:
    await two_years(centre)
    late = TimesAsked(starts=[centre.boss.now().replace(year=2024, month=1, day=1, hour=5)], minutes=[120])
    draft = replace(days(DECEMBER), times=late, status=Status.APPROVED)
    await enter_requests(centre.boss, centre.chicago.id, [person_id(centre.ada)], draft)
    # 23:00 on the last day of the year in Chicago.
    assert await figures(centre) == [(120, 0, 0, 840), (0, 480, 480, 480)]


async def test_who_has_too_little_in_one_period_waits_for_a_person(centre: Centre) -> None:
    await plan_leave(centre, approval_rule=ApprovalRule.NEVER, counts_against_limits=False)
    await grant(centre, 480, NEW)
    pending = [await ask(centre.ada, JANUARY), await ask(centre.ada, APRIL)]
    await decide(centre, pending[0], Status.APPROVED)
    with pytest.raises(BalanceExceeded):
        await decide(centre, pending[1], Status.APPROVED)
    assert await now(centre.ada, pending[1]) == (Status.PENDING, Substatus.MANUAL_APPROVAL)
    with pytest.raises(Invalid):
        await grant(centre, 480, Days(date(2024, 2, 1), date(2024, 1, 1)))


async def test_periods_neither_overlap_nor_go_while_they_are_drawn_from(centre: Centre) -> None:
    await two_years(centre)
    with pytest.raises(PeriodsOverlap, match="ends on 2023-12-31 and the one from 2023-12-31"):
        await grant(centre, 1, Days(OLD.last, OLD.last))
    with pytest.raises(PeriodsOverlap):
        await grant_balance(centre.boss, Grant(person_id(centre.ada), "5", 1), None)
    old, new = (Grant(person_id(centre.ada), "5", 0, period) for period in (OLD, NEW))
    request = await ask(centre.ada, JANUARY, APRIL)
    with pytest.raises(BalanceInUse, match="960 minutes are approved between 2024-01-01 and 2024-12-31"):
        await remove_balance(centre.boss, new)
    # Without the old year nothing is carried, and too much is approved.
    with pytest.raises(GrantTooSmall):
        await remove_balance(centre.boss, old)
    with pytest.raises(GrantTooSmall, match=r"Grant 480 more at least"):
        await grant(centre, 0, NEW)
    await cancel(centre.ada, request)
    await remove_balance(centre.boss, old)
    assert await figures(centre) == [(0, 0, 0, 480)]
    back = await grant(centre, 100, OLD, carry_over=CARRY)
    assert back.stamp.version > 1
    for each in (old, new):
        await remove_balance(centre.boss, each)
    with pytest.raises(NotFound):
        await remove_balance(centre.boss, new)
    assert await now(centre.ada, await ask(centre.ada, date(2026, 1, 2))) == APPROVED


async def test_the_database_refuses_periods_that_disagree_whoever_writes_them(centre: Centre) -> None:
    await two_years(centre)
    await ask(centre.ada, DECEMBER)
    for statement, constraint in (
        ("update timeoff.balance set carried_minutes = 500 where first_day = '2024-01-01'", "agrees_with_requests"),
        ("update timeoff.balance set lost_minutes = 0 where first_day = '2024-01-01'", "agrees_with_requests"),
        ("update timeoff.balance set carry_at_most_minutes = 7 where first_day = '2023-01-01'", "agrees_with_requests"),
        ("update timeoff.balance set last_day = '2024-01-01' where first_day = '2023-01-01'", "periods_apart"),
        ("update timeoff.request set charged_on = '{2024-01-05}'", "agrees_with_requests"),
    ):  # fmt: skip
        with pytest.raises(Conflict, match=constraint):
            async with centre.boss.transaction() as tx:
                await tx.connection.execute(statement.encode())
    # Rows from before know no day on which they count: it is computed where it is read.
    async with centre.boss.transaction() as tx:
        await tx.connection.execute(b"update timeoff.request set charged_on = null")
    assert await figures(centre) == [(480, 0, 0, 480), (0, 480, 480, 480)]


# Thousands at once


def rows_of(*grants: Grant) -> list[Row]:
    return [Row(f"rows[{index}]", each) for index, each in enumerate(grants)]


async def test_an_import_grants_all_or_none_and_names_every_bad_row(centre: Centre, other_centre: Centre) -> None:
    await two_years(centre)
    await ask(centre.ada, DECEMBER)
    ada, bob = person_id(centre.ada), person_id(centre.bob)
    with pytest.raises(Invalid) as refused:
        await import_balances(
            centre.boss, rows_of(Grant(bob, "5", 1, Days(NEW.last, NEW.first)), Grant(bob, "5", 1), Grant(bob, "5", 2))
        )
    assert [each.field for each in refused.value.problems] == ["rows[0].endDate", "rows[2].startDate"]
    with pytest.raises(Invalid) as refused:
        stranger = person_id(other_centre.ada)
        await import_balances(
            centre.boss, rows_of(Grant(bob, "5", 1), Grant(stranger, "5", 1), Grant(bob, "0", 1), Grant("x", "5", 1))
        )
    assert [each.field for each in refused.value.problems] == [
        "rows[1].userId",
        "rows[2].activityCodeId",
        "rows[3].userId",
    ]
    with pytest.raises(Invalid) as refused:
        await import_balances(centre.boss, rows_of(Grant(bob, "5", 960, NEW), Grant(ada, "5", 100, OLD)))
    assert [each.field for each in refused.value.problems] == ["rows[1].grantedMinutes"]
    assert await list_balances(centre.boss, bob) == []
    with pytest.raises(PermissionMissing):
        await import_balances(centre.ada, rows_of(Grant(ada, "5", 100_000)))
    rows = rows_of(Grant(bob, "5", 960, NEW), Grant(ada, "5", 1440, OLD, carry_over=CARRY), Grant(ada, "5", 480, NEW))
    done = await import_balances(centre.boss, rows)
    assert (done.rows, done.changed) == (3, 2)
    done = await import_balances(centre.boss, rows)
    assert (done.rows, done.changed) == (3, 0)


async def test_ten_thousand_rows_at_once_while_others_ask(centre: Centre) -> None:
    await two_years(centre)
    async with centre.boss.transaction() as tx:
        await tx.connection.execute(
            "insert into units.agent (organization_id, person_id, management_unit_id, changed_by, since) "
            "select organization_id, 'crowd-' || n, management_unit_id, changed_by, since "
            "from units.agent, generate_series(1, 4999) n where person_id = %s",
            [person_id(centre.ada)],
        )
    crowd = [person_id(centre.ada), *(f"crowd-{number}" for number in range(1, 5000))]
    carry = CarryOver(480, date(2024, 3, 31))
    rows = rows_of(
        *(Grant(each, "5", 4800, OLD, Accrual.MONTHLY, carry) for each in crowd),
        *(Grant(each, "5", 4800, NEW, Accrual.MONTHLY) for each in crowd),
    )
    began = time.perf_counter()
    imported, asked = await asyncio.gather(
        import_balances(centre.boss, rows),
        asyncio.gather(*(ask(centre.ada, DECEMBER - timedelta(days=n)) for n in range(2))),
    )
    print(f"{len(rows)} rows in {time.perf_counter() - began:.1f} s")  # noqa: T201 - the figure that is told of
    assert imported.rows == 10_000
    assert {each.status for each in asked} == {Status.APPROVED}
    assert (await figures(centre))[0] == (960, 0, 0, 3840)
    assert [each.carried_minutes for each in await list_balances(centre.boss, "crowd-4999")] == [0, 480]


async def test_another_tenants_agents_balances_are_not_there(centre: Centre, other_centre: Centre) -> None:
    await grant(centre, 480, NEW)
    with pytest.raises(NotFound):
        await remove_balance(other_centre.boss, Grant(person_id(centre.ada), "5", 0, NEW))
    with pytest.raises(Invalid):
        await import_balances(other_centre.boss, rows_of(Grant(person_id(centre.ada), "5", 0, NEW)))
    assert [each.granted_minutes for each in await list_balances(centre.boss, person_id(centre.ada))] == [480]
