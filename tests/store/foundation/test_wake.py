"""Whoever reads the outbox is woken once for each commit that brought news, and for no other."""

from collections.abc import Collection

from shiftline.authorization.events import DivisionChanged
from shiftline.foundation.bus import Bus
from shiftline.foundation.context import Context
from shiftline.foundation.database import Database, Transaction


class CountingBus(Bus):
    """A bus that is told and tells nobody."""

    woken = 0

    async def wake(self, rooms: Collection[str]) -> None:
        assert rooms == {"authorization"}
        self.woken += 1


def record(tx: Transaction) -> None:
    tx.record(DivisionChanged(organization_id="org-1", division_id="d", name="D"))


async def test_one_wake_up_for_a_commit_with_news_however_it_was_written(
    database: Database, database_url: str, context: Context
) -> None:
    bus = CountingBus("nats://127.0.0.1:1")
    telling = Database(database_url, bus)
    await telling.open()
    acting = Context(telling, context.clock, context.actor)
    async with acting.transaction() as tx:
        record(tx)
    assert bus.woken == 1
    async with acting.transaction() as tx:
        record(tx)
        await tx.flush()
        record(tx)
    assert bus.woken == 2
    async with acting.transaction() as tx:
        await tx.one("select 1 as one", {})
    assert bus.woken == 2
    await telling.close()
