"""The outbox: change, audit and news commit together; nothing is lost by the order of commits."""

import asyncio
import random
from dataclasses import dataclass

import psycopg
import pytest

from shiftline.foundation.context import Context
from shiftline.foundation.database import Database
from shiftline.foundation.events import entity_id, event
from shiftline.foundation.outbox import BATCH, News, OutboxReader


@event("test.thing.changed", service="Test", entity=("Thing", "thing_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class ThingChanged:
    organization_id: str
    thing_id: str


def things(news: list[News]) -> list[str]:
    return [str(entity_id(item.event)) for item in news]


async def test_an_event_commits_with_its_transaction_and_its_audit_row(context: Context, database: Database) -> None:
    outbox = OutboxReader(database)
    await outbox.start()
    async with context.transaction() as tx:
        tx.record(ThingChanged(organization_id="org-1", thing_id="a"))
        assert await outbox.read() == []
    assert things(await outbox.read()) == ["a"]
    assert await outbox.read() == []
    async with context.reader() as reader:
        row = await reader.one("select entity_id, actor_id, event from foundation.audit", {})
    assert row == {"entity_id": "a", "actor_id": "admin-1", "event": "test.thing.changed"}


async def test_an_event_has_one_id(context: Context, database: Database) -> None:
    """Also beside a program of an older release, which gives none."""
    outbox = OutboxReader(database)
    await outbox.start()
    async with context.transaction() as tx:
        for name in ("a", "b", "c"):
            tx.record(ThingChanged(organization_id="org-1", thing_id=name))
        await tx.flush()
        await tx.connection.execute(
            b"insert into foundation.outbox (organization_id, name, version, at, actor_id, correlation_id, body)"
            b" values ('org-1', 'test.thing.changed', 1, now(), 'x', 'x', '{\"organization_id\":\"org-1\",\"thing_id\":\"old\"}')"
        )
        tx.record(ThingChanged(organization_id="org-1", thing_id="d"))
    async with context.reader() as reader:
        rows = await reader.all("select id, entity_id from foundation.audit", {})
    found = {item.id: str(entity_id(item.event)) for item in await outbox.read()}
    assert list(found.values()) == ["a", "b", "c", "old", "d"]
    assert {row["id"]: row["entity_id"] for row in rows} == {key: name for key, name in found.items() if name != "old"}


async def test_a_failed_transaction_leaves_no_news(context: Context, database: Database) -> None:
    outbox = OutboxReader(database)
    await outbox.start()
    with pytest.raises(ZeroDivisionError):
        async with context.transaction() as tx:
            tx.record(ThingChanged(organization_id="org-1", thing_id="a"))
            await tx.flush()
            raise ZeroDivisionError
    assert await outbox.read() == []


async def test_a_long_transaction_neither_delays_others_nor_loses_its_own_news(
    context: Context, database: Database
) -> None:
    outbox = OutboxReader(database)
    await outbox.start()
    async with context.transaction() as slow:
        slow.record(ThingChanged(organization_id="org-1", thing_id="slow"))
        await slow.flush()
        for number in range(3):
            async with context.transaction() as quick:
                quick.record(ThingChanged(organization_id="org-1", thing_id=f"quick-{number}"))
            assert things(await outbox.read()) == [f"quick-{number}"]
    assert things(await outbox.read()) == ["slow"]
    assert await outbox.read() == []


async def test_a_backlog_is_read_in_batches_and_each_row_once(context: Context, database: Database) -> None:
    outbox = OutboxReader(database)
    await outbox.start()
    for number in range(120):
        async with context.transaction() as tx:
            for part in range(10):
                tx.record(ThingChanged(organization_id="org-1", thing_id=f"{number}-{part}"))
    found: list[str] = []
    while True:
        found += things(await outbox.read())
        if not outbox.has_more:
            break
    assert found == [f"{number}-{part}" for number in range(120) for part in range(10)]
    assert await outbox.read() == []


async def test_a_transaction_of_more_than_a_batch_is_read_whole_also_beside_an_open_one(
    context: Context, database: Database
) -> None:
    outbox = OutboxReader(database)
    await outbox.start()
    async with context.transaction() as slow:
        slow.record(ThingChanged(organization_id="org-1", thing_id="slow"))
        await slow.flush()
        async with context.transaction() as large:
            for number in range(2 * BATCH + 7):
                large.record(ThingChanged(organization_id="org-1", thing_id=f"{number}"))
        async with context.transaction() as quick:
            quick.record(ThingChanged(organization_id="org-1", thing_id="quick"))
        assert things(await outbox.read()) == [f"{number}" for number in range(2 * BATCH + 7)]
        assert outbox.has_more
        assert things(await outbox.read()) == ["quick"]
        assert await outbox.read() == []
    assert things(await outbox.read()) == ["slow"]
    assert await outbox.read() == []


async def test_many_writers_at_once_are_read_once_each(context: Context, database: Database) -> None:
    outbox = OutboxReader(database)
    await outbox.start()
    found: list[str] = []

    async def write(number: int) -> None:
        async with context.transaction() as tx:
            tx.record(ThingChanged(organization_id="org-1", thing_id=f"{number}-a"))
            await tx.flush()
            await asyncio.sleep(random.random() / 20)
            tx.record(ThingChanged(organization_id="org-1", thing_id=f"{number}-b"))

    writing = asyncio.gather(*(write(number) for number in range(200)))
    while not writing.done():
        found += things(await outbox.read())
    found += things(await outbox.read())
    assert sorted(found) == sorted(f"{number}-{part}" for number in range(200) for part in "ab")


async def test_a_named_reader_goes_on_where_it_stood(context: Context, database: Database) -> None:
    first = OutboxReader(database, "worker")
    await first.start()
    async with context.transaction() as slow:
        slow.record(ThingChanged(organization_id="org-1", thing_id="slow"))
        await slow.flush()
        async with context.transaction() as quick:
            quick.record(ThingChanged(organization_id="org-1", thing_id="quick"))
        assert things(await first.read()) == ["quick"]
        await first.save()
    second = OutboxReader(database, "worker")
    await second.start()
    assert things(await second.read()) == ["slow"]


async def test_a_tracked_row_keeps_its_past(fresh_database_url: str) -> None:
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        connection.execute("create table foundation.tracked (organization_id text, id text, x int, since timestamptz)")
        connection.execute("call foundation.track('foundation.tracked', array['organization_id', 'id'])")
        connection.execute("insert into foundation.tracked values ('o', 'a', 1, '2023-01-01T00:00Z')")
        connection.execute("update foundation.tracked set x = 2, since = '2023-02-01T00:00Z'")
        then = connection.execute(
            "select x from foundation.tracked_timeline where valid @> '2023-01-15T00:00Z'::timestamptz"
        ).fetchall()
        now = connection.execute("select x from foundation.tracked_timeline where upper_inf(valid)").fetchall()
        assert (then, now) == ([(1,)], [(2,)])
        with pytest.raises(psycopg.errors.RaiseException):
            connection.execute("delete from foundation.tracked")
