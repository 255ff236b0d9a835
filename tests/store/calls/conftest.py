"""A floor whose calls have legs, and one media node."""

import pytest
from tests.conftest import SettableContext
from tests.store.calls.exchange import Exchange
from tests.store.conftest import Tenant
from tests.store.routing.floor import Floor


@pytest.fixture
async def exchange(tenant: Tenant, context: SettableContext) -> Exchange:
    """An organization with definitions of presences and phones, and a media node that lives."""
    floor = Floor(tenant, context)
    await floor.prepare()
    exchange = Exchange(floor)
    await exchange.node()
    return exchange
