"""A floor whose calls have legs, and one media node."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from tests.conftest import SettableContext
from tests.store.calls.exchange import Exchange
from tests.store.conftest import Tenant
from tests.store.routing.floor import Floor

from shiftline.calls.operations.repairs import end_legless
from shiftline.conversations.operations.repairs import end_orphans, release_idle_communicating
from shiftline.routing.operations.repairs import release_idle_interacting
from shiftline.stations.operations.repairs import end_stale_associations

NO_GRACE = timedelta(0)


@pytest.fixture
async def exchange(tenant: Tenant, context: SettableContext) -> AsyncGenerator[Exchange]:
    """An organization with definitions of presences and phones, and a media node that lives.

    However a story ends, it leaves nothing that would be mended: what is healthy is never taken for broken.
    """
    floor = Floor(tenant, context)
    await floor.prepare()
    exchange = Exchange(floor)
    await exchange.node()
    yield exchange
    await check_nothing_is_broken(exchange)


async def check_nothing_is_broken(exchange: Exchange) -> None:
    """What the leading worker would mend if there were no grace at all."""
    for look in (end_legless, end_orphans, release_idle_communicating, release_idle_interacting):
        assert await look(exchange.installation, NO_GRACE) == 0, look.__name__
    assert await end_stale_associations(exchange.installation) == 0
