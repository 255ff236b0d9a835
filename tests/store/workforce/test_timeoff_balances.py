"""Balances by many at once, all of it by halves, and what it leaves alone: access and other tenants."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.leave import (
    APPROVED,
    LEAVE,
    MONDAY,
    TUESDAY,
    ask,
    bear,
    bound,
    cancel,
    days,
    decide,
    now,
    plan_leave,
)
from tests.store.workforce.test_trades import publish

from shiftline.access.operations.deciding import foresee_access_in
from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Conflict, Invalid, NotFound, Unavailable
from shiftline.workforce.timeoff.errors import (
    BalanceExceeded,
    GrantTooSmall,
)
from shiftline.workforce.timeoff.model import (
    ApprovalRule,
    Days,
    LimitDraft,
    Status,
    Substatus,
    TimeOffRequest,
)
from shiftline.workforce.timeoff.model.balances import Grant
from shiftline.workforce.timeoff.operations.balances import find_own_balances, list_balances
from shiftline.workforce.timeoff.operations.filing import enter_requests
from shiftline.workforce.timeoff.operations.granting import grant_balance
from shiftline.workforce.timeoff.operations.limits import (
    create_limit,
    delete_limit,
    get_limit,
    query_values,
)
from shiftline.workforce.timeoff.operations.plans import create_plan, delete_plan, get_plan
from shiftline.workforce.timeoff.operations.waiting import query_places
from shiftline.workforce.timeoff.rules.balances import left_on
from shiftline.workforce.units.errors import StaleVersion


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set("2023-10-20T12:00:00-05:00")


# Balances


async def test_two_requests_at_once_never_overdraw_a_balance(centre: Centre) -> None:
    await plan_leave(centre, approval_rule=ApprovalRule.ALWAYS, counts_against_limits=False)
    ada = person_id(centre.ada)
    await grant_balance(centre.boss, Grant(ada, "5", 480), None)
    outcomes = await asyncio.gather(
        *(ask(centre.ada, MONDAY + timedelta(days=number)) for number in range(5)), return_exceptions=True
    )
    assert len([each for each in outcomes if isinstance(each, TimeOffRequest)]) == 1
    refused = [each for each in outcomes if isinstance(each, BalanceExceeded)]
    assert len(refused) == 4
    assert refused[0].message == (
        f"The balance of activity code 5 of {ada} has 0 minutes left (480 granted, 480 approved), and 480 are asked for."
    )
    (balance,) = await list_balances(centre.ada, ada)
    assert (balance.taken_minutes, balance.left_minutes) == (480, 0)


async def test_two_approvals_at_once_never_overdraw_a_balance(centre: Centre) -> None:
    await grant_balance(centre.boss, Grant(person_id(centre.ada), "5", 500), None)
    pending = [await ask(centre.ada, MONDAY), await ask(centre.ada, TUESDAY)]
    outcomes = await asyncio.gather(
        *(decide(centre, each, Status.APPROVED) for each in pending), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["BalanceExceeded", "TimeOffRequest"]
    (taken,) = [each for each in outcomes if isinstance(each, TimeOffRequest)]
    await cancel(centre.ada, taken)
    (account,) = (await find_own_balances(centre.ada, ["5"], [Days(MONDAY, MONDAY)])).accounts
    assert left_on(account, [MONDAY]) == [500]


async def test_who_waits_without_enough_left_leaves_the_list(centre: Centre) -> None:
    await plan_leave(centre)
    limit = await bound(centre, 0, 480)
    await grant_balance(centre.boss, Grant(person_id(centre.ada), "5", 480), None)
    waits = await ask(centre.ada, MONDAY)
    assert (await ask(centre.ada, TUESDAY)).status is Status.APPROVED
    await bear(centre, limit, 480)
    assert await now(centre.ada, waits) == (Status.PENDING, Substatus.INSUFFICIENT_BALANCE)


async def test_a_grant_below_what_is_approved_is_refused_and_the_same_again_changes_nothing(centre: Centre) -> None:
    ada = person_id(centre.ada)
    await enter_requests(centre.boss, centre.chicago.id, [ada], replace(days(MONDAY), status=Status.APPROVED))
    with pytest.raises(GrantTooSmall, match="would leave -1"):
        await grant_balance(centre.boss, Grant(ada, "5", 479), None)
    granted = await grant_balance(centre.boss, Grant(ada, "5", 480), None)
    assert (granted.taken_minutes, granted.stamp.version) == (480, 1)
    assert await grant_balance(centre.boss, Grant(ada, "5", 480), 1) == granted
    with pytest.raises(StaleVersion):
        await grant_balance(centre.boss, Grant(ada, "5", 960), 7)
    with pytest.raises(Invalid):
        await grant_balance(centre.boss, Grant(ada, "0", 960), None)
    with pytest.raises(PermissionMissing):
        await grant_balance(centre.ada, Grant(ada, "5", 100_000), None)


async def test_the_database_refuses_a_balance_that_is_overdrawn_or_not_what_is_approved(centre: Centre) -> None:
    ada = person_id(centre.ada)
    await grant_balance(centre.boss, Grant(ada, "5", 480), None)
    request = await ask(centre.ada, MONDAY)
    for statement, constraint in (
        ("update timeoff.balance set taken_minutes = 481", "balance_never_negative"),
        ("update timeoff.balance set taken_minutes = 480", "balance_agrees_with_requests"),
        ("update timeoff.request set status = 'APPROVED'", "balance_agrees_with_requests"),
    ):
        with pytest.raises(Conflict, match=constraint):
            async with centre.boss.transaction() as tx:
                if "APPROVED" in statement:
                    await tx.connection.execute(
                        "insert into schedule.time_off select organization_id, id, person_id, business_unit_id, sync_version, "
                        "'APPROVED', tstzrange(lower(span), upper(span)), '[]' from timeoff.request"
                    )
                await tx.connection.execute(statement.encode())
    assert await now(centre.ada, request) == (Status.PENDING, Substatus.MANUAL_APPROVAL)


# By halves


class Interrupted:
    """Ends the connection of a transaction at its nth statement, as a power cut would."""

    def __init__(self, url: str, at: int) -> None:
        self.url, self.left = url, at

    async def count(self, tx: Transaction) -> None:
        self.left -= 1
        if self.left == 0:
            pid = tx.connection.info.backend_pid
            async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as other:
                await other.execute("select pg_terminate_backend(%s)", [pid])


def interrupt(monkeypatch: pytest.MonkeyPatch, url: str, at: int) -> None:
    interrupted = Interrupted(url, at)
    for name in ("one", "all", "execute", "execute_many"):
        original: Callable[..., Awaitable[Any]] = getattr(Transaction, name)

        async def counted(
            self: Transaction, *arguments: Any, original: Callable[..., Awaitable[Any]] = original, **more: Any
        ) -> Any:
            await interrupted.count(self)
            return await original(self, *arguments, **more)

        monkeypatch.setattr(Transaction, name, counted)


async def everything(context: Context) -> list[Any]:
    tables = (
        "timeoff.request",
        "timeoff.ruling",
        "timeoff.balance",
        "schedule.time_off",
        "schedule.full_day",
        "schedule.shift",
        "schedule.revision",
        "foundation.outbox",
    )
    async with context.reader() as reader:
        return [
            [
                tuple(row.values())
                for row in await reader.all(f"select to_jsonb(t)::text as row from {table} t order by 1", {})
            ]  # type: ignore[arg-type]
            for table in tables
        ]


async def test_killed_at_any_statement_all_of_it_happened_or_nothing(
    centre: Centre, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(centre, week=date(2023, 11, 13))
    await plan_leave(centre)
    await bound(centre, 480, 480, 480, 480, 480)
    for who in (centre.ada, centre.bob):
        await grant_balance(centre.boss, Grant(person_id(who), "5", 4800), None)
    friday = date(2023, 11, 17)
    taken, waits = await ask(centre.ada, friday), await ask(centre.bob, friday)
    before, died = await everything(centre.boss), 0
    while True:
        with monkeypatch.context() as patched:
            interrupt(patched, database_url, died + 1)
            try:
                await cancel(centre.ada, taken)
                break
            except Unavailable:
                died += 1
        assert await everything(centre.boss) == before
    assert died > 30
    assert await now(centre.bob, waits) == APPROVED
    left = {
        each.activity_code_id: each.left_minutes for each in await list_balances(centre.boss, person_id(centre.ada))
    }
    assert left == {"5": 4800}


# Access and tenants


async def test_none_of_it_changes_a_decision_on_access(centre: Centre) -> None:
    await publish(centre, week=date(2023, 11, 13))
    people: Sequence[Context] = (centre.ada, centre.bob)
    at = [centre.boss.now(), datetime(2023, 11, 17, 14, tzinfo=UTC)]

    async def decided() -> list[Any]:
        async with centre.boss.reader() as reader:
            decisions = [
                await foresee_access_in(reader, centre.boss, person_id(who), when) for who in people for when in at
            ]
        return [[(gate.code, gate.holds) for gate in decision.gates] for decision in decisions]

    before = await decided()
    assert before != [[]] * 4
    plan = await plan_leave(centre)
    limit = await bound(centre, 480, 480, 480, 480, 480)
    await grant_balance(centre.boss, Grant(person_id(centre.ada), "5", 480), None)
    taken = await ask(centre.ada, date(2023, 11, 17))
    await ask(centre.bob, date(2023, 11, 17))
    assert await decided() == before
    await cancel(centre.ada, taken)
    await bear(centre, limit, 0, 0, 0, 0, 0)
    await delete_limit(centre.boss, centre.unit.id, limit.id)
    await delete_plan(centre.boss, centre.unit.id, plan.id)
    assert await decided() == before


async def test_another_tenants_ids_are_not_there(centre: Centre, other_centre: Centre) -> None:
    plan, limit = await plan_leave(centre), await bound(centre, 480)
    thief, unit = other_centre.boss, centre.unit.id
    own = other_centre.unit.id
    for work in (
        get_plan(thief, unit, plan.id),
        get_plan(thief, own, plan.id),
        delete_plan(thief, own, plan.id),
        get_limit(thief, unit, limit.id),
        get_limit(thief, own, limit.id),
        delete_limit(thief, own, limit.id),
        query_values(thief, own, limit.id, [Days(MONDAY, MONDAY)]),
        query_places(thief, centre.chicago.id, []),
        list_balances(thief, person_id(centre.ada)),
        grant_balance(thief, Grant(person_id(centre.ada), "5", 1), None),
    ):
        with pytest.raises(NotFound):
            await work
    with pytest.raises(Invalid):
        await create_limit(thief, own, LimitDraft(centre.chicago.id))
    with pytest.raises(Invalid):
        await create_plan(thief, own, replace(LEAVE, management_unit_ids=[centre.chicago.id]))
