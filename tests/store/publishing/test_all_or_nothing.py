"""The database goes away under an operation at each of its statements in turn: every time all is as it was, and the last try,
which nothing disturbs, does the whole.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.store.workforce.conftest import Centre, make_centre, person_id
from tests.store.workforce.test_trade_matches import BOBS, set_trading, take
from tests.store.workforce.test_trades import FOR_THURSDAY, FRIDAY, WEEK, publish

from shiftline.foundation.database import Database, Reader, Transaction
from shiftline.foundation.errors import Unavailable
from shiftline.foundation.time import Interval
from shiftline.publishing.model import SwapRequest, TimeOffGiven
from shiftline.publishing.operations.editing import edit_schedule
from shiftline.publishing.operations.swapping import publish_swap
from shiftline.workforce.schedule.model.open_shifts import OpenShift, OpenShiftDraft
from shiftline.workforce.schedule.operations.editing import Order
from shiftline.workforce.schedule.operations.opening import open_shift
from shiftline.workforce.schedule.operations.republishing import republish_revision
from shiftline.workforce.schedule.operations.swapping import ShiftGiven
from shiftline.workforce.schedule.rules.editing.asked import Edit, EditKind
from shiftline.workforce.timeoff.model import (
    OwnChanges,
    RequestChanges,
    RequestDraft,
    Status,
    TimeOffRequest,
    TimesAsked,
)
from shiftline.workforce.timeoff.operations.changing import Target, change_own_request, change_request
from shiftline.workforce.timeoff.operations.filing import enter_requests
from shiftline.workforce.trades.model import State
from shiftline.workforce.trades.operations.agreeing import answer_cycle
from shiftline.workforce.trades.operations.cycling import CycleSearch, run_search, set_wanted, start_search
from shiftline.workforce.trades.operations.offering import offer_shift
from shiftline.workforce.trades.operations.open_shifts import Wish as OpenWish
from shiftline.workforce.trades.operations.open_shifts import take_open_shift
from shiftline.workforce.trades.operations.reviewing import Wish, review_trades

Act = Callable[[], Awaitable[object]]
DIGEST = sql.SQL("select {}, coalesce(md5(string_agg(t::text, chr(10) order by t::text)), '') from {} t")
WRITTEN = {"schedule.schedule", "schedule.shift", "foundation.audit", "foundation.outbox"}
OFF = TimesAsked(days=[date(2023, 10, 27)], daily_minutes=480)


@pytest.fixture
async def centre(tenant: Any, context: Any) -> Centre:
    context.clock.set("2023-10-20T12:00:00-05:00")
    made = await make_centre(tenant)
    await publish(made)
    return made


@dataclass
class Axe:
    """Ends the server's process of a connection at the n-th statement from now."""

    at: int = 0
    seen: int = 0

    async def strike(self, reader: Reader) -> None:
        self.seen += 1
        if self.seen == self.at:
            await reader.connection.execute("select pg_terminate_backend(pg_backend_pid())")


@pytest.fixture
def axe(monkeypatch: pytest.MonkeyPatch) -> Axe:
    axe = Axe()

    def before(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def struck(reader: Reader, *arguments: Any, **more: Any) -> Any:
            await axe.strike(reader)
            return await method(reader, *arguments, **more)

        return struck

    for kind, names in ((Reader, ("one", "all")), (Transaction, ("execute", "execute_many", "copy", "flush"))):
        for name in names:
            monkeypatch.setattr(kind, name, before(getattr(kind, name)))
    whole = Database.transaction

    @asynccontextmanager
    async def transaction(database: Database, context: Any) -> AsyncGenerator[Transaction]:
        async with whole(database, context) as tx:
            yield tx
            await tx.flush()
            await axe.strike(tx)  # and between the last statement and the commit

    monkeypatch.setattr(Database, "transaction", transaction)
    return axe


_watching: dict[str, psycopg.AsyncConnection[Any]] = {}
"""A connection by the URL of its database: one that has seen all tables before looks at them in a tenth of the time."""


async def state_of(url: str) -> dict[str, str]:
    """A digest of every table, all of one moment."""
    try:
        return await digests(await watching(url))
    except psycopg.OperationalError:  # it was ended when a test before this one was over
        await _watching.pop(url).close()
        return await digests(await watching(url))


async def watching(url: str) -> psycopg.AsyncConnection[Any]:
    if url not in _watching:
        _watching[url] = await psycopg.AsyncConnection.connect(url, autocommit=True)
    return _watching[url]


async def digests(connection: psycopg.AsyncConnection[Any]) -> dict[str, str]:
    tables = await connection.execute(
        "select format('%I.%I', schemaname, tablename) from pg_tables"
        " where schemaname not in ('pg_catalog', 'information_schema')"
    )
    each = [DIGEST.format(sql.Literal(table), sql.SQL(table)) for (table,) in await tables.fetchall()]
    found = await connection.execute(sql.SQL(" union all ").join(each), prepare=True)
    return dict(await found.fetchall())


async def swapped(centre: Centre) -> Act:
    start = FRIDAY + timedelta(hours=1)
    given = ShiftGiven("shifts[0]", start, start + timedelta(hours=8), is_swap=True, swap_reason=None, skill_ids=())
    off = TimeOffGiven(
        "timeOffRequests[0]", start + timedelta(days=3), start + timedelta(days=4), "APPROVED", "PAID_TIME_OFF"
    )
    return lambda: publish_swap(centre.boss, SwapRequest(person_id(centre.ada), "sch-1", (given,), (off,), version=1))


async def traded(centre: Centre) -> Act:
    await set_trading(centre, autoReview=True)
    trade, _ = await offer_shift(centre.ada, FOR_THURSDAY)
    return lambda: take(centre.bob, trade, BOBS)


async def reviewed(centre: Centre) -> Act:
    trade, _ = await offer_shift(centre.ada, FOR_THURSDAY)
    matched = (await take(centre.bob, trade, BOBS)).trade
    wish = Wish(matched.id, State.APPROVED, matched.version)
    return lambda: review_trades(centre.boss, centre.unit.id, [wish])


async def filed(centre: Centre, status: Status) -> TimeOffRequest:
    draft = RequestDraft("5", OFF, status=status)
    ((request, _),) = await enter_requests(centre.boss, centre.chicago.id, [person_id(centre.ada)], draft)
    return request


async def approved(centre: Centre) -> Act:
    request = await filed(centre, Status.PENDING)
    target = Target(centre.chicago.id, request.person_id, request.id)
    return lambda: change_request(centre.boss, target, RequestChanges(request.version, Status.APPROVED))


async def canceled(centre: Centre) -> Act:
    request = await filed(centre, Status.APPROVED)
    return lambda: change_own_request(centre.ada, request.id, OwnChanges(cancel=True))


async def put_back(centre: Centre) -> Act:
    await (await swapped(centre))()
    return lambda: republish_revision(centre.boss, "sch-1", 1)


async def opened(centre: Centre) -> Act:
    edit = Edit("edits[0]", EditKind.OPEN_SHIFT, (person_id(centre.ada),), shift_id=f"ada-{WEEK}")
    return lambda: edit_schedule(centre.boss, Order("sch-1", 1, (edit,), "Mail"), [])


async def left_open(centre: Centre) -> OpenShift:
    start = FRIDAY + timedelta(days=1)
    return await open_shift(centre.boss, "sch-1", OpenShiftDraft(centre.chicago.id, start, 480))


async def taken(centre: Centre) -> Act:
    await set_trading(centre, autoReview=True)
    found = await left_open(centre)
    return lambda: take_open_shift(centre.bob, OpenWish(found.id, 1))


async def chained(centre: Centre) -> Act:
    """Ada would work what is open for her shift, Bob hers for nothing; Ada has accepted, Bob is asked."""
    await set_trading(centre, autoReview=True)
    found = await left_open(centre)
    wanted = Interval.lasting(found.shift.start, 480)
    await offer_shift(centre.ada, replace(FOR_THURSDAY, acceptable=[wanted]))
    await set_wanted(centre.bob, centre.unit.id, WEEK, [Interval.lasting(FRIDAY, 480)])
    asked = CycleSearch(centre.unit.id, WEEK)
    job = await start_search(centre.boss, asked)
    search = await run_search(centre.boss, job.id, asked)
    assert search is not None
    (cycle,) = search.cycles
    assert cycle.open_shift_id == found.id
    await answer_cycle(centre.ada, centre.unit.id, cycle.id, accept=True)
    return lambda: answer_cycle(centre.bob, centre.unit.id, cycle.id, accept=True)


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {table for table in after if after[table] != before[table]}


async def ends(act: Act, axe: Axe, at: int) -> bool:
    """Whether the operation had a statement of that number, at which it was ended."""
    axe.at, axe.seen = at, 0
    try:
        await act()
    except Unavailable:
        return True
    finally:
        axe.at = 0
    return False


@pytest.mark.parametrize("prepare", [swapped, traded, approved, canceled, put_back, opened, taken, chained])
async def test_at_whichever_statement_it_ends_all_is_as_it_was(
    prepare: Callable[[Centre], Awaitable[Act]], centre: Centre, axe: Axe, database_url: str
) -> None:
    act = await prepare(centre)
    before = await state_of(database_url)
    at = 0
    while await ends(act, axe, at + 1):
        at += 1
        assert await state_of(database_url) == before, at
    assert at > 10
    assert changed(before, await state_of(database_url)) >= WRITTEN


async def test_a_review_that_ends_on_its_way_has_done_trades_whole_or_not(
    centre: Centre, axe: Axe, database_url: str
) -> None:
    """Each trade of a review stands alone; it is told of all of them after that, by the same request sent again at the latest."""
    act = await reviewed(centre)
    before = await state_of(database_url)
    seen: list[dict[str, str]] = []
    while await ends(act, axe, len(seen) + 1):
        seen.append(await state_of(database_url))
    after = await state_of(database_url)
    undone = [each for each in seen if each == before]
    assert len(undone) > 10
    told_of_later = changed(seen[-1], after)
    assert told_of_later == {"foundation.audit", "foundation.outbox"}
    assert all(changed(each, after) <= told_of_later for each in seen[len(undone) :])
    assert changed(before, after) >= WRITTEN
