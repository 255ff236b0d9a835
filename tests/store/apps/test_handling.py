"""Handlers of events in a program: one by one in their order, and together for all that came in one read."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from tests.store.conftest import Tenant

from shiftline.apps.connections import Engines
from shiftline.apps.handling import handle_events
from shiftline.foundation.bus import Bus
from shiftline.foundation.clock import Clock
from shiftline.foundation.context import Context
from shiftline.foundation.events import event
from shiftline.foundation.objects import Objects
from shiftline.foundation.outbox import OutboxReader


@event("test.rung", service="Test", entity=("Bell", "bell_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    organization_id: str
    bell_id: str


async def record(tenant: Tenant, *bells: str) -> None:
    async with tenant.context.transaction() as tx:
        for bell in bells:
            tx.record(Rung(organization_id=tenant.context.organization_id, bell_id=bell))


@pytest.mark.parametrize("fails", [False, True])
async def test_what_came_in_one_read_is_handed_out_at_once_by_organization_and_once(
    tenant: Tenant, other_tenant: Tenant, tmp_path: Any, *, fails: bool
) -> None:
    seen: list[tuple[str, list[str]]] = []
    failures = [fails]

    async def follow(context: Context, happened: Sequence[Rung]) -> None:
        if failures.pop() if failures else False:
            raise RuntimeError("for once")
        seen.append((context.organization_id, [each.bell_id for each in happened]))

    database = tenant.context.database
    place = OutboxReader(database, "test-follower", [Rung])
    await place.start()
    await place.save()
    await record(tenant, "a", "b", "a")
    await record(other_tenant, "c")
    engines = Engines(database, Bus("nats://127.0.0.1:1"), Clock(), Objects(tmp_path.as_uri()))
    task = asyncio.create_task(handle_events(engines, "test-follower", {}, {follow: (Rung,)}))
    try:
        async with asyncio.timeout(20):
            while len(seen) < 2:
                await asyncio.sleep(0.01)
            await record(tenant, "d")
            while len(seen) < 3:
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
    assert seen == [("org-1", ["a", "b", "a"]), ("org-2", ["c"]), ("org-1", ["d"])]
